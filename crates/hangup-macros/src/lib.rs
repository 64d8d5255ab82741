//! The attribute and derive macros of `hangup`.

mod diagnostics;
mod doc;
mod field;
mod into_close;
mod param;
mod params;
mod setting;
mod shape;
mod websocket;
mod wording;

use proc_macro::TokenStream;

/// Makes an endpoint of an async function.
#[proc_macro_attribute]
pub fn websocket(arguments: TokenStream, item: TokenStream) -> TokenStream {
    websocket::attribute(arguments.into(), item.into()).into()
}

/// Says how an error type closes a WebSocket.
#[proc_macro_derive(IntoClose, attributes(close))]
pub fn derive_into_close(input: TokenStream) -> TokenStream {
    into_close::derive(input.into()).into()
}

/// Makes a parameter type of a field-less enum.
#[proc_macro_derive(Param, attributes(param))]
pub fn derive_param(input: TokenStream) -> TokenStream {
    param::derive(input.into()).into()
}

/// Reads a struct of parameters from a request.
#[proc_macro_derive(Params, attributes(param, query, header, cookie, params))]
pub fn derive_params(input: TokenStream) -> TokenStream {
    params::derive(input.into()).into()
}
