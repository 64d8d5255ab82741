//! Random numbers without a crate: for names that must differ, not for secrets.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A number that no other process draws.
pub(super) fn random_number() -> u64 {
    // The keys of the standard library's hash tables come from the system.
    RandomState::new().build_hasher().finish()
}
