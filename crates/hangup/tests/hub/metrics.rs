//! The metrics of a hub, as an exporter sees them.

use std::time::Duration;

use hangup::{
    Hub,
    hub::{HubOptions, Tag},
};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use crate::{
    order::settled,
    room::{client, join, revoked},
};

#[test]
fn publications_deliveries_subscribers_and_kicks_are_counted_by_prefix() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let hub = Hub::with(HubOptions::new().metric_prefixes(1));
            let client = client(&hub);
            let mut ann = join(&client, "/a/ann").await;
            let _silent = join(&client, "/b/eve").await;
            hub.topic("room:a").publish("1").await.unwrap();
            hub.topic("other:1").publish("2").await.unwrap();
            hub.topic("another").publish("3").await.unwrap();
            assert_eq!(ann.recv_text().await, "1");
            settled(&hub).await;
            let kick = hub.tagged(Tag::new("name", "eve")).close(revoked());
            assert_eq!(kick.within(Duration::from_millis(10)).await.unwrap().cut, 1);
        });
        let mut seen: Vec<String> = snapshotter
            .snapshot()
            .into_vec()
            .into_iter()
            .filter(|(key, ..)| key.key().name().starts_with("hangup_hub_"))
            .map(|(key, _, _, value)| {
                let label = key.key().labels().next().unwrap().value().to_owned();
                let value = match value {
                    DebugValue::Counter(count) => count,
                    DebugValue::Gauge(value) => value.into_inner() as u64,
                    DebugValue::Histogram(_) => panic!("no histogram"),
                };
                format!(
                    "{} {label} {value}",
                    key.key().name().trim_start_matches("hangup_hub_")
                )
            })
            .collect();
        seen.sort();
        for wanted in [
            "deliveries_total room 1",
            "kicked_connections_total cut 1",
            "kicks_total complete 1",
            "publications_total other 2",
            "publications_total room 1",
            "subscribers room 1",
        ] {
            assert!(seen.iter().any(|line| line == wanted), "{wanted}: {seen:?}");
        }
        assert!(
            seen.iter().all(|line| !line.contains("another")),
            "prefixes are bounded: {seen:?}"
        );
    });
}
