//! Enums with data: one of several shapes.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, GenericParam, Ident, parse_quote, spanned::Spanned};

use super::{Parts, object, schema};
use crate::model::ast::{Field, Model, Variant, VariantData};
use crate::model::check::is_errors;

pub(super) fn parts(input: &DeriveInput, model: &Model, variants: &[Variant]) -> Parts {
    let container = &model.container;
    let (tagging, read) = match (&container.tag, &container.content, container.untagged) {
        (Some(tag), Some(content), _) => (
            quote!(Adjacent { tag: #tag, content: #content }),
            quote!(read_adjacent(#tag, #content, __deserializer)),
        ),
        (Some(tag), None, _) => (
            quote!(Internal(#tag)),
            quote!(read_internal(#tag, __deserializer)),
        ),
        (None, _, Some(_)) => (quote!(Untagged), quote!(read_untagged(__deserializer))),
        (None, _, None) => (quote!(External), quote!(read_external(__deserializer))),
    };
    let alternatives = variants
        .iter()
        .enumerate()
        .map(|(place, variant)| alternative(input, place, variant));
    let obeys = variants
        .iter()
        .enumerate()
        .map(|(place, variant)| obeys(place, variant));
    let (write, content) = write(input, model, variants);
    let bodies: TokenStream = variants
        .iter()
        .enumerate()
        .map(|(place, variant)| body(input, model, place, variant))
        .collect();
    let union = union_model(input, variants);
    Parts {
        items: quote!(#bodies #union #content),
        shape: quote! {
            ::hangup::models::Shape::Union(::hangup::models::Union {
                tagging: ::hangup::models::Tagging::#tagging,
                variants: const { &[#(#alternatives),*] },
            })
        },
        read: quote!(::hangup::__private::made::#read),
        write,
        obeys: quote!(match self { #(#obeys)* }),
        more: answer(variants),
    }
}

fn body_name(variant: &Variant) -> Ident {
    format_ident!("__{}", variant.ident)
}

fn prefix(place: usize) -> String {
    format!("{place}_")
}

fn alternative(input: &DeriveInput, place: usize, variant: &Variant) -> TokenStream {
    let name = &variant.wire_name;
    let described = schema::described(&variant.options.description);
    let invalid = variant.options.invalid.map(|_| quote!(.answering_invalid()));
    let renamed = variant.options.rename.as_ref().map(|_| quote!(.renamed()));
    let made = match &variant.data {
        VariantData::Unit => quote!(unit(#name)),
        VariantData::Object(_) => {
            let body = body_name(variant);
            let (_, arguments, _) = input.generics.split_for_impl();
            let turbofish = arguments.as_turbofish();
            quote!(with(#name, #body #turbofish::schema))
        }
        VariantData::Newtype(field) if field.of.options.rules.is_empty() => {
            let ty = &field.ty;
            quote_spanned!(ty.span()=> with(#name, <#ty as ::hangup::Model>::schema))
        }
        VariantData::Newtype(field) => {
            let member = schema::member(&prefix(place), field, false);
            quote! {
                with(#name, || const {
                    &::hangup::models::Schema::new(::hangup::models::Shape::Newtype(const { &#member }))
                })
            }
        }
    };
    // A variant with names for its fields is called by its own name where it has no tag.
    let by_name = matches!(variant.data, VariantData::Object(_)) && renamed.is_none();
    let by_name = by_name.then(|| quote!(.renamed()));
    quote!(::hangup::models::Alternative::#made #described #invalid #renamed #by_name)
}

/// What beside the implementations a variant needs: the rules of its fields, and a type that reads them.
fn body(input: &DeriveInput, model: &Model, place: usize, variant: &Variant) -> TokenStream {
    match &variant.data {
        VariantData::Unit => TokenStream::new(),
        VariantData::Newtype(field) => schema::rules(&prefix(place), field),
        VariantData::Object(fields) => {
            let rules: TokenStream = fields
                .iter()
                .enumerate()
                .map(|(at, field)| schema::rules(&format!("{}{at}", prefix(place)), field))
                .collect();
            let name = body_name(variant);
            let whole = &input.ident;
            let generics = super::bounded(&input.generics);
            let (parameters, arguments, conditions) = generics.split_for_impl();
            let shape = object::shape(model, fields, &prefix(place), &variant.wire_name);
            let marker = quote!(__of: ::core::marker::PhantomData,);
            let reading = object::reading(model, fields, &prefix(place), &quote!(Self), Some(&marker));
            let members = fields.iter().map(|field| {
                let (ident, ty) = (&field.ident, &field.ty);
                quote!(#ident: #ty,)
            });
            quote! {
                #rules

                struct #name #parameters #conditions {
                    #(#members)*
                    __of: ::core::marker::PhantomData<fn() -> #whole #arguments>,
                }

                impl #parameters #name #arguments #conditions {
                    fn schema() -> &'static ::hangup::models::Schema {
                        const { &::hangup::models::Schema::new(#shape) }
                    }
                }

                impl #parameters ::hangup::__private::made::ReadMembers for #name #arguments #conditions {
                    #reading
                }
            }
        }
    }
}

fn union_model(input: &DeriveInput, variants: &[Variant]) -> TokenStream {
    let name = &input.ident;
    let generics = super::bounded(&input.generics);
    let (parameters, arguments, conditions) = generics.split_for_impl();
    let turbofish = arguments.as_turbofish();
    let count = variants.len();
    let places = variants.iter().enumerate().map(|(place, variant)| {
        let name = &variant.wire_name;
        quote!(#name => #place,)
    });
    let units = variants.iter().enumerate().filter_map(|(place, variant)| {
        let ident = &variant.ident;
        let is_unit = matches!(variant.data, VariantData::Unit);
        is_unit.then(|| quote!(#place => ::core::option::Option::Some(Self::#ident),))
    });
    let reads = variants.iter().enumerate().filter_map(|(place, variant)| {
        let ident = &variant.ident;
        match &variant.data {
            VariantData::Unit => None,
            VariantData::Newtype(field) => {
                let ty = &field.ty;
                let checks = schema::checks(field);
                Some(quote_spanned! {ty.span()=>
                    #place => { #checks <#ty as ::hangup::Model>::read(__deserializer).map(Self::#ident) }
                })
            }
            VariantData::Object(fields) => {
                let body = body_name(variant);
                let names: Vec<_> = fields.iter().map(|field| &field.ident).collect();
                Some(quote! {
                    #place => {
                        let __read = ::hangup::__private::made::read_object::<#body #arguments, _>(__deserializer)?;
                        ::core::result::Result::Ok(Self::#ident { #(#names: __read.#names),* })
                    }
                })
            }
        }
    });
    let _ = turbofish;
    quote! {
        #[automatically_derived]
        impl #parameters ::hangup::__private::made::UnionModel for #name #arguments #conditions {
            const COUNT: usize = #count;

            #[allow(unreachable_patterns)]
            fn place(name: &str) -> usize {
                match name {
                    #(#places)*
                    _ => usize::MAX,
                }
            }

            fn unit(place: usize) -> ::core::option::Option<Self> {
                match place {
                    #(#units)*
                    _ => ::core::option::Option::None,
                }
            }

            fn read_variant<'de, __D: ::hangup::__private::serde::Deserializer<'de>>(
                place: usize,
                __deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                match place {
                    #(#reads)*
                    _ => ::core::result::Result::Err(
                        ::hangup::__private::serde::de::Error::custom("no such variant")
                    ),
                }
            }
        }
    }
}

/// The names that a pattern gives the fields of a variant.
fn bound(fields: &[Field]) -> Vec<Ident> {
    (0..fields.len())
        .map(|place| schema::local(&format!("field_{place}")))
        .collect()
}

fn obeys(place: usize, variant: &Variant) -> TokenStream {
    let ident = &variant.ident;
    match &variant.data {
        VariantData::Unit => quote!(Self::#ident => true,),
        VariantData::Newtype(field) => {
            let rules = schema::rules_of(&prefix(place), field);
            quote!(Self::#ident(value) => ::hangup::Model::obeys(value, #rules),)
        }
        VariantData::Object(fields) => {
            let names = fields.iter().map(|field| &field.ident);
            let bound = bound(fields);
            let each = fields.iter().zip(&bound).enumerate().map(|(at, (field, bound))| {
                let rules = schema::rules_of(&format!("{}{at}", prefix(place)), field);
                quote!(&& ::hangup::Model::obeys(#bound, #rules))
            });
            quote!(Self::#ident { #(#names: #bound),* } => true #(#each)*,)
        }
    }
}

/// Writes the fields of a variant.
fn entries(fields: &[Field], bound: &[Ident], members: &TokenStream) -> TokenStream {
    let entries = fields.iter().zip(bound).map(|(field, bound)| {
        let wire_name = &field.wire_name;
        if field.of.extra.is_some() {
            return quote!(::hangup::Model::write_members(#bound, &mut #members)?;);
        }
        quote!(::hangup::__private::serde::ser::SerializeMap::serialize_entry(
            &mut #members, #wire_name, &::hangup::models::Written(#bound)
        )?;)
    });
    entries.collect()
}

/// The body of `write`, and what it needs beside the implementation.
fn write(input: &DeriveInput, model: &Model, variants: &[Variant]) -> (TokenStream, TokenStream) {
    let container = &model.container;
    let entry = quote!(::hangup::__private::serde::ser::SerializeMap::serialize_entry);
    let end = quote!(::hangup::__private::serde::ser::SerializeMap::end);
    let map = quote!(::hangup::__private::serde::Serializer::serialize_map);
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
                            ::hangup::Model::write_members(value, &mut __members)?;
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
            quote!(::hangup::__private::serde::Serialize::serialize(
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
                        Self::#ident => ::hangup::__private::serde::Serializer::serialize_str(__serializer, #name),
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
fn content_type(input: &DeriveInput, variants: &[Variant]) -> TokenStream {
    let whole = &input.ident;
    let generics = super::bounded(&input.generics);
    let (_, arguments, conditions) = generics.split_for_impl();
    let mut with_lifetime = generics.clone();
    let lifetime: GenericParam = parse_quote!('__c);
    with_lifetime.params.insert(0, lifetime);
    let (parameters, own_arguments, _) = with_lifetime.split_for_impl();
    let arms = variants.iter().map(|variant| {
        let ident = &variant.ident;
        match &variant.data {
            VariantData::Unit => {
                quote!(#whole::#ident => ::hangup::__private::serde::Serializer::serialize_unit(serializer),)
            }
            VariantData::Newtype(_) => {
                quote!(#whole::#ident(value) => ::hangup::Model::write(value, serializer),)
            }
            VariantData::Object(fields) => {
                let names = fields.iter().map(|field| &field.ident);
                let bound = bound(fields);
                let entries = entries(fields, &bound, &quote!(members));
                let count = object::length(fields, 0);
                quote! {
                    #whole::#ident { #(#names: #bound),* } => {
                        let mut members = ::hangup::__private::serde::Serializer::serialize_map(
                            serializer, #count
                        )?;
                        #entries
                        ::hangup::__private::serde::ser::SerializeMap::end(members)
                    }
                }
            }
        }
    });
    quote! {
        struct __Content #parameters (&'__c #whole #arguments) #conditions;

        #[automatically_derived]
        impl #parameters ::hangup::__private::serde::Serialize for __Content #own_arguments #conditions {
            fn serialize<__S: ::hangup::__private::serde::Serializer>(
                &self,
                serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                match self.0 { #(#arms)* }
            }
        }
    }
}

/// The answer to a message that was invalid.
fn answer(variants: &[Variant]) -> TokenStream {
    let Some(variant) = variants.iter().find(|variant| variant.options.invalid.is_some()) else {
        return TokenStream::new();
    };
    let VariantData::Object(fields) = &variant.data else {
        return TokenStream::new();
    };
    let ident = &variant.ident;
    let values = fields.iter().map(|field| {
        let (name, ty) = (&field.ident, &field.ty);
        let value = if is_errors(field) {
            quote!(::core::convert::Into::into(errors))
        } else if field.of.correlation.is_some() {
            quote!(correlation.and_then(::hangup::__private::made::from_value::<#ty>).unwrap_or_default())
        } else if let Some(default) = schema::default(field) {
            default
        } else {
            quote!(::core::option::Option::None)
        };
        quote!(#name: #value)
    });
    quote! {
        fn invalid_answer(
            errors: ::hangup::ValidationError,
            correlation: ::core::option::Option<::hangup::__private::Value>,
        ) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(Self::#ident { #(#values),* })
        }
    }
}
