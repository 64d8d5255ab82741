//! The pings of ours that have no answer yet: a pong that answers one of them does not count as a message of the peer.

use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash, Hasher},
};

/// How many pings are known by their payload; of those before, only how many there were.
const REMEMBERED: usize = 64;

#[derive(Debug, Default)]
pub(super) struct SentPings {
    /// Hashes of their payloads, the oldest first.
    unanswered: VecDeque<u64>,
    /// How many more there are, all of them older.
    older: u32,
}

impl SentPings {
    pub(super) fn sent(&mut self, payload: &[u8]) {
        if self.unanswered.len() == REMEMBERED {
            self.unanswered.pop_front();
            self.older = self.older.saturating_add(1);
        }
        self.unanswered.push_back(hash(payload));
    }

    /// Takes a pong as the answer to a ping, and to all before it: a peer may answer only the most recent (RFC 6455,
    /// 5.5.3). `false` if nobody has asked for it.
    pub(super) fn answer(&mut self, payload: &[u8]) -> bool {
        let hash = hash(payload);
        if let Some(place) = self.unanswered.iter().position(|ping| *ping == hash) {
            self.unanswered.drain(..=place);
            self.older = 0;
            return true;
        }
        let is_older = self.older > 0;
        self.older = self.older.saturating_sub(1);
        is_older
    }
}

fn hash(payload: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    payload.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pong_answers_its_ping_and_those_before_once() {
        let mut pings = SentPings::default();
        for payload in ["one", "two", "three"] {
            pings.sent(payload.as_bytes());
        }
        assert!(!pings.answer(b"four"));
        assert!(pings.answer(b"two"));
        assert!(!pings.answer(b"two") && !pings.answer(b"one"));
        assert!(pings.answer(b"three") && !pings.answer(b"three"));
    }

    #[test]
    fn pings_of_one_payload_are_answered_one_by_one() {
        let mut pings = SentPings::default();
        for _ in 0..3 {
            pings.sent(b"");
        }
        assert_eq!([(); 4].map(|()| pings.answer(b"")), [true, true, true, false]);
    }

    #[test]
    fn what_is_remembered_has_a_bound_and_no_answer_is_counted_for_it() {
        let mut pings = SentPings::default();
        for number in 0..1000_u32 {
            pings.sent(&number.to_be_bytes());
        }
        assert_eq!(pings.unanswered.len(), REMEMBERED);
        for number in 0..1000_u32 {
            assert!(pings.answer(&number.to_be_bytes()), "{number}");
        }
        assert!(!pings.answer(&7_u32.to_be_bytes()));
    }
}
