//! What can be set for an app or a route: the refusal, and the bound of every buffer and every wait.

use std::time::Duration;

use hangup_protocol::DeflateConfig;

use crate::origin::{Origins, TrustedProxies};

/// How a connection that ends before `accept` is answered.
///
/// Whatever the choice, an [`HttpError`](crate::HttpError) and
/// [`Handshake::deny`](crate::Handshake::deny) answer with their own HTTP response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Complete the handshake and close at once with the code and the reason (the default).
    ///
    /// It is the only way in which a browser can learn either. Its cost: the client's `open` event fires
    /// first, so a client that resets its back-off on `open` should reset it on the first message instead.
    #[default]
    Close,
    /// Answer the handshake with an HTTP status and a JSON body `{"detail": .., "code": ..}`.
    ///
    /// A browser shows neither: its `close` event has code 1006 and no reason.
    Http,
}

/// Settings of an app, a router or a route; as a [`Layer`](tower_layer::Layer) they hold for every route below it.
///
/// What is not set is taken from the settings around it, and at last from the defaults named at each method.
///
/// ```
/// use axum::Router;
/// use hangup::{Handshake, Refusal, Result, Settings};
///
/// async fn endpoint(handshake: Handshake) -> Result {
///     handshake.accept().await?;
///     Ok(())
/// }
///
/// let app: Router = Router::new()
///     .route("/ws", hangup::route(endpoint))
///     .layer(Settings::new().refusal(Refusal::Http).max_message_size(64 * 1024));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Settings {
    refusal: Option<Refusal>,
    allowed_origins: Option<Origins>,
    trusted_proxies: Option<TrustedProxies>,
    error_message: Option<bool>,
    max_message_size: Option<usize>,
    write_buffer: Option<usize>,
    read_ahead: Option<usize>,
    accept_timeout: Option<Duration>,
    close_timeout: Option<Duration>,
    linger_timeout: Option<Duration>,
    disconnect_grace: Option<Duration>,
    handler_timeout: Option<Duration>,
    deflate: Option<Option<DeflateConfig>>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty),* $(,)?) => {
        $($(#[$doc])*
        #[must_use]
        pub const fn $name(mut self, $name: $type) -> Self {
            self.$name = Some($name);
            self
        })*
    };
}

impl Settings {
    /// Settings in which nothing is set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// How a connection that ends before `accept` is answered. Default: [`Refusal::Close`].
        refusal: Refusal,
        /// Whether validation errors are also sent whole, as one text message before the Close frame, for
        /// which a reason of 123 bytes is often too short. Default: `false`.
        error_message: bool,
        /// The largest message that is taken, in bytes after decompression, all fragments together. A larger
        /// one ends the connection with 1009. Default: 1 MiB.
        max_message_size: usize,
        /// How many unsent bytes a connection may hold before a `send` waits. One message may go past the
        /// bound. Default: 64 KiB.
        write_buffer: usize,
        /// How many bytes of messages are read while the endpoint does not receive, so that pings are answered and
        /// the peer's leaving is seen; each message counts 64 bytes more, and one may go past the bound. What is
        /// beyond stays with the peer. Default: 64 KiB.
        read_ahead: usize,
        /// How long an endpoint may take until it accepts or ends; then the connection is refused with 3008
        /// (HTTP 408). Default: 60 s.
        accept_timeout: Duration,
        /// How long the closing handshake may take: until our Close frame is written and the peer's has come.
        /// Default: 5 s.
        close_timeout: Duration,
        /// How long the read side is drained once both Close frames are exchanged and the write side is shut
        /// down, so that a TCP reset cannot overtake the Close frame. Default: 1 s.
        linger_timeout: Duration,
        /// How long an endpoint may go on once its peer has left; then it is cancelled. Default: 30 s.
        disconnect_grace: Duration,
        /// How long an error handler may take; then it has failed. Default: 10 s.
        handler_timeout: Duration,
    }

    /// Compresses messages with permessage-deflate (RFC 7692) where the client offers it; `None` switches it off
    /// for the routes below. Default: off, for the sake of memory and of time.
    ///
    /// With [`DeflateConfig::new`] a connection keeps no memory for it between messages; the contexts that are used
    /// while a message is compressed or inflated belong to the thread. Each direction whose context is taken over
    /// costs a connection the memory that its method names. A message is inflated piece by piece, and ends the
    /// connection with 1009 as soon as it passes [`max_message_size`](Self::max_message_size) or
    /// [`DeflateConfig::max_expansion`].
    ///
    /// ```
    /// use hangup::{DeflateConfig, Settings};
    ///
    /// let on = Settings::new().deflate(DeflateConfig::new());
    /// let by_size = Settings::new().deflate(DeflateConfig::new().min_size(1024));
    /// let off = Settings::new().deflate(None);
    /// ```
    #[doc(alias = "permessage-deflate")]
    #[doc(alias = "ws_per_message_deflate")]
    #[doc(alias = "compression")]
    #[must_use]
    pub fn deflate(mut self, deflate: impl Into<Option<DeflateConfig>>) -> Self {
        self.deflate = Some(deflate.into());
        self
    }

    /// Which pages may connect, by the header `Origin`. Others are answered with HTTP 403. Default:
    /// [`Origins::same`].
    #[must_use]
    pub fn allowed_origins(mut self, origins: Origins) -> Self {
        self.allowed_origins = Some(origins);
        self
    }

    /// Which reverse proxies are believed when they say who the client is and what it has asked for. Default: none.
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.trusted_proxies = Some(proxies);
        self
    }

    pub(crate) fn over(&self, outer: &Resolved) -> Resolved {
        Resolved {
            refusal: self.refusal.unwrap_or(outer.refusal),
            allowed_origins: pick(self.allowed_origins.as_ref(), &outer.allowed_origins),
            trusted_proxies: pick(self.trusted_proxies.as_ref(), &outer.trusted_proxies),
            error_message: self.error_message.unwrap_or(outer.error_message),
            max_message_size: self.max_message_size.unwrap_or(outer.max_message_size),
            write_buffer: self.write_buffer.unwrap_or(outer.write_buffer),
            read_ahead: self.read_ahead.unwrap_or(outer.read_ahead),
            accept_timeout: self.accept_timeout.unwrap_or(outer.accept_timeout),
            close_timeout: self.close_timeout.unwrap_or(outer.close_timeout),
            linger_timeout: self.linger_timeout.unwrap_or(outer.linger_timeout),
            disconnect_grace: self.disconnect_grace.unwrap_or(outer.disconnect_grace),
            handler_timeout: self.handler_timeout.unwrap_or(outer.handler_timeout),
            deflate: self.deflate.clone().unwrap_or_else(|| outer.deflate.clone()),
        }
    }
}

fn pick<T: Clone>(own: Option<&T>, outer: &T) -> T {
    own.unwrap_or(outer).clone()
}

/// The settings that hold for one connection: every value decided.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    pub(crate) refusal: Refusal,
    pub(crate) allowed_origins: Origins,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) error_message: bool,
    pub(crate) max_message_size: usize,
    pub(crate) write_buffer: usize,
    pub(crate) read_ahead: usize,
    pub(crate) accept_timeout: Duration,
    pub(crate) close_timeout: Duration,
    pub(crate) linger_timeout: Duration,
    pub(crate) disconnect_grace: Duration,
    pub(crate) handler_timeout: Duration,
    pub(crate) deflate: Option<DeflateConfig>,
}

impl Default for Resolved {
    fn default() -> Self {
        Self {
            refusal: Refusal::Close,
            allowed_origins: Origins::same(),
            trusted_proxies: TrustedProxies::none(),
            error_message: false,
            max_message_size: 1024 * 1024,
            write_buffer: 64 * 1024,
            read_ahead: 64 * 1024,
            accept_timeout: Duration::from_secs(60),
            close_timeout: Duration::from_secs(5),
            linger_timeout: Duration::from_secs(1),
            disconnect_grace: Duration::from_secs(30),
            handler_timeout: Duration::from_secs(10),
            deflate: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_setting_holds_and_the_rest_is_inherited() {
        let app = Settings::new()
            .refusal(Refusal::Http)
            .max_message_size(10)
            .over(&Resolved::default());
        let route = Settings::new().max_message_size(20).over(&app);
        assert_eq!(route.refusal, Refusal::Http);
        assert_eq!(route.max_message_size, 20);
        assert_eq!(route.close_timeout, Duration::from_secs(5));
    }

    #[test]
    fn compression_is_inherited_and_can_be_switched_off() {
        let app = Settings::new()
            .deflate(DeflateConfig::new().level(6))
            .over(&Resolved::default());
        assert_eq!(Resolved::default().deflate, None);
        assert_eq!(
            Settings::new().over(&app).deflate,
            Some(DeflateConfig::new().level(6))
        );
        assert_eq!(Settings::new().deflate(None).over(&app).deflate, None);
    }
}
