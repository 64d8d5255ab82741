//! The hub: many connections that reach each other, in one process or on many nodes.

mod engine;
mod options;
mod tag;

pub use self::{
    engine::{
        Engine, EngineError, EngineEvent, EventReceiver, EventSender, InvalidRecord, Kick, KickId, KickLog,
        KickReport, LoggedKick, MemoryEngine, Node, Position, Publication, conformance, event_queue,
    },
    options::{EngineLoss, HubOptions, SlowSubscriber},
    tag::Tag,
};
