//! `Exchange`: the state of an HTTP connection, shared by its stream and the service that answers its requests.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU16, AtomicU32, Ordering},
    },
    task::{Context, Waker},
};

/// What the client sends next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Expected {
    /// The head of a request.
    Head,
    /// The head of a request, after the rest of the previous body, if any.
    RestOfBody,
    /// The body of a request that is being answered.
    Body,
    /// Nothing: the request is complete, and is being answered.
    Nothing,
    /// Bytes of another protocol.
    Upgraded,
}

/// The state of one HTTP connection.
#[derive(Debug)]
pub(crate) struct Exchange {
    expected: AtomicU8,
    /// How many requests have arrived, modulo its range.
    requests: AtomicU32,
    is_first: AtomicBool,
    is_handshake: AtomicBool,
    is_shutting_down: AtomicBool,
    /// The status of the last response that was written; 0 before the first.
    written: AtomicU16,
    /// The task to wake when the request is answered.
    reader: Mutex<Option<Waker>>,
}

impl Exchange {
    pub(crate) fn new() -> Self {
        Self {
            expected: AtomicU8::new(Expected::Head as u8),
            requests: AtomicU32::new(0),
            is_first: AtomicBool::new(true),
            is_handshake: AtomicBool::new(false),
            is_shutting_down: AtomicBool::new(false),
            written: AtomicU16::new(0),
            reader: Mutex::new(None),
        }
    }

    /// The head of a request has arrived. `has_body`: it announces a body.
    pub(crate) fn begin(&self, is_handshake: bool, has_body: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.is_first.store(false, Ordering::Relaxed);
        self.is_handshake.store(is_handshake, Ordering::Relaxed);
        self.set_expected(if has_body {
            Expected::Body
        } else {
            Expected::Nothing
        });
    }

    /// The response to the request has been written, or will not be.
    pub(crate) fn end(&self) {
        match self.expected() {
            Expected::Nothing => self.set_expected(Expected::Head),
            Expected::Body => self.set_expected(Expected::RestOfBody),
            Expected::Head | Expected::RestOfBody | Expected::Upgraded => {}
        }
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    /// Wakes the stream to read again once the request is answered. hyper itself does so only when bytes arrive.
    pub(super) fn read_behind(&self, cx: &Context<'_>) {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *reader {
            Some(reader) => reader.clone_from(cx.waker()),
            reader => *reader = Some(cx.waker().clone()),
        }
    }

    /// What follows is not HTTP: a 101 has been written, or a tunnel is requested.
    pub(crate) fn upgrade(&self) {
        self.set_expected(Expected::Upgraded);
    }

    /// No further request is read.
    pub(crate) fn shut_down(&self) {
        self.is_shutting_down.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_shutting_down(&self) -> bool {
        self.is_shutting_down.load(Ordering::Relaxed)
    }

    /// Whether no request has arrived yet.
    pub(super) fn is_first(&self) -> bool {
        self.is_first.load(Ordering::Relaxed)
    }

    /// Tells the present request from the one before.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Whether an opening handshake has been refused. Then the connection ends.
    pub(super) fn is_refused(&self) -> bool {
        self.is_handshake() && matches!(self.expected(), Expected::Head | Expected::RestOfBody)
    }

    /// Whether the last request was an opening handshake.
    pub(crate) fn is_handshake(&self) -> bool {
        self.is_handshake.load(Ordering::Relaxed)
    }

    pub(super) fn note_written(&self, status: u16) {
        self.written.store(status, Ordering::Relaxed);
    }

    /// The status of the last response that was written.
    pub(crate) fn written(&self) -> Option<u16> {
        Some(self.written.load(Ordering::Relaxed)).filter(|status| *status > 0)
    }

    pub(super) fn expected(&self) -> Expected {
        const ALL: [Expected; 5] = [
            Expected::Head,
            Expected::RestOfBody,
            Expected::Body,
            Expected::Nothing,
            Expected::Upgraded,
        ];
        let number = self.expected.load(Ordering::Relaxed);
        let expected = ALL.into_iter().find(|expected| *expected as u8 == number);
        debug_assert!(expected.is_some(), "{number} is no state");
        expected.unwrap_or(Expected::Upgraded)
    }

    fn set_expected(&self, expected: Expected) {
        self.expected.store(expected as u8, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_a_body_is_followed_by_a_head() {
        let exchange = Exchange::new();
        assert!(exchange.is_first());
        exchange.begin(false, false);
        assert_eq!(exchange.expected(), Expected::Nothing);
        exchange.end();
        assert_eq!(exchange.expected(), Expected::Head);
        assert!(!exchange.is_first());
    }

    #[test]
    fn what_is_left_of_a_body_is_no_head() {
        let exchange = Exchange::new();
        exchange.begin(false, true);
        assert_eq!(exchange.expected(), Expected::Body);
        exchange.end();
        assert_eq!(exchange.expected(), Expected::RestOfBody);
    }

    #[test]
    fn an_upgrade_is_for_good() {
        let exchange = Exchange::new();
        exchange.begin(true, false);
        exchange.upgrade();
        exchange.end();
        assert_eq!(exchange.expected(), Expected::Upgraded);
    }
}
