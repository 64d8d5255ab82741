//! Enums without data: one of a few values.

use proc_macro2::TokenStream;
use quote::quote;

use super::parts::Parts;
use crate::field::literal_number;
use crate::model::ast::{DataVariant, Model};

pub(super) fn parts(model: &Model, variants: &[DataVariant]) -> Parts {
    let values =
        variants.iter().map(
            |variant| match variant.discriminant.as_ref().and_then(literal_number) {
                Some(number) => quote!(::hangup::__v1::Choice::Int(#number)),
                None => {
                    let name = &variant.wire_name;
                    quote!(::hangup::__v1::Choice::Str(#name))
                }
            },
        );
    let constructor = if model.container.is_literal.is_some() {
        quote!(literal)
    } else {
        quote!(of_enum)
    };
    let (last, others) = match variants.split_last() {
        Some((last, others)) => (Some(&last.ident), others),
        None => (None, variants),
    };
    let others = others.iter().enumerate().map(|(place, variant)| {
        let name = &variant.ident;
        quote!(#place => Self::#name,)
    });
    let places = variants.iter().enumerate().map(|(place, variant)| {
        let name = &variant.ident;
        quote!(Self::#name => #place,)
    });
    Parts {
        items: quote! {
            static __CHOICES: ::hangup::__v1::Choices =
                ::hangup::__v1::Choices::#constructor(&[#(#values),*]);
        },
        shape: quote!(::hangup::__v1::Shape::Choice(&__CHOICES)),
        read: quote! {
            let __place = ::hangup::__v1::made::read_choice(&__CHOICES, __deserializer)?;
            ::core::result::Result::Ok(match __place {
                #(#others)*
                _ => Self::#last,
            })
        },
        write: quote! {
            let __place = match self { #(#places)* };
            ::hangup::__v1::made::write_choice(&__CHOICES, __place, __serializer)
        },
        obeys: quote!(true),
        more: TokenStream::new(),
    }
}
