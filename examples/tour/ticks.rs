//! An endpoint that only sends: a number ten times a second. It receives nothing.

use std::time::Duration;

use hangup::{App, Handshake, Result, websocket};
use tokio::time::{MissedTickBehavior, interval};

use crate::sample::Sample;

pub(crate) const SAMPLES: &[Sample] = &[Sample {
    shows: "push only: \"tick 0\" at once, then one more every 100 ms; what you type is never received",
    wscat: "/ticks/ws",
    curl: None,
}];

const BETWEEN_TICKS: Duration = Duration::from_millis(100);

pub(crate) fn app() -> App {
    App::new().endpoint(ticks)
}

/// The ticks of each client count from 0. A client that reads late gets them late, and none at once.
#[websocket("/ticks/ws")]
async fn ticks(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    let mut interval = interval(BETWEEN_TICKS);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut number: u64 = 0;
    loop {
        interval.tick().await;
        socket.send_text(format!("tick {number}")).await?;
        number += 1;
    }
}
