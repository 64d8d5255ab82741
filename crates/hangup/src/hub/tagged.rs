//! `Tagged`: all connections with a tag, to send to and to close.

use std::{
    collections::HashSet,
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use hangup_protocol::Close;
use tokio::time::Instant;

use super::{
    engine::{EngineError, Kick, Node},
    error::{KickError, PublishError},
    kicked::Kicked,
    lane::send_to_all,
    member::HubMember,
    membership::topic_of_tag,
    state::{Applied, HubState, Remote},
    tag::Tag,
    topic::publish_remote,
};
use crate::{metrics::KickOutcome, socket::Message};

/// All connections of a hub that carry a tag, on every node.
#[derive(Clone)]
pub struct Tagged {
    hub: Arc<HubState>,
    tag: Tag,
}

impl Tagged {
    pub(super) fn new(hub: &Arc<HubState>, tag: Tag) -> Self {
        Self {
            hub: Arc::clone(hub),
            tag,
        }
    }

    /// How many connections of this node carry the tag.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.hub.tags.with(&self.tag).len()
    }

    /// Sends a message to all of them that are accepted. One that is not writable misses it.
    ///
    /// # Errors
    ///
    /// As [`Topic::publish`](super::Topic::publish).
    pub fn send(
        &self,
        message: impl Into<Message>,
    ) -> impl Future<Output = Result<(), PublishError>> + Send + '_ {
        let message = message.into();
        async move {
            if !self.hub.is_name(self.tag.as_str()) {
                return Err(PublishError::InvalidName);
            }
            if message.len() > self.hub.options.message_bytes {
                return Err(PublishError::TooLarge);
            }
            match &self.hub.remote {
                Some(remote) => {
                    let topic = topic_of_tag(&self.tag);
                    publish_remote(&self.hub, remote, &topic, &message).await?;
                }
                None => {
                    send_to_all(&self.hub.tags.with(&self.tag), &message);
                }
            }
            Ok(())
        }
    }

    /// Closes all of them with this Close: a kick. Await it, with options set before.
    ///
    /// Each gets one Close frame with that code, and nothing of what was unsent before it but what was written in part; reading and
    /// sending stop at once. One that is not accepted yet is refused with it, and its endpoint dropped. A peer whose window is shut cannot be shown
    /// a Close frame; it is cut in time, and counted as cut.
    ///
    /// No connection escapes whose tag was asked for before the kick: this node stores the kick, then looks through its connections; a
    /// connection registers its tag, then looks for kicks.
    ///
    /// ```
    /// use hangup::{Close, CloseCode, Hub, hub::Tag};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> hangup::Result {
    /// let hub = Hub::new();
    /// let revoked = Close::new(CloseCode::of::<4001>(), "session revoked");
    /// let kicked = hub.tagged(Tag::new("user", 42)).close(revoked).await?;
    /// assert_eq!((kicked.closed, kicked.cut), (0, 0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(&self, close: impl Into<Close>) -> Kicking {
        Kicking {
            hub: Arc::clone(&self.hub),
            kick: Kick::new(self.hub.node, self.tag.clone(), close.into(), DEFAULT_WITHIN),
        }
    }
}

/// The default of [`Kicking::within`].
const DEFAULT_WITHIN: Duration = Duration::from_secs(1);

/// A kick that begins when it is awaited: see [`Tagged::close`].
///
/// # Errors
///
/// See [`KickError`]. Where the engine has not taken it, the connections of this node are closed all the same.
///
/// # Cancel safety
///
/// Once it has been polled it is carried out, on this node and through the engine, whether it is awaited to its end or not.
///
/// # Panics
///
/// Awaited outside of a tokio runtime.
#[must_use = "nothing is closed until it is awaited"]
pub struct Kicking {
    hub: Arc<HubState>,
    kick: Kick,
}

impl Kicking {
    /// After what time a connection is cut whose closing handshake is not over. Default: 1 s.
    pub const fn within(mut self, within: Duration) -> Self {
        self.kick.within = within;
        self
    }

    /// For how long the kick stays in force, for whoever comes with the tag: a handshake is refused with the same Close. Default:
    /// not at all.
    pub const fn block(mut self, block: Duration) -> Self {
        self.kick.block = block;
        self
    }

    async fn carry_out(mut self) -> Result<Kicked, KickError> {
        let Self { hub, kick } = &mut self;
        kick.kept = hub.options.kick_log;
        if !hub.is_name(kick.tag.as_str()) {
            return Err(KickError::InvalidName);
        }
        // Stored before anything is awaited.
        let members = match hub.apply(kick, Duration::ZERO) {
            Applied::Reaches(members) => members,
            Applied::Known => Vec::new(),
            Applied::Full => return Err(KickError::TooMany),
        };
        let result = match &hub.remote {
            None => {
                let (closed, cut) = hub.carry_out(kick, members).await;
                Ok(Kicked {
                    closed,
                    cut,
                    silent: Vec::new(),
                })
            }
            Some(remote) => carry_out_everywhere(hub, remote, kick, members).await,
        };
        hub.metrics.kicked(match &result {
            Ok(kicked) if kicked.silent.is_empty() => KickOutcome::Complete,
            Ok(_) => KickOutcome::Silent,
            Err(_) => KickOutcome::Failed,
        });
        result
    }
}

async fn carry_out_everywhere(
    hub: &HubState,
    remote: &Remote,
    kick: &Kick,
    members: Vec<HubMember>,
) -> Result<Kicked, KickError> {
    let reports = remote.reports.collect(kick.id);
    let until = crate::settings::deadline(kick.within.saturating_add(hub.options.engine_timeout));
    let append = async {
        hub.timed(remote.engine.append_kick(kick)).await?;
        let nodes = hub.timed(remote.engine.nodes()).await?;
        let others: HashSet<Node> = nodes.into_iter().filter(|node| *node != hub.node).collect();
        Ok::<_, EngineError>(reports.of(&others, until.max(Instant::now())).await)
    };
    let ((closed, cut), answered) = tokio::join!(hub.carry_out(kick, members), append);
    let here = Kicked {
        closed,
        cut,
        silent: Vec::new(),
    };
    match answered {
        Ok((reports, silent)) => {
            Ok(reports
                .iter()
                .fold(Kicked { silent, ..here }, |kicked, report| Kicked {
                    closed: kicked.closed + report.closed,
                    cut: kicked.cut + report.cut,
                    ..kicked
                }))
        }
        Err(error) => Err(KickError::Engine(here, Arc::new(error))),
    }
}

impl IntoFuture for Kicking {
    type Output = Result<Kicked, KickError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async {
            // In a task of its own, so that it goes on where it is not awaited to its end.
            match tokio::spawn(self.carry_out()).await {
                Ok(result) => result,
                Err(_) => Err(KickError::Stopped),
            }
        })
    }
}

impl fmt::Debug for Tagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tagged")
            .field("tag", &self.tag)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Kicking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kicking")
            .field("kick", &self.kick)
            .finish_non_exhaustive()
    }
}
