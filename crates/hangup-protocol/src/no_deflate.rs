//! The types of permessage-deflate without the feature `deflate`: they have no values.

use crate::assembler::Assembler;
use crate::frame::OpCode;
use crate::violation::Violation;

#[derive(Debug)]
pub(crate) enum Deflate {}

impl Deflate {
    pub(crate) const fn compresses(&self, _: usize) -> bool {
        match *self {}
    }

    pub(crate) const fn sends_with_takeover(&self) -> bool {
        match *self {}
    }

    pub(crate) fn write_frame(&mut self, _: OpCode, _: &[u8], _: Option<[u8; 4]>, _: &mut Vec<u8>) -> bool {
        match *self {}
    }

    pub(crate) fn begin_frame(&mut self, _: bool, _: u64, _: usize) -> Result<(), Violation> {
        match *self {}
    }

    pub(crate) fn inflate_masked(
        &mut self,
        _: [u8; 4],
        _: &[u8],
        _: &mut Assembler,
        _: usize,
    ) -> Result<usize, Violation> {
        match *self {}
    }

    pub(crate) fn finish(&mut self, _: &mut Assembler, _: usize) -> Result<(), Violation> {
        match *self {}
    }
}
