//! The constraints of one parameter, and the numbers that they hold.

use crate::pattern::Pattern;

/// Gives the rules of a value. A function, so that a `static` may refer to it.
pub type RulesOf = fn() -> &'static Rules;

/// The constraints of one parameter. A type applies those whose marker it implements, see [`fits`](super::fits).
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Rules {
    /// Greater than.
    pub gt: Option<Number>,
    /// Greater than or equal to.
    pub ge: Option<Number>,
    /// Less than.
    pub lt: Option<Number>,
    /// Less than or equal to.
    pub le: Option<Number>,
    /// A multiple of.
    pub multiple_of: Option<Number>,
    /// At least so many characters or items.
    pub min_length: Option<usize>,
    /// At most so many characters or items.
    pub max_length: Option<usize>,
    /// A regular expression that the text has a match of.
    pub pattern: Option<&'static Pattern>,
    /// At most so many digits in a decimal.
    pub max_digits: Option<u32>,
    /// At most so many digits after the point of a decimal.
    pub decimal_places: Option<u32>,
    /// Whether infinities and NaN pass.
    pub allow_inf_nan: Option<bool>,
    /// No conversion from text.
    pub strict: bool,
    /// The text is a string of JSON, which pydantic reads more strictly than a parameter.
    pub(crate) is_json: bool,
}

impl Rules {
    /// No constraint at all.
    pub const fn new() -> Self {
        Self {
            gt: None,
            ge: None,
            lt: None,
            le: None,
            multiple_of: None,
            min_length: None,
            max_length: None,
            pattern: None,
            max_digits: None,
            decimal_places: None,
            allow_inf_nan: None,
            strict: false,
            is_json: false,
        }
    }
}

macro_rules! builders {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        /// With one rule more.
        impl Rules {$(
            $(#[$doc])*
            #[must_use]
            pub const fn $name(mut self, value: $type) -> Self {
                self.$name = Some(value);
                self
            }
        )*}
    };
}

builders! {
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
    /// At least so many characters or items.
    min_length: usize,
    /// At most so many characters or items.
    max_length: usize,
    /// A regular expression that the text has a match of.
    pattern: &'static Pattern,
    /// At most so many digits in a decimal.
    max_digits: u32,
    /// At most so many digits after the point of a decimal.
    decimal_places: u32,
    /// Whether infinities and NaN pass.
    allow_inf_nan: bool,
}

impl Rules {
    /// The same for a string of JSON.
    pub(crate) const fn of_json(&self) -> Self {
        let mut rules = *self;
        rules.is_json = true;
        rules
    }
}

/// The number in `gt`, `ge`, `lt`, `le` or `multiple_of`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Number {
    /// A whole number: fits integers, floats and decimals.
    Whole(i128),
    /// A fraction: fits floats and decimals.
    Fraction(f64),
    /// The text of a decimal, exact: fits decimals.
    Digits(&'static str),
}

impl Number {
    /// A whole number.
    pub const fn whole(value: i128) -> Self {
        Self::Whole(value)
    }

    /// A fraction.
    pub const fn fraction(value: f64) -> Self {
        Self::Fraction(value)
    }

    /// The exact text of a decimal.
    pub const fn digits(text: &'static str) -> Self {
        Self::Digits(text)
    }
}

/// Turns a constant expression of a numeric type into a [`Number`] at compile time: `Bound::<u8>(MAX).number()`.
#[derive(Debug, Clone, Copy)]
pub struct Bound<T>(pub T);

macro_rules! bound {
    ($($type:ty),*; $variant:ident as $wide:ty) => {$(
        impl Bound<$type> {
            /// The number.
            pub const fn number(self) -> Number {
                Number::$variant(self.0 as $wide)
            }
        }
    )*};
}

bound!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, usize; Whole as i128);
bound!(f32, f64; Fraction as f64);

/// The constraints that hold a number, in the order in which pydantic checks them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constraint {
    MultipleOf,
    Le,
    Lt,
    Ge,
    Gt,
}

impl Rules {
    /// Whether any numeric constraint is set.
    pub(super) fn has_numbers(&self) -> bool {
        self.numbers().next().is_some()
    }

    /// The numeric constraints that are set, in the order in which pydantic checks them.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (Constraint, Number)> + use<> {
        [
            (Constraint::MultipleOf, self.multiple_of),
            (Constraint::Le, self.le),
            (Constraint::Lt, self.lt),
            (Constraint::Ge, self.ge),
            (Constraint::Gt, self.gt),
        ]
        .into_iter()
        .filter_map(|(constraint, number)| Some((constraint, number?)))
    }
}
