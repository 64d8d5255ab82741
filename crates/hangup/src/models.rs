//! Typed messages: models, their schemas, and every error of a message at once.

#[doc(inline)]
pub use hangup_validation::message::{
    Alternative, Dialect, Format, IntegerType, JsonSchemas, Member, Model, Object, OtherKeys, RulesOf,
    Schema, SchemaOf, Shape, Tagging, Union, Written, correlation_of, from_json, read_json,
};
