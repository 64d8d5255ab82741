//! How the variants of an enum are written.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, GenericParam, Ident, parse_quote};

use super::parts::bounded;
use super::{object, schema};
use crate::model::ast::{DataField, DataVariant, Model, VariantData};

/// The names that a pattern gives the fields of a variant.
pub(super) fn bound(fields: &[DataField]) -> Vec<Ident> {
    (0..fields.len())
        .map(|place| schema::local(&format!("field_{place}")))
        .collect()
}

/// Writes the fields of a variant.
fn entries(fields: &[DataField], bound: &[Ident], members: &TokenStream) -> TokenStream {
    let entries = fields.iter().zip(bound).map(|(field, bound)| {
        let wire_name = &field.wire_name;
        if field.of.extra.is_some() {
            return quote!(::hangup::__v1::Model::write_members(#bound, &mut #members)?;);
        }
        quote!(::hangup::__v1::serde::ser::SerializeMap::serialize_entry(
            &mut #members, #wire_name, &::hangup::__v1::Written(#bound)
        )?;)
    });
    entries.collect()
}

/// The body of `write`, and what it needs beside the implementation.
pub(super) fn write(
    input: &DeriveInput,
    model: &Model,
    variants: &[DataVariant],
) -> (TokenStream, TokenStream) {
    let container = &model.container;
    let entry = quote!(::hangup::__v1::serde::ser::SerializeMap::serialize_entry);
    let end = quote!(::hangup::__v1::serde::ser::SerializeMap::end);
    let map = quote!(::hangup::__v1::serde::Serializer::serialize_map);
    match (&container.tag, &container.content, container.untagged) {
        (Some(tag), Some(content), _) => {
            let arms = variants.iter().map(|variant| {
                let (ident, name) = (&variant.ident, &variant.wire_name);
                match variant.data {
                    VariantData::Unit => quote!(Self::#ident => (#name, false),),
                    _ => quote!(Self::#ident { .. } => (#name, true),),
                }
            });
            let write = quote! {
                let (__name, __has_data) = match self { #(#arms)* };
                let mut __members =
                    #map(__serializer, ::core::option::Option::Some(1 + usize::from(__has_data)))?;
                #entry(&mut __members, #tag, __name)?;
                if __has_data {
                    #entry(&mut __members, #content, &__Content(self))?;
                }
                #end(__members)
            };
            (write, content_type(input, variants))
        }
        (Some(tag), None, _) => {
            let arms = variants.iter().map(|variant| {
                let (ident, name) = (&variant.ident, &variant.wire_name);
                match &variant.data {
                    VariantData::Unit => quote! {
                        Self::#ident => {
                            let mut __members = #map(__serializer, ::core::option::Option::Some(1))?;
                            #entry(&mut __members, #tag, #name)?;
                            #end(__members)
                        }
                    },
                    VariantData::Newtype(_) => quote! {
                        Self::#ident(value) => {
                            let mut __members = #map(__serializer, ::core::option::Option::None)?;
                            #entry(&mut __members, #tag, #name)?;
                            ::hangup::__v1::Model::write_members(value, &mut __members)?;
                            #end(__members)
                        }
                    },
                    VariantData::Object(fields) => {
                        let names = fields.iter().map(|field| &field.ident);
                        let bound = bound(fields);
                        let entries = entries(fields, &bound, &quote!(__members));
                        let count = object::length(fields, 1);
                        quote! {
                            Self::#ident { #(#names: #bound),* } => {
                                let mut __members = #map(__serializer, #count)?;
                                #entry(&mut __members, #tag, #name)?;
                                #entries
                                #end(__members)
                            }
                        }
                    }
                }
            });
            (quote!(match self { #(#arms)* }), TokenStream::new())
        }
        (None, _, Some(_)) => (
            quote!(::hangup::__v1::serde::Serialize::serialize(
                &__Content(self),
                __serializer
            )),
            content_type(input, variants),
        ),
        (None, _, None) => {
            let arms = variants.iter().map(|variant| {
                let (ident, name) = (&variant.ident, &variant.wire_name);
                match variant.data {
                    VariantData::Unit => quote! {
                        Self::#ident => ::hangup::__v1::serde::Serializer::serialize_str(__serializer, #name),
                    },
                    _ => quote! {
                        Self::#ident { .. } => {
                            let mut __members = #map(__serializer, ::core::option::Option::Some(1))?;
                            #entry(&mut __members, #name, &__Content(self))?;
                            #end(__members)
                        }
                    },
                }
            });
            (quote!(match self { #(#arms)* }), content_type(input, variants))
        }
    }
}

/// The data of a variant, without what says which it is.
fn content_type(input: &DeriveInput, variants: &[DataVariant]) -> TokenStream {
    let whole = &input.ident;
    let generics = bounded(&input.generics);
    let (_, arguments, conditions) = generics.split_for_impl();
    let mut with_lifetime = generics.clone();
    let lifetime: GenericParam = parse_quote!('__c);
    with_lifetime.params.insert(0, lifetime);
    let (parameters, own_arguments, _) = with_lifetime.split_for_impl();
    let arms = variants.iter().map(|variant| {
        let ident = &variant.ident;
        match &variant.data {
            VariantData::Unit => {
                quote!(#whole::#ident => ::hangup::__v1::serde::Serializer::serialize_unit(serializer),)
            }
            VariantData::Newtype(_) => {
                quote!(#whole::#ident(value) => ::hangup::__v1::Model::write(value, serializer),)
            }
            VariantData::Object(fields) => {
                let names = fields.iter().map(|field| &field.ident);
                let bound = bound(fields);
                let entries = entries(fields, &bound, &quote!(members));
                let count = object::length(fields, 0);
                quote! {
                    #whole::#ident { #(#names: #bound),* } => {
                        let mut members = ::hangup::__v1::serde::Serializer::serialize_map(
                            serializer, #count
                        )?;
                        #entries
                        ::hangup::__v1::serde::ser::SerializeMap::end(members)
                    }
                }
            }
        }
    });
    quote! {
        struct __Content #parameters (&'__c #whole #arguments) #conditions;

        #[automatically_derived]
        impl #parameters ::hangup::__v1::serde::Serialize for __Content #own_arguments #conditions {
            fn serialize<__S: ::hangup::__v1::serde::Serializer>(
                &self,
                serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                match self.0 { #(#arms)* }
            }
        }
    }
}
