//! The implementation of `hangup::params::Param`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput};

use super::{attr::ValueKind, check::Values};

pub(crate) fn whole(input: &DeriveInput, choices: &Values<'_>) -> TokenStream {
    let name = &input.ident;
    let values = choices.values.iter().map(|(variant, value)| match value {
        ValueKind::Text(text) => quote!(Str(#text)),
        ValueKind::Number(number) => quote!(Int(#number)),
        ValueKind::Flag(flag) => quote!(Bool(#flag)),
        ValueKind::Discriminant => quote!(Int(#name::#variant as i64)),
    });
    let constructor = if choices.is_literal {
        quote!(literal)
    } else {
        quote!(of_enum)
    };
    let (last, others) = match choices.values.split_last() {
        Some((last, others)) => (Some(last), others),
        None => (None, &[] as &[_]),
    };
    let others = others
        .iter()
        .enumerate()
        .map(|(place, (variant, _))| quote!(#place => Self::#variant,));
    let last = last.map(|(variant, _)| quote!(_ => Self::#variant,));
    let variants = choices.values.iter().map(|(variant, _)| variant);
    let places = 0..choices.values.len();
    let described = quote! {
        fn json_schema(_: &::hangup::__v1::Rules) -> ::hangup::__v1::Json {
            CHOICES.json_schema()
        }

        fn to_json(&self) -> ::core::option::Option<::hangup::__v1::Json> {
            CHOICES.json_at(match self {
                #(Self::#variants => #places,)*
            })
        }
    };
    let body = quote! {
        ::core::result::Result::Ok(match CHOICES.find(text, rules)? {
            #(#others)*
            #last
        })
    };
    let implementation = implementation(input, &body, &described);
    quote! {
        const _: () = {
            static CHOICES: ::hangup::__v1::Choices =
                ::hangup::__v1::Choices::#constructor(&[#(::hangup::__v1::Choice::#values),*]);
            #implementation
        };
    }
}

/// An implementation that spares the user the errors of a missing one. It is never run.
pub(crate) fn stub(input: &DeriveInput) -> TokenStream {
    match &input.data {
        Data::Union(_) => TokenStream::new(),
        _ => implementation(input, &quote!(::core::unreachable!()), &TokenStream::new()),
    }
}

fn implementation(input: &DeriveInput, body: &TokenStream, described: &TokenStream) -> TokenStream {
    let name = &input.ident;
    let (parameters, arguments, conditions) = input.generics.split_for_impl();
    quote_spanned! {name.span()=>
        #[automatically_derived]
        #[allow(unused_variables, clippy::all, clippy::pedantic)]
        impl #parameters ::hangup::__v1::Param for #name #arguments #conditions {
            fn parse(
                text: &str,
                rules: &::hangup::__v1::Rules,
            ) -> ::core::result::Result<Self, ::hangup::__v1::Invalid> {
                #body
            }

            #described
        }

        #[automatically_derived]
        impl #parameters ::hangup::__v1::fits::TakesStrict for #name #arguments #conditions {}
    }
}
