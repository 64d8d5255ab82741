//! The open connection: what an endpoint sends, receives and closes, and the task that moves the bytes.

mod attached;
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
mod pings;
mod pool;
mod receiving;
mod sender;
mod sending;
#[cfg(test)]
mod tests;
mod transport;
mod wait;
mod waiting;
mod websocket;

pub(crate) use self::{
    attached::{Attached, Delivery, Kickable, NotAttached},
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
