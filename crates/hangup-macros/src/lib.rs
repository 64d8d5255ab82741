//! The attribute and derive macros of `hangup`.

mod diagnostics;
mod into_close;
mod wording;

use proc_macro::TokenStream;

/// Says how an error type closes a WebSocket.
#[proc_macro_derive(IntoClose, attributes(close))]
pub fn derive_into_close(input: TokenStream) -> TokenStream {
    into_close::derive(input.into()).into()
}
