//! An engine that is down, that hangs, and that comes back: what a hub does then.

use std::{future::IntoFuture, sync::Arc, time::Duration};

use hangup::{
    App, CloseCode, Hub, Message,
    hub::{
        Engine, EngineError, EngineEvent, EngineLoss, EventSender, HubOptions, Kick, KickError, KickLog,
        KickReport, ListenError, MemoryEngine, Node, Position, PublishError, SubscribeError, Tag,
    },
    testing::TestClient,
};
use tokio::time::{Instant, sleep, timeout};

use crate::room::{client, join, revoked};

const SECOND: Duration = Duration::from_secs(1);

/// A service in memory with two nodes, whose first the test can interrupt.
async fn hub(options: HubOptions) -> (Arc<MemoryEngine>, Hub) {
    let service = Arc::new(MemoryEngine::new());
    let hub = Hub::connect_with(service.another_node(), options).await.unwrap();
    assert!(hub.ready().ready);
    (service, hub)
}

async fn until_ready(hub: &Hub) {
    let ready = async {
        while !hub.ready().ready {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(60 * SECOND, ready).await.unwrap();
}

/// aspnetcore #21539, #11250: Redis down closed every client, or left them deaf.
#[tokio::test(start_paused = true)]
async fn connections_stay_publish_and_kick_fail_and_all_is_back_afterwards() {
    let (service, hub) = hub(HubOptions::new()).await;
    let client = client(&hub);
    let mut ann = join(&client, "/r/ann").await;
    let mut eve = join(&client, "/r/eve").await;
    let topic = hub.topic("room:r");
    topic.publish("before").await.unwrap();
    assert_eq!(ann.recv_text().await, "before");
    assert_eq!(eve.recv_text().await, "before");

    service.interrupt();
    sleep(Duration::from_millis(1)).await;
    assert!(!hub.ready().ready);
    let begun = Instant::now();
    assert!(matches!(
        topic.publish("lost").await,
        Err(PublishError::Engine(_))
    ));
    assert!(matches!(
        hub.topic("new").listen().await,
        Err(SubscribeError::Engine(_))
    ));
    assert!(begun.elapsed() <= SECOND);
    // A kick that cannot reach the engine is an error, after the connections of this node have been closed.
    let kicking = tokio::spawn(hub.tagged(Tag::new("name", "eve")).close(revoked()).into_future());
    eve.assert_closed(CloseCode::of::<4001>(), "session revoked")
        .await;
    match kicking.await.unwrap() {
        Err(KickError::Engine(here, _)) => assert_eq!((here.closed, here.cut), (1, 0)),
        other => panic!("{other:?}"),
    }

    service.restore();
    until_ready(&hub).await;
    topic.publish("after").await.unwrap();
    assert_eq!(
        ann.recv_text().await,
        "after",
        "nothing was queued, and nothing is lost that comes later"
    );
}

/// A node that was cut off reads the log before it is ready.
#[tokio::test(start_paused = true)]
async fn a_kick_of_the_time_of_an_outage_is_carried_out_before_the_hub_is_ready() {
    let service = MemoryEngine::new();
    let away = service.another_node();
    let here = Hub::connect(service.another_node()).await.unwrap();
    let there = Hub::connect(away).await.unwrap();
    let mut eve = join(&client(&there), "/r/eve").await;
    // It is stopped: it reads the log when it comes back.
    let kicked = {
        let node = there.node();
        service.cut_off(node);
        sleep(Duration::from_millis(1)).await;
        let kicked = here
            .tagged(Tag::new("name", "eve"))
            .close(revoked())
            .await
            .unwrap();
        assert_eq!(kicked.silent, [node]);
        assert!(!there.ready().ready);
        service.bring_back(node);
        kicked
    };
    assert_eq!((kicked.closed, kicked.cut), (0, 0));
    eve.assert_closed(CloseCode::of::<4001>(), "session revoked")
        .await;
    until_ready(&there).await;
    // Whoever has logged in since is not kicked by the old kick.
    join(&client(&there), "/r/eve").await;
}

#[tokio::test(start_paused = true)]
async fn while_the_engine_is_down_tagged_connections_can_be_refused() {
    let (service, hub) = hub(HubOptions::new().engine_loss(EngineLoss::RefuseTagged)).await;
    let client = client(&hub);
    let mut ann = join(&client, "/r/ann").await;
    service.interrupt();
    sleep(Duration::from_millis(1)).await;
    let mut refused = client.connect("/r/ben").await.unwrap();
    refused
        .assert_closed(CloseCode::TRY_AGAIN_LATER, "try again later")
        .await;
    service.restore();
    until_ready(&hub).await;
    join(&client, "/r/ben").await;
    hub.topic("room:r").publish("still").await.unwrap();
    assert_eq!(ann.recv_text().await, "still");
}

/// So that a kick holds even across a partition.
#[tokio::test(start_paused = true)]
async fn tagged_connections_can_be_closed_after_a_time_without_the_engine() {
    let (service, hub) = hub(HubOptions::new().engine_loss(EngineLoss::CloseTagged(30 * SECOND))).await;
    let mut ann = join(&client(&hub), "/r/ann").await;
    service.interrupt();
    sleep(29 * SECOND).await;
    assert_eq!(hub.tagged(Tag::new("name", "ann")).connections(), 1);
    sleep(2 * SECOND).await;
    ann.assert_closed(CloseCode::TRY_AGAIN_LATER, "try again later")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_log_that_was_lost_closes_tagged_connections_where_kicks_must_hold() {
    let (service, hub) = hub(HubOptions::new().engine_loss(EngineLoss::CloseTagged(600 * SECOND))).await;
    hub.tagged(Tag::new("name", "nobody"))
        .close(revoked())
        .await
        .unwrap();
    let mut ann = join(&client(&hub), "/r/ann").await;
    service.interrupt();
    sleep(SECOND).await;
    service.forget();
    service.restore();
    ann.assert_closed(CloseCode::TRY_AGAIN_LATER, "try again later")
        .await;
}

/// An engine whose calls never answer.
struct Hanging;

impl Engine for Hanging {
    fn name(&self) -> &'static str {
        "hanging"
    }
    async fn start(&self, _: Node, events: EventSender) -> Result<(), EngineError> {
        events.send(EngineEvent::Up);
        std::mem::forget(events);
        Ok(())
    }
    async fn publish(&self, _: &str, _: &Message) -> Result<Position, EngineError> {
        std::future::pending().await
    }
    async fn subscribe(&self, _: &[Arc<str>]) -> Result<(), EngineError> {
        std::future::pending().await
    }
    async fn unsubscribe(&self, _: &[Arc<str>]) -> Result<(), EngineError> {
        std::future::pending().await
    }
    async fn append_kick(&self, _: &Kick) -> Result<Position, EngineError> {
        std::future::pending().await
    }
    async fn kicks_after(&self, _: Option<Position>) -> Result<KickLog, EngineError> {
        std::future::pending().await
    }
    async fn report_kick(&self, _: &KickReport) -> Result<(), EngineError> {
        std::future::pending().await
    }
    async fn nodes(&self) -> Result<Vec<Node>, EngineError> {
        std::future::pending().await
    }
    async fn stop(&self) {}
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_hangs_fails_every_call_within_a_second() {
    let begun = Instant::now();
    let hub = Hub::connect_with(Hanging, HubOptions::new().publishes_under_way(2))
        .await
        .unwrap();
    assert!(
        begun.elapsed() <= SECOND && !hub.ready().ready,
        "the log was not read"
    );
    let within = |begun: Instant| begun.elapsed() <= SECOND + Duration::from_millis(1);
    let begun = Instant::now();
    let topic = hub.topic("a");
    let (a, b, c) = tokio::join!(topic.publish("1"), topic.publish("2"), topic.publish("3"));
    assert!(matches!(
        (a, b),
        (Err(PublishError::Engine(_)), Err(PublishError::Engine(_)))
    ));
    assert!(
        matches!(c, Err(PublishError::Overloaded)),
        "publishes under way are bounded"
    );
    assert!(within(begun));
    let begun = Instant::now();
    assert!(topic.listen().await.is_err() && within(begun));
    let begun = Instant::now();
    let kick = hub.tagged(Tag::new("name", "eve")).close(revoked());
    assert!(matches!(kick.await, Err(KickError::Engine(..))) && within(begun));
    let refused = TestClient::new(App::new().hub(&hub).route("/{room}/{name}", crate::room::room));
    let mut refused = refused.connect("/r/ann").await.unwrap();
    refused
        .assert_closed(CloseCode::TRY_AGAIN_LATER, "try again later")
        .await;
}

/// sqlx #447: a listener drops silently.
#[tokio::test(start_paused = true)]
async fn a_listener_is_told_of_what_the_engine_has_lost() {
    let (service, hub) = hub(HubOptions::new().incoming_bytes(1000)).await;
    let mut listener = hub.topic("a").listen().await.unwrap();
    let other = Hub::connect(service.another_node()).await.unwrap();
    for _ in 0..100 {
        // On one thread, the hub does not take them meanwhile.
        let message = Message::from("x".repeat(100));
        service.inject("a", &message);
    }
    drop(other);
    let mut lost = 0;
    loop {
        match timeout(SECOND, listener.recv()).await {
            Ok(Ok(_)) => {}
            Ok(Err(ListenError::Lagged(missed))) => lost += missed,
            Ok(Err(other)) => panic!("{other}"),
            Err(_) => break,
        }
    }
    assert!(lost > 0);
}
