//! What a subscription and a topic cost, counted by the allocator.

use hangup::{
    App, Handshake, Hub, Result, Sender,
    testing::{TestClient, TestSocket},
};
use tokio::sync::mpsc;

const CONNECTIONS: usize = 200;

/// Connections whose senders the test holds.
async fn connections(hub: &Hub) -> (Vec<TestSocket>, Vec<Sender>) {
    let (hand_out, mut handed) = mpsc::unbounded_channel();
    let endpoint = move |handshake: Handshake| {
        let hand_out = hand_out.clone();
        async move {
            let mut socket = handshake.accept().await?;
            hand_out.send(socket.sender())?;
            socket.recv().await?;
            Result::<()>::Ok(())
        }
    };
    let client = TestClient::new(App::new().hub(hub).route("/", endpoint));
    let (mut sockets, mut senders) = (Vec::new(), Vec::new());
    for _ in 0..CONNECTIONS {
        sockets.push(client.connect("/").await.unwrap());
        senders.push(handed.recv().await.unwrap());
    }
    (sockets, senders)
}

fn bytes(run: impl FnOnce()) -> i64 {
    allocation_counter::measure(run).bytes_current
}

fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future
        .as_mut()
        .poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
    {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("nothing is waited for in one process"),
    }
}

use std::future::Future;

#[tokio::test]
async fn a_subscription_takes_64_bytes_at_the_most() {
    let hub = Hub::new();
    let (_sockets, senders) = connections(&hub).await;
    let first = hub.topic("first");
    let second = hub.topic("second");
    for topic in [first, second] {
        let taken = bytes(|| {
            for sender in &senders {
                drop(now(sender.subscribe(&topic)).unwrap());
            }
        });
        let each = taken as usize / CONNECTIONS;
        assert!(each <= 64, "{} takes {each} bytes a subscription", topic.name());
    }
}

#[tokio::test]
async fn a_topic_without_traffic_takes_256_bytes_at_the_most() {
    const TOPICS: usize = 1000;
    let hub = Hub::new();
    let mut topics = Vec::with_capacity(TOPICS);
    let handle = size_of::<hangup::hub::Topic>();
    let taken = bytes(|| {
        for number in 0..TOPICS {
            topics.push(hub.topic(format!("room:{number:05}")));
        }
    });
    let each = taken as usize / TOPICS + handle;
    assert!(each <= 256, "a topic takes {each} bytes");
    let back = bytes(|| topics.clear());
    assert!(-back * 10 > taken * 9, "{back} of {taken} bytes are given back");
}
