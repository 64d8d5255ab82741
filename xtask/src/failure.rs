//! The one error type of these commands: a sentence for the person at the terminal.

use std::fmt;

#[derive(Debug, PartialEq)]
pub(crate) struct Failure {
    message: String,
    is_usage: bool,
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// The command line was wrong, nothing was done.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            message: format!("{}; see `cargo xtask --help`", message.into()),
            is_usage: true,
        }
    }

    /// Everything was printed already; only the exit code is missing.
    pub(crate) fn told() -> Self {
        Self::from("")
    }

    pub(crate) fn is_told(&self) -> bool {
        self.message.is_empty()
    }

    pub(crate) fn exit_code(&self) -> u8 {
        if self.is_usage { 2 } else { 1 }
    }
}

impl<T: Into<String>> From<T> for Failure {
    fn from(message: T) -> Self {
        Self {
            message: message.into(),
            is_usage: false,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Adds the action that failed to an error.
pub(crate) trait While<T> {
    fn while_doing(self, what: impl fmt::Display) -> Result<T>;
}

impl<T, E: fmt::Display> While<T> for std::result::Result<T, E> {
    fn while_doing(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Failure::from(format!("{what}: {error}")))
    }
}
