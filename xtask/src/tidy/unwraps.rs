//! `unwrap` and `expect` outside of tests: a panic there needs a reason that a reader can check.

use super::tree::{Finding, Tree};

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust().filter(|(file, _)| !file.is_test()) {
        for window in source.tokens().windows(3) {
            let [dot, name, bracket] = window else { continue };
            let is_call = dot.text == "." && bracket.text == "(" && matches!(name.text, "unwrap" | "expect");
            if is_call && !source.is_test(name.line) && !is_let_off(&file.text, name.line) {
                let message = format!(
                    "`.{}()` can panic: return an error, or put `#[expect(clippy::{}_used, reason = \"..\")]` above",
                    name.text, name.text
                );
                findings.push(file.finding(name.line, message));
            }
        }
    }
    findings
}

/// A Clippy attribute with a reason stands at most four lines above.
fn is_let_off(text: &str, line: usize) -> bool {
    let above: Vec<&str> = text.lines().take(line).skip(line.saturating_sub(5)).collect();
    let above = above.join(" ");
    (above.contains("clippy::unwrap_used") || above.contains("clippy::expect_used"))
        && above.contains("reason =")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_reasons_pass() {
        let good = "fn f() { x.unwrap_or(1); y.expect_err(2); }\n#[cfg(test)]\nmod tests {\n fn g() { x.unwrap() }\n}\n";
        let told = "#[expect(clippy::expect_used, reason = \"the literal is checked by a test\")]\nfn f() { x.expect(\"..\") }";
        let tree = Tree::of(&[
            ("a.rs", good),
            ("b/tests/c.rs", "fn f() { x.unwrap() }"),
            ("d.rs", told),
        ]);
        assert_eq!(check(&tree), []);
    }

    #[test]
    fn others_are_flagged() {
        let bad = "fn f() {\n x.unwrap();\n y\n  .expect(\"..\");\n}\n#[allow(clippy::unwrap_used)]\nfn g() { z.unwrap() }";
        let found = check(&Tree::of(&[("a.rs", bad)]));
        assert_eq!(
            found.iter().map(|found| found.line).collect::<Vec<_>>(),
            [2, 4, 7]
        );
    }
}
