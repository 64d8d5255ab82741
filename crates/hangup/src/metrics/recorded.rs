//! The metrics of a route and of one connection, as the feature `metrics` records them.

use std::{mem, sync::Arc, time::Duration};

use hangup_protocol::Side;
use metrics::{Counter, Gauge, Histogram, SharedString, counter, gauge, histogram};
use tokio::time::Instant;

use super::{Refused, names};

/// The label of a request that matched no template: its path would be a label that the client chooses.
const UNMATCHED: &str = "unmatched";

/// The metrics of one route, looked up in the recorder once. Until then nothing is recorded.
#[derive(Clone, Default)]
pub(crate) struct RouteMetrics(Option<Arc<Handles>>);

struct Handles {
    route: SharedString,
    live: Gauge,
    accepted: Counter,
    handshake_seconds: Histogram,
    closing_seconds: Histogram,
    messages_received: Counter,
    messages_sent: Counter,
    messages_dropped: Counter,
    bytes_received: Counter,
    bytes_sent: Counter,
    unsent_bytes: Gauge,
}

impl Handles {
    fn find(route: &str) -> Self {
        names::describe();
        let route = SharedString::from_shared(route.into());
        let counter = |name| counter!(name, "route" => route.clone());
        let gauge = |name| gauge!(name, "route" => route.clone());
        let histogram = |name| histogram!(name, "route" => route.clone());
        Self {
            live: gauge(names::CONNECTIONS_LIVE),
            accepted: counter(names::HANDSHAKES_ACCEPTED),
            handshake_seconds: histogram(names::HANDSHAKE_SECONDS),
            closing_seconds: histogram(names::CLOSING_SECONDS),
            messages_received: counter(names::MESSAGES_RECEIVED),
            messages_sent: counter(names::MESSAGES_SENT),
            messages_dropped: counter(names::MESSAGES_DROPPED),
            bytes_received: counter(names::BYTES_RECEIVED),
            bytes_sent: counter(names::BYTES_SENT),
            unsent_bytes: gauge(names::UNSENT_BYTES),
            route,
        }
    }
}

impl RouteMetrics {
    /// Looks up the metrics of the route with this template, unless it has them already.
    pub(crate) fn become_of(&mut self, template: Option<&str>) {
        let route = template.unwrap_or(UNMATCHED);
        if self.0.as_ref().is_none_or(|handles| &*handles.route != route) {
            self.0 = Some(Arc::new(Handles::find(route)));
        }
    }

    /// An endpoint has accepted. The connection is live until [`closed`](Self::closed).
    pub(crate) fn accepted(&self, took: Duration) {
        if let Some(handles) = &self.0 {
            handles.accepted.increment(1);
            handles.live.increment(1.0);
            handles.handshake_seconds.record(took);
        }
    }

    /// A handshake has ended that no endpoint accepted.
    pub(crate) fn refused(&self, refused: Refused) {
        if let Some(handles) = &self.0 {
            let route = handles.route.clone();
            counter!(names::HANDSHAKES_REFUSED, "route" => route, "reason" => reason(refused)).increment(1);
        }
    }

    /// An accepted connection has ended, with the code of the side that closed first, if any.
    pub(crate) fn closed(&self, code: Option<u16>, initiator: Option<Side>) {
        if let Some(handles) = &self.0 {
            handles.live.decrement(1.0);
            let who = match initiator {
                Some(Side::Local) => "local",
                Some(Side::Peer) => "peer",
                None => "none",
            };
            let route = handles.route.clone();
            let code = label(code, initiator);
            counter!(names::CLOSES, "route" => route, "code" => code, "initiator" => who).increment(1);
        }
    }

    /// The traffic of one connection of this route.
    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {
            route: self.clone(),
            ..Traffic::default()
        }
    }
}

fn reason(refused: Refused) -> SharedString {
    match refused {
        Refused::Http(status) => format!("http_{status}").into(),
        Refused::Close(code) => format!("close_{code}").into(),
        Refused::Abandoned => "abandoned".into(),
    }
}

/// The label of a close code. A code that the peer chooses freely becomes its range, so that no peer can add a label.
fn label(code: Option<u16>, initiator: Option<Side>) -> SharedString {
    match (code, initiator) {
        (None, _) => "1006".into(),
        (Some(3000..=3999), Some(Side::Peer)) => "3xxx".into(),
        (Some(4000..=4999), Some(Side::Peer)) => "4xxx".into(),
        (Some(code), Some(Side::Peer)) if !(1000..=1015).contains(&code) => "other".into(),
        (Some(code), _) => code.to_string().into(),
    }
}

/// What one connection sends and receives. It counts in plain integers, and adds them to the metrics of the route at the
/// end of each poll of the connection's task.
#[derive(Default)]
pub(crate) struct Traffic {
    route: RouteMetrics,
    received: Count,
    sent: Count,
    /// The part of this connection in the gauge of the route.
    unsent: usize,
    closing_since: Option<Instant>,
}

#[derive(Default)]
struct Count {
    messages: u64,
    bytes: u64,
}

impl Count {
    fn add(&mut self, bytes: usize) {
        self.messages += 1;
        self.bytes += bytes as u64;
    }

    fn move_to(&mut self, messages: &Counter, bytes: &Counter) {
        let counted = mem::take(self);
        if counted.messages > 0 {
            messages.increment(counted.messages);
            bytes.increment(counted.bytes);
        }
    }
}

impl Traffic {
    /// A message was received.
    pub(crate) fn received(&mut self, bytes: usize) {
        self.received.add(bytes);
    }

    /// A message was sent, that is, appended to the output.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.sent.add(bytes);
    }

    /// So many messages were sent, with so many bytes in all.
    pub(crate) fn sent_many(&mut self, messages: usize, bytes: usize) {
        self.sent.messages += messages as u64;
        self.sent.bytes += bytes as u64;
    }

    /// Messages were dropped, as the peer is too slow or was kicked.
    pub(crate) fn dropped(&mut self, messages: u64) {
        if let Some(handles) = &self.route.0 {
            handles.messages_dropped.increment(messages);
        }
    }

    /// Adds the counts to the metrics of the route. `unsent` bytes wait in the output.
    pub(crate) fn settle(&mut self, unsent: usize) {
        let Some(handles) = &self.route.0 else {
            return;
        };
        self.received
            .move_to(&handles.messages_received, &handles.bytes_received);
        self.sent.move_to(&handles.messages_sent, &handles.bytes_sent);
        let before = mem::replace(&mut self.unsent, unsent);
        if unsent > before {
            handles.unsent_bytes.increment((unsent - before) as f64);
        } else if unsent < before {
            handles.unsent_bytes.decrement((before - unsent) as f64);
        }
    }

    /// Another task has sent. The connection's own task is not polled while it waits for the socket to become writable,
    /// so the counts are added here.
    pub(crate) fn grows_unsent(&mut self, unsent: usize) {
        if self.unsent > 0 {
            self.settle(unsent);
        }
    }

    /// The first Close frame was sent or received.
    pub(crate) fn closing_begins(&mut self) {
        self.closing_since = Some(Instant::now());
    }

    /// The transport is dropped.
    pub(crate) fn closing_ends(&mut self) {
        if let (Some(handles), Some(since)) = (&self.route.0, self.closing_since.take()) {
            handles.closing_seconds.record(since.elapsed());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_cannot_make_a_label_of_its_own() {
        let chosen: std::collections::BTreeSet<_> = (0..=u16::MAX)
            .map(|code| label(Some(code), Some(Side::Peer)))
            .collect();
        assert_eq!(chosen.len(), 16 + 3, "{chosen:?}");
        assert_eq!(&*label(Some(4001), Some(Side::Local)), "4001");
        assert_eq!(&*label(Some(3000), Some(Side::Peer)), "3xxx");
        assert_eq!(&*label(None, None), "1006");
    }
}
