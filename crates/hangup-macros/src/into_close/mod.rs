//! `#[derive(IntoClose)]`: how an error type closes, per variant. `recognise_close!`: registers such a type.

mod ast;
mod attr;
mod check;
mod code;
mod expand;
mod reason;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Type};

pub(crate) use self::{code::check as check_code, reason::MAX_BYTES};
use crate::diagnostics::Diagnostics;

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut diagnostics = Diagnostics::default();
    let closings =
        ast::Subject::of(&input, &mut diagnostics).map(|subject| check::closings(&subject, &mut diagnostics));
    match closings {
        Some(closings) if diagnostics.is_empty() => expand::whole(&input, &closings),
        _ => {
            let errors = diagnostics.into_compile_errors();
            let stub = expand::stub(&input);
            quote!(#errors #stub)
        }
    }
}

pub(crate) fn recognise(error: TokenStream) -> TokenStream {
    match syn::parse2::<Type>(error) {
        Ok(error) => expand::registration(&error),
        Err(error) => error.into_compile_error(),
    }
}
