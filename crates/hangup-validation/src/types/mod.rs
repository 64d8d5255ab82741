//! Every type that a value can be parsed into, one subject a file.

mod boolean;
mod choice;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "decimal")]
mod decimal;
#[cfg(feature = "email")]
mod email;
mod float;
mod integer;
mod ip;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "speedate")]
mod temporal;
mod text;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "url")]
mod url;
#[cfg(feature = "uuid")]
mod uuid;

pub use self::choice::{Choice, Choices};
#[cfg(feature = "decimal")]
pub use self::decimal::{Decimal, DecimalKind, ParseDecimalError};
#[cfg(feature = "email")]
pub use self::email::Email;
pub(crate) use self::{
    float::obeys as float_obeys,
    integer::obeys as integer_obeys,
    text::{check as check_text, obeys as text_obeys},
};
