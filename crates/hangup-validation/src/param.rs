//! One value from its text: the trait that a user's own type implements.

use std::borrow::Cow;

use serde_json::Value;

use crate::invalid::Invalid;
use crate::json;
use crate::rules::Rules;

/// A type that one value of a path, query, header or cookie can be parsed into.
///
/// Implemented for integers, floats, `bool`, `String`, `char`, IP addresses and, with features, UUIDs, URLs, e-mail
/// addresses, decimals, dates and times. `#[derive(Param)]` implements it for a field-less enum.
///
/// ```
/// use hangup_validation::{Invalid, Param, Rules};
///
/// struct Room(String);
///
/// impl Param for Room {
///     fn parse(text: &str, _: &Rules) -> Result<Self, Invalid> {
///         match text.strip_prefix('#') {
///             Some(name) => Ok(Room(name.to_owned())),
///             None => Err(Invalid::new("room_parsing", "Input should be a room, starting with #")),
///         }
///     }
/// }
/// ```
///
/// `Vec<Room>`, `Option<Room>` and the like then work too. A type that applies an option (`ge`, `min_length`, ..) also
/// implements the marker of that option, see [`fits`](super::fits).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a parameter type",
    label = "cannot be parsed from one value of a request",
    note = "derive `Param` on a field-less enum, or implement `hangup::params::Param` by hand",
    note = "some types need a feature of hangup: `uuid`, `url`, `email`, `decimal`, `speedate`, `chrono`, `jiff`, `time`"
)]
pub trait Param: Sized {
    /// Parses and checks one value.
    ///
    /// # Errors
    ///
    /// What is wrong with `text`, in pydantic's form. The caller adds its place (`loc`) and the `input`.
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid>;

    /// As [`parse`](Self::parse), for a type that can keep a decoded `String` without a second allocation.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    fn parse_cow(text: Cow<'_, str>, rules: &Rules) -> Result<Self, Invalid> {
        Self::parse(&text, rules)
    }

    /// What a value looks like, as JSON Schema (draft-07), for documents. Default: a string.
    fn json_schema(rules: &Rules) -> Value {
        let _ = rules;
        json::text_in("")
    }

    /// The value as JSON, where a document shows it as a default. Default: it shows none.
    fn to_json(&self) -> Option<Value> {
        None
    }

    /// Whether the type is text itself, and so refuses what a path convertor made a number.
    #[doc(hidden)]
    const IS_TEXT: bool = false;
}
