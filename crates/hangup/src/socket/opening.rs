//! The time before the 101: how `accept` and `deny` reach whoever answers the request.

use std::task::{Context, Poll};

use axum::response::Response;
use hangup_protocol::DeflateAgreement;
use http::{HeaderMap, HeaderValue};

use super::{core::Core, waiting::Awaited};

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
    /// Asks for the 101, if nobody has yet.
    pub(crate) fn accept(&mut self, cx: &Context<'_>, acceptance: impl FnOnce() -> Acceptance) {
        if matches!(self.opening, Opening::Waiting) {
            let acceptance = acceptance();
            if let Some(agreement) = &acceptance.deflate {
                self.protocol.agree_on_deflate(agreement);
            }
            self.opening = Opening::Accepted(Box::new(acceptance));
            // Who polls the endpoint looks by itself when that poll is over.
            if !self.waiting.is_driver(cx) {
                self.waiting.wake_driver();
            }
        }
    }

    /// Refuses with a response.
    pub(crate) fn deny(&mut self, response: Response) {
        self.opening = Opening::Denied(Box::new(response));
    }

    /// The acceptance that waits for its 101; once.
    pub(crate) fn take_acceptance(&mut self) -> Option<Acceptance> {
        if !matches!(self.opening, Opening::Accepted(_)) {
            return None;
        }
        match std::mem::replace(&mut self.opening, Opening::Answering) {
            Opening::Accepted(acceptance) => Some(*acceptance),
            _ => None,
        }
    }

    /// The response with which the endpoint has denied; once.
    pub(crate) fn take_denial(&mut self) -> Option<Response> {
        if !matches!(self.opening, Opening::Denied(_)) {
            return None;
        }
        match std::mem::replace(&mut self.opening, Opening::Waiting) {
            Opening::Denied(response) => Some(*response),
            _ => None,
        }
    }

    /// Waits until the 101 is out; asks for it where nobody has, as a refusal by Close would.
    pub(crate) fn poll_opened(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if matches!(self.opening, Opening::Open) {
            return Poll::Ready(());
        }
        self.accept(cx, || Acceptance {
            is_refusal: true,
            ..Acceptance::default()
        });
        self.waiting.add(Awaited::Stage, cx);
        Poll::Pending
    }
}
