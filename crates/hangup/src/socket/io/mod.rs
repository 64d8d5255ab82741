//! Bytes in and out: buffers that the thread lends, and the stream below them.

mod frames;
mod input;
mod output;
mod pool;
#[cfg(test)]
mod tests;
mod transport;

pub(crate) use self::transport::Transport;
pub(super) use self::{
    frames::Frames,
    input::Input,
    output::{BY_REFERENCE, Output},
    pool::BUFFER_SIZE,
};
