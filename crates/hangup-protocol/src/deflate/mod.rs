//! Compression of messages, permessage-deflate (RFC 7692).
//!
//! [`DeflateConfig`] has the settings of a server. [`DeflateConfig::negotiate`] selects an offer of the client. The
//! [`DeflateAgreement`] is sent to the client, and passed to the connection.
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

    /// Appends a message as one compressed frame. `false`, with nothing appended, if it must be sent uncompressed.
    pub(crate) fn write_frame(
        &mut self,
        opcode: OpCode,
        payload: &[u8],
        mask: Option<[u8; 4]>,
        output: &mut Vec<u8>,
    ) -> bool {
        let start = output.len();
        // The length of the header depends on that of the payload, so space for the longest is reserved.
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

    /// Begins a frame of a compressed message, with the length of its payload. The message may have at most `limit`
    /// bytes.
    pub(crate) fn begin_frame(&mut self, is_first: bool, length: u64, limit: usize) -> Result<(), Violation> {
        self.inflater.begin_frame(is_first, length, limit)
    }

    /// Inflates the next piece of a frame into the message, which may have at most `limit` bytes. Returns how many bytes
    /// of the piece were inflated: fewer than all if the bound of work for one call is reached.
    pub(crate) fn inflate_masked(
        &mut self,
        key: [u8; 4],
        piece: &[u8],
        message: &mut Assembler,
        limit: usize,
    ) -> Result<usize, Violation> {
        self.inflater.inflate_masked(key, piece, message, limit)
    }

    /// Inflates the rest when the message is complete.
    pub(crate) fn finish(&mut self, message: &mut Assembler, limit: usize) -> Result<(), Violation> {
        self.inflater.finish(message, limit)
    }
}
