//! Why a publish, a subscription, a tag, a kick or a listener failed.

use std::{error::Error as StdError, fmt, sync::Arc};

use hangup_protocol::{Close, CloseCode};

use super::{engine::EngineError, kicked::Kicked};
use crate::error::{IntoClose, into_close::CloseRule};

/// Why a message was not published.
///
/// An endpoint that passes it on with `?` closes with 1013, or with 1009 where the message is too large, or 1011 where the name is at fault.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PublishError {
    /// The name of the topic is empty or longer than [`HubOptions::name_bytes`](super::HubOptions::name_bytes).
    InvalidName,
    /// The message is larger than [`HubOptions::message_bytes`](super::HubOptions::message_bytes).
    TooLarge,
    /// The value cannot be JSON.
    Json(Arc<serde_json::Error>),
    /// More waits than [`HubOptions::topic_backlog`](super::HubOptions::topic_backlog) or
    /// [`HubOptions::publishes_under_way`](super::HubOptions::publishes_under_way) allows. Nothing was published.
    Overloaded,
    /// The engine has not taken the message within [`HubOptions::engine_timeout`](super::HubOptions::engine_timeout), or it is
    /// not known whether it has.
    Engine(Arc<EngineError>),
}

/// Why there is no subscription.
///
/// An endpoint that passes it on with `?` closes with 1013 where the engine is at fault, with 1011 where the name is, and with 1008 at
/// the bound of topics.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SubscribeError {
    /// The name of the topic is empty or longer than [`HubOptions::name_bytes`](super::HubOptions::name_bytes).
    InvalidName,
    /// The connection is subscribed to [`HubOptions::topics_per_connection`](super::HubOptions::topics_per_connection) topics.
    TooMany,
    /// The connection belongs to another hub: it has a tag or a topic of that one, or its app has that one.
    OtherHub,
    /// The connection has ended.
    Ended,
    /// The engine has not subscribed within [`HubOptions::engine_timeout`](super::HubOptions::engine_timeout).
    Engine(Arc<EngineError>),
}

/// Why a connection does not carry a tag.
///
/// An endpoint that passes it on with `?` is refused: with the kick's code, with 1013 while the engine is out of reach, otherwise
/// with 1011.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TagError {
    /// A kick is in force for the tag; this is its Close.
    Kicked(Close),
    /// The tag is longer than [`HubOptions::name_bytes`](super::HubOptions::name_bytes).
    InvalidName,
    /// The connection carries [`HubOptions::tags_per_connection`](super::HubOptions::tags_per_connection) tags.
    TooMany,
    /// The app of the endpoint has no hub: see [`App::hub`](crate::App::hub).
    NoHub,
    /// The engine cannot be reached, and [`HubOptions::engine_loss`](super::HubOptions::engine_loss) says to refuse then; or its log
    /// of kicks could not be read in time.
    NotReady,
}

/// Why a kick failed, or may have.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum KickError {
    /// The tag is longer than [`HubOptions::name_bytes`](super::HubOptions::name_bytes).
    InvalidName,
    /// [`HubOptions::kicks_in_force`](super::HubOptions::kicks_in_force) kicks are remembered. No connection was closed.
    TooMany,
    /// The engine has not taken the kick, or it is not known whether it has. The connections of this node are closed.
    Engine(Kicked, Arc<EngineError>),
    /// The runtime stopped before the kick was carried out.
    Stopped,
}

/// Why a listener has no publication to give.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListenError {
    /// Publications are missing here, at least so many, as the listener or this node was too slow or the engine out of reach. The next
    /// call gives the next one that is there.
    Lagged(u64),
}

macro_rules! texts {
    ($name:ident { $($pattern:pat => $text:literal,)* }) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $($pattern => $text,)*
                })
            }
        }
    };
}

texts! { PublishError {
    PublishError::InvalidName => "the name of the topic is empty or too long",
    PublishError::TooLarge => "the message is too large for the hub",
    PublishError::Json(_) => "the value cannot be JSON",
    PublishError::Overloaded => "too much waits to be published",
    PublishError::Engine(_) => "the engine has not taken the message",
} }

texts! { SubscribeError {
    SubscribeError::InvalidName => "the name of the topic is empty or too long",
    SubscribeError::TooMany => "the connection is subscribed to too many topics",
    SubscribeError::OtherHub => "the connection belongs to another hub",
    SubscribeError::Ended => "the connection has ended",
    SubscribeError::Engine(_) => "the engine has not subscribed",
} }

texts! { TagError {
    TagError::Kicked(_) => "a kick is in force for the tag",
    TagError::InvalidName => "the tag is too long",
    TagError::TooMany => "the connection carries too many tags",
    TagError::NoHub => "the app has no hub",
    TagError::NotReady => "the engine is out of reach, and no tag is given then",
} }

texts! { KickError {
    KickError::InvalidName => "the tag is too long",
    KickError::TooMany => "too many kicks are remembered",
    KickError::Stopped => "the runtime stopped before the kick was carried out",
    KickError::Engine(..) => "the engine has not taken the kick; the connections of this node are closed",
} }

texts! { ListenError {
    ListenError::Lagged(_) => "publications were missed",
} }

impl StdError for PublishError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Engine(error) => Some(&**error),
            Self::Json(error) => Some(&**error),
            Self::InvalidName | Self::TooLarge | Self::Overloaded => None,
        }
    }
}

impl StdError for SubscribeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Engine(error) => Some(&**error),
            Self::InvalidName | Self::TooMany | Self::OtherHub | Self::Ended => None,
        }
    }
}

impl StdError for TagError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Kicked(close) => Some(close),
            Self::InvalidName | Self::TooMany | Self::NoHub | Self::NotReady => None,
        }
    }
}

impl StdError for KickError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Engine(_, error) => Some(&**error),
            Self::InvalidName | Self::TooMany | Self::Stopped => None,
        }
    }
}

impl StdError for ListenError {}

const OUT_OF_REACH: Close = Close::from_static(CloseCode::TRY_AGAIN_LATER, "try again later");

impl IntoClose for PublishError {
    fn to_close(&self) -> Close {
        match self {
            Self::InvalidName | Self::Json(_) => CloseCode::INTERNAL_ERROR.into(),
            Self::TooLarge => CloseCode::MESSAGE_TOO_BIG.into(),
            Self::Overloaded | Self::Engine(_) => OUT_OF_REACH,
        }
    }
}

impl IntoClose for SubscribeError {
    fn to_close(&self) -> Close {
        match self {
            Self::TooMany => Close::from_static(CloseCode::POLICY_VIOLATION, "too many topics"),
            Self::Engine(_) => OUT_OF_REACH,
            Self::InvalidName | Self::OtherHub | Self::Ended => CloseCode::INTERNAL_ERROR.into(),
        }
    }
}

impl IntoClose for TagError {
    fn to_close(&self) -> Close {
        match self {
            Self::Kicked(close) => close.clone(),
            Self::NotReady => OUT_OF_REACH,
            Self::InvalidName | Self::TooMany | Self::NoHub => CloseCode::INTERNAL_ERROR.into(),
        }
    }
}

impl IntoClose for KickError {
    fn to_close(&self) -> Close {
        match self {
            Self::Engine(..) | Self::TooMany | Self::Stopped => OUT_OF_REACH,
            Self::InvalidName => CloseCode::INTERNAL_ERROR.into(),
        }
    }
}

inventory::submit! { CloseRule::new::<PublishError>() }
inventory::submit! { CloseRule::new::<SubscribeError>() }
inventory::submit! { CloseRule::new::<TagError>() }
inventory::submit! { CloseRule::new::<KickError>() }
