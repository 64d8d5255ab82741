//! `bail!`: returns with a Close.

/// Returns early with a [`Close`](crate::Close): its code, and its reason as in [`format!`].
///
/// The code is a number that may be sent, checked when it is compiled, or an expression of the type
/// [`CloseCode`](crate::CloseCode). The reason may be left out. What is longer than 123 bytes is cut.
///
/// ```
/// use hangup::{CloseCode, Handshake, Result, bail};
///
/// async fn endpoint(handshake: Handshake) -> Result {
///     let mut socket = handshake.accept().await?;
///     let room = socket.recv_text().await?;
///     if room.is_empty() {
///         bail!(CloseCode::POLICY_VIOLATION);
///     }
///     bail!(4004, "no room {room}")
/// }
/// ```
#[macro_export]
macro_rules! bail {
    ($code:literal $(,)?) => {
        $crate::bail!($crate::CloseCode::of::<{ $code }>())
    };
    ($code:literal, $($reason:tt)+) => {
        $crate::bail!($crate::CloseCode::of::<{ $code }>(), $($reason)+)
    };
    ($code:expr $(,)?) => {
        return ::core::result::Result::Err(::core::convert::From::from($crate::Close::new($code, "")))
    };
    ($code:expr, $($reason:tt)+) => {
        return ::core::result::Result::Err(::core::convert::From::from(
            $crate::Close::new($code, ::std::format!($($reason)+)),
        ))
    };
}
