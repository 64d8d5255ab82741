//! `HubOptions`: the bounds of a hub, and what it does where one is reached.

use std::time::Duration;

/// What happens to a topic's messages for a subscriber that is not writable: see [`Topic::slow_subscriber`](super::Topic::slow_subscriber).
///
/// A subscriber is not writable while [`write_buffer`](crate::Settings::write_buffer) bytes are unsent and the system takes none of
/// them. Nobody waits for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "backpressure")]
pub enum SlowSubscriber {
    /// Its connection is closed with 1013 "slow consumer" (the default).
    #[default]
    Close,
    /// It misses messages, which are counted: see [`Subscription::skipped`](super::Subscription::skipped).
    Skip,
    /// It gets the latest message once it is writable again, and misses those before it: for states of which each
    /// replaces all earlier ones. Already one unsent byte makes a subscriber slow here, so that what it reads is recent.
    Latest,
}

/// What a hub does while its engine cannot be reached: see [`HubOptions::engine_loss`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EngineLoss {
    /// Connections stay, and new ones are admitted (the default). A kick of another node holds here once the engine is
    /// back.
    #[default]
    Keep,
    /// Connections stay, and whoever asks for a tag is refused with 1013.
    RefuseTagged,
    /// The same, and connections with a tag are closed with 1013 when the engine has been out of reach for so long: a kick
    /// holds across a partition after that time.
    CloseTagged(Duration),
}

macro_rules! hub_options {
    ($($(#[$about:meta])* $name:ident: $type:ty = $default:expr;)*) => {
        /// The bounds of a [`Hub`](crate::Hub), and what it does where one is reached.
        ///
        /// ```
        /// use hangup::{Hub, hub::HubOptions};
        ///
        /// let hub = Hub::with(HubOptions::new().topics_per_connection(10));
        /// ```
        #[derive(Clone, Debug)]
        pub struct HubOptions {
            $(pub(crate) $name: $type,)*
        }

        impl Default for HubOptions {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl HubOptions {
            /// The defaults.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            $($(#[$about])*
            #[must_use]
            pub fn $name(mut self, $name: $type) -> Self {
                self.$name = $name;
                self
            })*
        }
    };
}

hub_options! {
    /// What a topic does with a slow subscriber, unless it says so itself. Default: [`SlowSubscriber::Close`].
    slow_subscriber: SlowSubscriber = SlowSubscriber::Close;

    /// What is done while the engine cannot be reached. Default: [`EngineLoss::Keep`].
    engine_loss: EngineLoss = EngineLoss::Keep;

    /// How long a call of the engine may take; then it has failed. Default: 1 s.
    engine_timeout: Duration = Duration::from_secs(1);

    /// How many bytes of publications may wait between the engine and this node; beyond that the newest are dropped and
    /// counted, and listeners see [`ListenError::Lagged`](super::ListenError::Lagged). Default: 16 MiB.
    incoming_bytes: usize = 16 << 20;

    /// How many bytes of a topic may wait for one of its lanes. A publish waits while there are more, for at most
    /// [`engine_timeout`](Self::engine_timeout), then fails with [`PublishError::Overloaded`](super::PublishError::Overloaded).
    /// Lanes wait for no subscriber: they are behind only where the processor is. Default: 1 MiB.
    topic_backlog: usize = 1 << 20;

    /// How many publishes may wait for the engine at once; one more fails with
    /// [`PublishError::Overloaded`](super::PublishError::Overloaded). Default: 1024.
    publishes_under_way: usize = 1024;

    /// How many bytes a message may have; a larger one fails with [`PublishError::TooLarge`](super::PublishError::TooLarge).
    /// Default: 1 MiB.
    message_bytes: usize = 1 << 20;

    /// How many topics a connection may be subscribed to at once; one more fails with
    /// [`SubscribeError::TooMany`](super::SubscribeError::TooMany). Default: 128.
    topics_per_connection: usize = 128;

    /// How many tags a connection may carry; one more fails with [`TagError::TooMany`](super::TagError::TooMany). Default: 16.
    tags_per_connection: usize = 16;

    /// How many bytes the name of a topic or a tag may have, which is at least one. Default: 255.
    name_bytes: usize = 255;

    /// How many publications may wait for a [`Listener`](super::Listener); beyond that it misses the oldest. Default: 1024.
    listener_messages: usize = 1024;

    /// How many kicks may be remembered at once; one more fails with [`KickError::TooMany`](super::KickError::TooMany). Default:
    /// 10,000.
    kicks_in_force: usize = 10_000;

    /// How long a kick is remembered that blocks nobody, for handshakes whose tag was asked for before it. Default: 60 s.
    kick_memory: Duration = Duration::from_secs(60);

    /// How long the log of an engine keeps a kick that blocks nobody, for nodes that are cut off. Default: 1 hour.
    kick_log: Duration = Duration::from_secs(60 * 60);

    /// How many prefixes of topics get metrics of their own; the others share the prefix `other`. The prefix of a topic is what
    /// stands before its first `:`. Default: 32.
    metric_prefixes: usize = 32;
}
