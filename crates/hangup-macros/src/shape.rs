//! What can be seen of a type by its tokens alone.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

/// The last name of a path type: `Handshake` of `hangup::Handshake`.
pub(crate) fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        Type::Group(group) => last_name(&group.elem),
        Type::Paren(paren) => last_name(&paren.elem),
        _ => None,
    }
}

/// The type inside of an `Option`.
pub(crate) fn in_option(ty: &Type) -> Option<&Type> {
    inside(ty, &["Option"])
}

/// The type that a pointer owns, which is an error itself where that is one.
pub(crate) fn pointee(ty: &Type) -> Option<&Type> {
    inside(ty, &["Box", "Arc"])
}

/// The first argument of a path type whose last name is one of these.
fn inside<'t>(ty: &'t Type, names: &[&str]) -> Option<&'t Type> {
    let path = match ty {
        Type::Path(path) => &path.path,
        Type::Group(group) => return inside(&group.elem, names),
        Type::Paren(paren) => return inside(&paren.elem, names),
        _ => return None,
    };
    let is_named = |segment: &&syn::PathSegment| names.iter().any(|name| segment.ident == name);
    match &path.segments.last().filter(is_named)?.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// As the user would write it, on one line.
pub(crate) fn written(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    ["< ", " <", " >", " ,", " ::", ":: ", "& "]
        .iter()
        .fold(text, |text, with_space| {
            text.replace(with_space, with_space.trim())
        })
}

/// The same tokens with their names meant as before, but with another place for errors.
pub(crate) fn placed_at(place: Span, tokens: impl ToTokens) -> TokenStream {
    let moved = |token: TokenTree| {
        let mut token = match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), placed_at(place, group.stream())))
            }
            other => other,
        };
        token.set_span(place.resolved_at(token.span()));
        token
    };
    tokens.to_token_stream().into_iter().map(moved).collect()
}
