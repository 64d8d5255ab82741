//! `pattern`: a regular expression that is compiled once, when it is first needed.

#[cfg(feature = "regex")]
use std::sync::OnceLock;

/// A regular expression in the syntax of the `regex` crate, which is pydantic's too.
///
/// A `static` beside its [`Field`](super::Field). Without the feature `regex` nothing matches.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    #[cfg(feature = "regex")]
    compiled: OnceLock<Option<regex::Regex>>,
}

impl Pattern {
    /// Of its source. A source that is no regular expression matches nothing; `#[websocket]` refuses to compile it.
    pub const fn new(source: &'static str) -> Self {
        Self {
            source,
            #[cfg(feature = "regex")]
            compiled: OnceLock::new(),
        }
    }

    /// The source, as the error message shows it.
    pub const fn as_str(&self) -> &'static str {
        self.source
    }

    /// Whether the text has a match somewhere.
    #[cfg(feature = "regex")]
    pub fn is_match(&self, text: &str) -> bool {
        let regex = self.compiled.get_or_init(|| regex::Regex::new(self.source).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }

    /// Whether the text has a match somewhere: never, without the feature `regex`.
    #[cfg(not(feature = "regex"))]
    pub fn is_match(&self, _: &str) -> bool {
        false
    }
}
