//! An endpoint that waits before it accepts, and how many of its clients wait now.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::State, routing::get};
use hangup::{App, Handshake, Result, websocket};
use tokio::time::sleep;

use crate::sample::Sample;

pub(crate) const SAMPLES: &[Sample] = &[Sample {
    shows: "waits for some seconds, then accepts and ends with 1000; /slow-accept/waiting shows how many wait",
    wscat: "/slow-accept/ws?seconds=10",
    curl: Some("/slow-accept/waiting"),
}];

pub(crate) fn app() -> App {
    let state = Waiting::default();
    let routes: Router = Router::new()
        .route("/slow-accept/waiting", get(waiting))
        .with_state(state.clone());
    let endpoint = App::new().endpoint(slow_accept).with_state(state);
    App::new().include(endpoint).merge(routes)
}

/// The number of endpoints that wait.
#[derive(Clone, Default)]
struct Waiting(Arc<AtomicUsize>);

/// One endpoint that waits, until it is dropped: with the endpoint, where that is cancelled.
struct OneWaits(Waiting);

impl Waiting {
    fn enter(self) -> OneWaits {
        self.0.fetch_add(1, Ordering::Relaxed);
        OneWaits(self)
    }

    fn number(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for OneWaits {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// More than `accept_timeout` ends with that timeout.
#[websocket("/slow-accept/ws")]
async fn slow_accept(
    handshake: Handshake,
    State(waiting): State<Waiting>,
    #[query(default = 3.0, ge = 0.0, le = 3600.0)] seconds: f64,
) -> Result {
    let time = Duration::try_from_secs_f64(seconds)?;
    let waits = waiting.enter();
    sleep(time).await;
    drop(waits);
    let _socket = handshake.accept().await?;
    Ok(())
}

async fn waiting(State(waiting): State<Waiting>) -> String {
    waiting.number().to_string()
}
