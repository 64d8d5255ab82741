//! No two files import each other, directly or through others.
//!
//! A file imports another where it names an item that the other defines, by `use` or by a path; re-exports are
//! followed to the definition. A file that re-exports an item without using it is a map and imports nothing.

use std::collections::{BTreeMap, VecDeque};

use super::crates::{self, Crate, Use};
use super::tree::{Finding, Tree};

/// Folders whose files still import each other, each with the reason; remove an entry with its last circle.
const KNOWN: &[(&str, &str)] = &[];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    check_allowing(tree, KNOWN)
}

fn check_allowing(tree: &Tree, known: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut met = vec![false; known.len()];
    for of_crate in crates::all(tree) {
        let uses = of_crate.uses();
        for circle in circles(&uses) {
            let paths = || circle.iter().map(|link| &of_crate.members[link.from].file.path);
            match known
                .iter()
                .position(|(folder, _)| paths().all(|path| path.starts_with(folder)))
            {
                Some(at) => met[at] = true,
                None => findings.push(told(&of_crate, &circle)),
            }
        }
    }
    for ((folder, _), _) in known.iter().zip(met).filter(|(_, met)| !met) {
        let message =
            format!("no files of `{folder}` import each other any more: remove the entry from KNOWN");
        findings.push(Finding::missing("xtask/src/tidy/circles.rs", message));
    }
    findings
}

fn told(of_crate: &Crate<'_>, circle: &[Use]) -> Finding {
    let shown = |member: usize| {
        let path = &of_crate.members[member].file.path;
        path.strip_prefix(&of_crate.folder).unwrap_or(path).to_owned()
    };
    let mut links: Vec<String> = circle
        .iter()
        .map(|link| format!("{}:{}", shown(link.from), link.line))
        .collect();
    links.push(shown(circle[0].from));
    let message = format!(
        "files import each other: {}; move what they share to a file that imports neither",
        links.join(" -> ")
    );
    of_crate.members[circle[0].from]
        .file
        .finding(circle[0].line, message)
}

/// For each set of files that reach each other, the shortest circle through one of its files.
fn circles(uses: &[Use]) -> Vec<Vec<Use>> {
    let mut of_file: BTreeMap<usize, Vec<Use>> = BTreeMap::new();
    for link in uses {
        of_file.entry(link.from).or_default().push(*link);
    }
    let mut told = Vec::new();
    let mut found: Vec<Vec<Use>> = Vec::new();
    for start in of_file.keys() {
        let Some(circle) = shortest(&of_file, *start, *start) else {
            continue;
        };
        let is_of_an_earlier_set = told.iter().any(|earlier| {
            shortest(&of_file, *start, *earlier).is_some() && shortest(&of_file, *earlier, *start).is_some()
        });
        if !is_of_an_earlier_set {
            told.push(*start);
            found.push(circle);
        }
    }
    found
}

/// The shortest way from one file to another, along at least one import.
fn shortest(of_file: &BTreeMap<usize, Vec<Use>>, from: usize, goal: usize) -> Option<Vec<Use>> {
    let mut came_by: BTreeMap<usize, Use> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        for link in of_file.get(&at).into_iter().flatten() {
            if came_by.contains_key(&link.to) {
                continue;
            }
            came_by.insert(link.to, *link);
            queue.push_back(link.to);
        }
        if came_by.contains_key(&goal) {
            break;
        }
    }
    let mut way = vec![*came_by.get(&goal)?];
    while way[0].from != from {
        way.insert(0, *came_by.get(&way[0].from)?);
    }
    Some(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages about a crate at `a/src/` with these files.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let named: Vec<(String, &str)> = files
            .iter()
            .map(|(path, text)| (format!("a/src/{path}"), *text))
            .collect();
        let files: Vec<(&str, &str)> = named.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        check_allowing(&Tree::of(&files), &[])
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn two_files_that_import_each_other_are_a_circle() {
        let messages = found(&[
            ("lib.rs", "mod x; mod y;"),
            ("x.rs", "use crate::y::Y;\npub struct X;"),
            ("y.rs", "\npub struct Y;\nfn f() -> super::x::X {}"),
        ]);
        assert_eq!(messages.len(), 1);
        assert!(messages[0].contains("x.rs:1 -> y.rs:3 -> x.rs;"), "{messages:?}");
    }

    #[test]
    fn a_chain_is_none() {
        let chain = [
            ("main.rs", "mod x; mod y;\nfn main() { x::run() }"),
            ("x.rs", "use crate::y::Y;\npub fn run() {}"),
            ("y.rs", "pub struct Y;"),
        ];
        assert_eq!(found(&chain), Vec::<String>::new());
    }

    #[test]
    fn a_child_that_imports_from_the_parent_that_uses_it_is_a_circle() {
        for parent in [
            "mod child;\nuse child::Child;\npub struct Parent(Child);",
            "mod child;\npub struct Parent(child::Child);",
            "mod child;\npub use self::child::Child;\npub struct Parent(Child);",
        ] {
            let files = [
                ("lib.rs", "mod x;"),
                ("x/mod.rs", parent),
                ("x/child.rs", "use super::Parent;\npub struct Child(Box<Parent>);"),
            ];
            assert_eq!(found(&files).len(), 1, "{parent}");
        }
    }

    #[test]
    fn a_map_imports_nothing_and_is_looked_through() {
        let map = "mod a; mod b;\npub use self::{a::A, b::B};";
        let no_circle = [
            ("lib.rs", "mod x;\npub use x::A;"),
            ("x.rs", map),
            ("x/a.rs", "use super::B;\npub struct A;"),
            ("x/b.rs", "pub struct B;"),
        ];
        assert_eq!(found(&no_circle), Vec::<String>::new());
        let circle = [
            ("lib.rs", "mod x;\npub use x::*;"),
            ("x.rs", map),
            ("x/a.rs", "use super::B;\npub struct A;"),
            ("x/b.rs", "pub struct B(crate::A);"),
        ];
        assert_eq!(found(&circle).len(), 1);
    }

    #[test]
    fn names_of_modules_globs_and_renames_are_followed() {
        for (x, y) in [
            (
                "use super::y;\npub fn f() { y::g() }",
                "use super::x;\npub fn g() { x::f() }",
            ),
            (
                "use super::y::*;\npub fn f() { g() }",
                "use super::x::f as h;\npub fn g() { h() }",
            ),
            (
                "use super::y as z;\npub fn f() { z::g() }",
                "pub fn g() { crate::x::f() }",
            ),
        ] {
            let files = [("lib.rs", "mod x; mod y;"), ("x.rs", x), ("y.rs", y)];
            assert_eq!(found(&files).len(), 1, "{x}");
        }
    }

    #[test]
    fn tests_and_other_crates_do_not_count() {
        let files = [
            ("lib.rs", "mod x; mod y;"),
            (
                "x.rs",
                "use y_of_another_crate::Y;\npub struct X;\n#[cfg(test)]\nmod tests { use crate::y::Y; }",
            ),
            ("y.rs", "use super::x::X;\npub struct Y;"),
            ("y/tests.rs", "use super::Y;\nuse crate::x::X;"),
        ];
        assert_eq!(found(&files), Vec::<String>::new());
    }

    #[test]
    fn the_integration_tests_of_several_files_are_crates_too() {
        let tree = Tree::of(&[
            ("a/tests/life/main.rs", "mod x; mod y;"),
            ("a/tests/life/x.rs", "use crate::y::Y;\npub struct X;"),
            ("a/tests/life/y.rs", "use super::x::X;\npub struct Y;"),
        ]);
        assert_eq!(check_allowing(&tree, &[]).len(), 1);
    }

    #[test]
    fn a_file_that_path_names_is_that_module() {
        let files = [
            ("lib.rs", "#[cfg(no)]\n#[path = \"other.rs\"]\nmod x;\nmod y;"),
            ("other.rs", "use super::y::Y;\npub struct X;"),
            ("y.rs", "use crate::x::X;\npub struct Y;"),
        ];
        assert_eq!(found(&files).len(), 1);
    }

    #[test]
    fn a_known_circle_must_exist() {
        let circle = [
            ("a/src/lib.rs", "mod x; mod y;"),
            ("a/src/x.rs", "use crate::y::Y;\npub struct X;"),
            ("a/src/y.rs", "use crate::x::X;\npub struct Y;"),
        ];
        let known = [("a/src/", "being divided")];
        assert_eq!(check_allowing(&Tree::of(&circle), &known), []);
        assert_eq!(check_allowing(&Tree::of(&circle[..2]), &known).len(), 1);
    }
}
