//! `#[model]`: a struct or an enum becomes a type of messages.

mod ast;
mod attr;
mod case;
mod check;
mod expand;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::diagnostics::Diagnostics;

pub(crate) fn attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut input: DeriveInput = match syn::parse2(item.clone()) {
        Ok(input) => input,
        Err(error) => {
            let error = syn::Error::new(error.span(), "`#[model]` goes above a struct or an enum");
            let error = error.into_compile_error();
            return quote!(#error #item);
        }
    };
    let mut diagnostics = Diagnostics::default();
    let options = attr::Container::read(arguments, &input, &mut diagnostics);
    let model = ast::Model::take(&mut input, options, &mut diagnostics);
    if let Some(model) = &model {
        check::model(&input, model, &mut diagnostics);
    }
    match model {
        Some(model) if diagnostics.is_empty() => expand::whole(&input, &model),
        _ => {
            let stub = expand::stub(&input);
            let errors = diagnostics.into_compile_errors();
            quote!(#errors #stub)
        }
    }
}
