//! What stops a server: a future of the user's, or the signals of the process.

use std::{future::Future, io, pin::Pin, time::Duration};

use tokio::time::Instant;

/// Within this time a second signal is taken for the first.
const SAME_SIGNAL: Duration = Duration::from_millis(500);

/// What stops a server.
pub(super) enum Stop<'a> {
    /// SIGTERM and SIGINT; on other systems than Unix what they call Ctrl-C.
    Signals,
    /// This future, in their place.
    Future(Pin<Box<dyn Future<Output = ()> + Send + 'a>>),
}

/// What a server listens to.
pub(super) enum Listening<'a> {
    Signals(Signals),
    Future(Pin<Box<dyn Future<Output = ()> + Send + 'a>>),
}

impl<'a> Stop<'a> {
    pub(super) fn listen(self) -> io::Result<Listening<'a>> {
        Ok(match self {
            Self::Signals => Listening::Signals(Signals::new()?),
            Self::Future(future) => Listening::Future(future),
        })
    }
}

impl Listening<'_> {
    /// Waits until the server is to stop.
    pub(super) async fn stop(&mut self) {
        match self {
            Self::Signals(signals) => signals.next().await,
            Self::Future(future) => future.await,
        }
    }

    /// Waits until it is to stop at once: a second signal, as from somebody who presses Ctrl-C again. One that comes with
    /// the first is none, as from a supervisor that passes on what the terminal has sent to all.
    pub(super) async fn hurry(self) {
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
