//! `#[websocket("/path", refuse = "http", error_message)]`, as it is written.

use proc_macro2::{Span, TokenStream};
use syn::{
    Ident, LitStr, Token, parenthesized,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
    token,
};

use super::{
    closes::{self, Closes},
    template::Template,
};
use crate::{
    diagnostics::Diagnostics,
    field,
    setting::{self, Setting},
};

/// What stands between the parentheses of `#[websocket(..)]`.
#[derive(Default)]
pub(crate) struct Route {
    template: Option<Template>,
    pub(crate) refuse: Option<Refuse>,
    pub(crate) error_message: Option<bool>,
    pub(crate) closes: Vec<Closes>,
    pub(crate) subprotocols: Vec<LitStr>,
}

/// `hangup::Refusal`, by its name in the attribute.
#[derive(Clone, Copy)]
pub(crate) enum Refuse {
    Close,
    Http,
}

const NAMES: [&str; 4] = ["refuse", "error_message", "closes", "subprotocols"];

const OTHER_NAMES: [(&str, &str); 4] = [
    ("refusal", "refuse"),
    ("error_messages", "error_message"),
    ("close", "closes"),
    ("subprotocol", "subprotocols"),
];

impl Route {
    pub(crate) fn read(arguments: TokenStream, diagnostics: &mut Diagnostics) -> Self {
        let mut route = Self::default();
        let parser = |input: ParseStream<'_>| parse(input, &mut route, diagnostics);
        let (path, settings) = match parser.parse2(arguments) {
            Ok(parsed) => parsed,
            Err(error) => {
                diagnostics.take::<()>(Err(error));
                return route;
            }
        };
        route.template = Template::read(&path, diagnostics);
        for setting in setting::once_each(settings, diagnostics) {
            match &*setting.name.to_string() {
                "refuse" => route.refuse = refuse(&setting, diagnostics),
                "error_message" => route.error_message = setting.flag(diagnostics),
                "closes" => diagnostics.at(
                    &setting.name,
                    "name the closes in parentheses: `closes(4100 = \"kicked\")`",
                ),
                "subprotocols" => diagnostics.at(
                    &setting.name,
                    "name the subprotocols in parentheses: `subprotocols(\"chat.v2\", \"chat.v1\")`",
                ),
                _ => setting.is_unknown(&NAMES, &OTHER_NAMES, diagnostics),
            }
        }
        route
    }

    /// The path, if it could be read.
    pub(crate) fn template(&self) -> Option<&Template> {
        self.template.as_ref()
    }
}

fn parse(
    input: ParseStream<'_>,
    route: &mut Route,
    diagnostics: &mut Diagnostics,
) -> syn::Result<(LitStr, Vec<Setting>)> {
    if input.is_empty() {
        return Err(syn::Error::new(
            Span::call_site(),
            "an endpoint needs a path: `#[websocket(\"/items/{item_id}/ws\")]`",
        ));
    }
    let path = input.parse().map_err(|error: syn::Error| {
        syn::Error::new(
            error.span(),
            "the path comes first, as a string literal: `#[websocket(\"/items/{item_id}/ws\")]`",
        )
    })?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    let mut settings = Vec::new();
    while !input.is_empty() {
        if input.peek(Ident) && input.peek2(token::Paren) {
            parse_list(input, route, diagnostics)?;
        } else {
            settings.push(input.parse()?);
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok((path, settings))
}

/// An option with its values in parentheses.
fn parse_list(input: ParseStream<'_>, route: &mut Route, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    let name: Ident = input.parse()?;
    let content;
    parenthesized!(content in input);
    match &*name.to_string() {
        "closes" => {
            if !route.closes.is_empty() {
                diagnostics.at(&name, "`closes` is given twice");
            }
            route.closes.extend(closes::read(&content, &name, diagnostics)?);
        }
        "subprotocols" => {
            if !route.subprotocols.is_empty() {
                diagnostics.at(&name, "`subprotocols` is given twice");
            }
            let names = Punctuated::<LitStr, Token![,]>::parse_terminated(&content)?;
            for name in &names {
                subprotocol(name, diagnostics);
            }
            route.subprotocols.extend(names);
        }
        _ => {
            content.parse::<TokenStream>()?;
            let setting = Setting { name, value: None };
            setting.is_unknown(&NAMES, &OTHER_NAMES, diagnostics);
        }
    }
    Ok(())
}

/// RFC 6455, 4.1: a subprotocol is a token of RFC 9110.
fn subprotocol(name: &LitStr, diagnostics: &mut Diagnostics) {
    let text = name.value();
    if text.is_empty() || !field::is_token(&text) {
        diagnostics.at(name, format!("`{text}` cannot be the name of a subprotocol"));
    }
}

fn refuse(setting: &Setting, diagnostics: &mut Diagnostics) -> Option<Refuse> {
    let text = setting.text("\"http\"", diagnostics)?;
    match &*text.value() {
        "close" => Some(Refuse::Close),
        "http" => Some(Refuse::Http),
        _ => {
            diagnostics.at(
                text,
                "a refusal is `\"close\"` (complete the handshake, then close) or `\"http\"` (an HTTP response)",
            );
            None
        }
    }
}
