//! The type as it is written: its fields or variants, with their options; the attributes of the macro are taken out.

use syn::{Data, DeriveInput, Expr, Fields, Ident, Type, spanned::Spanned};

use super::attr::{self, Container, OfField, OfVariant};
use crate::diagnostics::Diagnostics;

pub(super) struct Model {
    pub(super) container: Container,
    pub(super) body: Body,
}

pub(super) enum Body {
    Object(Vec<DataField>),
    Newtype(Box<DataField>),
    Choice(Vec<DataVariant>),
    Union(Vec<DataVariant>),
}

pub(super) struct DataField {
    /// `None` of the only field of a newtype.
    pub(super) ident: Option<Ident>,
    pub(super) wire_name: String,
    pub(super) ty: Type,
    pub(super) of: OfField,
}

pub(super) struct DataVariant {
    pub(super) ident: Ident,
    pub(super) wire_name: String,
    pub(super) options: OfVariant,
    pub(super) data: VariantData,
    pub(super) discriminant: Option<Expr>,
}

pub(super) enum VariantData {
    Unit,
    Object(Vec<DataField>),
    Newtype(Box<DataField>),
}

impl Model {
    pub(super) fn take(
        input: &mut DeriveInput,
        container: Container,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        attr::stray(
            &input.attrs,
            "field",
            "`#[field(..)]` goes above a field: the options of the whole stand in `#[model(..)]`",
            diagnostics,
        );
        input.attrs.retain(|attr| !attr.path().is_ident("field"));
        let body = match &mut input.data {
            Data::Struct(data) => match &mut data.fields {
                Fields::Named(_) | Fields::Unit => {
                    Body::Object(named(&mut data.fields, &container, diagnostics))
                }
                Fields::Unnamed(_) => Body::Newtype(Box::new(only(&mut data.fields, diagnostics)?)),
            },
            Data::Enum(data) => {
                let variants: Vec<_> = data
                    .variants
                    .iter_mut()
                    .filter_map(|variant| take_variant(variant, &container, diagnostics))
                    .collect();
                if data.variants.is_empty() {
                    diagnostics.at(&input.ident, "a message has to be something: add a variant");
                }
                let is_choice = variants
                    .iter()
                    .all(|variant| matches!(variant.data, VariantData::Unit));
                let has_tag = container.tag.is_some() || container.untagged.is_some();
                if is_choice && !has_tag {
                    Body::Choice(variants)
                } else {
                    Body::Union(variants)
                }
            }
            Data::Union(data) => {
                diagnostics.at(
                    data.union_token,
                    "`#[model]` goes above a struct or an enum: a union does not know what it holds",
                );
                return None;
            }
        };
        Some(Self { container, body })
    }
}

fn take_variant(
    variant: &mut syn::Variant,
    container: &Container,
    diagnostics: &mut Diagnostics,
) -> Option<DataVariant> {
    attr::stray(
        &variant.attrs,
        "field",
        "`#[field(..)]` goes above a field: the options of a variant stand in `#[model(..)]`",
        diagnostics,
    );
    variant.attrs.retain(|attr| !attr.path().is_ident("field"));
    let options = OfVariant::take(&mut variant.attrs, diagnostics);
    let data = match &variant.fields {
        Fields::Unit => VariantData::Unit,
        Fields::Named(_) => VariantData::Object(named(&mut variant.fields, container, diagnostics)),
        Fields::Unnamed(_) => VariantData::Newtype(Box::new(only(&mut variant.fields, diagnostics)?)),
    };
    let name = attr::name_of(&variant.ident);
    let wire_name = match (&options.rename, container.variant_case) {
        (Some(rename), _) => rename.value(),
        (None, Some(case)) => case.variant(&name),
        (None, None) => name,
    };
    Some(DataVariant {
        ident: variant.ident.clone(),
        wire_name,
        options,
        data,
        discriminant: variant.discriminant.as_ref().map(|(_, value)| value.clone()),
    })
}

fn named(fields: &mut Fields, container: &Container, diagnostics: &mut Diagnostics) -> Vec<DataField> {
    fields
        .iter_mut()
        .filter_map(|field| {
            let ident = field.ident.clone()?;
            let of = take_options(field, diagnostics);
            let name = attr::name_of(&ident);
            let wire_name = match (&of.options.alias, container.field_case) {
                (Some(alias), _) => alias.value(),
                (None, Some(case)) => case.field(&name),
                (None, None) => name,
            };
            Some(DataField {
                ident: Some(ident),
                wire_name,
                ty: field.ty.clone(),
                of,
            })
        })
        .collect()
}

/// The only field of a newtype.
fn only(fields: &mut Fields, diagnostics: &mut Diagnostics) -> Option<DataField> {
    let place = fields.span();
    let mut options: Vec<_> = fields
        .iter_mut()
        .map(|field| (take_options(field, diagnostics), field.ty.clone()))
        .collect();
    match (options.pop(), options.is_empty()) {
        (Some((of, ty)), true) => Some(DataField {
            ident: None,
            wire_name: String::new(),
            ty,
            of,
        }),
        (Some(_), false) => {
            diagnostics.at_span(
                place,
                "several values without names: name the fields, or make it one tuple, `((A, B))`",
            );
            None
        }
        (None, _) => {
            diagnostics.at_span(place, "nothing stands between the parentheses: leave them out");
            None
        }
    }
}

fn take_options(field: &mut syn::Field, diagnostics: &mut Diagnostics) -> OfField {
    attr::stray(
        &field.attrs,
        "model",
        "`#[model(..)]` goes above a type or a variant: the options of a field stand in `#[field(..)]`",
        diagnostics,
    );
    field.attrs.retain(|attr| !attr.path().is_ident("model"));
    OfField::take(&mut field.attrs, diagnostics)
}
