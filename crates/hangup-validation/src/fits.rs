//! Which option fits which type: one marker trait for each family of options, checked where the option is written.
//!
//! Your own type implements the markers of the options that its [`Param::parse`](super::Param::parse) applies.
//! The markers look through `Option`.

/// A whole-number literal, for [`TakesBound`].
#[derive(Debug)]
pub enum Whole {}

/// A literal with a point, for [`TakesBound`].
#[derive(Debug)]
pub enum Fraction {}

/// The text of a decimal, for [`TakesBound`].
#[derive(Debug)]
pub enum Digits {}

/// Takes `gt`, `ge`, `lt`, `le` and `multiple_of` with a bound of the kind `N`.
#[diagnostic::on_unimplemented(
    message = "this bound does not fit `{Self}`",
    label = "does not fit `{Self}`",
    note = "`gt`, `ge`, `lt`, `le` and `multiple_of` fit integers (whole numbers only), floats and decimals"
)]
pub trait TakesBound<N> {}

/// Takes `min_length` and `max_length`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no length to check",
    label = "does not fit `{Self}`",
    note = "`min_length` and `max_length` fit `String` (characters), `Vec<T>` and sets (items)"
)]
pub trait TakesLength {}

/// Takes `pattern`.
#[diagnostic::on_unimplemented(
    message = "`pattern` does not fit `{Self}`",
    label = "does not fit `{Self}`",
    note = "`pattern` fits `String`"
)]
pub trait TakesPattern {}

/// Takes `max_digits` and `decimal_places`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no decimal digits to count",
    label = "does not fit `{Self}`",
    note = "`max_digits` and `decimal_places` fit decimals"
)]
pub trait TakesDigits {}

/// Takes `allow_inf_nan`.
#[diagnostic::on_unimplemented(
    message = "`allow_inf_nan` does not fit `{Self}`",
    label = "does not fit `{Self}`",
    note = "`allow_inf_nan` fits floats and decimals"
)]
pub trait TakesInfNan {}

/// Takes `strict`.
#[diagnostic::on_unimplemented(
    message = "`strict` does not fit `{Self}`",
    label = "does not fit `{Self}`",
    note = "`strict` fits the built-in types of one value, not lists, sets and tuples"
)]
pub trait TakesStrict {}

impl<N, T: TakesBound<N>> TakesBound<N> for Option<T> {}
impl<T: TakesLength> TakesLength for Option<T> {}
impl<T: TakesPattern> TakesPattern for Option<T> {}
impl<T: TakesDigits> TakesDigits for Option<T> {}
impl<T: TakesInfNan> TakesInfNan for Option<T> {}
impl<T: TakesStrict> TakesStrict for Option<T> {}

/// Fails to compile unless `T` takes a bound of the kind `N`.
#[doc(hidden)]
pub const fn bound<T: TakesBound<N>, N>() {}

/// Fails to compile unless `T` takes a length.
#[doc(hidden)]
pub const fn length<T: TakesLength>() {}

/// Fails to compile unless `T` takes a pattern.
#[doc(hidden)]
pub const fn pattern<T: TakesPattern>() {}

/// Fails to compile unless `T` takes numbers of digits.
#[doc(hidden)]
pub const fn digits<T: TakesDigits>() {}

/// Fails to compile unless `T` takes `allow_inf_nan`.
#[doc(hidden)]
pub const fn inf_nan<T: TakesInfNan>() {}

/// Fails to compile unless `T` takes `strict`.
#[doc(hidden)]
pub const fn strict<T: TakesStrict>() {}
