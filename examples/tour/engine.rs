//! The flag `--hub`: which engine connects the nodes.

use std::str::FromStr;

use hangup::Hub;

/// What `--hub` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EngineChoice {
    /// This process alone.
    Memory,
}

impl FromStr for EngineChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        match (text, scheme) {
            ("memory", _) => Ok(Self::Memory),
            (_, Some(scheme @ ("redis" | "rediss" | "nats"))) => {
                Err(format!("the engine for {scheme}:// is not built yet; use memory"))
            }
            _ => Err("memory, redis://host:port/ or nats://host:port".to_owned()),
        }
    }
}

impl EngineChoice {
    pub(crate) fn hub(&self) -> Hub {
        match self {
            Self::Memory => Hub::new(),
        }
    }
}
