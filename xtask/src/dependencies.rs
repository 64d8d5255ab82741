//! Licences, registries and duplicate versions of the dependencies, from `cargo metadata`.
//!
//! cargo-deny checks the same and security advisories in the scheduled workflow (`deny.toml`): building it takes
//! longer than all that it would check here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use crate::failure::{Result, While};
use crate::{process, project};

const LIMIT: Duration = Duration::from_secs(300);
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The same list as in deny.toml, which a test compares.
const LICENCES: [&str; 9] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Zlib",
];

/// Crates that may be there in more than one version, each with the reason.
const DUPLICATES: &[(&str, &str)] = &[
    (
        "base64",
        "metrics-exporter-prometheus, in examples only, is at 0.22",
    ),
    (
        "bit-vec",
        "proptest, and jsonschema in tests only, are at two versions",
    ),
    ("getrandom", "ring, rand 0.8 and proptest are at three versions"),
    ("hashbrown", "indexmap and metrics-util are at two versions"),
    ("r-efi", "of getrandom, on UEFI only"),
    ("rand", "shuttle, proptest and metrics-util are at three versions"),
    ("rand_chacha", "of rand"),
    ("rand_core", "of rand"),
    ("syn", "macros of dependencies move from 2 to 3 one by one"),
    ("synstructure", "of syn"),
    ("windows-sys", "on Windows only"),
];

pub(crate) fn check() -> Result<()> {
    let said = process::capture_ok(
        project::cargo().args(["metadata", "--format-version", "1", "--locked", "--all-features"]),
        LIMIT,
    )?;
    let metadata: Value = serde_json::from_str(&said).while_doing("reading what cargo metadata says")?;
    let packages = metadata["packages"]
        .as_array()
        .ok_or("cargo metadata names no packages")?;
    let findings = findings(packages, DUPLICATES);
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("{} packages, nothing found", packages.len());
        return Ok(());
    }
    Err(format!("{} findings in the dependencies", findings.len()).into())
}

fn findings(packages: &[Value], duplicates: &[(&str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        let (name, licence, source) = (text("name"), text("license"), text("source"));
        versions.entry(name).or_default().insert(text("version"));
        if !is_allowed(licence) {
            found.push(format!(
                "{name}: the licence `{licence}` is not on the list in xtask/src/dependencies.rs"
            ));
        }
        if !source.is_empty() && source != REGISTRY {
            found.push(format!("{name}: comes from `{source}` and not from crates.io"));
        }
    }
    for (name, versions) in &versions {
        let is_listed = duplicates.iter().any(|(listed, _)| listed == name);
        if versions.len() > 1 && !is_listed {
            let shown: Vec<&str> = versions.iter().copied().collect();
            found.push(format!("{name}: several versions ({})", shown.join(", ")));
        }
    }
    for (name, _) in duplicates {
        if versions.get(name).is_none_or(|versions| versions.len() < 2) {
            found.push(format!("{name}: one version only, remove it from DUPLICATES"));
        }
    }
    found
}

/// Whether an SPDX expression can be met with the licences of the list. `/` is the old form of `OR`.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let outcome = alternatives(&words, &mut at);
    outcome && at == words.len()
}

fn alternatives(words: &[&str], at: &mut usize) -> bool {
    let mut outcome = all(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        // Both sides are read, whatever the first says.
        let next = all(words, at);
        outcome |= next;
    }
    outcome
}

fn all(words: &[&str], at: &mut usize) -> bool {
    let mut outcome = single(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        let next = single(words, at);
        outcome &= next;
    }
    outcome
}

fn single(words: &[&str], at: &mut usize) -> bool {
    let Some(first) = words.get(*at) else {
        return false;
    };
    *at += 1;
    if *first == "(" {
        let outcome = alternatives(words, at);
        *at += 1;
        return outcome && words.get(*at - 1) == Some(&")");
    }
    let mut licence = (*first).to_owned();
    if let (Some(&"WITH"), Some(exception)) = (words.get(*at), words.get(*at + 1)) {
        licence = format!("{licence} WITH {exception}");
        *at += 2;
    }
    LICENCES.contains(&licence.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn expressions_are_met_by_the_list() {
        for met in [
            "MIT",
            "MIT/GPL-3.0",
            "GPL-3.0 OR MIT",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        ] {
            assert!(is_allowed(met), "{met}");
        }
        for unmet in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(GPL-3.0 OR LGPL-3.0) AND MIT",
            "MIT WITH some-exception",
            "(MIT",
            "MIT MIT",
        ] {
            assert!(!is_allowed(unmet), "{unmet}");
        }
    }

    #[test]
    fn sources_and_versions_are_looked_at() {
        let package = |name: &str, version: &str, source: &str| json!({"name": name, "version": version, "source": source, "license": "MIT"});
        let packages = [
            package("a", "1.0.0", REGISTRY),
            package("a", "2.0.0", REGISTRY),
            package("b", "1.0.0", "git+https://example.com/b"),
        ];
        let found = findings(&packages, &[("c", "a reason")]);
        let about: Vec<&str> = found.iter().map(|finding| &finding[..1]).collect();
        assert_eq!(about, ["b", "a", "c"]);
    }

    #[test]
    fn deny_toml_has_the_same_licences() {
        let text = std::fs::read_to_string(project::root().join("deny.toml")).unwrap();
        let list = text.split_once("allow = [").unwrap().1.split_once(']').unwrap().0;
        let listed: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        assert_eq!(listed, LICENCES);
    }
}
