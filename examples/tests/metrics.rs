//! The example with metrics: what its page shows, and whether its dashboard asks for what there is.

#![allow(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::{collections::BTreeSet, time::Duration};

use hangup::{CloseCode, metrics::all, testing::TestClient};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[path = "../09_metrics.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "an example is a program of its own"
)]
mod example;

async fn page(client: &TestClient) -> String {
    let mut stream = client.stream();
    let request = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    page
}

#[tokio::test]
async fn the_page_shows_what_happens_as_prometheus_reads_it() {
    let recorder = example::exporter().unwrap().build_recorder();
    let client = TestClient::new(example::app(recorder.handle()));
    let _recording = metrics::set_default_local_recorder(&recorder);
    let mut socket = client.connect("/echo").await.unwrap();
    socket.send_text("hello").await;
    assert_eq!(socket.recv_text().await, "hello");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\n";
    let live = page(&client).await;
    assert!(live.starts_with(head), "{live}");
    assert!(
        live.contains("\nhangup_connections_live{route=\"/echo\"} 1\n"),
        "{live}"
    );
    socket.send_close(CloseCode::NORMAL_CLOSURE, "").await;
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
    drop(socket);
    client
        .connect("/echo")
        .header(http::header::ORIGIN, http::HeaderValue::from_static("null"))
        .await
        .unwrap_err();
    // The server ends the connection a moment after its client has seen the end.
    let ended = "\nhangup_closes_total{route=\"/echo\",code=\"1000\",initiator=\"peer\"} 1\n";
    let shown = async {
        loop {
            let shown = page(&client).await;
            if shown.contains(ended) {
                break shown;
            }
            tokio::task::yield_now().await;
        }
    };
    let shown = tokio::time::timeout(Duration::from_secs(20), shown)
        .await
        .unwrap();
    for line in [
        "# TYPE hangup_connections_live gauge",
        "# HELP hangup_connections_live Accepted connections that have not ended.",
        "hangup_connections_live{route=\"/echo\"} 0",
        "hangup_handshakes_accepted_total{route=\"/echo\"} 1",
        "hangup_handshakes_refused_total{route=\"/echo\",reason=\"http_403\"} 1",
        "# TYPE hangup_handshake_seconds histogram",
        "hangup_handshake_seconds_bucket{route=\"/echo\",le=\"+Inf\"} 1",
        "hangup_closing_seconds_count{route=\"/echo\"} 1",
        "hangup_messages_received_total{route=\"/echo\"} 1",
        "hangup_messages_sent_total{route=\"/echo\"} 1",
        "hangup_bytes_received_total{route=\"/echo\"} 5",
        "hangup_bytes_sent_total{route=\"/echo\"} 5",
        "hangup_unsent_bytes{route=\"/echo\"} 0",
    ] {
        assert!(shown.contains(&format!("\n{line}\n")), "{line}\n{shown}");
    }
}

/// The words of a query, which names and labels are among.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| character != '_' && !character.is_ascii_lowercase())
}

#[test]
fn the_dashboard_shows_every_metric_and_no_other_by_labels_that_it_has() {
    let dashboard: Value = serde_json::from_str(include_str!("../09_metrics_dashboard.json")).unwrap();
    let mut shown = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let (query, legend) = (&target["expr"], &target["legendFormat"]);
            let query = query.as_str().unwrap();
            let name = words(query).find(|word| word.starts_with("hangup_")).unwrap();
            let name = name.strip_suffix("_bucket").unwrap_or(name);
            let metric = all().iter().find(|metric| metric.name == name);
            let metric = metric.unwrap_or_else(|| panic!("there is no metric {name}"));
            shown.insert(metric.name);
            let by = query.split("by (").nth(1).unwrap().split(')').next().unwrap();
            let by: Vec<&str> = by.split(", ").collect();
            assert!(
                by.iter()
                    .all(|label| *label == "le" || metric.labels.contains(label)),
                "{query}"
            );
            for label in legend.as_str().unwrap().split("{{").skip(1) {
                let label = label.split("}}").next().unwrap();
                assert!(by.contains(&label), "{query} has no {label}");
            }
        }
    }
    let variables = dashboard["templating"]["list"][1]["query"]["query"]
        .as_str()
        .unwrap();
    let name = words(variables).find(|word| word.starts_with("hangup_")).unwrap();
    assert!(shown.contains(name), "{name}");
    let documented: BTreeSet<&str> = all().iter().map(|metric| metric.name).collect();
    assert_eq!(shown, documented);
}
