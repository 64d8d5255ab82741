//! The text of a doc comment.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// All lines of `///`, without the space that follows the slashes.
pub(crate) fn text(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => match &doc.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(line), ..
            }) => Some(line.value()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<_> = lines
        .flat_map(|text| text.split('\n').map(without_space).collect::<Vec<_>>())
        .collect();
    lines.join("\n").trim().to_owned()
}

fn without_space(line: &str) -> String {
    line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned()
}
