//! How an endpoint can end: the closes of the framework under its settings, and those that the endpoint declares.

use serde_json::Value;

use super::{framework, possible_end::PossibleEnd};
use crate::{endpoint::Outline, settings::Resolved};

/// All closes of an endpoint by their codes, as `x-close-codes`.
pub(super) fn of(outline: &Outline, settings: &Resolved) -> Value {
    let mut endings: Vec<_> = framework::closes(outline, settings)
        .into_iter()
        .chain(outline.declared_closes().iter().map(PossibleEnd::declared))
        .filter_map(|ending| ending.under(settings.refusal))
        .collect();
    endings.sort_by_key(|ending| ending.code);
    endings
        .iter()
        .map(PossibleEnd::to_json)
        .collect::<Vec<_>>()
        .into()
}
