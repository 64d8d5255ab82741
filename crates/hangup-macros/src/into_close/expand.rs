//! The implementation of `hangup::IntoClose`, and its registration.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, ext::IdentExt, parse_quote_spanned};

use super::{check::Closing, reason::Reason};

pub(crate) fn whole(input: &DeriveInput, closings: &[Closing<'_>]) -> TokenStream {
    let arms = closings.iter().map(arm);
    let body = if closings.is_empty() {
        quote!(match *self {})
    } else {
        quote!(match self { #(#arms)* })
    };
    let closes = closes(input, closings);
    let implementation = implementation(input, &body, &closes);
    let registration = registration(input);
    quote!(#implementation #registration)
}

/// An implementation that spares the user the errors of a missing one. It is never run.
pub(crate) fn stub(input: &DeriveInput) -> Option<TokenStream> {
    let can_have_one = !matches!(input.data, Data::Union(_));
    can_have_one.then(|| implementation(input, &quote!(::core::unreachable!()), &TokenStream::new()))
}

fn implementation(input: &DeriveInput, body: &TokenStream, closes: &TokenStream) -> TokenStream {
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

            #closes
        }
    }
}

/// What each case closes with, for documents. A reason with fields in it is not known before there is an error.
fn closes(input: &DeriveInput, closings: &[Closing<'_>]) -> TokenStream {
    let name = input.ident.unraw().to_string();
    let closes = closings.iter().map(|closing| {
        let Closing { variant, code, .. } = closing;
        let (called, cause) = match variant.map(|variant| variant.unraw().to_string()) {
            Some(variant) => (variant.clone(), format!("{name}::{variant}")),
            None => (name.clone(), name.clone()),
        };
        let reason = match (&closing.reason, &closing.display) {
            (Reason::Hidden, _) => Some(String::new()),
            (Reason::Text(text), _) => Some(text.value()),
            (Reason::Display, Some(display)) if !display.contains(['{', '}']) => Some(display.clone()),
            (Reason::Display | Reason::Format { .. }, _) => None,
        };
        let reason = reason.map(|reason| quote!(.reason(#reason)));
        let said = match (&closing.reason, &closing.display) {
            _ if !closing.documentation.is_empty() => Some(&closing.documentation),
            (Reason::Hidden, _) => None,
            (_, display) => display.as_ref(),
        };
        let described = said.map(|text| quote!(.described(#text)));
        quote!(::hangup::asyncapi::DeclaredClose::new(#code).named(#called).caused_by(#cause) #reason #described)
    });
    quote! {
        fn closes() -> ::std::vec::Vec<::hangup::asyncapi::DeclaredClose> {
            ::std::vec![#(#closes),*]
        }
    }
}

fn arm(closing: &Closing<'_>) -> TokenStream {
    let Closing {
        variant,
        code,
        reason,
        ..
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
