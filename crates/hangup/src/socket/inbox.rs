//! Messages that were read before anybody asked for them.

use std::collections::VecDeque;

use super::message::Message;

/// What a waiting message counts besides its payload, so that empty ones have a bound too.
const MESSAGE_COST: usize = 64;

/// The messages that wait, and how much they count; an idle connection owns no list.
#[derive(Default)]
pub(super) struct Inbox {
    waiting: Option<Box<Queue>>,
    /// Whether nobody will take any: they are thrown away.
    is_shut: bool,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Message>,
    cost: usize,
}

impl Inbox {
    /// Whether as much waits as may. One message may go past the bound.
    pub(super) fn is_full(&self, bound: usize) -> bool {
        self.waiting.as_ref().is_some_and(|queue| queue.cost >= bound)
    }

    pub(super) fn push(&mut self, message: Message) {
        if !self.is_shut {
            let queue = self.waiting.get_or_insert_default();
            queue.cost += message.len() + MESSAGE_COST;
            queue.messages.push_back(message);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Message> {
        let queue = self.waiting.as_mut()?;
        let message = queue.messages.pop_front()?;
        queue.cost = queue.cost.saturating_sub(message.len() + MESSAGE_COST);
        if queue.messages.is_empty() {
            self.waiting = None;
        }
        Some(message)
    }

    pub(super) fn shut(&mut self) {
        *self = Self {
            is_shut: true,
            waiting: None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_full_at_its_bound_and_empty_messages_count() {
        let mut inbox = Inbox::default();
        assert!(!inbox.is_full(0), "one message may always wait");
        inbox.push(Message::from(""));
        assert!(inbox.is_full(64) && !inbox.is_full(65));
        inbox.push(Message::from("four"));
        assert!(inbox.is_full(132) && !inbox.is_full(133));
        assert_eq!(inbox.pop(), Some(Message::from("")));
        assert_eq!(inbox.pop(), Some(Message::from("four")));
        assert!(inbox.pop().is_none() && inbox.waiting.is_none());
    }

    #[test]
    fn what_nobody_will_take_is_thrown_away() {
        let mut inbox = Inbox::default();
        inbox.push(Message::from("before"));
        inbox.shut();
        inbox.push(Message::from("after"));
        assert_eq!(inbox.pop(), None);
        assert!(!inbox.is_full(1));
    }
}
