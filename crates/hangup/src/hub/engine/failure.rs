//! `EngineError`: why a call of an engine failed.

use std::{error::Error as StdError, fmt};

/// Why a call of an engine failed. What it says goes to the log, never to a peer.
#[derive(Debug)]
pub struct EngineError {
    what: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl EngineError {
    /// A failure that is described by a text.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            source: None,
        }
    }

    /// A failure with the error that it comes from.
    pub fn caused_by(what: impl Into<String>, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            what: what.into(),
            source: Some(source.into()),
        }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl StdError for EngineError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
