//! The implementation of `hangup::IntoClose`, and its registration.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
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
    let registration = registration(input);
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
        impl #parameters ::hangup::IntoClose for #name #arguments #conditions {
            fn to_close(&self) -> ::hangup::Close {
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
            Self #variant { .. } => ::hangup::Close::new(#code, ::std::string::ToString::to_string(self)),
        },
        Reason::Hidden => quote!(Self #variant { .. } => ::hangup::Close::new(#code, ""),),
        Reason::Text(text) => quote!(Self #variant { .. } => ::hangup::Close::new(#code, #text),),
        Reason::Format { text, fields } => {
            let bindings = fields.iter().map(|(member, name)| quote!(#member: #name));
            let names = fields.iter().map(|(_, name)| name);
            quote! {
                Self #variant { #(#bindings,)* .. } => {
                    ::hangup::Close::new(#code, ::std::format!(#text, #(#names = #names),*))
                }
            }
        }
    }
}

/// Makes the type known behind `hangup::Error`. A generic type is many types, and none of them is named here.
fn registration(input: &DeriveInput) -> Option<TokenStream> {
    let name = &input.ident;
    input.generics.params.is_empty().then(|| {
        quote! {
            ::hangup::__private::inventory::submit! { ::hangup::__private::CloseRule::new::<#name>() }
        }
    })
}
