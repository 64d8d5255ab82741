//! `#[close(CODE)]`, `#[close(CODE, "reason")]`, `#[close(CODE, hidden)]`, `#[close(transparent)]`, as they are written.

use syn::{
    Attribute, Expr, Ident, LitStr, Meta, Token,
    parse::{Parse, ParseStream},
};

use crate::diagnostics::Diagnostics;

/// What stands between the parentheses of `#[close(..)]`.
pub(crate) enum CloseAttr {
    /// A code, and where the reason comes from.
    Code(Expr, ReasonAttr),
    /// `transparent`: as the only field.
    Transparent(Ident),
}

pub(crate) enum ReasonAttr {
    /// None is written: the `Display` text.
    Display,
    /// `hidden`: none at all.
    Hidden,
    Literal(LitStr),
}

const FORMS: &str = "write `#[close(4001, \"room is full\")]`, `#[close(POLICY_VIOLATION)]` (the reason is the \
                     `Display` text) or `#[close(INTERNAL_ERROR, hidden)]` (no reason)";

impl CloseAttr {
    /// The one `#[close(..)]` among these attributes.
    pub(crate) fn find(attrs: &[Attribute], diagnostics: &mut Diagnostics) -> Found {
        let mut written = attrs.iter().filter(|attr| attr.path().is_ident("close"));
        let Some(attr) = written.next() else {
            return Found::Missing;
        };
        for more in written {
            diagnostics.at(more, "`#[close(..)]` is given twice; one is enough");
        }
        let parsed = match &attr.meta {
            Meta::List(list) if list.tokens.is_empty() => Err(without_code(attr)),
            Meta::List(list) => list.parse_args(),
            Meta::Path(_) | Meta::NameValue(_) => Err(without_code(attr)),
        };
        diagnostics.take(parsed).map_or(Found::Wrong, Found::One)
    }
}

/// What was found where `#[close(..)]` should be.
pub(crate) enum Found {
    One(CloseAttr),
    Missing,
    /// It is there, and its mistake is reported.
    Wrong,
}

fn without_code(attr: &Attribute) -> syn::Error {
    syn::Error::new_spanned(attr, format!("`close` needs a close code: {FORMS}"))
}

impl Parse for CloseAttr {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return Err(input.error(format!("the close code comes first, then the reason: {FORMS}")));
        }
        let alone = input.fork().parse::<Ident>().ok();
        let code = input.parse()?;
        if input.is_empty() {
            return Ok(match alone {
                Some(word) if word == "transparent" => Self::Transparent(word),
                _ => Self::Code(code, ReasonAttr::Display),
            });
        }
        input.parse::<Token![,]>()?;
        let reason = if input.is_empty() {
            ReasonAttr::Display
        } else if input.peek(LitStr) {
            ReasonAttr::Literal(input.parse()?)
        } else {
            let written = input.span();
            match input.parse::<Ident>() {
                Ok(word) if word == "hidden" => ReasonAttr::Hidden,
                _ => {
                    return Err(syn::Error::new(
                        written,
                        format!("the reason is a string literal or `hidden`: {FORMS}"),
                    ));
                }
            }
        };
        input.parse::<Option<Token![,]>>()?;
        if !input.is_empty() {
            return Err(input.error(format!(
                "a close code and one reason are all that fits here: {FORMS}"
            )));
        }
        Ok(Self::Code(code, reason))
    }
}
