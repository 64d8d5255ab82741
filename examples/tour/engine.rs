//! The flag `--hub`: which engine connects the nodes.

use std::{io, str::FromStr};

use hangup::Hub;
use hangup_redis::Redis;

/// What `--hub` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EngineChoice {
    /// This process alone.
    Memory,
    /// Redis or Valkey at this URL.
    Redis(String),
}

impl FromStr for EngineChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        match (text, scheme) {
            ("memory", _) => Ok(Self::Memory),
            (_, Some("redis" | "rediss")) => Ok(Self::Redis(text.to_owned())),
            (_, Some("nats")) => {
                Err("the engine for nats:// is not built yet; use memory or redis".to_owned())
            }
            _ => Err("memory, redis://host:port/ or nats://host:port".to_owned()),
        }
    }
}

impl EngineChoice {
    /// The hub, also where its engine is out of reach: it is not ready then.
    pub(crate) async fn hub(&self) -> io::Result<Hub> {
        match self {
            Self::Memory => Ok(Hub::new()),
            Self::Redis(url) => Hub::connect(Redis::new(url)).await.map_err(io::Error::other),
        }
    }
}
