//! What is wrong with the attributes of an error type, and what is right.

use proc_macro2::TokenStream;
use syn::{Ident, Member};

use super::{
    ast::{Case, Subject},
    attr::{CloseAttr, Found, ReasonAttr},
    code,
    reason::{self, Reason},
};
use crate::diagnostics::Diagnostics;

/// How one case closes.
pub(crate) struct Closing<'i> {
    pub(crate) variant: Option<&'i Ident>,
    pub(crate) way: Way,
}

pub(crate) enum Way {
    Close {
        /// An expression of the type `CloseCode`.
        code: TokenStream,
        reason: Reason,
    },
    /// As this field, which is an error.
    Field(Member),
}

/// How every case closes; those with a mistake are left out.
pub(crate) fn closings<'i>(subject: &Subject<'i>, diagnostics: &mut Diagnostics) -> Vec<Closing<'i>> {
    for attr in subject.stray_attrs {
        if attr.path().is_ident("close") {
            diagnostics.at(
                attr,
                "an enum says per variant how it closes: move this above a variant",
            );
        }
    }
    for field in subject.cases.iter().flat_map(|case| case.fields) {
        for attr in &field.attrs {
            if attr.path().is_ident("close") {
                diagnostics.at(
                    attr,
                    "a field does not close: move this above the variant or the struct",
                );
            }
        }
    }
    let cases = subject.cases.iter();
    cases
        .filter_map(|case| closing(subject.name, case, diagnostics))
        .collect()
}

fn closing<'i>(name: &Ident, case: &Case<'i>, diagnostics: &mut Diagnostics) -> Option<Closing<'i>> {
    let attr = match CloseAttr::find(case.attrs, diagnostics) {
        Found::One(attr) => attr,
        Found::Missing => {
            let (place, called) = match case.variant {
                Some(variant) => (variant, format!("{name}::{variant}")),
                None => (name, name.to_string()),
            };
            diagnostics.at(
                place,
                format!(
                    "`{called}` does not say how it closes: put `#[close(4001, \"its reason\")]`, \
                     `#[close(POLICY_VIOLATION)]` or `#[close(INTERNAL_ERROR, hidden)]` above it"
                ),
            );
            return None;
        }
        Found::Wrong => return None,
    };
    let way = match &attr {
        CloseAttr::Code(code, reason) => {
            let code = code::check(code, diagnostics);
            let reason = match reason {
                ReasonAttr::Display => Some(Reason::Display),
                ReasonAttr::Hidden => Some(Reason::Hidden),
                ReasonAttr::Literal(literal) => reason::check(literal, case.fields, diagnostics),
            };
            Way::Close {
                code: code?,
                reason: reason?,
            }
        }
        CloseAttr::Transparent(word) => {
            let mut members = case.fields.members();
            match (members.next(), members.next()) {
                (Some(member), None) => Way::Field(member),
                _ => {
                    diagnostics.at(
                        word,
                        "`transparent` closes as the only field does, which is an error: there must be exactly one field",
                    );
                    return None;
                }
            }
        }
    };
    Some(Closing {
        variant: case.variant,
        way,
    })
}
