//! Documents that must follow the code: the change log, the map of the modules, the table of the tour.

use std::collections::BTreeSet;

use super::tree::{Finding, Tree};
use super::version;

pub(crate) fn changelog(tree: &Tree) -> Vec<Finding> {
    let current = version::of_workspace(tree).unwrap_or_default();
    let Some(log) = tree.file("CHANGELOG.md") else {
        return vec![Finding::missing(
            "CHANGELOG.md",
            "write it, with a section `## Unreleased`",
        )];
    };
    let has_section = log
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .any(|title| {
            let first = title
                .trim_start_matches('[')
                .split([' ', ']'])
                .next()
                .unwrap_or_default();
            first.eq_ignore_ascii_case("unreleased") || first == current
        });
    if has_section {
        return Vec::new();
    }
    vec![log.finding(1, format!("add a section `## Unreleased` or `## {current}`"))]
}

/// ARCHITECTURE.md names each module of the framework.
pub(crate) fn architecture(tree: &Tree) -> Vec<Finding> {
    let modules: BTreeSet<&str> = tree
        .files
        .iter()
        .filter_map(|file| file.path.strip_prefix("crates/hangup/src/")?.split_once('/'))
        .map(|(folder, _)| folder)
        .collect();
    let Some(map) = tree.file("ARCHITECTURE.md") else {
        return vec![Finding::missing(
            "ARCHITECTURE.md",
            "write it: the life of a connection, the order of modules",
        )];
    };
    modules
        .into_iter()
        .filter(|module| {
            !map.text.contains(&format!("`{module}`")) && !map.text.contains(&format!("{module}/"))
        })
        .map(|module| {
            map.finding(
                1,
                format!("say what the module `{module}` holds, and where it stands in the order"),
            )
        })
        .collect()
}

/// Each path in the README's table of the tour is one that the tour serves.
pub(crate) fn tour_paths(tree: &Tree) -> Vec<Finding> {
    let Some(readme) = tree.file("README.md") else {
        return Vec::new();
    };
    let tour: Vec<&str> = tree
        .rust()
        .filter(|(file, _)| file.path.starts_with("examples/") && file.path.contains("tour"))
        .map(|(file, _)| file.text.as_str())
        .collect();
    let mut findings = Vec::new();
    let mut section = String::new();
    for (number, line) in readme.lines() {
        if line.starts_with('#') {
            section = line.to_lowercase();
        }
        if !section.contains("tour") || !line.starts_with('|') {
            continue;
        }
        let first_cell = line.split('|').nth(1).unwrap_or_default();
        for path in first_cell.split('`').filter(|part| part.starts_with('/')) {
            let template = path.split(['?', ' ']).next().unwrap_or_default();
            if !tour.iter().any(|text| text.contains(&format!("\"{template}\""))) {
                findings.push(readme.finding(
                    number,
                    format!("the tour has no path `{template}`: write the one it serves"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: (&str, &str) = ("Cargo.toml", "[workspace.package]\nversion = \"1.2.3\"\n");

    #[test]
    fn the_change_log_has_a_section_for_now() {
        for good in [
            "# Changes\n\n## Unreleased\n",
            "## [Unreleased]\n",
            "## 1.2.3 (2030-01-01)\n",
            "## [1.2.3]\n",
        ] {
            assert_eq!(
                changelog(&Tree::of(&[ROOT, ("CHANGELOG.md", good)])),
                [],
                "{good}"
            );
        }
        assert_eq!(
            changelog(&Tree::of(&[ROOT, ("CHANGELOG.md", "## 1.2.2\n")])).len(),
            1
        );
        assert_eq!(changelog(&Tree::of(&[ROOT])).len(), 1);
    }

    #[test]
    fn the_map_names_every_module_folder() {
        let module = ("crates/hangup/src/socket/mod.rs", "");
        assert_eq!(
            architecture(&Tree::of(&[
                module,
                ("ARCHITECTURE.md", "- `socket`: reads and writes")
            ])),
            []
        );
        assert_eq!(
            architecture(&Tree::of(&[module, ("ARCHITECTURE.md", "nothing about sockets")])).len(),
            1
        );
        assert_eq!(architecture(&Tree::of(&[module])).len(), 1);
    }

    #[test]
    fn the_table_of_the_tour_follows_the_tour() {
        let tour = (
            "examples/examples/tour/main.rs",
            "app.route(\"/items/{item_id}/ws\", x)",
        );
        let good = "## The tour\n\n| path | what |\n|---|---|\n| `/items/{item_id}/ws` | echo |\n\n## Else\n| `/nowhere` | |\n";
        assert_eq!(tour_paths(&Tree::of(&[tour, ("README.md", good)])), []);
        let bad = "## The tour\n| `/items/{id}/ws?q=1` | echo |\n";
        assert_eq!(tour_paths(&Tree::of(&[tour, ("README.md", bad)])).len(), 1);
    }
}
