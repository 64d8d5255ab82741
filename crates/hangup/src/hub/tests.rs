//! Every interleaving that shuttle tries of a kick and of a connection that asks for its tag: no connection escapes.
//!
//! It is the real store of kicks and the real registry; in unit tests their mutexes are shuttle's, so that every lock is a place where
//! another thread may go on.

use std::{
    hash::{Hash, Hasher},
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Waker},
    time::Duration,
};

use hangup_protocol::{Close, CloseCode};
use shuttle::{future::block_on, sync::Arc, thread};
use tokio::time::Instant;

use super::{
    engine::{Kick, Node},
    error::PublishError,
    kicks::{KickStore, Storing},
    member::HubMember,
    membership::HubMembership,
    options::{HubOptions, SlowSubscriber},
    registry::{KickReach, TagRegistry},
    state::{Applied, HubState},
    tag::Tag,
    topic::Topic,
};
use crate::{handshake::Acceptance, metrics::Traffic, settings::Resolved, socket::Shared};

const SCHEDULES: usize = 6000;

/// A connection that can only be kicked.
#[derive(Clone)]
struct TestMember(Arc<AtomicBool>);

impl PartialEq for TestMember {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for TestMember {}

impl Hash for TestMember {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

struct OneNode {
    kicks: KickStore,
    tags: TagRegistry<TestMember>,
}

fn kick(node: &OneNode, tag: &Tag) {
    let close = Close::from(CloseCode::of::<4001>());
    let kick = Kick::new(Node::from_number(1), tag.clone(), close, Duration::ZERO);
    let Storing::Stored(number) = node
        .kicks
        .store(&kick, Duration::ZERO, Duration::from_secs(60), 10)
    else {
        panic!("there is capacity");
    };
    let reach = KickReach {
        number,
        made_at: None,
        is_blocking: false,
    };
    for member in node.tags.reached(tag, reach) {
        member.0.store(true, Ordering::SeqCst);
    }
}

/// The connection asks for its tag; whether it is refused.
fn ask(node: &OneNode, tag: &Tag, member: &TestMember, asked: &AtomicBool) -> bool {
    let count = node.kicks.count();
    asked.store(true, Ordering::SeqCst);
    node.tags.insert(tag, member.clone(), count, Instant::now());
    node.kicks.in_force(tag, count).is_some()
}

fn race() {
    let node = Arc::new(OneNode {
        kicks: KickStore::default(),
        tags: TagRegistry::default(),
    });
    let tag = Tag::new("user", 42);
    let asked = Arc::new(AtomicBool::new(false));
    let member = TestMember(Arc::new(AtomicBool::new(false)));
    let kicking = {
        let (node, tag, asked) = (Arc::clone(&node), tag.clone(), Arc::clone(&asked));
        thread::spawn(move || {
            // What has been asked for by now was asked for before the kick.
            let was_asked = asked.load(Ordering::SeqCst);
            kick(&node, &tag);
            was_asked
        })
    };
    let refused = ask(&node, &tag, &member, &asked);
    let was_asked = kicking.join().unwrap();
    let is_out = refused || member.0.load(Ordering::SeqCst);
    assert!(is_out || !was_asked, "a connection has escaped");
    // Whoever asks afterwards is not meant.
    let later = TestMember(Arc::new(AtomicBool::new(false)));
    assert!(!ask(&node, &tag, &later, &asked));
    assert!(!later.0.load(Ordering::SeqCst));
}

#[test]
fn no_connection_escapes_a_kick_that_races_with_its_tag() {
    shuttle::check_random(race, SCHEDULES);
    shuttle::check_pct(race, SCHEDULES, 3);
}

/// The same with the real connection, which is tagged and then accepted while it is kicked: it is refused before it is accepted, or
/// closed with the kick's code.
#[test]
fn no_handshake_escapes_a_kick_that_races_with_its_accept() {
    fn accepts() {
        let code = CloseCode::of::<4001>();
        let hub = std::sync::Arc::new(HubState::new(HubOptions::new(), None));
        let shared = Shared::new(std::sync::Arc::new(Resolved::default()), Traffic::default());
        let tag = Tag::new("user", 42);
        let membership = HubMembership::of(&shared, &hub).unwrap();
        // It has asked already, and registers when it may.
        block_on(membership.tag(tag.clone())).unwrap();
        let kicking = {
            let (hub, tag) = (std::sync::Arc::clone(&hub), tag.clone());
            thread::spawn(move || {
                let kick = Kick::new(hub.node, tag, code.into(), Duration::ZERO);
                let Applied::Reaches(members) = hub.apply(&kick, Duration::ZERO) else {
                    panic!("it is new");
                };
                for member in members {
                    drop(member.kick(&kick.close, Instant::now() + Duration::from_secs(3600)));
                }
            })
        };
        let cx = Context::from_waker(Waker::noop());
        let _ = shared.lock().accept(&cx, Acceptance::default);
        let is_accepted = shared.lock().take_acceptance().is_some();
        kicking.join().unwrap();
        let core = shared.lock();
        let closed = core.over().map(|over| over.code().get());
        let refused = core.refusal().map(|close| close.code());
        assert_eq!(closed, Some(4001));
        assert_eq!(refused, (!is_accepted).then_some(code));
        drop(core);
        // The client left.
        shared.lock().fail_to_open();
        shared.detach();
        assert!(hub.tags.with(&tag).is_empty());
    }
    shuttle::check_random(accepts, SCHEDULES / 4);
    shuttle::check_pct(accepts, SCHEDULES / 4, 3);
}

/// Where the lanes have no processor, a publish fails in time, and nothing more is queued.
#[tokio::test(start_paused = true)]
async fn a_topic_whose_lanes_are_behind_takes_nothing_more() {
    let hub = std::sync::Arc::new(HubState::new(HubOptions::new().topic_backlog(100), None));
    let topic = Topic::new(&hub, "busy");
    let shared = Shared::new(std::sync::Arc::new(Resolved::default()), Traffic::default());
    let channel = hub.channels.find("busy").unwrap();
    let books = std::sync::Arc::default();
    let slots = channel.slots(0, &books);
    slots.add(HubMember::new(shared), SlowSubscriber::Close, None);
    // As if the lane's task was at it, and got no further.
    assert!(slots.push(&"x".repeat(200).into()));
    let begun = Instant::now();
    assert!(matches!(
        topic.publish("more").await,
        Err(PublishError::Overloaded)
    ));
    assert_eq!(begun.elapsed(), Duration::from_secs(1));
    assert_eq!(slots.take().unwrap().messages.len(), 1);
}
