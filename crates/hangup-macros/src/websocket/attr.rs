//! `#[websocket("/path", refuse = "http", error_message)]`, as it is written.

use proc_macro2::{Span, TokenStream};
use syn::{
    LitStr, Token,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
};

use super::template::Template;
use crate::{
    diagnostics::Diagnostics,
    setting::{self, Setting},
};

/// What stands between the parentheses of `#[websocket(..)]`.
#[derive(Default)]
pub(crate) struct Route {
    template: Option<Template>,
    pub(crate) refuse: Option<Refuse>,
    pub(crate) error_message: Option<bool>,
}

/// `hangup::Refusal`, by its name in the attribute.
#[derive(Clone, Copy)]
pub(crate) enum Refuse {
    Close,
    Http,
}

const NAMES: [&str; 2] = ["refuse", "error_message"];

const OTHER_NAMES: [(&str, &str); 2] = [("refusal", "refuse"), ("error_messages", "error_message")];

impl Route {
    pub(crate) fn read(arguments: TokenStream, diagnostics: &mut Diagnostics) -> Self {
        let mut route = Self::default();
        let parsed = diagnostics.take(parse.parse2(arguments));
        let Some((path, settings)) = parsed else {
            return route;
        };
        route.template = Template::read(&path, diagnostics);
        for setting in setting::once_each(settings, diagnostics) {
            match &*setting.name.to_string() {
                "refuse" => route.refuse = refuse(&setting, diagnostics),
                "error_message" => route.error_message = setting.flag(diagnostics),
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

fn parse(input: ParseStream<'_>) -> syn::Result<(LitStr, Vec<Setting>)> {
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
    let settings = Punctuated::<Setting, Token![,]>::parse_terminated(input)?;
    Ok((path, settings.into_iter().collect()))
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
