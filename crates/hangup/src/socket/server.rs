//! What the framework puts into a connection: its settings, metrics and handshake. No other file of this folder knows
//! them.

use std::{sync::Arc, time::Duration};

use axum::response::Response;
use hangup_protocol::{CloseCode, DeflateAgreement};

use super::{
    environment::{Environment, Observer, Options},
    kick::KickWait,
    shared::SharedCore,
};
use crate::{
    handshake::Acceptance,
    metrics::Traffic,
    settings::{Resolved, SlowConsumer},
};

/// The connection of a server, as all handles share it.
pub(crate) type Shared = SharedCore<Server>;

/// The wait for what comes of a kick.
pub(crate) type PendingRemoval = KickWait<Server>;

pub(crate) enum Server {}

impl Environment for Server {
    type Options = Arc<Resolved>;
    type Observer = Traffic;
    type Acceptance = Acceptance;
    type Denial = Response;

    fn deflate(acceptance: &Acceptance) -> Option<&DeflateAgreement> {
        acceptance.deflate.as_ref()
    }

    fn refusal() -> Acceptance {
        Acceptance {
            is_refusal: true,
            ..Acceptance::default()
        }
    }
}

macro_rules! settings_as_options {
    ($($name:ident: $type:ty,)*) => {
        impl Options for Resolved {
            $(fn $name(&self) -> $type {
                self.$name
            })*
        }
    };
}

settings_as_options! {
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

impl Observer for Traffic {
    fn received(&mut self, bytes: usize) {
        Self::received(self, bytes);
    }

    fn sent(&mut self, bytes: usize) {
        Self::sent(self, bytes);
    }

    fn sent_many(&mut self, messages: usize, bytes: usize) {
        Self::sent_many(self, messages, bytes);
    }

    fn dropped(&mut self, messages: u64) {
        Self::dropped(self, messages);
    }

    fn settle(&mut self, unsent: usize) {
        Self::settle(self, unsent);
    }

    fn grows_unsent(&mut self, unsent: usize) {
        Self::grows_unsent(self, unsent);
    }

    fn closing_begins(&mut self) {
        Self::closing_begins(self);
    }

    fn closing_ends(&mut self) {
        Self::closing_ends(self);
    }
}
