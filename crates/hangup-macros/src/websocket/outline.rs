//! What a document says of the endpoint, besides its description.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ReturnType, Type, spanned::Spanned};

use super::{
    ast::{Function, Parameter},
    attr::Route,
    closes::Closes,
};
use crate::field;

/// The method `outline` of the endpoint.
pub(super) fn outline(function: &Function, route: &Route, parameters: &[Parameter]) -> TokenStream {
    let [outline, request] = ["outline", "request"].map(|name| Ident::new(name, Span::mixed_site()));
    let extractors = parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Extractor(ty) => Some(quote_spanned! {ty.span()=>
            #outline.extractor::<#ty, S>();
            ::hangup::__v1::Probe::<#ty>::new().describe(#outline.request());
        }),
        Parameter::Handshake(..) | Parameter::Member { .. } => None,
    });
    let members: Vec<_> = parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Member { member, .. } => Some(member),
            Parameter::Handshake(..) | Parameter::Extractor(_) => None,
        })
        .collect();
    let description = field::description(&members, &request);
    let members = (!members.is_empty()).then(|| {
        quote! {
            {
                let #request = #outline.request();
                #description
            }
        }
    });
    let returned = match &function.signature.output {
        ReturnType::Type(_, ty) if !matches!(**ty, Type::ImplTrait(_)) => {
            Some(quote_spanned!(ty.span()=> ::hangup::__v1::Returned::<#ty>::new().describe(#outline);))
        }
        _ => None,
    };
    let closes = route.closes.iter().map(|closes| match closes {
        Closes::One(close) => quote!(#outline.closing([#close]);),
        Closes::Of(path) => quote_spanned!(path.span()=> #outline.closing_as::<#path>();),
    });
    let subprotocols = &route.subprotocols;
    let subprotocols =
        (!subprotocols.is_empty()).then(|| quote!(#outline.subprotocols(&[#(#subprotocols),*]);));
    quote! {
        fn outline(&self, #outline: &mut ::hangup::__v1::Outline) {
            #[allow(unused_imports)]
            use ::hangup::__v1::{Undescribed as _, UnknownReturn as _};
            #(#extractors)*
            #members
            #returned
            #(#closes)*
            #subprotocols
        }
    }
}
