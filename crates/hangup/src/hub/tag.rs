//! `Tag`: a name that a connection carries, such as `user:42`.

use std::{
    fmt::{self, Display},
    sync::Arc,
};

/// A name that a connection carries from before it is accepted, such as `user:42`: with it all connections of a user are reached, and
/// closed. A connection may carry several.
///
/// A clone costs no copy. A tag that is longer than [`HubOptions::name_bytes`](super::HubOptions::name_bytes) is an error where it is used.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Tag(Arc<str>);

impl Tag {
    /// A tag of a kind with a value: `Tag::new("user", 42)` is `user:42`.
    pub fn new(kind: &str, value: impl Display) -> Self {
        Self(format!("{kind}:{value}").into())
    }

    /// The tag with this text, as [`as_str`](Self::as_str) gives it.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.into())
    }

    /// Its text, kind and value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({:?})", &*self.0)
    }
}
