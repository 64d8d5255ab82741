//! The metrics: what is counted of handshakes and endings, under which names and labels.

use std::{collections::BTreeMap, time::Duration};

use axum::Router;
use hangup::{
    App, Close, CloseCode, Handshake, Refusal, Result, Settings,
    metrics::{Kind, all},
    testing::TestClient,
};
use metrics_util::{
    MetricKind,
    debugging::{DebugValue, DebuggingRecorder, Snapshotter},
};
use tokio::time::sleep;

use crate::{
    errors::Unforeseen,
    wire::{self, BINARY, Peer, TEXT, frame, handshake},
};

/// What the metrics of this thread show, until it is dropped.
pub(crate) struct Recorded {
    snapshotter: Snapshotter,
    numbers: BTreeMap<String, f64>,
    histograms: BTreeMap<String, Vec<f64>>,
    /// Kind, label names and description by name.
    described: BTreeMap<String, (Kind, Vec<String>, String)>,
    _recording: metrics::LocalRecorderGuard<'static>,
}

impl Recorded {
    pub(crate) fn start() -> Self {
        let recorder = Box::leak(Box::new(DebuggingRecorder::new()));
        Self {
            snapshotter: recorder.snapshotter(),
            numbers: BTreeMap::new(),
            histograms: BTreeMap::new(),
            described: BTreeMap::new(),
            _recording: metrics::set_default_local_recorder(recorder),
        }
    }

    /// Adds what has happened since the last look, as a snapshot takes the values out.
    fn look(&mut self) {
        for (key, _, description, value) in self.snapshotter.snapshot().into_vec() {
            let kind = match key.kind() {
                MetricKind::Counter => Kind::Counter,
                MetricKind::Gauge => Kind::Gauge,
                MetricKind::Histogram => Kind::Histogram,
            };
            let key = key.key();
            let labels = key.labels().map(|label| label.key().to_owned()).collect();
            let description = description.map(|text| text.to_string()).unwrap_or_default();
            self.described
                .insert(key.name().to_owned(), (kind, labels, description));
            let values: Vec<_> = key.labels().map(|label| label.value()).collect();
            let series = format!("{} {}", key.name(), values.join(" "));
            match value {
                DebugValue::Counter(more) => *self.numbers.entry(series).or_default() += more as f64,
                DebugValue::Gauge(change) => *self.numbers.entry(series).or_default() += change.0,
                DebugValue::Histogram(values) => {
                    let values = values.into_iter().map(|value| value.0);
                    self.histograms.entry(series).or_default().extend(values);
                }
            }
        }
    }

    /// The series of one metric that are not zero: their labels and what they show.
    pub(crate) fn of(&mut self, name: &str) -> Vec<String> {
        self.look();
        let mut found = Vec::new();
        for (series, number) in &self.numbers {
            if let Some(labels) = series.strip_prefix(&format!("{name} "))
                && *number != 0.0
            {
                found.push(format!("{labels} {number}"));
            }
        }
        found
    }

    fn seconds(&mut self, name: &str) -> Vec<f64> {
        self.look();
        self.histograms.get(name).cloned().unwrap_or_default()
    }
}

pub(crate) async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

/// Lets everything come to rest that takes no time.
pub(crate) async fn rest() {
    sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_life_is_recorded_under_all_documented_names_and_no_others() {
    let mut recorded = Recorded::start();
    let client = TestClient::new(App::new().route("/{name}/echo", echo));
    let mut peer = Peer::open(client.stream(), "/ann/echo?token=1").await;
    peer.send(frame(TEXT, b"hello")).await;
    peer.send(wire::close(1000, "")).await;
    peer.frame().await;
    drop(peer);
    let mut peer = Peer::new(client.stream());
    peer.send(handshake("/bob/echo", "Origin: null\r\n")).await;
    peer.head().await;
    let hub = hangup::Hub::new();
    hub.topic("room:lobby").publish("hello").await.unwrap();
    let kick = hub
        .tagged(hangup::hub::Tag::new("user", 1))
        .close(hangup::CloseCode::GOING_AWAY);
    kick.await.unwrap();
    rest().await;
    recorded.look();
    let wanted: BTreeMap<_, _> = all()
        .iter()
        .map(|metric| {
            let labels = metric.labels.iter().map(ToString::to_string).collect();
            let what = (metric.kind, labels, metric.description.to_owned());
            (metric.name.to_owned(), what)
        })
        .collect();
    assert_eq!(recorded.described, wanted);
}

#[tokio::test(start_paused = true)]
async fn every_request_is_accepted_or_refused_once_for_a_reason() {
    async fn end(handshake: Handshake, axum::extract::Path(how): axum::extract::Path<String>) -> Result {
        match &*how {
            "accept" => drop(handshake.accept().await?),
            "close" => return Err(Close::new(CloseCode::of::<4001>(), "no").into()),
            "deny" => return handshake.deny(http::StatusCode::GONE),
            "fail" => return Err(Unforeseen.into()),
            "late" => std::future::pending().await,
            _ => {}
        }
        Ok(())
    }
    for (refusal, close, fail, nothing, late) in [
        (
            Refusal::Close,
            "close_4001",
            "close_1011",
            "close_1011",
            "close_3008",
        ),
        (Refusal::Http, "http_403", "http_500", "http_500", "http_408"),
    ] {
        for (request, reason) in [
            (handshake("/close", ""), close),
            (handshake("/fail", ""), fail),
            (handshake("/nothing", ""), nothing),
            (handshake("/late", ""), late),
            (handshake("/deny", ""), "http_410"),
            (handshake("/accept", "Origin: null\r\n"), "http_403"),
            ("GET /accept HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), "http_426"),
            (handshake("/accept", "").replace("Key", "Kex"), "http_400"),
        ] {
            let mut recorded = Recorded::start();
            // A route looks its metrics up once: each recorder has an app of its own.
            let client = TestClient::new(App::new().route("/{how}", end).refusal(refusal));
            let mut peer = Peer::new(client.stream());
            peer.send(request).await;
            peer.head().await;
            drop(peer);
            sleep(Duration::from_secs(10)).await;
            let refused = recorded.of("hangup_handshakes_refused_total");
            assert_eq!(refused, [format!("/{{how}} {reason} 1")], "{refusal:?}");
            for name in [
                "hangup_handshakes_accepted_total",
                "hangup_closes_total",
                "hangup_connections_live",
            ] {
                assert_eq!(recorded.of(name), [""; 0], "{name} {reason}");
            }
            assert!(recorded.seconds("hangup_handshake_seconds /{how}").is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_whose_client_leaves_is_abandoned() {
    async fn wait(_: Handshake) -> Result {
        std::future::pending().await
    }
    let mut recorded = Recorded::start();
    let mut peer = Peer::new(TestClient::new(App::new().route("/", wait)).stream());
    peer.send(handshake("/", "")).await;
    rest().await;
    assert_eq!(recorded.of("hangup_handshakes_refused_total"), [""; 0]);
    drop(peer);
    rest().await;
    assert_eq!(recorded.of("hangup_handshakes_refused_total"), ["/ abandoned 1"]);
}

#[tokio::test(start_paused = true)]
async fn an_ending_has_the_code_of_whoever_closed_first() {
    async fn obey(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        let code: u16 = socket.recv_text().await?.parse()?;
        Err(Close::from(CloseCode::new(code)?).into())
    }
    for (sent, ending) in [
        (frame(TEXT, b"4001"), "4001 local"),
        (frame(TEXT, b"1000"), "1000 local"),
        (frame(TEXT, b"x"), "1011 local"),
        (frame(BINARY, b"x"), "1003 local"),
        (frame(3, b"x"), "1002 local"),
        (wire::close(1001, ""), "1001 peer"),
        (wire::close(3001, ""), "3xxx peer"),
        (wire::close(4001, ""), "4xxx peer"),
        (wire::close(999, ""), "1002 local"),
        (frame(wire::CLOSE, b""), "1005 peer"),
        (Vec::new(), "1006 none"),
    ] {
        let mut recorded = Recorded::start();
        let mut peer = Peer::open(TestClient::new(App::new().route("/", obey)).stream(), "/").await;
        rest().await;
        assert_eq!(recorded.of("hangup_connections_live"), ["/ 1"]);
        assert_eq!(recorded.of("hangup_closes_total"), [""; 0]);
        if sent.is_empty() {
            drop(peer);
        } else {
            peer.send(sent).await;
            peer.frame().await;
            drop(peer);
        }
        rest().await;
        assert_eq!(recorded.of("hangup_closes_total"), [format!("/ {ending} 1")]);
        assert_eq!(recorded.of("hangup_connections_live"), [""; 0]);
        assert_eq!(recorded.of("hangup_handshakes_refused_total"), [""; 0]);
        let closings = recorded.seconds("hangup_closing_seconds /").len();
        assert_eq!(closings, usize::from(ending != "1006 none"), "{ending}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_and_a_closing_are_timed() {
    async fn slow(handshake: Handshake) -> Result {
        sleep(Duration::from_secs(3)).await;
        handshake.accept().await?;
        Ok(())
    }
    let mut recorded = Recorded::start();
    let mut peer = Peer::open(TestClient::new(App::new().route("/", slow)).stream(), "/").await;
    peer.frame().await;
    sleep(Duration::from_secs(2)).await;
    peer.send(wire::close(1000, "")).await;
    peer.rest().await;
    drop(peer);
    rest().await;
    let near = |found: Vec<f64>, wanted: f64| {
        assert!(
            matches!(&found[..], [one] if (one - wanted).abs() < 0.05),
            "{found:?}"
        );
    };
    near(recorded.seconds("hangup_handshake_seconds /"), 3.0);
    near(recorded.seconds("hangup_closing_seconds /"), 2.0);
}

#[tokio::test(start_paused = true)]
async fn the_path_of_a_request_is_never_a_label() {
    let mut recorded = Recorded::start();
    let fallback = Router::new().fallback_service(hangup::route(echo).with_state(()));
    let both = || App::new().route("/{name}", echo).settings(Settings::new());
    let nested = App::new().nest("/a", both()).nest("/b", both());
    for path in ["/x1", "/x2", "/x3/y"] {
        drop(Peer::open(TestClient::new(fallback.clone()).stream(), path).await);
    }
    let client = TestClient::new(nested);
    for path in ["/a/1", "/b/2", "/a/3"] {
        drop(Peer::open(client.stream(), path).await);
    }
    rest().await;
    assert_eq!(
        recorded.of("hangup_handshakes_accepted_total"),
        ["/a/{name} 2", "/b/{name} 1", "unmatched 3"]
    );
}
