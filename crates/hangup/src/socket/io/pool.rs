//! The buffers that a thread keeps for its connections.

use std::{cell::RefCell, thread::LocalKey};

/// The size of a pooled buffer: one read takes as much as is there, up to this.
pub(crate) const BUFFER_SIZE: usize = 64 * 1024;

/// How many bytes of buffers of each kind a thread keeps: a few large ones, or many small ones, as a message to
/// everybody fills.
pub(super) const POOLED: usize = 8 * BUFFER_SIZE;

/// Boxed, so that a connection that owns none holds no more than a pointer.
pub(super) struct Pool<B> {
    pub(super) buffers: Vec<Box<B>>,
    pub(super) bytes: usize,
}

pub(super) trait Pooled {
    /// In bytes.
    fn capacity(&self) -> usize;
}

impl<B> Pool<B> {
    pub(super) const fn new() -> Self {
        Self {
            buffers: Vec::new(),
            bytes: 0,
        }
    }
}

pub(super) fn take<B: Pooled>(pool: &'static LocalKey<RefCell<Pool<B>>>) -> Option<Box<B>> {
    let taken = pool.try_with(|pool| {
        let mut pool = pool.borrow_mut();
        let buffer = pool.buffers.pop()?;
        pool.bytes -= buffer.capacity();
        Some(buffer)
    });
    taken.ok().flatten()
}

pub(super) fn give_back<B: Pooled>(pool: &'static LocalKey<RefCell<Pool<B>>>, buffer: Box<B>) {
    // Where the thread is ending, the buffer is dropped.
    let _ = pool.try_with(|pool| {
        let mut pool = pool.borrow_mut();
        if pool.bytes + buffer.capacity() <= POOLED {
            pool.bytes += buffer.capacity();
            pool.buffers.push(buffer);
        }
    });
}
