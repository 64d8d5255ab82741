//! How parameters are read: one `static` each, the checks of their options, and the reads in FastAPI's order.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, LitStr, Type, spanned::Spanned};

use super::{
    Field, Kind, Member, Source, default,
    options::{Rule, RuleKind},
};
use crate::shape;

/// The reads of several parameters.
pub(crate) struct Reading {
    /// The `static`s of the parameters, which [`statements`](Self::statements) and the description use.
    pub(crate) declarations: TokenStream,
    /// Statements that use [`sources`](Self::sources) and [`errors`](Self::errors).
    pub(crate) statements: TokenStream,
    /// A variable for each parameter, in the order of their declaration; `Option`s.
    pub(crate) values: Vec<Ident>,
    pub(crate) sources: Ident,
    pub(crate) errors: Ident,
}

/// FastAPI reads nested groups first, then path, query, header and cookie, each as they are declared.
pub(crate) fn reading(members: &[&Member]) -> Reading {
    let local = |name: &str| Ident::new(name, Span::mixed_site());
    let (sources, errors) = (local("sources"), local("errors"));
    let values: Vec<_> = (0..members.len())
        .map(|place| local(&format!("value_{place}")))
        .collect();

    let order = in_order(members);
    let mut declarations = TokenStream::new();
    let statements = order.into_iter().map(|place| {
        let Member { ty, kind } = members[place];
        let value = &values[place];
        match kind {
            Kind::Group => quote_spanned! {ty.span()=>
                let #value = <#ty as ::hangup::__v1::Params>::read(#sources, #errors);
            },
            Kind::Field(field) => {
                let name = declared(place);
                declarations.extend(declaration(&name, field, ty));
                let checks = field.options.rules.iter().map(|rule| fits(rule, ty));
                let read = read(&name, field, ty, &sources, &errors);
                quote!(#(#checks)* let #value = #read;)
            }
        }
    });
    let statements = statements.collect();
    Reading {
        declarations,
        statements,
        values,
        sources,
        errors,
    }
}

fn in_order(members: &[&Member]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|&place| members[place].source());
    order
}

fn declared(place: usize) -> Ident {
    format_ident!("__FIELD_{place}")
}

/// Statements that add all parameters to the description of a request, in the order of reading.
pub(crate) fn description(members: &[&Member], request: &Ident) -> TokenStream {
    let statements = in_order(members).into_iter().map(|place| {
        let Member { ty, kind } = members[place];
        let name = declared(place);
        match kind {
            Kind::Group => quote_spanned! {ty.span()=>
                <#ty as ::hangup::__v1::Params>::describe(#request);
            },
            Kind::Field(field) => {
                let probe = quote_spanned!(ty.span()=> ::hangup::__v1::Probe::<#ty>::new());
                match &field.options.default {
                    None => quote!(#probe.parameter(#request, &#name);),
                    Some((_, value)) => {
                        let shown = default::shown(value);
                        quote!(#probe.optional_parameter(#request, &#name, #shown);)
                    }
                }
            }
        }
    });
    let statements: TokenStream = statements.collect();
    quote! {
        #[allow(unused_imports)]
        use ::hangup::__v1::Undescribed as _;
        #statements
    }
}

impl Member {
    /// `None` for a group, which sorts before every source.
    fn source(&self) -> Option<Source> {
        match &self.kind {
            Kind::Field(field) => Some(field.source),
            Kind::Group => None,
        }
    }
}

/// The `static` of a parameter.
fn declaration(name: &Ident, field: &Field, ty: &Type) -> TokenStream {
    let source = Ident::new(field.source.name(), Span::call_site());
    let wire_name = LitStr::new(&field.wire_name(), field.name.span());
    let mut pattern = None;
    let rules = field.options.rules.iter().map(|rule| {
        let Rule { name: option, kind } = rule;
        let value = match kind {
            RuleKind::Bound(bound) => bound.number(&shape::placed_at(option.span(), ty)),
            RuleKind::Length(count) | RuleKind::Digits(count) => quote!(#count),
            RuleKind::AllowInfNan(flag) | RuleKind::Strict(flag) => quote!(#flag),
            RuleKind::Pattern(source) => {
                let pattern_name = format_ident!("{name}_PATTERN");
                pattern = Some(quote! {
                    static #pattern_name: ::hangup::__v1::Pattern = ::hangup::__v1::Pattern::new(#source);
                });
                quote!(&#pattern_name)
            }
        };
        quote!(.#option(#value))
    });
    let rules: TokenStream = rules.collect();
    let described = field
        .options
        .description
        .iter()
        .map(|text| quote!(.described(#text)));
    let deprecated = field
        .options
        .deprecated
        .iter()
        .map(|flag| quote!(.deprecated(#flag)));
    let examples = &field.options.examples;
    let examples = (!examples.is_empty()).then(|| quote!(.examples_from(|| ::std::vec![#(#examples),*])));
    quote! {
        #pattern
        static #name: ::hangup::__v1::Field =
            ::hangup::__v1::Field::#source(#wire_name) #rules #(#described)* #(#deprecated)* #examples;
    }
}

/// The check of an option against the type, placed at the option's name.
pub(crate) fn fits(rule: &Rule, ty: &Type) -> TokenStream {
    let place = rule.name.span();
    let ty = shape::placed_at(place, ty);
    let check = match &rule.kind {
        RuleKind::Bound(bound) => {
            let kind = bound.kind();
            quote!(bound::<#ty, #kind>)
        }
        RuleKind::Length(_) => quote!(length::<#ty>),
        RuleKind::Pattern(_) => quote!(pattern::<#ty>),
        RuleKind::Digits(_) => quote!(digits::<#ty>),
        RuleKind::AllowInfNan(_) => quote!(inf_nan::<#ty>),
        RuleKind::Strict(_) => quote!(strict::<#ty>),
    };
    quote_spanned!(place=> ::hangup::__v1::fits::#check();)
}

fn read(name: &Ident, field: &Field, ty: &Type, sources: &Ident, errors: &Ident) -> TokenStream {
    match &field.options.default {
        Some((_, default)) => {
            let default = default::adapted(default, ty);
            quote_spanned!(ty.span()=> #name.read_or::<#ty>(#sources, #errors, || #default))
        }
        None => quote_spanned!(ty.span()=> #name.read::<#ty>(#sources, #errors)),
    }
}
