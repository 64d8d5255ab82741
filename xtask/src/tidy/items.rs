//! The items and the imports of a Rust file: what it defines, which modules it declares, which paths it names.

use super::source::{Source, Token};

/// What a file says outside of its tests.
#[derive(Debug, Default)]
pub(crate) struct Items {
    pub(crate) definitions: Vec<Definition>,
    pub(crate) imports: Vec<Import>,
    /// Paths in the code, outside of `use`: `["socket", "read"]` for `socket::read(..)`.
    pub(crate) paths: Vec<Named>,
    /// Every word of the code outside of `use`.
    pub(crate) words: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ItemKind {
    Type,
    Trait,
    Function,
    Constant,
    Macro,
    Module,
}

#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) kind: ItemKind,
    pub(crate) name: String,
    /// Whether any `pub` stands before it.
    pub(crate) is_public: bool,
    /// The inline modules around it, the outermost first.
    pub(crate) within: Vec<String>,
    pub(crate) line: usize,
}

/// One name that a `use` brings in; `*` for all of a module.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    pub(crate) name: String,
    pub(crate) is_public: bool,
    pub(crate) within: Vec<String>,
    pub(crate) line: usize,
}

#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) path: Vec<String>,
    pub(crate) within: Vec<String>,
    pub(crate) line: usize,
}

impl Items {
    pub(crate) fn read(source: &Source) -> Self {
        let tokens: Vec<Token<'_>> = source
            .tokens()
            .into_iter()
            .filter(|token| !source.is_test(token.line))
            .collect();
        let mut reader = Reader {
            tokens: &tokens,
            braces: Vec::new(),
            items: Self::default(),
        };
        let mut at = 0;
        while at < tokens.len() {
            at = reader.step(at);
        }
        reader.items
    }
}

enum Brace {
    Module(String),
    /// The braces of a macro call between items: what it wraps are items of this file.
    Transparent,
    Opaque,
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    braces: Vec<Brace>,
    items: Items,
}

impl Reader<'_> {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text)
    }

    fn before(&self, at: usize, steps: usize) -> &str {
        at.checked_sub(steps).map_or("", |at| self.text(at))
    }

    fn within(&self) -> Vec<String> {
        let module = |brace: &Brace| match brace {
            Brace::Module(name) => Some(name.clone()),
            _ => None,
        };
        self.braces.iter().filter_map(module).collect()
    }

    fn is_between_items(&self) -> bool {
        !self.braces.iter().any(|brace| matches!(brace, Brace::Opaque))
    }

    /// Reads what starts here and gives the place to go on from.
    fn step(&mut self, at: usize) -> usize {
        match self.text(at) {
            "{" => {
                let brace = self.brace(at);
                self.braces.push(brace);
                at + 1
            }
            "}" => {
                self.braces.pop();
                at + 1
            }
            "use" if is_statement_start(self.before(at, 1)) => self.import(at),
            _ => {
                if self.is_between_items() {
                    self.definition(at);
                }
                self.path(at)
            }
        }
    }

    fn brace(&self, at: usize) -> Brace {
        if self.before(at, 2) == "mod" {
            return Brace::Module(self.before(at, 1).to_owned());
        }
        if self.before(at, 1) == "!" && self.is_between_items() {
            return Brace::Transparent;
        }
        Brace::Opaque
    }

    fn definition(&mut self, at: usize) {
        let next = self.text(at + 1);
        let (kind, name) = match self.text(at) {
            "struct" | "enum" | "union" | "type" => (ItemKind::Type, next),
            "trait" => (ItemKind::Trait, next),
            "fn" => (ItemKind::Function, next),
            "mod" => (ItemKind::Module, next),
            "macro_rules" => (ItemKind::Macro, self.text(at + 2)),
            "const" if matches!(self.before(at, 1), "<" | "," | "*" | "(") => return,
            "static" | "const" if next == "mut" => (ItemKind::Constant, self.text(at + 2)),
            "static" | "const" => (ItemKind::Constant, next),
            _ => return,
        };
        if matches!(name, "fn" | "unsafe" | "extern" | "async" | "_") || !is_name(name) {
            return;
        }
        let definition = Definition {
            kind,
            name: name.to_owned(),
            is_public: self.is_public(at),
            within: self.within(),
            line: self.tokens[at].line,
        };
        self.items.definitions.push(definition);
    }

    /// Whether `pub` or `pub(..)` stands before the keyword here.
    fn is_public(&self, at: usize) -> bool {
        let mut at = at;
        while matches!(
            self.before(at, 1),
            "const" | "async" | "unsafe" | "extern" | "safe"
        ) {
            at -= 1;
        }
        if self.before(at, 1) == "pub" {
            return true;
        }
        if self.before(at, 1) != ")" {
            return false;
        }
        let open = (0..at).rev().find(|place| self.text(*place) == "(");
        open.is_some_and(|open| self.before(open, 1) == "pub")
    }

    /// Reads a `use` to its semicolon.
    fn import(&mut self, at: usize) -> usize {
        let end = (at..self.tokens.len())
            .find(|place| self.text(*place) == ";")
            .unwrap_or(self.tokens.len());
        let is_public = self.is_public(at);
        let line = self.tokens[at].line;
        let within = self.within();
        let words: Vec<Token<'_>> = self.tokens[at + 1..end].to_vec();
        for (path, name, line_of_name) in branches(&words, line) {
            self.items.imports.push(Import {
                path,
                name,
                is_public,
                within: within.clone(),
                line: line_of_name,
            });
        }
        end + 1
    }

    /// Keeps the word here, and the path that starts with it.
    fn path(&mut self, at: usize) -> usize {
        let first = self.text(at).to_owned();
        if !is_name(&first) {
            return at + 1;
        }
        self.items.words.push(first.clone());
        let follows_path = matches!(self.before(at, 1), "::" | "." | "$");
        let is_visibility = self.before(at, 1) == "in" && self.before(at, 3) == "pub";
        if follows_path || is_visibility || self.text(at + 1) != "::" {
            return at + 1;
        }
        let mut path = vec![first];
        let mut end = at + 1;
        while self.text(end) == "::" && is_name(self.text(end + 1)) {
            path.push(self.text(end + 1).to_owned());
            end += 2;
        }
        let (within, line) = (self.within(), self.tokens[at].line);
        self.items.words.extend(path.iter().skip(1).cloned());
        self.items.paths.push(Named { path, within, line });
        end
    }
}

/// The paths of a `use` without its braces, each with the name that it brings in and its line.
fn branches(tokens: &[Token<'_>], line: usize) -> Vec<(Vec<String>, String, usize)> {
    let mut found = Vec::new();
    // The prefixes of the open braces.
    let mut open: Vec<Vec<String>> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut name: Option<String> = None;
    let mut last_line = line;
    let mut finish = |path: &mut Vec<String>, name: &mut Option<String>, prefix: &[String], line| {
        if path.len() > prefix.len() {
            if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
                path.pop();
            }
            let own = name.take().or_else(|| path.last().cloned());
            found.push((path.clone(), own.unwrap_or_default(), line));
        }
        *path = prefix.to_vec();
    };
    let mut words = tokens.iter();
    while let Some(token) = words.next() {
        let prefix = open.last().cloned().unwrap_or_default();
        match token.text {
            "{" => open.push(path.clone()),
            "," => finish(&mut path, &mut name, &prefix, last_line),
            "}" => {
                finish(&mut path, &mut name, &prefix, last_line);
                open.pop();
                path = open.last().cloned().unwrap_or_default();
            }
            "as" => name = words.next().map(|token| token.text.to_owned()),
            "::" => {}
            word => {
                path.push(word.to_owned());
                last_line = token.line;
            }
        }
    }
    finish(&mut path, &mut name, &[], last_line);
    found
}

fn is_statement_start(before: &str) -> bool {
    matches!(before, "" | ";" | "}" | "{" | "]" | "pub" | ")")
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(code: &str) -> Items {
        Items::read(&Source::read(code))
    }

    fn imports(code: &str) -> Vec<String> {
        let shown = |import: &Import| format!("{}={}", import.name, import.path.join("::"));
        read(code).imports.iter().map(shown).collect()
    }

    #[test]
    fn a_use_is_taken_apart() {
        assert_eq!(
            imports("use a::{b::{C, D as E}, f::{self, G}, h};\npub use x::*;"),
            [
                "C=a::b::C",
                "E=a::b::D",
                "f=a::f",
                "G=a::f::G",
                "h=a::h",
                "*=x::*"
            ]
        );
        assert_eq!(
            imports("use self::{b::{C}, d::E};"),
            ["C=self::b::C", "E=self::d::E"]
        );
    }

    #[test]
    fn items_are_found_between_items_only() {
        let items = read(
            "pub struct A { x: fn(u8) }\npub(crate) const fn b<const N: usize>() { const C: u8 = 0; struct D; }\n\
             impl A { pub fn e() {} }\nstatic F: *const u8 = p;\npin! { pub struct G { h: u8 } }\n\
             mod i { pub(super) trait J { type K; } }\nmacro_rules! l { () => { struct M; } }\n\
             #[cfg(test)]\nmod tests { struct N; }",
        );
        let shown: Vec<(&str, bool)> = items
            .definitions
            .iter()
            .map(|definition| (definition.name.as_str(), definition.is_public))
            .collect();
        assert_eq!(
            shown,
            [
                ("A", true),
                ("b", true),
                ("F", false),
                ("G", true),
                ("i", false),
                ("J", true),
                ("l", false)
            ]
        );
        assert_eq!(items.definitions[5].within, ["i"]);
    }

    #[test]
    fn paths_are_kept_whole_and_methods_are_none() {
        let items = read("fn f() { a::b::c(); x.d::<u8>(); $crate::e(); super::g::<u8>() }");
        let shown: Vec<String> = items.paths.iter().map(|named| named.path.join("::")).collect();
        assert_eq!(shown, ["a::b::c", "super::g"]);
    }
}
