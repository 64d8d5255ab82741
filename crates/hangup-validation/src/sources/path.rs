//! The path, read by the template of its route.

use std::iter;

use super::decode::{Plus, percent};
use super::raw::{Made, Raw};

/// The template of a route and the path that matched it, both still encoded.
///
/// The template is axum's (`{name}`, `{*rest}`). FastAPI's convertors are in the name, as in `{n:int}`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Template<'r> {
    template: &'r str,
    path: &'r str,
}

impl<'r> Template<'r> {
    pub(super) fn new(template: &'r str, path: &'r str) -> Self {
        Self { template, path }
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<Raw<'r>> {
        self.captures()
            .find(|capture| capture.name == name)
            .map(|capture| Raw::Path(capture.value, capture.made()))
    }

    /// Whether every segment suits its convertor.
    pub(super) fn matches(&self) -> bool {
        self.captures().all(|capture| capture.matches())
    }

    fn captures(&self) -> impl Iterator<Item = Capture<'r>> {
        let mut path = self.path.split('/');
        let mut rest = self.path;
        let mut template = self.template.split('/').peekable();
        iter::from_fn(move || {
            let wanted = template.next()?;
            let before = rest;
            let value = path.next();
            rest = value
                .and_then(|value| before.get(value.len() + 1..))
                .unwrap_or_default();
            let is_last = template.peek().is_none();
            Some(Capture::of(wanted, value, before, is_last))
        })
        .flatten()
    }
}

/// One parameter of the template and its text.
#[derive(Debug)]
struct Capture<'r> {
    name: &'r str,
    convertor: &'r str,
    value: &'r str,
}

impl<'r> Capture<'r> {
    /// What a segment of the template takes of the path: of its own segment, or of all that is left.
    fn of(wanted: &'r str, segment: Option<&'r str>, left: &'r str, is_last: bool) -> Option<Self> {
        let (prefix, name) = parameter(wanted)?;
        let (name, convertor, value) = match name.strip_prefix('*') {
            Some(name) => (name, "path", Some(left)),
            None => {
                let (name, convertor) = name.split_once(':').unwrap_or((name, "str"));
                (name, convertor, segment)
            }
        };
        let value = value?.get(prefix..)?;
        let value = match convertor {
            "str" => value,
            _ if is_last => without_newline(value),
            _ => value,
        };
        Some(Self {
            name,
            convertor,
            value,
        })
    }

    fn made(&self) -> Made {
        match self.convertor {
            "int" => Made::Int,
            "float" => Made::Float,
            "uuid" => Made::Uuid,
            _ => Made::Text,
        }
    }

    fn matches(&self) -> bool {
        let text = percent(self.value, Plus::Stays);
        match self.convertor {
            "path" => !text.contains('\n'),
            "int" => is_digits(&text),
            "float" => match text.split_once('.') {
                Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
                None => is_digits(&text),
            },
            "uuid" => is_uuid(text.as_bytes()),
            _ => !text.is_empty() && !text.contains('/'),
        }
    }
}

/// The parameter in a segment of a template, and how many bytes of text are before it; `{{` stands for `{`.
fn parameter(segment: &str) -> Option<(usize, &str)> {
    let (mut prefix, mut rest) = (0, segment);
    loop {
        let at = rest.find(['{', '}'])?;
        let (_, brace) = rest.split_at(at);
        match brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
            Some(after) => (prefix, rest) = (prefix + at + 1, after),
            None => return Some((prefix + at, brace.strip_prefix('{')?.strip_suffix('}')?)),
        }
    }
}

/// The end of Starlette's pattern is before a newline that ends the path, if the convertor does not take it.
fn without_newline(encoded: &str) -> &str {
    match encoded
        .len()
        .checked_sub(3)
        .and_then(|end| encoded.split_at_checked(end))
    {
        Some((value, newline)) if newline.eq_ignore_ascii_case("%0A") => value,
        _ => encoded,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Starlette's pattern: groups of 8, 4, 4, 4 and 12 hex digits, each hyphen optional.
fn is_uuid(mut text: &[u8]) -> bool {
    for (index, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if index > 0
            && let [b'-', rest @ ..] = text
        {
            text = rest;
        }
        match text.split_at_checked(length) {
            Some((group, rest)) if group.iter().all(u8::is_ascii_hexdigit) => text = rest,
            _ => return false,
        }
    }
    text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::Template;

    fn get(template: &str, path: &str, name: &str) -> Option<String> {
        Template::new(template, path)
            .get(name)
            .map(|raw| raw.decode().into_owned())
    }

    #[test]
    fn parameters_are_found_by_their_place() {
        assert_eq!(get("/t/{a}/{b}", "/t/1/x%2By", "b").as_deref(), Some("x+y"));
        assert_eq!(get("/t/{a}/{b}", "/t/1/x", "c"), None);
        assert_eq!(
            get("/items/{id}/ws", "/items/%FF/ws", "id").as_deref(),
            Some("\u{fffd}")
        );
        assert_eq!(
            get("/files/{*p}", "/files//etc/passwd", "p").as_deref(),
            Some("/etc/passwd")
        );
        assert_eq!(get("/files/{*p}", "/files/", "p").as_deref(), Some(""));
        assert_eq!(
            get("/files/{a}/{*p}", "/files/x/y/z", "p").as_deref(),
            Some("y/z")
        );
        assert_eq!(get("/c/{n:int}/ws", "/c/5/ws", "n").as_deref(), Some("5"));
        assert_eq!(get("/user-{id}/ws", "/user-%31/ws", "id").as_deref(), Some("1"));
        assert_eq!(
            get("/{{{id}/{{as_is}}", "/{x/{as_is}", "id").as_deref(),
            Some("x")
        );
    }

    #[test]
    fn a_newline_at_the_end_is_no_part_of_what_a_convertor_takes() {
        assert_eq!(get("/c/{n:int}", "/c/5%0a", "n").as_deref(), Some("5"));
        assert_eq!(get("/c/{*n}", "/c/a/b%0A", "n").as_deref(), Some("a/b"));
        assert_eq!(get("/c/{n}", "/c/a%0A", "n").as_deref(), Some("a\n"));
    }

    #[test]
    fn convertors_and_encoded_slashes_decide_about_the_route() {
        for (template, path, matches) in [
            ("/c/{n}", "/c/a", true),
            ("/c/{n}", "/c/a%2fb", false),
            ("/c/{n}", "/c/a%252fb", true),
            ("/c/{*n}", "/c/a%2fb", true),
            ("/c/{n:int}", "/c/007", true),
            ("/c/{n:int}", "/c/-5", false),
            ("/c/{n:float}", "/c/1.5", true),
            ("/c/{n:float}", "/c/15", true),
            ("/c/{n:float}", "/c/1.", false),
            ("/c/{n:float}", "/c/1e5", false),
            ("/c/{n:uuid}", "/c/12345678-1234-5678-1234-567812345678", true),
            ("/c/{n:uuid}", "/c/12345678123456781234567812345678", true),
            ("/c/{n:uuid}", "/c/1234", false),
            ("/c/no-{n:int}", "/c/no-x", false),
            ("/c/{n:int}", "/c/5%0A", true),
            ("/c/{n:int}", "/c/5%0A%0a", false),
            ("/c/{n:int}/ws", "/c/5%0A/ws", false),
            ("/c/{*n}", "/c/a%0Ab", false),
        ] {
            assert_eq!(
                Template::new(template, path).matches(),
                matches,
                "{template} {path}"
            );
        }
    }
}
