//! The open connection: what an endpoint sends, receives and closes, and the task that moves the bytes.

mod buffers;
mod closing;
mod core;
mod deadlines;
mod draining;
mod driver;
mod inbox;
mod keep_alive;
mod limits;
mod message;
mod note;
mod opening;
mod over;
mod pings;
mod pool;
mod receiving;
mod sender;
mod sending;
mod sink;
mod stream;
#[cfg(test)]
mod tests;
mod transport;
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
    message::Message,
    sender::Sender,
    websocket::{Closed, Receiver, WebSocket},
};
