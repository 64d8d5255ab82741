//! The `ctx` of an error: what its message was made of.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::bounds;

/// The `ctx` of an error: what its message was made of, in a fixed order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ctx(Vec<(Cow<'static, str>, Value)>);

impl Ctx {
    /// Cuts the values to what an error may show.
    pub(crate) fn cut(&mut self) {
        for (_, value) in &mut self.0 {
            bounds::cut_value(value);
        }
    }

    /// No entry.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, key: &'static str, value: impl Into<Value>) {
        self.0.push((Cow::Borrowed(key), value.into()));
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// Whether there is no entry. An empty `ctx` is not serialised.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Ctx {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// In the order of `serde_json::Map`.
impl<'de> Deserialize<'de> for Ctx {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = serde_json::Map::deserialize(deserializer)?;
        let entries = entries.into_iter().map(|(key, value)| (Cow::Owned(key), value));
        Ok(Self(entries.collect()))
    }
}
