//! What the implementations for every kind of type have in common.

use proc_macro2::TokenStream;
use syn::{Generics, parse_quote};

/// What an implementation of `Model` consists of.
pub(super) struct Parts {
    /// Items beside it.
    pub(super) items: TokenStream,
    pub(super) shape: TokenStream,
    pub(super) read: TokenStream,
    pub(super) write: TokenStream,
    pub(super) obeys: TokenStream,
    /// Further functions of the trait.
    pub(super) more: TokenStream,
}

/// The generics with every type parameter a model.
pub(super) fn bounded(generics: &Generics) -> Generics {
    let mut bounded = generics.clone();
    let names: Vec<_> = generics
        .type_params()
        .map(|parameter| parameter.ident.clone())
        .collect();
    let conditions = bounded.make_where_clause();
    for name in names {
        conditions
            .predicates
            .push(parse_quote!(#name: ::hangup::__v1::Model));
    }
    bounded
}
