//! Metrics for Prometheus, with a dashboard for Grafana in `09_metrics_dashboard.json`.
//!
//! `cargo run --example 09_metrics`, then `wscat -c ws://127.0.0.1:8000/echo`, and
//! `curl http://127.0.0.1:8000/metrics` beside it.

use std::{
    io::{self, IsTerminal},
    time::Duration,
};

use axum::{Router, routing::get};
use hangup::{App, Handshake, Result, metrics::SECONDS_BUCKETS, websocket};
use http::header;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

#[websocket("/echo")]
async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

/// With buckets, Prometheus can aggregate the histograms of several servers. Without them it gets quantiles of each.
pub(crate) fn exporter() -> std::result::Result<PrometheusBuilder, BuildError> {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    PrometheusBuilder::new().set_buckets_for_metric(seconds, &SECONDS_BUCKETS)
}

/// The page is for Prometheus only: let the proxy in front of the server deny it to all others.
pub(crate) fn app(metrics: PrometheusHandle) -> App {
    let page = get(async move || {
        let content_type = (header::CONTENT_TYPE, "text/plain; version=0.0.4");
        ([content_type], metrics.render())
    });
    App::new()
        .endpoint(echo)
        .merge(Router::new().route("/metrics", page))
}

#[tokio::main]
async fn main() -> io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    let exporter = exporter().map_err(io::Error::other)?;
    let metrics = exporter.install_recorder().map_err(io::Error::other)?;
    let tidied = metrics.clone();
    tokio::spawn(async move {
        // A histogram keeps all values until they are rendered, or until this runs.
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            tidied.run_upkeep();
        }
    });
    app(metrics).serve("127.0.0.1:8000").await
}
