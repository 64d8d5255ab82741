//! The open connection: what an endpoint sends, receives and closes, and the task that moves the bytes.

mod buffers;
mod closing;
mod core;
mod deadlines;
mod draining;
mod driver;
mod encoding;
mod inbox;
mod keep_alive;
mod limits;
mod message;
mod note;
mod opening;
mod pings;
mod pool;
mod receiving;
mod sender;
mod sending;
#[cfg(test)]
mod tests;
mod transport;
mod typed;
mod wait;
mod waiting;
mod websocket;

pub(crate) use self::{
    core::Shared,
    driver::{Conclude, Conclusion, Driver},
    opening::{Acceptance, watch_opening},
    transport::Transport,
    waiting::Ticket,
};
pub use self::{
    draining::Draining,
    encoding::{Codec, Encoding},
    message::Message,
    sender::Sender,
    typed::{MessageType, Raw},
    websocket::{Closed, Receiver, WebSocket},
};
