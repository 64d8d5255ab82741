//! What a model becomes: the type without the attributes of the macro, and its implementations.

mod choice;
mod object;
mod parts;
mod schema;
mod union;
mod union_write;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{DeriveInput, GenericParam, parse_quote};

use self::parts::{Parts, bounded};
use super::ast::{Body, Model};

pub(super) fn whole(input: &DeriveInput, model: &Model) -> TokenStream {
    let parts = match &model.body {
        Body::Object(fields) => object::parts(input, model, fields),
        Body::Newtype(field) => object::newtype(field),
        Body::Choice(variants) => choice::parts(model, variants),
        Body::Union(variants) => union::parts(input, model, variants),
    };
    let schema = schema::of_type(input, model, &parts.shape);
    implementations(input, &parts, &schema)
}

/// Implementations that compile, behind a mistake.
pub(super) fn stub(input: &DeriveInput) -> TokenStream {
    if matches!(input.data, syn::Data::Union(_)) {
        return quote!(#input);
    }
    let never = quote!(::core::unreachable!());
    let parts = Parts {
        items: TokenStream::new(),
        shape: TokenStream::new(),
        read: never.clone(),
        write: never.clone(),
        obeys: never.clone(),
        more: TokenStream::new(),
    };
    implementations(input, &parts, &never)
}

fn implementations(input: &DeriveInput, parts: &Parts, schema: &TokenStream) -> TokenStream {
    let name = &input.ident;
    let generics = bounded(&input.generics);
    let (parameters, arguments, conditions) = generics.split_for_impl();
    let mut with_lifetime = generics.clone();
    let lifetime: GenericParam = parse_quote!('de);
    with_lifetime.params.insert(0, lifetime);
    let (parameters_with_lifetime, _, _) = with_lifetime.split_for_impl();
    let Parts {
        items,
        read,
        write,
        obeys,
        more,
        ..
    } = parts;
    let implementations = quote_spanned! {name.span()=>
        #[automatically_derived]
        impl #parameters ::hangup::__v1::Model for #name #arguments #conditions {
            fn schema() -> &'static ::hangup::__v1::Schema {
                #schema
            }

            fn read<'de, __D: ::hangup::__v1::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                #read
            }

            fn write<__S: ::hangup::__v1::serde::Serializer>(
                &self,
                __serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                #write
            }

            fn obeys(&self, _: &::hangup::__v1::Rules) -> bool {
                #obeys
            }

            #more
        }

        #[automatically_derived]
        impl #parameters_with_lifetime ::hangup::__v1::serde::Deserialize<'de> for #name #arguments #conditions {
            fn deserialize<__D: ::hangup::__v1::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                ::hangup::__v1::made::deserialize_model(__deserializer)
            }
        }

        #[automatically_derived]
        impl #parameters ::hangup::__v1::serde::Serialize for #name #arguments #conditions {
            fn serialize<__S: ::hangup::__v1::serde::Serializer>(
                &self,
                __serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                ::hangup::__v1::Model::write(self, __serializer)
            }
        }
    };
    quote! {
        #input

        #[allow(unused_variables, unused_mut, unreachable_code, dead_code, deprecated, clippy::all, clippy::pedantic)]
        const _: () = {
            #items
            #implementations
        };
    }
}
