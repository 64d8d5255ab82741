//! Errors of commands as errors of the engine.

use hangup::hub::EngineError;
use redis::RedisError;

/// The error of a command, with what has not come about.
pub(crate) fn failed(what: &'static str, error: RedisError) -> EngineError {
    EngineError::caused_by(what, error)
}
