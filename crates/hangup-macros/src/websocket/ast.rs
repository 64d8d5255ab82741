//! The function as it is written, and what each of its parameters is.

use proc_macro2::TokenStream;
use syn::{
    Attribute, FnArg, Ident, Pat, PatType, Signature, Token, Type, Visibility,
    parse::{Parse, ParseStream},
    token,
};

use super::extractor;
use crate::{
    diagnostics::Diagnostics,
    field::{self, Member},
    shape, wording,
};

/// A function whose body is left unread.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if !is_function(input) {
            return Err(input.error("`#[websocket(..)]` goes above an `async fn`"));
        }
        Ok(Self {
            attrs,
            visibility,
            signature: input.parse()?,
            body: input.parse()?,
        })
    }
}

fn is_function(input: ParseStream<'_>) -> bool {
    input.peek(Token![fn])
        || input.peek(Token![async])
        || input.peek(token::Unsafe)
        || input.peek(Token![extern]) && !input.peek2(Token![crate])
        || input.peek(Token![const]) && (input.peek2(Token![fn]) || input.peek2(Token![async]))
}

/// What a parameter of the function is.
pub(crate) enum Parameter {
    Handshake(Ident, Box<Type>),
    /// Read from the request by `hangup::params`.
    Member {
        name: Ident,
        member: Member,
    },
    /// Anything else is an extractor of axum's.
    Extractor(Type),
}

/// What each parameter is, in the order of the signature. Their attributes are taken out of it, as the compiler
/// does not know them.
pub(crate) fn take_parameters(function: &mut Function, diagnostics: &mut Diagnostics) -> Vec<Parameter> {
    let inputs = function.signature.inputs.iter_mut();
    inputs
        .filter_map(|input| match input {
            FnArg::Receiver(receiver) => {
                diagnostics.at(
                    receiver,
                    "an endpoint is a function of its own, not a method: what it shares comes by `State`",
                );
                None
            }
            FnArg::Typed(parameter) => take_parameter(parameter, diagnostics),
        })
        .collect()
}

fn take_parameter(parameter: &mut PatType, diagnostics: &mut Diagnostics) -> Option<Parameter> {
    let attrs = std::mem::take(&mut parameter.attrs);
    let is_understood = unknown(&attrs, diagnostics) == 0;
    parameter.attrs = attrs.iter().filter(|attr| is_lint(attr)).cloned().collect();

    let ty = &*parameter.ty;
    match field::marker(&attrs, diagnostics) {
        Some(marker) => {
            let Some(name) = name(&parameter.pat) else {
                diagnostics.at(
                    &parameter.pat,
                    "a parameter is found by its name: write a plain name here, and take it apart in the body",
                );
                return None;
            };
            let member = field::member(marker, &attrs, name, ty, diagnostics);
            Some(Parameter::Member {
                name: name.clone(),
                member,
            })
        }
        None if shape::last_name(ty).as_deref() == Some("Handshake") => {
            let name = name(&parameter.pat).cloned();
            let name = name.unwrap_or_else(|| Ident::new("handshake", proc_macro2::Span::call_site()));
            Some(Parameter::Handshake(name, Box::new(ty.clone())))
        }
        None => {
            if is_understood {
                extractor::check(name(&parameter.pat), ty, diagnostics);
            }
            Some(Parameter::Extractor(ty.clone()))
        }
    }
}

fn name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(pattern) if pattern.subpat.is_none() && pattern.by_ref.is_none() => Some(&pattern.ident),
        _ => None,
    }
}

const LINTS: [&str; 5] = ["allow", "expect", "warn", "deny", "forbid"];

pub(super) fn is_lint(attr: &Attribute) -> bool {
    LINTS.iter().any(|lint| attr.path().is_ident(lint))
}

/// Reports the attributes of a parameter that nobody reads, and says how many there are.
fn unknown(attrs: &[Attribute], diagnostics: &mut Diagnostics) -> usize {
    let mut count = 0;
    for attr in attrs {
        if field::is_marker(attr) || is_lint(attr) || attr.path().is_ident("doc") {
            continue;
        }
        count += 1;
        let written = match attr.path().get_ident() {
            Some(name) => name.to_string(),
            None => String::new(),
        };
        diagnostics.at(
            attr,
            match wording::nearest(&written, &field::MARKERS) {
                Some(meant) => {
                    format!("there is no `#[{written}]` for a parameter; did you mean `#[{meant}]`?")
                }
                None => format!(
                    "this attribute says nothing about a parameter: there are {}, and none for an extractor",
                    wording::list(&field::MARKERS.map(|marker| format!("#[{marker}]")), "and")
                ),
            },
        );
    }
    count
}
