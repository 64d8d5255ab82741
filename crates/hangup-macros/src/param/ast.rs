//! The enum as it is written: its variants, with their attributes and discriminants.

use quote::ToTokens;
use syn::{Data, DeriveInput, Expr, Fields, Ident};

use super::attr::{self, Value};
use crate::diagnostics::Diagnostics;

pub(crate) struct Choices<'i> {
    /// `#[param(literal)]`: Python's `Literal`, not its `Enum`.
    pub(crate) is_literal: bool,
    pub(crate) variants: Vec<Variant<'i>>,
}

pub(crate) struct Variant<'i> {
    pub(crate) name: &'i Ident,
    /// What `rename` or `value` says.
    pub(crate) given: Option<Value>,
    pub(crate) discriminant: Option<&'i Expr>,
}

impl<'i> Choices<'i> {
    pub(crate) fn of(input: &'i DeriveInput, diagnostics: &mut Diagnostics) -> Option<Self> {
        let keyword: &dyn ToTokens = match &input.data {
            Data::Enum(data) => {
                let is_literal = attr::is_literal(&input.attrs, diagnostics);
                for variant in data.variants.iter() {
                    if !matches!(variant.fields, Fields::Unit) {
                        diagnostics.at(
                            &variant.fields,
                            format!(
                                "`{}` stands for one value, so it cannot have fields",
                                variant.ident
                            ),
                        );
                    }
                }
                if data.variants.is_empty() {
                    diagnostics.at(&input.ident, "a parameter needs a value to be: add a variant");
                }
                let variants = data.variants.iter().map(|variant| Variant {
                    name: &variant.ident,
                    given: attr::value(&variant.attrs, diagnostics),
                    discriminant: variant.discriminant.as_ref().map(|(_, value)| value),
                });
                return Some(Self {
                    is_literal,
                    variants: variants.collect(),
                });
            }
            Data::Struct(data) => &data.struct_token,
            Data::Union(data) => &data.union_token,
        };
        diagnostics.at(
            keyword,
            "`Param` can be derived on an enum without fields; for another type implement `hangup::params::Param` by \
             hand, and for a struct of parameters derive `Params`",
        );
        None
    }
}
