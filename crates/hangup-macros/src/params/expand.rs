//! The implementations of `hangup::params::Params` and of axum's `FromRequestParts`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{DeriveInput, GenericParam, Ident, parse_quote};

use super::ast::Group;
use crate::field::{self, Reading};

pub(crate) fn whole(input: &DeriveInput, group: &Group) -> TokenStream {
    let members: Vec<_> = group.fields.iter().map(|(_, member)| member).collect();
    let names = group.fields.iter().map(|(name, _)| name);
    let Reading {
        declarations,
        statements,
        values,
        sources,
        errors,
    } = field::reading(&members);
    let body = quote! {
        #statements
        ::core::option::Option::Some(Self { #(#names: #values?,)* })
    };
    let request = Ident::new("request", Span::mixed_site());
    let description = field::description(&members, &request);
    let implementations = implementations(
        input,
        &quote!(#sources: &::hangup::__v1::Sources<'_>, #errors: &mut ::hangup::__v1::Errors),
        &body,
        &quote! {
            fn describe(#request: &mut ::hangup::__v1::RequestDescription) {
                #description
            }
        },
    );
    quote! {
        const _: () = {
            #declarations
            #implementations
        };
    }
}

/// Implementations that spare the user the errors of missing ones. They are never run.
pub(crate) fn stub(input: &DeriveInput) -> TokenStream {
    implementations(
        input,
        &quote!(_: &::hangup::__v1::Sources<'_>, _: &mut ::hangup::__v1::Errors),
        &quote!(::core::unreachable!()),
        &TokenStream::new(),
    )
}

fn implementations(
    input: &DeriveInput,
    given: &TokenStream,
    body: &TokenStream,
    describe: &TokenStream,
) -> TokenStream {
    let name = &input.ident;
    let (parameters, arguments, conditions) = input.generics.split_for_impl();
    let mut with_state = input.generics.clone();
    let state: GenericParam = parse_quote!(__State: ::core::marker::Send + ::core::marker::Sync);
    with_state.params.push(state);
    let (parameters_with_state, _, _) = with_state.split_for_impl();
    quote_spanned! {name.span()=>
        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic)]
        impl #parameters ::hangup::__v1::Params for #name #arguments #conditions {
            fn read(#given) -> ::core::option::Option<Self> {
                #body
            }

            #describe
        }

        #[automatically_derived]
        impl #parameters_with_state ::hangup::__v1::FromRequestParts<__State> for #name #arguments #conditions {
            type Rejection = ::hangup::__v1::ValidationError;

            async fn from_request_parts(
                parts: &mut ::hangup::__v1::Parts,
                _: &__State,
            ) -> ::core::result::Result<Self, ::hangup::__v1::ValidationError> {
                ::hangup::__v1::extract::<Self>(parts)
            }
        }
    }
}
