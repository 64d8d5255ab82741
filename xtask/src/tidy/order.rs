//! The order of modules: each of `hangup`'s uses only earlier ones, and no crate's modules use each other in a circle.

use std::collections::BTreeMap;

use super::imports::{mentions, module_path};
use super::tree::{File, Finding, Tree};

const HANGUP: &str = "crates/hangup/src/";

/// Each may use the ones before it; the protocol crate comes before them all.
const ORDER: [&str; 26] = [
    "logged",
    "origin",
    "settings",
    "metrics",
    "handshake",
    "params",
    "error",
    "socket",
    "endpoint",
    "handlers",
    "scope",
    "connections",
    "hub",
    "lifecycle",
    "refuse",
    "layer",
    "asyncapi",
    "docs",
    "app",
    "close",
    "message",
    "models",
    "serve",
    "guides",
    "__v1",
    "testing",
];

/// Crates whose top-level modules must not depend on each other in a circle.
const WITHOUT_CYCLES: [&str; 6] = [
    "crates/hangup-protocol/src/",
    "crates/hangup-validation/src/",
    "crates/hangup-macros/src/",
    HANGUP,
    "crates/hangup-redis/src/",
    "xtask/src/",
];

pub(crate) fn modules_of_hangup(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, own, names) in modules(tree, HANGUP) {
        let Some(here) = place(&own) else {
            let message = format!(
                "`{own}` has no place in the order of modules: {}; give it one",
                ORDER.join(", ")
            );
            findings.push(file.finding(1, message));
            continue;
        };
        for (name, line) in names {
            match place(&name) {
                Some(there) if there > here => {
                    let message =
                        format!("`{own}` comes before `{name}`: move what is used to `{own}` or earlier");
                    findings.push(file.finding(line, message));
                }
                Some(_) => {}
                None => {
                    let message =
                        format!("write the module that `{name}` lives in, so that the order can be seen");
                    findings.push(file.finding(line, message));
                }
            }
        }
    }
    findings
}

fn place(module: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == module)
}

pub(crate) fn cycles(tree: &Tree) -> Vec<Finding> {
    WITHOUT_CYCLES
        .iter()
        .filter_map(|source| cycle(tree, source))
        .collect()
}

/// The first circle that is found, told at one line of it.
fn cycle(tree: &Tree, source: &str) -> Option<Finding> {
    let mut uses: BTreeMap<String, BTreeMap<String, (&File, usize)>> = BTreeMap::new();
    for (file, own, names) in modules(tree, source) {
        let of_own = uses.entry(own.clone()).or_default();
        for (name, line) in names.into_iter().filter(|(name, _)| *name != own) {
            of_own.entry(name).or_insert((file, line));
        }
    }
    let circle = uses
        .keys()
        .find_map(|start| path_back(&uses, start, start, &mut Vec::new()))?;
    let (file, line) = uses[&circle[0]][&circle[1]];
    let shown = circle.join(" -> ");
    Some(file.finding(
        line,
        format!("modules use each other in a circle: {shown}; move what they share to an earlier one"),
    ))
}

/// A way from `from` to `goal` along the uses, both ends included.
fn path_back<T>(
    uses: &BTreeMap<String, BTreeMap<String, T>>,
    from: &str,
    goal: &str,
    seen: &mut Vec<String>,
) -> Option<Vec<String>> {
    seen.push(from.to_owned());
    for next in uses.get(from)?.keys() {
        if next == goal {
            return Some(vec![from.to_owned(), goal.to_owned()]);
        }
        if !seen.contains(next)
            && let Some(mut rest) = path_back(uses, next, goal, seen)
        {
            rest.insert(0, from.to_owned());
            return Some(rest);
        }
    }
    None
}

/// A file, its top-level module, and the names at the root that it mentions, with their lines.
type Uses<'a> = (&'a File, String, Vec<(String, usize)>);

/// What each file of a crate uses, the root file left out.
fn modules<'a>(tree: &'a Tree, source: &str) -> Vec<Uses<'a>> {
    let mut found = Vec::new();
    for (file, rust) in tree.rust().filter(|(file, _)| !file.is_test()) {
        let Some(below) = file.path.strip_prefix(source) else {
            continue;
        };
        let own = module_path(below);
        if let Some(top) = own.first() {
            let names = mentions(rust, &own)
                .into_iter()
                .map(|mention| (mention.name, mention.line));
            found.push((file, (*top).to_owned(), names.collect()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_modules_may_use_earlier_ones() {
        let tree = Tree::of(&[
            ("crates/hangup/src/lib.rs", "pub use crate::app::App;"),
            (
                "crates/hangup/src/socket/mod.rs",
                "use crate::error::Error;\nuse crate::socket::read;",
            ),
            (
                "crates/hangup/src/socket/read.rs",
                "use super::super::handshake::Handshake;",
            ),
            (
                "crates/hangup/src/error.rs",
                "#[cfg(test)]\nmod tests { use crate::testing::Client; }",
            ),
        ]);
        assert_eq!(modules_of_hangup(&tree), []);
    }

    #[test]
    fn earlier_modules_may_not_use_later_ones() {
        let tree = Tree::of(&[(
            "crates/hangup/src/params.rs",
            "\nuse crate::{handshake::H, app::App};",
        )]);
        let found = modules_of_hangup(&tree);
        assert_eq!((found.len(), found[0].line), (1, 2));
        assert!(found[0].message.contains("`params` comes before `app`"));
    }

    #[test]
    fn modules_without_a_place_and_names_at_the_root_are_told() {
        let tree = Tree::of(&[
            ("crates/hangup/src/odd.rs", ""),
            ("crates/hangup/src/app.rs", "use crate::WebSocket;"),
        ]);
        assert_eq!(modules_of_hangup(&tree).len(), 2);
    }

    #[test]
    fn a_circle_is_told_once_and_a_chain_is_none() {
        let base = "crates/hangup-protocol/src/";
        let file = |name: &str| format!("{base}{name}");
        let chain = [
            (file("a.rs"), "use crate::b::X;"),
            (file("b/mod.rs"), "use crate::c;"),
            (file("c.rs"), ""),
        ];
        let circle = [
            (file("a.rs"), "use crate::b::X;"),
            (file("b/x.rs"), "use crate::c;"),
            (file("c.rs"), "use super::a;"),
        ];
        let tree = |files: &[(String, &str)]| {
            Tree::of(
                &files
                    .iter()
                    .map(|(path, text)| (path.as_str(), *text))
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(cycles(&tree(&chain)), []);
        let found = cycles(&tree(&circle));
        assert_eq!(found.len(), 1);
        assert!(
            found[0].message.contains("a -> b -> c -> a"),
            "{}",
            found[0].message
        );
    }
}
