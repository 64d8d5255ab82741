//! `#[websocket("/path")]`: an async function becomes an endpoint that knows its path and its parameters.

mod ast;
mod attr;
mod check;
mod closes;
mod expand;
mod extractor;
mod outline;
mod template;

use proc_macro2::TokenStream;
use quote::quote;

use self::{
    ast::{Function, Parameter},
    attr::Route,
};
use crate::{diagnostics::Diagnostics, field::check_wire_names};

pub(crate) fn attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut function: Function = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#error #item);
        }
    };
    let mut diagnostics = Diagnostics::default();
    let route = Route::read(arguments, &mut diagnostics);
    let parameters = ast::take_parameters(&mut function, &mut diagnostics);
    check::function(&function, &mut diagnostics);
    check::parameters(&function, &parameters, &mut diagnostics);
    let members = parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Member { name, member } => Some((name, member)),
        Parameter::Handshake(..) | Parameter::Extractor(_) => None,
    });
    check_wire_names(members, &mut diagnostics);
    if let Some(template) = route.template() {
        check::path(template, &parameters, &mut diagnostics);
    }
    if diagnostics.is_empty() {
        expand::whole(&function, &route, &parameters)
    } else {
        let stub = expand::stub(&function);
        let errors = diagnostics.into_compile_errors();
        quote!(#errors #stub)
    }
}
