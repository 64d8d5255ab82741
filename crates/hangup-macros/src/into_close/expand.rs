//! The implementation of `hangup::IntoClose`, and its registration.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Data, DeriveInput, parse_quote_spanned};

use super::{
    check::{Closing, Way},
    reason::Reason,
};

pub(crate) fn whole(input: &DeriveInput, closings: &[Closing<'_>]) -> TokenStream {
    let arms = closings.iter().map(arm);
    let body = if closings.is_empty() {
        quote!(match *self {})
    } else {
        quote!(match self { #(#arms)* })
    };
    let implementation = implementation(input, &body, transparent(closings));
    // A generic type is many types, and none of them is named here.
    let registration = input
        .generics
        .params
        .is_empty()
        .then(|| registration(&input.ident));
    quote!(#implementation #registration)
}

/// An implementation that spares the user the errors of a missing one. It is never run.
pub(crate) fn stub(input: &DeriveInput) -> Option<TokenStream> {
    let can_have_one = !matches!(input.data, Data::Union(_));
    can_have_one.then(|| implementation(input, &quote!(::core::unreachable!()), None))
}

fn implementation(input: &DeriveInput, body: &TokenStream, transparent: Option<TokenStream>) -> TokenStream {
    let name = &input.ident;
    let mut generics = input.generics.clone();
    if !generics.params.is_empty() {
        let bound = parse_quote_spanned! {name.span()=>
            Self: ::std::error::Error + ::core::marker::Send + ::core::marker::Sync + 'static
        };
        generics.make_where_clause().predicates.push(bound);
    }
    let (parameters, arguments, conditions) = generics.split_for_impl();
    quote_spanned! {name.span()=>
        #[automatically_derived]
        impl #parameters ::hangup::__v1::IntoClose for #name #arguments #conditions {
            fn to_close(&self) -> ::hangup::__v1::Close {
                #body
            }
            #transparent
        }
    }
}

/// The method that gives the field of a case that closes as its field, where there is such a case.
fn transparent(closings: &[Closing<'_>]) -> Option<TokenStream> {
    let arms: Vec<_> = closings
        .iter()
        .filter_map(|closing| {
            let Way::Field(member) = &closing.way else {
                return None;
            };
            let variant = closing.variant.map(|variant| quote!(::#variant));
            Some(quote! {
                Self #variant { #member: field } => {
                    use ::hangup::__v1::AsError as _;
                    ::core::option::Option::Some(field.as_error())
                }
            })
        })
        .collect();
    let others = (arms.len() < closings.len()).then(|| quote!(_ => ::core::option::Option::None,));
    (!arms.is_empty()).then(|| {
        quote! {
            fn transparent(&self) -> ::core::option::Option<&(dyn ::std::error::Error + 'static)> {
                match self { #(#arms)* #others }
            }
        }
    })
}

fn arm(closing: &Closing<'_>) -> TokenStream {
    let variant = closing.variant.map(|variant| quote!(::#variant));
    let (code, reason) = match &closing.way {
        Way::Close { code, reason } => (code, reason),
        Way::Field(member) => {
            return quote! {
                Self #variant { #member: field } => {
                    use ::hangup::__v1::AsError as _;
                    ::hangup::__v1::close_as(field.as_error())
                }
            };
        }
    };
    match reason {
        Reason::Display => quote! {
            Self #variant { .. } => ::hangup::__v1::Close::new(#code, ::std::string::ToString::to_string(self)),
        },
        Reason::Hidden => quote!(Self #variant { .. } => ::hangup::__v1::Close::new(#code, ""),),
        Reason::Text(text) => quote!(Self #variant { .. } => ::hangup::__v1::Close::new(#code, #text),),
        Reason::Format { text, fields } => {
            let bindings = fields.iter().map(|(member, name)| quote!(#member: #name));
            let names = fields.iter().map(|(_, name)| name);
            quote! {
                Self #variant { #(#bindings,)* .. } => {
                    ::hangup::__v1::Close::new(#code, ::std::format!(#text, #(#names = #names),*))
                }
            }
        }
    }
}

/// Makes a type known behind `hangup::Error`.
pub(crate) fn registration(error: impl ToTokens) -> TokenStream {
    quote! {
        ::hangup::__v1::inventory::submit! { ::hangup::__v1::CloseRule::new::<#error>() }
    }
}
