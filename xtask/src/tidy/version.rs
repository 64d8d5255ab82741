//! The version: written once, in the workspace's Cargo.toml; everything else inherits it.

use super::tree::{File, Finding, Tree};

/// The workspace's version.
pub(crate) fn of_workspace(tree: &Tree) -> Option<&str> {
    let root = tree.file("Cargo.toml")?;
    let mut lines = root
        .text
        .lines()
        .skip_while(|line| line.trim() != "[workspace.package]");
    lines.find_map(|line| {
        Some(
            line.strip_prefix("version = \"")?
                .trim_end()
                .trim_end_matches('"'),
        )
    })
}

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(version) = of_workspace(tree) else {
        return vec![Finding::missing(
            "Cargo.toml",
            "write `version = \"..\"` under [workspace.package]",
        )];
    };
    let mut findings = Vec::new();
    for file in &tree.files {
        if file.path == "Cargo.toml" {
            findings.extend(members_of_another_version(file, version));
        } else if file.path.ends_with("Cargo.toml") && !file.is_outside_the_workspace() {
            findings.extend(version_of_its_own(file));
        } else if file.path.ends_with(".md") && file.path != "CHANGELOG.md" || file.path.ends_with(".rs") {
            findings.extend(version_in_prose(file, version));
        }
    }
    findings
}

/// Cargo wants the version beside the path of a member: it must be the same.
fn members_of_another_version(root: &File, version: &str) -> Vec<Finding> {
    let wanted = format!("version = \"{version}\"");
    root.lines()
        .filter(|(_, line)| line.contains("path = \"crates/") && !line.contains(&wanted))
        .map(|(number, _)| root.finding(number, format!("a crate of this workspace: write `{wanted}`")))
        .collect()
}

fn version_of_its_own(file: &File) -> Vec<Finding> {
    let mut section = "";
    let mut findings = Vec::new();
    for (number, line) in file.lines() {
        if line.starts_with('[') {
            section = line.trim();
        }
        if section == "[package]" && line.starts_with("version = ") {
            findings.push(file.finding(number, "write `version.workspace = true`"));
        }
    }
    findings
}

/// `hangup` and its version, or the beginning of it, on one line.
fn version_in_prose(file: &File, version: &str) -> Vec<Finding> {
    let short = version.rsplit_once('.').map_or(version, |(short, _)| short);
    let is_told = |line: &str| {
        line.match_indices("hangup").any(|(at, _)| {
            let rest: String = line[at..]
                .chars()
                .skip_while(|c| !c.is_ascii_digit())
                .take(version.len())
                .collect();
            let between = line[at..]
                .find(|c: char| c.is_ascii_digit())
                .unwrap_or(usize::MAX);
            between < 40
                && (rest == version || rest.trim_end_matches(['"', '`', ',', ' ', ')', '.']) == short)
        })
    };
    file.lines()
        .filter(|(_, line)| is_told(line))
        .map(|(number, _)| {
            file.finding(
                number,
                "the version stands in Cargo.toml alone: write `cargo add hangup`, or leave it out",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "[workspace.package]\nversion = \"1.2.3\"\n[workspace.dependencies]\nhangup = { path = \"crates/hangup\", version = \"1.2.3\" }\n";

    #[test]
    fn one_version_passes() {
        let tree = Tree::of(&[
            ("Cargo.toml", ROOT),
            (
                "crates/hangup/Cargo.toml",
                "[package]\nversion.workspace = true\n[dependencies]\nx = { version = \"9\" }\n",
            ),
            (
                "README.md",
                "Run `cargo add hangup`. hangup listens on 127.0.0.1:8000.\n",
            ),
            ("CHANGELOG.md", "## hangup 1.2.3\n"),
        ]);
        assert_eq!(check(&tree), []);
        assert_eq!(of_workspace(&tree), Some("1.2.3"));
    }

    #[test]
    fn every_second_place_is_found() {
        let tree = Tree::of(&[
            (
                "Cargo.toml",
                &ROOT.replace("version = \"1.2.3\" }", "version = \"1.2.2\" }"),
            ),
            ("crates/hangup/Cargo.toml", "[package]\nversion = \"1.2.3\"\n"),
            ("README.md", "hangup = \"1.2\"\n"),
            ("docs/a.md", "hangup = { version = \"1.2.3\" }\n"),
        ]);
        assert_eq!(check(&tree).len(), 4);
    }
}
