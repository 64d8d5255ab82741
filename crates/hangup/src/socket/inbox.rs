//! Messages that were read before anybody asked for them, and what becomes of those that nobody asks for.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::{environment::Options, message::Message};
use crate::settings::deadline_from;

/// What a waiting message counts besides its payload, so that empty ones have a bound too.
const MESSAGE_COST: usize = 64;

/// How long a full inbox stops the reading at most where the endpoint has never asked for a message.
const UNASKED_TIMEOUT: Duration = Duration::from_secs(1);

/// The messages that wait, and how much they count; an idle connection owns no list.
#[derive(Default)]
pub(super) struct Inbox {
    waiting: Option<Box<Queue>>,
    /// Whether anybody has ever asked for a message.
    is_asked: bool,
    /// Whether messages were discarded that somebody might have asked for.
    is_overrun: bool,
    /// Whether nobody will receive any: they are discarded.
    is_shut: bool,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Message>,
    cost: usize,
    /// Since when as much waits as may, and nothing has been taken.
    full_since: Option<Instant>,
}

impl Inbox {
    /// Whether as much waits as may, so that nothing is read. One message may go past the bound.
    pub(super) fn is_full(&self, options: &impl Options) -> bool {
        let queue = self.waiting.as_ref();
        !self.is_overrun && queue.is_some_and(|queue| queue.cost >= options.read_ahead())
    }

    pub(super) fn push(&mut self, message: Message, options: &impl Options) {
        if self.is_shut || self.is_overrun {
            return;
        }
        let was_full = self.is_full(options);
        let queue = self.waiting.get_or_insert_default();
        queue.cost += message.len() + MESSAGE_COST;
        queue.messages.push_back(message);
        if !was_full && queue.cost >= options.read_ahead() {
            queue.full_since = Some(Instant::now());
        }
    }

    /// The next of those that wait, for whoever asks.
    pub(super) fn pop(&mut self) -> Option<Message> {
        self.is_asked = true;
        let queue = self.waiting.as_mut()?;
        let message = queue.messages.pop_front()?;
        queue.cost = queue.cost.saturating_sub(message.len() + MESSAGE_COST);
        if queue.messages.is_empty() {
            self.waiting = None;
        } else if queue.full_since.is_some() {
            queue.full_since = Some(Instant::now());
        }
        Some(message)
    }

    pub(super) fn shut(&mut self) {
        self.is_shut = true;
        self.waiting = None;
    }

    /// When a full inbox stops the reading no longer.
    pub(super) fn deadline(&self, options: &impl Options) -> Option<Instant> {
        let since = self.waiting.as_ref()?.full_since?;
        let timeout = options.receive_timeout().filter(|_| self.is_full(options))?;
        let timeout = if self.is_asked {
            timeout
        } else {
            timeout.min(UNASKED_TIMEOUT)
        };
        Some(deadline_from(since, timeout))
    }

    pub(super) fn is_expired(&self, now: Instant, options: &impl Options) -> bool {
        self.deadline(options).is_some_and(|deadline| deadline <= now)
    }

    /// Throws away what comes from now on. What waits stays for whoever asks after all.
    pub(super) fn overrun(&mut self) {
        self.is_overrun = true;
    }

    /// The time of a full inbox begins anew.
    pub(super) fn prolong(&mut self, now: Instant) {
        if let Some(queue) = &mut self.waiting {
            queue.full_since = Some(now);
        }
    }

    /// Whether messages were discarded that nobody had asked for in time.
    pub(super) fn is_overrun(&self) -> bool {
        self.is_overrun
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Resolved;

    fn settings(read_ahead: usize) -> Resolved {
        Resolved {
            read_ahead,
            ..Resolved::default()
        }
    }

    #[test]
    fn it_is_full_at_its_bound_and_empty_messages_count() {
        let mut inbox = Inbox::default();
        assert!(!inbox.is_full(&settings(0)), "one message may always wait");
        inbox.push(Message::from(""), &settings(0));
        assert!(inbox.is_full(&settings(64)) && !inbox.is_full(&settings(65)));
        inbox.push(Message::from("four"), &settings(0));
        assert!(inbox.is_full(&settings(132)) && !inbox.is_full(&settings(133)));
        assert_eq!(inbox.pop(), Some(Message::from("")));
        assert_eq!(inbox.pop(), Some(Message::from("four")));
        assert!(inbox.pop().is_none() && inbox.waiting.is_none());
    }

    #[test]
    fn what_nobody_will_take_is_thrown_away() {
        let mut inbox = Inbox::default();
        inbox.push(Message::from("before"), &settings(0));
        inbox.shut();
        inbox.push(Message::from("after"), &settings(0));
        assert_eq!(inbox.pop(), None);
        assert!(!inbox.is_full(&settings(1)) && !inbox.is_overrun());
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_one_stops_the_reading_for_a_time_since_a_message_was_last_taken() {
        const FIFTEEN: Duration = Duration::from_secs(15);
        let settings = settings(100);
        let begun = Instant::now();
        let mut inbox = Inbox::default();
        for _ in 0..4 {
            inbox.push(Message::from("four"), &settings);
        }
        assert_eq!(inbox.deadline(&settings), Some(begun + Duration::from_secs(1)));
        assert!(inbox.pop().is_some());
        assert_eq!(
            inbox.deadline(&settings),
            Some(begun + FIFTEEN),
            "somebody has asked"
        );
        tokio::time::advance(FIFTEEN / 2).await;
        assert!(inbox.pop().is_some());
        assert_eq!(inbox.deadline(&settings), Some(begun + FIFTEEN * 3 / 2));
        assert!(inbox.pop().is_some());
        assert_eq!(inbox.deadline(&settings), None, "it is full no more");
        tokio::time::advance(Duration::from_secs(1)).await;
        inbox.push(Message::from("four"), &settings);
        assert!(
            !inbox.is_expired(begun + FIFTEEN * 3 / 2, &settings),
            "its time began anew"
        );
        assert!(inbox.is_expired(begun + FIFTEEN * 2, &settings));
        inbox.prolong(begun + FIFTEEN * 2);
        assert!(inbox.is_full(&settings), "the peer takes nothing");
        let short = begun + FIFTEEN * 3 - Duration::from_millis(1);
        assert!(!inbox.is_expired(short, &settings) && inbox.is_full(&settings));
        assert!(inbox.is_expired(begun + FIFTEEN * 3, &settings));
        inbox.overrun();
        assert!(inbox.is_overrun() && !inbox.is_full(&settings));
        inbox.push(Message::from("lost"), &settings);
        assert_eq!(
            (inbox.pop().is_some(), inbox.pop().is_some(), inbox.pop()),
            (true, true, None)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_time_it_stops_the_reading_for_ever() {
        let settings = Resolved {
            receive_timeout: None,
            ..settings(1)
        };
        let mut inbox = Inbox::default();
        inbox.push(Message::from(""), &settings);
        assert!(inbox.is_full(&settings) && inbox.deadline(&settings).is_none());
    }
}
