//! What a document shows of a type or of a member: its comment, and values of it.

use serde_json::Value;

#[derive(Debug, Clone, Copy)]
pub(super) struct Documentation {
    pub(super) description: &'static str,
    pub(super) examples: Option<fn() -> Vec<Value>>,
}

impl Documentation {
    pub(super) const NONE: Self = Self {
        description: "",
        examples: None,
    };

    pub(super) fn examples(&self) -> Vec<Value> {
        self.examples.map(|examples| examples()).unwrap_or_default()
    }
}
