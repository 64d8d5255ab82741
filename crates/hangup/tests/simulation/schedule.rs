//! One schedule: nodes, guests, kicks and faults from one seed, and the checks at its end.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::extract::Path;
use hangup::{
    App, Close, CloseCode, Handshake, Hub, Result, Settings,
    hub::{Kicked, Tag},
    testing::TestClient,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    chance::Chance,
    guest::{Guest, NAMES, Place, Stay},
    network::Network,
};

const NODES: usize = 5;
const GUESTS: usize = 150;
const LENGTH: Duration = Duration::from_secs(40);
/// How long all is left alone at the end, until every kick must have been carried out.
const CALM: Duration = Duration::from_secs(15);

async fn room(handshake: Handshake, hub: Hub, Path((room, name)): Path<(String, String)>) -> Result {
    let handshake = handshake.tag(Tag::new("name", &name)).await?;
    let mut socket = handshake.accept().await?;
    let topic = hub.topic(format!("room:{room}"));
    socket.subscribe(&topic).await?;
    socket.send_text("welcome").await?;
    loop {
        let text = socket.recv_text().await?;
        topic.publish(text).await?;
    }
}

/// A kick that was answered by all nodes.
struct Answered {
    tag: Tag,
    asked: Instant,
    answered: Instant,
}

pub(crate) async fn run(seed: u64) {
    let network = Network::new(seed);
    let mut places = Vec::new();
    for _ in 0..NODES {
        let hub = Hub::connect(network.engine()).await.unwrap();
        let settings = Settings::new().ping_interval(None);
        let app = App::new()
            .hub(&hub)
            .route("/{room}/{name}", room)
            .settings(settings);
        let client = TestClient::new(app).time_limit(Duration::from_secs(3600));
        places.push(Place { hub, client });
    }
    let places = Arc::new(places);
    let (over, is_over) = watch::channel(false);
    let mut guests = JoinSet::new();
    for number in 0..GUESTS {
        let guest = Guest {
            number,
            places: Arc::clone(&places),
            network: network.clone(),
            chance: Chance::of(seed, number as u64),
            is_over: is_over.clone(),
        };
        guests.spawn(guest.run());
    }
    let kicking = tokio::spawn(kick(Arc::clone(&places), Chance::of(seed, 1 << 33), is_over));
    disturb(&network, Chance::of(seed, 1 << 34)).await;
    over.send_replace(true);
    sleep(CALM).await;
    for place in places.iter() {
        assert!(
            place.hub.ready().ready,
            "{} is not ready after a time of calm",
            place.hub.node()
        );
    }
    let kicks = kicking.await.unwrap();
    let mut stays = Vec::new();
    while let Some(guest) = guests.join_next().await {
        stays.extend(guest.unwrap());
    }
    no_escape(&network, &stays);
    answers_are_true(&kicks, &stays);
    publishers_are_in_order(&network);
    for place in places.iter() {
        let counts = place.hub.counts();
        assert_eq!(counts.offered, counts.delivered + counts.dropped + counts.ended);
    }
}

async fn kick(places: Arc<Vec<Place>>, mut chance: Chance, is_over: watch::Receiver<bool>) -> Vec<Answered> {
    let mut kicks = JoinSet::new();
    while !*is_over.borrow() {
        let wait = chance.milliseconds(20, 400);
        sleep(wait).await;
        let hub = places[chance.below(places.len())].hub.clone();
        let tag = Tag::new("name", chance.below(NAMES));
        let block = Duration::from_secs([0, 0, 2, 6][chance.below(4)]);
        kicks.spawn(async move {
            let asked = Instant::now();
            let close = Close::new(CloseCode::of::<4001>(), "revoked");
            let kicked = hub.tagged(tag.clone()).close(close).block(block).await;
            assert!(
                asked.elapsed() <= Duration::from_secs(4),
                "a kick took {:?}",
                asked.elapsed()
            );
            let is_complete = matches!(kicked, Ok(Kicked { silent, .. }) if silent.is_empty());
            is_complete.then(|| Answered {
                tag,
                asked,
                answered: Instant::now(),
            })
        });
    }
    kicks.join_all().await.into_iter().flatten().collect()
}

async fn disturb(network: &Network, mut chance: Chance) {
    let end = Instant::now() + LENGTH;
    while Instant::now() < end {
        let wait = chance.milliseconds(200, 3000);
        sleep(wait).await;
        let nodes = network.nodes();
        match chance.below(10) {
            0..4 => {
                let (network, node) = (network.clone(), nodes[chance.below(NODES)]);
                let (unnoticed, away) = (chance.milliseconds(0, 3000), chance.milliseconds(0, 4000));
                tokio::spawn(async move {
                    network.half_open(node);
                    sleep(unnoticed).await;
                    network.cut(node);
                    sleep(away).await;
                    network.reconnect(node);
                });
            }
            4..7 => {
                let node = nodes[chance.below(NODES)];
                network.cut(node);
                if chance.percent(50) {
                    sleep(chance.milliseconds(0, 2000)).await;
                }
                network.reconnect(node);
            }
            restart => {
                for node in &nodes {
                    network.cut(*node);
                }
                if restart == 9 {
                    network.forget();
                }
                sleep(chance.milliseconds(0, 2000)).await;
                for node in &nodes {
                    sleep(chance.milliseconds(0, 100)).await;
                    network.reconnect(*node);
                }
            }
        }
    }
    sleep(Duration::from_secs(8)).await;
    for node in network.nodes() {
        // A line that is half open is noticed by then.
        network.cut(node);
        network.reconnect(node);
    }
}

/// Nobody who was there before a kick that the log has kept is there in the end.
fn no_escape(network: &Network, stays: &[Stay]) {
    network.with_record(|record| {
        for stay in stays.iter().filter(|stay| stay.ended.is_none()) {
            for kick in record.kept_kicks().filter(|kick| kick.tag == stay.tag) {
                assert!(
                    kick.appended < stay.welcomed,
                    "{} on {} was there {:?} before the kick {:?}, and still is",
                    stay.tag,
                    stay.node,
                    kick.appended - stay.welcomed,
                    kick.id
                );
            }
        }
    });
}

/// Where no node is silent, all who were there before are gone by the answer, also if the service loses its data later.
fn answers_are_true(kicks: &[Answered], stays: &[Stay]) {
    assert!(!kicks.is_empty(), "some kicks are answered by all");
    // What is on its way to a client that is slow to read.
    let slack = Duration::from_millis(100);
    for kick in kicks {
        for stay in stays.iter().filter(|stay| stay.tag == kick.tag) {
            let was_there = stay.welcomed < kick.asked;
            let is_gone = stay.ended.is_some_and(|ended| ended <= kick.answered + slack);
            assert!(
                !was_there || is_gone,
                "a kick was answered, and {} was still on {}: {:?}",
                stay.tag,
                stay.node,
                stay.ended
                    .map(|ended| ended.saturating_duration_since(kick.answered))
            );
        }
    }
}

/// What one publisher says, one after the other, is in its order.
fn publishers_are_in_order(network: &Network) {
    network.with_record(|record| {
        for (topic, texts) in record
            .topics
            .iter()
            .filter(|(topic, _)| topic.starts_with("room:"))
        {
            assert!(!texts.is_empty());
            let mut last: HashMap<&str, usize> = HashMap::new();
            for text in texts {
                let mut words = text.split(' ');
                let (speaker, number) = (words.next().unwrap(), words.next().unwrap().parse().unwrap());
                if let Some(before) = last.insert(speaker, number) {
                    assert!(before < number, "{speaker} in {topic}: {number} behind {before}");
                }
            }
        }
    });
}
