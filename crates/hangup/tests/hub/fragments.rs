//! Subscribers that send a message in fragments while others publish.

use std::{sync::Arc, time::Duration};

use hangup::{
    App, Handshake, Hub, Result, Settings,
    hub::SlowSubscriber,
    testing::{Received, TestClient, TestSocket},
};
use tokio::sync::Notify;

use crate::room::join;

/// Its endpoint sends a message in fragments, of which the last waits for `finish`.
fn app(hub: &Hub, slow: SlowSubscriber, finish: &Arc<Notify>) -> TestClient {
    let finish = Arc::clone(finish);
    let endpoint = move |handshake: Handshake, hub: Hub| {
        let finish = Arc::clone(&finish);
        async move {
            let mut socket = handshake.accept().await?;
            let topic = hub.topic("prices").slow_subscriber(slow);
            let subscription = socket.subscribe(&topic).await?;
            socket.send_text("welcome").await?;
            socket.recv_text().await?;
            let mut writer = socket.text_writer();
            writer.write("in ").await?;
            finish.notified().await;
            writer.write("frag").await?;
            writer.write("ments").await?;
            writer.finish().await?;
            socket.recv_text().await?;
            drop(subscription);
            Result::<()>::Ok(())
        }
    };
    let settings = Settings::new().ping_interval(None);
    TestClient::new(App::new().hub(hub).route("/", endpoint).settings(settings))
}

/// A client to which a message in fragments is under way.
async fn join_to_fragments(client: &TestClient) -> TestSocket {
    let mut socket = join(client, "/").await;
    socket.send_text("begin").await;
    let received = tokio::time::timeout(Duration::from_secs(1), socket.recv()).await;
    assert!(received.is_err(), "a fragment is no message");
    socket
}

#[tokio::test(start_paused = true)]
async fn what_is_published_within_a_message_in_fragments_comes_behind_it() {
    for slow in [
        SlowSubscriber::Close,
        SlowSubscriber::Skip,
        SlowSubscriber::Latest,
    ] {
        let (hub, finish) = (Hub::new(), Arc::new(Notify::new()));
        let client = app(&hub, slow, &finish);
        let mut socket = join_to_fragments(&client).await;
        for price in ["1", "2", "3"] {
            hub.topic("prices").publish(price).await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let counts = hub.counts();
        finish.notify_one();
        assert_eq!(socket.recv_text().await, "in fragments");
        if slow == SlowSubscriber::Latest {
            assert_eq!(counts.dropped, 1, "{counts:?}");
            assert_eq!(socket.recv_text().await, "1");
        } else {
            assert_eq!((counts.delivered, counts.dropped), (3, 0), "{slow:?}");
            assert_eq!(socket.recv_text().await, "1");
            assert_eq!(socket.recv_text().await, "2");
        }
        assert_eq!(socket.recv_text().await, "3");
        socket.send_text("end").await;
        assert!(matches!(socket.recv().await, Received::Close(close) if close.code().get() == 1000));
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_for_whom_too_much_waits_is_slow() {
    let (hub, finish) = (Hub::new(), Arc::new(Notify::new()));
    let client = app(&hub, SlowSubscriber::Close, &finish);
    let mut socket = join_to_fragments(&client).await;
    for _ in 0..100 {
        let publication = "x".repeat(10_000);
        hub.topic("prices").publish(publication).await.unwrap();
    }
    socket
        .assert_closed(hangup::CloseCode::TRY_AGAIN_LATER, "slow consumer")
        .await;
}
