//! Which top-level modules of its own crate a file names, by `crate::..` and `super::..`.

use super::source::{Source, Token};

/// One mention of a top-level module, or of a name at the crate's root.
#[derive(Debug, PartialEq)]
pub(crate) struct Mention {
    pub(crate) name: String,
    pub(crate) line: usize,
}

/// The module path of a file, from its path below `src`: `close/code.rs` is `[close, code]`.
pub(crate) fn module_path(below_src: &str) -> Vec<&str> {
    let mut path: Vec<&str> = below_src.trim_end_matches(".rs").split('/').collect();
    if matches!(path.last(), Some(&("mod" | "lib" | "main"))) {
        path.pop();
    }
    path
}

/// All mentions outside of tests, in a file that is the module `own`.
pub(crate) fn mentions(source: &Source, own: &[&str]) -> Vec<Mention> {
    let tokens = source.tokens();
    let mut found = Vec::new();
    // One entry an open brace: whether it opened a module, which moves `super` one step away.
    let mut braces: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match text(&tokens, at) {
            "{" => braces.push(is_module_brace(&tokens, at)),
            "}" => drop(braces.pop()),
            "crate" | "super" if starts_path(&tokens, at) && text(&tokens, at + 1) == "::" => {
                let inner = braces.iter().filter(|opens_module| **opens_module).count();
                let after = resolve(&tokens, at, own, inner, source, &mut found);
                at = after;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Follows `crate::` or `super::super::` to the first name after it; gives the place to go on from.
fn resolve(
    tokens: &[Token<'_>],
    start: usize,
    own: &[&str],
    inner: usize,
    source: &Source,
    found: &mut Vec<Mention>,
) -> usize {
    let mut at = start;
    let mut ups = 0;
    let is_crate = text(tokens, at) == "crate";
    if is_crate {
        at += 2;
    }
    while !is_crate && text(tokens, at) == "super" && text(tokens, at + 1) == "::" {
        ups += 1;
        at += 2;
    }
    // Within an inline module, the first steps up only lead out of it.
    let above = ups - usize::min(ups, inner);
    let reaches_root = is_crate || (ups > inner && above >= own.len());
    if !reaches_root || source.is_test(tokens[start].line) {
        return at;
    }
    for (name, line) in first_names(tokens, at) {
        found.push(Mention {
            name: name.to_owned(),
            line,
        });
    }
    at
}

/// The name here, or each first name of the group here.
fn first_names<'a>(tokens: &[Token<'a>], at: usize) -> Vec<(&'a str, usize)> {
    let Some(here) = tokens.get(at) else {
        return Vec::new();
    };
    if here.text != "{" {
        return vec![(here.text, here.line)];
    }
    let mut names = Vec::new();
    let mut depth = 0;
    for (place, token) in tokens.iter().enumerate().skip(at) {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(text(tokens, place), "{" | ",") {
            match tokens.get(place + 1) {
                Some(next) if !matches!(next.text, "}" | "{") => names.push((next.text, next.line)),
                _ => {}
            }
        }
    }
    names
}

/// Not the middle of a path, not a macro's `$crate`, not the `pub(in crate::..)` of a visibility.
fn starts_path(tokens: &[Token<'_>], at: usize) -> bool {
    let before = if at == 0 { "" } else { text(tokens, at - 1) };
    let in_visibility = before == "in" && at >= 3 && text(tokens, at - 3) == "pub";
    before != "$" && before != "::" && !in_visibility
}

fn is_module_brace(tokens: &[Token<'_>], at: usize) -> bool {
    at >= 2 && text(tokens, at - 2) == "mod"
}

fn text<'a>(tokens: &[Token<'a>], at: usize) -> &'a str {
    tokens.get(at).map_or("", |token| token.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(code: &str, own: &[&str]) -> Vec<String> {
        mentions(&Source::read(code), own)
            .into_iter()
            .map(|mention| mention.name)
            .collect()
    }

    #[test]
    fn paths_from_the_root_name_their_first_module() {
        assert_eq!(names("use crate::close::Code;", &["frame"]), ["close"]);
        assert_eq!(
            names("use crate::{close::{Code, x}, mask, utf8::y};", &["frame"]),
            ["close", "mask", "utf8"]
        );
        assert_eq!(
            names("fn f() -> crate::close::Code { crate::mask::g() }", &["frame"]),
            ["close", "mask"]
        );
    }

    #[test]
    fn steps_up_are_counted() {
        assert_eq!(names("use super::mask::f;", &["frame"]), ["mask"]);
        assert_eq!(
            names("use super::reason::Reason;", &["close", "code"]),
            Vec::<String>::new()
        );
        assert_eq!(names("use super::super::mask::f;", &["close", "code"]), ["mask"]);
        assert_eq!(
            names("mod inner { use super::f; use super::super::mask; }", &["frame"]),
            ["mask"]
        );
    }

    #[test]
    fn tests_visibilities_and_macros_do_not_count() {
        assert_eq!(
            names(
                "#[cfg(test)]\nmod tests {\n use crate::testing::Client;\n}",
                &["frame"]
            ),
            Vec::<String>::new()
        );
        assert_eq!(
            names("pub(in crate::close) fn f() {}", &["frame"]),
            Vec::<String>::new()
        );
        assert_eq!(
            names("macro_rules! m { () => { $crate::close::f() } }", &["frame"]),
            Vec::<String>::new()
        );
        assert_eq!(
            names("// crate::close\nlet x = \"crate::mask\";", &["frame"]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn files_are_modules() {
        assert_eq!(module_path("close/code.rs"), ["close", "code"]);
        assert_eq!(module_path("close/mod.rs"), ["close"]);
        assert_eq!(module_path("lifecycle.rs"), ["lifecycle"]);
        assert!(module_path("lib.rs").is_empty());
    }
}
