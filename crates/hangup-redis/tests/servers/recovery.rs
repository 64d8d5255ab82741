//! What no other engine can show: a server that stalls, restarts, forgets, rolls back, or cuts a slow node off.

use std::time::Duration;

use hangup::{
    Hub, Message,
    hub::{Engine, EngineEvent, HubOptions},
};
use hangup_redis::Redis;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    node::{PATIENCE, TestNode},
    proxy::{Passing, Proxy},
    server::{Program, Server},
};

#[tokio::test]
async fn a_server_that_stalls_is_noticed_by_the_heartbeat() {
    let server = Server::start(Program::Redis, &[]);
    let proxy = Proxy::start(server.port).await;
    let mut node = TestNode::up(Redis::new(proxy.url())).await;
    proxy.set(Passing::Nothing);
    let begun = Instant::now();
    let published = node.engine.publish("topic", &"lost".into()).await;
    assert!(published.is_err() && begun.elapsed() < Duration::from_secs(2));
    node.is_down().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let begun = Instant::now();
    assert!(node.engine.publish("topic", &"lost".into()).await.is_err());
    assert!(
        begun.elapsed() < Duration::from_millis(100),
        "what is known to be down fails at once"
    );
    proxy.set(Passing::All);
    node.is_up().await;
    node.event("Lost", |event| {
        matches!(event, EngineEvent::Lost(None)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_late_answer_is_no_outage() {
    let server = Server::start(Program::Redis, &[]);
    let proxy = Proxy::start(server.port).await;
    let heartbeat = Duration::from_millis(100);
    let mut node = TestNode::up(Redis::new(proxy.url()).heartbeat(heartbeat)).await;
    proxy.set(Passing::Nothing);
    sleep(Duration::from_millis(1300)).await;
    proxy.set(Passing::All);
    sleep(Duration::from_millis(500)).await;
    node.engine.subscribe(&["topic".into()]).await.unwrap();
    node.engine.publish("topic", &"late".into()).await.unwrap();
    let first = |event| match event {
        EngineEvent::Down(reason) => Some(reason),
        EngineEvent::Published(_) => Some("published".to_owned()),
        _ => None,
    };
    assert_eq!(node.event("an event", first).await, "published");
}

#[tokio::test]
async fn an_engine_starts_without_a_server_and_never_stops_trying() {
    let mut server = Server::start(Program::Redis, &[]);
    server.kill();
    let mut node = TestNode::start(Redis::new(server.url()).longest_wait(Duration::from_millis(100))).await;
    node.is_down().await;
    // More tries than the connection manager of the client makes.
    sleep(Duration::from_secs(2)).await;
    server.run();
    node.is_up().await;
}

#[tokio::test]
async fn a_server_that_restarts_with_its_data_has_its_log() {
    let mut server = Server::start(Program::Redis, &[]);
    let mut node = TestNode::up(Redis::new(server.url())).await;
    let read = node.engine.append_kick(&node.kick(1)).await.unwrap();
    let second = node.kick(2);
    node.engine.append_kick(&second).await.unwrap();
    server.kill();
    node.is_down().await;
    server.run();
    node.is_up().await;
    let log = node.engine.kicks_after(Some(read)).await.unwrap();
    assert!(!log.is_incomplete);
    assert_eq!(
        log.kicks.iter().map(|logged| &logged.kick).collect::<Vec<_>>(),
        [&second]
    );
}

#[tokio::test]
async fn a_server_that_restarts_without_its_data_has_another_epoch() {
    let mut server = Server::start(Program::Redis, &[]);
    let mut node = TestNode::up(Redis::new(server.url())).await;
    let read = node.engine.append_kick(&node.kick(1)).await.unwrap();
    server.kill();
    node.is_down().await;
    server.forget();
    server.run();
    node.is_up().await;
    let log = node.engine.kicks_after(Some(read)).await.unwrap();
    assert!(log.is_incomplete && log.kicks.is_empty());
    let last = log.last.unwrap();
    assert!(last.epoch != read.epoch && last.offset == 0);
    assert_eq!(
        node.engine.nodes().await.unwrap(),
        [node.node],
        "the lease is back"
    );
}

/// A failover to a replica that lags, or a snapshot from before: offsets go back, and are given again.
#[tokio::test]
async fn a_log_that_was_rolled_back_is_noticed_by_who_has_seen_more() {
    let mut server = Server::start(Program::Redis, &[]);
    let mut ann = TestNode::up(Redis::new(server.url())).await;
    let mut ben = TestNode::up(Redis::new(server.url())).await;
    let first = ann.engine.append_kick(&ann.kick(1)).await.unwrap();
    server.kill();
    let snapshot = server.snapshot();
    server.run();
    ann.is_down().await;
    ann.is_up().await;
    let lost = ann.engine.append_kick(&ann.kick(2)).await.unwrap();
    assert!(lost.follows(first));
    server.kill();
    server.roll_back(&snapshot);
    server.run();
    ann.is_down().await;
    ann.is_up().await;
    ben.is_down().await;
    ben.is_up().await;
    // The place of the kick that was lost is taken by another.
    let other = ben.kick(3);
    assert_eq!(ben.engine.append_kick(&other).await.unwrap(), lost);
    assert!(
        !ben.engine.kicks_after(Some(first)).await.unwrap().is_incomplete,
        "who has read less cannot tell yet"
    );
    let log = ann.engine.kicks_after(Some(lost)).await.unwrap();
    assert!(log.is_incomplete, "another kick stands where ann's stood");
    assert_eq!(log.kicks.len(), 2, "all that is kept");
    assert_ne!(log.last.unwrap().epoch, lost.epoch);
    let log = ben.engine.kicks_after(Some(first)).await.unwrap();
    assert!(log.is_incomplete, "and all others learn it from the epoch");
}

#[tokio::test]
async fn a_kick_that_a_replica_must_have_survives_a_failover_to_it() {
    let mut server = Server::start(Program::Redis, &[]);
    let mut node = TestNode::up(Redis::new(server.url()).kick_replicas(1)).await;
    let alone = node.engine.append_kick(&node.kick(1)).await.unwrap_err();
    assert!(alone.to_string().contains("0 replicas"), "{alone}");
    let port = server.port.to_string();
    let replica = Server::start(Program::Redis, &["--replicaof", "127.0.0.1", &port]);
    let kick = node.kick(2);
    let appended = async {
        while node.engine.append_kick(&kick).await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, appended).await.unwrap();
    server.kill();
    node.is_down().await;
    let mut promoted = observer(&replica).await;
    let ok: String = redis::cmd("REPLICAOF")
        .arg("NO")
        .arg("ONE")
        .query_async(&mut promoted)
        .await
        .unwrap();
    assert_eq!(ok, "OK");
    let elsewhere = TestNode::up(Redis::new(replica.url())).await;
    let log = elsewhere.engine.kicks_after(None).await.unwrap();
    assert!(log.kicks.iter().any(|logged| logged.kick == kick));
}

#[tokio::test]
async fn a_full_log_forgets_what_is_due_first_and_says_so() {
    let server = Server::start(Program::Redis, &[]);
    let node = TestNode::up(Redis::new(server.url()).logged_kicks(2)).await;
    let mut long = node.kick(1);
    long.block = Duration::from_secs(7200);
    let first = node.engine.append_kick(&long).await.unwrap();
    let second = node.engine.append_kick(&node.kick(2)).await.unwrap();
    let third = node.engine.append_kick(&node.kick(3)).await.unwrap();
    let log = node.engine.kicks_after(None).await.unwrap();
    let places: Vec<_> = log.kicks.iter().map(|logged| logged.position).collect();
    assert_eq!(places, [first, third]);
    assert!(log.is_incomplete, "a kick that would still be kept is missing");
    assert!(node.engine.kicks_after(Some(first)).await.unwrap().is_incomplete);
    assert!(!node.engine.kicks_after(Some(second)).await.unwrap().is_incomplete);
}

#[tokio::test]
async fn the_log_forgets_what_is_over() {
    let server = Server::start(Program::Redis, &[]);
    let node = TestNode::up(Redis::new(server.url())).await;
    let mut short = node.kick(1);
    short.kept = Duration::from_millis(50);
    let first = node.engine.append_kick(&short).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    let log = node.engine.kicks_after(None).await.unwrap();
    assert!(log.kicks.is_empty() && !log.is_incomplete);
    assert_eq!(log.last, Some(first));
    let before = hangup::hub::Position::new(first.epoch, 0);
    assert!(
        node.engine.kicks_after(Some(before)).await.unwrap().is_incomplete,
        "a node that was away for longer than kicks are kept"
    );
}

/// redis #3893, redis-py #1261: Redis cuts a subscriber off whose output it would have to keep.
#[tokio::test]
async fn a_node_that_is_cut_off_for_its_output_buffer_recovers() {
    let limit = ["--client-output-buffer-limit", "pubsub 1mb 512kb 1"];
    let server = Server::start(Program::Redis, &limit);
    let proxy = Proxy::start(server.port).await;
    let patient = Redis::new(proxy.url()).command_timeout(PATIENCE);
    let mut slow = TestNode::up(patient).await;
    let fast = TestNode::up(Redis::new(server.url())).await;
    slow.engine.subscribe(&["topic".into()]).await.unwrap();
    proxy.set(Passing::Nothing);
    let large = Message::from(vec![0; 1 << 20]);
    for _ in 0..32 {
        fast.engine.publish("topic", &large).await.unwrap();
    }
    proxy.set(Passing::All);
    slow.is_down().await;
    slow.is_up().await;
    slow.event("Lost", |event| {
        matches!(event, EngineEvent::Lost(None)).then_some(())
    })
    .await;
    slow.engine.subscribe(&["topic".into()]).await.unwrap();
    fast.engine.publish("topic", &"after".into()).await.unwrap();
    let after =
        |event| matches!(event, EngineEvent::Published(publication) if publication.message == "after".into());
    slow.event("the publication", |event| after(event).then_some(()))
        .await;
}

#[tokio::test]
async fn a_node_that_is_gone_is_listed_until_its_lease_ends() {
    let server = Server::start(Program::Redis, &[]);
    let lease = Duration::from_millis(1500);
    let engine = || Redis::new(server.url()).lease(lease).heartbeat(lease / 10);
    let here = TestNode::up(engine()).await;
    let gone = TestNode::up(engine()).await;
    let node = gone.node;
    drop(gone);
    assert!(here.engine.nodes().await.unwrap().contains(&node));
    sleep(2 * lease).await;
    assert_eq!(here.engine.nodes().await.unwrap(), [here.node]);
}

#[tokio::test]
async fn a_password_is_given_and_is_never_logged() {
    let server = Server::start(Program::Redis, &["--requirepass", "s3cret"]);
    let url = format!("redis://:s3cret@127.0.0.1:{}/", server.port);
    let engine = Redis::new(&url);
    assert!(!format!("{engine:?}").contains("s3cret"));
    TestNode::up(engine).await;
    let wrong = url.replace("s3cret", "wr0ng");
    let reason = TestNode::start(Redis::new(wrong)).await.is_down().await;
    assert!(
        !reason.contains("wr0ng") && reason.contains("WRONGPASS"),
        "{reason}"
    );
    let unreadable = Hub::connect(Redis::new("redis//:s3cret@")).await.unwrap_err();
    assert!(!format!("{unreadable:?}").contains("s3cret"));
}

/// firezone #11493, mattermost #10960: reconnections overload what they connect to.
#[tokio::test]
async fn ten_thousand_subscriptions_come_back_with_few_commands() {
    const TOPICS: usize = 10_000;
    let server = Server::start(Program::Redis, &[]);
    let proxy = Proxy::start(server.port).await;
    let hub = Hub::connect_with(Redis::new(proxy.url()), HubOptions::new())
        .await
        .unwrap();
    let topics: Vec<_> = (0..TOPICS).map(|number| hub.topic(number.to_string())).collect();
    let mut last = hub.topic("last").listen().await.unwrap();
    let mut listeners = Vec::new();
    for chunk in topics.chunks(TOPICS / 10) {
        let mut begun = tokio::task::JoinSet::new();
        for topic in chunk {
            let topic = topic.clone();
            begun.spawn(async move { topic.listen().await });
        }
        listeners.extend(begun.join_all().await);
    }
    assert!(listeners.iter().all(Result::is_ok));
    let mut observer = observer(&server).await;
    let before = commands(&mut observer).await;
    proxy.set(Passing::Cut);
    while hub.ready().ready {
        sleep(Duration::from_millis(1)).await;
    }
    proxy.set(Passing::All);
    let ready = async {
        while !hub.ready().ready {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, ready).await.unwrap();
    let cost = commands(&mut observer).await - before;
    // 40 of 256 topics each; two connections; the lease, the log; heartbeats meanwhile.
    assert!(cost <= 100, "{cost} commands for {TOPICS} subscriptions");
    hub.topic("last").publish("again").await.unwrap();
    let heard = async {
        loop {
            // The loss is told first.
            if let Ok(publication) = last.recv().await {
                return publication.message;
            }
        }
    };
    assert_eq!(timeout(PATIENCE, heard).await.unwrap(), "again".into());
}

async fn observer(server: &Server) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(server.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

/// How many commands the server has carried out.
async fn commands(observer: &mut redis::aio::MultiplexedConnection) -> u64 {
    let stats: String = redis::cmd("INFO")
        .arg("stats")
        .query_async(observer)
        .await
        .unwrap();
    let count = stats
        .lines()
        .find_map(|line| line.strip_prefix("total_commands_processed:"));
    count.unwrap().trim().parse().unwrap()
}
