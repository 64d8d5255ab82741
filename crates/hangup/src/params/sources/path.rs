//! The path, read by the template of its route.

use axum::extract::{MatchedPath, OriginalUri};
use http::request::Parts;

use super::decode::{Raw, percent};

/// What a path convertor made of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// Text, as it came.
    Text,
    /// `{n:int}`: an integer.
    Int,
    /// `{x:float}`: a float.
    Float,
}

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

    /// Of a request that axum has routed. Nested routers cut their prefix off the URI but not off the template, so the
    /// original URI belongs to it.
    pub(super) fn of(parts: &'r Parts) -> Self {
        let template = parts
            .extensions
            .get::<MatchedPath>()
            .map_or("", MatchedPath::as_str);
        let uri = parts
            .extensions
            .get::<OriginalUri>()
            .map_or(&parts.uri, |original| &original.0);
        Self {
            template,
            path: uri.path(),
        }
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
        self.template.split('/').filter_map(move |wanted| {
            let before = rest;
            let value = path.next();
            rest = value
                .and_then(|value| before.get(value.len() + 1..))
                .unwrap_or_default();
            let name = wanted.strip_prefix('{')?.strip_suffix('}')?;
            match name.strip_prefix('*') {
                Some(name) => Some(Capture {
                    name,
                    convertor: "path",
                    value: before,
                }),
                None => {
                    let (name, convertor) = name.split_once(':').unwrap_or((name, "str"));
                    Some(Capture {
                        name,
                        convertor,
                        value: value?,
                    })
                }
            }
        })
    }
}

/// One parameter of the template and its text.
#[derive(Debug)]
struct Capture<'r> {
    name: &'r str,
    convertor: &'r str,
    value: &'r str,
}

impl Capture<'_> {
    fn made(&self) -> Made {
        match self.convertor {
            "int" => Made::Int,
            "float" => Made::Float,
            _ => Made::Text,
        }
    }

    fn matches(&self) -> bool {
        let text = percent(self.value, false);
        match self.convertor {
            "path" => true,
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
        ] {
            assert_eq!(
                Template::new(template, path).matches(),
                matches,
                "{template} {path}"
            );
        }
    }
}
