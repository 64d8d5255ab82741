//! One HTTP connection: hyper on a bounded stream, and the service that answers its requests.

use std::{
    convert::Infallible,
    future::Future,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use axum::{body::Body, extract::Request, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper::{
    body::{Body as HttpBody, Frame, Incoming, SizeHint},
    server::conn::http1,
};
use hyper_util::rt::TokioIo;
#[cfg(feature = "tls")]
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower_service::Service;

#[cfg(feature = "tls")]
use super::Tls;
use super::{Served, stage::Stage};
use crate::{
    handshake::{Exchange, HttpLimits, HttpStream, Peer, asks_for_websocket},
    lifecycle::{Logged, answered_without_endpoint},
    logged,
    settings::Slot,
};

/// The smallest bound that hyper allows for its buffer.
const SMALLEST_BUFFER: usize = 8192;

/// One HTTP connection.
pub(crate) struct Http {
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) served: Served,
    pub(crate) limits: HttpLimits,
    pub(crate) stage: watch::Receiver<Stage>,
    /// Count this connection until it ends.
    pub(crate) slots: Vec<Slot>,
}

impl Http {
    /// The TLS handshake, then HTTP over it. A shutdown does not wait for the TLS handshake.
    #[cfg(feature = "tls")]
    pub(super) async fn serve_secured(mut self, stream: TcpStream, tls: Tls) {
        let accepted = tokio::select! {
            accepted = tokio::time::timeout(self.limits.head_timeout, tls.accept(stream)) => accepted,
            () = reach(&mut self.stage, Stage::ShuttingDown) => return,
        };
        match accepted {
            Ok(Ok(stream)) => self.serve(stream).await,
            Ok(Err(error)) => failed(self.peer, &error, "TLS handshake failed"),
            Err(error) => failed(self.peer, &error, "TLS handshake failed"),
        }
    }

    pub(crate) async fn serve(mut self, stream: impl Peer + Send + 'static) {
        let peer = self.peer;
        let exchange = Arc::new(Exchange::new());
        let stream = HttpStream::new(stream, Arc::clone(&exchange), self.limits);
        let service = Answering {
            served: self.served,
            exchange: Arc::clone(&exchange),
        };
        let mut connection = pin!(
            http1::Builder::new()
                .header_read_timeout(None)
                .max_buf_size(self.limits.max_head_size.max(SMALLEST_BUFFER))
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades()
        );
        let shutting_down = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = reach(&mut self.stage, Stage::ShuttingDown) => None,
        };
        let ended = match shutting_down {
            Some(ended) => ended,
            None => {
                exchange.shut_down();
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = connection => ended,
                    // This drops handshakes that are not answered yet.
                    () = reach(&mut self.stage, Stage::Aborting) => Ok(()),
                }
            }
        };
        drop((self.slots, self.stage));
        if let Err(error) = ended {
            let written = exchange.written().filter(|_| error.is_parse());
            if let Some(status) = written.and_then(|status| StatusCode::from_u16(status).ok()) {
                answered_without_endpoint(peer, None, status);
            }
            failed(peer, &error, "HTTP connection failed");
        }
    }
}

fn failed(peer: Option<SocketAddr>, error: &(dyn std::error::Error + 'static), what: &'static str) {
    let peer = peer.map(|peer| tracing::field::display(logged::text(peer)));
    tracing::debug!(peer, error = %logged::error(error), "{what}");
}

/// Waits until the server has reached a stage; for ever if the server is dropped before.
async fn reach(stage: &mut watch::Receiver<Stage>, wanted: Stage) {
    if stage.wait_for(|stage| *stage >= wanted).await.is_err() {
        std::future::pending().await
    }
}

/// Answers requests, and records the progress in the exchange.
struct Answering {
    served: Served,
    exchange: Arc<Exchange>,
}

impl hyper::service::Service<Request<Incoming>> for Answering {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let is_handshake = asks_for_websocket(request.headers());
        self.exchange.begin(is_handshake, !request.body().is_end_stream());
        if request.method() == Method::CONNECT {
            self.exchange.upgrade();
        }
        let uri = is_handshake.then(|| request.uri().clone());
        let peer = self.served.peer();
        let answering = self.served.clone().call(request);
        let exchange = Arc::clone(&self.exchange);
        Box::pin(async move {
            let mut response = answering.await?;
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                // The exchange ends when the body is written.
                return Ok(response.map(|body| Answer { body, end: None }));
            }
            if let Some(uri) = uri {
                if response.extensions().get::<Logged>().is_none() {
                    answered_without_endpoint(peer, Some(uri.path()), response.status());
                }
                close_behind(response.headers_mut());
            }
            let end = Some(End(exchange));
            Ok(response.map(|body| Answer { body, end }))
        })
    }
}

/// Closes the connection after a refused handshake: some clients wait for that (RFC 9112, section 9.6).
fn close_behind(headers: &mut HeaderMap) {
    let names_close = |value: &HeaderValue| {
        let mut values = value.as_bytes().split(|byte| *byte == b',');
        values.any(|value| value.trim_ascii().eq_ignore_ascii_case(b"close"))
    };
    if !headers.get_all(header::CONNECTION).iter().any(names_close) {
        headers.append(header::CONNECTION, HeaderValue::from_static("close"));
    }
}

/// The body of a response. The exchange ends with it.
struct Answer {
    body: Body,
    #[expect(dead_code, reason = "its drop counts")]
    end: Option<End>,
}

/// Ends the exchange when it is dropped.
struct End(Arc<Exchange>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
