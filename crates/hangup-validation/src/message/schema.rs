//! `Schema`: what is known of a message type before any message, as static data.

use serde_json::Value;

use super::documentation::Documentation;
use super::scalar_type::{Format, IntegerType};
use super::tagging::Tagging;
use crate::invalid::Invalid;
use crate::rules::{Rules, RulesOf};
use crate::types::Choices;

/// Gives the schema of a type. A function, so that a type may hold itself.
pub type SchemaOf = fn() -> &'static Schema;

/// What is known of a type: its shape, its name and its doc comment. [`Model::schema`](super::Model::schema) gives it.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    shape: Shape,
    name: &'static str,
    identity: Option<fn() -> &'static str>,
    documentation: Documentation,
}

impl Schema {
    /// Of a shape alone: a type that has no definition of its own in a document.
    #[must_use]
    pub const fn new(shape: Shape) -> Self {
        Self {
            shape,
            name: "",
            identity: None,
            documentation: Documentation::NONE,
        }
    }

    /// Names it: a document defines it once. `identity`, `type_name::<Self>`, tells types of one name apart.
    #[must_use]
    pub const fn named(mut self, name: &'static str, identity: fn() -> &'static str) -> Self {
        self.name = name;
        self.identity = Some(identity);
        self
    }

    /// Says what it is.
    #[must_use]
    pub const fn described(mut self, text: &'static str) -> Self {
        self.documentation.description = text;
        self
    }

    /// Shows values of it.
    #[must_use]
    pub const fn examples_from(mut self, examples: fn() -> Vec<Value>) -> Self {
        self.documentation.examples = Some(examples);
        self
    }

    /// The shape.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The name of the type; empty for a type without a definition of its own.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What tells it from another type of the same name.
    #[must_use]
    pub fn identity(&self) -> Option<&'static str> {
        self.identity.map(|identity| identity())
    }

    /// The doc comment.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.documentation.description
    }

    /// Values of it, as JSON.
    #[must_use]
    pub fn examples(&self) -> Vec<Value> {
        self.documentation.examples()
    }
}

/// The shape of a JSON value.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Shape {
    /// Any value: `serde_json::Value`.
    Any,
    /// `null`: `()`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number without a fraction and an exponent, within the limits of its Rust type.
    Integer(IntegerType),
    /// A number.
    Float,
    /// A string.
    Text,
    /// A string of one character.
    Character,
    /// A string, or a number, in a format of its own: dates, UUIDs, decimals.
    Formatted(Format),
    /// One of a few values: an enum without data.
    Choice(&'static Choices),
    /// A value or `null`: `Option<T>`.
    Nullable(SchemaOf),
    /// An array of any length.
    List(SchemaOf),
    /// An array of values that differ.
    Set(SchemaOf),
    /// An array of one length: `[T; N]`.
    Array(SchemaOf, usize),
    /// An array with a type for each place.
    Tuple(&'static [SchemaOf]),
    /// An object with any keys.
    Map {
        /// The keys, as strings.
        keys: SchemaOf,
        /// Checks the text of a key.
        check_key: fn(&str) -> Result<(), Invalid>,
        /// The values.
        values: SchemaOf,
    },
    /// An object with known keys: a struct.
    Object(Object),
    /// The value of another type, with rules of its own: a struct of one field without a name.
    Newtype(&'static Member),
    /// One of several shapes: an enum with data.
    Union(Union),
}

/// An object with known keys.
#[derive(Debug, Clone, Copy)]
pub struct Object {
    /// What errors call it; empty where that is the name of the schema.
    pub class: &'static str,
    /// The keys, in the order of declaration.
    pub members: &'static [Member],
    /// What happens to other keys.
    pub others: OtherKeys,
}

/// What happens to keys that an object does not know.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum OtherKeys {
    /// They are passed over.
    Ignored,
    /// They are errors: `extra = "forbid"`.
    Forbidden,
    /// They are kept in a map of such values.
    Kept(SchemaOf),
}

/// A key of an object: its name on the wire, its type and what is declared about it.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    name: &'static str,
    rust_name: &'static str,
    schema: SchemaOf,
    rules: Option<RulesOf>,
    is_required: bool,
    default: Option<fn() -> Value>,
    documentation: Documentation,
    is_deprecated: bool,
    is_correlation: bool,
}

impl Member {
    /// A key that must be there.
    #[must_use]
    pub const fn new(name: &'static str, schema: SchemaOf) -> Self {
        Self {
            name,
            rust_name: name,
            schema,
            rules: None,
            is_required: true,
            default: None,
            documentation: Documentation::NONE,
            is_deprecated: false,
            is_correlation: false,
        }
    }

    /// The key may be absent.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.is_required = false;
        self
    }

    /// The key may be absent, and then has this value.
    #[must_use]
    pub const fn default_from(mut self, default: fn() -> Value) -> Self {
        self.is_required = false;
        self.default = Some(default);
        self
    }

    /// The key may be written by its Rust name as well: `populate_by_name`.
    #[must_use]
    pub const fn or_named(mut self, rust_name: &'static str) -> Self {
        self.rust_name = rust_name;
        self
    }

    /// Rules of its value.
    #[must_use]
    pub const fn ruled(mut self, rules: RulesOf) -> Self {
        self.rules = Some(rules);
        self
    }

    /// Says what it is.
    #[must_use]
    pub const fn described(mut self, text: &'static str) -> Self {
        self.documentation.description = text;
        self
    }

    /// Shows values of it.
    #[must_use]
    pub const fn examples_from(mut self, examples: fn() -> Vec<Value>) -> Self {
        self.documentation.examples = Some(examples);
        self
    }

    /// Warns against using it.
    #[must_use]
    pub const fn deprecated(mut self, is_deprecated: bool) -> Self {
        self.is_deprecated = is_deprecated;
        self
    }

    /// Says which question an answer belongs to.
    #[must_use]
    pub const fn correlation(mut self) -> Self {
        self.is_correlation = true;
        self
    }

    /// The name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The other name that is read, where it differs.
    #[must_use]
    pub fn other_name(&self) -> Option<&'static str> {
        (self.rust_name != self.name).then_some(self.rust_name)
    }

    /// Its type.
    #[must_use]
    pub fn schema(&self) -> &'static Schema {
        (self.schema)()
    }

    /// The rules of its value.
    #[must_use]
    pub fn rules(&self) -> &'static Rules {
        self.rules.map_or(const { &Rules::new() }, |rules| rules())
    }

    /// Whether its absence is an error.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.is_required
    }

    /// What it is where it is absent, as JSON.
    #[must_use]
    pub fn default(&self) -> Option<Value> {
        self.default.map(|default| default())
    }

    /// The doc comment.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.documentation.description
    }

    /// Values of it, as JSON.
    #[must_use]
    pub fn examples(&self) -> Vec<Value> {
        self.documentation.examples()
    }

    /// Whether it should not be used any more.
    #[must_use]
    pub const fn is_deprecated(&self) -> bool {
        self.is_deprecated
    }

    /// Whether it says which question an answer belongs to.
    #[must_use]
    pub const fn is_correlation(&self) -> bool {
        self.is_correlation
    }
}

/// One of several shapes.
#[derive(Debug, Clone, Copy)]
pub struct Union {
    /// How it is known which.
    pub tagging: Tagging,
    /// The shapes, in the order of declaration.
    pub variants: &'static [Alternative],
}

/// One shape of a union: a variant of an enum.
#[derive(Debug, Clone, Copy)]
pub struct Alternative {
    name: &'static str,
    body: Option<SchemaOf>,
    description: &'static str,
    answers_invalid: bool,
    is_renamed: bool,
}

impl Alternative {
    /// A variant without data.
    #[must_use]
    pub const fn unit(name: &'static str) -> Self {
        Self {
            name,
            body: None,
            description: "",
            answers_invalid: false,
            is_renamed: false,
        }
    }

    /// A variant with data.
    #[must_use]
    pub const fn with(name: &'static str, body: SchemaOf) -> Self {
        let mut alternative = Self::unit(name);
        alternative.body = Some(body);
        alternative
    }

    /// Says what it is.
    #[must_use]
    pub const fn described(mut self, text: &'static str) -> Self {
        self.description = text;
        self
    }

    /// It is what an invalid message is answered with: `#[model(invalid)]`.
    #[must_use]
    pub const fn answering_invalid(mut self) -> Self {
        self.answers_invalid = true;
        self
    }

    /// Errors call it by its name, and not by that of its type, where it has no tag.
    #[must_use]
    pub const fn renamed(mut self) -> Self {
        self.is_renamed = true;
        self
    }

    /// Whether errors call it by its name, and not by that of its type.
    #[must_use]
    pub const fn is_renamed(&self) -> bool {
        self.is_renamed
    }

    /// The tag on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The data; `None` of a variant without any.
    #[must_use]
    pub fn body(&self) -> Option<&'static Schema> {
        self.body.map(|body| body())
    }

    /// The doc comment.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// Whether an invalid message is answered with it.
    #[must_use]
    pub const fn answers_invalid(&self) -> bool {
        self.answers_invalid
    }
}
