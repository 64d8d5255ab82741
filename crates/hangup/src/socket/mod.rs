//! The open connection: what an endpoint sends, receives and closes, and the task that moves the bytes.

mod attached;
mod blocked_opening;
mod closing;
mod core;
mod driver;
mod encoding;
mod environment;
mod held_messages;
mod inbox;
mod io;
#[cfg(feature = "msgpack")]
mod json_of;
mod keep_alive;
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
mod server_shutdown;
mod shared;
mod shared_frames;
mod sink;
mod stream;
#[cfg(test)]
mod tests;
mod timer;
mod typed;
mod waiting;
mod websocket;
mod writer;

pub(crate) use self::{
    attached::{Attached, NotAttached},
    blocked_opening::watch_opening,
    core::{Kickable, Removal, Undelivered},
    driver::{Conclude, Conclusion, Driver},
    io::Transport,
    keep_alive::KEEP_ALIVE_REASON,
    server::{PendingRemoval, Shared},
    shared_frames::{FrameEncoder, SharedFrames},
    waiting::Ticket,
};
pub use self::{
    closing::Closed,
    encoding::{Codec, Encoding},
    message::Message,
    message_type::{MessageType, Raw},
    receiver::Receiver,
    sender::Sender,
    server_shutdown::ServerShutdown,
    websocket::WebSocket,
    writer::MessageWriter,
};
