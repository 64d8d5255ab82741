//! Listeners: subscriptions of the server itself.

use hangup::{
    Hub,
    hub::{HubOptions, ListenError},
};

#[tokio::test]
async fn a_listener_gets_what_is_published_in_order() {
    let hub = Hub::new();
    let topic = hub.topic("orders");
    topic.publish("before").await.unwrap();
    let mut listener = topic.listen().await.unwrap();
    for number in 0..10 {
        topic.publish(number.to_string()).await.unwrap();
    }
    for number in 0..10 {
        let publication = listener.recv().await.unwrap();
        assert_eq!(publication.message, number.to_string().into());
        assert_eq!(&*publication.topic, "orders");
    }
}

/// channels_redis #172: a message to a group is dropped silently at capacity 100.
#[tokio::test]
async fn a_listener_that_is_too_slow_misses_the_oldest_and_is_told_how_many() {
    let hub = Hub::with(HubOptions::new().listener_messages(3));
    let topic = hub.topic("orders");
    let mut slow = topic.listen().await.unwrap();
    let mut quick = topic.listen().await.unwrap();
    for number in 0..10 {
        topic.publish(number.to_string()).await.unwrap();
        assert_eq!(quick.recv().await.unwrap().message, number.to_string().into());
    }
    assert_eq!(slow.recv().await, Err(ListenError::Lagged(7)));
    for number in 7..10 {
        assert_eq!(slow.recv().await.unwrap().message, number.to_string().into());
    }
}
