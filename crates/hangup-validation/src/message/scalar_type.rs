//! What a schema knows of an integer, and of text in a format.

use crate::invalid::Invalid;
use crate::rules::Rules;

/// An integer type of Rust.
#[derive(Debug, Clone, Copy)]
pub struct IntegerType {
    /// The least value.
    pub min: i128,
    /// The greatest value.
    pub max: u128,
    /// Checks the digits by rules and limits.
    pub check: fn(&str, &Rules) -> Result<(), Invalid>,
}

/// A type that is read from a string, or from a number.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The `format` of JSON Schema, such as `uuid`; empty where there is none.
    pub name: &'static str,
    /// Whether a number will do as well.
    pub takes_numbers: bool,
    /// What a value of another JSON type is answered with.
    pub wrong_type: fn() -> Invalid,
    /// Checks the text by rules.
    pub check: fn(&str, &Rules) -> Result<(), Invalid>,
}
