//! The queue of events between an engine and its hub: it takes every event at once and is bounded.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::{
    event::{EngineEvent, Publication},
    record::{KickReport, LoggedKick},
};

/// How many kicks wait at most. Behind that many the log is read again instead, so that none is lost.
const WAITING_KICKS: usize = 1024;
/// How many reports wait at most; one more is lost, and its node counts as silent.
const WAITING_REPORTS: usize = 4096;
/// How many topics that lost publications are named; beyond that all have.
const LOST_TOPICS: usize = 64;
/// What a publication costs the queue besides its payload, in bytes.
const OVERHEAD: usize = 128;

/// Takes the events of an engine. Clones send to the same queue.
///
/// Sending never waits. What the hub does not take in time is bounded: publications by bytes
/// ([`HubOptions::incoming_bytes`](crate::hub::HubOptions::incoming_bytes)), beyond which the newest are dropped, counted, and replaced by one
/// [`EngineEvent::Lost`] for their topic. Kicks are never lost: where too many wait, the hub reads the log.
pub struct EventSender {
    queue: Arc<EventQueue>,
}

/// Gives the events in order: the state of the connection first, then kicks, reports, losses and publications.
pub struct EventReceiver {
    queue: Arc<EventQueue>,
}

struct EventQueue {
    waiting: Mutex<WaitingEvents>,
    added: Notify,
    bound: usize,
}

#[derive(Default)]
struct WaitingEvents {
    /// `Up` or `Down`, and a `Down` before an `Up`, in their order.
    states: VecDeque<EngineEvent>,
    kicks: VecDeque<LoggedKick>,
    reports: VecDeque<KickReport>,
    publications: VecDeque<Publication>,
    /// The sum of the payloads of the publications and of what each costs besides.
    bytes: usize,
    lost: Vec<Arc<str>>,
    all_lost: bool,
    dropped: u64,
    dropped_kicks: bool,
    is_closed: bool,
    senders: usize,
}

/// A queue that holds so many bytes of publications; for the tests of engines.
#[must_use]
pub fn event_queue(bound: usize) -> (EventSender, EventReceiver) {
    let queue = Arc::new(EventQueue {
        waiting: Mutex::new(WaitingEvents {
            senders: 1,
            ..WaitingEvents::default()
        }),
        added: Notify::new(),
        bound,
    });
    let sender = EventSender {
        queue: Arc::clone(&queue),
    };
    (sender, EventReceiver { queue })
}

impl EventQueue {
    fn waiting(&self) -> MutexGuard<'_, WaitingEvents> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventSender {
    /// Adds an event. Nothing happens if the hub is gone: see [`is_closed`](Self::is_closed).
    pub fn send(&self, event: EngineEvent) {
        {
            let mut waiting = self.queue.waiting();
            if waiting.is_closed {
                return;
            }
            waiting.add(event, self.queue.bound);
        }
        self.queue.added.notify_one();
    }

    /// Whether the hub is gone, so that the engine can end its tasks.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.queue.waiting().is_closed
    }
}

impl WaitingEvents {
    fn add(&mut self, event: EngineEvent, bound: usize) {
        match event {
            EngineEvent::Up | EngineEvent::Down(_) => {
                // The last `Down` and the last `Up` are all that counts.
                self.states
                    .retain(|state| matches!(state, EngineEvent::Up) != matches!(event, EngineEvent::Up));
                self.states.push_back(event);
            }
            EngineEvent::Kicked(kick) => {
                if self.kicks.len() < WAITING_KICKS {
                    self.kicks.push_back(kick);
                } else {
                    self.dropped_kicks = true;
                }
            }
            EngineEvent::Reported(report) => {
                if self.reports.len() < WAITING_REPORTS {
                    self.reports.push_back(report);
                }
            }
            EngineEvent::Lost(Some(topic)) => self.lose(topic),
            EngineEvent::Lost(None) => self.all_lost = true,
            EngineEvent::Published(publication) => {
                let bytes = OVERHEAD + publication.message.len();
                if self.bytes + bytes <= bound {
                    self.bytes += bytes;
                    self.publications.push_back(publication);
                } else {
                    self.dropped += 1;
                    self.lose(publication.topic);
                }
            }
        }
    }

    fn lose(&mut self, topic: Arc<str>) {
        if self.lost.contains(&topic) {
            return;
        }
        if self.lost.len() < LOST_TOPICS {
            self.lost.push(topic);
        } else {
            self.all_lost = true;
        }
    }

    fn next(&mut self) -> Option<EngineEvent> {
        if let Some(state) = self.states.pop_front() {
            return Some(state);
        }
        if let Some(kick) = self.kicks.pop_front() {
            return Some(EngineEvent::Kicked(kick));
        }
        if let Some(report) = self.reports.pop_front() {
            return Some(EngineEvent::Reported(report));
        }
        if let Some(publication) = self.publications.pop_front() {
            self.bytes -= OVERHEAD + publication.message.len();
            return Some(EngineEvent::Published(publication));
        }
        if std::mem::take(&mut self.all_lost) {
            self.lost.clear();
            return Some(EngineEvent::Lost(None));
        }
        self.lost.pop().map(|topic| EngineEvent::Lost(Some(topic)))
    }
}

impl EventReceiver {
    /// Waits for the next event. `None` once every sender is gone and all events were taken. Cancel safe.
    pub async fn recv(&mut self) -> Option<EngineEvent> {
        loop {
            {
                let mut waiting = self.queue.waiting();
                let event = waiting.next();
                if event.is_some() || waiting.senders == 0 {
                    return event;
                }
            }
            self.queue.added.notified().await;
        }
    }

    /// The next event, if one waits.
    pub fn try_recv(&mut self) -> Option<EngineEvent> {
        self.queue.waiting().next()
    }

    /// How many publications were dropped since this was last asked, as too many bytes waited.
    pub fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.queue.waiting().dropped)
    }

    /// Whether kicks were dropped since this was last asked, so that the log is to be read.
    pub(crate) fn take_dropped_kicks(&mut self) -> bool {
        std::mem::take(&mut self.queue.waiting().dropped_kicks)
    }
}

impl Clone for EventSender {
    fn clone(&self) -> Self {
        self.queue.waiting().senders += 1;
        Self {
            queue: Arc::clone(&self.queue),
        }
    }
}

impl Drop for EventSender {
    fn drop(&mut self) {
        self.queue.waiting().senders -= 1;
        self.queue.added.notify_one();
    }
}

impl Drop for EventReceiver {
    fn drop(&mut self) {
        let mut waiting = self.queue.waiting();
        *waiting = WaitingEvents {
            is_closed: true,
            senders: waiting.senders,
            ..WaitingEvents::default()
        };
    }
}

impl fmt::Debug for EventSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSender").finish_non_exhaustive()
    }
}

impl fmt::Debug for EventReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventReceiver").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hangup_protocol::{Close, CloseCode};

    use super::*;
    use crate::{
        hub::{
            engine::{Kick, Node, Position},
            tag::Tag,
        },
        socket::Message,
    };

    fn published(topic: &str, length: usize) -> EngineEvent {
        let message = Message::from(vec![0; length]);
        EngineEvent::Published(Publication::new(topic.into(), Position::default(), message))
    }

    #[tokio::test]
    async fn publications_beyond_the_bound_are_dropped_counted_and_reported_as_lost() {
        let (sender, mut receiver) = event_queue(2 * (OVERHEAD + 10));
        for topic in ["a", "a", "b", "b"] {
            sender.send(published(topic, 10));
        }
        assert!(matches!(receiver.recv().await, Some(EngineEvent::Published(_))));
        assert!(matches!(receiver.recv().await, Some(EngineEvent::Published(_))));
        assert!(matches!(receiver.recv().await, Some(EngineEvent::Lost(Some(topic))) if &*topic == "b"));
        assert_eq!((receiver.take_dropped(), receiver.take_dropped()), (2, 0));
        assert!(receiver.try_recv().is_none());
        sender.send(published("b", 10));
        assert!(matches!(receiver.recv().await, Some(EngineEvent::Published(_))));
        drop(sender);
        assert!(receiver.recv().await.is_none());
    }

    #[test]
    fn kicks_beyond_the_bound_have_the_log_read_again() {
        let (sender, mut receiver) = event_queue(0);
        let close = Close::from(CloseCode::of::<4001>());
        let kick = Kick::new(Node::random(), Tag::new("user", 1), close, Duration::ZERO);
        for offset in 0..=WAITING_KICKS as u64 {
            let logged = LoggedKick::new(Position::new(1, offset), kick.clone(), Duration::ZERO);
            sender.send(EngineEvent::Kicked(logged));
        }
        assert!(receiver.take_dropped_kicks());
        assert_eq!(std::iter::from_fn(|| receiver.try_recv()).count(), WAITING_KICKS);
        assert!(!receiver.take_dropped_kicks());
    }

    #[test]
    fn an_engine_that_flaps_leaves_its_last_states() {
        let (sender, mut receiver) = event_queue(0);
        for _ in 0..1000 {
            sender.send(EngineEvent::Up);
            sender.send(EngineEvent::Down("lost".to_owned()));
        }
        sender.send(EngineEvent::Up);
        assert!(matches!(receiver.try_recv(), Some(EngineEvent::Down(_))));
        assert!(matches!(receiver.try_recv(), Some(EngineEvent::Up)));
        assert!(receiver.try_recv().is_none());
    }

    #[test]
    fn many_topics_that_lost_something_are_all_topics() {
        let (sender, mut receiver) = event_queue(0);
        for topic in 0..1000 {
            sender.send(published(&topic.to_string(), 0));
        }
        assert!(matches!(receiver.try_recv(), Some(EngineEvent::Lost(None))));
        assert!(receiver.try_recv().is_none());
        drop(receiver);
        assert!(sender.is_closed());
    }
}
