//! `Loc`: one step to the place of an error.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// One step of an error's `loc`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Loc {
    /// A name: of the location, a parameter, a field.
    Name(Cow<'static, str>),
    /// The place in a list, counted from 0.
    Index(usize),
}

impl Serialize for Loc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Name(name) => serializer.serialize_str(name),
            Self::Index(index) => serializer.serialize_u64(*index as u64),
        }
    }
}

impl From<&'static str> for Loc {
    fn from(name: &'static str) -> Self {
        Self::Name(Cow::Borrowed(name))
    }
}

impl From<String> for Loc {
    fn from(name: String) -> Self {
        Self::Name(Cow::Owned(name))
    }
}

impl From<usize> for Loc {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// As it was serialised: a name or an index.
impl<'de> Deserialize<'de> for Loc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(name) => Ok(Self::from(name)),
            value => match value.as_u64().and_then(|index| usize::try_from(index).ok()) {
                Some(index) => Ok(Self::from(index)),
                None => Err(serde::de::Error::custom("a name or an index")),
            },
        }
    }
}
