//! Typed messages: models, their schemas, and every error of a message at once.

mod containers;
mod ends;
mod error;
mod excerpt;
mod formats;
mod json_schema;
mod label;
mod model;
mod read;
mod scalars;
mod schema;
#[cfg(test)]
mod tests;
mod text;
mod untyped;
mod walk;
mod words;

pub use self::{
    error::JsonError,
    json_schema::{Dialect, JsonSchemas},
    model::{Model, Written},
    read::read_json,
    schema::{
        Alternative, Format, IntegerType, Member, Object, OtherKeys, RulesOf, Schema, SchemaOf, Shape,
        Tagging, Union,
    },
    untyped::from_json,
};
