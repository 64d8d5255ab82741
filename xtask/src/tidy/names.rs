//! A name means one thing in a crate: no two files define it for others to use.
//!
//! Types, traits, constants and macros are looked at. Functions are not: they are named through their module, as
//! `expand::whole`, so that the same word in several modules is a pattern and no confusion.

use std::collections::BTreeMap;

use super::crates;
use super::items::ItemKind;
use super::tree::{Finding, Tree};

/// A folder, a name that is defined more than once in it, and the reason.
type Exception = (&'static str, &'static str, &'static str);

const EXCEPTIONS: &[Exception] = &[
    (
        "crates/hangup-protocol/src/",
        "Deflate",
        "the same type with and without the feature `deflate`",
    ),
    (
        "crates/hangup/src/app/signals.rs",
        "Signals",
        "the same type on Unix and elsewhere",
    ),
    (
        "crates/hangup/src/metrics/",
        "RouteMetrics",
        "the same type with and without the feature `metrics`",
    ),
    (
        "crates/hangup/src/metrics/",
        "HubMetrics",
        "the same type with and without the feature `metrics`",
    ),
    (
        "crates/hangup/src/metrics/",
        "TopicMetrics",
        "the same type with and without the feature `metrics`",
    ),
    (
        "crates/hangup/src/metrics/",
        "Traffic",
        "the same type with and without the feature `metrics`",
    ),
    (
        "examples/tour/",
        "SAMPLES",
        "one list for each group of endpoints, named through its module",
    ),
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    check_allowing(tree, EXCEPTIONS)
}

fn check_allowing(tree: &Tree, exceptions: &[Exception]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut met = vec![false; exceptions.len()];
    for of_crate in crates::all(tree) {
        let mut places: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, member) in of_crate.members.iter().enumerate() {
            for definition in &member.items.definitions {
                if definition.is_public && !matches!(definition.kind, ItemKind::Function | ItemKind::Module) {
                    places
                        .entry(&definition.name)
                        .or_default()
                        .push((at, definition.line));
                }
            }
        }
        for (name, places) in places.iter().filter(|(_, places)| places.len() > 1) {
            let path = |(at, _): &(usize, usize)| &of_crate.members[*at].file.path;
            let exception = exceptions.iter().position(|(folder, excepted, _)| {
                excepted == name && places.iter().all(|place| path(place).starts_with(folder))
            });
            if let Some(at) = exception {
                met[at] = true;
                continue;
            }
            let (first, line) = places[0];
            let others: Vec<String> = places[1..]
                .iter()
                .map(|place| format!("{}:{}", path(place), place.1))
                .collect();
            let message = format!(
                "`{name}` is defined in {} too: give each a name of its own, or give the reason in EXCEPTIONS",
                others.join(", ")
            );
            findings.push(of_crate.members[first].file.finding(line, message));
        }
    }
    for ((folder, name, _), _) in exceptions.iter().zip(met).filter(|(_, met)| !met) {
        let message = format!("`{name}` is defined once in `{folder}`: remove it from EXCEPTIONS");
        findings.push(Finding::missing("xtask/src/tidy/names.rs", message));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_defined_once_in_a_crate() {
        let tree = Tree::of(&[
            ("a/src/lib.rs", "pub struct A;\nstruct B;\npub fn f() {}"),
            ("a/src/x.rs", "\npub(crate) trait A {}\nstruct B;\npub fn f() {}"),
            ("b/src/lib.rs", "pub enum A {}"),
        ]);
        let found = check_allowing(&tree, &[]);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("`A` is defined in a/src/x.rs:2 too"));
    }

    #[test]
    fn methods_and_tests_do_not_count() {
        let tree = Tree::of(&[
            ("a/src/lib.rs", "pub struct A;\nimpl A { pub const C: u8 = 0; }"),
            ("a/src/x.rs", "pub const C: u8 = 0;\n#[cfg(test)]\npub struct A;"),
            ("a/src/x/tests.rs", "pub struct A;"),
        ]);
        assert_eq!(check_allowing(&tree, &[]), []);
    }

    #[test]
    fn an_exception_must_exist() {
        let tree = Tree::of(&[("a/src/lib.rs", "pub struct A;"), ("a/src/x.rs", "pub struct A;")]);
        let exception = |name| [("a/src/", name, "a reason")];
        assert_eq!(check_allowing(&tree, &exception("A")), []);
        assert_eq!(check_allowing(&tree, &exception("B")).len(), 2);
    }
}
