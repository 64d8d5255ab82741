//! `EngineEvent`: what an engine sends to its hub.

use std::sync::Arc;

use super::{
    position::Position,
    record::{KickReport, LoggedKick},
};
use crate::socket::Message;

/// What an engine sends to its hub through an [`EventSender`](crate::hub::EventSender).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EngineEvent {
    /// A message was published to a topic to which this node has subscribed.
    Published(Publication),
    /// A kick was appended to the log.
    Kicked(LoggedKick),
    /// A node has carried a kick of this node out.
    Reported(KickReport),
    /// Publications of this topic were lost, or of any topic where it names none.
    Lost(Option<Arc<str>>),
    /// The service is reached. Subscriptions and kicks of the time before may be lost: the hub asks anew.
    Up,
    /// The service cannot be reached, for the reason that is logged. Sent once; the engine goes on trying.
    Down(String),
}

/// A message as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Publication {
    /// The topic.
    pub topic: Arc<str>,
    /// Its place in the topic, where the engine gives positions.
    pub position: Position,
    /// The message; its payload is shared by all clones.
    pub message: Message,
}

impl Publication {
    /// A message in its place.
    #[must_use]
    pub const fn new(topic: Arc<str>, position: Position, message: Message) -> Self {
        Self {
            topic,
            position,
            message,
        }
    }
}
