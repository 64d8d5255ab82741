//! What is wrong with a model, where the macro itself can see it.

use std::collections::HashMap;

use syn::{DeriveInput, GenericParam, Type, spanned::Spanned};

use super::ast::{Body, DataField, DataVariant, Model, VariantData};
use crate::{
    diagnostics::Diagnostics,
    field::{literal_number, satisfiable},
    shape,
};

pub(super) fn model(input: &DeriveInput, model: &Model, diagnostics: &mut Diagnostics) {
    for parameter in &input.generics.params {
        if let GenericParam::Lifetime(lifetime) = parameter {
            diagnostics.at(
                lifetime,
                "a message owns its values, it borrows none: a model has no lifetimes",
            );
        }
    }
    let container = &model.container;
    let is_union = matches!(model.body, Body::Union(_));
    if let (Some(content), None) = (&container.content, &container.tag) {
        diagnostics.at(
            content,
            "`content` is the key of the data beside the key of the tag: give `tag` too",
        );
    }
    if let (Some(tag), false) = (&container.tag, is_union) {
        diagnostics.at(
            tag,
            "`tag` says which variant of an enum it is: a struct has none",
        );
    }
    if let (Some(place), Some(_)) = (container.untagged, &container.tag) {
        diagnostics.at_span(place, "an enum has a `tag` or is `untagged`, not both");
    }
    if let (Some(place), false) = (container.untagged, is_union) {
        diagnostics.at_span(
            place,
            "`untagged` tries the variants of an enum: a struct has none",
        );
    }
    if let (Some(place), false) = (container.is_literal, matches!(model.body, Body::Choice(_))) {
        diagnostics.at_span(place, "`literal` is for an enum of variants without data");
    }
    match &model.body {
        Body::Object(fields) => object(fields, None, container.forbids_extra, diagnostics),
        Body::Newtype(field) => value(field, diagnostics),
        Body::Choice(variants) => {
            names(variants, diagnostics);
            choice(variants, diagnostics);
            for variant in variants {
                not_invalid(variant, diagnostics);
            }
        }
        Body::Union(variants) => {
            if container.untagged.is_none() {
                names(variants, diagnostics);
            }
            union(variants, model, diagnostics);
        }
    }
}

fn object(fields: &[DataField], tag: Option<&str>, forbids_extra: bool, diagnostics: &mut Diagnostics) {
    let mut known: HashMap<&str, &DataField> = HashMap::new();
    let mut correlated = false;
    let mut keeps_others = false;
    for field in fields {
        value(field, diagnostics);
        if known.insert(&field.wire_name, field).is_some() {
            diagnostics.at(
                &field.ident,
                format!("two fields are named {:?}", field.wire_name),
            );
        }
        if tag == Some(&field.wire_name) {
            diagnostics.at(
                &field.ident,
                format!("{:?} is the key of the tag already", field.wire_name),
            );
        }
        if let Some(place) = field.of.extra {
            if keeps_others {
                diagnostics.at_span(place, "one field keeps the other keys");
            }
            keeps_others = true;
            if forbids_extra {
                diagnostics.at_span(place, "with `extra = \"forbid\"` there are no other keys to keep");
            }
            let is_only = field.of.options.alias.is_none()
                && field.of.options.default.is_none()
                && !field.of.defaults
                && field.of.options.rules.is_empty();
            if !is_only {
                diagnostics.at_span(place, "a field that keeps the other keys has no other option");
            }
        }
        if let Some(place) = field.of.correlation {
            if correlated {
                diagnostics.at_span(place, "one field says which question an answer belongs to");
            }
            correlated = true;
        }
    }
}

fn value(field: &DataField, diagnostics: &mut Diagnostics) {
    owned(&field.ty, diagnostics);
    let of = &field.of;
    if let Some(alias) = &of.options.alias
        && field.ident.is_none()
    {
        diagnostics.at(alias, "a value without a name has no other name");
    }
    if let Some(place) = of.required {
        if shape::in_option(&field.ty).is_none() {
            diagnostics.at_span(
                place,
                "a field is required unless its type is an `Option` or it has a `default`: `required` says that an \
                 `Option` may be `null` but not absent",
            );
        } else if of.defaults || of.options.default.is_some() {
            diagnostics.at_span(
                place,
                "a field with a `default` may be absent: it is not `required`",
            );
        }
    }
    if field.ident.is_none() && (of.defaults || of.options.default.is_some()) {
        diagnostics.at(
            &field.ty,
            "a value without a name cannot be absent: it has no `default`",
        );
    }
    if let (Some(place), None) = (of.correlation, &field.ident) {
        diagnostics.at_span(place, "`correlation` marks a field with a name");
    }
    for (strict, loose) in [("gt", "ge"), ("lt", "le")] {
        if let (Some(_), Some(second)) = (of.options.rule(strict), of.options.rule(loose)) {
            diagnostics.at(
                &second.name,
                format!("`{strict}` and `{loose}` are one bound each: give one of them"),
            );
        }
    }
    satisfiable(&of.options, diagnostics);
}

/// Types that no schema describes, where their tokens show it.
fn owned(ty: &Type, diagnostics: &mut Diagnostics) {
    match shape::in_option(ty).unwrap_or(ty) {
        Type::Reference(reference) => {
            let instead = match &*reference.elem {
                Type::Slice(slice) => format!("Vec<{}>", shape::written(&slice.elem)),
                inner if shape::last_name(inner).as_deref() == Some("str") => "String".to_owned(),
                inner => shape::written(inner),
            };
            diagnostics.at(
                reference,
                format!("a message owns its values, it borrows none: write `{instead}`"),
            );
        }
        Type::ImplTrait(_) => diagnostics.at(ty, "a field needs a type with a name"),
        Type::Ptr(_) | Type::BareFn(_) | Type::Never(_) | Type::TraitObject(_) => {
            diagnostics.at(ty, format!("JSON has no `{}`", shape::written(ty)));
        }
        _ => {}
    }
}

fn names(variants: &[DataVariant], diagnostics: &mut Diagnostics) {
    let mut known = HashMap::new();
    for variant in variants {
        if let Some(first) = known.insert(&variant.wire_name, &variant.ident) {
            diagnostics.at(
                &variant.ident,
                format!(
                    "`{}` and `{first}` have the same name, {:?}",
                    variant.ident, variant.wire_name
                ),
            );
        }
    }
}

/// All variants are numbers, or none is.
fn choice(variants: &[DataVariant], diagnostics: &mut Diagnostics) {
    let numbered = variants
        .iter()
        .filter(|variant| variant.discriminant.is_some())
        .count();
    for variant in variants {
        match &variant.discriminant {
            Some(value) if numbered < variants.len() => diagnostics.at(
                value,
                format!(
                    "the value of `{}` is this number only if every variant has one: give all of them one, or none",
                    variant.ident
                ),
            ),
            Some(value) if literal_number(value).is_none() => {
                diagnostics.at(value, "the number of a variant is a literal that fits an `i64`");
            }
            Some(_) if variant.options.rename.is_some() => diagnostics.at(
                &variant.options.rename,
                "a variant is a number or a name, not both: leave one of the two out",
            ),
            _ => {}
        }
    }
}

fn union(variants: &[DataVariant], model: &Model, diagnostics: &mut Diagnostics) {
    let container = &model.container;
    let tag = container.tag.as_ref().map(syn::LitStr::value);
    let internal = tag.as_deref().filter(|_| container.content.is_none());
    let mut invalid = 0;
    for variant in variants {
        if let Some(value) = &variant.discriminant {
            diagnostics.at(
                value,
                "a variant beside others with data has no number on the wire",
            );
        }
        match &variant.data {
            VariantData::Unit => {}
            VariantData::Object(fields) => object(fields, internal, container.forbids_extra, diagnostics),
            VariantData::Newtype(field) => {
                value(field, diagnostics);
                if let (Some(tag), true) = (internal, is_no_object(&field.ty)) {
                    diagnostics.at(
                        &field.ty,
                        format!(
                            "`{}` is no object, so there is no place for the key {tag:?} beside it: name the field, or \
                             give `content = \"..\"`",
                            shape::written(&field.ty)
                        ),
                    );
                }
            }
        }
        if let Some(place) = variant.options.invalid {
            invalid += 1;
            if invalid > 1 {
                diagnostics.at_span(place, "one variant answers what is invalid");
            }
            answers(variant, place, diagnostics);
        }
    }
}

/// Types that are no objects, where their tokens show it.
fn is_no_object(ty: &Type) -> bool {
    const NONE: [&str; 22] = [
        "String", "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize", "Vec", "HashSet", "BTreeSet", "Uuid", "Option",
    ];
    match ty {
        Type::Tuple(_) | Type::Array(_) => true,
        _ => shape::last_name(ty).is_some_and(|name| NONE.contains(&&*name)),
    }
}

fn not_invalid(variant: &DataVariant, diagnostics: &mut Diagnostics) {
    if let Some(place) = variant.options.invalid {
        answers(variant, place, diagnostics);
    }
}

/// The variant that answers what is invalid can be made of the errors alone.
fn answers(variant: &DataVariant, place: proc_macro2::Span, diagnostics: &mut Diagnostics) {
    let VariantData::Object(fields) = &variant.data else {
        return diagnostics.at_span(
            place,
            "the answer to what is invalid has a field for the errors: `Invalid { errors: ValidationError }`",
        );
    };
    if !fields.iter().any(is_errors) {
        diagnostics.at_span(
            place,
            "the answer to what is invalid has a field of the type `ValidationError`",
        );
    }
    for field in fields.iter().filter(|field| !is_errors(field)) {
        let is_made =
            shape::in_option(&field.ty).is_some() || field.of.defaults || field.of.options.default.is_some();
        if !is_made {
            diagnostics.at_span(
                field.ty.span(),
                "hangup makes this answer, so every field beside the errors is an `Option` or has a `default`",
            );
        }
    }
}

pub(super) fn is_errors(field: &DataField) -> bool {
    shape::last_name(&field.ty).as_deref() == Some("ValidationError")
}
