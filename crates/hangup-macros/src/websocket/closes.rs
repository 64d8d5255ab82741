//! `closes(4100 = "kicked", RoomError)`: closes that a document cannot see in the types of an endpoint.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Expr, ExprAssign, ExprLit, ExprPath, Lit, LitStr, Path, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::{diagnostics::Diagnostics, doc, into_close};

/// What one item of `closes(..)` becomes.
pub(crate) enum Closes {
    /// An expression of the type `DeclaredClose`.
    One(TokenStream),
    /// An error type, with all that it closes with.
    Of(Path),
}

/// One item, as it is written.
struct Item {
    attrs: Vec<Attribute>,
    value: Expr,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            value: input.parse()?,
        })
    }
}

const FORMS: &str = "write `closes(4100 = \"kicked\")`, `closes(4100)` where the reason varies, or `closes(RoomError)` \
                     for all that an error type closes with";

/// Reads what stands between the parentheses.
pub(crate) fn read(
    input: ParseStream<'_>,
    place: &syn::Ident,
    diagnostics: &mut Diagnostics,
) -> syn::Result<Vec<Closes>> {
    let items = Punctuated::<Item, Token![,]>::parse_terminated(input)?;
    if items.is_empty() {
        diagnostics.at(place, format!("`closes` names at least one close: {FORMS}"));
    }
    let mut known = Vec::new();
    let mut closes = Vec::new();
    for Item { attrs, value } in items {
        for attr in attrs.iter().filter(|attr| !attr.path().is_ident("doc")) {
            diagnostics.at(attr, "a doc comment is all that may stand above a close");
        }
        let written = quote!(#value).to_string();
        if known.contains(&written) {
            diagnostics.at(&value, format!("`{written}` is given twice"));
        }
        known.push(written);
        closes.extend(item(&attrs, &value, diagnostics));
    }
    Ok(closes)
}

fn item(attrs: &[Attribute], value: &Expr, diagnostics: &mut Diagnostics) -> Option<Closes> {
    match value {
        Expr::Assign(ExprAssign { left, right, .. }) => {
            let reason = reason(right, diagnostics);
            declared(attrs, left, Some(reason?), diagnostics)
        }
        Expr::Path(ExprPath { path, .. }) if is_type(path) => {
            if let Some(attr) = attrs.first() {
                diagnostics.at(
                    attr,
                    "an error type describes its closes itself, by the comments of its variants",
                );
            }
            Some(Closes::Of(path.clone()))
        }
        Expr::Lit(_) | Expr::Path(_) | Expr::Unary(_) => declared(attrs, value, None, diagnostics),
        other => {
            diagnostics.at(other, format!("this is no close: {FORMS}"));
            None
        }
    }
}

fn declared(
    attrs: &[Attribute],
    code: &Expr,
    reason: Option<&LitStr>,
    diagnostics: &mut Diagnostics,
) -> Option<Closes> {
    let name = match code {
        Expr::Path(ExprPath { path, .. }) => path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    };
    let code = into_close::check_code(code, diagnostics)?;
    let named = name.map(|name| quote!(.named(#name)));
    let reason = reason.map(|reason| quote!(.reason(#reason)));
    let text = doc::text(attrs);
    let described = (!text.is_empty()).then(|| quote!(.described(#text)));
    Some(Closes::One(quote! {
        ::hangup::__v1::DeclaredClose::new(#code) #named #reason #described
    }))
}

fn reason<'e>(value: &'e Expr, diagnostics: &mut Diagnostics) -> Option<&'e LitStr> {
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text), ..
    }) = value
    else {
        diagnostics.at(value, format!("the reason is a string literal: {FORMS}"));
        return None;
    };
    let length = text.value().len();
    if length > into_close::MAX_BYTES {
        diagnostics.at(
            text,
            format!(
                "this reason has {length} bytes, and a Close frame has room for {}",
                into_close::MAX_BYTES
            ),
        );
        return None;
    }
    Some(text)
}

/// Types are written in CamelCase, constants in capitals.
fn is_type(path: &Path) -> bool {
    let last = path.segments.last();
    last.is_some_and(|segment| segment.ident.to_string().contains(char::is_lowercase))
}
