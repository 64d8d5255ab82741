//! What starts the shutdown of a server: the signals of the process, or a future of the user.

use std::{future::Future, io, pin::Pin, time::Duration};

use tokio::time::Instant;

/// A second signal within this time counts as the first: a supervisor may pass on a signal that all have received.
const SAME_SIGNAL: Duration = Duration::from_millis(500);

/// What starts the shutdown.
pub(super) enum Trigger<'a> {
    /// SIGTERM and SIGINT; Ctrl-C on systems other than Unix.
    Signals,
    /// This future, in place of the signals.
    Future(Pin<Box<dyn Future<Output = ()> + Send + 'a>>),
}

/// The same, once the signals are registered.
pub(super) enum Listening<'a> {
    Signals(Signals),
    Future(Pin<Box<dyn Future<Output = ()> + Send + 'a>>),
}

impl<'a> Trigger<'a> {
    pub(super) fn listen(self) -> io::Result<Listening<'a>> {
        Ok(match self {
            Self::Signals => Listening::Signals(Signals::new()?),
            Self::Future(future) => Listening::Future(future),
        })
    }
}

impl Listening<'_> {
    /// Waits for the start of the shutdown.
    pub(super) async fn first(&mut self) {
        match self {
            Self::Signals(signals) => signals.next().await,
            Self::Future(future) => future.await,
        }
    }

    /// Waits for a second signal, such as a second Ctrl-C, which aborts what is left. A future has none.
    pub(super) async fn second(self) {
        let Self::Signals(mut signals) = self else {
            return std::future::pending().await;
        };
        let begun = Instant::now();
        loop {
            signals.next().await;
            if begun.elapsed() >= SAME_SIGNAL {
                return;
            }
        }
    }
}

#[cfg(unix)]
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
