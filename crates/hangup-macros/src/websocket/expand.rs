//! The expansion of an endpoint: a function that returns it, under the original name, and the original function.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Ident, LitStr, ReturnType, Type, ext::IdentExt, spanned::Spanned};

use super::{
    ast::{self, Function, Parameter},
    attr::{Refuse, Route},
    outline,
};
use crate::{
    doc,
    field::{self, Member},
};

pub(crate) fn whole(function: &Function, route: &Route, parameters: &[Parameter]) -> TokenStream {
    let declared = declared(&function.signature.ident);
    let path = route
        .template()
        .map(|template| LitStr::new(&template.path, template.literal.span()));
    let arguments = Arguments::of(parameters);
    let types = &arguments.types;
    let conditions = arguments.conditions();
    let read = arguments.read_function();
    let extract = arguments.extract();
    let describe = describe(function, route, parameters);
    let outline = outline::outline(function, route, parameters);
    let matches = route
        .template()
        .filter(|template| !template.names.is_empty())
        .map(|_| matches());
    let run = run(function, parameters);
    let endpoint = quote! {
        #read

        #[allow(unreachable_pub, missing_docs, missing_debug_implementations, dead_code)]
        pub struct __Arguments(#(#types),*);

        #[automatically_derived]
        impl ::hangup::__v1::Routed<#declared> for #declared {
            const PATH: &'static str = #path;
        }

        #[automatically_derived]
        #[allow(unused_variables, clippy::all, clippy::pedantic)]
        impl<S> ::hangup::__v1::Endpoint<#declared, S> for #declared
        where
            S: ::core::marker::Send + ::core::marker::Sync + 'static,
            #conditions
        {
            type Arguments = __Arguments;

            #describe

            #outline

            #matches

            #extract

            #run
        }
    };
    item(function, &quote!(#[allow(clippy::too_many_arguments)]), &endpoint)
}

/// The function and a value that passes for an endpoint, so that one mistake does not become many. A method stays
/// what it is.
pub(crate) fn stub(function: &Function) -> TokenStream {
    if function.signature.receiver().is_some() {
        let Function {
            attrs,
            visibility,
            signature,
            body,
        } = function;
        return quote!(#(#attrs)* #visibility #signature #body);
    }
    let declared = declared(&function.signature.ident);
    let endpoint = quote! {
        #[automatically_derived]
        impl ::hangup::__v1::Routed<#declared> for #declared {
            const PATH: &'static str = "/";
        }

        #[automatically_derived]
        #[allow(unused_variables, clippy::all, clippy::pedantic)]
        impl<S> ::hangup::__v1::Endpoint<#declared, S> for #declared
        where
            S: ::core::marker::Send + ::core::marker::Sync + 'static,
        {
            type Arguments = ();

            fn describe(&self) -> ::hangup::__v1::Description {
                ::core::unreachable!()
            }

            async fn extract(
                &self,
                _: &mut ::hangup::__v1::Parts,
                _: &S,
            ) -> ::hangup::__v1::Result<Self::Arguments> {
                ::core::unreachable!()
            }

            async fn run(self, _: ::hangup::__v1::Handshake, _: Self::Arguments) -> ::hangup::__v1::Result {
                ::core::unreachable!()
            }
        }
    };
    item(function, &quote!(#[allow(dead_code, clippy::all)]), &endpoint)
}

/// The type behind the endpoint. The function's name itself stays a function's: a value of that name could not be
/// shadowed by a `let`.
fn declared(name: &Ident) -> Ident {
    format_ident!("__{}_endpoint", name.unraw(), span = name.span())
}

/// A function that gives the endpoint, under the function's name; the function itself, where only the endpoint
/// sees it.
fn item(function: &Function, of_function: &TokenStream, endpoint: &TokenStream) -> TokenStream {
    let Function {
        attrs,
        visibility,
        signature,
        body,
    } = function;
    let name = &signature.ident;
    let declared = declared(name);
    let is = |attr: &Attribute, name: &str| attr.path().is_ident(name);
    let conditional = |attr: &&Attribute| is(attr, "cfg");
    let of_both = |attr: &&Attribute| ast::is_lint(attr) && !is(attr, "expect");
    let of_value = |attr: &&Attribute| is(attr, "doc") || is(attr, "deprecated");

    let cfg: Vec<_> = attrs.iter().filter(conditional).collect();
    let value = attrs.iter().filter(|attr| of_both(attr) || of_value(attr));
    let inner = attrs.iter().filter(|attr| !conditional(attr) && !of_value(attr));
    quote! {
        #(#cfg)*
        #(#value)*
        #visibility fn #name() -> #declared {
            #declared
        }

        #(#cfg)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, missing_docs, unreachable_pub)]
        #[derive(Clone, Copy, Debug)]
        #visibility struct #declared;

        #(#cfg)*
        const _: () = {
            #(#inner)*
            #of_function
            #signature #body

            #endpoint
        };
    }
}

fn describe(function: &Function, route: &Route, parameters: &[Parameter]) -> TokenStream {
    let handshake = parameters.iter().find_map(|parameter| match parameter {
        Parameter::Handshake(_, ty) => Some(ty),
        _ => None,
    });
    let [receives, sends] = ["receives", "sends"].map(|direction| {
        let direction = Ident::new(direction, Span::call_site());
        match handshake {
            Some(ty) => quote_spanned!(ty.span()=> <#ty>::#direction()),
            None => quote!(::core::option::Option::None),
        }
    });
    let name = &function.signature.ident;
    let text = name.unraw().to_string();
    let documentation = doc::text(&function.attrs);
    let refuse = route.refuse.map(|refuse| match refuse {
        Refuse::Close => quote!(.refusal(::hangup::__v1::Refusal::Close)),
        Refuse::Http => quote!(.refusal(::hangup::__v1::Refusal::Http)),
    });
    let error_message = route.error_message.map(|flag| quote!(.error_message(#flag)));
    let settings = if refuse.is_some() || error_message.is_some() {
        quote!(::core::option::Option::Some(::hangup::__v1::Settings::new() #refuse #error_message))
    } else {
        quote!(::core::option::Option::None)
    };
    let place = quote_spanned!(name.span()=> (::core::file!(), ::core::line!()));
    quote! {
        fn describe(&self) -> ::hangup::__v1::Description {
            ::hangup::__v1::Description {
                function: #text,
                declared_at: ::core::option::Option::Some(#place),
                documentation: #documentation,
                settings: #settings,
                receives: #receives,
                sends: #sends,
            }
        }
    }
}

fn matches() -> TokenStream {
    quote! {
        fn matches(&self, parts: &::hangup::__v1::Parts) -> bool {
            ::hangup::__v1::Sources::new(parts).matches_route()
        }
    }
}

fn run(function: &Function, parameters: &[Parameter]) -> TokenStream {
    let name = &function.signature.ident;
    let handshake = local("handshake");
    let mut arguments = Vec::new();
    let call = parameters.iter().map(|parameter| match parameter {
        Parameter::Handshake(..) => quote!(#handshake.retyped()),
        Parameter::Member { .. } | Parameter::Extractor(_) => {
            let argument = local(&format!("argument_{}", arguments.len()));
            arguments.push(argument.clone());
            quote!(#argument)
        }
    });
    let call: Vec<_> = call.collect();
    let returned = match &function.signature.output {
        ReturnType::Default => name.span(),
        ReturnType::Type(_, ty) => ty.span(),
    };
    let outcome = Ident::new("outcome", returned);
    let into_outcome = quote_spanned!(returned=> ::hangup::__v1::IntoOutcome::into_outcome(#outcome));
    quote_spanned! {name.span()=>
        fn run(
            self,
            #handshake: ::hangup::__v1::Handshake,
            __Arguments(#(#arguments),*): Self::Arguments,
        ) -> impl ::core::future::Future<Output = ::core::result::Result<(), ::hangup::__v1::Error>>
               + ::core::marker::Send
               + 'static {
            async move {
                let #outcome = #name(#(#call),*).await;
                #into_outcome
            }
        }
    }
}

fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// What the endpoint takes besides the handshake.
struct Arguments<'p> {
    /// In the order of the signature.
    types: Vec<&'p Type>,
    /// Where in that order, and what.
    members: Vec<(usize, &'p Member)>,
    extractors: Vec<(usize, &'p Type)>,
}

impl<'p> Arguments<'p> {
    fn of(parameters: &'p [Parameter]) -> Self {
        let mut arguments = Self {
            types: Vec::new(),
            members: Vec::new(),
            extractors: Vec::new(),
        };
        for parameter in parameters {
            let place = arguments.types.len();
            match parameter {
                Parameter::Handshake(..) => {}
                Parameter::Member { member, .. } => {
                    arguments.types.push(&member.ty);
                    arguments.members.push((place, member));
                }
                Parameter::Extractor(ty) => {
                    arguments.types.push(ty);
                    arguments.extractors.push((place, ty));
                }
            }
        }
        arguments
    }

    /// What must hold of the router's state, each at the extractor that needs it.
    fn conditions(&self) -> TokenStream {
        let conditions = self.extractors.iter().map(|(_, ty)| {
            quote_spanned! {ty.span()=>
                #ty: ::hangup::__v1::FromRequestParts<S, Rejection: ::core::marker::Send + 'static>
                    + ::core::marker::Send
                    + 'static,
            }
        });
        conditions.collect()
    }

    fn read_function(&self) -> Option<TokenStream> {
        let members: Vec<_> = self.members.iter().map(|(_, member)| *member).collect();
        if members.is_empty() {
            return None;
        }
        let types = members.iter().map(|member| &member.ty);
        let field::Reading {
            declarations,
            statements,
            values,
            sources,
            errors,
        } = field::reading(&members);
        Some(quote! {
            #declarations

            #[allow(clippy::all, clippy::pedantic)]
            fn __read(
                #sources: &::hangup::__v1::Sources<'_>,
                #errors: &mut ::hangup::__v1::Errors,
            ) -> ::core::option::Option<(#(#types,)*)> {
                #statements
                ::core::option::Option::Some((#(#values?,)*))
            }
        })
    }

    /// Extractors come first, as FastAPI's dependencies do; then the endpoint's own parameters. Every validation
    /// error is gathered, any other rejection ends the request at once.
    fn extract(&self) -> TokenStream {
        let [parts, state, gathering] = ["parts", "state", "gathering"].map(local);
        let value = |place: &usize| format_ident!("value_{place}", span = Span::mixed_site());
        let extracted = self.extractors.iter().map(|(place, ty)| {
            let value = value(place);
            quote_spanned! {ty.span()=>
                let #value = #gathering.extract::<#ty, S>(#parts, #state).await?;
            }
        });
        let read = (!self.members.is_empty()).then(|| {
            let values = local("values");
            quote!(let #values = #gathering.read(#parts, __read);)
        });
        let (patterns, values): (Vec<_>, Vec<_>) = (self.extractors.iter())
            .map(|(place, _)| {
                let value = value(place);
                (quote!(::core::option::Option::Some(#value)), value)
            })
            .chain((!self.members.is_empty()).then(|| {
                let own = self.members.iter().map(|(place, _)| value(place));
                (quote!(::core::option::Option::Some((#(#own,)*))), local("values"))
            }))
            .unzip();
        let all = (0..self.types.len()).map(|place| value(&place));
        quote! {
            async fn extract(
                &self,
                #parts: &mut ::hangup::__v1::Parts,
                #state: &S,
            ) -> ::hangup::__v1::Result<Self::Arguments> {
                let mut #gathering = ::hangup::__v1::Gathering::new();
                #(#extracted)*
                #read
                match (#(#values,)*) {
                    (#(#patterns,)*) => ::core::result::Result::Ok(__Arguments(#(#all),*)),
                    #[allow(unreachable_patterns)]
                    _ => ::core::result::Result::Err(#gathering.into_error()),
                }
            }
        }
    }
}
