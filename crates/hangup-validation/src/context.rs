//! Which endpoint is meant: its function, its route and its place in the source.

use std::{borrow::Cow, fmt};

/// The endpoint of a validation error: `endpoint_ctx` of FastAPI's error. Unknown values are empty. Failures and log lines
/// of `hangup` use it too.
#[doc(alias = "endpoint_ctx")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EndpointContext {
    /// The name of the endpoint's function.
    pub function: Cow<'static, str>,
    /// The template of the route with the prefix of every router around it, such as `/api/items/{item_id}/ws`.
    pub path: Cow<'static, str>,
    /// The file in which the endpoint is declared (with `#[websocket]`) or routed (without it).
    pub file: Cow<'static, str>,
    /// The line in that file.
    pub line: u32,
}

impl fmt::Display for EndpointContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}) at {}:{}",
            self.function, self.path, self.file, self.line
        )
    }
}
