//! Typed messages: models, their schemas, and every error of a message at once.

mod containers;
mod formats;
mod json_schema;
mod model;
mod scalars;
mod schema;

pub use self::{
    json_schema::{Dialect, JsonSchemas},
    model::{Model, Written},
    schema::{
        Alternative, Format, IntegerType, Member, Object, OtherKeys, RulesOf, Schema, SchemaOf, Shape,
        Tagging, Union,
    },
};
