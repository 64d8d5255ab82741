//! A handshake that knows the types of its messages.

use std::future::Future;

use super::Handshake;
use crate::{
    error::{Disconnect, Result},
    params::message::{Model, Schema},
    settings::InvalidMessages,
    socket::{Encoding, MessageType, WebSocket},
};

impl<In: MessageType, Out: MessageType> Handshake<In, Out> {
    #[doc(hidden)]
    #[must_use]
    pub fn receives() -> Option<&'static Schema> {
        In::message_schema()
    }

    #[doc(hidden)]
    #[must_use]
    pub fn sends() -> Option<&'static Schema> {
        Out::message_schema()
    }
}

impl<In: Model, Out: Model> Handshake<In, Out> {
    /// Chooses the first of these encodings whose subprotocol the client offers, and that subprotocol; JSON without a
    /// subprotocol if it offers none of them.
    ///
    /// ```
    /// use hangup::{Handshake, Result, models::Encoding};
    ///
    /// async fn numbers(mut handshake: Handshake<Vec<f64>, f64>) -> Result {
    ///     handshake.choose_encoding([Encoding::Json]);
    ///     let mut socket = handshake.accept().await?;
    ///     loop {
    ///         let numbers = socket.recv().await?;
    ///         socket.send(&numbers.iter().sum()).await?;
    ///     }
    /// }
    /// ```
    pub fn choose_encoding(&mut self, supported: impl IntoIterator<Item = Encoding>) -> Encoding {
        let offered = |encoding: &Encoding| self.subprotocols().any(|name| name == encoding.subprotocol());
        let chosen = supported.into_iter().find(offered);
        if let Some(encoding) = chosen {
            self.choose_subprotocol([encoding.subprotocol()]);
        }
        self.answer.encoding = chosen.unwrap_or(Encoding::Json);
        self.answer.encoding
    }

    /// What an invalid message does, in place of [`Settings::invalid_messages`](crate::Settings::invalid_messages).
    pub fn invalid_messages(&mut self, what: InvalidMessages) -> &mut Self {
        self.answer.invalid_messages = what;
        self
    }

    /// Accepts: the 101 goes out, and the connection is open, with typed messages.
    ///
    /// # Errors
    ///
    /// [`Disconnect`]: with 1006 if the client has left meanwhile, with what the server closes with if it stops.
    ///
    /// # Cancel safety
    ///
    /// The 101 is on its way once the future has been polled. If the future is dropped then, the connection is open
    /// without a socket, until the endpoint ends.
    pub fn accept(self) -> impl Future<Output = Result<WebSocket<In, Out>, Disconnect>> + Send {
        let (encoding, invalid_messages) = (self.answer.encoding, self.answer.invalid_messages);
        let handshake: Handshake = self.retyped();
        async move {
            let socket = handshake.accept().await?;
            Ok(socket.typed(encoding, invalid_messages))
        }
    }
}
