//! The promises of [`Engine`], checked against any engine: a suite for the tests of engines.
//!
//! The functions panic where a promise is broken. Each wants a service whose log of kicks is empty.
//!
//! ```
//! use hangup::hub::{MemoryEngine, conformance::{self, EngineService}};
//!
//! struct InMemory(MemoryEngine);
//!
//! impl EngineService for InMemory {
//!     type Engine = MemoryEngine;
//!     async fn engine(&self) -> MemoryEngine { self.0.another_node() }
//!     async fn interrupt(&self) { self.0.interrupt() }
//!     async fn restore(&self) { self.0.restore() }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! conformance::check_all(async || InMemory(MemoryEngine::new())).await;
//! # }
//! ```

mod node;
mod service;

use std::{sync::Arc, time::Duration};

use hangup_protocol::{Close, CloseCode};
use tokio::time::timeout;

use self::node::{PATIENCE, SILENCE, done, start};
pub use self::service::EngineService;
use super::{
    contract::Engine,
    event::Publication,
    node::Node,
    position::Position,
    random::random_number,
    record::{Kick, KickReport},
};
use crate::{hub::tag::Tag, socket::Message};

/// Runs every check, each on a service of its own.
pub async fn check_all<S: EngineService>(mut service: impl AsyncFnMut() -> S) {
    publications_reach_the_nodes_that_have_subscribed(&service().await).await;
    payloads_are_unchanged(&service().await).await;
    one_publisher_is_in_order(&service().await).await;
    all_nodes_see_one_order(&service().await).await;
    an_ended_subscription_delivers_nothing(&service().await).await;
    subscribing_twice_delivers_once(&service().await).await;
    kicks_reach_all_nodes_and_the_log(&service().await).await;
    the_log_is_read_from_a_position(&service().await).await;
    a_node_that_comes_later_reads_the_log(&service().await).await;
    reports_reach_the_node_that_kicked(&service().await).await;
    nodes_are_listed_until_they_stop(&service().await).await;
    an_outage_fails_calls_and_is_told(&service().await).await;
    the_log_survives_an_outage(&service().await).await;
}

/// A publication reaches the subscribed nodes, the publisher among them, and no other.
pub async fn publications_reach_the_nodes_that_have_subscribed<S: EngineService>(service: &S) {
    let (mut a, mut b, mut c) = (start(service).await, start(service).await, start(service).await);
    let topic = unique("topic");
    for node in [&a, &b] {
        done(node.engine.subscribe(&[Arc::clone(&topic)]).await, "subscribe");
    }
    let message = Message::from("hello");
    let position = done(a.engine.publish(&topic, &message).await, "publish");
    for node in [&mut a, &mut b] {
        let publication = node.publication().await;
        assert_eq!((&publication.topic, &publication.message), (&topic, &message));
        assert_eq!(
            publication.position, position,
            "the publisher sees the position of the others"
        );
    }
    c.is_silent().await;
}

/// Text and binary messages of many lengths and contents arrive as they were.
pub async fn payloads_are_unchanged<S: EngineService>(service: &S) {
    let mut a = start(service).await;
    let topic: Arc<str> = format!("{} é\r\n*{{}}", unique("topic")).into();
    done(a.engine.subscribe(&[Arc::clone(&topic)]).await, "subscribe");
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let messages = [
        Message::from(""),
        Message::from("\u{1f600} \0 \r\n"),
        Message::from(Vec::new()),
        Message::from(every_byte),
        Message::from("x".repeat(100_000)),
        Message::from(vec![0xff; 1 << 20]),
    ];
    for message in messages {
        done(a.engine.publish(&topic, &message).await, "publish");
        let publication = a.publication().await;
        assert!(
            publication.message == message,
            "a message of {} bytes",
            message.len()
        );
        assert_eq!(publication.topic, topic);
    }
}

/// What one node publishes to one topic, one publish awaited after the other, arrives in that order everywhere.
pub async fn one_publisher_is_in_order<S: EngineService>(service: &S) {
    let (a, mut b) = (start(service).await, start(service).await);
    let topic = unique("topic");
    done(b.engine.subscribe(&[Arc::clone(&topic)]).await, "subscribe");
    for number in 0..200 {
        done(
            a.engine.publish(&topic, &number.to_string().into()).await,
            "publish",
        );
    }
    for number in 0..200 {
        assert_eq!(b.publication().await.message, number.to_string().into());
    }
}

/// Several publishers at once: every node sees one and the same order, and positions without gaps where there are any.
pub async fn all_nodes_see_one_order<S: EngineService>(service: &S) {
    const EACH: usize = 50;
    let mut nodes = [start(service).await, start(service).await, start(service).await];
    let topic = unique("topic");
    for node in &nodes {
        done(node.engine.subscribe(&[Arc::clone(&topic)]).await, "subscribe");
    }
    let publish = |node: usize| {
        let (topic, nodes) = (&topic, &nodes);
        async move {
            for number in 0..EACH {
                let message = format!("{node}:{number}").into();
                done(nodes[node].engine.publish(topic, &message).await, "publish");
            }
        }
    };
    tokio::join!(publish(0), publish(1), publish(2));
    let mut orders = Vec::new();
    for node in &mut nodes {
        let mut seen: Vec<Publication> = Vec::new();
        for _ in 0..3 * EACH {
            let publication = node.publication().await;
            let is_next = seen
                .last()
                .is_none_or(|last| publication.position.follows(last.position));
            assert!(
                is_next || publication.position == Position::default(),
                "positions grow by one: {:?}",
                publication.position
            );
            seen.push(publication);
        }
        orders.push(seen);
    }
    assert!(
        orders.windows(2).all(|pair| pair[0] == pair[1]),
        "the orders differ"
    );
}

/// Once an unsubscribe is done, later publications do not come.
pub async fn an_ended_subscription_delivers_nothing<S: EngineService>(service: &S) {
    let (a, mut b) = (start(service).await, start(service).await);
    let topics = [unique("topic"), unique("topic")];
    done(b.engine.subscribe(&topics).await, "subscribe");
    done(b.engine.unsubscribe(&topics[..1]).await, "unsubscribe");
    for topic in &topics {
        done(a.engine.publish(topic, &"late".into()).await, "publish");
    }
    assert_eq!(b.publication().await.topic, topics[1]);
    b.is_silent().await;
    // What is not subscribed may be unsubscribed, as after a failed subscribe.
    done(b.engine.unsubscribe(&topics).await, "unsubscribe again");
}

/// Subscribing again, as after an `Up`, does not double deliveries.
pub async fn subscribing_twice_delivers_once<S: EngineService>(service: &S) {
    let mut a = start(service).await;
    let topic = unique("topic");
    for _ in 0..2 {
        done(a.engine.subscribe(&[Arc::clone(&topic)]).await, "subscribe");
    }
    done(a.engine.publish(&topic, &"once".into()).await, "publish");
    assert_eq!(a.publication().await.message, "once".into());
    a.is_silent().await;
}

/// A kick is sent to all nodes, the kicking one among them, and is in the log at its position.
pub async fn kicks_reach_all_nodes_and_the_log<S: EngineService>(service: &S) {
    let (mut a, mut b) = (start(service).await, start(service).await);
    let mut kick = kick_of(a.node);
    kick.block = Duration::from_secs(30);
    let position = done(a.engine.append_kick(&kick).await, "append_kick");
    for node in [&mut a, &mut b] {
        let logged = node.kick().await;
        assert_eq!((&logged.kick, logged.position), (&kick, position));
        assert!(logged.age < PATIENCE, "its age is {:?}", logged.age);
        let log = done(node.engine.kicks_after(None).await, "kicks_after");
        assert!(
            log.kicks
                .iter()
                .any(|logged| logged.kick == kick && logged.position == position)
        );
        assert_eq!(log.last, Some(position));
    }
}

/// The log behind a position holds the later kicks in their order, and nothing is missing.
pub async fn the_log_is_read_from_a_position<S: EngineService>(service: &S) {
    let a = start(service).await;
    let empty = done(a.engine.kicks_after(None).await, "kicks_after");
    assert!(empty.kicks.is_empty() && !empty.is_incomplete);
    let Some(before) = empty.last else {
        panic!("an empty log has a place in its epoch");
    };
    let kicks = [kick_of(a.node), kick_of(a.node), kick_of(a.node)];
    let mut positions = Vec::new();
    for kick in &kicks {
        positions.push(done(a.engine.append_kick(kick).await, "append_kick"));
    }
    assert!(positions[0].follows(before), "{before:?} {positions:?}");
    assert!(
        positions.windows(2).all(|pair| pair[1].follows(pair[0])),
        "{positions:?}"
    );
    let log = done(a.engine.kicks_after(Some(positions[0])).await, "kicks_after");
    let seen: Vec<_> = log.kicks.iter().map(|logged| &logged.kick).collect();
    assert_eq!(seen, [&kicks[1], &kicks[2]]);
    assert!(!log.is_incomplete);
    let log = done(a.engine.kicks_after(Some(positions[2])).await, "kicks_after");
    assert!(log.kicks.is_empty() && !log.is_incomplete);
    assert_eq!(log.last, Some(positions[2]));
    let other_epoch = Position::new(positions[2].epoch ^ 1, positions[2].offset);
    let log = done(a.engine.kicks_after(Some(other_epoch)).await, "kicks_after");
    assert!(
        log.is_incomplete,
        "a position of another epoch says that kicks may be missing"
    );
    assert_eq!(log.kicks.len(), kicks.len(), "all that is kept comes then");
}

/// A node that starts after a kick finds it in the log, with its age.
pub async fn a_node_that_comes_later_reads_the_log<S: EngineService>(service: &S) {
    let a = start(service).await;
    let kick = kick_of(a.node);
    done(a.engine.append_kick(&kick).await, "append_kick");
    tokio::time::sleep(2 * SILENCE).await;
    let b = start(service).await;
    let log = done(b.engine.kicks_after(None).await, "kicks_after");
    let logged = log.kicks.iter().find(|logged| logged.kick == kick);
    let Some(logged) = logged else {
        panic!("the log does not hold the kick: {log:?}");
    };
    assert!(
        logged.age >= SILENCE && logged.age < PATIENCE,
        "its age is {:?}",
        logged.age
    );
}

/// A report reaches the node of the kick and no other.
pub async fn reports_reach_the_node_that_kicked<S: EngineService>(service: &S) {
    let (mut a, b, mut c) = (start(service).await, start(service).await, start(service).await);
    let kick = kick_of(a.node);
    let report = KickReport::new(kick.id, b.node, 3, 1);
    done(b.engine.report_kick(&report).await, "report_kick");
    let of_itself = KickReport::new(kick.id, a.node, 0, 0);
    done(a.engine.report_kick(&of_itself).await, "report_kick");
    let mut seen = [a.report().await, a.report().await];
    seen.sort_by_key(|report| report.closed);
    assert_eq!(seen, [of_itself, report]);
    c.is_silent().await;
}

/// Nodes are listed from their first `Up` until they stop.
pub async fn nodes_are_listed_until_they_stop<S: EngineService>(service: &S) {
    let (a, b) = (start(service).await, start(service).await);
    let mut listed = done(a.engine.nodes().await, "nodes");
    listed.retain(|node| [a.node, b.node].contains(node));
    assert_eq!(listed.len(), 2, "both are listed, each once");
    b.engine.stop().await;
    let listed = done(a.engine.nodes().await, "nodes");
    assert!(listed.contains(&a.node) && !listed.contains(&b.node));
    assert!(
        b.engine.publish("topic", &"late".into()).await.is_err(),
        "it has stopped"
    );
}

/// An outage sends one `Down`, fails calls, and ends with an `Up`; then all works that worked before.
pub async fn an_outage_fails_calls_and_is_told<S: EngineService>(service: &S) {
    let mut a = start(service).await;
    let topic = unique("topic");
    done(a.engine.subscribe(&[Arc::clone(&topic)]).await, "subscribe");
    service.interrupt().await;
    a.state(false).await;
    for _ in 0..3 {
        let published = timeout(PATIENCE, a.engine.publish(&topic, &"lost".into())).await;
        assert!(
            matches!(published, Ok(Err(_))),
            "a publish fails, it does not wait: {published:?}"
        );
    }
    assert!(!matches!(
        timeout(PATIENCE, a.engine.append_kick(&kick_of(a.node))).await,
        Ok(Ok(_))
    ));
    service.restore().await;
    a.state(true).await;
    done(a.engine.subscribe(&[Arc::clone(&topic)]).await, "subscribe");
    done(a.engine.publish(&topic, &"again".into()).await, "publish");
    assert_eq!(
        a.publication().await.message,
        "again".into(),
        "nothing was queued meanwhile"
    );
}

/// What was appended before an outage is in the log afterwards.
pub async fn the_log_survives_an_outage<S: EngineService>(service: &S) {
    let (mut a, mut b) = (start(service).await, start(service).await);
    let first = kick_of(a.node);
    let read = done(a.engine.append_kick(&first).await, "append_kick");
    let second = kick_of(a.node);
    done(a.engine.append_kick(&second).await, "append_kick");
    service.interrupt().await;
    a.state(false).await;
    service.restore().await;
    b.state(true).await;
    let log = done(b.engine.kicks_after(Some(read)).await, "kicks_after");
    assert_eq!(log.kicks.len(), 1);
    assert_eq!(log.kicks.first().map(|logged| &logged.kick), Some(&second));
    assert!(!log.is_incomplete);
}

fn unique(kind: &str) -> Arc<str> {
    format!("conformance:{kind}:{:016x}", random_number()).into()
}

fn kick_of(node: Node) -> Kick {
    let close = Close::new(CloseCode::of::<4001>(), "session \"revoked\" \u{e9}");
    Kick::new(
        node,
        Tag::from_text(&unique("user")),
        close,
        Duration::from_secs(1),
    )
}
