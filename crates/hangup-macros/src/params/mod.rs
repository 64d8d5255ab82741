//! `#[derive(Params)]`: a struct of parameters, for `#[params]` and as an axum extractor.

mod ast;
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
    let group = ast::Group::of(&input, &mut diagnostics);
    match group {
        Some(group) if diagnostics.is_empty() => expand::whole(&input, &group),
        _ => {
            let stub = expand::stub(&input);
            let errors = diagnostics.into_compile_errors();
            quote!(#errors #stub)
        }
    }
}
