//! A hub that outlives the runtime that it delivers on.

use std::time::Duration;

use hangup::Hub;

use crate::room::{client, join};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn what_waits_for_a_runtime_that_has_stopped_does_not_hold_up_the_next() {
    let hub = Hub::new();
    let topic = hub.topic("room:lobby");
    let first = runtime();
    first.block_on(async {
        let client = client(&hub);
        let mut sockets = Vec::new();
        for number in 0..64 {
            sockets.push(join(&client, &format!("/lobby/{number}")).await);
        }
        // The runtime stops before the lanes' tasks have run.
        topic.publish("lost").await.unwrap();
    });
    drop(first);
    runtime().block_on(async {
        let client = client(&hub);
        let mut sockets = Vec::new();
        for number in 0..64 {
            sockets.push(join(&client, &format!("/lobby/{number}")).await);
        }
        topic.publish("news").await.unwrap();
        for socket in &mut sockets {
            let text = tokio::time::timeout(Duration::from_secs(10), socket.recv_text()).await;
            assert_eq!(text.unwrap(), "news");
        }
    });
}

#[tokio::test]
async fn a_subscriber_of_another_runtime_is_not_held_up_by_one_that_stops() {
    let hub = Hub::new();
    let topic = hub.topic("room:lobby");
    let client = client(&hub);
    let mut sockets = Vec::new();
    for number in 0..64 {
        sockets.push(join(&client, &format!("/lobby/{number}")).await);
    }
    let stopped = std::thread::spawn({
        let topic = topic.clone();
        move || {
            runtime().block_on(async {
                topic.publish("from afar").await.unwrap();
            });
        }
    });
    stopped.join().unwrap();
    topic.publish("news").await.unwrap();
    for socket in &mut sockets {
        for expected in ["from afar", "news"] {
            let text = tokio::time::timeout(Duration::from_secs(10), socket.recv_text()).await;
            assert_eq!(text.unwrap(), expected);
        }
    }
}
