//! The root of `hangup`: what programs name every day, at most 26 names, listed here.

use super::items::{ItemKind, Items};
use super::tree::{File, Finding, Tree};

const ROOT: &str = "crates/hangup/src/lib.rs";
const MOST: usize = 26;

/// In the order of the alphabet.
const NAMES: &[&str] = &[
    "App",
    "Close",
    "CloseCode",
    "Disconnect",
    "Drain",
    "Error",
    "ErrorHandlers",
    "Failure",
    "Handshake",
    "HttpError",
    "Hub",
    "IntoClose",
    "Message",
    "Params",
    "Reason",
    "Receiver",
    "Refusal",
    "Result",
    "Sender",
    "Settings",
    "ValidationError",
    "WebSocket",
    "bail",
    "model",
    "route",
    "websocket",
];

const _: () = assert!(NAMES.len() <= MOST, "move a name to the module of its task");

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    check_names(tree, NAMES)
}

fn check_names(tree: &Tree, listed: &[&str]) -> Vec<Finding> {
    let Some((root, source)) = tree.rust().find(|(file, _)| file.path == ROOT) else {
        return Vec::new();
    };
    let items = Items::read(source);
    let imported = items
        .imports
        .iter()
        .filter(|import| import.is_public && import.within.is_empty())
        .map(|import| (import.name.as_str(), import.line));
    let defined = items
        .definitions
        .iter()
        .filter(|item| item.is_public && item.within.is_empty() && item.kind != ItemKind::Module)
        .map(|item| (item.name.as_str(), item.line));
    let shown: Vec<(&str, usize)> = imported.chain(defined).collect();
    let macros = exported_macros(tree);

    let unlisted = shown
        .iter()
        .filter(|(name, _)| !listed.contains(name))
        .map(|(name, line)| {
            let message = format!(
                "the root shows `{name}`, which is not listed in xtask/src/tidy/root_names.rs: export it from the \
                 module of its task"
            );
            root.finding(*line, message)
        });
    let missing = listed
        .iter()
        .filter(|name| shown.iter().all(|(there, _)| there != *name))
        .filter(|name| macros.iter().all(|(_, _, there)| there != *name))
        .map(|name| {
            root.finding(
                1,
                format!("`{name}` is listed as a name of the root, which does not show it"),
            )
        });
    let unlisted_macros = macros
        .iter()
        .filter(|(_, _, name)| !listed.contains(&name.as_str()))
        .map(|(file, line, name)| {
            let message = format!(
                "the macro `{name}` becomes a name of the root, which is not listed: write it in `hangup-macros`, and \
                 export it from the module of its task"
            );
            file.finding(*line, message)
        });
    unlisted.chain(missing).chain(unlisted_macros).collect()
}

/// `#[macro_export]` puts a macro at the root, wherever it stands.
fn exported_macros(tree: &Tree) -> Vec<(&File, usize, String)> {
    let mut macros = Vec::new();
    for (file, source) in tree.rust() {
        if !file.path.starts_with("crates/hangup/src/") {
            continue;
        }
        let tokens = source.tokens();
        for (at, token) in tokens.iter().enumerate() {
            if token.text == "macro_export" {
                let mut rest = tokens[at..]
                    .iter()
                    .skip_while(|token| token.text != "macro_rules");
                let name = rest.nth(2).map_or(String::new(), |token| token.text.to_owned());
                macros.push((file, token.line, name));
            }
        }
    }
    macros
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_shows_what_is_listed() {
        let text = "pub mod error;\nmod app;\nuse app::Hidden;\npub use app::{App, route as route};\n\
                    pub mod inner { pub use crate::app::Other; }\n";
        let tree = Tree::of(&[(ROOT, text)]);
        assert_eq!(check_names(&tree, &["App", "route"]), []);
    }

    #[test]
    fn a_name_more_and_a_name_less_are_found() {
        let tree = Tree::of(&[(ROOT, "\npub use app::{App, Extra};\npub struct Own;\n")]);
        let found = check_names(&tree, &["App", "Gone"]);
        let lines: Vec<usize> = found.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [2, 3, 1]);
        assert!(found[0].message.contains("`Extra`"), "{}", found[0].message);
        assert!(found[1].message.contains("`Own`"), "{}", found[1].message);
        assert!(found[2].message.contains("`Gone`"), "{}", found[2].message);
    }

    #[test]
    fn an_exported_macro_is_found() {
        let macro_file = "#[macro_export]\nmacro_rules! say { () => {} }\n";
        let tree = Tree::of(&[(ROOT, ""), ("crates/hangup/src/error/say.rs", macro_file)]);
        assert_eq!(check_names(&tree, &[]).len(), 1);
    }
}
