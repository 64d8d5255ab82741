//! The names of all metrics, their kinds, labels and meaning.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// A metric that this crate records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metric {
    /// Its name, by the naming practice of Prometheus.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// Its description, which exporters show.
    pub description: &'static str,
    unit: Unit,
}

/// The kind of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// A distribution of values.
    Histogram,
}

/// Upper bounds, in seconds, of buckets that fit both histograms: from an immediate accept to the longest closing
/// handshake of the default settings. An exporter must be configured with them.
pub const SECONDS_BUCKETS: [f64; 13] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

macro_rules! metrics {
    ($($name:ident = $text:literal, $kind:ident, $unit:ident, $labels:expr, $description:literal;)*) => {
        $(pub(super) const $name: &str = $text;)*

        const ALL: &[Metric] = &[
            $(Metric {
                name: $text,
                kind: Kind::$kind,
                labels: &$labels,
                description: $description,
                unit: Unit::$unit,
            },)*
        ];
    };
}

metrics! {
    CONNECTIONS_LIVE = "hangup_connections_live", Gauge, Count, ["route"],
        "Accepted connections that have not ended.";
    HANDSHAKES_ACCEPTED = "hangup_handshakes_accepted_total", Counter, Count, ["route"],
        "Handshakes that an endpoint accepted.";
    HANDSHAKES_REFUSED = "hangup_handshakes_refused_total", Counter, Count, ["route", "reason"],
        "Handshakes that were not accepted, by HTTP status or close code.";
    HANDSHAKE_SECONDS = "hangup_handshake_seconds", Histogram, Seconds, ["route"],
        "Time from the request of an accepted handshake to its 101.";
    CLOSES = "hangup_closes_total", Counter, Count, ["route", "code", "initiator"],
        "Accepted connections that ended, by close code and by who closed first.";
    CLOSING_SECONDS = "hangup_closing_seconds", Histogram, Seconds, ["route"],
        "Time from the first Close frame of a connection to the end of its transport.";
    MESSAGES_RECEIVED = "hangup_messages_received_total", Counter, Count, ["route"],
        "Text and binary messages that were received.";
    MESSAGES_SENT = "hangup_messages_sent_total", Counter, Count, ["route"],
        "Text and binary messages that were sent.";
    MESSAGES_DROPPED = "hangup_messages_dropped_total", Counter, Count, ["route"],
        "Messages that were not sent: their peer reads too slowly, or was kicked before they went out.";
    BYTES_RECEIVED = "hangup_bytes_received_total", Counter, Bytes, ["route"],
        "Bytes of the payloads of received messages, after decompression.";
    BYTES_SENT = "hangup_bytes_sent_total", Counter, Bytes, ["route"],
        "Bytes of the payloads of sent messages, before compression.";
    UNSENT_BYTES = "hangup_unsent_bytes", Gauge, Bytes, ["route"],
        "Bytes that wait to be written, of all connections together.";
    HUB_SUBSCRIBERS = "hangup_hub_subscribers", Gauge, Count, ["prefix"],
        "Subscriptions of connections to topics, by the prefix of the topic.";
    HUB_PUBLICATIONS = "hangup_hub_publications_total", Counter, Count, ["prefix"],
        "Messages that this node has published.";
    HUB_OFFERED = "hangup_hub_offered_total", Counter, Count, ["prefix"],
        "Messages times the subscribers that they were published for.";
    HUB_DELIVERIES = "hangup_hub_deliveries_total", Counter, Count, ["prefix"],
        "Messages that were put into the output of a subscriber.";
    HUB_DROPPED = "hangup_hub_dropped_total", Counter, Count, ["prefix"],
        "Messages that a slow subscriber has missed.";
    HUB_ENDED = "hangup_hub_ended_total", Counter, Count, ["prefix"],
        "Messages for a subscriber whose connection was over, or that had unsubscribed.";
    HUB_KICKS = "hangup_hub_kicks_total", Counter, Count, ["outcome"],
        "Kicks of this node: complete, with a node that is silent, or failed.";
    HUB_KICKED = "hangup_hub_kicked_connections_total", Counter, Count, ["outcome"],
        "Connections of this node that a kick has closed or cut.";
}

/// Every metric that this crate records, in the order of the table above.
#[must_use]
pub fn all() -> &'static [Metric] {
    ALL
}

/// Registers the description of each metric with the recorder. It may be called more than once.
pub(super) fn describe() {
    for metric in ALL {
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, metric.unit, metric.description),
            Kind::Gauge => describe_gauge!(metric.name, metric.unit, metric.description),
            Kind::Histogram => describe_histogram!(metric.name, metric.unit, metric.description),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_page_has_these_metrics_in_this_order() {
        let page = include_str!("../../docs/metrics.md");
        let rows: Vec<String> = page
            .lines()
            .filter(|line| line.starts_with("| `hangup_"))
            .map(|line| {
                line.split('|')
                    .take(4)
                    .map(str::trim)
                    .collect::<Vec<_>>()
                    .join("|")
            })
            .collect();
        let wanted: Vec<String> = all()
            .iter()
            .map(|metric| {
                let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
                let kind = format!("{:?}", metric.kind).to_lowercase();
                format!("|`{}`|{kind}|{}", metric.name, labels.join(", "))
            })
            .collect();
        assert_eq!(rows, wanted);
    }

    #[test]
    fn names_keep_the_practice_of_prometheus() {
        for metric in all() {
            let is_total = metric.name.ends_with("_total");
            assert_eq!(is_total, metric.kind == Kind::Counter, "{}", metric.name);
            assert_eq!(
                metric.name.ends_with("_seconds"),
                metric.unit == Unit::Seconds,
                "{}",
                metric.name
            );
            assert_eq!(
                metric.name.contains("_bytes"),
                metric.unit == Unit::Bytes,
                "{}",
                metric.name
            );
            assert!(
                metric
                    .name
                    .bytes()
                    .all(|byte| byte == b'_' || byte.is_ascii_lowercase())
            );
        }
        assert!(SECONDS_BUCKETS.is_sorted());
    }
}
