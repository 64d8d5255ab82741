//! What a connection is given from outside: options, an observer, and the types of an answer to its handshake.

use std::{sync::Arc, time::Duration};

use hangup_protocol::{CloseCode, DeflateAgreement};

use crate::settings::SlowConsumer;

/// What this folder does not know of whoever uses it.
pub(crate) trait Environment: 'static {
    type Options: Options;
    type Observer: Observer;
    /// What an endpoint chooses when it accepts.
    type Acceptance;
    /// With what an endpoint denies.
    type Denial;

    /// What is agreed on compression.
    fn deflate(acceptance: &Self::Acceptance) -> Option<&DeflateAgreement>;

    /// The acceptance that only completes the handshake, so that a refusal can be said over the connection.
    fn refusal() -> Self::Acceptance;
}

/// The bound of every buffer and every wait of a connection, each documented at the setting of its name.
pub(crate) trait Options {
    fn max_message_size(&self) -> usize;
    fn messages_per_second(&self) -> u32;
    fn write_buffer(&self) -> usize;
    fn slow_consumer(&self) -> SlowConsumer;
    fn write_timeout(&self) -> Duration;
    fn read_ahead(&self) -> usize;
    fn receive_timeout(&self) -> Option<Duration>;
    fn overload_code(&self) -> CloseCode;
    fn idle_timeout(&self) -> Option<Duration>;
    fn max_lifetime(&self) -> Option<Duration>;
    fn ping_interval(&self) -> Option<Duration>;
    fn ping_timeout(&self) -> Duration;
    fn close_timeout(&self) -> Duration;
    fn linger_timeout(&self) -> Duration;
    fn disconnect_grace(&self) -> Duration;
}

/// Learns what a connection sends and receives, under its lock.
pub(crate) trait Observer {
    /// A message was received.
    fn received(&mut self, bytes: usize);

    /// A message was sent, that is, put into the output.
    fn sent(&mut self, bytes: usize);

    /// So many messages were sent, with so many bytes in all.
    fn sent_many(&mut self, messages: usize, bytes: usize);

    /// Messages were dropped, as the peer is too slow or was kicked.
    fn dropped(&mut self, messages: u64);

    /// A poll of the connection's task is over. So many bytes are unsent.
    fn settle(&mut self, unsent: usize);

    /// Another task has sent. So many bytes are unsent.
    fn grows_unsent(&mut self, unsent: usize);

    /// The first Close frame was sent or received.
    fn closing_begins(&mut self);

    /// The transport is dropped.
    fn closing_ends(&mut self);
}

macro_rules! through {
    ($($name:ident: $type:ty,)*) => {
        impl<O: Options> Options for Arc<O> {
            $(fn $name(&self) -> $type {
                (**self).$name()
            })*
        }
    };
}

through! {
    max_message_size: usize,
    messages_per_second: u32,
    write_buffer: usize,
    slow_consumer: SlowConsumer,
    write_timeout: Duration,
    read_ahead: usize,
    receive_timeout: Option<Duration>,
    overload_code: CloseCode,
    idle_timeout: Option<Duration>,
    max_lifetime: Option<Duration>,
    ping_interval: Option<Duration>,
    ping_timeout: Duration,
    close_timeout: Duration,
    linger_timeout: Duration,
    disconnect_grace: Duration,
}
