//! `Topic`: a handle to publish, to subscribe and to listen with.

use std::{
    fmt,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use hangup_protocol::Utf8Bytes;
use serde::Serialize;
use tokio::{
    task::coop,
    time::{Instant, timeout_at},
};

use super::{
    channel::Channel,
    engine::{Position, Publication},
    error::{ListenError, PublishError, SubscribeError},
    listener::ListenerQueue,
    membership::{HubMembership, TAG_TOPIC},
    options::SlowSubscriber,
    slots::SkipNotice,
    state::{HubState, Remote},
};
use crate::socket::{Message, Sender, WebSocket};

/// A name under which messages are published. The handle is had once and used for many messages: it needs no look-up.
///
/// A topic exists for as long as somebody has a handle or is subscribed. Names are of at most
/// [`HubOptions::name_bytes`](super::HubOptions::name_bytes) bytes, are not empty, and do not begin with `hangup:`; any other is an
/// error where the handle is used.
///
/// # Order
///
/// All subscribers of one node see one and the same order, and what one publisher publishes, one publish awaited after the other, keeps its
/// order. Between nodes the engine says what it keeps. Nothing is promised across topics. A connection that is subscribed to the topic to which it
/// publishes gets its own message, in its place among the others.
#[derive(Clone)]
pub struct Topic {
    hub: Arc<HubState>,
    /// `None` where the name is not valid.
    channel: Option<Arc<Channel>>,
    slow: SlowSubscriber,
    notice: Option<SkipNotice>,
}

impl Topic {
    pub(super) fn new(hub: &Arc<HubState>, name: &str) -> Self {
        let is_valid = hub.is_name(name) && !name.starts_with("hangup:");
        Self {
            channel: is_valid.then(|| hub.channels.get(name, &hub.metrics)),
            slow: hub.options.slow_subscriber,
            notice: None,
            hub: Arc::clone(hub),
        }
    }

    /// Its name; empty where that is not valid.
    #[must_use]
    pub fn name(&self) -> &str {
        self.channel.as_ref().map_or("", |channel| &channel.name)
    }

    /// What happens to messages for a subscriber that is not writable, for those that subscribe with this handle. Default:
    /// [`HubOptions::slow_subscriber`](super::HubOptions::slow_subscriber).
    #[must_use]
    pub fn slow_subscriber(mut self, slow: SlowSubscriber) -> Self {
        self.slow = slow;
        self
    }

    /// With [`SlowSubscriber::Skip`], sends a message to a subscriber that takes messages again, before the next of them: the
    /// function makes it from the number of messages that it has missed. It holds for all subscribers of the topic on this node; the last
    /// that was given counts.
    ///
    /// ```
    /// # let hub = hangup::Hub::new();
    /// let trades = hub
    ///     .topic("trades")
    ///     .slow_subscriber(hangup::hub::SlowSubscriber::Skip)
    ///     .skip_notice(|missed| format!("{{\"missed\": {missed}}}").into());
    /// ```
    #[must_use]
    pub fn skip_notice(mut self, notice: fn(u64) -> Message) -> Self {
        self.notice = Some(notice);
        self
    }

    /// How many connections of this node are subscribed.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.channel.as_ref().map_or(0, |channel| channel.subscribers())
    }

    /// Publishes a message to all subscribers on all nodes; a text is a text message, bytes are a binary one.
    ///
    /// It never waits for a subscriber. Its place in the topic is given where the engine gives one, and otherwise the default.
    ///
    /// # Errors
    ///
    /// See [`PublishError`]. It fails within [`HubOptions::engine_timeout`](super::HubOptions::engine_timeout); nothing is queued to be
    /// published later.
    ///
    /// # Cancel safety
    ///
    /// If it is dropped before it is ready, the message may have been published or not.
    pub fn publish(
        &self,
        message: impl Into<Message>,
    ) -> impl Future<Output = Result<Position, PublishError>> + Send + '_ {
        let message = message.into();
        self.publish_message(message)
    }

    /// Publishes a binary message. See [`publish`](Self::publish).
    ///
    /// # Errors
    ///
    /// See [`PublishError`].
    pub fn publish_binary(
        &self,
        bytes: impl AsRef<[u8]>,
    ) -> impl Future<Output = Result<Position, PublishError>> + Send + '_ {
        self.publish(bytes.as_ref().to_vec())
    }

    /// Publishes a value as JSON in a text message: it is made once for all subscribers. See [`publish`](Self::publish).
    ///
    /// # Errors
    ///
    /// See [`PublishError`].
    pub fn publish_json<T: Serialize + ?Sized>(
        &self,
        value: &T,
    ) -> impl Future<Output = Result<Position, PublishError>> + Send + '_ {
        let text = serde_json::to_string(value);
        async move {
            let text = text.map_err(|error| PublishError::Json(Arc::new(error)))?;
            self.publish_message(Message::Text(Utf8Bytes::from(text))).await
        }
    }

    async fn publish_message(&self, message: Message) -> Result<Position, PublishError> {
        let channel = self.channel.as_ref().ok_or(PublishError::InvalidName)?;
        if message.len() > self.hub.options.message_bytes {
            return Err(PublishError::TooLarge);
        }
        // Whoever publishes without end lets the lanes run.
        coop::consume_budget().await;
        let position = match &self.hub.remote {
            Some(remote) => publish_remote(&self.hub, remote, &channel.name, &message).await?,
            None => {
                let until = crate::settings::deadline(self.hub.options.engine_timeout);
                wait_for_lanes(&self.hub, channel, Some(until)).await?;
                let publication = Publication::new(Arc::clone(&channel.name), Position::default(), message);
                channel.dispatch(&publication, &self.hub.lanes);
                Position::default()
            }
        };
        channel.metrics.published();
        Ok(position)
    }

    /// Subscribes the server itself: a task reads the publications from the listener.
    ///
    /// # Errors
    ///
    /// See [`SubscribeError`].
    pub async fn listen(&self) -> Result<Listener, SubscribeError> {
        let channel = self.channel.as_ref().ok_or(SubscribeError::InvalidName)?;
        // Dropped before its end it is removed again.
        let listener = Listener {
            hub: Arc::clone(&self.hub),
            channel: Arc::clone(channel),
            queue: Arc::new(ListenerQueue::new(self.hub.options.listener_messages)),
        };
        channel.add_listener(Arc::clone(&listener.queue));
        if let Some(remote) = &self.hub.remote {
            remote.interest.add(&channel.name);
            let within = self.hub.options.engine_timeout;
            let subscription = remote.interest.subscription(&channel.name, within);
            subscription.await.map_err(SubscribeError::Engine)?;
        }
        Ok(listener)
    }

    async fn subscribe<Out>(&self, connection: &Sender<Out>) -> Result<Subscription, SubscribeError> {
        let channel = self.channel.as_ref().ok_or(SubscribeError::InvalidName)?;
        let membership = HubMembership::of(connection.shared(), &self.hub)?;
        let slot = membership.subscribe(channel, self.slow, self.notice).await?;
        Ok(Subscription {
            membership,
            channel: Arc::clone(channel),
            slot,
        })
    }

    fn unsubscribe<Out>(&self, connection: &Sender<Out>) -> bool {
        let membership = HubMembership::of(connection.shared(), &self.hub);
        match (&self.channel, membership) {
            (Some(channel), Ok(membership)) => membership.unsubscribe(channel),
            (None, _) | (_, Err(_)) => false,
        }
    }
}

/// Publishes through the engine: it comes back to this node if that is subscribed.
pub(super) async fn publish_remote(
    hub: &HubState,
    remote: &Remote,
    topic: &str,
    message: &Message,
) -> Result<Position, PublishError> {
    /// One publish that is under way.
    struct UnderWay<'a>(&'a AtomicUsize);
    impl Drop for UnderWay<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::AcqRel);
        }
    }
    let before = hub.under_way.fetch_add(1, Ordering::AcqRel);
    let _under_way = UnderWay(&hub.under_way);
    if before >= hub.options.publishes_under_way {
        return Err(PublishError::Overloaded);
    }
    let published = hub.timed(remote.engine.publish(topic, message)).await;
    published.map_err(|error| PublishError::Engine(Arc::new(error)))
}

/// Waits while too much of a topic waits for a lane: for the processor, never for a subscriber.
pub(super) async fn wait_for_lanes(
    hub: &HubState,
    channel: &Channel,
    until: Option<Instant>,
) -> Result<(), PublishError> {
    while let Some(number) = channel.lane_behind(hub.options.topic_backlog) {
        let Some(lane) = hub.lanes.get(usize::from(number)) else {
            return Ok(());
        };
        let mut progress = std::pin::pin!(lane.progress.notified());
        progress.as_mut().enable();
        if channel.lane_behind(hub.options.topic_backlog) != Some(number) {
            continue;
        }
        match until {
            Some(until) => {
                if timeout_at(until, progress).await.is_err() {
                    return Err(PublishError::Overloaded);
                }
            }
            None => progress.await,
        }
    }
    Ok(())
}

impl<In, Out> WebSocket<In, Out> {
    /// Subscribes the connection to a topic: what is published goes to the client from now on, without passing through the
    /// endpoint. It ends with the connection, or by [`unsubscribe`](Self::unsubscribe); the returned value may be dropped. A second subscription to
    /// the same topic is the first.
    ///
    /// # Errors
    ///
    /// See [`SubscribeError`].
    ///
    /// # Cancel safety
    ///
    /// A future that is dropped before it is ready has not subscribed.
    pub async fn subscribe(&self, topic: &Topic) -> Result<Subscription, SubscribeError> {
        topic.subscribe(self.as_sender()).await
    }

    /// Ends a subscription. Whether there was one. What was on its way to the client still comes.
    pub fn unsubscribe(&self, topic: &Topic) -> bool {
        topic.unsubscribe(self.as_sender())
    }
}

impl<Out> Sender<Out> {
    /// See [`WebSocket::subscribe`].
    ///
    /// # Errors
    ///
    /// See [`SubscribeError`].
    pub async fn subscribe(&self, topic: &Topic) -> Result<Subscription, SubscribeError> {
        topic.subscribe(self).await
    }

    /// See [`WebSocket::unsubscribe`].
    pub fn unsubscribe(&self, topic: &Topic) -> bool {
        topic.unsubscribe(self)
    }
}

/// A subscription of a connection. It does not end when this is dropped: see [`WebSocket::subscribe`].
pub struct Subscription {
    membership: Arc<HubMembership>,
    channel: Arc<Channel>,
    slot: u32,
}

impl Subscription {
    /// How many messages of the topic the connection has missed, as it was slow: see [`SlowSubscriber`].
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.membership.skipped(&self.channel, self.slot)
    }
}

/// Receives what is published to a topic, for the server itself. It ends when it is dropped.
pub struct Listener {
    hub: Arc<HubState>,
    channel: Arc<Channel>,
    queue: Arc<ListenerQueue>,
}

impl Listener {
    /// Waits for the next publication.
    ///
    /// # Errors
    ///
    /// [`ListenError::Lagged`] where publications are missing; the next call goes on.
    ///
    /// # Cancel safety
    ///
    /// A receive that is dropped loses nothing.
    pub async fn recv(&mut self) -> Result<Publication, ListenError> {
        self.queue.next().await
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.channel.remove_listener(&self.queue);
        if let Some(remote) = &self.hub.remote {
            remote.interest.remove(&self.channel.name);
        }
    }
}

/// Whether the engine uses a topic for the hub itself, and for which tag.
pub(super) fn tag_of_topic(topic: &str) -> Option<&str> {
    topic.strip_prefix(TAG_TOPIC)
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topic")
            .field("name", &self.name())
            .field("slow", &self.slow)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("topic", &self.channel.name)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("topic", &self.channel.name)
            .finish_non_exhaustive()
    }
}
