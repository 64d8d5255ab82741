//! The struct as it is written: every field a parameter, or a group of them.

use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Fields, Ident};

use crate::{
    diagnostics::Diagnostics,
    field::{self, Member},
    shape, wording,
};

/// The fields, as they are declared.
pub(crate) struct Group {
    pub(crate) fields: Vec<(Ident, Member)>,
}

impl Group {
    pub(crate) fn of(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<Self> {
        let only_structs =
            "`Params` can be derived on a struct with named fields, each of which is a parameter";
        let keyword: &dyn ToTokens = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => {
                    stray(&input.attrs, diagnostics);
                    let fields = fields.named.iter();
                    let fields: Vec<_> = fields.filter_map(|field| member(field, diagnostics)).collect();
                    let members = fields.iter().map(|(name, member)| (name, member));
                    field::check_wire_names(members, diagnostics);
                    return Some(Self { fields });
                }
                Fields::Unit => &input.ident,
                Fields::Unnamed(fields) => fields,
            },
            Data::Enum(data) => &data.enum_token,
            Data::Union(data) => &data.union_token,
        };
        diagnostics.at(keyword, only_structs);
        None
    }
}

const FORMS: [&str; 5] = [
    "#[param(path)]",
    "#[query]",
    "#[header]",
    "#[cookie]",
    "#[params]",
];

fn member(field: &syn::Field, diagnostics: &mut Diagnostics) -> Option<(Ident, Member)> {
    let name = field.ident.clone()?;
    let ty = &field.ty;
    match field::marker(&field.attrs, diagnostics) {
        Some(marker) => {
            if marker.path().is_ident("path") {
                diagnostics.at(
                    marker,
                    "in a struct the compiler keeps `#[path]` for itself: write `#[param(path)]`",
                );
            }
            let member = field::member(marker, &field.attrs, &name, ty, diagnostics);
            Some((name, member))
        }
        None => {
            diagnostics.at(
                &name,
                format!(
                    "say where `{name}: {}` comes from: {}",
                    shape::written(ty),
                    wording::list(&FORMS, "or")
                ),
            );
            None
        }
    }
}

fn stray(attrs: &[Attribute], diagnostics: &mut Diagnostics) {
    for attr in attrs.iter().filter(|attr| field::is_marker(attr)) {
        diagnostics.at(
            attr,
            "each field says for itself where it comes from: move this above a field",
        );
    }
}
