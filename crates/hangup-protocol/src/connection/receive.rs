//! What the peer sends: frames into events (RFC 6455, 5.4, 5.5 and 6.2).

use bytes::Bytes;

use super::{Connection, ControlBody, Frame, Reading, Side};
use crate::assembler::{Assembler, whole};
use crate::close::{SentClose, parse_body};
use crate::event::Event;
use crate::frame::{FrameHeader, FrameRules, MessageKind, OpCode};
use crate::mask;
use crate::violation::Violation;

/// How many empty fragments one message may have, in addition to the largest number of its bytes.
const SPARE_FRAGMENTS: usize = 1024;

/// The result of one step of reading.
enum Step {
    /// More can be read.
    Next,
    /// The input is used up, or the bound of work for one call is reached.
    Pause,
    Event(Event),
}

impl Connection {
    /// Consumes `input` from the front until one event is complete or the input is used up. It appends answers to
    /// `output`: pongs, the echoed Close frame, the Close frame for a violation.
    ///
    /// `None` means that the input is used up. If input is left, the bound of inflation for one call is reached (4 KiB of
    /// compressed or 256 KiB of inflated bytes, over all messages): let others run, then call again. After our Close
    /// frame, data and pings are skipped without an event. After the peer's Close frame or a violation, all input is
    /// dropped.
    pub fn receive(&mut self, input: &mut &[u8], output: &mut Vec<u8>) -> Option<Event> {
        loop {
            let step = match self.reading {
                Reading::Header { .. } => self.read_header(input),
                Reading::Payload(frame) if frame.opcode.is_control() => {
                    self.read_control(frame, input, output)
                }
                Reading::Payload(frame) => self.read_data(frame, input),
                Reading::Over => {
                    *input = &[];
                    return None;
                }
            };
            match step {
                Ok(Step::Next) => {}
                Ok(Step::Pause) => return None,
                Ok(Step::Event(event)) => return Some(event),
                Err(violation) => return Some(self.fail(violation, output)),
            }
        }
    }

    /// Whether data is skipped: our Close frame was sent (5.5.1 lets an endpoint discard what follows it).
    fn is_discarding(&self) -> bool {
        self.sending.is_over()
    }

    fn read_header(&mut self, input: &mut &[u8]) -> Result<Step, Violation> {
        let rules = FrameRules {
            masked: self.masking.is_none(),
            rsv1: self.may_be_compressed,
        };
        let Reading::Header { bytes, length } = &mut self.reading else {
            return Ok(Step::Next);
        };
        let header = if *length == 0
            && let Some((header, size)) = FrameHeader::parse(input, rules)?
        {
            *input = &input[size..];
            if let Some(message) = self.read_whole(header, input) {
                return message.map(Step::Event);
            }
            header
        } else {
            let have = usize::from(*length);
            let taken = input.len().min(bytes.len() - have);
            bytes[have..have + taken].copy_from_slice(&input[..taken]);
            let Some((header, size)) = FrameHeader::parse(&bytes[..have + taken], rules)? else {
                *length += taken as u8;
                *input = &input[taken..];
                return Ok(Step::Pause);
            };
            *input = &input[size - have..];
            header
        };
        self.begin_frame(header)?;
        Ok(Step::Next)
    }

    /// A message in one complete frame, the most frequent case by far. It is the same as
    /// [`begin_frame`](Self::begin_frame) and [`read_data`](Self::read_data) without a state in between.
    #[inline]
    fn read_whole(&self, header: FrameHeader, input: &mut &[u8]) -> Option<Result<Event, Violation>> {
        if !header.fin || header.rsv1 || self.fragmented || self.is_discarding() {
            return None;
        }
        let kind = match header.opcode {
            OpCode::Text => MessageKind::Text,
            OpCode::Binary => MessageKind::Binary,
            OpCode::Continuation | OpCode::Close | OpCode::Ping | OpCode::Pong => return None,
        };
        let length = usize::try_from(header.length).ok()?;
        if length > self.max_message_size {
            return None;
        }
        let (payload, rest) = input.split_at_checked(length)?;
        *input = rest;
        let message = whole(kind, header.mask.unwrap_or_default(), payload);
        Some(message.map_err(|_| Violation::TextNotUtf8))
    }

    /// The rules that depend on the frames before this one, and the limit.
    fn begin_frame(&mut self, header: FrameHeader) -> Result<(), Violation> {
        let kind = match header.opcode {
            OpCode::Text => Some(MessageKind::Text),
            OpCode::Binary => Some(MessageKind::Binary),
            OpCode::Continuation | OpCode::Close | OpCode::Ping | OpCode::Pong => None,
        };
        if let Some(kind) = kind {
            // 5.4: the fragments of one message must not be interleaved with those of another.
            if self.fragmented {
                return Err(Violation::ExpectedContinuation);
            }
            self.compressed = header.rsv1;
            self.empty_fragments = 0;
            self.message = (!self.is_discarding()).then(|| Assembler::new(kind));
        } else if header.opcode == OpCode::Continuation && !self.fragmented {
            return Err(Violation::UnexpectedContinuation);
        }
        if !header.opcode.is_control() {
            self.fragmented = !header.fin;
            let is_whole = kind.is_some() && header.fin;
            if header.length == 0 && self.message.is_some() && !is_whole {
                // No limit on bytes would stop them.
                self.empty_fragments = self.empty_fragments.saturating_add(1);
                if self.empty_fragments as usize > self.max_message_size.saturating_add(SPARE_FRAGMENTS) {
                    return Err(Violation::TooManyFragments);
                }
            }
            if let (Some(deflate), true) = (&mut self.deflate, self.compressed) {
                // The limit applies to the inflated bytes, during inflation.
                deflate.begin_frame(kind.is_some(), header.length, self.max_message_size)?;
            } else if let Some(message) = &self.message {
                let length = header.length.saturating_add(message.len() as u64);
                if length > self.max_message_size as u64 {
                    return Err(Violation::MessageTooBig(self.max_message_size));
                }
            }
        }
        self.reading = Reading::Payload(Frame {
            remaining: header.length,
            key: header.mask.unwrap_or_default(),
            opcode: header.opcode,
            fin: header.fin,
        });
        Ok(())
    }

    fn read_data(&mut self, mut frame: Frame, input: &mut &[u8]) -> Result<Step, Violation> {
        let mut taken = usize::try_from(frame.remaining)
            .unwrap_or(usize::MAX)
            .min(input.len());
        let all = *input;
        let (piece, rest) = all.split_at(taken);
        *input = rest;
        if let Some(message) = &mut self.message {
            if let (Some(deflate), true) = (&mut self.deflate, self.compressed) {
                taken = deflate.inflate_masked(frame.key, piece, message, self.max_message_size)?;
                *input = all.get(taken..).unwrap_or_default();
                if frame.fin && frame.remaining == taken as u64 {
                    deflate.finish(message, self.max_message_size)?;
                }
            } else {
                let length = frame.remaining.saturating_add(message.len() as u64);
                if length > self.max_message_size as u64 {
                    // The bound has become smaller since the header.
                    return Err(Violation::MessageTooBig(self.max_message_size));
                }
                message
                    .push_masked(frame.key, piece, frame.remaining)
                    .map_err(|_| Violation::TextNotUtf8)?;
            }
        }
        frame.remaining -= taken as u64;
        if frame.remaining > 0 {
            frame.key = mask::rotated(frame.key, taken);
            self.reading = Reading::Payload(frame);
            return Ok(Step::Pause);
        }
        self.reading = Reading::next_header();
        match self.message.take_if(|_| frame.fin) {
            None => Ok(Step::Next),
            Some(message) => message
                .finish()
                .map(Step::Event)
                .map_err(|_| Violation::TextNotUtf8),
        }
    }

    fn read_control(
        &mut self,
        mut frame: Frame,
        input: &mut &[u8],
        output: &mut Vec<u8>,
    ) -> Result<Step, Violation> {
        let taken = usize::try_from(frame.remaining)
            .unwrap_or(usize::MAX)
            .min(input.len());
        let (piece, rest) = input.split_at(taken);
        *input = rest;
        frame.remaining -= taken as u64;
        if frame.remaining > 0 {
            self.control
                .get_or_insert_with(|| Box::new(ControlBody::new()))
                .push(piece);
            self.reading = Reading::Payload(frame);
            return Ok(Step::Pause);
        }
        self.reading = Reading::next_header();
        let mut body = self.control.take().map_or(ControlBody::new(), |begun| *begun);
        body.push(piece);
        let payload = body.as_mut_slice();
        mask::apply(frame.key, 0, payload);
        match frame.opcode {
            OpCode::Close => self.receive_close(payload, output),
            _ if self.is_discarding() => Ok(Step::Next),
            OpCode::Ping => {
                // 5.5.2: a pong answers every ping; 5.5.3: with the same application data.
                self.write_frame(OpCode::Pong, payload, output);
                Ok(Step::Event(Event::Ping(Bytes::copy_from_slice(payload))))
            }
            _ => Ok(Step::Event(Event::Pong(Bytes::copy_from_slice(payload)))),
        }
    }

    fn receive_close(&mut self, body: &[u8], output: &mut Vec<u8>) -> Result<Step, Violation> {
        let (said, error) = parse_body(body);
        self.ending().received = Some(said.clone());
        if let Some(error) = error {
            return Err(error.into());
        }
        self.stop_reading();
        if !self.sending.is_over() {
            // 5.5.1: the answer to a Close frame typically echoes its code.
            let echo = SentClose::new(said.code().close_code(), said.reason().clone());
            self.write_close(Side::Peer, echo, output);
        }
        Ok(Step::Event(Event::Close(said)))
    }

    /// 7.1.7: sends a Close frame, if none was sent, and ends reading.
    fn fail(&mut self, violation: Violation, output: &mut Vec<u8>) -> Event {
        self.stop_reading();
        self.ending().violation = Some(violation);
        if !self.sending.is_over() {
            let close = violation.close();
            self.write_close(
                Side::Local,
                SentClose::new(Some(close.code()), close.reason().clone()),
                output,
            );
        }
        Event::Violation(violation)
    }
}
