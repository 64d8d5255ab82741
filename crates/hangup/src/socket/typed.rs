//! Sockets that know the types of their messages.

use std::{
    future::Future,
    marker::PhantomData,
    task::{Poll, ready},
};

use hangup_protocol::{Close, CloseCode};

use super::{
    encoding::{Encoding, check_outgoing},
    message::Message,
    message_type::{AnswerInvalid, Typing},
    pending_send::PendingSend,
    receiver::Receiver,
    sender::Sender,
    shared::Wait,
    websocket::WebSocket,
};
use crate::{
    error::{Disconnect, ReceiveError, Result, SendError, TrySendError},
    params::message::{Model, correlation_of},
    settings::InvalidMessages,
};

impl WebSocket {
    /// The same socket with typed messages.
    pub(crate) fn typed<In: Model, Out: Model>(
        self,
        encoding: Encoding,
        invalid_messages: InvalidMessages,
    ) -> WebSocket<In, Out> {
        let Self {
            mut receiver,
            sender,
            subprotocol,
        } = self;
        let answer: AnswerInvalid = |errors, correlation, encoding| {
            let answer = Out::invalid_answer(errors, correlation)?;
            encoding.encode(&answer).ok()
        };
        let shared = std::sync::Arc::clone(&receiver.shared);
        receiver.is_handed_over = true;
        WebSocket {
            receiver: Receiver {
                shared,
                typing: Some(Box::new(Typing {
                    encoding,
                    answering: match invalid_messages {
                        InvalidMessages::Close => None,
                        InvalidMessages::Answer { most_in_a_row } => Some((answer, most_in_a_row)),
                    },
                    in_a_row: 0,
                })),
                is_handed_over: false,
                messages: PhantomData,
                has_told_end: false,
            },
            sender: Sender {
                shared: sender.shared,
                pending: PendingSend::default(),
                encoding,
                messages: PhantomData,
            },
            subprotocol,
        }
    }
}

impl<In: Model, Out: Model> WebSocket<In, Out> {
    /// Receives the next message, as a value.
    ///
    /// # Errors
    ///
    /// See [`ReceiveError`]: the peer has left, the message was of the wrong kind (1003), not of the encoding (1007), or of
    /// another shape or breaks a rule (1008 with every error). The socket can be used on. With
    /// [`InvalidMessages::Answer`] the last two are answered, and the next message is awaited.
    ///
    /// # Cancel safety
    ///
    /// A receive that is dropped loses no valid message.
    pub async fn recv(&mut self) -> Result<In, ReceiveError> {
        self.receiver.recv().await
    }

    /// Sends a value. It waits only while too many bytes are unsent; see [`Sender`].
    ///
    /// # Errors
    ///
    /// See [`Sender::send`](Sender#method.send-1).
    pub async fn send(&mut self, message: &Out) -> Result<(), SendError> {
        self.sender.send(message).await
    }

    /// Sends a value if it can be sent at once, and never waits.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`SendError::Full`] where it cannot.
    pub fn try_send(&mut self, message: &Out) -> Result<(), SendError> {
        self.sender.try_send(message)
    }
}

impl<Out: Model> Sender<Out> {
    /// Sends a value, in the encoding that was agreed on.
    ///
    /// # Errors
    ///
    /// [`SendError::Disconnect`] once the peer has closed or vanished; [`SendError::Encoding`] if the encoding has no such
    /// value. In debug builds also where the value breaks a rule of its type.
    pub async fn send(&self, message: &Out) -> Result<(), SendError> {
        let message = self.encode(message)?;
        self.send_encoded(message).await?;
        Ok(())
    }

    /// Sends a value if it can be sent at once, and never waits.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`SendError::Full`] where it cannot.
    pub fn try_send(&self, message: &Out) -> Result<(), SendError> {
        let raw = Sender::new(std::sync::Arc::clone(&self.shared));
        let sent: Result<(), TrySendError> = raw.try_send(self.encode(message)?);
        sent.map_err(SendError::from)
    }

    fn encode(&self, message: &Out) -> Result<Message, SendError> {
        let checked = check_outgoing(message).and_then(|()| self.encoding.encode(message));
        checked.map_err(|error| SendError::Encoding(error.into_boxed()))
    }

    fn send_encoded(&self, mut message: Message) -> impl Future<Output = Result<(), Disconnect>> {
        self.enqueue_with_capacity(move |core| core.enqueue(&mut message))
    }
}

impl<In: Model> Receiver<In> {
    /// See [`WebSocket::recv`](WebSocket#method.recv-1).
    ///
    /// # Errors
    ///
    /// See [`ReceiveError`].
    pub async fn recv(&mut self) -> Result<In, ReceiveError> {
        loop {
            let message = self.next().await?;
            let encoding = self
                .typing
                .as_ref()
                .map(|typing| typing.encoding)
                .unwrap_or_default();
            match encoding.decode(&message) {
                Ok(value) => {
                    if let Some(typing) = &mut self.typing {
                        typing.in_a_row = 0;
                    }
                    return Ok(value);
                }
                Err(error) => self.answer(error, &message).await?,
            }
        }
    }

    fn next(&mut self) -> impl Future<Output = Result<Message, Disconnect>> {
        Wait::on(&self.shared).until(|core, cx, ticket| Poll::Ready(ready!(core.poll_receive(cx, ticket))))
    }

    /// Answers a message that is invalid, or returns the error that the endpoint has to receive.
    async fn answer(&mut self, error: ReceiveError, message: &Message) -> Result<(), ReceiveError> {
        let ReceiveError::Json(invalid) = &error else {
            return Err(error);
        };
        let Some(typing) = &mut self.typing else {
            return Err(error);
        };
        let Some((answer, most)) = typing.answering else {
            return Err(error);
        };
        typing.in_a_row = typing.in_a_row.saturating_add(1);
        let encoding = typing.encoding;
        let json = encoding.as_json(message);
        let errors = invalid.to_errors(json.as_deref().unwrap_or_default());
        if typing.in_a_row >= most.get() {
            let close = Close::new(CloseCode::POLICY_VIOLATION, errors.to_reason());
            self.shared.lock().close_from_outside(&close);
            return Err(error);
        }
        let correlation = json.and_then(|json| correlation_of(&json, In::schema()));
        let Some(answer) = answer(errors, correlation, encoding) else {
            return Err(error);
        };
        let sender = Sender::new(std::sync::Arc::clone(&self.shared));
        sender.send(answer).await?;
        Ok(())
    }
}
