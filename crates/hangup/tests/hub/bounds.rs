//! Each bound of a hub: its error or its ending.

use axum::extract::Path;
use hangup::{
    App, CloseCode, Handshake, Hub, Result,
    hub::{HubOptions, PublishError, SubscribeError, Tag, TagError},
    testing::TestClient,
};

use crate::room::{client, join};

#[tokio::test]
async fn a_message_and_the_name_of_a_topic_have_a_bound() {
    let hub = Hub::with(HubOptions::new().message_bytes(4).name_bytes(5));
    assert!(matches!(
        hub.topic("topic").publish("12345").await,
        Err(PublishError::TooLarge)
    ));
    hub.topic("topic").publish("1234").await.unwrap();
    for name in ["", "topics", "hangup:tag:a"] {
        let topic = hub.topic(name);
        assert!(matches!(topic.publish("1").await, Err(PublishError::InvalidName)));
        assert!(matches!(topic.listen().await, Err(SubscribeError::InvalidName)));
        assert_eq!((topic.name(), topic.subscribers()), ("", 0));
    }
    let sent = hub.tagged(Tag::new("name", "long")).send("1").await;
    assert!(matches!(sent, Err(PublishError::InvalidName)));
    let kick = hub.tagged(Tag::new("name", "long")).close(CloseCode::GOING_AWAY);
    assert!(kick.await.is_err());
}

/// By default 128 topics of a connection, 16 tags, and names of 255 bytes.
#[tokio::test]
async fn the_topics_and_tags_of_a_connection_have_a_bound() {
    async fn topics(handshake: Handshake, hub: Hub, Path(count): Path<usize>) -> Result {
        let mut socket = handshake.accept().await?;
        for number in 0..count {
            socket.subscribe(&hub.topic(format!("t{number}"))).await?;
        }
        socket.send_text("subscribed").await?;
        Ok(())
    }
    async fn tags(mut handshake: Handshake, Path(count): Path<usize>) -> Result {
        for number in 0..count {
            handshake = handshake.tag(Tag::new("tag", number)).await?;
            handshake = handshake.tag(Tag::new("tag", number)).await?;
        }
        handshake.accept().await?;
        Ok(())
    }
    async fn long(handshake: Handshake, Path(length): Path<usize>) -> Result {
        handshake
            .tag(Tag::from_text(&"x".repeat(length)))
            .await?
            .accept()
            .await?;
        Ok(())
    }
    let hub = Hub::new();
    let app = App::new()
        .hub(&hub)
        .route("/topics/{count}", topics)
        .route("/tags/{count}", tags)
        .route("/long/{length}", long);
    let client = TestClient::new(app);
    let ok = CloseCode::NORMAL_CLOSURE;
    for (path, code, reason) in [
        ("/topics/129", CloseCode::POLICY_VIOLATION, "too many topics"),
        ("/tags/16", ok, ""),
        ("/tags/17", CloseCode::INTERNAL_ERROR, ""),
        ("/long/255", ok, ""),
        ("/long/256", CloseCode::INTERNAL_ERROR, ""),
        ("/long/0", CloseCode::INTERNAL_ERROR, ""),
    ] {
        let mut socket = client.connect(path).await.unwrap();
        socket.assert_closed(code, reason).await;
    }
    let mut socket = client.connect("/topics/128").await.unwrap();
    assert_eq!(socket.recv_text().await, "subscribed");
}

#[tokio::test]
async fn an_app_without_a_hub_says_so() {
    async fn tagged(handshake: Handshake) -> Result {
        let error = handshake.tag(Tag::new("user", 1)).await.map(drop).unwrap_err();
        assert!(matches!(error, TagError::NoHub));
        Err(error.into())
    }
    async fn taken(handshake: Handshake, _: Hub) -> Result {
        handshake.accept().await?;
        Ok(())
    }
    let client = TestClient::new(App::new().route("/tagged", tagged).route("/taken", taken));
    for path in ["/tagged", "/taken"] {
        let mut socket = client.connect(path).await.unwrap();
        socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
    }
}

#[tokio::test]
async fn a_connection_belongs_to_one_hub() {
    let other = Hub::new();
    let topic = other.topic("news");
    let endpoint = move |handshake: Handshake| {
        let topic = topic.clone();
        async move {
            let mut socket = handshake.accept().await?;
            let error = socket.subscribe(&topic).await.unwrap_err();
            socket.send_text(error.to_string()).await?;
            Result::<()>::Ok(())
        }
    };
    let client = TestClient::new(App::new().hub(&Hub::new()).route("/", endpoint));
    let mut socket = client.connect("/").await.unwrap();
    assert_eq!(socket.recv_text().await, "the connection belongs to another hub");
}

/// A topic without a lane's time: what waits is bounded, and the publisher waits for the processor, not for ever.
#[tokio::test(start_paused = true)]
async fn what_waits_in_a_topic_is_bounded() {
    let hub = Hub::with(HubOptions::new().topic_backlog(100_000));
    let mut socket = join(&client(&hub), "/r/ann").await;
    let topic = hub.topic("room:r");
    for number in 0..1000 {
        topic
            .publish(format!("{number} {}", "x".repeat(1000)))
            .await
            .unwrap();
        if number % 10 == 9 {
            for _ in 0..10 {
                socket.recv_text().await;
            }
        }
    }
}
