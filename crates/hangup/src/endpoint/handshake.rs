//! `Handshake`: an opening handshake that the endpoint has not answered yet.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::response::IntoResponse;
use hangup_protocol::DeflateAgreement;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{
    error::{Disconnect, Result},
    handshake::{Acceptance, Offers},
    params::EndpointContext,
    settings::InvalidMessages,
    socket::{Encoding, Raw, Shared, Ticket, WebSocket, watch_opening},
};

/// An opening handshake that is not answered yet: the first argument of an endpoint.
///
/// [`accept`](Self::accept) returns the socket; [`deny`](Self::deny) answers with an HTTP response. If the endpoint ends
/// without either, the handshake is refused, with the code and the reason of the error. If it ends with `Ok`, it has
/// forgotten to answer, and the handshake is refused with 1011.
///
/// ```
/// use hangup::{Handshake, Result};
///
/// async fn chat(mut handshake: Handshake) -> Result {
///     handshake.choose_subprotocol(["chat.v2", "chat.v1"]);
///     let mut socket = handshake.accept().await?;
///     let version = socket.subprotocol().unwrap_or("chat.v1").to_owned();
///     socket.send_text(version).await?;
///     Ok(())
/// }
/// ```
#[doc(alias = "WebSocket.accept")]
///
/// `In` and `Out` are the types of the messages, as [`#[model]`](macro@crate::model) makes them; without them the socket
/// has text and binary as they come. See [`models`](crate::models).
pub struct Handshake<In = Raw, Out = Raw> {
    shared: Arc<Shared>,
    /// Boxed, because the future of an endpoint stores its handshake several times.
    pub(super) answer: Box<Answer>,
    pub(super) messages: PhantomData<fn(Out) -> In>,
}

pub(super) struct Answer {
    pub(super) encoding: Encoding,
    pub(super) invalid_messages: InvalidMessages,
    endpoint: Arc<EndpointContext>,
    offered: Vec<Box<str>>,
    deflate: Option<DeflateAgreement>,
    acceptance: Acceptance,
    /// The chosen subprotocol, once `accept` is polled.
    subprotocol: Option<Box<str>>,
}

impl Handshake {
    pub(crate) fn new(
        shared: Arc<Shared>,
        offers: Offers,
        endpoint: Arc<EndpointContext>,
        invalid_messages: InvalidMessages,
    ) -> Self {
        Self {
            shared,
            answer: Box::new(Answer {
                encoding: Encoding::Json,
                invalid_messages,
                endpoint,
                offered: offers.subprotocols,
                deflate: offers.deflate,
                acceptance: Acceptance::default(),
                subprotocol: None,
            }),
            messages: PhantomData,
        }
    }
}

impl<In, Out> Handshake<In, Out> {
    /// The same handshake with other types of messages.
    #[doc(hidden)]
    pub fn retyped<I, O>(self) -> Handshake<I, O> {
        Handshake {
            shared: self.shared,
            answer: self.answer,
            messages: PhantomData,
        }
    }

    /// What it shares with whoever answers the request.
    pub(crate) const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The subprotocols that the client offers, in its order of preference (RFC 6455, section 1.9).
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> {
        self.answer.offered.iter().map(|name| &**name)
    }

    /// Chooses the first of these subprotocols that the client offers; `None` if it offers none of them.
    ///
    /// A browser that has offered subprotocols fails the connection if the server chooses none.
    pub fn choose_subprotocol<'s>(
        &mut self,
        supported: impl IntoIterator<Item = &'s str>,
    ) -> Option<&'s str> {
        let chosen = supported
            .into_iter()
            .find(|name| self.subprotocols().any(|offered| offered == *name));
        self.answer.acceptance.subprotocol = chosen.and_then(|name| HeaderValue::from_str(name).ok());
        chosen
    }

    /// Declines compression on this connection, with any [`Settings::deflate`](crate::Settings::deflate): the 101 names no
    /// extension. It is for clients that offer permessage-deflate but do not work with it. For many routes use
    /// [`Settings::deflate_if`](crate::Settings::deflate_if).
    ///
    /// ```
    /// use hangup::{Handshake, Result};
    ///
    /// async fn endpoint(mut handshake: Handshake) -> Result {
    ///     handshake.decline_deflate();
    ///     handshake.accept().await?;
    ///     Ok(())
    /// }
    /// ```
    pub fn decline_deflate(&mut self) -> &mut Self {
        self.answer.deflate = None;
        self
    }

    /// Adds a header to the 101, such as `Set-Cookie`. It cannot replace a header of the handshake itself.
    pub fn add_response_header(&mut self, name: HeaderName, value: HeaderValue) -> &mut Self {
        self.answer.acceptance.headers.append(name, value);
        self
    }

    /// The headers that were added to those of the handshake itself.
    #[must_use]
    pub fn response_headers(&self) -> &HeaderMap {
        &self.answer.acceptance.headers
    }
}

impl Handshake {
    /// Accepts the handshake: sends the 101, and returns the open connection.
    ///
    /// # Errors
    ///
    /// [`Disconnect`]: with 1006 if the client has disconnected, with the code of the shutdown if the server shuts down.
    ///
    /// # Cancel safety
    ///
    /// Once the future has been polled, the 101 is sent. If the future is dropped then, the connection is open without a
    /// socket until the endpoint ends: data is discarded, pings and the Close frame are answered.
    ///
    /// # Blocking
    ///
    /// The 101 is written when the poll of the endpoint returns. So the endpoint must await this future, and must not
    /// block its thread until another task has awaited it. Within `block_on` it fails after 1 s, with a [`Disconnect`] of
    /// 1011 and an error in the log.
    pub fn accept(self) -> impl Future<Output = Result<WebSocket, Disconnect>> + Send {
        Accepting {
            handshake: Some(self),
            ticket: None,
        }
    }
}

impl<In, Out> Handshake<In, Out> {
    /// Refuses with an HTTP response of any status, headers and body, with any [`Refusal`](crate::Refusal).
    ///
    /// The response is sent when the endpoint ends: `return handshake.deny((StatusCode::GONE, "closed"));`.
    ///
    /// # Errors
    ///
    /// None. It returns `Ok(())`, so that it can be the last expression of an endpoint. It has no effect if the endpoint
    /// has ended before, or if a refusal is under way.
    #[doc(alias = "send_denial_response")]
    pub fn deny(self, response: impl IntoResponse) -> Result {
        self.shared.lock().deny(response.into_response());
        Ok(())
    }
}

/// An `accept` that waits for its 101.
struct Accepting {
    handshake: Option<Handshake>,
    ticket: Ticket,
}

impl Future for Accepting {
    type Output = Result<WebSocket, Disconnect>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { handshake, ticket } = &mut *self;
        let Some(Handshake { shared, answer, .. }) = handshake else {
            debug_assert!(false, "polled after completion");
            return Poll::Ready(Err(Disconnect::vanished()));
        };
        let over = {
            let mut core = shared.lock();
            if core.accept(cx, || answer.take_acceptance()) {
                watch_opening(shared, Some(Arc::clone(&answer.endpoint)));
            }
            ready!(core.poll_opened(cx, ticket));
            core.over().cloned()
        };
        if let Some(disconnect) = over {
            return Poll::Ready(Err(disconnect));
        }
        let socket = WebSocket::new(Arc::clone(shared), answer.subprotocol.take());
        *handshake = None;
        Poll::Ready(Ok(socket))
    }
}

/// If it is dropped before completion, nothing can receive any more.
impl Drop for Accepting {
    fn drop(&mut self) {
        if let Some(handshake) = &self.handshake {
            handshake.shared.lock().stop_accepting(self.ticket);
        }
    }
}

impl Answer {
    fn take_acceptance(&mut self) -> Acceptance {
        let chosen = self.acceptance.subprotocol.as_ref();
        self.subprotocol = chosen.and_then(|name| name.to_str().ok()).map(Box::from);
        Acceptance {
            deflate: self.deflate.take(),
            ..std::mem::take(&mut self.acceptance)
        }
    }
}

impl<In, Out> fmt::Debug for Handshake<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake")
            .field("subprotocols", &self.answer.offered)
            .finish_non_exhaustive()
    }
}
