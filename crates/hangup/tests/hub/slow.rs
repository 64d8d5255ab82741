//! Subscribers that do not read: they hold up nobody, and each topic says what becomes of them.

use hangup::{
    App, CloseCode, Handshake, Hub, Result, Settings,
    hub::{HubOptions, SlowSubscriber},
    testing::{Received, TestClient},
};
use tokio::sync::mpsc;

use crate::{order::settled, room::join};

/// Bigger than what the pipe and the write buffer take together, in a few messages.
const BIG: usize = 30_000;

fn big(number: usize) -> String {
    format!("{number} {}", "x".repeat(BIG))
}

fn number(text: &str) -> usize {
    text.split(' ').next().unwrap().parse().unwrap()
}

/// An app whose connections subscribe to `prices` in this way, and the numbers that their subscriptions have skipped in the end.
fn app(hub: &Hub, slow: SlowSubscriber) -> (TestClient, mpsc::UnboundedReceiver<u64>) {
    let (tell, told) = mpsc::unbounded_channel();
    let endpoint = move |handshake: Handshake, hub: Hub| {
        let tell = tell.clone();
        async move {
            let mut socket = handshake.accept().await?;
            let topic = hub.topic("prices").slow_subscriber(slow);
            let subscription = socket.subscribe(&topic).await?;
            socket.send_text("welcome").await?;
            while socket.recv_text().await.is_ok() {
                tell.send(subscription.skipped())?;
            }
            Result::<()>::Ok(())
        }
    };
    let settings = Settings::new().ping_interval(None);
    let app = App::new().hub(hub).route("/", endpoint).settings(settings);
    (TestClient::new(app), told)
}

#[tokio::test(start_paused = true)]
async fn by_default_a_slow_subscriber_is_closed_with_1013_and_the_others_get_all() {
    let hub = Hub::new();
    let (client, _told) = app(&hub, SlowSubscriber::Close);
    let mut slow = join(&client, "/").await;
    let mut well = join(&client, "/").await;
    let topic = hub.topic("prices");
    for price in 0..100 {
        topic.publish(big(price)).await.unwrap();
        assert_eq!(number(&well.recv_text().await), price);
    }
    assert_eq!(topic.subscribers(), 1);
    let counts = settled(&hub).await;
    assert!(counts.dropped > 0, "{counts:?}");
    loop {
        match slow.recv().await {
            Received::Message(_) => {}
            Received::Close(close) => {
                assert_eq!(close.code(), CloseCode::TRY_AGAIN_LATER);
                break assert_eq!(&**close.reason(), "slow consumer");
            }
            other => panic!("{other}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_skips_misses_messages_that_are_counted_and_gets_the_next_ones() {
    let hub = Hub::new();
    let (client, mut told) = app(&hub, SlowSubscriber::Skip);
    let mut slow = join(&client, "/").await;
    let topic = hub.topic("prices");
    for price in 0..100 {
        topic.publish(big(price)).await.unwrap();
        tokio::task::yield_now().await;
    }
    let counts = settled(&hub).await;
    assert_eq!(counts.offered, 100);
    for price in 0..counts.delivered {
        assert_eq!(
            number(&slow.recv_text().await),
            price as usize,
            "what was not missed is in order"
        );
    }
    topic.publish(big(100)).await.unwrap();
    assert_eq!(number(&slow.recv_text().await), 100);
    slow.send_text("how many").await;
    assert_eq!(told.recv().await.unwrap(), counts.dropped);
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_skips_can_be_told_how_many_it_has_missed() {
    let hub = Hub::new();
    let (client, _told) = app(&hub, SlowSubscriber::Skip);
    let topic = hub
        .topic("prices")
        .skip_notice(|missed| format!("missed {missed}").into());
    let endpoint = {
        let topic = topic.clone().slow_subscriber(SlowSubscriber::Skip);
        move |handshake: Handshake| {
            let topic = topic.clone();
            async move {
                let mut socket = handshake.accept().await?;
                socket.subscribe(&topic).await?;
                socket.send_text("welcome").await?;
                socket.recv().await?;
                Result::<()>::Ok(())
            }
        }
    };
    drop(client);
    let settings = Settings::new().ping_interval(None);
    let client = TestClient::new(App::new().route("/", endpoint).settings(settings));
    let mut slow = join(&client, "/").await;
    for price in 0..50 {
        topic.publish(big(price)).await.unwrap();
        tokio::task::yield_now().await;
    }
    let counts = settled(&hub).await;
    for _ in 0..counts.delivered {
        slow.recv_text().await;
    }
    topic.publish("next").await.unwrap();
    assert_eq!(slow.recv_text().await, format!("missed {}", counts.dropped));
    assert_eq!(slow.recv_text().await, "next");
    topic.publish("then").await.unwrap();
    assert_eq!(slow.recv_text().await, "then", "it is told once");
}

/// Publishes with that notice until a subscriber has missed some, and lets it read again: what comes then.
async fn told_by(hub: &Hub, notice: fn(u64) -> hangup::Message) -> Vec<String> {
    let topic = hub
        .topic("prices")
        .slow_subscriber(SlowSubscriber::Skip)
        .skip_notice(notice);
    let endpoint = {
        let topic = topic.clone();
        move |handshake: Handshake| {
            let topic = topic.clone();
            async move {
                let mut socket = handshake.accept().await?;
                socket.subscribe(&topic).await?;
                socket.send_text("welcome").await?;
                socket.recv().await?;
                Result::<()>::Ok(())
            }
        }
    };
    let settings = Settings::new().ping_interval(None);
    let client = TestClient::new(App::new().route("/", endpoint).settings(settings));
    let mut slow = join(&client, "/").await;
    for price in 0..50 {
        topic.publish(big(price)).await.unwrap();
        tokio::task::yield_now().await;
    }
    let counts = settled(hub).await;
    assert!(counts.dropped > 0);
    for _ in 0..counts.delivered {
        slow.recv_text().await;
    }
    let mut seen = Vec::new();
    for text in ["next", "last"] {
        topic.publish(text).await.unwrap();
        settled(hub).await;
    }
    while seen.last().is_none_or(|text| text != "last") {
        seen.push(slow.recv_text().await.to_string());
    }
    seen
}

#[tokio::test(start_paused = true)]
async fn a_notice_that_panics_costs_no_message_and_no_later_publish() {
    let seen = told_by(&Hub::new(), |_| panic!("no notice")).await;
    assert_eq!(seen, ["next", "last"]);
}

#[test]
fn a_notice_may_use_the_hub() {
    static HUB: std::sync::LazyLock<Hub> = std::sync::LazyLock::new(Hub::new);
    let (done, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let seen = runtime.block_on(told_by(&HUB, |_| {
            format!("of {}", HUB.topic("prices").subscribers()).into()
        }));
        done.send(seen).unwrap();
    });
    let seen = told.recv_timeout(std::time::Duration::from_secs(20));
    assert_eq!(seen.expect("the hub waits for itself"), ["of 1", "next", "last"]);
}

#[tokio::test(start_paused = true)]
async fn with_latest_a_subscriber_gets_the_newest_once_it_reads_again() {
    let hub = Hub::with(HubOptions::new().slow_subscriber(SlowSubscriber::Latest));
    let (client, _told) = app(&hub, SlowSubscriber::Latest);
    let mut slow = join(&client, "/").await;
    let topic = hub.topic("prices");
    for price in 0..100 {
        topic.publish(big(price)).await.unwrap();
        tokio::task::yield_now().await;
    }
    // It reads again: what was on its way, then the newest, though nothing is published any more.
    let mut last = 0;
    let mut seen = 0;
    while last < 99 {
        let price = number(&slow.recv_text().await);
        assert!(seen == 0 || price > last);
        (last, seen) = (price, seen + 1);
    }
    assert!(
        seen < 10,
        "{seen} of 100 were on their way: only the pipe's, not the write buffer's"
    );
    topic.publish(big(100)).await.unwrap();
    assert_eq!(number(&slow.recv_text().await), 100);
    let counts = settled(&hub).await;
    assert_eq!((counts.offered, counts.ended), (101, 0));
}

/// nanobot #5655, dragonfly #7888: one client that does not read stalls all.
#[tokio::test(start_paused = true)]
async fn a_publisher_never_waits_for_a_subscriber() {
    for slow in [
        SlowSubscriber::Close,
        SlowSubscriber::Skip,
        SlowSubscriber::Latest,
    ] {
        let hub = Hub::new();
        let (client, _told) = app(&hub, slow);
        let _silent = [join(&client, "/").await, join(&client, "/").await];
        let begun = tokio::time::Instant::now();
        for price in 0..200 {
            hub.topic("prices").publish(big(price)).await.unwrap();
        }
        assert_eq!(begun.elapsed().as_nanos(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stalled_subscriber_that_leaves_or_unsubscribes_leaves_no_task() {
    let hub = Hub::new();
    let (client, _told) = app(&hub, SlowSubscriber::Latest);
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let slow = join(&client, "/").await;
    for price in 0..100 {
        hub.topic("prices").publish(big(price)).await.unwrap();
    }
    settled_soon().await;
    drop(slow);
    settled_soon().await;
    assert_eq!(
        tokio::runtime::Handle::current().metrics().num_alive_tasks(),
        before
    );
    assert_eq!(hub.topic("prices").subscribers(), 0);
    let counts = hub.counts();
    assert_eq!(counts.offered, counts.delivered + counts.dropped + counts.ended);
}

async fn settled_soon() {
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
}
