//! `TestNode`: a started engine and its events, with the checks' ways to wait.

use std::time::Duration;

use tokio::time::timeout;

use super::service::EngineService;
use crate::hub::engine::{
    contract::Engine,
    event::{EngineEvent, Publication},
    failure::EngineError,
    node::Node,
    queue::{EventReceiver, event_queue},
    record::{KickReport, LoggedKick},
};

/// How long a check waits for what must come.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How long a check waits for what must not come.
pub(super) const SILENCE: Duration = Duration::from_millis(300);

/// A started engine and its events.
pub(super) struct TestNode<E> {
    pub(super) engine: E,
    pub(super) node: Node,
    events: EventReceiver,
}

pub(super) async fn start<S: EngineService>(service: &S) -> TestNode<S::Engine> {
    let (sender, events) = event_queue(64 << 20);
    let engine = service.engine().await;
    let node = Node::random();
    done(engine.start(node, sender).await, "start");
    let mut started = TestNode { engine, node, events };
    started.state(true).await;
    started
}

impl<E: Engine> TestNode<E> {
    async fn next<T>(&mut self, what: &str, mut find: impl FnMut(EngineEvent) -> Option<T>) -> T {
        let found = timeout(PATIENCE, async {
            loop {
                match self.events.recv().await {
                    Some(event) => {
                        if let Some(found) = find(event) {
                            return found;
                        }
                    }
                    None => panic!("the engine has dropped its sender; {what} was awaited"),
                }
            }
        });
        match found.await {
            Ok(found) => found,
            Err(_) => panic!("{what} has not come within {PATIENCE:?}"),
        }
    }

    pub(super) async fn publication(&mut self) -> Publication {
        self.next("a publication", |event| match event {
            EngineEvent::Published(publication) => Some(publication),
            _ => None,
        })
        .await
    }

    pub(super) async fn kick(&mut self) -> LoggedKick {
        self.next("a kick", |event| match event {
            EngineEvent::Kicked(kick) => Some(kick),
            _ => None,
        })
        .await
    }

    pub(super) async fn report(&mut self) -> KickReport {
        self.next("a report", |event| match event {
            EngineEvent::Reported(report) => Some(report),
            _ => None,
        })
        .await
    }

    pub(super) async fn state(&mut self, is_up: bool) {
        self.next(if is_up { "`Up`" } else { "`Down`" }, |event| match event {
            EngineEvent::Up if is_up => Some(()),
            EngineEvent::Down(_) if !is_up => Some(()),
            _ => None,
        })
        .await;
    }

    /// No publication and no report comes for a time.
    pub(super) async fn is_silent(&mut self) {
        let unwanted = timeout(SILENCE, async {
            loop {
                match self.events.recv().await {
                    Some(event @ (EngineEvent::Published(_) | EngineEvent::Reported(_))) => return event,
                    Some(_) => {}
                    None => std::future::pending().await,
                }
            }
        });
        if let Ok(event) = unwanted.await {
            panic!("this must not come: {event:?}");
        }
    }
}

#[track_caller]
pub(super) fn done<T>(result: Result<T, EngineError>, what: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what} failed: {error}"),
    }
}
