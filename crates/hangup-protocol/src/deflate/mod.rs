//! Compression of messages, permessage-deflate (RFC 7692).
//!
//! [`DeflateConfig`] is what a server wants; [`DeflateConfig::negotiate`] finds the offer of a client that goes
//! with it; the [`DeflateAgreement`] is answered to the client and given to the connection.
//!
//! ```
//! use hangup_protocol::{Connection, DeflateConfig, Role, extensions};
//!
//! let header = "permessage-deflate; client_max_window_bits";
//! let offers = extensions([header.as_bytes()].into_iter()).unwrap();
//! let agreement = DeflateConfig::new().negotiate(&offers).unwrap();
//! assert_eq!(
//!     agreement.to_header_value(),
//!     "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
//! );
//! let connection = Connection::new(Role::Server, 1 << 20).with_deflate(&agreement);
//! ```

mod compressor;
mod config;
mod inflater;
mod negotiation;
mod spare;
mod work;

pub use config::DeflateConfig;
pub use negotiation::DeflateAgreement;

use crate::assembler::Assembler;
use crate::frame::{FrameHeader, OpCode};
use crate::violation::Violation;
use compressor::Compressor;
use inflater::Inflater;

/// The compression of one connection.
#[derive(Debug)]
pub(crate) struct Deflate {
    compressor: Compressor,
    inflater: Inflater,
    /// The shortest message that is compressed, in bytes.
    min_size: usize,
}

impl Deflate {
    pub(crate) fn new(agreement: &DeflateAgreement, is_server: bool) -> Self {
        let (ours, theirs) = if is_server {
            (agreement.server, agreement.client)
        } else {
            (agreement.client, agreement.server)
        };
        Self {
            compressor: Compressor::new(agreement.level, ours),
            inflater: Inflater::new(theirs.no_context_takeover),
            min_size: agreement.min_size,
        }
    }

    /// Whether a message of this length is compressed.
    pub(crate) const fn compresses(&self, length: usize) -> bool {
        length > 0 && length >= self.min_size
    }

    /// Whether the context of the compression is kept from message to message.
    pub(crate) const fn sends_with_takeover(&self) -> bool {
        self.compressor.takes_over()
    }

    /// Appends a message as one compressed frame. `false` and nothing appended if it must go out as it is.
    pub(crate) fn write_frame(
        &mut self,
        opcode: OpCode,
        payload: &[u8],
        mask: Option<[u8; 4]>,
        output: &mut Vec<u8>,
    ) -> bool {
        let start = output.len();
        // The length of the header depends on that of the payload; the longest is left free in front of it.
        output.extend_from_slice(&[0; FrameHeader::MAX_BYTES]);
        let body = output.len();
        if !self.compressor.compress(payload, output) {
            output.truncate(start);
            return false;
        }
        if let Some(key) = mask {
            crate::mask::apply(key, 0, &mut output[body..]);
        }
        let length = (output.len() - body) as u64;
        let mut header = Vec::with_capacity(FrameHeader::MAX_BYTES);
        FrameHeader {
            fin: true,
            rsv1: true,
            opcode,
            mask,
            length,
        }
        .write(&mut header);
        output.drain(start + header.len()..body);
        output[start..start + header.len()].copy_from_slice(&header);
        true
    }

    /// Says that a frame of a compressed message begins, with how many bytes of payload; `limit` is the most bytes that
    /// the message may have.
    pub(crate) fn begin_frame(&mut self, is_first: bool, length: u64, limit: usize) -> Result<(), Violation> {
        self.inflater.begin_frame(is_first, length, limit)
    }

    /// Inflates the next piece of a frame into the message, which must not pass `limit` bytes. How many bytes of the
    /// piece were inflated: not all of them where the work has come to the bound of what is done at once.
    pub(crate) fn inflate_masked(
        &mut self,
        key: [u8; 4],
        piece: &[u8],
        message: &mut Assembler,
        limit: usize,
    ) -> Result<usize, Violation> {
        self.inflater.inflate_masked(key, piece, message, limit)
    }

    /// Inflates what is left when the message has arrived.
    pub(crate) fn finish(&mut self, message: &mut Assembler, limit: usize) -> Result<(), Violation> {
        self.inflater.finish(message, limit)
    }
}
