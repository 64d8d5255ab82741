//! `ClientSide`: the protocol of an open test connection, and what has come and was not received yet.

use std::{collections::VecDeque, time::Duration};

use bytes::BytesMut;
use hangup_protocol::{CloseCode, Connection, DeflateConfig, Event, Role, extensions};
use http::{HeaderMap, header};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    time::timeout,
};

use super::received::Received;
use crate::{lifecycle::Witness, socket::Message};

/// The largest message that the client takes, in bytes.
const MAX_MESSAGE_SIZE: usize = 256 * 1024 * 1024;

/// How long a connection is read from in the background before others may have it.
const TURN: Duration = Duration::from_millis(10);

/// The client's side of a connection.
pub(super) struct ClientSide {
    stream: DuplexStream,
    protocol: Connection,
    input: BytesMut,
    /// What is not written yet.
    output: BytesMut,
    /// What was read in the background.
    pending: VecDeque<Result<Received, String>>,
    has_ended: bool,
    witness: Witness,
}

impl ClientSide {
    pub(super) fn new(
        stream: DuplexStream,
        read_ahead: &[u8],
        headers: &HeaderMap,
        witness: Witness,
    ) -> Self {
        let role = Role::Client { mask_seed: 0x5eed };
        let mut protocol = Connection::new(role, MAX_MESSAGE_SIZE);
        // What the server answers reads as an offer with one outcome.
        let answer = headers
            .get_all(header::SEC_WEBSOCKET_EXTENSIONS)
            .iter()
            .map(http::HeaderValue::as_bytes);
        let taken_over = DeflateConfig::new()
            .server_context_takeover(true)
            .client_context_takeover(true);
        if let Some(agreement) = extensions(answer)
            .ok()
            .and_then(|answer| taken_over.negotiate(&answer))
        {
            protocol = protocol.with_deflate(&agreement);
        }
        Self {
            stream,
            protocol,
            input: read_ahead.into(),
            output: BytesMut::new(),
            pending: VecDeque::new(),
            has_ended: false,
            witness,
        }
    }

    /// Sends what `write` makes. What cannot be sent because the server has gone is dropped, as it is by a browser.
    pub(super) async fn send(&mut self, write: impl FnOnce(&mut Connection, &mut Vec<u8>)) {
        let mut output = Vec::new();
        write(&mut self.protocol, &mut output);
        self.send_raw(&output).await;
    }

    pub(super) async fn send_raw(&mut self, bytes: &[u8]) {
        self.output.extend_from_slice(bytes);
        self.flush().await;
    }

    async fn flush(&mut self) {
        if self.stream.write_all_buf(&mut self.output).await.is_err() {
            self.output.clear();
        }
    }

    /// The next thing that the server has sent.
    pub(super) async fn next(&mut self) -> Result<Received, String> {
        match self.pending.pop_front() {
            Some(received) => received,
            None => self.read().await,
        }
    }

    /// Reads on in the background: pings and a Close frame are answered. For a turn at most.
    pub(super) async fn read_ahead(&mut self) {
        while !self.has_ended {
            let Ok(received) = timeout(TURN, self.read()).await else {
                return;
            };
            self.has_ended |= received.is_err();
            self.pending.push_back(received);
        }
    }

    async fn read(&mut self) -> Result<Received, String> {
        loop {
            if self.protocol.reading_is_over() && !self.input.is_empty() {
                return Err(format!("the server sent {:?} after its Close frame", self.input));
            }
            let mut output = Vec::new();
            let mut rest = &*self.input;
            let event = self.protocol.receive(&mut rest, &mut output);
            let used = self.input.len() - rest.len();
            let _ = self.input.split_to(used);
            self.send_raw(&output).await;
            match event {
                Some(Event::Text(text)) => return Ok(Received::Message(Message::Text(text))),
                Some(Event::Binary(bytes)) => return Ok(Received::Message(Message::Binary(bytes))),
                Some(Event::Ping(payload)) => return Ok(Received::Ping(payload)),
                Some(Event::Pong(payload)) => return Ok(Received::Pong(payload)),
                Some(Event::Close(close)) => return Ok(Received::Close(close)),
                Some(Event::Violation(violation)) => {
                    return Err(format!("the server broke the protocol: {violation}"));
                }
                // Enough was inflated at once.
                None if !self.input.is_empty() && !self.protocol.reading_is_over() => continue,
                None => {}
            }
            match self.stream.read_buf(&mut self.input).await {
                Ok(0) | Err(_) => {
                    self.has_ended = true;
                    return Ok(Received::End);
                }
                Ok(_) => {}
            }
        }
    }

    /// The failure of a step that has received something else: with the server's own error behind a Close with 1011.
    pub(super) async fn unexpected(&mut self, expected: &str, received: &Received) -> String {
        let failure = format!("expected {expected}, received {received}");
        match received {
            Received::Close(close) if close.code() == CloseCode::INTERNAL_ERROR => {
                self.with_server_error(failure).await
            }
            _ => failure,
        }
    }

    /// A failure, and the error with which the server has ended the connection, if it has one.
    pub(super) async fn with_server_error(&mut self, failure: String) -> String {
        match self.server_error().await {
            Some(error) => format!("{failure}; the server's error: {error}"),
            None => failure,
        }
    }

    /// Leaves, and waits for the error with which the connection has ended on the server.
    pub(super) async fn server_error(&mut self) -> Option<String> {
        let _ = self.stream.shutdown().await;
        // A Close frame that was not received yet is answered meanwhile.
        let ended = async {
            while !self.has_ended && self.read().await.is_ok() {}
            self.witness.wait().await
        };
        timeout(Duration::from_secs(5), ended).await.ok().flatten()
    }
}
