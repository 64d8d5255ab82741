//! `Readiness`: whether a hub reaches its engine, and `Ready`, the value to serve.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header::CONTENT_TYPE};
use serde::Serialize;
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

/// Whether the engine is reached and the recovery of the last outage over.
pub(super) struct Readiness {
    state: Mutex<ReadinessState>,
    changed: Notify,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadinessState {
    /// The engine has been out of reach since then.
    Down {
        since: Instant,
    },
    /// The engine is reached; kicks and subscriptions are not as it has them yet.
    Recovering {
        since: Instant,
    },
    Ready,
}

impl Default for Readiness {
    fn default() -> Self {
        Self {
            state: Mutex::new(ReadinessState::Down {
                since: Instant::now(),
            }),
            changed: Notify::new(),
        }
    }
}

impl Readiness {
    fn state(&self) -> MutexGuard<'_, ReadinessState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self) -> ReadinessState {
        *self.state()
    }

    pub(super) fn down(&self) {
        {
            let mut state = self.state();
            *state = match *state {
                ReadinessState::Down { since } | ReadinessState::Recovering { since } => {
                    ReadinessState::Down { since }
                }
                ReadinessState::Ready => ReadinessState::Down {
                    since: Instant::now(),
                },
            };
        }
        self.changed.notify_waiters();
    }

    pub(super) fn recovering(&self) {
        {
            let mut state = self.state();
            let since = match *state {
                ReadinessState::Down { since } | ReadinessState::Recovering { since } => since,
                ReadinessState::Ready => Instant::now(),
            };
            *state = ReadinessState::Recovering { since };
        }
        self.changed.notify_waiters();
    }

    pub(super) fn ready(&self) {
        *self.state() = ReadinessState::Ready;
        self.changed.notify_waiters();
    }

    /// Waits until a state is one of those, for at most so long; gives the state then.
    pub(super) async fn wait_for(
        &self,
        within: Duration,
        is_awaited: impl Fn(ReadinessState) -> bool,
    ) -> ReadinessState {
        let awaited = async {
            loop {
                let mut changed = std::pin::pin!(self.changed.notified());
                changed.as_mut().enable();
                let state = self.get();
                if is_awaited(state) {
                    return state;
                }
                changed.await;
            }
        };
        timeout(within, awaited).await.unwrap_or_else(|_| self.get())
    }
}

/// Whether a hub is ready: its engine is reached, and it has read the log of kicks and subscribed since. A hub of one process always
/// is.
///
/// As a response it is 200 with `{"ready": true}`, or 503 with `{"ready": false}`, for a readiness probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ready {
    /// Whether it is.
    pub ready: bool,
}

impl Ready {
    pub(super) const fn new(ready: bool) -> Self {
        Self { ready }
    }
}

impl IntoResponse for Ready {
    fn into_response(self) -> Response {
        let status = match self.ready {
            true => StatusCode::OK,
            false => StatusCode::SERVICE_UNAVAILABLE,
        };
        let body = format!("{{\"ready\": {}}}", self.ready);
        (status, [(CONTENT_TYPE, "application/json")], body).into_response()
    }
}
