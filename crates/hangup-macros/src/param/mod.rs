//! `#[derive(Param)]`: a field-less enum, as the values that a client may write.

mod ast;
mod attr;
mod check;
mod expand;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::diagnostics::Diagnostics;

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut diagnostics = Diagnostics::default();
    let choices =
        ast::Choices::of(&input, &mut diagnostics).map(|choices| check::values(choices, &mut diagnostics));
    match choices {
        Some(choices) if diagnostics.is_empty() => expand::whole(&input, &choices),
        _ => {
            let stub = expand::stub(&input);
            let errors = diagnostics.into_compile_errors();
            quote!(#errors #stub)
        }
    }
}
