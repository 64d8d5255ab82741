//! The implementation of `hangup::IntoClose`, and its registration.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Data, DeriveInput, parse_quote_spanned};

use super::{check::Closing, reason::Reason};

pub(crate) fn whole(input: &DeriveInput, closings: &[Closing<'_>]) -> TokenStream {
    let arms = closings.iter().map(arm);
    let body = if closings.is_empty() {
        quote!(match *self {})
    } else {
        quote!(match self { #(#arms)* })
    };
    let implementation = implementation(input, &body);
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
    can_have_one.then(|| implementation(input, &quote!(::core::unreachable!())))
}

fn implementation(input: &DeriveInput, body: &TokenStream) -> TokenStream {
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
        }
    }
}

fn arm(closing: &Closing<'_>) -> TokenStream {
    let Closing {
        variant,
        code,
        reason,
    } = closing;
    let variant = variant.map(|variant| quote!(::#variant));
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
