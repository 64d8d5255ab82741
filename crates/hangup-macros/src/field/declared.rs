//! A declared parameter, once it has been read: its source, its name and its options.

use syn::{Ident, Type, ext::IdentExt};

use super::options::Options;

/// The part of a request that a parameter is taken from, in FastAPI's order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Path,
    Query,
    Header,
    Cookie,
}

impl Source {
    pub(super) const ALL: [Self; 4] = [Self::Path, Self::Query, Self::Header, Self::Cookie];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// A parameter of a function, or a field of a struct, that is read from the request.
pub(crate) struct Member {
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    Field(Box<Field>),
    /// `#[params]`: a struct of parameters.
    Group,
}

/// One declared parameter.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) source: Source,
    pub(super) options: Options,
}

impl Field {
    /// The name on the wire.
    pub(crate) fn wire_name(&self) -> String {
        if let Some(alias) = &self.options.alias {
            return alias.value();
        }
        let name = self.name.unraw().to_string();
        if self.source == Source::Header && self.options.convert_underscores != Some(false) {
            name.replace('_', "-")
        } else {
            name
        }
    }
}
