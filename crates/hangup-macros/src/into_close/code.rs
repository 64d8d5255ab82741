//! The close code of `#[close(..)]`: a number, one of the names of `CloseCode`, or a constant of the user's own.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprLit, ExprPath, ExprUnary, Ident, Lit, UnOp};

use crate::{diagnostics::Diagnostics, wording};

/// The constants of `hangup::CloseCode`.
const NAMES: [&str; 15] = [
    "NORMAL_CLOSURE",
    "GOING_AWAY",
    "PROTOCOL_ERROR",
    "UNSUPPORTED_DATA",
    "INVALID_PAYLOAD",
    "POLICY_VIOLATION",
    "MESSAGE_TOO_BIG",
    "MANDATORY_EXTENSION",
    "INTERNAL_ERROR",
    "SERVICE_RESTART",
    "TRY_AGAIN_LATER",
    "BAD_GATEWAY",
    "UNAUTHORIZED",
    "FORBIDDEN",
    "TIMEOUT",
];

/// Names that FastAPI and RFC 6455's registry give to the same codes.
const OTHER_NAMES: [(&str, &str); 9] = [
    ("WS_1000_NORMAL_CLOSURE", "NORMAL_CLOSURE"),
    ("WS_1001_GOING_AWAY", "GOING_AWAY"),
    ("WS_1002_PROTOCOL_ERROR", "PROTOCOL_ERROR"),
    ("WS_1003_UNSUPPORTED_DATA", "UNSUPPORTED_DATA"),
    ("WS_1007_INVALID_FRAME_PAYLOAD_DATA", "INVALID_PAYLOAD"),
    ("WS_1008_POLICY_VIOLATION", "POLICY_VIOLATION"),
    ("WS_1009_MESSAGE_TOO_BIG", "MESSAGE_TOO_BIG"),
    ("WS_1010_MANDATORY_EXT", "MANDATORY_EXTENSION"),
    ("WS_1011_INTERNAL_ERROR", "INTERNAL_ERROR"),
];

/// Names of what is only ever reported, never sent.
const NEVER_SENT: [(&str, u16); 3] = [("NO_STATUS", 1005), ("ABNORMAL", 1006), ("TLS_HANDSHAKE", 1015)];

/// An expression of the type `CloseCode`.
pub(crate) fn check(code: &Expr, diagnostics: &mut Diagnostics) -> Option<TokenStream> {
    match code {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => match number.base10_parse::<u16>() {
            Ok(value) if may_be_sent(value) => {
                Some(quote_spanned!(number.span()=> ::hangup::__v1::CloseCode::of::<#value>()))
            }
            _ => {
                may_not_be_sent(code, number.base10_digits(), diagnostics);
                None
            }
        },
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => {
            let digits = match &**expr {
                Expr::Lit(ExprLit {
                    lit: Lit::Int(number),
                    ..
                }) => format!("-{}", number.base10_digits()),
                _ => "a negative number".to_owned(),
            };
            may_not_be_sent(code, &digits, diagnostics);
            None
        }
        Expr::Lit(_) => {
            diagnostics.at(
                code,
                "a close code is a whole number such as `4001`, or a name such as `POLICY_VIOLATION`",
            );
            None
        }
        Expr::Path(ExprPath { path, .. }) => match path.get_ident() {
            Some(name) => named(name, diagnostics),
            None => Some(quote!(#code)),
        },
        _ => Some(quote!(#code)),
    }
}

fn named(name: &Ident, diagnostics: &mut Diagnostics) -> Option<TokenStream> {
    let written = name.to_string();
    if NAMES.contains(&&*written) {
        return Some(quote_spanned!(name.span()=> ::hangup::__v1::CloseCode::#name));
    }
    if let Some((_, number)) = NEVER_SENT.iter().find(|(never, _)| *never == written) {
        may_not_be_sent(name, &number.to_string(), diagnostics);
        return None;
    }
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == written);
    let meant = other
        .map(|(_, meant)| *meant)
        .or_else(|| wording::nearest(&written, &NAMES));
    match meant {
        Some(meant) => {
            diagnostics.at(
                name,
                format!("there is no close code with the name `{written}`; did you mean `{meant}`?"),
            );
            None
        }
        None if written == "hidden" => {
            diagnostics.at(
                name,
                "the close code comes first: `#[close(INTERNAL_ERROR, hidden)]`",
            );
            None
        }
        None => Some(quote_spanned!(name.span()=> #name)),
    }
}

/// RFC 6455, 7.4: the codes that a Close frame may carry.
fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

fn may_not_be_sent(place: impl ToTokens, number: &str, diagnostics: &mut Diagnostics) {
    let what = match number {
        "1005" => " (it means that a Close frame had no code)",
        "1006" => " (it means that there was no Close frame)",
        "1015" => " (it means that the TLS handshake failed)",
        _ => "",
    };
    diagnostics.at(
        place,
        format!(
            "close code {number} may not be sent{what}; use 1000-1003, 1007-1014 or 3000-4999, of which 4000-4999 \
             are yours to define"
        ),
    );
}
