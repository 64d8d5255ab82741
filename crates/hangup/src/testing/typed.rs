//! `TypedTestSocket`: a test client that sends and receives values.

use std::{fmt, marker::PhantomData, panic::Location};

use hangup_protocol::{CloseCode, PeerClose};

use super::{received::Received, socket::TestSocket};
use crate::{
    params::Rules,
    params::message::{Model, Written, read_json},
    socket::{Encoding, Message},
};

/// A [`TestSocket`] whose messages have types, as the endpoint's do; made by [`TestSocket::typed`].
///
/// `Sent` is what the client sends: the type that the endpoint receives. Both directions are checked against the rules of
/// their types.
pub struct TypedTestSocket<Sent, Received> {
    socket: TestSocket,
    encoding: Encoding,
    messages: PhantomData<fn(Sent) -> Received>,
}

impl TestSocket {
    /// The same socket with types: `Sent` is what the endpoint receives.
    #[must_use]
    pub fn typed<Sent: Model, Received: Model>(self) -> TypedTestSocket<Sent, Received> {
        self.typed_as(Encoding::Json)
    }

    /// As [`typed`](Self::typed), in another encoding than JSON.
    #[must_use]
    pub fn typed_as<Sent: Model, Received: Model>(
        self,
        encoding: Encoding,
    ) -> TypedTestSocket<Sent, Received> {
        TypedTestSocket {
            socket: self,
            encoding,
            messages: PhantomData,
        }
    }
}

impl<Sent: Model, Receives: Model> TypedTestSocket<Sent, Receives> {
    /// Sends a value.
    ///
    /// # Panics
    ///
    /// If it breaks a rule of its type, or the encoding has no such value.
    #[track_caller]
    pub fn send(&mut self, value: &Sent) -> impl Future<Output = ()> {
        if !value.obeys(&Rules::new()) {
            let text = serde_json::to_string(&Written(value)).unwrap_or_default();
            let error = read_json::<Sent>(&text).err();
            panic!("the client sends what its own type refuses: {text}: {error:?}");
        }
        let message = match self.encoding.encode(value) {
            Ok(message) => message,
            Err(error) => panic!("the value cannot be sent: {error}"),
        };
        async move {
            match message {
                Message::Text(text) => self.socket.send_text(&*text).await,
                Message::Binary(bytes) => self.socket.send_binary(bytes).await,
            }
        }
    }

    /// Receives a value.
    ///
    /// # Panics
    ///
    /// If something else comes, or a value that breaks a rule of its type.
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Receives> {
        let caller = Location::caller();
        let Self { socket, encoding, .. } = self;
        async move {
            loop {
                match socket.recv().await {
                    Received::Ping(_) => {}
                    Received::Message(message) => match encoding.decode(&message) {
                        Ok(value) => return value,
                        Err(error) => panic!(
                            "{caller}: {} is not of the type: {error}",
                            Received::Message(message)
                        ),
                    },
                    other => panic!("{caller}: expected a message, received {other}"),
                }
            }
        }
    }

    /// Receives the Close frame. See [`TestSocket::recv_close`].
    ///
    /// # Panics
    ///
    /// If something else comes.
    #[track_caller]
    pub fn recv_close(&mut self) -> impl Future<Output = PeerClose> {
        self.socket.recv_close()
    }

    /// Sends a Close frame.
    pub async fn send_close(&mut self, code: CloseCode, reason: &str) {
        self.socket.send_close(code, reason).await;
    }

    /// The socket without types, to send what the type has not.
    pub fn untyped(&mut self) -> &mut TestSocket {
        &mut self.socket
    }
}

impl<Sent, Receives> fmt::Debug for TypedTestSocket<Sent, Receives> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedTestSocket").finish_non_exhaustive()
    }
}
