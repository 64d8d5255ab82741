//! The metrics of the tour, as a page for Prometheus.

use std::{io, time::Duration};

use axum::{Router, routing::get};
use hangup::metrics::SECONDS_BUCKETS;
use http::header;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

/// How often values that were not rendered are aggregated.
const UPKEEP: Duration = Duration::from_secs(5);

/// Installs the recorder, and returns what renders the page.
pub(crate) fn page() -> io::Result<Router> {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    let recorded = PrometheusBuilder::new()
        .set_buckets_for_metric(seconds, &SECONDS_BUCKETS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(io::Error::other)?;
    let kept = recorded.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            kept.run_upkeep();
        }
    });
    let content_type = (header::CONTENT_TYPE, "text/plain; version=0.0.4");
    let page = get(async move || ([content_type], recorded.render()));
    Ok(Router::new().route("/metrics", page))
}
