//! A room: the app of most tests, and a test of it as a user would write one.

use std::{future::IntoFuture, time::Duration};

use axum::extract::Path;
use hangup::{
    App, Close, CloseCode, Handshake, Hub, Result, Settings,
    hub::Tag,
    testing::{TestClient, TestSocket},
};

/// `/{room}/{name}`: a connection with the tag `name:{name}`, whose messages go to everybody in the room.
pub(crate) async fn room(
    handshake: Handshake,
    hub: Hub,
    Path((room, name)): Path<(String, String)>,
) -> Result {
    let handshake = handshake.tag(Tag::new("name", &name)).await?;
    let mut socket = handshake.accept().await?;
    let topic = hub.topic(format!("room:{room}"));
    socket.subscribe(&topic).await?;
    socket.send_text("welcome").await?;
    loop {
        let text = socket.recv_text().await?;
        topic.publish(format!("{name}: {text}")).await?;
    }
}

pub(crate) fn client(hub: &Hub) -> TestClient {
    let settings = Settings::new().ping_interval(None);
    TestClient::new(
        App::new()
            .hub(hub)
            .route("/{room}/{name}", room)
            .settings(settings),
    )
}

/// A client that is subscribed.
pub(crate) async fn join(client: &TestClient, path: &str) -> TestSocket {
    let mut socket = client.connect(path).await.unwrap();
    assert_eq!(socket.recv_text().await, "welcome");
    socket
}

pub(crate) fn revoked() -> Close {
    Close::new(CloseCode::of::<4001>(), "session revoked")
}

#[tokio::test(start_paused = true)]
async fn several_clients_an_order_a_kick_and_a_slow_one() {
    let hub = Hub::new();
    let client = client(&hub);
    let mut ann = join(&client, "/lobby/ann").await;
    let mut ben = join(&client, "/lobby/ben").await;
    let mut eve = join(&client, "/lobby/eve").await;
    assert_eq!(hub.topic("room:lobby").subscribers(), 3);

    // What is said is heard by all in one order, by those who say it among the others.
    ann.send_text("hello").await;
    ben.send_text("hi").await;
    let heard = [ann.recv_text().await, ann.recv_text().await];
    for other in [&mut ben, &mut eve] {
        assert_eq!([other.recv_text().await, other.recv_text().await], heard);
    }

    let kicked = hub.tagged(Tag::new("name", "eve")).close(revoked());
    let (kicked, ()) = tokio::join!(
        kicked.within(Duration::from_secs(1)).into_future(),
        eve.assert_closed(CloseCode::of::<4001>(), "session revoked")
    );
    let kicked = kicked.unwrap();
    assert_eq!((kicked.closed, kicked.cut, kicked.silent.len()), (1, 0, 0));

    // Ben reads nothing more: he is closed, and holds up nobody.
    let lobby = hub.topic("room:lobby");
    for number in 0..40 {
        let text = format!("{number} {}", "x".repeat(10_000));
        lobby.publish(&*text).await.unwrap();
        assert_eq!(ann.recv_text().await, text);
    }
    assert_eq!(lobby.subscribers(), 1);
}
