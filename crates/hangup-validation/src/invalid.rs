//! Why one value was refused, and the errors that pydantic reports, each made in one place.

use std::borrow::Cow;
use std::fmt::Display;

use serde_json::Value;

use crate::ctx::Ctx;
use crate::rules::Constraint;

/// Why one value was refused: pydantic's `type`, `msg` and `ctx`.
#[doc(alias = "PydanticCustomError")]
#[derive(Debug, Clone, PartialEq)]
pub struct Invalid {
    pub(super) kind: Cow<'static, str>,
    pub(super) msg: Cow<'static, str>,
    pub(super) ctx: Ctx,
}

impl Invalid {
    /// An error of the given `type` and `msg`, without `ctx`.
    pub fn new(kind: impl Into<Cow<'static, str>>, msg: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: kind.into(),
            msg: msg.into(),
            ctx: Ctx::new(),
        }
    }

    /// What pydantic reports for a `ValueError` that a validator raised: type `value_error`, message
    /// `Value error, ...`, and an empty object as `ctx.error`.
    pub fn value_error(error: impl Display) -> Self {
        Self::new("value_error", format!("Value error, {error}"))
            .with_ctx("error", Value::Object(Default::default()))
    }

    /// Adds one entry to `ctx`.
    #[must_use]
    pub fn with_ctx(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.ctx.push(key, value);
        self
    }
}

impl Invalid {
    pub(super) fn missing() -> Self {
        Self::new("missing", "Field required")
    }

    /// A parsing error whose message ends in the parser's own words, which are `ctx.error` too.
    #[cfg(any(feature = "uuid", feature = "url", feature = "speedate"))]
    pub(super) fn parsing(kind: &'static str, expected: &'static str, error: impl Display) -> Self {
        let error = error.to_string();
        Self::new(kind, format!("Input should be {expected}, {error}")).with_ctx("error", error)
    }

    pub(super) fn string_type() -> Self {
        Self::new("string_type", "Input should be a valid string")
    }

    pub(super) fn finite_number() -> Self {
        Self::new("finite_number", "Input should be a finite number")
    }

    /// `strict` refuses what a class's own instances alone would pass.
    pub(super) fn is_instance_of(class: &'static str) -> Self {
        Self::new(
            "is_instance_of",
            format!("Input should be an instance of {class}"),
        )
        .with_ctx("class", class)
    }

    pub(super) fn string_too_short(min: usize) -> Self {
        let msg = format!("String should have at least {min} character{}", plural(min));
        Self::new("string_too_short", msg).with_ctx("min_length", min)
    }

    pub(super) fn string_too_long(max: usize) -> Self {
        let msg = format!("String should have at most {max} character{}", plural(max));
        Self::new("string_too_long", msg).with_ctx("max_length", max)
    }

    pub(super) fn pattern_mismatch(pattern: &'static str) -> Self {
        Self::new(
            "string_pattern_mismatch",
            format!("String should match pattern '{pattern}'"),
        )
        .with_ctx("pattern", pattern)
    }

    pub(super) fn too_short(field_type: &'static str, min: usize, actual: usize) -> Self {
        let msg = format!(
            "{field_type} should have at least {min} item{} after validation, not {actual}",
            plural(min)
        );
        Self::new("too_short", msg)
            .with_ctx("field_type", field_type)
            .with_ctx("min_length", min)
            .with_ctx("actual_length", actual)
    }

    /// Of a set pydantic does not say how many there are (`None`), since it stops at the first too many.
    pub(super) fn too_long(field_type: &'static str, max: usize, actual: Option<usize>) -> Self {
        let than = actual.map_or_else(|| "more".to_owned(), |actual| actual.to_string());
        let msg = format!(
            "{field_type} should have at most {max} item{} after validation, not {than}",
            plural(max)
        );
        Self::new("too_long", msg)
            .with_ctx("field_type", field_type)
            .with_ctx("max_length", max)
            .with_ctx("actual_length", actual)
    }

    /// A broken `gt`, `ge`, `lt`, `le` or `multiple_of`: the bound as text, and as it is in `ctx`.
    pub(super) fn bound(constraint: Constraint, text: impl Display, value: impl Into<Value>) -> Self {
        let (kind, key, words) = match constraint {
            Constraint::MultipleOf => ("multiple_of", "multiple_of", "a multiple of"),
            Constraint::Le => ("less_than_equal", "le", "less than or equal to"),
            Constraint::Lt => ("less_than", "lt", "less than"),
            Constraint::Ge => ("greater_than_equal", "ge", "greater than or equal to"),
            Constraint::Gt => ("greater_than", "gt", "greater than"),
        };
        Self::new(kind, format!("Input should be {words} {text}")).with_ctx(key, value)
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
