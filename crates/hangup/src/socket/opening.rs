//! The time before the 101: how `accept` and `deny` reach whoever answers the request.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::response::Response;
use hangup_protocol::{Close, CloseCode, DeflateAgreement};
use http::{HeaderMap, HeaderValue};
use tokio::{runtime::Handle, time::sleep};

use super::{
    core::{Core, Shared},
    waiting::{Awaited, Ticket},
};
use crate::{logged, params::EndpointContext};

/// How long the poll of an endpoint may go on once the 101 was asked for within it, with another waker.
const BLOCKED_TIMEOUT: Duration = Duration::from_secs(1);

/// How far the opening handshake is.
#[derive(Debug)]
pub(crate) enum Opening {
    /// The endpoint has said nothing yet.
    Waiting,
    /// The endpoint has accepted; the 101 is to be sent.
    Accepted(Box<Acceptance>),
    /// The 101 is on its way.
    Answering,
    /// The endpoint has denied with this response.
    Denied(Box<Response>),
    /// The endpoint has ended without an answer: it can accept and deny no more. Its error handlers may ask for the 101.
    Unanswered,
    /// The 101 is out (or failed to go out, and then the connection is over).
    Open,
}

/// What an endpoint chose when it accepted.
#[derive(Debug, Default)]
pub(crate) struct Acceptance {
    /// Whether the handshake is only completed so that the refusal can be said over it.
    pub(crate) is_refusal: bool,
    pub(crate) subprotocol: Option<HeaderValue>,
    /// What is agreed on compression.
    pub(crate) deflate: Option<DeflateAgreement>,
    pub(crate) headers: HeaderMap,
}

impl Core {
    /// Asks for the 101 for the endpoint, unless the handshake is answered. Whether it has just been asked for by
    /// another task than the connection's own, or in a poll within its poll: see [`watch_opening`].
    #[must_use]
    pub(crate) fn accept(&mut self, cx: &Context<'_>, acceptance: impl FnOnce() -> Acceptance) -> bool {
        match self.opening {
            // Whoever answers the request refuses it.
            Opening::Waiting if self.is_refused() => false,
            Opening::Waiting => {
                let acceptance = acceptance();
                if let Some(agreement) = &acceptance.deflate {
                    self.protocol.agree_on_deflate(agreement);
                }
                self.request(cx, acceptance)
            }
            Opening::Accepted(_)
            | Opening::Answering
            | Opening::Denied(_)
            | Opening::Unanswered
            | Opening::Open => false,
        }
    }

    /// The same for a message that is sent before the endpoint has accepted: only error handlers send then, and nobody
    /// will receive.
    #[must_use]
    pub(super) fn request_refusal(&mut self, cx: &Context<'_>) -> bool {
        match self.opening {
            Opening::Waiting | Opening::Unanswered if self.is_refused() => false,
            Opening::Waiting | Opening::Unanswered => {
                self.inbox.shut();
                let acceptance = Acceptance {
                    is_refusal: true,
                    ..Acceptance::default()
                };
                self.request(cx, acceptance)
            }
            Opening::Accepted(_) | Opening::Answering | Opening::Denied(_) | Opening::Open => false,
        }
    }

    fn request(&mut self, cx: &Context<'_>, acceptance: Acceptance) -> bool {
        self.opening = Opening::Accepted(Box::new(acceptance));
        let is_driver = self.waiting.is_driver(cx);
        // Who polls the endpoint looks by itself when that poll is over.
        if !is_driver {
            self.waiting.notify_driver();
        }
        !is_driver
    }

    /// Refuses with a response, unless the handshake is answered or the endpoint has ended.
    pub(crate) fn deny(&mut self, response: Response) {
        match self.opening {
            Opening::Waiting => self.opening = Opening::Denied(Box::new(response)),
            Opening::Accepted(_)
            | Opening::Answering
            | Opening::Denied(_)
            | Opening::Unanswered
            | Opening::Open => {}
        }
    }

    /// The acceptance that waits for its 101; once. Asked for when a poll of the endpoint is over.
    pub(crate) fn take_acceptance(&mut self) -> Option<Acceptance> {
        self.end_poll();
        if !matches!(self.opening, Opening::Accepted(_)) {
            return None;
        }
        match std::mem::replace(&mut self.opening, Opening::Answering) {
            Opening::Accepted(acceptance) => Some(*acceptance),
            _ => None,
        }
    }

    /// The endpoint has ended: the response with which it has denied, if it has.
    pub(crate) fn take_denial(&mut self) -> Option<Response> {
        if !matches!(self.opening, Opening::Waiting | Opening::Denied(_)) {
            return None;
        }
        match std::mem::replace(&mut self.opening, Opening::Unanswered) {
            Opening::Denied(response) => Some(*response),
            _ => None,
        }
    }

    /// Waits until the 101 is out, or the connection over.
    pub(crate) fn poll_opened(&mut self, cx: &mut Context<'_>, ticket: &mut Ticket) -> Poll<()> {
        if matches!(self.opening, Opening::Open) || self.over().is_some() {
            return Poll::Ready(());
        }
        self.waiting.add(Awaited::Stage, ticket, cx);
        Poll::Pending
    }

    /// The future of an `accept` is dropped before its end. Where it has asked for the 101, nobody can receive.
    pub(crate) fn stop_accepting(&mut self, ticket: Ticket) {
        if let Some(number) = ticket {
            self.waiting.forget(number);
        }
        if self.is_accepted() {
            self.stop_receiving();
        }
    }

    /// Closes where the 101 has been asked for, and the poll of the endpoint in which it was has not returned since.
    fn fail_blocked_opening(&mut self) -> bool {
        let is_blocked = matches!(self.opening, Opening::Accepted(_)) && self.over().is_none();
        if is_blocked {
            self.close_from_outside(&Close::from(CloseCode::INTERNAL_ERROR));
        }
        is_blocked
    }
}

/// Fails the opening where the endpoint waits for it in a way that lets it never come: the 101 goes out when the poll
/// of the endpoint returns, which `block_on` within the endpoint does not before the 101 is out.
pub(crate) fn watch_opening(shared: &Arc<Shared>, endpoint: Option<Arc<EndpointContext>>) {
    // Outside of a runtime there is no timer.
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    let shared = Arc::downgrade(shared);
    runtime.spawn(async move {
        sleep(BLOCKED_TIMEOUT).await;
        let is_blocked = shared
            .upgrade()
            .is_some_and(|shared| shared.lock().fail_blocked_opening());
        if is_blocked {
            tracing::error!(
                endpoint = endpoint.as_ref().map(|endpoint| tracing::field::display(logged::text(&endpoint.function))),
                path = endpoint.as_ref().map(|endpoint| tracing::field::display(logged::path(&endpoint.path))),
                "the opening handshake is blocked: the endpoint itself must await accept, not block_on or another \
                 task that the endpoint's thread waits for"
            );
        }
    });
}
