//! `TestNode`: a started engine and its events.

use std::time::Duration;

use hangup::{
    CloseCode,
    hub::{Engine, EngineEvent, EventReceiver, Kick, Node, Tag, event_queue},
};
use hangup_redis::Redis;
use tokio::time::timeout;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct TestNode {
    pub(crate) engine: Redis,
    pub(crate) node: Node,
    events: EventReceiver,
}

impl TestNode {
    /// A node that is not up yet.
    pub(crate) async fn start(engine: Redis) -> Self {
        let (sender, events) = event_queue(64 << 20);
        let node = Node::random();
        engine.start(node, sender).await.unwrap();
        Self { engine, node, events }
    }

    pub(crate) async fn up(engine: Redis) -> Self {
        let mut started = Self::start(engine).await;
        started.is_up().await;
        started
    }

    /// The first event of which `find` makes something.
    pub(crate) async fn event<T>(&mut self, what: &str, find: impl Fn(EngineEvent) -> Option<T>) -> T {
        let found = timeout(PATIENCE, async {
            loop {
                if let Some(found) = self.events.recv().await.and_then(&find) {
                    return found;
                }
            }
        });
        found.await.unwrap_or_else(|_| panic!("{what} has not come"))
    }

    pub(crate) async fn is_up(&mut self) {
        self.event("Up", |event| matches!(event, EngineEvent::Up).then_some(()))
            .await;
    }

    /// The reason.
    pub(crate) async fn is_down(&mut self) -> String {
        let reason = |event| match event {
            EngineEvent::Down(reason) => Some(reason),
            _ => None,
        };
        self.event("Down", reason).await
    }

    pub(crate) fn kick(&self, user: u32) -> Kick {
        let close = CloseCode::POLICY_VIOLATION.into();
        Kick::new(self.node, Tag::new("user", user), close, Duration::from_secs(1))
    }
}
