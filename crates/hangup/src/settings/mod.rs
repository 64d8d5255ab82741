//! What can be set for an app or a route: the refusal, and the bound of every buffer and every wait.

mod connection_limit;
mod deadline;
mod deflate_if;
mod invalid_messages;
mod refusal;
mod slow_consumer;

use std::time::Duration;

use hangup_protocol::{CloseCode, DeflateConfig};

pub(crate) use self::{
    connection_limit::{ConnectionLimit, Slot},
    deadline::{FAR, deadline, deadline_from},
};
pub use self::{
    deflate_if::DeflateIf, invalid_messages::InvalidMessages, refusal::Refusal, slow_consumer::SlowConsumer,
};
use crate::origin::{Origins, TrustedProxies};

/// Declares every setting once: its documentation, what its method takes, its type and its default.
macro_rules! settings {
    ($($(#[$about:meta])* $name:ident($argument:ty): $type:ty = $default:expr;)*) => {
        /// Settings of an app, a router or a route; as a [`Layer`](tower_layer::Layer) they hold for every route below
        /// it.
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
            in_total: Option<ConnectionLimit>,
            per_peer: Option<ConnectionLimit>,
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
                for limit in self.in_total.iter().chain(&self.per_peer) {
                    // Clones of settings count together, and a connection within two of them counts once.
                    if !limits.iter().any(|other| other.is(limit)) {
                        limits.push(limit.clone());
                    }
                }
                Resolved {
                    connection_limits: limits,
                    $($name: self.$name.as_ref().unwrap_or(&outer.$name).clone(),)*
                }
            }
        }

        /// The settings that hold for one connection: every value decided.
        #[derive(Clone, Debug)]
        pub(crate) struct Resolved {
            /// All that count the connection, the outermost first.
            pub(crate) connection_limits: Vec<ConnectionLimit>,
            $(pub(crate) $name: $type,)*
        }

        impl Default for Resolved {
            fn default() -> Self {
                Self {
                    connection_limits: Vec::new(),
                    $($name: $default,)*
                }
            }
        }
    };
}

settings! {
    /// How a connection that ends before `accept` is answered. Default: [`Refusal::Close`].
    refusal(Refusal): Refusal = Refusal::Close;

    /// Which pages may connect, by the header `Origin`. Others are answered with HTTP 403. Default:
    /// [`Origins::same`].
    allowed_origins(Origins): Origins = Origins::same();

    /// Which reverse proxies are believed when they say who the client is and what it has asked for. Default: none.
    trusted_proxies(TrustedProxies): TrustedProxies = TrustedProxies::none();

    /// Whether validation errors are also sent whole, as one text message before the Close frame, for
    /// which a reason of 123 bytes is often too short. Default: `false`.
    error_message(bool): bool = false;

    /// The largest head of a request that is taken, in bytes of its target and its header lines; a larger one is
    /// answered with 431 (RFC 6585, section 5). Under [`App::serve`](crate::App::serve) the value of the app itself
    /// bounds every request on the server, before it is parsed. Default: 32 KiB.
    #[doc(alias = "h11_max_incomplete_event_size")]
    max_head_size(usize): usize = 32 * 1024;

    /// The largest message that is taken, in bytes after decompression, all fragments together. A larger
    /// one ends the connection with 1009. Default: 1 MiB.
    ///
    /// It bounds the memory of a connection too: a message, and a failure of
    /// [`recv_json`](crate::WebSocket::recv_json), which takes at most three times the message beside it.
    #[doc(alias = "ws_max_size")]
    max_message_size(usize): usize = 1024 * 1024;

    /// What a message does that a typed socket cannot read as its type. Default: [`InvalidMessages::Close`].
    invalid_messages(InvalidMessages): InvalidMessages = InvalidMessages::Close;

    /// How many messages the peer may send in a second, pings and pongs that answer no ping among them: a bucket of so
    /// many tokens that is filled at that rate (so many may come at once). One more ends the connection with 1008
    /// "too many messages". While more than [`read_ahead`](Self::read_ahead) waits for the endpoint the peer is not
    /// read from; what it sends in that time is allowed at the same rate, until nothing has come for a second. The
    /// fragments of a message are one message.
    /// Default: `u32::MAX`, which is no limit.
    #[doc(alias = "rate_limit")]
    messages_per_second(u32): u32 = u32::MAX;

    /// How many unsent bytes a connection may hold before a `send` does what
    /// [`slow_consumer`](Self::slow_consumer) says. One message may go past the bound. Default: 64 KiB.
    write_buffer(usize): usize = 64 * 1024;

    /// What a `send` does while the [`write_buffer`](Self::write_buffer) is full. Default: [`SlowConsumer::Wait`].
    slow_consumer(SlowConsumer): SlowConsumer = SlowConsumer::Wait;

    /// How long the peer may take nothing of what is unsent; then the connection is closed with 1013
    /// "slow consumer". Default: 30 s.
    write_timeout(Duration): Duration = Duration::from_secs(30);

    /// How many bytes of messages are read while the endpoint does not receive, so that pings are answered and
    /// the peer's leaving is seen; each message counts 64 bytes more, and one may go past the bound. What is
    /// beyond stays with the peer, for at most [`receive_timeout`](Self::receive_timeout). Default: 64 KiB.
    read_ahead(usize): usize = 64 * 1024;

    /// How long the peer is not read from while more than [`read_ahead`](Self::read_ahead) waits and the endpoint takes
    /// none of it. Where the endpoint has never asked for a message, as one that only sends, it is 1 s at most. `None`
    /// waits for ever: neither pings nor a Close frame are answered then until the endpoint receives.
    ///
    /// While the [`write_buffer`](Self::write_buffer) is full, [`write_timeout`](Self::write_timeout) judges the peer
    /// instead. After that time what comes is read and thrown away, so that pings and the Close frame are answered (RFC 6455, 5.5)
    /// and the endpoint learns of the end at its next send. No message is lost silently: an endpoint that receives after
    /// all gets what had waited, and then the connection is closed with 1008 "messages were not received"; the event of
    /// the connection has a `note` in either case. Default: 15 s, less than the 20 s in which many clients expect a pong.
    receive_timeout(impl Into<Option<Duration>>): Option<Duration> = Some(Duration::from_secs(15));

    /// The code with which a connection is closed for want of capacity: "slow consumer" after
    /// [`write_timeout`](Self::write_timeout) or by [`SlowConsumer::Close`], and "too many connections". Some clients do
    /// not know 1013, see [`CloseCode::TRY_AGAIN_LATER`]. The HTTP status of a refusal is 503 with any code. Default:
    /// 1013.
    overload_code(CloseCode): CloseCode = CloseCode::TRY_AGAIN_LATER;

    /// How long an endpoint may take until it accepts or ends; then the connection is refused with 3008
    /// (HTTP 408). Default: 60 s.
    accept_timeout(Duration): Duration = Duration::from_secs(60);

    /// How long a connection may be open without a message in either direction; then it is closed with 1001 "idle".
    /// Pings and pongs are no messages; a long message that is on its way out is one all the time, one that comes in
    /// counts when it is whole. Default: `None`, which is no limit.
    idle_timeout(impl Into<Option<Duration>>): Option<Duration> = None;

    /// How long a connection may be open; then it is closed with 1001 "lifetime". Default: `None`, which is no
    /// limit. A time that one connection's credentials set is
    /// [`WebSocket::expire_at`](crate::WebSocket::expire_at).
    max_lifetime(impl Into<Option<Duration>>): Option<Duration> = None;

    /// How long after the answer to the last one the peer is sent a ping; `None` sends none. Default: 20 s, as
    /// uvicorn's.
    #[doc(alias = "ws_ping_interval")]
    #[doc(alias = "keepalive")]
    #[doc(alias = "heartbeat")]
    ping_interval(impl Into<Option<Duration>>): Option<Duration> = Some(Duration::from_secs(20));

    /// How long after a ping the peer may send nothing at all; then the connection is closed with 1011
    /// "keepalive ping timeout". A peer from which messages come is not silent, whether it answers pings or not.
    /// While something is unsent, behind which the ping waits, [`write_timeout`](Self::write_timeout) judges the peer
    /// instead; while more than [`read_ahead`](Self::read_ahead) waits for the endpoint the peer is not read from and
    /// not judged, but sent pings, so that a network that is gone is noticed. Default: 20 s, as uvicorn's.
    #[doc(alias = "ws_ping_timeout")]
    ping_timeout(Duration): Duration = Duration::from_secs(20);

    /// How long the closing handshake may take: until our Close frame is written and the peer's has come. While the
    /// peer still takes bytes of what was sent before the Close frame it begins anew, for at most
    /// [`write_timeout`](Self::write_timeout). A peer that has broken a rule is read from for that long, with all that
    /// it sends thrown away, so that a TCP reset cannot overtake the Close frame. Default: 5 s.
    close_timeout(Duration): Duration = Duration::from_secs(5);

    /// How long the read side is drained once both Close frames are exchanged and the write side is shut
    /// down, so that a TCP reset cannot overtake the Close frame. Default: 1 s.
    linger_timeout(Duration): Duration = Duration::from_secs(1);

    /// How long an endpoint may go on once its peer has left; then it is cancelled. One that has closed by itself with
    /// [`WebSocket::close`](crate::WebSocket::close) may go on without a limit. Default: 30 s.
    disconnect_grace(Duration): Duration = Duration::from_secs(30);

    /// How long an error handler may take; then it has failed. Default: 10 s.
    handler_timeout(Duration): Duration = Duration::from_secs(10);

    /// Compresses messages with permessage-deflate (RFC 7692) where the client offers it; `None` switches it off
    /// for the routes below. Default: off, for the sake of memory and of time.
    ///
    /// With [`DeflateConfig::new`] a connection keeps no memory for it between messages; the contexts that are used
    /// while a message is compressed or inflated belong to the thread. Each direction whose context is taken over
    /// costs a connection the memory that its method names. A message is inflated piece by piece, and ends the
    /// connection with 1009 as soon as it passes [`max_message_size`](Self::max_message_size), or its compressed form
    /// what a compressor makes of so many bytes at most: an eighth more, 16 bytes for each frame, and 1 KiB. A small
    /// message may become a large one, up to that limit, as any peer may send: what it costs is bounded by the limit
    /// and by [`messages_per_second`](Self::messages_per_second), and a connection lets others go on after each 4 KiB
    /// that were inflated, or each 256 KiB that came of it.
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
    deflate(impl Into<Option<DeflateConfig>>): Option<DeflateConfig> = None;

    /// For which requests [`deflate`](Self::deflate) holds; others are answered as if it was off. For clients that
    /// offer permessage-deflate and break with it; an endpoint declines for itself with
    /// [`Handshake::decline_deflate`](crate::Handshake::decline_deflate). If the function panics, messages are not
    /// compressed. Default: [`DeflateIf::always`].
    ///
    /// ```
    /// use hangup::{DeflateConfig, DeflateIf, Settings};
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
    /// How many connections may be live, in total and of each peer, by these settings alone.
    pub(crate) fn connection_bounds(&self) -> (Option<usize>, Option<usize>) {
        let bound = |limit: &Option<ConnectionLimit>| limit.as_ref().map(ConnectionLimit::bound);
        (bound(&self.in_total), bound(&self.per_peer))
    }

    /// Settings in which nothing is set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many connections may be live at once on all the routes that these settings are around: those whose
    /// handshake is not answered yet, and those that are open. One more is refused with 1013 "too many connections"
    /// (HTTP 503 with `Retry-After`). Default: no limit but that of the process on descriptors, at which the server
    /// pauses accepting.
    ///
    /// It is counted besides the limits of the settings around these. Clones of the settings count together. Under
    /// [`Refusal::Close`] as many connections again may be on their way out at once; what is beyond gets the 503.
    #[doc(alias = "limit_concurrency")]
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.in_total = Some(ConnectionLimit::in_total(connections));
        self
    }

    /// How many connections of one peer may be live at once, counted as with
    /// [`max_connections`](Self::max_connections). Default: no limit.
    ///
    /// A peer is an IPv4 address, or a network of 64 bits of IPv6 addresses. Behind a reverse proxy it is the client
    /// only if the proxy is one of the [`trusted_proxies`](Self::trusted_proxies); else the proxy itself is the one
    /// peer. Where the server does not tell the address (axum's does with
    /// [`ConnectInfo`](axum::extract::ConnectInfo)), nothing is counted.
    #[must_use]
    pub fn max_connections_per_peer(mut self, connections: usize) -> Self {
        self.per_peer = Some(ConnectionLimit::per_peer(connections));
        self
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

    #[test]
    fn every_limit_on_connections_counts_that_a_route_is_within() {
        let app = Settings::new()
            .max_connections(10)
            .max_connections_per_peer(2)
            .over(&Resolved::default());
        assert_eq!(app.connection_limits.len(), 2);
        let route = Settings::new().max_connections(1).over(&app);
        assert_eq!(route.connection_limits.len(), 3);
    }
}
