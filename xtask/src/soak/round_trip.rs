//! How long honest clients waited for their echoes: the slowest of all is kept.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static SLOWEST_MICROS: AtomicU64 = AtomicU64::new(0);

pub(crate) fn note(time: Duration) {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    SLOWEST_MICROS.fetch_max(micros, Ordering::Relaxed);
}

pub(crate) fn slowest() -> Duration {
    Duration::from_micros(SLOWEST_MICROS.load(Ordering::Relaxed))
}
