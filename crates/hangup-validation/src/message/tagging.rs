//! `Tagging`: how a value says which shape of a union it has.

/// How it is known which shape of a union a value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tagging {
    /// A key of the object itself says it: `{"type": "say", "text": ".."}`.
    Internal(&'static str),
    /// One key says it, another holds the value: `{"type": "say", "data": {..}}`.
    Adjacent {
        /// The key that says which.
        tag: &'static str,
        /// The key of the value.
        content: &'static str,
    },
    /// The only key of an object says it, or a string alone: `{"say": {..}}`, `"ping"`.
    External,
    /// The first shape that fits.
    Untagged,
}
