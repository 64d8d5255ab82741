//! `IntoClose`: error types that say themselves how they close, and how they are found behind `Error`.

use std::{any::TypeId, collections::HashMap, error::Error as StdError, sync::OnceLock};

use hangup_protocol::Close;

use super::{
    declared_close::DeclaredClose,
    error_report::ErrorReport,
    rejection::{Promote, promote},
};

/// An error type that stands for a close code and a reason of its own.
///
/// Derive it: `#[derive(IntoClose)]` on a `thiserror` enum says per variant how it closes. A derived type is
/// also recognised when it travels as [`Error`](crate::Error) through `?`, itself or as a `source()` of another error.
///
/// Written by hand, the trait serves endpoints that return `Result<(), TheType>`; to be recognised behind
/// [`Error`](crate::Error) as well the type is named once, at the top level of a module:
///
/// ```
/// use hangup::{Close, CloseCode, IntoClose};
///
/// #[derive(Debug)]
/// struct RoomFull;
///
/// impl std::fmt::Display for RoomFull {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str("room is full")
///     }
/// }
///
/// impl std::error::Error for RoomFull {}
///
/// impl IntoClose for RoomFull {
///     fn to_close(&self) -> Close {
///         Close::new(CloseCode::of::<4001>(), "room is full")
///     }
/// }
///
/// hangup::close::recognise_close!(RoomFull);
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how it closes a WebSocket",
    label = "not an error type with a close code",
    note = "derive it with `#[derive(hangup::IntoClose)]`, or return `hangup::Result`, which takes any error by `?`"
)]
pub trait IntoClose: std::error::Error + Send + Sync + 'static {
    /// The close code and the reason for this error. The reason reaches the peer.
    fn to_close(&self) -> Close;

    /// The field that the error hands on to, by `#[close(transparent)]`.
    #[doc(hidden)]
    fn transparent(&self) -> Option<&(dyn StdError + 'static)> {
        None
    }

    /// All closes that the type stands for, for documents. Default: none is known.
    fn closes() -> Vec<DeclaredClose>
    where
        Self: Sized,
    {
        Vec::new()
    }
}

impl IntoClose for Close {
    fn to_close(&self) -> Close {
        self.clone()
    }
}

/// What an error says of its end.
pub(super) enum Says<'e> {
    Close(Close),
    /// As this error of its own.
    As(&'e (dyn StdError + 'static)),
}

impl<'e> Says<'e> {
    fn of<E: IntoClose>(error: &'e E) -> Self {
        match error.transparent() {
            Some(field) => Self::As(field),
            None => Self::Close(error.to_close()),
        }
    }
}

/// How to get the close of one error type that is only known as `dyn Error`.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct CloseRule {
    type_id: fn() -> TypeId,
    of_error: for<'e> fn(&'e (dyn StdError + 'static)) -> Option<Says<'e>>,
    in_report: for<'e> fn(&'e ErrorReport) -> Option<Says<'e>>,
    promote: Promote,
    closes: fn() -> Vec<DeclaredClose>,
}

impl CloseRule {
    /// The rule of an error type.
    #[must_use]
    pub const fn new<E: IntoClose>() -> Self {
        Self {
            type_id: TypeId::of::<E>,
            of_error: |error| error.downcast_ref::<E>().map(Says::of),
            in_report: |report| report.find::<E>().map(Says::of),
            promote: promote::<E>,
            closes: E::closes,
        }
    }

    /// What an error says, if it is of the type of the rule.
    pub(super) fn of_error<'e>(&self, error: &'e (dyn StdError + 'static)) -> Option<Says<'e>> {
        (self.of_error)(error)
    }
}

inventory::collect!(CloseRule);

/// What an error says, if its type has [`IntoClose`] and is registered.
pub(super) fn registered<'e>(error: &'e (dyn StdError + 'static)) -> Option<Says<'e>> {
    rules().values().find_map(|rule| (rule.of_error)(error))
}

/// What an error in a report says, also one that was added as context, if its type has [`IntoClose`] and is registered.
pub(super) fn registered_in(report: &ErrorReport) -> Option<Says<'_>> {
    rules().values().find_map(|rule| (rule.in_report)(report))
}

/// How a rejection of that type becomes an error, if the type has [`IntoClose`] and is registered.
pub(crate) fn registered_promotion(type_id: TypeId) -> Option<Promote> {
    rules().get(&type_id).map(|rule| rule.promote)
}

/// What a type closes with, if it has [`IntoClose`] and is registered.
pub(crate) fn registered_closes(type_id: TypeId) -> Option<Vec<DeclaredClose>> {
    rules().get(&type_id).map(|rule| (rule.closes)())
}

fn rules() -> &'static HashMap<TypeId, &'static CloseRule> {
    static RULES: OnceLock<HashMap<TypeId, &'static CloseRule>> = OnceLock::new();
    RULES.get_or_init(|| {
        inventory::iter::<CloseRule>
            .into_iter()
            .map(|rule| ((rule.type_id)(), rule))
            .collect()
    })
}
