//! The value of `gt`, `ge`, `lt`, `le` and `multiple_of`: a literal, or any constant expression.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprLit, ExprUnary, Ident, Lit, LitStr, UnOp, spanned::Spanned};

use crate::diagnostics::Diagnostics;

pub(crate) enum Bound {
    Whole(i128, Span),
    Fraction(f64, Span),
    /// The text of a decimal, which is exact.
    Digits(LitStr),
    Constant(Expr),
}

impl Bound {
    pub(crate) fn read(name: &Ident, value: &Expr, diagnostics: &mut Diagnostics) -> Option<Self> {
        let (literal, sign) = match value {
            Expr::Unary(ExprUnary {
                op: UnOp::Neg(_),
                expr,
                ..
            }) if matches!(**expr, Expr::Lit(_)) => (&**expr, "-"),
            other => (other, ""),
        };
        let Expr::Lit(ExprLit { lit, .. }) = literal else {
            return Some(Self::Constant(value.clone()));
        };
        let place = value.span();
        let bound = match lit {
            Lit::Int(number) => {
                let value = format!("{sign}{}", number.base10_digits()).parse();
                value.ok().map(|value| Self::Whole(value, place))
            }
            Lit::Float(number) => {
                let value = format!("{sign}{}", number.base10_digits()).parse::<f64>();
                let value = value.ok().filter(|value| value.is_finite());
                value.map(|value| Self::Fraction(value, place))
            }
            Lit::Str(text) if sign.is_empty() && is_decimal(&text.value()) => {
                Some(Self::Digits(text.clone()))
            }
            _ => None,
        };
        match &bound {
            None => diagnostics.at(
                value,
                format!("`{name}` is a number: `{name} = 1`, `{name} = 0.5`, or exactly `{name} = \"0.10\"`"),
            ),
            Some(bound) if name == "multiple_of" && bound.as_f64() == Some(0.0) => {
                diagnostics.at(value, "nothing is a multiple of 0");
            }
            Some(_) => {}
        }
        bound
    }

    /// About how large it is, where that can be seen.
    pub(crate) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Whole(value, _) => Some(*value as f64),
            Self::Fraction(value, _) => Some(*value),
            Self::Digits(text) => text.value().parse().ok(),
            Self::Constant(_) => None,
        }
    }

    /// An expression of the type `Number`, for a parameter of the type `ty`.
    pub(crate) fn number(&self, ty: &TokenStream) -> TokenStream {
        match self {
            Self::Whole(value, place) => {
                let mut value = Literal::i128_unsuffixed(*value);
                value.set_span(*place);
                quote_spanned!(*place=> ::hangup::__v1::Number::whole(#value))
            }
            Self::Fraction(value, place) => {
                let value = Literal::f64_unsuffixed(*value);
                quote_spanned!(*place=> ::hangup::__v1::Number::fraction(#value))
            }
            Self::Digits(text) => quote!(::hangup::__v1::Number::digits(#text)),
            Self::Constant(value) => quote_spanned! {value.span()=>
                ::hangup::__v1::Bound::<<#ty as ::hangup::__v1::Parameter>::Inner>(#value).number()
            },
        }
    }

    /// The type that stands for this kind of bound.
    pub(crate) fn kind(&self) -> TokenStream {
        match self {
            Self::Whole(..) | Self::Constant(_) => quote!(::hangup::__v1::fits::Whole),
            Self::Fraction(..) => quote!(::hangup::__v1::fits::Fraction),
            Self::Digits(_) => quote!(::hangup::__v1::fits::Digits),
        }
    }
}

fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}
