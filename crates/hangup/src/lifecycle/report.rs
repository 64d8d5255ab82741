//! The one event of a connection: how it ended.

use std::sync::Arc;

use hangup_protocol::{Close, Side};
use http::StatusCode;

use super::{
    access::Access,
    unchosen,
    verdict::{Log, Verdict},
};
use crate::{
    handlers::Phase,
    logged,
    metrics::Refused,
    params::EndpointContext,
    settings::Slot,
    socket::{Conclusion, Shared},
};

/// Says how a connection ended, exactly once: also where it is dropped before its end.
pub(super) struct Report {
    endpoint: Arc<EndpointContext>,
    access: Access,
    shared: Arc<Shared>,
    phase: Phase,
    is_told: bool,
    /// The places of the connection among those that are counted.
    slots: Box<[Slot]>,
}

/// What the event says.
struct End<'a> {
    phase: Phase,
    status: Option<u16>,
    sent: Option<(u16, &'a str)>,
    received: Option<(u16, &'a str)>,
    initiator: Option<Side>,
    is_clean: bool,
    dropped: u64,
    error: Option<&'a str>,
    note: Option<&'a str>,
    is_unforeseen: bool,
}

impl Report {
    pub(super) fn new(endpoint: Arc<EndpointContext>, shared: Arc<Shared>, access: Access) -> Self {
        Self {
            endpoint,
            access,
            shared,
            phase: Phase::BeforeAccept,
            is_told: false,
            slots: Box::default(),
        }
    }

    /// Keeps the places of the connection until it has ended.
    pub(super) fn hold(&mut self, slots: Box<[Slot]>) {
        self.slots = slots;
    }

    /// The endpoint has accepted.
    pub(super) fn accepted(&mut self) {
        self.phase = Phase::AfterAccept;
        self.access.accepted();
    }

    /// The endpoint has accepted without one of the subprotocols that the client offers.
    pub(super) fn chose_no_subprotocol(&self) {
        unchosen::warn(&self.endpoint, self.access.client());
    }

    /// The handshake is completed so that a refusal can be said over it: with this Close frame, where that is known
    /// already.
    pub(super) fn refusing(&mut self, close: Option<&Close>) {
        self.access.refusing(close);
    }

    /// The handshake was refused with an HTTP response.
    pub(super) fn refused(mut self, status: StatusCode, log: Option<Box<Log>>) {
        self.access.refused(status);
        self.tell(&End {
            phase: Phase::BeforeAccept,
            status: Some(status.as_u16()),
            sent: None,
            received: None,
            initiator: Some(Side::Local),
            is_clean: true,
            dropped: 0,
            error: log.as_ref().map(|log| &*log.error),
            note: None,
            is_unforeseen: log.as_ref().is_some_and(|log| log.is_unforeseen),
        });
    }

    /// The connection was open, and has ended.
    pub(super) fn ended(mut self, conclusion: Conclusion<Verdict>) {
        let (error, is_unforeseen) = match conclusion {
            Conclusion::Finished(verdict) => return self.tell_of_frames(verdict.into_log().as_deref()),
            Conclusion::Panicked(panic) => (panic.to_string(), true),
            Conclusion::Cancelled => (
                "the endpoint went on without its peer and was cancelled after disconnect_grace".to_owned(),
                false,
            ),
            Conclusion::Aborted => (
                "the server stopped, and the endpoint was given up after drain_timeout".to_owned(),
                false,
            ),
        };
        self.tell_of_frames(Some(&Log {
            error,
            is_unforeseen,
            phase: self.phase,
        }));
    }

    /// Says what the protocol knows of the end, and the error.
    fn tell_of_frames(&mut self, log: Option<&Log>) {
        // A subscriber may ask a `Sender` of this connection, so nothing is locked while it is told.
        let (sent, received, begun_by, violation, is_clean, dropped, note) = {
            let core = self.shared.lock();
            let protocol = core.protocol();
            (
                protocol.close_sent().cloned(),
                protocol.close_received().cloned(),
                protocol.close_begun_by(),
                protocol.violation().map(ToString::to_string),
                core.is_clean() && !core.is_code_refused(),
                core.dropped(),
                core.note(),
            )
        };
        self.tell(&End {
            phase: log.map_or(self.phase, |log| log.phase),
            status: None,
            sent: sent.as_ref().map(|sent| (sent.code().get(), &**sent.reason())),
            received: received
                .as_ref()
                .map(|received| (received.code().get(), &**received.reason())),
            initiator: begun_by,
            is_clean,
            dropped,
            error: log.map(|log| &*log.error).or(violation.as_deref()),
            note: note.as_deref(),
            is_unforeseen: log.is_some_and(|log| log.is_unforeseen),
        });
    }

    /// Adds the end to the metrics, unless that was done with the HTTP response.
    fn count(&self, end: &End<'_>) {
        let sent = end.sent.map(|(code, _)| code);
        if self.phase == Phase::AfterAccept {
            let code = match end.initiator {
                Some(Side::Local) => sent,
                Some(Side::Peer) => end.received.map(|(code, _)| code),
                None => None,
            };
            self.access.metrics.closed(code, end.initiator);
        } else if end.status.is_none() {
            self.access
                .metrics
                .refused(sent.map_or(Refused::Abandoned, Refused::Close));
        }
    }

    fn tell(&mut self, end: &End<'_>) {
        self.is_told = true;
        self.count(end);
        macro_rules! event {
            ($level:ident) => {
                tracing::$level!(
                    target: "hangup::connection",
                    endpoint = %logged::text(&self.endpoint.function),
                    path = %logged::path(&self.endpoint.path),
                    client = self.access.client().map(|client| tracing::field::display(logged::text(client))),
                    phase = end.phase.as_str(),
                    status = end.status,
                    code_sent = end.sent.map(|(code, _)| code),
                    reason_sent = end.sent.map(|(_, reason)| tracing::field::display(logged::text(reason))),
                    code_received = end.received.map(|(code, _)| code),
                    reason_received = end.received.map(|(_, reason)| tracing::field::display(logged::text(reason))),
                    initiator = name(end.initiator),
                    clean = end.is_clean,
                    dropped = Some(end.dropped).filter(|dropped| *dropped > 0),
                    duration_ms = u64::try_from(self.access.elapsed().as_millis()).unwrap_or(u64::MAX),
                    error = end.error.map(|error| tracing::field::display(logged::chain(error))),
                    note = end.note,
                    "connection ended"
                )
            };
        }
        if end.is_unforeseen {
            event!(error)
        } else {
            event!(info)
        }
    }
}

fn name(initiator: Option<Side>) -> &'static str {
    match initiator {
        Some(Side::Local) => "local",
        Some(Side::Peer) => "peer",
        None => "none",
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        {
            let mut core = self.shared.lock();
            if core.over().is_none() {
                core.fail_to_open();
            }
        }
        self.shared.detach();
        if !self.is_told {
            self.tell_of_frames(Some(&Log {
                error: "cancelled: the client left, or the server stopped".to_owned(),
                is_unforeseen: false,
                phase: self.phase,
            }));
        }
    }
}
