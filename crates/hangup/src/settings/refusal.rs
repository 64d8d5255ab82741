//! `Refusal`: how a handshake is refused.

/// How a connection that ends before `accept` is answered.
///
/// Whatever the choice, an [`HttpError`](crate::HttpError) and
/// [`Handshake::deny`](crate::Handshake::deny) answer with their own HTTP response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Complete the handshake and close at once with the code and the reason (the default).
    ///
    /// Only so does a browser learn either. The cost: the client's `open` event fires first. A client that resets its
    /// back-off on `open` should reset it on the first message instead.
    #[default]
    Close,
    /// Answer the handshake with an HTTP status and a JSON body `{"detail": .., "code": ..}`.
    ///
    /// A browser shows neither: its `close` event has code 1006 and no reason.
    Http,
}
