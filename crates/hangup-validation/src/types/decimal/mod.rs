//! Decimals: the number, its text, its comparisons, and its rules as a parameter.

mod arithmetic;
mod check;
mod convert;
mod number;
mod parse;

pub use self::number::{Decimal, DecimalKind};
pub use self::parse::ParseDecimalError;
