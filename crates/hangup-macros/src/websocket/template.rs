//! The template of a path: axum's `{name}` and `{*rest}`, and FastAPI's convertors, such as `{number:int}`.

use syn::LitStr;

use crate::{diagnostics::Diagnostics, wording};

/// A path as axum's router takes it, and the names in it.
pub(crate) struct Template {
    /// As it is written.
    pub(crate) literal: LitStr,
    /// As axum writes it: `{rest:path}` is `{*rest}`. The other convertors are part of a name, for `hangup::params`.
    pub(crate) path: String,
    pub(crate) names: Vec<String>,
}

/// FastAPI's (Starlette's) convertors.
const CONVERTORS: [&str; 5] = ["str", "int", "float", "uuid", "path"];

impl Template {
    pub(crate) fn read(literal: &LitStr, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut template = Self {
            literal: literal.clone(),
            path: String::new(),
            names: Vec::new(),
        };
        match template.take(&literal.value()) {
            Ok(()) => Some(template),
            Err(message) => {
                diagnostics.at(literal, message);
                None
            }
        }
    }

    fn take(&mut self, written: &str) -> Result<(), String> {
        if !written.starts_with('/') {
            return Err(format!("a path begins with `/`: `/{written}`"));
        }
        if let Some(sign) = ['?', '#'].into_iter().find(|sign| written.contains(*sign)) {
            return Err(format!(
                "a path ends before `{sign}`: query parameters are marked `#[query]`"
            ));
        }
        if let Some(segment) = written.split('/').find(|segment| segment.starts_with([':', '*'])) {
            let (name, meant) = match segment.strip_prefix(':') {
                Some(name) => (name, format!("{{{name}}}")),
                None => (&segment[1..], format!("{{{segment}}}")),
            };
            return Err(if name.is_empty() {
                format!("`{segment}` has no name: write `{{item_id}}`, or `{{*rest}}` at the end")
            } else {
                format!(
                    "a parameter stands in braces: write `{}`",
                    written.replace(segment, &meant)
                )
            });
        }
        let mut rest = written;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            self.path.push_str(before);
            if let Some(after) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
                self.path.push_str(&brace[..2]);
                rest = after;
                continue;
            }
            let Some((inside, after)) = brace.strip_prefix('{').and_then(|inside| inside.split_once('}'))
            else {
                return Err(match brace.starts_with('{') {
                    true => "this path has a `{` that is not closed".to_owned(),
                    false => "this path has a `}` that closes nothing".to_owned(),
                });
            };
            self.take_parameter(inside, after)?;
            rest = after;
        }
        self.path.push_str(rest);
        Ok(())
    }

    fn take_parameter(&mut self, inside: &str, after: &str) -> Result<(), String> {
        let (name, convertor) = match inside.split_once(':') {
            Some((name, convertor)) => (name, Some(convertor)),
            None => (inside, None),
        };
        let (name, is_rest) = match name.strip_prefix('*') {
            Some(name) => (name, true),
            None => (name, convertor == Some("path")),
        };
        if name.is_empty() {
            return Err(format!(
                "`{{{inside}}}` has no name: write `{{item_id}}`, or `{{*rest}}` at the end"
            ));
        }
        if let Some(sign) = ['{', '*', '/'].into_iter().find(|sign| name.contains(*sign)) {
            return Err(format!("`{{{inside}}}` is not a name: it has a `{sign}` in it"));
        }
        if let Some(convertor) = convertor
            && !CONVERTORS.contains(&convertor)
        {
            return Err(match wording::nearest(convertor, &CONVERTORS) {
                Some(meant) => format!("there is no convertor `{convertor}`; did you mean `{meant}`?"),
                None => format!(
                    "there is no convertor `{convertor}`, only {}",
                    wording::list(&CONVERTORS, "and")
                ),
            });
        }
        if self.names.iter().any(|taken| taken == name) {
            return Err(format!("this path has two parameters with the name `{name}`"));
        }
        if is_rest && !after.is_empty() {
            return Err(format!(
                "`{{{inside}}}` takes all of the rest, so nothing can follow it"
            ));
        }
        if !after.is_empty() && !after.starts_with('/') {
            return Err(format!(
                "after `{{{inside}}}` a `/` or the end must come: a parameter is a whole segment"
            ));
        }
        match convertor {
            _ if is_rest => self.path.push_str(&format!("{{*{name}}}")),
            _ => self.path.push_str(&format!("{{{inside}}}")),
        }
        self.names.push(name.to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> Result<(String, Vec<String>), String> {
        let mut template = Template {
            literal: LitStr::new(path, proc_macro2::Span::call_site()),
            path: String::new(),
            names: Vec::new(),
        };
        template.take(path).map(|()| (template.path, template.names))
    }

    #[test]
    fn paths_become_those_of_axum() {
        for (written, path, names) in [
            ("/", "/", vec![]),
            ("/items/{item_id}/ws", "/items/{item_id}/ws", vec!["item_id"]),
            ("/files/{*rest}", "/files/{*rest}", vec!["rest"]),
            ("/files/{rest:path}", "/files/{*rest}", vec!["rest"]),
            ("/n/{n:int}/{m:float}", "/n/{n:int}/{m:float}", vec!["n", "m"]),
            ("/user-{id}/{{as_is}}", "/user-{id}/{{as_is}}", vec!["id"]),
        ] {
            assert_eq!(
                read(written),
                Ok((path.to_owned(), names.into_iter().map(String::from).collect()))
            );
        }
    }

    #[test]
    fn what_axum_would_refuse_at_run_time_is_refused() {
        for wrong in [
            "items",
            "/{",
            "/}",
            "/{}",
            "/{*}",
            "/{a}{b}",
            "/{a}.json",
            "/{*a}/b",
            "/{a}/{a}",
            "/{a:ints}",
            "/:a",
            "/:",
            "/*a",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
