//! Settings: what can be set for an app or a route, and the bound of every buffer and every wait.
//!
//! [`Settings`] has one method for each setting, with its default. A value that is not set comes from
//! the settings around it. The page [`running`](crate::guides::running#limits) has all limits in one table.
//!
//! ```
//! use std::time::Duration;
//!
//! use hangup::{
//!     App, Refusal, Settings,
//!     settings::{DeflateConfig, SlowConsumer},
//! };
//!
//! let settings = Settings::new()
//!     .refusal(Refusal::Http)
//!     .max_connections(20_000)
//!     .idle_timeout(Duration::from_secs(600))
//!     .slow_consumer(SlowConsumer::Close)
//!     .deflate(DeflateConfig::new());
//! let app: App = App::new().settings(settings);
//! ```
//!
//! | for | where |
//! |---|---|
//! | a whole app | [`App::settings`](crate::App::settings) |
//! | a part of an app | an [`App`](crate::App) of its own, with [`App::include`](crate::App::include) or [`App::nest`](crate::App::nest) |
//! | a router or a route of axum | `.layer(settings)`, see [`layer`](crate::layer) |
//! | one endpoint | the options of [`#[websocket]`](macro@crate::websocket) |
//! | the server: its HTTP side and its shutdown | the methods of [`Serve`](crate::serve::Serve) |

mod connection_limit;
mod deadline;
mod deflate_if;
mod invalid_messages;
mod make_span;
mod refusal;
mod slow_consumer;

use std::{hash::Hash, time::Duration};

use hangup_protocol::CloseCode;
use http::request::Parts;

pub(crate) use self::{
    connection_limit::{ConnectionLimit, Slot},
    deadline::{FAR, deadline, deadline_from},
    make_span::MakeSpan,
};
pub use self::{
    deflate_if::DeflateIf, invalid_messages::InvalidMessages, refusal::Refusal, slow_consumer::SlowConsumer,
};
use crate::origin::{Origins, TrustedProxies};
pub use hangup_protocol::DeflateConfig;

/// Declares every setting once: its documentation, what its method takes, its type and its default.
macro_rules! settings {
    ($($(#[$about:meta])* $name:ident($argument:ty): $type:ty = $default:expr;)*) => {
        /// Settings of an app, a router or a route. As a [`Layer`](tower_layer::Layer) they apply to every route below
        /// it.
        ///
        /// A value that is not set comes from the settings around these. If none sets it, the default at its method
        /// applies.
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
            in_total: Option<ConnectionLimit>,
            per_peer: Option<ConnectionLimit>,
            span: Option<MakeSpan>,
            per_key: Vec<ConnectionLimit>,
            $($name: Option<$type>,)*
        }

        impl Settings {
            $($(#[$about])*
            #[must_use]
            pub fn $name(mut self, $name: $argument) -> Self {
                self.$name = Some($name.into());
                self
            })*

            pub(crate) fn over(&self, outer: &Resolved) -> Resolved {
                let mut limits = outer.connection_limits.clone();
                for limit in self.in_total.iter().chain(&self.per_peer).chain(&self.per_key) {
                    // Clones of settings count together, and a connection within two of them counts once.
                    if !limits.iter().any(|other| other.is(limit)) {
                        limits.push(limit.clone());
                    }
                }
                Resolved {
                    connection_limits: limits,
                    span: self.span.as_ref().or(outer.span.as_ref()).cloned(),
                    $($name: self.$name.as_ref().unwrap_or(&outer.$name).clone(),)*
                }
            }
        }

        /// The settings of one connection: every value is resolved.
        #[derive(Clone, Debug)]
        pub(crate) struct Resolved {
            /// All limits that count the connection, the outermost first.
            pub(crate) connection_limits: Vec<ConnectionLimit>,
            /// Makes the span of the connection, in place of the one around the request.
            pub(crate) span: Option<MakeSpan>,
            $(pub(crate) $name: $type,)*
        }

        impl Default for Resolved {
            fn default() -> Self {
                Self {
                    connection_limits: Vec::new(),
                    span: None,
                    $($name: $default,)*
                }
            }
        }
    };
}

settings! {
    /// How a connection that ends before `accept` is answered. Default: [`Refusal::Close`].
    refusal(Refusal): Refusal = Refusal::Close;

    /// How a request is answered that opens a WebSocket and gets to no endpoint: by a layer within this one, at a path
    /// without a route, or from a page of another origin. With [`Refusal::Close`] the handshake is completed and closed at
    /// once, with a code and a reason, which a browser shows; an HTTP status it shows as 1006.
    ///
    /// - The code is that of the status: 401 is 3000, 403 is 3003, 408 is 3008, 429 and 503 are 1013, other 4xx 1008, the
    ///   rest 1011.
    /// - The reason is the text of the response, of which at most 4 KiB are read within 1 s. If there is none, or if it is
    ///   JSON of more than 123 bytes, the reason is the name of the status. What a 5xx says goes to the log alone.
    ///
    /// Such a refusal takes a place among [`max_connections`](Self::max_connections) until its closing handshake ends. What
    /// an endpoint answers itself stays as it is. Default: [`Refusal::Http`].
    refusal_without_endpoint(Refusal): Refusal = Refusal::Http;

    /// Which pages may connect, by the header `Origin`. Others are answered with HTTP 403. Default:
    /// [`Origins::same`].
    allowed_origins(Origins): Origins = Origins::same();

    /// The reverse proxies whose forwarded headers are trusted. Default: none.
    trusted_proxies(TrustedProxies): TrustedProxies = TrustedProxies::none();

    /// Whether all validation errors are also sent as one text message before the Close frame, because the 123 bytes
    /// of a reason are often too few. Default: `false`.
    error_message(bool): bool = false;

    /// The largest head of a request, in bytes of its target and its header lines. A larger one is answered with 431
    /// (RFC 6585, section 5). Under [`App::serve`](crate::App::serve) the value of the app itself bounds every request
    /// on the server, before it is parsed. Default: 32 KiB.
    #[doc(alias = "h11_max_incomplete_event_size")]
    max_head_size(usize): usize = 32 * 1024;

    /// The largest message that a peer may send, in bytes after decompression, all fragments together. A larger one
    /// ends the connection with 1009. Default: 1 MiB.
    ///
    /// This bounds the memory of a connection too: it holds one message, and a failure of
    /// [`recv_json`](crate::WebSocket::recv_json) takes at most three times that message in addition.
    #[doc(alias = "ws_max_size")]
    max_message_size(usize): usize = 1024 * 1024;

    /// What a message does that a typed socket cannot read as its type. Default: [`InvalidMessages::Close`].
    invalid_messages(InvalidMessages): InvalidMessages = InvalidMessages::Close;

    /// How many messages the peer may send in a second. One more ends the connection with 1008 "too many messages".
    /// Default: `u32::MAX`, which is no limit.
    ///
    /// The limit is a token bucket of this size, filled at this rate, so this many messages may arrive at once. Pings
    /// count, and so do pongs that answer no ping. A fragmented message counts once. While reading is paused because
    /// more than [`read_ahead`](Self::read_ahead) waits for the endpoint, the allowance grows at the same rate, until
    /// nothing has arrived for a second.
    #[doc(alias = "rate_limit")]
    messages_per_second(u32): u32 = u32::MAX;

    /// How many unsent bytes a connection may hold. A `send` beyond it does what
    /// [`slow_consumer`](Self::slow_consumer) says. One message may exceed the bound. Default: 64 KiB.
    write_buffer(usize): usize = 64 * 1024;

    /// What a `send` does while the [`write_buffer`](Self::write_buffer) is full. Default: [`SlowConsumer::Wait`].
    slow_consumer(SlowConsumer): SlowConsumer = SlowConsumer::Wait;

    /// How long writes may make no progress. After that the connection is closed with 1013 "slow consumer".
    /// Default: 30 s.
    write_timeout(Duration): Duration = Duration::from_secs(30);

    /// How many bytes of messages are read while the endpoint does not receive, so that pings are answered and a
    /// disconnect is noticed. Each message counts 64 bytes more, and one message may exceed the bound. Beyond it,
    /// reading pauses for at most [`receive_timeout`](Self::receive_timeout). Default: 64 KiB.
    read_ahead(usize): usize = 64 * 1024;

    /// How long reading from the peer pauses while more than [`read_ahead`](Self::read_ahead) waits and the endpoint
    /// receives none of it. If the endpoint has never received a message, as one that only sends, the pause is at most
    /// 1 s. With `None` it has no end: until the endpoint receives, neither pings nor a Close frame are answered.
    /// Default: 15 s, less than the 20 s in which many clients expect a pong.
    ///
    /// After the pause, incoming data is read and discarded, so that pings and the Close frame are answered (RFC 6455,
    /// 5.5) and the endpoint notices the end at its next send. No message is lost silently. An endpoint that receives
    /// after all gets the messages that had waited; then the connection is closed with 1008 "messages were not
    /// received". In either case the event of the connection has a `note`.
    ///
    /// While the [`write_buffer`](Self::write_buffer) is full, [`write_timeout`](Self::write_timeout) applies instead.
    receive_timeout(impl Into<Option<Duration>>): Option<Duration> = Some(Duration::from_secs(15));

    /// The close code for a lack of capacity: "slow consumer" after [`write_timeout`](Self::write_timeout) or by
    /// [`SlowConsumer::Close`], and "too many connections". Some clients do not know 1013, see
    /// [`CloseCode::TRY_AGAIN_LATER`]. The HTTP status of a refusal is 503 with any code. Default: 1013.
    overload_code(CloseCode): CloseCode = CloseCode::TRY_AGAIN_LATER;

    /// How long an endpoint may take until it accepts or ends. After that the handshake is refused with 3008 (HTTP 408).
    /// Default: 60 s.
    accept_timeout(Duration): Duration = Duration::from_secs(60);

    /// How long a connection may be open without a message in either direction. After that it is closed with 1001
    /// "idle". Default: `None`, which is no limit.
    ///
    /// Pings and pongs are no messages. While a message is being written the connection is not idle; an incoming message
    /// counts when it is complete.
    idle_timeout(impl Into<Option<Duration>>): Option<Duration> = None;

    /// How long a connection may be open. After that it is closed with 1001 "lifetime". Default: `None`, which is no
    /// limit. For the credentials of one connection see [`WebSocket::expire_at`](crate::WebSocket::expire_at).
    max_lifetime(impl Into<Option<Duration>>): Option<Duration> = None;

    /// The time from the answer to one ping to the next ping. `None` sends no pings. Default: 20 s, as in uvicorn.
    #[doc(alias = "ws_ping_interval")]
    #[doc(alias = "keepalive")]
    #[doc(alias = "heartbeat")]
    ping_interval(impl Into<Option<Duration>>): Option<Duration> = Some(Duration::from_secs(20));

    /// How long the peer may send nothing after a ping. After that the connection is closed with 1011 "keepalive ping
    /// timeout". Default: 20 s, as in uvicorn.
    ///
    /// Any data counts, not only pongs. While unsent data is in front of the ping,
    /// [`write_timeout`](Self::write_timeout) applies instead. While reading is paused because more than
    /// [`read_ahead`](Self::read_ahead) waits for the endpoint, pings are sent but their answers are not required; a
    /// broken network is noticed all the same.
    #[doc(alias = "ws_ping_timeout")]
    ping_timeout(Duration): Duration = Duration::from_secs(20);

    /// How long the closing handshake may take, until our Close frame is written and the peer's has arrived.
    /// Default: 5 s.
    ///
    /// Each time that the peer reads data sent before the Close frame, the time starts again, for at most
    /// [`write_timeout`](Self::write_timeout) in total. After a violation of the protocol, what the peer sends is read
    /// and discarded for this time, so that a TCP reset cannot overtake the Close frame.
    close_timeout(Duration): Duration = Duration::from_secs(5);

    /// How long the read side is drained after both Close frames, when the write side of the TCP connection is shut
    /// down, so that a TCP reset cannot overtake the Close frame. Default: 1 s.
    linger_timeout(Duration): Duration = Duration::from_secs(1);

    /// How long an endpoint may run after its peer has disconnected. After that it is cancelled. An endpoint that has
    /// called [`WebSocket::close`](crate::WebSocket::close) may run without a limit. Default: 30 s.
    disconnect_grace(Duration): Duration = Duration::from_secs(30);

    /// How long an error handler may take. After that it counts as failed. Default: 10 s.
    handler_timeout(Duration): Duration = Duration::from_secs(10);

    /// Compresses messages with permessage-deflate (RFC 7692) where the client offers it. `None` switches it off for the
    /// routes below. Default: off, to save memory and CPU time.
    ///
    /// Memory: with [`DeflateConfig::new`] a connection keeps no memory for compression between messages. The contexts
    /// used for a message belong to the thread. Each direction with context takeover costs a connection the memory that
    /// its method names.
    ///
    /// Bounds: a message is inflated in pieces. It ends the connection with 1009 as soon as it exceeds
    /// [`max_message_size`](Self::max_message_size). Its compressed form may have an eighth more bytes than that, plus
    /// 16 bytes for each frame, plus 1 KiB, which is the most that a compressor produces. A small message may inflate to
    /// that size; [`messages_per_second`](Self::messages_per_second) bounds how often. The task of the connection yields
    /// to others after each 4 KiB of compressed, or 256 KiB of inflated data.
    ///
    /// ```
    /// use hangup::{Settings, settings::DeflateConfig};
    ///
    /// let on = Settings::new().deflate(DeflateConfig::new());
    /// let by_size = Settings::new().deflate(DeflateConfig::new().min_size(1024));
    /// let off = Settings::new().deflate(None);
    /// ```
    #[doc(alias = "permessage-deflate")]
    #[doc(alias = "ws_per_message_deflate")]
    #[doc(alias = "compression")]
    deflate(impl Into<Option<DeflateConfig>>): Option<DeflateConfig> = None;

    /// The requests to which [`deflate`](Self::deflate) applies. It is for clients that offer permessage-deflate but do
    /// not work with it. One endpoint declines by [`Handshake::decline_deflate`](crate::Handshake::decline_deflate). If
    /// the function panics, messages are not compressed. Default: [`DeflateIf::always`].
    ///
    /// ```
    /// use hangup::{Settings, settings::{DeflateConfig, DeflateIf}};
    /// use http::header::USER_AGENT;
    ///
    /// let settings = Settings::new()
    ///     .deflate(DeflateConfig::new())
    ///     .deflate_if(DeflateIf::predicate(|request| {
    ///         let agent = request.headers.get(USER_AGENT);
    ///         !agent.is_some_and(|agent| agent.as_bytes().starts_with(b"libwebsockets"))
    ///     }));
    /// ```
    deflate_if(DeflateIf): DeflateIf = DeflateIf::always();
}

impl Settings {
    /// How many connections may be live, in total and for each peer, by these settings alone.
    pub(crate) fn connection_bounds(&self) -> (Option<usize>, Option<usize>) {
        let bound = |limit: &Option<ConnectionLimit>| limit.as_ref().map(ConnectionLimit::bound);
        (bound(&self.in_total), bound(&self.per_peer))
    }

    /// Settings in which nothing is set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many connections may be live at once on all routes within these settings: open ones, and those whose
    /// handshake is not answered yet. One more is refused with 1013 "too many connections" (HTTP 503 with
    /// `Retry-After`). Default: no limit. When the process has no descriptors left, the server pauses accepting.
    ///
    /// Limits of the settings around these count the connection too. Clones of the settings share one count. Under
    /// [`Refusal::Close`] the same number of refused connections may be closing at once; more are refused with the 503.
    #[doc(alias = "limit_concurrency")]
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.in_total = Some(ConnectionLimit::in_total(connections));
        self
    }

    /// How many connections of one peer may be live at once, counted as with
    /// [`max_connections`](Self::max_connections). Default: no limit.
    ///
    /// A peer is an IPv4 address, or an IPv6 network of 64 bits. Behind a reverse proxy the client is the peer only if
    /// the proxy is one of the [`trusted_proxies`](Self::trusted_proxies); otherwise the proxy is the only peer. If the
    /// server does not provide the address (axum's provides it with [`ConnectInfo`](axum::extract::ConnectInfo)), nothing
    /// is counted.
    #[must_use]
    pub fn max_connections_per_peer(mut self, connections: usize) -> Self {
        self.per_peer = Some(ConnectionLimit::per_peer(connections));
        self
    }

    /// How many connections with the same key may be live at once, counted as with
    /// [`max_connections`](Self::max_connections): those of a user, a tenant or a token, wherever they connect from. One
    /// more is refused with 1013 "too many connections" (HTTP 429 under [`Refusal::Http`]). Default: no limit.
    ///
    /// `key` is asked once for each handshake, before any parameter of the endpoint is read; a request for which it is
    /// `None` is not counted. What layers in front have found out stands in the extensions of the request. A key is
    /// trusted: one that a client may choose freely limits nobody. Where the function panics the connection is refused
    /// with 1011. Each call adds a limit. Of a key a digest of 16 bytes is kept, while a connection with it is live.
    ///
    /// ```
    /// use hangup::Settings;
    ///
    /// #[derive(Clone, Hash)]
    /// struct UserId(u64);
    ///
    /// // A layer around the app checks the token, and inserts the user.
    /// let settings = Settings::new()
    ///     .max_connections_per_key(3, |request| request.extensions.get::<UserId>().cloned());
    /// ```
    #[doc(alias = "rate_limit")]
    #[must_use]
    pub fn max_connections_per_key<K: Hash + 'static>(
        mut self,
        connections: usize,
        key: impl Fn(&Parts) -> Option<K> + Send + Sync + 'static,
    ) -> Self {
        self.per_key.push(ConnectionLimit::per_key(connections, key));
        self
    }
}

#[cfg(test)]
mod tests;
