//! One declared parameter: where it comes from, its options, and how it is read. Used by every macro that has
//! parameters.

mod bound;
mod check;
mod declared;
mod default;
mod expand;
mod options;
mod wire_names;

use syn::{Attribute, Expr, ExprLit, ExprUnary, Ident, Lit, Type, UnOp};

pub(crate) use self::check::{is_token, satisfiable};
pub(crate) use self::declared::{Field, Kind, Member, Source};
pub(crate) use self::default::adapted;
pub(crate) use self::expand::{Reading, description, fits, reading};
pub(crate) use self::options::{Options, RuleKind};
pub(crate) use self::wire_names::check_wire_names;
use crate::{
    diagnostics::Diagnostics,
    doc,
    setting::{self, Setting},
    wording,
};

/// The attributes that make a parameter of an argument or of a field.
pub(crate) const MARKERS: [&str; 5] = ["path", "query", "header", "cookie", "params"];

/// `#[param(path)]` in a struct, where the compiler keeps `#[path]` for itself.
const IN_STRUCTS: &str = "param";

/// The attribute that says what a parameter is; a second one is a mistake.
pub(crate) fn marker<'a>(attrs: &'a [Attribute], diagnostics: &mut Diagnostics) -> Option<&'a Attribute> {
    let mut markers = attrs.iter().filter(|attr| is_marker(attr));
    let first = markers.next();
    for more in markers {
        diagnostics.at(
            more,
            format!(
                "a parameter comes from one place: {}",
                wording::list(&MARKERS, "or")
            ),
        );
    }
    first
}

pub(crate) fn is_marker(attr: &Attribute) -> bool {
    MARKERS.iter().any(|marker| attr.path().is_ident(marker)) || attr.path().is_ident(IN_STRUCTS)
}

/// Reads and checks the parameter that `marker` declares.
pub(crate) fn member(
    marker: &Attribute,
    attrs: &[Attribute],
    name: &Ident,
    ty: &Type,
    diagnostics: &mut Diagnostics,
) -> Member {
    let mut settings = setting::of(marker, diagnostics);
    let source = if marker.path().is_ident(IN_STRUCTS) {
        Some(source_in_struct(marker, &mut settings, diagnostics))
    } else {
        let mut sources = Source::ALL.into_iter();
        sources.find(|source| marker.path().is_ident(source.name()))
    };
    let kind = match source {
        Some(source) => {
            let mut options = Options::read(settings, diagnostics);
            if options.description.is_none() {
                options.description = Some(doc::text(attrs)).filter(|text| !text.is_empty());
            }
            check::field(source, &options, name, ty, diagnostics);
            Kind::Field(Box::new(Field {
                name: name.clone(),
                source,
                options,
            }))
        }
        None => {
            check::group(marker, ty, diagnostics);
            Kind::Group
        }
    };
    Member { ty: ty.clone(), kind }
}

/// The first word of `#[param(path, ..)]`.
fn source_in_struct(
    marker: &Attribute,
    settings: &mut Vec<Setting>,
    diagnostics: &mut Diagnostics,
) -> Source {
    let is_word = |setting: &Setting| setting.value.is_none();
    let word = settings
        .first()
        .filter(|first| is_word(first))
        .map(|first| first.name.to_string());
    let mut sources = Source::ALL.into_iter();
    let source = word.and_then(|word| sources.find(|source| source.name() == word));
    if source.is_some() {
        settings.remove(0);
    }
    match source {
        Some(Source::Path) => {}
        Some(other) => diagnostics.at(marker, format!(
                "in a struct, too, {} parameters are marked `#[{0}]`: only `#[path]` is the compiler's own",
                other.name()
            )),
        None => diagnostics.at(
            marker,
            "`#[param(path)]` is the only form of this attribute at a field: the other sources are `#[query]`, \
             `#[header]` and `#[cookie]`",
        ),
    }
    source.unwrap_or(Source::Path)
}

/// A literal whole number, where it fits an `i64`.
pub(crate) fn literal_number(value: &Expr) -> Option<i64> {
    let (literal, sign) = match value {
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => (&**expr, "-"),
        other => (other, ""),
    };
    match literal {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => format!("{sign}{}", number.base10_digits()).parse().ok(),
        _ => None,
    }
}
