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
    handshake::Offers,
    params::EndpointContext,
    settings::InvalidMessages,
    socket::{Acceptance, Encoding, Raw, Shared, Ticket, WebSocket, watch_opening},
};

/// An opening handshake that waits for its answer: the first argument of an endpoint.
///
/// [`accept`](Self::accept) gives the socket, [`deny`](Self::deny) answers with an HTTP response. An endpoint
/// that ends without either is refused, with what its end stands for; one that ends with `Ok` has forgotten to
/// answer, and is refused with 1011.
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
    /// Boxed, as the future of an endpoint stores its handshake several times over.
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
    /// The one that was chosen, once the 101 is asked for.
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

    /// The subprotocols that the client offers, the one it likes best first (RFC 6455, section 1.9).
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> {
        self.answer.offered.iter().map(|name| &**name)
    }

    /// Chooses the first of these subprotocols that the client offers; none if it offers none of them.
    ///
    /// A browser that has offered subprotocols fails the connection if none is chosen.
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

    /// Leaves messages uncompressed on this connection, whatever [`Settings::deflate`](crate::Settings::deflate) says:
    /// the 101 names no extension. For clients that offer permessage-deflate and break with it;
    /// [`Settings::deflate_if`](crate::Settings::deflate_if) decides the same for many routes.
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

    /// Adds a header to the 101, such as `Set-Cookie`. Those that the handshake itself defines are not replaced.
    pub fn add_header(&mut self, name: HeaderName, value: HeaderValue) -> &mut Self {
        self.answer.acceptance.headers.append(name, value);
        self
    }

    /// The headers that are sent with the 101 besides those of the handshake itself.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.acceptance.headers
    }
}

impl Handshake {
    /// Accepts: the 101 goes out, and the connection is open.
    ///
    /// # Errors
    ///
    /// [`Disconnect`]: with 1006 if the client has left meanwhile, with what the server closes with if it stops.
    ///
    /// # Cancel safety
    ///
    /// The 101 is on its way once the future has been polled. If the future is dropped then, the connection is
    /// open without a socket, until the endpoint ends: what the peer sends is thrown away, its pings and its Close frame
    /// are answered.
    ///
    /// # Blocking
    ///
    /// The endpoint itself must await it, or another task that the endpoint does not block its thread for: the 101 goes
    /// out when the poll of the endpoint returns. Within `block_on` it fails after 1 s, with a [`Disconnect`] of 1011 and
    /// an error in the log.
    pub fn accept(self) -> impl Future<Output = Result<WebSocket, Disconnect>> + Send {
        Accepting {
            handshake: Some(self),
            ticket: None,
        }
    }
}

impl<In, Out> Handshake<In, Out> {
    /// Refuses with an HTTP response of any status, headers and body, whatever the [`Refusal`](crate::Refusal).
    ///
    /// The response goes out when the endpoint ends: `return handshake.deny((StatusCode::GONE, "closed"));`.
    ///
    /// # Errors
    ///
    /// None; where the endpoint has ended before, or its refusal is under way, it has no effect. It returns `Ok(())` so that it can be an endpoint's last expression.
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
            debug_assert!(false, "it is polled behind its end");
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

/// Where it is dropped before its end, so is the only receiver.
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
