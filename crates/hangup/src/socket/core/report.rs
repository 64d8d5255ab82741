//! What is reported of a connection that has ended: its frames, and what went another way than they say.

use hangup_protocol::{CloseCode, Connection, Side};

use super::{super::environment::Environment, Core};
use crate::error::Manner;

/// How the peer took a close code that some clients do not know.
enum Reaction {
    /// It has answered with 1002, as if the frame broke the protocol.
    Refused(CloseCode),
    /// It has not answered.
    Silent(CloseCode),
}

impl<E: Environment> Core<E> {
    /// The protocol, with both Close frames.
    pub(crate) fn protocol(&self) -> &Connection {
        &self.protocol
    }

    /// Whether both Close frames were exchanged, down to the last byte, and no rule was broken.
    pub(crate) fn is_clean(&self) -> bool {
        self.manner() == Manner::Clean
    }

    /// Whether endpoint and peer are aborted.
    pub(crate) fn is_aborted(&self) -> bool {
        self.is_aborted
    }

    /// How many messages were dropped for want of capacity.
    pub(crate) fn dropped(&self) -> u64 {
        self.limits.as_ref().map_or(0, |limits| limits.dropped())
    }

    /// Whether the peer has answered our Close frame as one that breaks the protocol.
    pub(crate) fn is_code_refused(&self) -> bool {
        matches!(Reaction::of(&self.protocol), Some(Reaction::Refused(_)))
    }

    /// One text for the event, if there is anything to add.
    pub(crate) fn note(&self) -> Option<String> {
        let reaction = Reaction::of(&self.protocol).map(|reaction| match reaction {
            Reaction::Refused(code) => format!("the peer does not know the close code {code}"),
            Reaction::Silent(code) => {
                format!("the peer has not answered the close code {code}, which it may not know")
            }
        });
        let overrun = self.inbox.is_overrun().then(|| {
            "messages of the peer were thrown away, as the endpoint did not receive within receive_timeout: receive, \
             drop the receiver, or set read_ahead or receive_timeout higher"
                .to_owned()
        });
        let notes: Vec<_> = reaction.into_iter().chain(overrun).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

impl Reaction {
    fn of(protocol: &Connection) -> Option<Self> {
        let sent = protocol.close_sent()?.code().close_code()?;
        let is_seldom_known = matches!(
            sent,
            CloseCode::SERVICE_RESTART | CloseCode::TRY_AGAIN_LATER | CloseCode::BAD_GATEWAY
        );
        if !is_seldom_known || protocol.close_begun_by() != Some(Side::Local) {
            return None;
        }
        match protocol.close_received() {
            None => Some(Self::Silent(sent)),
            Some(received) if received.code() == CloseCode::PROTOCOL_ERROR => Some(Self::Refused(sent)),
            Some(_) => None,
        }
    }
}
