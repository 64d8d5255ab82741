//! Endpoints: async functions that are given a handshake and extractors, and end with a result.

mod declared;
mod function;
mod gathering;
mod handshake;
mod outcome;
mod outline;
mod typed;

use std::future::Future;

use http::request::Parts;

pub use self::{
    declared::Declared,
    gathering::Gathering,
    handshake::Handshake,
    outcome::IntoOutcome,
    outline::{Outline, Returned, UnknownReturn},
};
use crate::error::{Error, Result};
use crate::models::Schema;
use crate::settings::Settings;

/// A WebSocket endpoint: a function made by [`#[websocket]`](crate::websocket), or any
/// `async fn(Handshake, extractors..) -> impl IntoOutcome`.
///
/// `A` tells the two kinds apart for the compiler, `S` is the state of the router.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WebSocket endpoint",
    label = "not an endpoint for a router with this state",
    note = "an endpoint is an `async fn(Handshake, extractors..) -> hangup::Result` whose future is `Send`, \
            or a function with `#[hangup::websocket(\"/path\")]`"
)]
pub trait Endpoint<A, S>: Clone + Send + Sync + Sized + 'static {
    /// What the endpoint takes besides the handshake.
    type Arguments: Send + 'static;

    /// What is known of the endpoint before any request.
    fn describe(&self) -> Description;

    /// Adds what a document says of the endpoint besides its description: what it reads of a request, and how it
    /// closes. Default: nothing.
    fn outline(&self, outline: &mut Outline) {
        let _ = outline;
    }

    /// Whether the path of a request that the router has sent here is one of the endpoint's: a route with typed path
    /// parameters does not match a segment with an encoded slash, for example. If not, the answer is HTTP 404.
    fn matches(&self, parts: &Parts) -> bool {
        let _ = parts;
        true
    }

    /// Takes the arguments from the opening request.
    fn extract(&self, parts: &mut Parts, state: &S) -> impl Future<Output = Result<Self::Arguments>> + Send;

    /// Runs the endpoint.
    fn run(
        self,
        handshake: Handshake,
        arguments: Self::Arguments,
    ) -> impl Future<Output = Result<(), Error>> + Send + 'static;
}

/// An endpoint that knows its own path: a function made by [`#[websocket]`](crate::websocket).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not know its path",
    note = "put `#[hangup::websocket(\"/path\")]` above the function, or name the path with `App::route(\"/path\", function)`"
)]
pub trait Routed<A> {
    /// The template of its path, such as `/items/{item_id}/ws`.
    const PATH: &'static str;

    /// The same, of a value: `.route(room.path(), hangup::route(room))`.
    fn path(&self) -> &'static str {
        Self::PATH
    }
}

/// What an endpoint says of itself.
#[derive(Clone, Debug)]
pub struct Description {
    /// The name of its function.
    pub function: &'static str,
    /// Where it is declared, as file and line; unknown for a function without `#[websocket]`.
    pub declared_at: Option<(&'static str, u32)>,
    /// Its doc comment.
    pub documentation: &'static str,
    /// Settings of its own.
    pub settings: Option<Settings>,
    /// The schema of the messages that it receives; `None` where they are as they come.
    pub receives: Option<&'static Schema>,
    /// The schema of the messages that it sends; `None` where they are as it likes.
    pub sends: Option<&'static Schema>,
}
