//! Absolute paths of somebody's machine: what is written for all machines names none.

use super::tree::{Finding, Tree};

/// Folders at the root of a file system, without the first `/` so that this file passes its own rule.
const FOLDERS: [&str; 5] = ["work", "farm", "root", "home", "tmp/bash_jobs"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (number, line) in file.lines() {
            if let Some(folder) = FOLDERS.iter().find(|folder| names(line, folder)) {
                let message = format!(
                    "`/{folder}` is a path of one machine: write it relative to the project, or ask the system"
                );
                findings.push(file.finding(number, message));
            }
        }
    }
    findings
}

/// Whether the line holds the folder as the start of an absolute path, and not as a part of a longer one.
fn names(line: &str, folder: &str) -> bool {
    let path = format!("/{folder}");
    line.match_indices(&path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        let starts = before.is_none_or(|c| !c.is_alphanumeric() && !"./*}_-~)".contains(c));
        starts && after.is_none_or(|c| !c.is_alphanumeric() && !"_-.*".contains(c) || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_a_machine_are_found() {
        for folder in FOLDERS {
            for bad in [
                format!("see /{folder}/x"),
                format!("\"/{folder}\""),
                format!("(/{folder}.)"),
            ] {
                assert_eq!(check(&Tree::of(&[("a.md", &bad)])).len(), 1, "{bad}");
            }
        }
    }

    #[test]
    fn other_paths_are_not() {
        for good in [
            "a/home/b",
            "https://x.org/home/",
            "homework/x",
            "/homepage",
            "/worker",
            "target/xtask",
            "/tmp/x",
        ] {
            assert_eq!(check(&Tree::of(&[("a.md", good)])), [], "{good}");
        }
    }
}
