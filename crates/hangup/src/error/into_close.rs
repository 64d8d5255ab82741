//! `IntoClose`: error types that say themselves how they close, and how they are found behind `Error`.

use std::{any::TypeId, collections::HashMap, sync::OnceLock};

use hangup_protocol::Close;

use super::{DeclaredClose, Error, Promote, promote};

/// An error type that stands for a close code and a reason of its own.
///
/// Derive it: `#[derive(IntoClose)]` on a `thiserror` enum says per variant how it closes. A derived type is
/// also recognised when it travels as [`Error`] through `?`.
///
/// Written by hand, the trait serves endpoints that return `Result<(), TheType>`; to be recognised behind
/// [`Error`] as well the type is named once, at the top level of a module:
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
/// hangup::recognise_close!(RoomFull);
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

/// How to get the close of one error type that is only known as `dyn Error`.
#[doc(hidden)]
pub struct CloseRule {
    type_id: fn() -> TypeId,
    of_error: fn(&(dyn std::error::Error + 'static)) -> Option<Close>,
    promote: Promote,
    closes: fn() -> Vec<DeclaredClose>,
}

impl CloseRule {
    /// The rule of an error type.
    #[must_use]
    pub const fn new<E: IntoClose>() -> Self {
        Self {
            type_id: TypeId::of::<E>,
            of_error: |error| error.downcast_ref::<E>().map(E::to_close),
            promote: promote::<E>,
            closes: E::closes,
        }
    }
}

inventory::collect!(CloseRule);

/// Lets a type with a hand-written [`IntoClose`] be recognised behind [`Error`].
#[macro_export]
macro_rules! recognise_close {
    ($error:ty) => {
        $crate::__private::inventory::submit! { $crate::__private::CloseRule::new::<$error>() }
    };
}

/// The close that an error's own type says, if the type has [`IntoClose`] and is registered.
pub(crate) fn registered_close(error: &Error) -> Option<Close> {
    let error = error.chain().next()?;
    rules().values().find_map(|rule| (rule.of_error)(error))
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
