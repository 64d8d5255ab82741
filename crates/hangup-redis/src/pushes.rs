//! What the server pushes, as events of the engine.

use std::sync::Arc;

use hangup::hub::{EngineEvent, KickReport, LoggedKick, Position, Publication};
use redis::{PushInfo, PushKind, Value};

use crate::{kick_log::published_kick, payload::from_payload, session::Shared};

/// Takes a push without waiting.
pub(crate) fn take_push(shared: &Shared, push: PushInfo) {
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
    match event(shared, channel, payload) {
        Some(event) => shared.events.send(event),
        None => tracing::warn!(
            engine = "redis",
            "a message is skipped that no node of this version has published"
        ),
    }
}

fn event(shared: &Shared, channel: &str, payload: Vec<u8>) -> Option<EngineEvent> {
    if let Some(topic) = shared.keyspace.topic_of(channel) {
        let message = from_payload(payload)?;
        let topic: Arc<str> = topic.into();
        return Some(EngineEvent::Published(Publication::new(
            topic,
            Position::default(),
            message,
        )));
    }
    if channel == shared.keyspace.kicks {
        let (position, at, kick) = published_kick(&payload)?;
        shared.seen.add(position, kick.id);
        let age = shared.clock.age(at);
        return Some(EngineEvent::Kicked(LoggedKick::new(position, kick, age)));
    }
    KickReport::from_bytes(&payload).ok().map(EngineEvent::Reported)
}
