//! axum's `extract::ws`, as its documentation shows it.

use std::io;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use axum::serve::ListenerExt;
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::listener::listen;
use super::refusal::{REFUSAL_CODE, REFUSAL_REASON};

pub async fn serve() -> io::Result<()> {
    let listener = listen()?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let router = Router::new()
        .route(
            "/echo",
            any(async |upgrade: WebSocketUpgrade| answer(upgrade, echo)),
        )
        .route(
            "/refused",
            any(async |upgrade: WebSocketUpgrade| answer(upgrade, refused)),
        )
        .route(
            "/fan",
            any(async |upgrade: WebSocketUpgrade| answer(upgrade, fan)),
        );
    axum::serve(listener, router).await
}

fn answer<F>(upgrade: WebSocketUpgrade, conversation: fn(WebSocket) -> F) -> Response
where
    F: Future<Output = ()> + Send + 'static,
{
    upgrade.on_upgrade(conversation)
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if let Message::Text(_) | Message::Binary(_) = message
            && socket.send(message).await.is_err()
        {
            return;
        }
    }
}

async fn refused(mut socket: WebSocket) {
    let frame = CloseFrame {
        code: REFUSAL_CODE,
        reason: REFUSAL_REASON.into(),
    };
    let _ = socket.send(Message::Close(Some(frame))).await;
    while let Some(Ok(_)) = socket.recv().await {}
}

static ROOM: Mutex<Vec<UnboundedSender<Message>>> = Mutex::new(Vec::new());

/// Everybody who connects hears what anybody says: axum's chat example, with a queue for each.
async fn fan(socket: WebSocket) {
    let (mut sink, mut stream) = socket.split();
    let (queue, mut queued) = unbounded_channel();
    {
        let mut room = ROOM.lock().unwrap_or_else(PoisonError::into_inner);
        room.retain(|member| !member.is_closed());
        room.push(queue);
    }
    let writer = tokio::spawn(async move {
        while let Some(message) = queued.recv().await {
            if sink.send(message).await.is_err() {
                return;
            }
        }
    });
    while let Some(Ok(message)) = stream.next().await {
        if let Message::Text(_) | Message::Binary(_) = message {
            for member in ROOM.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                let _ = member.send(message.clone());
            }
        }
    }
    writer.abort();
}
