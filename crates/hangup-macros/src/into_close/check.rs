//! What is wrong with the attributes of an error type, and what is right.

use proc_macro2::TokenStream;
use syn::{Attribute, Ident, LitStr, Member, Token, Type, parse::ParseStream};

use super::{
    ast::{Case, Subject},
    attr::{CloseAttr, Found, ReasonAttr},
    code,
    reason::{self, Reason},
};
use crate::{diagnostics::Diagnostics, doc};

/// How one case closes.
pub(crate) struct Closing<'i> {
    pub(crate) variant: Option<&'i Ident>,
    pub(crate) way: Way,
    /// The text of `#[error("..")]` with its placeholders, where thiserror's derive stands beside.
    pub(crate) display: Option<String>,
    /// The doc comment.
    pub(crate) documentation: String,
}

pub(crate) enum Way {
    Close {
        /// An expression of the type `CloseCode`.
        code: TokenStream,
        reason: Reason,
    },
    /// As this field, which is an error, of this type.
    Field(Member, Type),
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
            let mut fields = case.fields.members().zip(case.fields);
            match (fields.next(), fields.next()) {
                (Some((member, field)), None) => Way::Field(member, field.ty.clone()),
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
        display: display(case.attrs),
        documentation: doc::text(case.attrs),
    })
}

/// The text of thiserror's `#[error("..")]`.
fn display(attrs: &[Attribute]) -> Option<String> {
    let attr = attrs.iter().find(|attr| attr.path().is_ident("error"))?;
    let text = attr.parse_args_with(|input: ParseStream<'_>| {
        let text: LitStr = input.parse()?;
        // Arguments may follow.
        input.parse::<Option<Token![,]>>()?;
        input.parse::<TokenStream>()?;
        Ok(text)
    });
    text.ok().map(|text| text.value())
}
