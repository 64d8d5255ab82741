//! `unsafe`: forbidden by the workspace, and where a file is let off, each use says why it is sound.

use super::tree::{File, Finding, Tree};

/// Files that may hold `unsafe`, each with the reason (and the gain that was measured).
const UNSAFE_FILES: &[(&str, &str)] = &[];

const MARK: &str = "SAFETY:";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = uses(tree, UNSAFE_FILES);
    findings.extend(forbidden_by_default(tree));
    findings
}

fn uses(tree: &Tree, allowed: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust() {
        // What must not compile may say what it likes.
        if file.path.contains("/tests/ui/") {
            continue;
        }
        let tokens = source.tokens();
        for (place, token) in tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.text == "unsafe")
        {
            // `Token![unsafe]` of a macro names the word and uses nothing.
            let is_named = |place: Option<usize>| {
                place
                    .and_then(|place| tokens.get(place))
                    .is_some_and(|token| token.text == "[")
            };
            if is_named(place.checked_sub(1)) {
                continue;
            }
            if !allowed.iter().any(|(path, _)| *path == file.path) {
                let message = "`unsafe` is forbidden here: write it safely, or give the file and the reason in UNSAFE_FILES";
                findings.push(file.finding(token.line, message));
            }
            if !has_safety_line(&source.comments, token.line) {
                let message = format!("write `// {MARK} ...` above: why this is sound");
                findings.push(file.finding(token.line, message));
            }
        }
    }
    findings
}

/// On the line itself, or in the comment that ends on the line before.
fn has_safety_line(comments: &[String], line: usize) -> bool {
    let above = comments[..line - 1]
        .iter()
        .rev()
        .take_while(|comment| !comment.trim().is_empty());
    comments[line - 1].contains(MARK) || above.into_iter().any(|comment| comment.contains(MARK))
}

fn forbidden_by_default(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with("Cargo.toml")) {
        if file.path == "Cargo.toml" {
            if !file.text.contains("unsafe_code = \"forbid\"")
                && !file.text.contains("unsafe_code = \"deny\"")
            {
                findings
                    .push(file.finding(1, "write `unsafe_code = \"forbid\"` under [workspace.lints.rust]"));
            }
        } else if !inherits_lints(file) {
            findings.push(file.finding(
                1,
                "write `[lints]` with `workspace = true`, so that the workspace's lints hold",
            ));
        }
    }
    findings
}

fn inherits_lints(file: &File) -> bool {
    let mut lines = file
        .text
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[lints]")
        .skip(1);
    lines.next() == Some("workspace = true") || file.is_outside_the_workspace()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: (&str, &str) = ("Cargo.toml", "[workspace.lints.rust]\nunsafe_code = \"forbid\"\n");

    #[test]
    fn safe_code_under_the_workspace_lints_passes() {
        let member = ("a/Cargo.toml", "[package]\n[lints]\nworkspace = true\n");
        assert_eq!(
            check(&Tree::of(&[
                ROOT,
                member,
                ("a.rs", "// unsafe is forbidden\nfn f() {}")
            ])),
            []
        );
    }

    #[test]
    fn unsafe_needs_its_reason_and_a_permit() {
        let allowed = [("a.rs", "measured")];
        let told = "fn f() {\n    // SAFETY: the index is below the length.\n    unsafe { g() }\n}";
        assert_eq!(uses(&Tree::of(&[("a.rs", told)]), &allowed), []);
        assert_eq!(uses(&Tree::of(&[("a.rs", told)]), &[]).len(), 1);
        let untold = "// SAFETY: too far away.\n\nfn f() { unsafe { g() } }";
        assert_eq!(uses(&Tree::of(&[("a.rs", untold)]), &allowed).len(), 1);
    }

    #[test]
    fn the_workspace_forbids_and_members_inherit() {
        let tree = Tree::of(&[
            ("Cargo.toml", "[workspace]\n"),
            ("a/Cargo.toml", "[lints]\nclippy = 1\n"),
        ]);
        assert_eq!(check(&tree).len(), 2);
    }
}
