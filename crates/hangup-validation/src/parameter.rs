//! Reading one parameter: a single value, or an optional one. Lists are in `many`, tuples in `tuple`.

use serde_json::Value;

use crate::errors::Errors;
use crate::field::Field;
use crate::invalid::Invalid;
use crate::param::Param;
use crate::rules::Rules;
use crate::sources::{Made, Raw, Sources};

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

    /// Reads the parameter that `reader` stands for.
    ///
    /// # Errors
    ///
    /// Every error was added to the reader's list.
    fn read(reader: &mut Reader<'_, '_>) -> Reading<Self>;

    /// What the parameter looks like, as JSON Schema (draft-07), for documents.
    fn schema(rules: &Rules) -> Value;

    /// The value as JSON, where a document shows it as a default.
    fn as_default(&self) -> Option<Value>;

    /// What an absent parameter is without a default: `None` of an `Option`, else nothing.
    fn absent() -> Option<Self> {
        None
    }
}

/// The result for one parameter: its value, or `None` if the request does not have it.
pub type Reading<T> = Result<Option<T>, Reported>;

/// The parameter is invalid, and its errors were added to the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported(());

/// One parameter being read: its declaration, the request, and the list of errors.
#[derive(Debug)]
pub struct Reader<'a, 'r> {
    pub(super) field: &'a Field,
    pub(super) sources: &'a Sources<'r>,
    errors: &'a mut Errors,
}

impl Reader<'_, '_> {
    /// Adds an error at the parameter.
    pub(super) fn report(&mut self, invalid: Invalid, input: Value) -> Reported {
        self.errors.at(self.field, invalid, input);
        Reported(())
    }

    /// Adds an error at one entry of a list.
    pub(super) fn report_at(&mut self, index: usize, invalid: Invalid, input: Value) -> Reported {
        self.errors.at_index(self.field, index, invalid, input);
        Reported(())
    }

    /// Removes every error that was added since there were `count`.
    pub(super) fn retract(&mut self, count: usize) {
        self.errors.truncate(count);
    }

    /// How many errors the request has so far.
    pub(super) fn error_count(&self) -> usize {
        self.errors.len()
    }
}

impl Field {
    /// Reads a parameter that has no default. Absent means `missing`, or `None` for an `Option`.
    ///
    /// `None` means that at least one error was added to `errors`.
    pub fn read<T: Parameter>(&self, sources: &Sources<'_>, errors: &mut Errors) -> Option<T> {
        let value = self.look_up(sources, errors).ok()?;
        let value = value.or_else(T::absent);
        if value.is_none() {
            errors.missing(self);
        }
        value
    }

    /// Reads a parameter with a default, which is made only if the parameter is absent, and never validated.
    ///
    /// `None` means that at least one error was added to `errors`.
    pub fn read_or<T: Parameter>(
        &self,
        sources: &Sources<'_>,
        errors: &mut Errors,
        default: impl FnOnce() -> T,
    ) -> Option<T> {
        let value = self.look_up(sources, errors).ok()?;
        Some(value.unwrap_or_else(default))
    }

    fn look_up<T: Parameter>(&self, sources: &Sources<'_>, errors: &mut Errors) -> Reading<T> {
        T::read(&mut Reader {
            field: self,
            sources,
            errors,
        })
    }
}

impl<T: Param> Parameter for T {
    type Inner = T;

    fn read(reader: &mut Reader<'_, '_>) -> Reading<T> {
        let Some(raw) = reader.sources.one(reader.field) else {
            return Ok(None);
        };
        match parse(raw, &reader.field.rules) {
            Ok(value) => Ok(Some(value)),
            Err(invalid) => Err(reader.report(invalid, raw.input())),
        }
    }

    fn schema(rules: &Rules) -> Value {
        T::json_schema(rules)
    }

    fn as_default(&self) -> Option<Value> {
        self.to_json()
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
        Ok(T::read(reader)?.map(Some))
    }

    fn schema(rules: &Rules) -> Value {
        T::schema(rules)
    }

    fn as_default(&self) -> Option<Value> {
        self.as_ref()?.as_default()
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}
