//! Endpoints: async functions that take a handshake and extractors, and end with a result.
//!
//! An endpoint is a function with [`#[websocket]`](macro@crate::websocket), or a plain
//! `async fn(Handshake, extractors..) -> Result`. This module holds the traits behind both; most programs never name them.
//!
//! ```
//! use hangup::{App, Handshake, Result, endpoint::Routed, websocket};
//!
//! #[websocket("/rooms/{room}/ws")]
//! async fn room(handshake: Handshake, #[path] room: String) -> Result {
//!     handshake.accept().await?.send_text(room).await?;
//!     Ok(())
//! }
//!
//! async fn plain(handshake: Handshake) -> Result {
//!     handshake.accept().await?;
//!     Ok(())
//! }
//!
//! assert_eq!(room.path(), "/rooms/{room}/ws");
//! let app: App = App::new().endpoint(room).route("/plain", plain);
//! ```
//!
//! | trait or type | what it says |
//! |---|---|
//! | [`Endpoint`] | what [`route`](crate::route) and [`App::route`](crate::App::route) take |
//! | [`Routed`] | the endpoint knows its own path: what [`App::endpoint`](crate::App::endpoint) takes |
//! | [`IntoOutcome`] | what an endpoint may return |
//! | [`Description`] | what an endpoint says about itself: name, place, doc comment, settings |
//! | [`Declared`] | marks a function with `#[websocket]` for the compiler |

mod declared;
mod function;
pub(crate) mod gathering;
mod handshake;
mod outcome;
pub(crate) mod outline;
mod typed;

use std::future::Future;

use http::request::Parts;

pub use self::{declared::Declared, handshake::Handshake, outcome::IntoOutcome, outline::Outline};
use crate::error::{Error, Result};
use crate::params::message::Schema;
use crate::settings::Settings;

/// A WebSocket endpoint: a function made by [`#[websocket]`](crate::websocket), or any
/// `async fn(Handshake, extractors..) -> impl IntoOutcome`.
///
/// `A` distinguishes the two kinds for the compiler; `S` is the state of the router.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WebSocket endpoint",
    label = "not an endpoint for a router with this state",
    note = "an endpoint is an `async fn(Handshake, extractors..) -> hangup::Result` whose future is `Send`, \
            or a function with `#[hangup::websocket(\"/path\")]`",
    note = "`#[hangup::websocket(\"/path\")]` above the function has the compiler say what is missing: which parameter is \
            no extractor, or what is held across an `.await` and is not `Send`",
    note = "an app or a router whose endpoints take `State<..>` is given its state by `.with_state(..)`, before it is served"
)]
pub trait Endpoint<A, S>: Clone + Send + Sync + Sized + 'static {
    /// The arguments of the endpoint other than the handshake.
    type Arguments: Send + 'static;

    /// Describes the endpoint, independent of any request.
    fn describe(&self) -> Description;

    /// Adds what a document says of the endpoint besides its description: what it reads of a request, and how it
    /// closes. Default: nothing.
    fn outline(&self, outline: &mut Outline) {
        let _ = outline;
    }

    /// Whether the endpoint serves the path of a request that the router has matched. For example, a route with typed
    /// path parameters does not match a segment with an encoded slash. If not, the answer is HTTP 404.
    fn matches(&self, parts: &Parts) -> bool {
        let _ = parts;
        true
    }

    /// Extracts the arguments from the opening request.
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

/// What an endpoint says about itself.
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
