//! Parameters without an attribute: axum extractors, and what is taken for one by mistake.

use syn::{Ident, Type, ext::IdentExt};

use crate::{diagnostics::Diagnostics, shape};

/// Values that a parameter with an attribute has, and that no extractor is.
const VALUES: [&str; 30] = [
    "bool",
    "char",
    "String",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "f32",
    "f64",
    "Vec",
    "HashSet",
    "BTreeSet",
    "Uuid",
    "Url",
    "Decimal",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "NaiveDate",
    "NaiveDateTime",
    "Duration",
    "SystemTime",
];

/// Extractors of axum's that leave the path alone.
const NOT_OF_THE_PATH: [&str; 14] = [
    "State",
    "Extension",
    "Query",
    "RawQuery",
    "HeaderMap",
    "TypedHeader",
    "CookieJar",
    "Method",
    "Uri",
    "OriginalUri",
    "Version",
    "ConnectInfo",
    "MatchedPath",
    "Extensions",
];

/// Reports a type that cannot be an extractor, as far as its name shows it.
pub(super) fn check(name: Option<&Ident>, ty: &Type, diagnostics: &mut Diagnostics) {
    let value = shape::in_option(ty).unwrap_or(ty);
    let last_name = shape::last_name(value);
    let last_name = last_name.as_deref().unwrap_or_default();
    if VALUES.contains(&last_name) || matches!(value, Type::Reference(_) | Type::Tuple(_)) {
        let parameter = match name {
            Some(name) => format!("{}: {}", name.unraw(), shape::written(ty)),
            None => shape::written(ty),
        };
        diagnostics.at(
            ty,
            format!(
                "`{parameter}` is not an extractor: say where it comes from with `#[path]`, `#[query]`, `#[header]` \
                 or `#[cookie]`"
            ),
        );
    }
    if last_name == "WebSocketUpgrade" {
        diagnostics.at(
            ty,
            "axum's `WebSocketUpgrade` answers the handshake itself: take `hangup::Handshake` and call its `accept`",
        );
    }
    if matches!(ty, Type::ImplTrait(_)) {
        diagnostics.at(ty, "an extractor needs a type with a name");
    }
}

/// Whether an extractor may read parameters of the path.
pub(super) fn may_read_path(ty: &Type) -> bool {
    let ty = shape::in_option(ty).unwrap_or(ty);
    shape::last_name(ty).is_none_or(|name| !NOT_OF_THE_PATH.contains(&&*name))
}
