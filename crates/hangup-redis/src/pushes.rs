//! What the server pushes, as events of the engine.

use std::sync::Arc;

use hangup::hub::{EngineEvent, EventSender, KickReport, LoggedKick, Position, Publication};
use redis::{PushInfo, PushKind, Value};

use crate::{
    clock::ServerClock, keyspace::Keyspace, kick_log::published_kick, payload::from_payload, seen::SeenKicks,
};

/// What pushes need to become events.
pub(crate) struct Intake {
    pub(crate) keyspace: Keyspace,
    pub(crate) events: EventSender,
    pub(crate) clock: ServerClock,
    pub(crate) seen: SeenKicks,
}

/// Takes a push without waiting.
pub(crate) fn take_push(intake: &Intake, push: PushInfo) {
    if push.kind != PushKind::Message {
        return;
    }
    let mut data = push.data.into_iter();
    let (Some(Value::BulkString(channel)), Some(Value::BulkString(payload))) = (data.next(), data.next())
    else {
        return;
    };
    let Ok(channel) = std::str::from_utf8(&channel) else {
        return;
    };
    match event(intake, channel, payload) {
        Some(event) => intake.events.send(event),
        None => tracing::warn!(
            engine = "redis",
            "a message is skipped that no node of this version has published"
        ),
    }
}

fn event(intake: &Intake, channel: &str, payload: Vec<u8>) -> Option<EngineEvent> {
    if let Some(topic) = intake.keyspace.topic_of(channel) {
        let message = from_payload(payload)?;
        let topic: Arc<str> = topic.into();
        return Some(EngineEvent::Published(Publication::new(
            topic,
            Position::default(),
            message,
        )));
    }
    if channel == intake.keyspace.kicks {
        let (position, at, kick) = published_kick(&payload)?;
        intake.seen.add(position, kick.id);
        let age = intake.clock.age(at);
        return Some(EngineEvent::Kicked(LoggedKick::new(position, kick, age)));
    }
    KickReport::from_bytes(&payload).ok().map(EngineEvent::Reported)
}
