//! Engines: what connects the nodes of a hub.

pub mod conformance;
mod contract;
mod erased;
mod event;
mod failure;
mod memory;
mod node;
mod position;
mod queue;
mod random;
mod record;

pub(super) use self::erased::ErasedEngine;
pub use self::{
    contract::Engine,
    event::{EngineEvent, Publication},
    failure::EngineError,
    memory::MemoryEngine,
    node::Node,
    position::Position,
    queue::{EventReceiver, EventSender, event_queue},
    record::{InvalidRecord, Kick, KickId, KickLog, KickReport, LoggedKick},
};
