//! How often a parameter may come: one value, an optional one. Lists are in `many`, tuples in `tuple`.

use super::sources::{Made, Raw};
use super::{Errors, Field, Invalid, Param, Rules, Sources};

/// A type that a parameter can be declared with: `T`, `Option<T>`, `Vec<T>`, a set or a tuple of [`Param`] types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a parameter type",
    label = "cannot be read from a path, query, header or cookie",
    note = "derive `Param` on a field-less enum, or implement `hangup::params::Param` by hand",
    note = "`Option<T>`, `Vec<T>`, sets and tuples of such types are parameter types too"
)]
pub trait Parameter: Sized {
    /// The type inside of `Option`, else the type itself.
    type Inner;

    /// Reads the parameter that `reader` stands for. Adds every error to the reader's list.
    fn read(reader: &mut Reader<'_, '_>) -> Reading<Self>;

    /// What an absent parameter is without a default: `None` of an `Option`, else nothing.
    fn absent() -> Option<Self> {
        None
    }
}

/// What became of one parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading<T> {
    /// The request does not have it.
    Absent,
    /// It has it, and it is wrong: errors were added.
    Invalid,
    /// Here it is.
    Valid(T),
}

/// One parameter being read: its declaration, the request, and the list of errors.
#[derive(Debug)]
pub struct Reader<'a, 'r> {
    pub(super) field: &'a Field,
    pub(super) sources: &'a Sources<'r>,
    pub(super) errors: &'a mut Errors,
}

impl<'a, 'r> Reader<'a, 'r> {
    pub(super) fn new(field: &'a Field, sources: &'a Sources<'r>, errors: &'a mut Errors) -> Self {
        Self {
            field,
            sources,
            errors,
        }
    }
}

impl<T: Param> Parameter for T {
    type Inner = T;

    fn read(reader: &mut Reader<'_, '_>) -> Reading<T> {
        let Some(raw) = reader.sources.one(reader.field) else {
            return Reading::Absent;
        };
        match parse(raw, &reader.field.rules) {
            Ok(value) => Reading::Valid(value),
            Err(invalid) => {
                reader.errors.at(reader.field, invalid, raw.input());
                Reading::Invalid
            }
        }
    }
}

/// Parses one value by these rules.
pub(super) fn parse<T: Param>(raw: Raw<'_>, rules: &Rules) -> Result<T, Invalid> {
    if T::IS_TEXT && raw.made() != Made::Text {
        return Err(Invalid::string_type());
    }
    T::parse_cow(raw.decode(), rules)
}

impl<T: Parameter> Parameter for Option<T> {
    type Inner = T::Inner;

    fn read(reader: &mut Reader<'_, '_>) -> Reading<Self> {
        match T::read(reader) {
            Reading::Absent => Reading::Absent,
            Reading::Invalid => Reading::Invalid,
            Reading::Valid(value) => Reading::Valid(Some(value)),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}
