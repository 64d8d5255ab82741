//! The type as it is written: its cases, each with its fields and attributes.

use syn::{Attribute, Data, DeriveInput, Fields, Ident};

use crate::diagnostics::Diagnostics;

/// An error type: one case if it is a struct, one per variant if it is an enum.
pub(crate) struct Subject<'i> {
    pub(crate) name: &'i Ident,
    /// Attributes of an enum itself, where `#[close(..)]` says nothing.
    pub(crate) stray_attrs: &'i [Attribute],
    pub(crate) cases: Vec<Case<'i>>,
}

/// A struct, or one variant of an enum.
pub(crate) struct Case<'i> {
    pub(crate) variant: Option<&'i Ident>,
    pub(crate) attrs: &'i [Attribute],
    pub(crate) fields: &'i Fields,
}

impl<'i> Subject<'i> {
    pub(crate) fn of(input: &'i DeriveInput, diagnostics: &mut Diagnostics) -> Option<Self> {
        let (stray_attrs, cases) = match &input.data {
            Data::Struct(data) => {
                let case = Case {
                    variant: None,
                    attrs: &input.attrs,
                    fields: &data.fields,
                };
                (&[] as &[_], vec![case])
            }
            Data::Enum(data) => {
                let cases = data.variants.iter().map(|variant| Case {
                    variant: Some(&variant.ident),
                    attrs: &variant.attrs,
                    fields: &variant.fields,
                });
                (input.attrs.as_slice(), cases.collect())
            }
            Data::Union(data) => {
                diagnostics.at(
                    data.union_token,
                    "`IntoClose` can be derived on a struct or an enum, not on a union",
                );
                return None;
            }
        };
        Some(Self {
            name: &input.ident,
            stray_attrs,
            cases,
        })
    }
}
