//! `WithHttp`: one path for WebSockets and for plain HTTP.

use std::{future::Future, pin::Pin};

use axum::{
    extract::Request,
    handler::Handler,
    response::Response,
    routing::{MethodRouter, any},
};

use crate::handshake::asks_for_websocket;

/// Serves plain requests on the path of an endpoint.
///
/// ```
/// use axum::{Router, routing::get};
/// use hangup::{Handshake, Result, serve::WithHttp};
///
/// async fn live(handshake: Handshake) -> Result {
///     let mut socket = handshake.accept().await?;
///     Ok(socket.send_text("7 open").await?)
/// }
///
/// let app: Router = Router::new().route("/orders", hangup::route(live).http(get(async || "7 open")));
/// ```
pub trait WithHttp {
    /// Requests that ask for a WebSocket go to the endpoint, whatever their method, all others to `http`.
    ///
    /// A request asks for one if its header `Upgrade` names `websocket`: one that breaks the rules of the opening
    /// handshake in another way is still answered by the endpoint, with 400 or 426.
    #[must_use]
    fn http(self, http: Self) -> Self;
}

impl<S: Clone + Send + Sync + 'static> WithHttp for MethodRouter<S> {
    fn http(self, http: Self) -> Self {
        any(ByUpgrade { endpoint: self, http })
    }
}

/// Answers a request by what it asks for.
#[derive(Clone)]
struct ByUpgrade<S> {
    endpoint: MethodRouter<S>,
    http: MethodRouter<S>,
}

/// Marks the handler for axum.
struct Dispatching;

impl<S: Clone + Send + Sync + 'static> Handler<Dispatching, S> for ByUpgrade<S> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: S) -> Self::Future {
        let wanted = if asks_for_websocket(request.headers()) {
            self.endpoint
        } else {
            self.http
        };
        Box::pin(Handler::call(wanted, request, state))
    }
}
