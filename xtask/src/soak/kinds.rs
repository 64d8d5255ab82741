//! The kinds of clients of the soak, how often each is chosen, and the limits that they meet.

use super::chance::Chance;
use super::connection::Step;
use super::{clients, costly, early, late, rooms};

/// A way to behave.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// How often it is chosen, beside the others.
    weight: u64,
    pub(crate) asks: Asks,
    pub(crate) run: fn(&str, &mut Chance) -> Step,
}

/// Whether its request comes to a route.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Surely,
    Perhaps,
    Never,
}

/// The flags of the tour for these clients: every limit is low, but a correct client reaches none.
#[rustfmt::skip]
pub(crate) const FLAGS: &[&str] = &[
    "--metrics",
    "--max-connections", "150",
    "--handshake-timeout", "2s",
    "--accept-timeout", "5s",
    "--ping-interval", "1s",
    "--ping-timeout", "3s",
    "--idle-timeout", "6s",
    "--max-lifetime", "15s",
    "--close-timeout", "3s",
    "--max-message-size", "64KiB",
    "--messages-per-second", "500",
    "--write-buffer", "64KiB",
    "--write-timeout", "3s",
    "--slow-consumer", "wait",
    "--drain-timeout", "10s",
];

/// Those that take seconds are chosen less often.
#[rustfmt::skip]
const KINDS: &[Kind] = &[
    Kind { name: "echo", weight: 300, asks: Asks::Surely, run: clients::echo },
    Kind { name: "pings", weight: 60, asks: Asks::Surely, run: clients::pings },
    Kind { name: "is closed by the endpoint", weight: 150, asks: Asks::Surely, run: clients::is_closed },
    Kind { name: "is refused", weight: 150, asks: Asks::Surely, run: clients::is_refused },
    Kind { name: "closes with an odd code", weight: 100, asks: Asks::Surely, run: clients::closes_oddly },
    Kind { name: "breaks the protocol", weight: 150, asks: Asks::Surely, run: clients::breaks_the_protocol },
    Kind { name: "vanishes", weight: 150, asks: Asks::Surely, run: clients::vanishes },
    Kind { name: "resets", weight: 100, asks: Asks::Surely, run: clients::resets },
    Kind { name: "vanishes within the handshake", weight: 60, asks: Asks::Perhaps, run: clients::vanishes_early },
    Kind { name: "half-closes", weight: 100, asks: Asks::Surely, run: clients::half_closes },
    Kind { name: "closes and does not read", weight: 30, asks: Asks::Surely, run: clients::closes_and_stays },
    Kind { name: "floods", weight: 60, asks: Asks::Surely, run: clients::floods },
    Kind { name: "floods with pings", weight: 40, asks: Asks::Surely, run: clients::floods_with_pings },
    Kind { name: "lags", weight: 40, asks: Asks::Surely, run: clients::lags },
    Kind { name: "never reads", weight: 10, asks: Asks::Surely, run: clients::never_reads },
    Kind { name: "falls silent", weight: 10, asks: Asks::Surely, run: clients::falls_silent },
    Kind { name: "is idle", weight: 6, asks: Asks::Surely, run: clients::is_idle },
    Kind { name: "expires", weight: 20, asks: Asks::Surely, run: clients::expires },
    Kind { name: "sends its handshake slowly", weight: 15, asks: Asks::Perhaps, run: clients::handshakes_slowly },
    Kind { name: "sends no handshake", weight: 15, asks: Asks::Never, run: clients::sends_no_handshake },
    Kind { name: "sends frames with its handshake", weight: 60, asks: Asks::Surely, run: early::frames_with_the_handshake },
    Kind { name: "disconnects before accept", weight: 20, asks: Asks::Perhaps, run: early::leaves_before_accept },
    Kind { name: "sends early and disconnects before accept", weight: 20, asks: Asks::Perhaps, run: early::speaks_and_leaves_before_accept },
    Kind { name: "sends a body with its handshake", weight: 40, asks: Asks::Perhaps, run: early::sends_a_body },
    Kind { name: "talks to a push-only endpoint", weight: 30, asks: Asks::Surely, run: late::talks_to_a_push_only_endpoint },
    Kind { name: "reads late", weight: 10, asks: Asks::Surely, run: late::reads_late },
    Kind { name: "floods with offers", weight: 6, asks: Asks::Perhaps, run: costly::floods_with_offers },
    Kind { name: "speaks in a room", weight: 150, asks: Asks::Surely, run: rooms::speaks_in_a_room },
    Kind { name: "is kicked", weight: 100, asks: Asks::Surely, run: rooms::is_kicked },
    Kind { name: "comes while it is blocked", weight: 40, asks: Asks::Perhaps, run: rooms::comes_while_it_is_blocked },
    Kind { name: "does not hear its room", weight: 10, asks: Asks::Surely, run: rooms::does_not_hear_its_room },
    Kind { name: "sends empty deflate blocks", weight: 6, asks: Asks::Surely, run: costly::sends_empty_deflate_blocks },
];

pub(crate) fn kinds() -> &'static [Kind] {
    KINDS
}

/// Chooses by weight.
pub(crate) fn choose(chance: &mut Chance) -> Option<(usize, &'static Kind)> {
    let mut left = chance.below(KINDS.iter().map(|kind| kind.weight).sum());
    KINDS.iter().enumerate().find(|(_, kind)| {
        let is_here = left < kind.weight;
        left = left.saturating_sub(kind.weight);
        is_here
    })
}
