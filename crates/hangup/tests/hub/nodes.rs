//! Several nodes on one service in memory.

use std::{future::IntoFuture, time::Duration};

use hangup::{
    CloseCode, Hub,
    hub::{MemoryEngine, Tag},
};
use tokio::time::sleep;

use crate::room::{client, join, revoked};

async fn nodes(count: usize) -> Vec<Hub> {
    let service = MemoryEngine::new();
    let mut hubs = Vec::new();
    for _ in 0..count {
        hubs.push(Hub::connect(service.another_node()).await.unwrap());
    }
    hubs
}

#[tokio::test(start_paused = true)]
async fn what_is_said_on_one_node_is_heard_on_all_in_one_order() {
    let hubs = nodes(3).await;
    let mut sockets = Vec::new();
    for hub in &hubs {
        sockets.push(join(&client(hub), "/r/ann").await);
    }
    let publish = async |hub: &Hub, name: &str| {
        for number in 0..50 {
            hub.topic("room:r")
                .publish(format!("{name} {number}"))
                .await
                .unwrap();
        }
    };
    tokio::join!(publish(&hubs[0], "a"), publish(&hubs[1], "b"));
    let mut orders = Vec::new();
    for socket in &mut sockets {
        let mut order = Vec::new();
        for _ in 0..100 {
            order.push(socket.recv_text().await);
        }
        orders.push(order);
    }
    assert!(orders.windows(2).all(|pair| pair[0] == pair[1]));
    hubs[0]
        .tagged(Tag::new("name", "ann"))
        .send("to all anns")
        .await
        .unwrap();
    for socket in &mut sockets {
        assert_eq!(socket.recv_text().await, "to all anns");
    }
}

#[tokio::test(start_paused = true)]
async fn a_kick_closes_on_every_node_and_counts_all() {
    let hubs = nodes(3).await;
    let mut sockets = Vec::new();
    for hub in &hubs {
        sockets.push(join(&client(hub), "/r/eve").await);
    }
    let _silent = join(&client(&hubs[2]), "/r/eve").await;
    let kick = hubs[0]
        .tagged(Tag::new("name", "eve"))
        .close(revoked())
        .block(Duration::from_secs(10));
    let kicking = tokio::spawn(kick.into_future());
    for socket in &mut sockets {
        socket
            .assert_closed(CloseCode::of::<4001>(), "session revoked")
            .await;
    }
    let kicked = kicking.await.unwrap().unwrap();
    assert_eq!((kicked.closed, kicked.cut, kicked.silent.len()), (3, 1, 0));
    for hub in &hubs {
        let mut refused = client(hub).connect("/r/eve").await.unwrap();
        refused
            .assert_closed(CloseCode::of::<4001>(), "session revoked")
            .await;
    }
    // A node that starts later finds the kick in the log.
    sleep(Duration::from_secs(10)).await;
    join(&client(&hubs[1]), "/r/eve").await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_starts_while_a_kick_is_in_force_refuses_too() {
    let service = MemoryEngine::new();
    let first = Hub::connect(service.another_node()).await.unwrap();
    let kick = first
        .tagged(Tag::new("name", "eve"))
        .close(revoked())
        .block(Duration::from_secs(10));
    kick.await.unwrap();
    sleep(Duration::from_secs(5)).await;
    let second = Hub::connect(service.another_node()).await.unwrap();
    let client = client(&second);
    let mut refused = client.connect("/r/eve").await.unwrap();
    refused
        .assert_closed(CloseCode::of::<4001>(), "session revoked")
        .await;
    sleep(Duration::from_secs(5)).await;
    join(&client, "/r/eve").await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_has_left_is_not_waited_for() {
    let hubs = nodes(2).await;
    hubs[1].leave().await;
    let kicked = hubs[0]
        .tagged(Tag::new("name", "eve"))
        .close(revoked())
        .await
        .unwrap();
    assert!(kicked.silent.is_empty());
}

/// socket.io #5226: every node reads the messages of every room.
#[tokio::test(start_paused = true)]
async fn a_node_is_subscribed_for_as_long_as_somebody_listens() {
    let service = MemoryEngine::new();
    let hub = Hub::connect(service.another_node()).await.unwrap();
    assert_eq!(service.subscriptions(hub.node()), 0);
    let client = client(&hub);
    let (ann, ben) = (join(&client, "/r/ann").await, join(&client, "/r/ben").await);
    // The room, and the topics of two tags.
    assert_eq!(service.subscriptions(hub.node()), 3);
    drop(ann);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(service.subscriptions(hub.node()), 2);
    drop(ben);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(service.subscriptions(hub.node()), 0);
}
