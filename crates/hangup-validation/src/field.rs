//! What is declared about one parameter: where it is, its name on the wire, its rules.

use serde_json::Value;

use crate::pattern::Pattern;
use crate::rules::{Number, Rules};

/// The part of a request that a parameter is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

impl Location {
    /// The first entry of an error's `loc`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// One declared parameter. Made once, as a `static`, by the builder methods.
///
/// ```
/// use hangup_validation::{Field, Number};
///
/// static LIMIT: Field = Field::query("limit").ge(Number::whole(1)).le(Number::whole(100));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub(super) location: Location,
    pub(super) name: &'static str,
    pub(super) rules: Rules,
    description: Option<&'static str>,
    deprecated: bool,
    examples: Option<fn() -> Vec<Value>>,
}

/// Builder methods that set one rule each, on the field.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub const fn $name(mut self, value: $type) -> Self {
            self.rules.$name = Some(value);
            self
        }
    )*};
}

impl Field {
    /// A parameter that is at `location` under `name`: its alias if it has one; for a header with the underscores
    /// already converted to hyphens.
    pub const fn new(location: Location, name: &'static str) -> Self {
        Self {
            location,
            name,
            rules: Rules::new(),
            description: None,
            deprecated: false,
            examples: None,
        }
    }

    /// A parameter of the path.
    #[doc(alias = "Path")]
    pub const fn path(name: &'static str) -> Self {
        Self::new(Location::Path, name)
    }

    /// A parameter of the query string.
    #[doc(alias = "Query")]
    pub const fn query(name: &'static str) -> Self {
        Self::new(Location::Query, name)
    }

    /// A header, under its name on the wire (`x-token`, not `x_token`).
    #[doc(alias = "Header")]
    pub const fn header(name: &'static str) -> Self {
        Self::new(Location::Header, name)
    }

    /// A cookie.
    #[doc(alias = "Cookie")]
    pub const fn cookie(name: &'static str) -> Self {
        Self::new(Location::Cookie, name)
    }

    rules! {
        /// Greater than.
        gt: Number,
        /// Greater than or equal to.
        ge: Number,
        /// Less than.
        lt: Number,
        /// Less than or equal to.
        le: Number,
        /// A multiple of.
        multiple_of: Number,
        /// At least so many characters, or items of a list or set.
        min_length: usize,
        /// At most so many characters, or items of a list or set.
        max_length: usize,
        /// The text has a match of this regular expression.
        pattern: &'static Pattern,
        /// At most so many digits in a decimal.
        max_digits: u32,
        /// At most so many digits after the point of a decimal.
        decimal_places: u32,
        /// Whether infinities and NaN pass (floats: yes, decimals: no, unless set).
        allow_inf_nan: bool,
    }

    /// Refuses every conversion from text, as pydantic's `strict` does: only types that are text pass.
    #[must_use]
    pub const fn strict(mut self, strict: bool) -> Self {
        self.rules.strict = strict;
        self
    }

    /// What the parameter is for. Nothing in validation depends on it.
    #[must_use]
    pub const fn described(mut self, text: &'static str) -> Self {
        self.description = Some(text);
        self
    }

    /// Marks the parameter as deprecated. Nothing in validation depends on it.
    #[must_use]
    pub const fn deprecated(mut self, deprecated: bool) -> Self {
        self.deprecated = deprecated;
        self
    }

    /// Shows values of the parameter, as JSON. Nothing in validation depends on it.
    #[must_use]
    pub const fn examples_from(mut self, examples: fn() -> Vec<Value>) -> Self {
        self.examples = Some(examples);
        self
    }

    /// Where the parameter is.
    pub const fn location(&self) -> Location {
        self.location
    }

    /// Its name on the wire.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its rules.
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What it is for.
    pub const fn description(&self) -> Option<&'static str> {
        self.description
    }

    /// Values of it, as JSON.
    pub fn examples(&self) -> Vec<Value> {
        self.examples.map(|examples| examples()).unwrap_or_default()
    }

    /// Whether it is deprecated.
    pub const fn is_deprecated(&self) -> bool {
        self.deprecated
    }
}
