//! Enums with data: one of several shapes.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Ident, spanned::Spanned};

use super::parts::{Parts, bounded};
use super::union_write::{bound, write};
use super::{object, schema};
use crate::model::ast::{DataVariant, Model, VariantData};
use crate::model::check::is_errors;

pub(super) fn parts(input: &DeriveInput, model: &Model, variants: &[DataVariant]) -> Parts {
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
            ::hangup::__v1::Shape::Union(::hangup::__v1::Union {
                tagging: ::hangup::__v1::Tagging::#tagging,
                variants: const { &[#(#alternatives),*] },
            })
        },
        read: quote!(::hangup::__v1::made::#read),
        write,
        obeys: quote!(match self { #(#obeys)* }),
        more: answer(variants),
    }
}

fn body_name(variant: &DataVariant) -> Ident {
    format_ident!("__{}", variant.ident)
}

fn prefix(place: usize) -> String {
    format!("{place}_")
}

fn alternative(input: &DeriveInput, place: usize, variant: &DataVariant) -> TokenStream {
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
            quote_spanned!(ty.span()=> with(#name, <#ty as ::hangup::__v1::Model>::schema))
        }
        VariantData::Newtype(field) => {
            let member = schema::member(&prefix(place), field, false);
            quote! {
                with(#name, || const {
                    &::hangup::__v1::Schema::new(::hangup::__v1::Shape::Newtype(const { &#member }))
                })
            }
        }
    };
    // A variant with names for its fields is called by its own name where it has no tag.
    let by_name = matches!(variant.data, VariantData::Object(_)) && renamed.is_none();
    let by_name = by_name.then(|| quote!(.renamed()));
    quote!(::hangup::__v1::Alternative::#made #described #invalid #renamed #by_name)
}

/// What beside the implementations a variant needs: the rules of its fields, and a type that reads them.
fn body(input: &DeriveInput, model: &Model, place: usize, variant: &DataVariant) -> TokenStream {
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
            let generics = bounded(&input.generics);
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
                    fn schema() -> &'static ::hangup::__v1::Schema {
                        const { &::hangup::__v1::Schema::new(#shape) }
                    }
                }

                impl #parameters ::hangup::__v1::made::ReadMembers for #name #arguments #conditions {
                    #reading
                }
            }
        }
    }
}

fn union_model(input: &DeriveInput, variants: &[DataVariant]) -> TokenStream {
    let name = &input.ident;
    let generics = bounded(&input.generics);
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
                    #place => { #checks <#ty as ::hangup::__v1::Model>::read(__deserializer).map(Self::#ident) }
                })
            }
            VariantData::Object(fields) => {
                let body = body_name(variant);
                let names: Vec<_> = fields.iter().map(|field| &field.ident).collect();
                Some(quote! {
                    #place => {
                        let __read = ::hangup::__v1::made::read_object::<#body #arguments, _>(__deserializer)?;
                        ::core::result::Result::Ok(Self::#ident { #(#names: __read.#names),* })
                    }
                })
            }
        }
    });
    let _ = turbofish;
    quote! {
        #[automatically_derived]
        impl #parameters ::hangup::__v1::made::UnionModel for #name #arguments #conditions {
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

            fn read_variant<'de, __D: ::hangup::__v1::serde::Deserializer<'de>>(
                place: usize,
                __deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                match place {
                    #(#reads)*
                    _ => ::core::result::Result::Err(
                        ::hangup::__v1::serde::de::Error::custom("no such variant")
                    ),
                }
            }
        }
    }
}

fn obeys(place: usize, variant: &DataVariant) -> TokenStream {
    let ident = &variant.ident;
    match &variant.data {
        VariantData::Unit => quote!(Self::#ident => true,),
        VariantData::Newtype(field) => {
            let rules = schema::rules_of(&prefix(place), field);
            quote!(Self::#ident(value) => ::hangup::__v1::Model::obeys(value, #rules),)
        }
        VariantData::Object(fields) => {
            let names = fields.iter().map(|field| &field.ident);
            let bound = bound(fields);
            let each = fields.iter().zip(&bound).enumerate().map(|(at, (field, bound))| {
                let rules = schema::rules_of(&format!("{}{at}", prefix(place)), field);
                quote!(&& ::hangup::__v1::Model::obeys(#bound, #rules))
            });
            quote!(Self::#ident { #(#names: #bound),* } => true #(#each)*,)
        }
    }
}

/// The answer to a message that was invalid.
fn answer(variants: &[DataVariant]) -> TokenStream {
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
            quote!(correlation.and_then(::hangup::__v1::made::from_value::<#ty>).unwrap_or_default())
        } else if let Some(default) = schema::default(field) {
            default
        } else {
            quote!(::core::option::Option::None)
        };
        quote!(#name: #value)
    });
    quote! {
        fn invalid_answer(
            errors: ::hangup::__v1::ValidationError,
            correlation: ::core::option::Option<::hangup::__v1::Value>,
        ) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(Self::#ident { #(#values),* })
        }
    }
}
