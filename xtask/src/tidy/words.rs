//! Words that say nothing: names of files and of items do without them.

use super::tree::{Finding, Tree};

const BANNED: [&str; 8] = [
    "manager", "managers", "helper", "helpers", "util", "utils", "common", "utility",
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let crates = crate_names(tree);
    let mut findings = Vec::new();
    for file in &tree.files {
        if let Some(word) = file
            .path
            .split(['/', '.', '-', '_'])
            .find(|part| BANNED.contains(part))
        {
            findings.push(file.finding(
                1,
                format!("the file name has `{word}` in it: name it after what it holds"),
            ));
        }
    }
    for (file, source) in tree.rust() {
        for token in source.tokens() {
            if crates.iter().any(|name| name == token.text) {
                continue;
            }
            if let Some(word) = parts(token.text)
                .into_iter()
                .find(|part| BANNED.contains(&part.as_str()))
            {
                let message = format!(
                    "`{}`: `{word}` says nothing; name it after what it does",
                    token.text
                );
                findings.push(file.finding(token.line, message));
            }
        }
    }
    findings
}

/// Other people's crates keep their names.
fn crate_names(tree: &Tree) -> Vec<String> {
    let Some(lock) = tree.file("Cargo.lock") else {
        return Vec::new();
    };
    let names = lock
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    names.map(|name| name.replace('-', "_")).collect()
}

/// The words of `snake_case`, `CamelCase` and `SHOUTING_CASE`, in lower case.
fn parts(identifier: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before_is_lower = false;
    for c in identifier.chars() {
        if c == '_' || (c.is_uppercase() && before_is_lower) {
            parts.push(String::new());
        }
        before_is_lower = c.is_lowercase();
        if c != '_'
            && let Some(last) = parts.last_mut()
        {
            last.extend(c.to_lowercase());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_say_something_pass() {
        let tree = Tree::of(&[
            ("Cargo.lock", "name = \"futures-util\"\n"),
            (
                "src/commonly.rs",
                "use futures_util::StreamExt;\n// a common helper\nfn commonly() { \"util\"; }",
            ),
        ]);
        assert_eq!(check(&tree), []);
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        let tree = Tree::of(&[(
            "src/utils.rs",
            "struct ConnectionManager;\nfn test_helper() {}\nconst COMMON_CODES: u8 = 1;",
        )]);
        assert_eq!(check(&tree).len(), 4);
    }
}
