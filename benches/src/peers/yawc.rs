//! yawc behind hyper; the check of UTF-8 is switched on, as all others have it.

use std::io;

use futures_util::{SinkExt, StreamExt};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use yawc::{OpCode, Options, UpgradeFut, WebSocket};

pub async fn serve() -> io::Result<()> {
    super::listener::each(connection).await
}

async fn connection(stream: TcpStream) {
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service_fn(accept))
        .with_upgrades()
        .await;
}

async fn accept(
    mut request: Request<Incoming>,
) -> yawc::Result<Response<http_body_util::Empty<hyper::body::Bytes>>> {
    let options = Options::default().without_compression().with_utf8();
    let (response, upgraded) = WebSocket::upgrade_with_options(&mut request, options)?;
    tokio::spawn(echo(upgraded));
    Ok(response)
}

async fn echo(upgraded: UpgradeFut) {
    let Ok(mut socket) = upgraded.await else { return };
    while let Some(frame) = socket.next().await {
        if let OpCode::Text | OpCode::Binary = frame.opcode()
            && socket.send(frame).await.is_err()
        {
            return;
        }
    }
}
