//! A connection whose 101 is on its way: endpoint, Close frame, closing handshake, one event.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::upgrade::{OnUpgrade, Upgraded};
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};
use tracing::Span;

use super::{conversation::ended, report::Report, upgraded::transport_of, verdict::Verdict};
use crate::{
    connections::Member,
    settings::{Resolved, deadline},
    socket::Driver,
};

/// The task of such a connection. What it owns fits into a cell of 256 bytes, as tokio rounds them up, so the rest is boxed.
pub(super) struct OpenConnection {
    /// Until the 101 is written.
    upgrading: Option<Pin<Box<Upgrading>>>,
    driver: Driver<Verdict>,
    /// Until its end.
    present: Option<(Box<Report>, Option<Member>)>,
    write_timeout: Duration,
    /// In which it runs, where somebody listens.
    span: Option<Box<Span>>,
}

impl OpenConnection {
    pub(super) fn new(
        on_upgrade: OnUpgrade,
        driver: Driver<Verdict>,
        report: Report,
        member: Option<Member>,
        settings: &Resolved,
    ) -> Self {
        Self {
            upgrading: Some(Box::pin(Upgrading {
                on_upgrade,
                timeout: sleep(settings.accept_timeout),
                is_last: false,
            })),
            driver,
            span: Some(report.span())
                .filter(|span| !span.is_disabled())
                .map(Box::new),
            present: Some((Box::new(report), member)),
            write_timeout: settings.write_timeout,
        }
    }

    /// Ready when the stream is there, or will not be.
    fn poll_upgrade(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(upgrading) = &mut self.upgrading else {
            return Poll::Ready(());
        };
        match upgrading.as_mut().poll(cx) {
            Poll::Ready(Ok(upgraded)) => match transport_of(upgraded) {
                Some((transport, early)) => self.driver.shared().lock().open(transport, &early),
                None => self.driver.shared().lock().fail_to_open(),
            },
            Poll::Ready(Err(_)) => self.driver.shared().lock().fail_to_open(),
            Poll::Pending => {
                ready!(upgrading.as_mut().poll_late(cx));
                if upgrading.as_mut().wait_on(self.write_timeout) {
                    // A layer holds the 101 back. The endpoint is over; if the 101 goes out, so does the Close.
                    self.driver.replace(ended(Box::new(Verdict::too_late())));
                    if let Some((report, _)) = &mut self.present {
                        report.hold(Box::default());
                    }
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                self.driver.shared().lock().fail_to_open();
            }
        }
        self.upgrading = None;
        Poll::Ready(())
    }
}

impl OpenConnection {
    fn poll_to_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        ready!(self.poll_upgrade(cx));
        let driven = Pin::new(&mut self.driver).poll(cx);
        debug_assert!(self.present.is_some(), "a connection is polled behind its end");
        match driven {
            Poll::Pending => {
                if let (Some(conclusion), Some((report, _))) = (self.driver.conclusion(), &mut self.present) {
                    report.concluded(conclusion);
                }
                Poll::Pending
            }
            Poll::Ready(conclusion) => {
                if let Some((report, member)) = self.present.take() {
                    report.ended(&conclusion);
                    drop(member);
                }
                Poll::Ready(())
            }
        }
    }
}

impl Future for OpenConnection {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let span = self.span.take();
        let polled = {
            let _entered = span.as_deref().map(Span::enter);
            self.poll_to_end(cx)
        };
        self.span = span;
        polled
    }
}

impl Drop for OpenConnection {
    /// Where the runtime stops before the end, the endpoint is dropped within the span, and the log has how it ended.
    fn drop(&mut self) {
        let span = self.span.take();
        let _entered = span.as_deref().map(Span::enter);
        match self.driver.conclusion() {
            Some(conclusion) => {
                if let Some((report, _)) = self.present.take() {
                    report.ended(conclusion);
                }
            }
            None => self.driver.drop_endpoint(),
        }
    }
}

pin_project! {
    /// The wait for the stream, which hyper gives once the 101 is written: where a layer has replaced the 101, only when
    /// the HTTP connection ends.
    struct Upgrading {
        on_upgrade: OnUpgrade,
        #[pin]
        timeout: Sleep,
        is_last: bool,
    }
}

impl Upgrading {
    /// Ready when the time for it is over.
    fn poll_late(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().timeout.poll(cx)
    }

    /// Waits once more, for so long; `false` if it has done so before.
    fn wait_on(self: Pin<&mut Self>, time: Duration) -> bool {
        let this = self.project();
        if std::mem::replace(this.is_last, true) {
            return false;
        }
        this.timeout.reset(deadline(time));
        true
    }
}

impl Future for Upgrading {
    type Output = hyper::Result<Upgraded>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(self.project().on_upgrade).poll(cx)
    }
}
