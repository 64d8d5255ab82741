//! Kicks: one Close frame with the kick's code, in time, and no escape.

use std::{
    future::{Future, IntoFuture, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use hangup::{
    App, CloseCode, Handshake, Hub, Refusal, Result, Settings,
    hub::{HubOptions, KickError, SlowSubscriber, Tag},
    testing::{Received, TestClient},
};
use http::StatusCode;
use tokio::time::{Instant, advance, sleep};

use crate::room::{client, join, revoked, room};

const CODE: CloseCode = CloseCode::of::<4001>();
const SECOND: Duration = Duration::from_secs(1);

/// Polls a future once, which is not ready then.
async fn begin(mut future: Pin<&mut impl Future>) {
    poll_fn(|cx| {
        assert!(future.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn every_connection_with_the_tag_is_closed_and_no_other() {
    let hub = Hub::new();
    let client = client(&hub);
    let mut kicked = vec![join(&client, "/a/eve").await, join(&client, "/b/eve").await];
    let mut other = join(&client, "/a/ann").await;
    let closing = tokio::spawn(hub.tagged(Tag::new("name", "eve")).close(revoked()).into_future());
    for socket in &mut kicked {
        socket.assert_closed(CODE, "session revoked").await;
    }
    let outcome = closing.await.unwrap().unwrap();
    assert_eq!((outcome.closed, outcome.cut), (2, 0));
    hub.topic("room:a").publish("still here").await.unwrap();
    assert_eq!(other.recv_text().await, "still here");
    assert_eq!(hub.topic("room:a").subscribers(), 1);
}

/// supabase/realtime #1842: a kick between authentication and registration.
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_not_accepted_yet_is_refused_and_its_endpoint_dropped() {
    async fn slow_to_accept(handshake: Handshake) -> Result {
        let handshake = handshake.tag(Tag::new("name", "eve")).await?;
        sleep(Duration::from_secs(30)).await;
        let _ = handshake.accept().await?;
        unreachable!("it was kicked before");
    }
    for refusal in [Refusal::Close, Refusal::Http] {
        let hub = Hub::new();
        let app = App::new().hub(&hub).route("/", slow_to_accept).refusal(refusal);
        let client = TestClient::new(app);
        let mut connecting = pin!(client.connect("/").into_future());
        while hub.tagged(Tag::new("name", "eve")).connections() == 0 {
            begin(connecting.as_mut()).await;
            tokio::task::yield_now().await;
        }
        let begun = Instant::now();
        let kicking = tokio::spawn(hub.tagged(Tag::new("name", "eve")).close(revoked()).into_future());
        match (connecting.await, refusal) {
            (Ok(mut socket), Refusal::Close) => socket.assert_closed(CODE, "session revoked").await,
            (Err(response), Refusal::Http) => assert_eq!(response.status(), StatusCode::FORBIDDEN),
            (other, _) => panic!("{other:?}"),
        }
        assert!(begun.elapsed() < SECOND);
        assert_eq!(kicking.await.unwrap().unwrap().closed, 1);
    }
}

/// The tag is asked for before the kick, and registered after it.
#[tokio::test(start_paused = true)]
async fn a_kick_in_force_refuses_newcomers_with_its_close_until_it_is_over() {
    let hub = Hub::new();
    let client = client(&hub);
    let kick = hub
        .tagged(Tag::new("name", "eve"))
        .close(revoked())
        .block(10 * SECOND);
    assert_eq!(kick.await.unwrap().closed, 0);
    for _ in 0..3 {
        let mut refused = client.connect("/a/eve").await.unwrap();
        refused.assert_closed(CODE, "session revoked").await;
    }
    join(&client, "/a/ann").await;
    advance(10 * SECOND).await;
    join(&client, "/a/eve").await;
}

/// asobi #522, klangk #3152: without a block whoever logs in anew is admitted.
#[tokio::test(start_paused = true)]
async fn without_a_block_a_newcomer_is_admitted_at_once() {
    let hub = Hub::new();
    let client = client(&hub);
    hub.tagged(Tag::new("name", "eve"))
        .close(revoked())
        .await
        .unwrap();
    join(&client, "/a/eve").await;
}

/// A peer that does not read: it is cut in time. What was unsent is not prolonged by a trickle.
#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_answer_is_cut_within_the_time() {
    let hub = Hub::new();
    let client = client(&hub);
    let _silent = join(&client, "/a/eve").await;
    let mut well = join(&client, "/b/eve").await;
    let begun = Instant::now();
    let kicking = tokio::spawn(
        hub.tagged(Tag::new("name", "eve"))
            .close(revoked())
            .within(SECOND)
            .into_future(),
    );
    well.assert_closed(CODE, "session revoked").await;
    let outcome = kicking.await.unwrap().unwrap();
    assert_eq!((outcome.closed, outcome.cut), (1, 1));
    assert!(begun.elapsed() >= SECOND && begun.elapsed() < 2 * SECOND);
    sleep(Duration::from_millis(1)).await;
    assert_eq!(
        hub.tagged(Tag::new("name", "eve")).connections(),
        0,
        "their endpoints have ended"
    );
}

/// A connection that is closed for another reason already, and hangs in its closing handshake.
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_closing_already_does_not_outlive_the_kick() {
    let hub = Hub::new();
    let app = async |handshake: Handshake| -> Result {
        let handshake = handshake.tag(Tag::new("name", "eve")).await?;
        handshake.accept().await?;
        Ok(())
    };
    let app = App::new()
        .hub(&hub)
        .route("/", app)
        .settings(Settings::new().close_timeout(60 * SECOND));
    let client = TestClient::new(app);
    let mut socket = client.stream();
    let handshake = "GET / HTTP/1.1\r\nHost: testserver\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut socket, handshake.as_bytes())
        .await
        .unwrap();
    sleep(SECOND).await;
    let outcome = hub
        .tagged(Tag::new("name", "eve"))
        .close(revoked())
        .await
        .unwrap();
    assert_eq!((outcome.closed, outcome.cut), (0, 1));
    sleep(Duration::from_millis(1)).await;
    assert_eq!(hub.tagged(Tag::new("name", "eve")).connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_kick_goes_on_where_nobody_awaits_it() {
    let hub = Hub::new();
    let mut eve = join(&client(&hub), "/a/eve").await;
    {
        let mut kicking = pin!(hub.tagged(Tag::new("name", "eve")).close(revoked()).into_future());
        begin(kicking.as_mut()).await;
    }
    eve.assert_closed(CODE, "session revoked").await;
}

#[tokio::test(start_paused = true)]
async fn a_kicked_connection_gets_nothing_more_of_its_topics() {
    let hub = Hub::new();
    let mut eve = join(&client(&hub), "/a/eve").await;
    let kicking = tokio::spawn(hub.tagged(Tag::new("name", "eve")).close(revoked()).into_future());
    while !kicking.is_finished() {
        hub.topic("room:a").publish("secret").await.unwrap();
        sleep(Duration::from_millis(100)).await;
    }
    loop {
        match eve.recv().await {
            Received::Message(_) => {}
            Received::Close(close) => break assert_eq!(close.code(), CODE),
            other => panic!("{other}"),
        }
    }
    assert!(
        matches!(eve.recv().await, Received::End),
        "nothing comes behind the Close frame"
    );
}

/// Promise 1: what is unsent is dropped, but for the rest of a frame that is written in part, whoever has sent it.
#[tokio::test(start_paused = true)]
async fn a_kick_overtakes_what_is_unsent() {
    const LENGTH: usize = 5000;
    async fn talkative(handshake: Handshake, hub: Hub) -> Result {
        let handshake = handshake.tag(Tag::new("name", "eve")).await?;
        let mut socket = handshake.accept().await?;
        socket.subscribe(&hub.topic("room")).await?;
        loop {
            socket.send_text("x".repeat(LENGTH)).await?;
        }
    }
    let hub = Hub::with(HubOptions::new().slow_subscriber(SlowSubscriber::Skip));
    let unsent = 1000 * LENGTH;
    let settings = Settings::new().write_buffer(unsent).ping_interval(None);
    let app = App::new()
        .hub(&hub)
        .route("/{room}/{name}", room)
        .route("/talkative", talkative)
        .settings(settings);
    let client = TestClient::new(app);
    // Neither reads: one has what was published unsent, the other what its endpoint has sent as well.
    for path in ["/quiet/eve", "/talkative"] {
        let mut socket = client.connect(path).await.unwrap();
        sleep(SECOND).await;
        for _ in 0..300 {
            hub.topic("room:quiet").publish("y".repeat(LENGTH)).await.unwrap();
            hub.topic("room").publish("y".repeat(LENGTH)).await.unwrap();
        }
        sleep(SECOND).await;
        let kicking = tokio::spawn(hub.tagged(Tag::new("name", "eve")).close(revoked()).into_future());
        sleep(SECOND / 2).await;
        let mut read = 0;
        loop {
            match socket.recv().await {
                Received::Message(message) if message.len() == "welcome".len() => {}
                Received::Message(message) => {
                    assert_eq!(
                        message.len(),
                        LENGTH,
                        "a frame that is begun is written to its end"
                    );
                    read += 1;
                }
                Received::Close(close) => break assert_eq!(close.code(), CODE),
                other => panic!("{path}: {other}"),
            }
        }
        assert_eq!(kicking.await.unwrap().unwrap().closed, 1, "{path}");
        // The pipe of a `TestClient` holds 64 KiB; 300 messages were unsent.
        assert!(
            read <= 64 * 1024 / LENGTH + 1,
            "{path}: {read} messages come before the Close frame"
        );
    }
}

/// Connections come while kicks are made, on four threads: whoever was tagged before the kick is closed with its code.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_connection_escapes_a_kick_that_races_with_its_handshake() {
    let hub = Hub::new();
    let client = client(&hub);
    for round in 0..300 {
        let path = format!("/race/{round}");
        let tag = Tag::new("name", round);
        let kicking = {
            let (hub, tag) = (hub.clone(), tag.clone());
            tokio::spawn(async move {
                for _ in 0..round % 7 {
                    tokio::task::yield_now().await;
                }
                hub.tagged(tag).close(revoked()).block(60 * SECOND).await.unwrap()
            })
        };
        let mut socket = client.connect(&path).await.unwrap();
        loop {
            match socket.recv().await {
                Received::Message(_) => {}
                Received::Close(close) => break assert_eq!(close.code(), CODE, "{round}"),
                other => panic!("{round}: {other}"),
            }
        }
        assert!(kicking.await.unwrap().cut == 0);
    }
}

#[tokio::test]
async fn the_kicks_that_are_remembered_are_bounded() {
    let hub = Hub::with(HubOptions::new().kicks_in_force(2));
    let kick = |name: &'static str| hub.tagged(Tag::new("name", name)).close(revoked()).into_future();
    kick("a").await.unwrap();
    kick("b").await.unwrap();
    assert!(matches!(kick("c").await, Err(KickError::TooMany)));
}

#[tokio::test(start_paused = true)]
async fn kicks_that_are_over_are_forgotten() {
    let hub = Hub::with(HubOptions::new().kicks_in_force(2).kick_memory(SECOND));
    for _ in 0..100 {
        hub.tagged(Tag::new("name", "a")).close(revoked()).await.unwrap();
        advance(SECOND).await;
    }
}
