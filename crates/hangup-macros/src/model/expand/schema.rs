//! The schema of a type, and the declaration of one of its fields.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Expr, Ident, Type, spanned::Spanned};

use crate::field::{RuleKind, adapted, fits};
use crate::model::ast::{DataField, Model};
use crate::model::attr;
use crate::shape;

/// The schema of the whole, with its name and description.
pub(super) fn of_type(input: &DeriveInput, model: &Model, shape: &TokenStream) -> TokenStream {
    let container = &model.container;
    let name = container
        .rename
        .clone()
        .unwrap_or_else(|| attr::name_of(&input.ident));
    let described = described(&container.description);
    let examples = examples(&container.examples, &syn::parse_quote!(Self));
    quote! {
        const {
            &::hangup::__v1::Schema::new(#shape)
                .named(#name, ::core::any::type_name::<Self>)
                #described
                #examples
        }
    }
}

pub(super) fn described(text: &str) -> TokenStream {
    if text.is_empty() {
        return TokenStream::new();
    }
    quote!(.described(#text))
}

/// The rules of a field: a function beside the implementation, by its place.
pub(super) fn rules(place: &str, field: &DataField) -> TokenStream {
    let rules = &field.of.options.rules;
    if rules.is_empty() {
        return TokenStream::new();
    }
    let name = rules_name(place);
    let mut pattern = None;
    let calls: TokenStream = rules
        .iter()
        .map(|rule| {
            let option = &rule.name;
            let value = match &rule.kind {
                RuleKind::Bound(bound) => bound.number(&shape::placed_at(option.span(), &field.ty)),
                RuleKind::Length(count) => quote!(#count),
                RuleKind::Digits(count) => quote!(#count),
                RuleKind::AllowInfNan(flag) | RuleKind::Strict(flag) => quote!(#flag),
                RuleKind::Pattern(source) => {
                    pattern = Some(quote! {
                        static PATTERN: ::hangup::__v1::Pattern = ::hangup::__v1::Pattern::new(#source);
                    });
                    quote!(&PATTERN)
                }
            };
            quote!(.#option(#value))
        })
        .collect();
    quote! {
        fn #name() -> &'static ::hangup::__v1::Rules {
            #pattern
            static RULES: ::hangup::__v1::Rules = ::hangup::__v1::Rules::new() #calls;
            &RULES
        }
    }
}

/// Checks that the options fit the type; a part of the function that reads.
pub(super) fn checks(field: &DataField) -> TokenStream {
    let checks = field.of.options.rules.iter().map(|rule| fits(rule, &field.ty));
    quote!(#(#checks)*)
}

fn rules_name(place: &str) -> Ident {
    format_ident!("__rules_{place}")
}

/// The rules of a field where they are asked for.
pub(super) fn rules_of(place: &str, field: &DataField) -> TokenStream {
    if field.of.options.rules.is_empty() {
        return quote!(&::hangup::__v1::Rules::new());
    }
    let name = rules_name(place);
    quote!(#name())
}

/// The declaration of a field.
pub(super) fn member(place: &str, field: &DataField, populate_by_name: bool) -> TokenStream {
    let ty = &field.ty;
    let wire_name = &field.wire_name;
    let options = &field.of.options;
    let rust_name = field.ident.as_ref().map(attr::name_of);
    let also = rust_name
        .filter(|name| populate_by_name && name != wire_name)
        .map(|name| quote!(.or_named(#name)));
    let ruled = (!options.rules.is_empty()).then(|| {
        let name = rules_name(place);
        quote!(.ruled(#name))
    });
    let absent = if let Some(default) = default(field) {
        quote!(.default_from(|| ::hangup::__v1::made::to_json::<#ty>(&#default)))
    } else if is_optional(field) {
        quote!(.optional())
    } else {
        TokenStream::new()
    };
    let described = options.description.as_deref().map(described);
    let examples = examples(&field.of.examples, ty);
    let deprecated = options.deprecated.map(|flag| quote!(.deprecated(#flag)));
    let correlation = field.of.correlation.map(|_| quote!(.correlation()));
    quote_spanned! {ty.span()=>
        ::hangup::__v1::Member::new(#wire_name, <#ty as ::hangup::__v1::Model>::schema)
            #also #ruled #absent #described #examples #deprecated #correlation
    }
}

/// The expression of a default.
pub(super) fn default(field: &DataField) -> Option<TokenStream> {
    match &field.of.options.default {
        Some((_, value)) => Some(adapted(value, &field.ty)),
        None if field.of.defaults => Some(quote!(::core::default::Default::default())),
        None => None,
    }
}

/// Whether an absent key is `None`.
pub(super) fn is_optional(field: &DataField) -> bool {
    shape::in_option(&field.ty).is_some() && field.of.required.is_none()
}

fn examples(examples: &[Expr], ty: &Type) -> TokenStream {
    if examples.is_empty() {
        return TokenStream::new();
    }
    let values = examples.iter().map(|value| {
        let value = adapted(value, ty);
        quote!(::hangup::__v1::made::to_json::<#ty>(&#value))
    });
    quote!(.examples_from(|| ::std::vec![#(#values),*]))
}

/// A name of our own that no name of the user meets.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
