//! The implementation of `hangup::IntoClose`, and its registration.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Data, DeriveInput, Type, ext::IdentExt, parse_quote_spanned, spanned::Spanned};

use super::{
    check::{Closing, Way},
    reason::Reason,
};
use crate::shape;

pub(crate) fn whole(input: &DeriveInput, closings: &[Closing<'_>]) -> TokenStream {
    let arms = closings.iter().map(arm);
    let body = if closings.is_empty() {
        quote!(match *self {})
    } else {
        quote!(match self { #(#arms)* })
    };
    let transparent = transparent(closings);
    let closes = closes(input, closings);
    let implementation = implementation(input, &body, &quote!(#transparent #closes));
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
    can_have_one.then(|| implementation(input, &quote!(::core::unreachable!()), &TokenStream::new()))
}

fn implementation(input: &DeriveInput, body: &TokenStream, others: &TokenStream) -> TokenStream {
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

            #others
        }
    }
}

/// What each case closes with, for documents. A reason with fields in it is not known before there is an error.
fn closes(input: &DeriveInput, closings: &[Closing<'_>]) -> TokenStream {
    let name = input.ident.unraw().to_string();
    let adding = closings.iter().map(|closing| {
        let (code, reason) = match &closing.way {
            Way::Close { code, reason } => (code, reason),
            Way::Field(_, ty) => {
                let ty = shape::pointee(ty)
                    .filter(|ty| matches!(ty, Type::Path(_)))
                    .unwrap_or(ty);
                return quote_spanned! {ty.span()=>
                    closes.extend(::hangup::__v1::FieldCloses::<#ty>::new().closes());
                };
            }
        };
        let (called, cause) = match closing.variant.map(|variant| variant.unraw().to_string()) {
            Some(variant) => (variant.clone(), format!("{name}::{variant}")),
            None => (name.clone(), name.clone()),
        };
        let known = match (reason, &closing.display) {
            (Reason::Hidden, _) => Some(String::new()),
            (Reason::Text(text), _) => Some(text.value()),
            (Reason::Display, Some(display)) if !display.contains(['{', '}']) => Some(display.clone()),
            (Reason::Display | Reason::Format { .. }, _) => None,
        };
        let known = known.map(|reason| quote!(.reason(#reason)));
        let said = match (reason, &closing.display) {
            _ if !closing.documentation.is_empty() => Some(&closing.documentation),
            (Reason::Hidden, _) => None,
            (_, display) => display.as_ref(),
        };
        let described = said.map(|text| quote!(.described(#text)));
        quote! {
            closes.push(
                ::hangup::__v1::DeclaredClose::new(#code).named(#called).caused_by(#cause) #known #described
            );
        }
    });
    let is_empty = closings.is_empty();
    let closes = if is_empty {
        quote!(::std::vec::Vec::new())
    } else {
        quote! {
            #[allow(unused_imports)]
            use ::hangup::__v1::UnknownCloses as _;
            let mut closes = ::std::vec::Vec::new();
            #(#adding)*
            closes
        }
    };
    quote! {
        fn closes() -> ::std::vec::Vec<::hangup::__v1::DeclaredClose> {
            #closes
        }
    }
}

/// The method that gives the field of a case that closes as its field, where there is such a case.
fn transparent(closings: &[Closing<'_>]) -> Option<TokenStream> {
    let arms: Vec<_> = closings
        .iter()
        .filter_map(|closing| {
            let Way::Field(member, ty) = &closing.way else {
                return None;
            };
            let error = error_in(ty);
            let variant = closing.variant.map(|variant| quote!(::#variant));
            Some(quote! {
                Self #variant { #member: field } => {
                    use ::hangup::__v1::AsError as _;
                    ::core::option::Option::Some(#error.as_error())
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

/// The error that the binding `field` holds: a box of an error is an error of its own type, which nobody knows.
fn error_in(ty: &Type) -> TokenStream {
    match shape::pointee(ty) {
        Some(_) => quote!((**field)),
        None => quote!(field),
    }
}

fn arm(closing: &Closing<'_>) -> TokenStream {
    let variant = closing.variant.map(|variant| quote!(::#variant));
    let (code, reason) = match &closing.way {
        Way::Close { code, reason } => (code, reason),
        Way::Field(member, ty) => {
            let error = error_in(ty);
            return quote! {
                Self #variant { #member: field } => {
                    use ::hangup::__v1::AsError as _;
                    ::hangup::__v1::close_as(#error.as_error())
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
