//! Messages that are not held whole: taken in pieces as they arrive, and sent in fragments (RFC 6455, 5.4).

use super::{Closing, Connection, Sending};
use crate::event::Event;
use crate::frame::{FrameHeader, MessageKind, OpCode};
use crate::mask;

impl Connection {
    /// The kind of the message that has begun to arrive, and is not complete.
    pub fn incoming_kind(&self) -> Option<MessageKind> {
        self.message.as_ref().map(|message| message.kind())
    }

    /// How many bytes of that message are held, which [`take_piece`](Self::take_piece) would give.
    pub fn incoming_held(&self) -> usize {
        self.message.as_ref().map_or(0, |message| message.held())
    }

    /// Takes what is held of a message that is not complete, as an event of its kind; of a text, whole characters.
    /// [`receive`](Self::receive) gives the rest as the message when its end has arrived, which may be empty. `None` if
    /// nothing is held.
    ///
    /// What is taken counts for the bound of the message, and is validated: a message that turns out to be invalid ends in
    /// a violation behind its pieces.
    ///
    /// ```
    /// use hangup_protocol::{Connection, Event, MessageKind, Role};
    ///
    /// let mut client = Connection::new(Role::Client { mask_seed: 1 }, 1 << 20);
    /// let mut server = Connection::new(Role::Server, 1 << 20);
    /// let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    /// client.send_fragment(MessageKind::Text, b"in two ", false, &mut to_server)?;
    /// assert_eq!(server.receive(&mut to_server.as_slice(), &mut to_client), None);
    /// assert_eq!(server.take_piece(), Some(Event::Text("in two ".into())));
    ///
    /// to_server.clear();
    /// client.send_fragment(MessageKind::Text, b"pieces", true, &mut to_server)?;
    /// let rest = server.receive(&mut to_server.as_slice(), &mut to_client);
    /// assert_eq!(rest, Some(Event::Text("pieces".into())));
    /// # Ok::<(), hangup_protocol::Closing>(())
    /// ```
    pub fn take_piece(&mut self) -> Option<Event> {
        let message = self.message.as_mut()?;
        (message.held() > 0).then(|| message.take())
    }

    /// Sets the bound of a message, in bytes over all its fragments: of the one that arrives too, which is refused at the
    /// next [`receive`](Self::receive) with payload if it is larger.
    pub const fn set_max_message_size(&mut self, bytes: usize) {
        self.max_message_size = bytes;
    }

    /// Appends a fragment of a message to `output`. The kind is that of the message, and stands in its first fragment; the
    /// last ends it. Between them pings, pongs and the Close frame may be sent, and no other message. A text may be parted
    /// within a character. Fragments are not compressed, which RFC 7692, 6.1 allows.
    ///
    /// # Errors
    ///
    /// [`Closing`] if nothing may be sent any more; nothing is written then.
    pub fn send_fragment(
        &mut self,
        kind: MessageKind,
        payload: &[u8],
        is_last: bool,
        output: &mut Vec<u8>,
    ) -> Result<(), Closing> {
        if self.sending.is_over() {
            return Err(Closing);
        }
        let opcode = if self.sends_fragments() {
            OpCode::Continuation
        } else {
            kind.into()
        };
        self.sending = if is_last {
            Sending::Open
        } else {
            Sending::Fragments
        };
        let mask = self.next_mask();
        output.reserve(FrameHeader::MAX_BYTES + payload.len());
        FrameHeader {
            fin: is_last,
            rsv1: false,
            opcode,
            mask,
            length: payload.len() as u64,
        }
        .write(output);
        match mask {
            None => output.extend_from_slice(payload),
            Some(key) => mask::copy_unmasked(key, 0, payload, output),
        }
        Ok(())
    }

    /// Whether a message was begun with [`send_fragment`](Self::send_fragment), and lacks its last fragment: no other may
    /// be sent.
    pub const fn sends_fragments(&self) -> bool {
        matches!(self.sending, Sending::Fragments)
    }
}
