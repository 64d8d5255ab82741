//! The shape of a file: a first line that says what it holds, and a length that one head can hold.

use super::tree::{Finding, Tree};

const LONGEST: usize = 400;

/// Files that may be longer, each with the reason.
const LONG_FILES: &[(&str, &str)] = &[(
    "crates/hangup/src/docs/page/page.js",
    "the page is served as one script, without a build step that could join several",
)];

const ENDINGS: [&str; 8] = [".rs", ".md", ".py", ".js", ".mjs", ".sh", ".toml", ".yml"];

pub(crate) fn first_lines(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter_map(|(file, _)| {
            let first = file.text.lines().next().unwrap_or_default();
            match first.strip_prefix("//!") {
                None => Some(file.finding(1, "start with a line `//! ...` that says what this file holds")),
                Some(text) if !text.contains(char::is_alphanumeric) => Some(file.finding(
                    1,
                    "the first line is empty: write `//! ...`, what this file holds",
                )),
                Some(_) => None,
            }
        })
        .collect()
}

pub(crate) fn lengths(tree: &Tree) -> Vec<Finding> {
    lengths_allowing(tree, LONG_FILES)
}

fn lengths_allowing(tree: &Tree, allowed: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree
        .files
        .iter()
        .filter(|file| ENDINGS.iter().any(|ending| file.path.ends_with(ending)))
    {
        let count = file.text.lines().count();
        let is_allowed = allowed.iter().any(|(path, _)| *path == file.path);
        if count > LONGEST && !is_allowed {
            let message = format!(
                "{count} lines, more than {LONGEST}: it usually holds two subjects; divide it, or give the reason in LONG_FILES"
            );
            findings.push(file.finding(LONGEST + 1, message));
        }
        if count <= LONGEST && is_allowed {
            findings.push(file.finding(1, "no longer a long file: take it out of LONG_FILES"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_says_what_the_file_holds() {
        let good = Tree::of(&[
            ("a.rs", "//! Close codes and what they mean.\n"),
            ("b.py", "import os\n"),
        ]);
        assert_eq!(first_lines(&good), []);
        for bad in [
            "",
            "use std::io;\n",
            "//!\n",
            "//! \n//! Late.\n",
            "\n//! Close codes.\n",
        ] {
            assert_eq!(first_lines(&Tree::of(&[("a.rs", bad)])).len(), 1, "{bad:?}");
        }
    }

    #[test]
    fn long_files_need_a_reason_and_reasons_need_a_long_file() {
        let long = "x\n".repeat(LONGEST + 1);
        let tree = Tree::of(&[
            ("a.rs", &long),
            ("b.md", &long),
            ("c.lock", &long),
            ("d.rs", "x\n"),
        ]);
        let found = lengths_allowing(&tree, &[("b.md", "one table"), ("d.rs", "was long")]);
        let places: Vec<(&str, usize)> = found
            .iter()
            .map(|found| (found.path.as_str(), found.line))
            .collect();
        assert_eq!(places, [("a.rs", 401), ("d.rs", 1)]);
        assert_eq!(
            lengths_allowing(&Tree::of(&[("a.rs", &"x\n".repeat(LONGEST))]), &[]),
            []
        );
    }
}
