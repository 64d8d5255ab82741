//! Graceful shutdown: endpoints are notified, connections are closed in batches, and what is left is aborted.

use std::{convert::Infallible, future::Future, sync::Arc, time::Duration};

use hangup_protocol::{Close, CloseCode};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout, timeout_at},
};

use super::{accept::Accepting, stage::Stage};
use crate::{
    connections::{Connections, Drained},
    settings::{deadline, deadline_from},
    socket::Shared,
};

/// How long aborted connections may take to end. An endpoint that never yields does not end.
const ABORT_TIMEOUT: Duration = Duration::from_secs(1);

/// How a server shutdown started.
#[derive(Default)]
pub(super) struct Shutdown {
    pub(super) options: ShutdownOptions,
    /// How long the listener stays open.
    pub(super) lame_duck: Duration,
    pub(super) report: Option<Box<dyn FnOnce(Drained) + Send>>,
}

/// How the connections of a server, or behind a layer, are ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShutdownOptions {
    pub(super) code: CloseCode,
    pub(super) timeout: Duration,
    pub(super) notice: Duration,
    pub(super) batches: Batches,
}

/// How many connections are closed at once, and after what time the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batches {
    pub(super) size: usize,
    pub(super) interval: Duration,
}

impl Default for ShutdownOptions {
    fn default() -> Self {
        Self {
            code: CloseCode::GOING_AWAY,
            timeout: Duration::from_secs(30),
            notice: Duration::from_secs(5),
            batches: Batches {
                size: 1000,
                interval: Duration::from_millis(200),
            },
        }
    }
}

impl Shutdown {
    /// Ends all connections: at the latest when the timeout has passed, or `second_signal` arrives.
    pub(super) async fn run(
        self,
        connections: Arc<Connections>,
        mut accepting: Accepting,
        http: watch::Sender<Stage>,
        second_signal: impl Future<Output = ()>,
    ) {
        let Self {
            options,
            lame_duck,
            report,
        } = self;
        let http = &http;
        let end_of_lame_duck = deadline(lame_duck);
        let refuse_newcomers = async move {
            if !lame_duck.is_zero() {
                let _: Result<Infallible, _> = timeout_at(end_of_lame_duck, accepting.run()).await;
            }
            drop(accepting);
            http.send_replace(Stage::ShuttingDown);
        };
        // The HTTP connections first: a handshake that is under way may still become an open connection.
        let no_newcomers = async {
            refuse_newcomers.await;
            http.closed().await;
        };
        let second_signal = async {
            second_signal.await;
            SecondSignal
        };
        let ended = options
            .run(&connections, lame_duck, no_newcomers, second_signal, || {
                http.send_replace(Stage::Aborting);
            })
            .await;
        if let Some(report) = report {
            report(ended);
        }
    }
}

impl ShutdownOptions {
    /// Ends the connections: at the latest when `extra` and the timeout have passed, or `second_signal` arrives.
    /// `no_newcomers` is ready when none can be added any more; `aborting` is called before connections are aborted.
    pub(super) async fn run(
        self,
        connections: &Connections,
        extra: Duration,
        no_newcomers: impl Future<Output = ()>,
        second_signal: impl Future<Output = SecondSignal>,
        aborting: impl FnOnce(),
    ) -> Drained {
        let Self {
            code,
            timeout: total,
            notice,
            batches,
        } = self;
        let begun = Instant::now();
        let end = deadline_from(deadline_from(begun, extra), total);
        let close = shutdown_close(code);
        let (others, notified) = connections.begin_shutdown(&close);
        tracing::info!(
            connections = others.len() + notified.len(),
            "server shutdown started"
        );
        let all_ended = async {
            let close_notified = async {
                if !notified.is_empty() {
                    let notice = deadline_from(begun, notice.min(total / 2));
                    let _ = timeout_at(notice, connections.all_ended()).await;
                    batches.close(notified, &close, total / 2).await;
                }
            };
            tokio::join!(
                batches.close(others, &close, total / 2),
                close_notified,
                no_newcomers
            );
            connections.all_ended().await;
        };
        let is_over = tokio::select! {
            ended = timeout_at(end, all_ended) => ended.is_ok(),
            SecondSignal = second_signal => false,
        };
        if !is_over {
            aborting();
            connections.abort(&close);
            let _ = timeout(ABORT_TIMEOUT, connections.all_ended()).await;
        }
        let report = connections.drained();
        tracing::info!(
            closed = report.closed,
            cut = report.cut,
            aborted = report.aborted,
            duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            "server shutdown completed"
        );
        report
    }
}

/// Nothing is waited for any longer.
pub(super) struct SecondSignal;

/// The Close of the open connections. Codes that few clients know get a reason.
fn shutdown_close(code: CloseCode) -> Close {
    match code {
        CloseCode::SERVICE_RESTART => Close::new(code, "service restart"),
        CloseCode::TRY_AGAIN_LATER => Close::new(code, "try again later"),
        CloseCode::BAD_GATEWAY => Close::new(code, "bad gateway"),
        _ => Close::from(code),
    }
}

impl Batches {
    /// Closes one batch in each interval. The interval is shortened so that all batches fit into `time`.
    async fn close(self, connections: Vec<Arc<Shared>>, close: &Close, time: Duration) {
        let size = self.size.max(1);
        let count = u32::try_from(connections.len().div_ceil(size)).unwrap_or(u32::MAX);
        let interval = self.interval.min(time / count.max(1));
        let mut next = deadline(interval);
        for (number, batch) in connections.chunks(size).enumerate() {
            if number > 0 {
                sleep_until(next).await;
                next = deadline_from(next, interval);
            }
            for shared in batch {
                shared.lock().close_from_outside(close);
            }
        }
    }
}
