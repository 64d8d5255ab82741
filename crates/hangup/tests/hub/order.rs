//! Order and delivery: one order for all subscribers, and the books.

use std::sync::Arc;

use hangup::{
    App, Handshake, Hub, Result, Settings,
    hub::{HubCounts, Tag},
    testing::TestClient,
};
use tokio::sync::Barrier;

use crate::room::{client, join};

/// What is counted, once nothing is under way.
pub(crate) async fn settled(hub: &Hub) -> HubCounts {
    loop {
        let counts = hub.counts();
        if counts.offered == counts.delivered + counts.dropped + counts.ended {
            return counts;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_subscribers_see_one_order_and_each_publisher_its_own() {
    const PUBLISHERS: usize = 4;
    const EACH: usize = 200;
    let hub = Hub::new();
    let client = client(&hub);
    let mut sockets = Vec::new();
    for name in 0..12 {
        sockets.push(join(&client, &format!("/busy/{name}")).await);
    }
    let start = Arc::new(Barrier::new(PUBLISHERS));
    for publisher in 0..PUBLISHERS {
        let (topic, start) = (hub.topic("room:busy"), Arc::clone(&start));
        tokio::spawn(async move {
            start.wait().await;
            for number in 0..EACH {
                topic.publish(format!("{publisher} {number}")).await.unwrap();
            }
        });
    }
    let mut orders = Vec::new();
    for socket in &mut sockets {
        let mut order = Vec::new();
        for _ in 0..PUBLISHERS * EACH {
            order.push(socket.recv_text().await);
        }
        orders.push(order);
    }
    assert!(orders.windows(2).all(|pair| pair[0] == pair[1]));
    for publisher in 0..PUBLISHERS {
        let prefix = format!("{publisher} ");
        let own = orders[0].iter().filter_map(|text| text.strip_prefix(&prefix));
        assert!(own.eq((0..EACH).map(|number| number.to_string()).collect::<Vec<_>>()));
    }
    let counts = settled(&hub).await;
    assert_eq!(counts.offered, (PUBLISHERS * EACH * 12) as u64);
    assert_eq!(counts.delivered, counts.offered);
}

#[tokio::test]
async fn a_subscriber_gets_what_is_published_from_its_subscription_on() {
    let hub = Hub::new();
    let client = client(&hub);
    let mut first = join(&client, "/late/first").await;
    let topic = hub.topic("room:late");
    topic.publish("before").await.unwrap();
    let mut second = join(&client, "/late/second").await;
    topic.publish("after").await.unwrap();
    assert_eq!(first.recv_text().await, "before");
    assert_eq!(first.recv_text().await, "after");
    assert_eq!(second.recv_text().await, "after");
}

#[tokio::test]
async fn a_subscription_ends_with_its_connection_or_by_unsubscribe() {
    async fn twice(handshake: Handshake, hub: Hub) -> Result {
        let mut socket = handshake.accept().await?;
        let topic = hub.topic("news");
        socket.subscribe(&topic).await?;
        socket.subscribe(&topic).await?;
        socket.send_text(topic.subscribers().to_string()).await?;
        socket.recv_text().await?;
        assert!(socket.unsubscribe(&topic));
        assert!(!socket.unsubscribe(&topic));
        socket.send_text(topic.subscribers().to_string()).await?;
        socket.recv_text().await?;
        socket.subscribe(&topic).await?;
        Ok(())
    }
    let hub = Hub::new();
    let topic = hub.topic("news");
    let client = TestClient::new(App::new().hub(&hub).route("/", twice));
    let mut socket = client.connect("/").await.unwrap();
    assert_eq!(
        socket.recv_text().await,
        "1",
        "the second subscription is the first"
    );
    topic.publish("once").await.unwrap();
    assert_eq!(socket.recv_text().await, "once");
    socket.send_text("unsubscribe").await;
    assert_eq!(socket.recv_text().await, "0");
    topic.publish("unheard").await.unwrap();
    socket.send_text("end").await;
    let close = socket.recv_close().await;
    assert_eq!(close.code(), hangup::CloseCode::NORMAL_CLOSURE);
    while topic.subscribers() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn binary_messages_and_json_arrive_as_they_are_published() {
    let hub = Hub::new();
    let mut socket = join(&client(&hub), "/kinds/ann").await;
    let topic = hub.topic("room:kinds");
    topic.publish_binary([0, 255]).await.unwrap();
    assert_eq!(socket.recv_binary().await, [0, 255].as_slice());
    topic
        .publish_json(&serde_json::json!({ "é": [1] }))
        .await
        .unwrap();
    assert_eq!(socket.recv_text().await, r#"{"é":[1]}"#);
    hub.tagged(Tag::new("name", "ann")).send("to you").await.unwrap();
    assert_eq!(socket.recv_text().await, "to you");
    hub.tagged(Tag::new("name", "ben"))
        .send("to nobody")
        .await
        .unwrap();
}

/// Compressed or not, each connection gets the message in its own way.
#[tokio::test]
async fn subscribers_with_and_without_compression_get_the_same() {
    let hub = Hub::new();
    let settings = Settings::new().deflate(hangup::settings::DeflateConfig::new());
    let app = App::new()
        .hub(&hub)
        .route("/{room}/{name}", crate::room::room)
        .settings(settings);
    let client = TestClient::new(app);
    let mut plain = join(&client, "/r/plain").await;
    let mut compressed = client.connect("/r/compressed").deflate().await.unwrap();
    assert_eq!(compressed.recv_text().await, "welcome");
    for length in [0, 1, 1000, 100_000] {
        let text = "y".repeat(length);
        hub.topic("room:r").publish(&*text).await.unwrap();
        assert!(plain.recv_text().await == text && compressed.recv_text().await == text);
    }
}
