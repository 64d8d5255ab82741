//! Where the text of parameters comes from: the request, read once.

mod cookie;
mod decode;
mod header;
#[cfg(feature = "axum")]
mod matched;
mod path;
mod query;
mod raw;
mod route;

use std::cell::OnceCell;

use http::request::Parts;

use self::cookie::Cookies;
use self::path::Template;
use self::query::Query;
use crate::field::{Field, Location};

pub use self::route::decode_path;

pub(super) use self::raw::{Made, Raw};

/// The four places of one request that parameters come from.
///
/// The query string and the cookies are split once, when the first parameter needs them. Values are decoded when they are
/// read, and borrowed if there is nothing to decode.
#[derive(Debug)]
pub struct Sources<'r> {
    parts: &'r Parts,
    template: OnceCell<Template<'r>>,
    query: OnceCell<Query<'r>>,
    cookies: OnceCell<Cookies<'r>>,
}

impl<'r> Sources<'r> {
    /// The sources of a request. With the feature `axum`, the path is read by the template of the route that axum has
    /// matched. Without that feature or route there are no path parameters: use [`with_template`](Self::with_template).
    pub fn new(parts: &'r Parts) -> Self {
        Self {
            parts,
            template: OnceCell::new(),
            query: OnceCell::new(),
            cookies: OnceCell::new(),
        }
    }

    /// The sources of a request whose path is read by `template` (`/items/{id}`, `/files/{*rest}`).
    pub fn with_template(parts: &'r Parts, template: &'r str) -> Self {
        let sources = Self::new(parts);
        let _ = sources.template.set(Template::new(template, parts.uri.path()));
        sources
    }

    /// Whether FastAPI would have routed the path here. It would not if a convertor (`{n:int}`) refuses its segment, or
    /// if a segment holds an encoded slash. The answer to such a request is 404.
    #[doc(alias = "convertor")]
    pub fn matches_route(&self) -> bool {
        self.template().matches()
    }

    fn template(&self) -> &Template<'r> {
        self.template.get_or_init(|| template(self.parts))
    }

    fn query(&self) -> &Query<'r> {
        self.query
            .get_or_init(|| Query::split(self.parts.uri.query().unwrap_or_default()))
    }

    fn cookies(&self) -> &Cookies<'r> {
        self.cookies.get_or_init(|| Cookies::split(&self.parts.headers))
    }

    /// The one value of a parameter: of several in a query string or cookie the last, of several headers the first.
    pub(super) fn one(&self, field: &Field) -> Option<Raw<'r>> {
        match field.location {
            Location::Path => self.template().get(field.name),
            Location::Query => self.query().last(field.name),
            Location::Header => header::all(&self.parts.headers, field.name).next(),
            Location::Cookie => self.cookies().get(field.name),
        }
    }

    /// Calls `each` with every value of a parameter that may come several times: in a query string or in headers.
    pub(super) fn each(&self, field: &Field, mut each: impl FnMut(Raw<'r>)) {
        match field.location {
            Location::Query => self.query().all(field.name).for_each(each),
            Location::Header => header::all(&self.parts.headers, field.name).for_each(each),
            Location::Path | Location::Cookie => {
                if let Some(raw) = self.one(field) {
                    each(raw);
                }
            }
        }
    }
}

#[cfg(feature = "axum")]
fn template(parts: &Parts) -> Template<'_> {
    matched::template(parts)
}

#[cfg(not(feature = "axum"))]
fn template(parts: &Parts) -> Template<'_> {
    Template::new("", parts.uri.path())
}
