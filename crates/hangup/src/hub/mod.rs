//! The hub: many connections that reach each other, in one process or on many nodes.
#![doc = ""]
#![doc = include_str!("../../docs/hub.md")]

mod backoff;
mod books;
mod channel;
mod engine;
mod error;
#[expect(clippy::module_inception, reason = "the file of the type `Hub`")]
mod hub;
mod interest;
mod kicked;
mod kicks;
mod lane;
mod listener;
mod member;
mod membership;
mod options;
mod readiness;
mod registry;
mod reports;
mod slots;
mod state;
mod tag;
mod tagged;
#[cfg(test)]
mod tests;
mod topic;
mod upkeep;

pub(crate) use self::hub::join;
pub use self::{
    backoff::Backoff,
    books::HubCounts,
    engine::{
        Engine, EngineError, EngineEvent, EventReceiver, EventSender, InvalidRecord, Kick, KickId, KickLog,
        KickReport, LoggedKick, MemoryEngine, Node, Position, Publication, conformance, event_queue,
    },
    error::{KickError, ListenError, PublishError, SubscribeError, TagError},
    hub::{Hub, HubMissing, WithHub},
    kicked::Kicked,
    options::{EngineLoss, HubOptions, SlowSubscriber},
    readiness::Ready,
    tag::Tag,
    tagged::{Kicking, Tagged},
    topic::{Listener, Subscription, Topic},
};
