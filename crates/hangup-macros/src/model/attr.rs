//! The options: of the whole between the parentheses of `#[model(..)]`, of a variant in `#[model(..)]`, of a field in
//! `#[field(..)]`.

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, DeriveInput, Expr, Ident, LitStr, Token, parse::Parser as _, punctuated::Punctuated,
    spanned::Spanned,
};

use super::case::{CASES, NameCase};
use crate::{
    diagnostics::Diagnostics,
    doc,
    field::Options,
    setting::{self, Setting},
    wording,
};

/// Options of the whole type.
#[derive(Default)]
pub(super) struct Container {
    pub(super) tag: Option<LitStr>,
    pub(super) content: Option<LitStr>,
    pub(super) untagged: Option<Span>,
    pub(super) rename: Option<String>,
    pub(super) variant_case: Option<NameCase>,
    pub(super) field_case: Option<NameCase>,
    pub(super) forbids_extra: bool,
    pub(super) populate_by_name: bool,
    pub(super) is_literal: Option<Span>,
    pub(super) description: String,
    pub(super) examples: Vec<Expr>,
}

const OF_TYPES: [&str; 11] = [
    "tag",
    "content",
    "untagged",
    "rename",
    "rename_all",
    "rename_all_fields",
    "extra",
    "populate_by_name",
    "literal",
    "description",
    "examples",
];

const OTHERS_OF_TYPES: [(&str, &str); 4] = [
    ("discriminator", "tag"),
    ("title", "rename"),
    ("alias_generator", "rename_all"),
    ("deny_unknown_fields", "extra = \"forbid\""),
];

impl Container {
    pub(super) fn read(arguments: TokenStream, input: &DeriveInput, diagnostics: &mut Diagnostics) -> Self {
        let mut container = Self {
            description: doc::text(&input.attrs),
            ..Self::default()
        };
        let is_enum = matches!(input.data, syn::Data::Enum(_));
        let settings = Punctuated::<Setting, Token![,]>::parse_terminated.parse2(arguments);
        let settings = diagnostics.take(settings).into_iter().flatten().collect();
        for setting in setting::once_each(settings, diagnostics) {
            container.add(&setting, is_enum, diagnostics);
        }
        container
    }

    fn add(&mut self, setting: &Setting, is_enum: bool, diagnostics: &mut Diagnostics) {
        let name = &setting.name;
        match &*name.to_string() {
            "tag" => self.tag = setting.text("\"type\"", diagnostics).cloned(),
            "content" => self.content = setting.text("\"data\"", diagnostics).cloned(),
            "untagged" => self.untagged = flag(setting, diagnostics),
            "rename" => self.rename = setting.text("\"Name\"", diagnostics).map(LitStr::value),
            "rename_all" if is_enum => self.variant_case = case(setting, diagnostics),
            "rename_all" => self.field_case = case(setting, diagnostics),
            "rename_all_fields" if is_enum => self.field_case = case(setting, diagnostics),
            "rename_all_fields" => diagnostics.at(
                name,
                "`rename_all_fields` is for the fields of an enum's variants: those of a struct are renamed by `rename_all`",
            ),
            "extra" => match setting.text("\"forbid\"", diagnostics) {
                Some(text) if text.value() == "forbid" => self.forbids_extra = true,
                Some(text) if text.value() == "ignore" => {}
                Some(text) => diagnostics.at(
                    text,
                    "`extra` is `\"forbid\"` or `\"ignore\"`; other keys are kept by a field: `#[field(extra)] others: BTreeMap<String, Value>`",
                ),
                None => {}
            },
            "populate_by_name" => self.populate_by_name = flag(setting, diagnostics).is_some(),
            "literal" => self.is_literal = flag(setting, diagnostics),
            "description" => {
                if let Some(text) = setting.text("\"what it is for\"", diagnostics) {
                    self.description = text.value();
                }
            }
            "examples" => self.examples = examples(setting, diagnostics),
            _ => setting.is_unknown(&OF_TYPES, &OTHERS_OF_TYPES, diagnostics),
        }
    }
}

/// Options of a variant.
#[derive(Default)]
pub(super) struct OfVariant {
    pub(super) rename: Option<LitStr>,
    pub(super) invalid: Option<Span>,
    pub(super) description: String,
}

impl OfVariant {
    pub(super) fn take(attrs: &mut Vec<Attribute>, diagnostics: &mut Diagnostics) -> Self {
        let mut options = Self {
            description: doc::text(attrs),
            ..Self::default()
        };
        for setting in settings(attrs, "model", diagnostics) {
            match &*setting.name.to_string() {
                "rename" => options.rename = setting.text("\"name\"", diagnostics).cloned(),
                "invalid" => options.invalid = flag(&setting, diagnostics),
                "description" => {
                    if let Some(text) = setting.text("\"what it is for\"", diagnostics) {
                        options.description = text.value();
                    }
                }
                _ => setting.is_unknown(
                    &["rename", "invalid", "description"],
                    &[("alias", "rename"), ("name", "rename")],
                    diagnostics,
                ),
            }
        }
        options
    }
}

/// Options of a field.
pub(super) struct OfField {
    pub(super) options: Options,
    pub(super) examples: Vec<Expr>,
    pub(super) correlation: Option<Span>,
    pub(super) required: Option<Span>,
    /// It keeps the keys that nobody knows.
    pub(super) extra: Option<Span>,
    /// `default` without a value.
    pub(super) defaults: bool,
}

impl OfField {
    pub(super) fn take(attrs: &mut Vec<Attribute>, diagnostics: &mut Diagnostics) -> Self {
        let described = doc::text(attrs);
        let (mut rest, mut found) = (Vec::new(), Vec::new());
        for setting in settings(attrs, "field", diagnostics) {
            let is_ours = ["examples", "correlation", "required", "extra"]
                .iter()
                .any(|name| setting.name == name)
                || setting.name == "default" && setting.value.is_none();
            let is_foreign = ["strict", "convert_underscores"]
                .iter()
                .any(|name| setting.name == name);
            if is_foreign {
                diagnostics.at(
                    &setting.name,
                    format!(
                        "`{}` is for parameters: JSON has types, and messages are always read strictly",
                        setting.name
                    ),
                );
            } else if is_ours {
                found.push(setting);
            } else {
                rest.push(setting);
            }
        }
        let mut field = Self {
            options: Options::read(rest, diagnostics),
            examples: Vec::new(),
            correlation: None,
            required: None,
            extra: None,
            defaults: false,
        };
        for setting in found {
            match &*setting.name.to_string() {
                "examples" => field.examples = examples(&setting, diagnostics),
                "correlation" => field.correlation = flag(&setting, diagnostics),
                "required" => field.required = flag(&setting, diagnostics),
                "extra" => field.extra = flag(&setting, diagnostics),
                _ => field.defaults = true,
            }
        }
        if field.options.description.is_none() {
            field.options.description = Some(described).filter(|text| !text.is_empty());
        }
        field
    }
}

/// Takes the attributes of a name out of a list, and reads them.
fn settings(attrs: &mut Vec<Attribute>, name: &str, diagnostics: &mut Diagnostics) -> Vec<Setting> {
    let is_ours = |attr: &Attribute| attr.path().is_ident(name);
    let settings = attrs.iter().filter(|attr| is_ours(attr));
    let settings: Vec<_> = settings.flat_map(|attr| setting::of(attr, diagnostics)).collect();
    attrs.retain(|attr| !is_ours(attr));
    setting::once_each(settings, diagnostics)
}

fn flag(setting: &Setting, diagnostics: &mut Diagnostics) -> Option<Span> {
    setting
        .flag(diagnostics)
        .filter(|is_set| *is_set)
        .map(|_| setting.name.span())
}

fn case(setting: &Setting, diagnostics: &mut Diagnostics) -> Option<NameCase> {
    let text = setting.text("\"snake_case\"", diagnostics)?;
    let case = NameCase::of(&text.value());
    if case.is_none() {
        diagnostics.at(text, format!("there are {}", wording::list(&CASES, "and")));
    }
    case
}

fn examples(setting: &Setting, diagnostics: &mut Diagnostics) -> Vec<Expr> {
    match setting.value("[\"first\", \"second\"]", diagnostics) {
        Some(Expr::Array(values)) => values.elems.iter().cloned().collect(),
        Some(other) => {
            diagnostics.at_span(
                other.span(),
                "`examples` is a list: `examples = [\"first\", \"second\"]`",
            );
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// An attribute that stands where it says nothing.
pub(super) fn stray(attrs: &[Attribute], name: &str, instead: &str, diagnostics: &mut Diagnostics) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
        diagnostics.at(attr, instead);
    }
}

pub(super) fn name_of(ident: &Ident) -> String {
    use syn::ext::IdentExt as _;
    ident.unraw().to_string()
}
