//! The one event of a connection: how it ended.

use std::{mem, sync::Arc};

use axum::response::Response;
use futures_util::FutureExt;
use hangup_protocol::{Close, CloseCode, Side};
use hyper::upgrade::OnUpgrade;
use tracing::{Level, Span};

use super::{
    access::Access,
    unchosen,
    verdict::{Cause, HttpRefusal, Verdict},
};
use crate::{
    handlers::Phase,
    logged,
    metrics::Refused,
    params::EndpointContext,
    settings::Slot,
    socket::{Conclusion, KEEP_ALIVE_REASON, Shared},
};

/// Says how a connection ended, exactly once: also where it is dropped before its event.
pub(super) struct Report {
    endpoint: Arc<EndpointContext>,
    access: Access,
    shared: Arc<Shared>,
    phase: Phase,
    is_told: bool,
    is_failure_told: bool,
    /// Where somebody listens.
    span: Option<Box<Span>>,
    /// Until the handshake is answered: gives an error where the HTTP connection has ended.
    on_upgrade: Option<OnUpgrade>,
    /// The places of the connection among those that are counted.
    slots: Box<[Slot]>,
}

/// What the event says.
struct Event<'a> {
    phase: Phase,
    status: Option<u16>,
    sent: Option<(u16, &'a str)>,
    received: Option<(u16, &'a str)>,
    initiator: Option<Side>,
    is_clean: bool,
    dropped: u64,
    error: Option<&'a str>,
    note: Option<&'a str>,
    level: Level,
}

impl Report {
    pub(super) fn new(
        endpoint: Arc<EndpointContext>,
        shared: Arc<Shared>,
        access: Access,
        span: Span,
        on_upgrade: OnUpgrade,
    ) -> Self {
        Self {
            endpoint,
            access,
            shared,
            phase: Phase::BeforeAccept,
            is_told: false,
            is_failure_told: false,
            span: (!span.is_disabled()).then(|| Box::new(span)),
            on_upgrade: Some(on_upgrade),
            slots: Box::default(),
        }
    }

    /// The span in which the connection lives; none where nobody listens.
    pub(super) fn span(&self) -> Span {
        self.span.as_deref().map_or_else(Span::none, Span::clone)
    }

    /// Keeps the places of the connection until it has ended.
    pub(super) fn hold(&mut self, slots: Box<[Slot]>) {
        self.slots = slots;
    }

    /// The endpoint has accepted.
    pub(super) fn accepted(&mut self) {
        self.phase = Phase::AfterAccept;
        self.on_upgrade = None;
        self.access.accepted();
    }

    /// The endpoint has accepted without one of the subprotocols that the client offers.
    pub(super) fn chose_no_subprotocol(&self) {
        unchosen::warn(&self.endpoint, self.access.client());
    }

    /// The handshake is completed so that a refusal can be said over it: with this Close frame, where that is known
    /// already.
    pub(super) fn refusing(&mut self, close: Option<&Close>) {
        self.on_upgrade = None;
        self.access.refusing(close);
    }

    /// The handshake is refused with an HTTP response, which it gives.
    pub(super) fn refused(mut self, refusal: HttpRefusal) -> Response {
        let HttpRefusal { response, cause } = refusal;
        self.access.refused(response.status());
        self.tell(&Event {
            phase: Phase::BeforeAccept,
            status: Some(response.status().as_u16()),
            sent: None,
            received: None,
            initiator: Some(Side::Local),
            is_clean: true,
            dropped: 0,
            error: cause.as_ref().map(|cause| &*cause.error),
            note: None,
            level: cause.as_ref().map_or(Level::INFO, |cause| cause.level),
        });
        response
    }

    /// The endpoint has ended, and the closing handshake goes on. What the server is at fault for is in the log at once:
    /// neither a peer that does not answer nor the end of the process delays or loses it.
    pub(super) fn concluded(&mut self, conclusion: &Conclusion<Verdict>) {
        match conclusion {
            Conclusion::Finished(verdict) => self.judged(verdict),
            Conclusion::Panicked(panic) => {
                let (error, level, phase) = (panic.to_string(), Level::ERROR, self.phase);
                self.failed(&Cause { error, level, phase });
            }
            Conclusion::Cancelled | Conclusion::Aborted => {}
        }
    }

    /// The same, where the verdict is known before the connection is open.
    pub(super) fn judged(&mut self, verdict: &Verdict) {
        if let Some(cause) = verdict.cause() {
            self.failed(cause);
        }
    }

    fn failed(&mut self, cause: &Cause) {
        if cause.level == Level::ERROR && !mem::replace(&mut self.is_failure_told, true) {
            tracing::error!(
                target: "hangup::endpoint",
                endpoint = %logged::text(&self.endpoint.function),
                path = %logged::path(&self.endpoint.path),
                client = self.access.client().map(|client| tracing::field::display(logged::text(client))),
                phase = cause.phase.as_str(),
                error = %logged::chain(&cause.error),
                "endpoint failed"
            );
        }
    }

    /// The connection was open, and has ended.
    pub(super) fn ended(mut self, conclusion: &Conclusion<Verdict>) {
        let (error, level) = match conclusion {
            Conclusion::Finished(verdict) => return self.tell_of_frames(verdict.cause()),
            Conclusion::Panicked(panic) => (panic.to_string(), Level::ERROR),
            Conclusion::Cancelled => (
                "the endpoint went on without its peer and was cancelled after disconnect_grace".to_owned(),
                Level::INFO,
            ),
            Conclusion::Aborted => (
                "the server shut down, and the endpoint was aborted after shutdown_timeout".to_owned(),
                Level::INFO,
            ),
        };
        let phase = self.phase;
        self.tell_of_frames(Some(&Cause { error, level, phase }));
    }

    /// Says what the protocol knows of the end, and the error.
    fn tell_of_frames(&mut self, cause: Option<&Cause>) {
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
        // A peer that falls silent is closed with 1011 too, and nobody is at fault.
        let is_by_choice = sent.as_ref().is_some_and(|sent| {
            sent.code() == CloseCode::INTERNAL_ERROR && **sent.reason() != *KEEP_ALIVE_REASON
        });
        let level = match cause {
            Some(cause) => cause.level,
            None if is_by_choice && begun_by == Some(Side::Local) => Level::ERROR,
            None => Level::INFO,
        };
        self.tell(&Event {
            phase: cause.map_or(self.phase, |cause| cause.phase),
            status: None,
            sent: sent.as_ref().map(|sent| (sent.code().get(), &**sent.reason())),
            received: received
                .as_ref()
                .map(|received| (received.code().get(), &**received.reason())),
            initiator: begun_by,
            is_clean,
            dropped,
            error: cause.map(|cause| &*cause.error).or(violation.as_deref()),
            note: note.as_deref(),
            level,
        });
    }

    /// Adds the end to the metrics, unless that was done with the HTTP response.
    fn count(&self, event: &Event<'_>) {
        let sent = event.sent.map(|(code, _)| code);
        if self.phase == Phase::AfterAccept {
            let code = match event.initiator {
                Some(Side::Local) => sent,
                Some(Side::Peer) => event.received.map(|(code, _)| code),
                None => None,
            };
            self.access.metrics.closed(code, event.initiator);
        } else if event.status.is_none() {
            self.access
                .metrics
                .refused(sent.map_or(Refused::Abandoned, Refused::Close));
        }
    }

    fn tell(&mut self, event: &Event<'_>) {
        self.is_told = true;
        self.count(event);
        self.access.ended(event.error);
        macro_rules! event {
            ($level:ident) => {
                tracing::$level!(
                    target: "hangup::connection",
                    endpoint = %logged::text(&self.endpoint.function),
                    path = %logged::path(&self.endpoint.path),
                    client = self.access.client().map(|client| tracing::field::display(logged::text(client))),
                    phase = event.phase.as_str(),
                    status = event.status,
                    code_sent = event.sent.map(|(code, _)| code),
                    reason_sent = event.sent.map(|(_, reason)| tracing::field::display(logged::text(reason))),
                    code_received = event.received.map(|(code, _)| code),
                    reason_received = event.received.map(|(_, reason)| tracing::field::display(logged::text(reason))),
                    initiator = name(event.initiator),
                    clean = event.is_clean,
                    dropped = Some(event.dropped).filter(|dropped| *dropped > 0),
                    duration_ms = u64::try_from(self.access.elapsed().as_millis()).unwrap_or(u64::MAX),
                    error = event.error.map(|error| tracing::field::display(logged::chain(error))),
                    note = event.note,
                    "connection ended"
                )
            };
        }
        if event.level == Level::ERROR {
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
        if self.is_told {
            return;
        }
        let span = self.span();
        let _entered = span.enter();
        let error = match self.on_upgrade.take().map(FutureExt::now_or_never) {
            Some(Some(_)) => "cancelled: the client left, or the server stopped",
            Some(None) => "cancelled by a layer around the endpoint, such as a timeout",
            None => "cancelled: the runtime stopped",
        };
        self.tell_of_frames(Some(&Cause {
            error: error.to_owned(),
            level: Level::INFO,
            phase: self.phase,
        }));
    }
}
