//! Parameters that are found by the same name in the same place.

use syn::Ident;

use super::{Kind, Member, Source};
use crate::diagnostics::Diagnostics;

/// Reports each parameter whose name in the request another one has already.
pub(crate) fn check_wire_names<'m>(
    members: impl Iterator<Item = (&'m Ident, &'m Member)>,
    diagnostics: &mut Diagnostics,
) {
    let mut taken: Vec<(Source, String, &Ident)> = Vec::new();
    for (name, member) in members {
        let Kind::Field(field) = &member.kind else {
            continue;
        };
        let wire_name = field.wire_name();
        let is_same = |other: &str| match field.source {
            // The names of header fields have no case (RFC 9110, section 5.1).
            Source::Header => other.eq_ignore_ascii_case(&wire_name),
            Source::Path | Source::Query | Source::Cookie => other == wire_name,
        };
        let first = taken
            .iter()
            .find(|(source, other, _)| *source == field.source && is_same(other));
        match first {
            Some((source, _, first)) => diagnostics.at(
                name,
                format!(
                    "`{first}` takes the {} parameter `{wire_name}` already: give one of the two another name, or \
                     another `alias`",
                    source.name()
                ),
            ),
            None => taken.push((field.source, wire_name, name)),
        }
    }
}
