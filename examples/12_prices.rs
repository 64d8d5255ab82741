//! A dashboard of prices: a client that reads slowly gets the latest price of each symbol, never an old one first.
//!
//! `cargo run --example 12_prices`, then open `http://127.0.0.1:8000/`, or `wscat -c 'ws://127.0.0.1:8000/prices/ws'`.

use std::{io::IsTerminal, time::Duration};

use axum::{Router, response::Html, routing::get};
use hangup::{
    App, Handshake, Hub, Result,
    hub::{SlowSubscriber, Topic},
    websocket,
};
use serde::Serialize;
use tokio::time::interval;

const SYMBOLS: [&str; 3] = ["ACME", "GLOBEX", "INITECH"];

#[derive(Serialize)]
struct Price {
    symbol: &'static str,
    cents: u64,
}

/// One topic for each symbol: the latest of one does not replace that of another.
fn prices_of(hub: &Hub, symbol: &str) -> Topic {
    hub.topic(format!("price:{symbol}"))
        .slow_subscriber(SlowSubscriber::Latest)
}

#[websocket("/prices/ws")]
async fn prices(handshake: Handshake, hub: Hub) -> Result {
    let mut socket = handshake.accept().await?;
    for symbol in SYMBOLS {
        socket.subscribe(&prices_of(&hub, symbol)).await?;
    }
    // Nothing is expected from the client; this ends when it leaves.
    loop {
        socket.recv().await?;
    }
}

/// Publishes a price of each symbol ten times a second. It waits for no client.
pub(crate) async fn publish(hub: Hub) -> Result {
    let mut ticks = interval(Duration::from_millis(100));
    let topics = SYMBOLS.map(|symbol| (symbol, prices_of(&hub, symbol)));
    for tick in 0_u64.. {
        ticks.tick().await;
        for (number, (symbol, topic)) in topics.iter().enumerate() {
            let cents = 10_000 + (tick * 37 * (number as u64 + 1)) % 900;
            topic.publish_json(&Price { symbol, cents }).await?;
        }
    }
    Ok(())
}

const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>Prices</title><table id="prices"></table>
<script>
  const table = document.getElementById("prices");
  const rows = {};
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/prices/ws`);
  socket.onmessage = ({ data }) => {
    const { symbol, cents } = JSON.parse(data);
    rows[symbol] ??= table.insertRow();
    rows[symbol].textContent = `${symbol} ${(cents / 100).toFixed(2)}`;
  };
</script>"#;

pub(crate) fn app(hub: &Hub) -> App {
    let page = Router::new().route("/", get(async || Html(PAGE)));
    App::new().hub(hub).endpoint(prices).merge(page)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    let hub = Hub::new();
    tokio::spawn(publish(hub.clone()));
    app(&hub).serve("127.0.0.1:8000").await
}
