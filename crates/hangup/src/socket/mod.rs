//! The open connection: what an endpoint sends, receives and closes, and the task that moves the bytes.

mod blocked_opening;
mod closing;
mod core;
mod draining;
mod driver;
mod encoding;
mod environment;
mod inbox;
mod io;
mod keep_alive;
#[cfg_attr(not(test), expect(dead_code, reason = "for the hub"))]
mod kick;
mod limits;
mod message;
mod message_type;
mod opening;
mod pending_send;
mod pings;
mod rate;
mod receiver;
mod sender;
mod server;
mod shared;
#[cfg_attr(not(test), expect(dead_code, reason = "for the hub"))]
mod shared_frames;
mod sink;
mod stream;
#[cfg(test)]
mod tests;
mod timer;
mod typed;
mod waiting;
mod websocket;

pub(crate) use self::{
    blocked_opening::watch_opening,
    driver::{Conclude, Conclusion, Driver},
    io::Transport,
    server::Shared,
    waiting::Ticket,
};
pub use self::{
    closing::Closed,
    draining::ServerShutdown,
    encoding::{Codec, Encoding},
    message::Message,
    message_type::{MessageType, Raw},
    receiver::Receiver,
    sender::Sender,
    websocket::WebSocket,
};
#[expect(unused_imports, reason = "for the hub")]
pub(crate) use self::{
    core::{Kicked, Undelivered},
    kick::Kicking,
    shared_frames::{FrameEncoder, SharedFrames},
};
