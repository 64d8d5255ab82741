//! Typed messages: models, their schemas, and every error of a message at once.

mod buffered;
mod containers;
mod correlation;
mod documentation;
mod ends;
mod error;
mod escapes;
mod excerpt;
mod formats;
mod json_bounds;
mod json_schema;
mod label;
mod members;
mod model;
mod read;
mod scalar_type;
mod scalars;
mod schema;
mod structure;
mod tagging;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod untyped;
mod validation_error;
mod variants;
mod walk;
mod words;

pub use self::{
    correlation::correlation_of,
    error::JsonError,
    json_schema::{Dialect, JsonSchemas},
    model::{Model, Written},
    read::read_json,
    scalar_type::{Format, IntegerType},
    schema::{Alternative, Member, Object, OtherKeys, Schema, SchemaOf, Shape, Union},
    tagging::Tagging,
    untyped::from_json,
};
pub use crate::rules::RulesOf;

/// What `#[hangup::model]` expands to, and hangup's encodings, name these; no part of the public interface.
#[doc(hidden)]
pub mod made {
    pub use super::buffered::{deserialize_model, within_bound};
    pub use super::members::{
        OtherMembers, ReadMembers, from_value, next_member, next_place, next_place_or_key, read_choice,
        read_object, required, skip_member, to_json, unknown_member, write_choice,
    };
    pub use super::variants::{UnionModel, read_adjacent, read_external, read_internal, read_untagged};
}
