//! The endpoints of these lives: each waits somewhere else.

use std::{future::pending, time::Duration};

use axum::extract::FromRequestParts;
use hangup::{App, Close, CloseCode, Failure, Handshake, Result};
use http::request::Parts;
use tokio::time::{Instant, sleep};

use crate::{errors::Unforeseen, watch::Watch};

/// An app whose one endpoint runs this with a guard in its future.
macro_rules! app {
    ($run:expr) => {
        |watch| {
            App::new().route("/ws", move |handshake: Handshake| {
                let (guard, watch) = (watch.guard(), watch.clone());
                async move {
                    let _guard = guard;
                    $run(handshake, watch).await
                }
            })
        }
    };
}

pub(crate) use app;

pub(crate) async fn echo(handshake: Handshake, _: Watch) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

pub(crate) async fn fail(handshake: Handshake, _: Watch) -> Result {
    let mut socket = handshake.accept().await?;
    socket.recv().await?;
    socket.send_text("oh").await?;
    Err(Unforeseen.into())
}

pub(crate) async fn panic(handshake: Handshake, _: Watch) -> Result {
    let mut socket = handshake.accept().await?;
    socket.recv().await?;
    std::panic::resume_unwind(Box::new("quiet"))
}

pub(crate) async fn close_and_fail(handshake: Handshake, _: Watch) -> Result {
    let socket = handshake.accept().await?;
    socket.close(Close::new(CloseCode::of::<4000>(), "over")).await;
    Err(Unforeseen.into())
}

pub(crate) async fn wait(handshake: Handshake, _: Watch) -> Result {
    let _socket = handshake.accept().await?;
    pending().await
}

pub(crate) async fn sleep_for_long(handshake: Handshake, _: Watch) -> Result {
    let _socket = handshake.accept().await?;
    sleep(Duration::from_secs(30)).await;
    Ok(())
}

pub(crate) async fn send_from_a_task(handshake: Handshake, watch: Watch) -> Result {
    let mut socket = handshake.accept().await?;
    let (sender, guard) = (socket.sender(), watch.guard());
    tokio::spawn(async move {
        let _guard = guard;
        while sender.send_text("tick").await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
    });
    loop {
        socket.recv().await?;
    }
}

pub(crate) async fn close_from_a_task(handshake: Handshake, watch: Watch) -> Result {
    let mut socket = handshake.accept().await?;
    let (sender, guard) = (socket.sender(), watch.guard());
    tokio::spawn(async move {
        let _guard = guard;
        sleep(Duration::from_secs(1)).await;
        sender.start_close(CloseCode::GOING_AWAY);
    });
    loop {
        socket.recv().await?;
    }
}

pub(crate) async fn send_only(handshake: Handshake, _: Watch) -> Result {
    let (sender, receiver) = handshake.accept().await?.split();
    drop(receiver);
    for _ in 0..3 {
        sender.send_text("tick").await?;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

pub(crate) async fn expire(handshake: Handshake, _: Watch) -> Result {
    let mut socket = handshake.accept().await?;
    socket.expire_at(Instant::now() + Duration::from_secs(1));
    loop {
        socket.recv().await?;
    }
}

pub(crate) async fn accept_late(handshake: Handshake, watch: Watch) -> Result {
    sleep(Duration::from_secs(1)).await;
    echo(handshake, watch).await
}

pub(crate) async fn refuse(_: Handshake, _: Watch) -> Result {
    Err(Close::new(CloseCode::of::<4003>(), "not you").into())
}

pub(crate) fn refuse_app(watch: Watch) -> App {
    let app: fn(Watch) -> App = app!(refuse);
    app(watch)
}

pub(crate) async fn never(_handshake: Handshake, _: Watch) -> Result {
    pending().await
}

/// An extractor that waits for so many seconds.
struct Slow<const SECONDS: u64>;

impl<const SECONDS: u64> FromRequestParts<()> for Slow<SECONDS> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, (): &()) -> std::result::Result<Self, Self::Rejection> {
        sleep(Duration::from_secs(SECONDS)).await;
        Ok(Self)
    }
}

pub(crate) fn extract_slowly(watch: Watch) -> App {
    App::new().route("/ws", move |handshake: Handshake, _: Slow<2>| {
        let (guard, watch) = (watch.guard(), watch.clone());
        async move {
            let _guard = guard;
            echo(handshake, watch).await
        }
    })
}

pub(crate) fn extract_for_ever(_: Watch) -> App {
    App::new().route("/ws", async |_: Handshake, _: Slow<1_000_000>| -> Result {
        Ok(())
    })
}

pub(crate) fn handle_and_send(watch: Watch) -> App {
    let app: fn(Watch) -> App = app!(fail);
    with_sending_handler(app(watch.clone()), watch, 3, 10)
}

pub(crate) fn handle_before_accept(watch: Watch) -> App {
    let app: fn(Watch) -> App = app!(async |_: Handshake, _: Watch| -> Result { Err(Unforeseen.into()) });
    with_sending_handler(app(watch.clone()), watch, 3, 10)
}

pub(crate) fn handle_and_send_much(watch: Watch) -> App {
    let app: fn(Watch) -> App = app!(async |handshake: Handshake, _: Watch| -> Result {
        let _socket = handshake.accept().await?;
        Err(Unforeseen.into())
    });
    with_sending_handler(app(watch.clone()), watch, 8, 40_000)
}

/// The handler sends so many messages of so many bytes before it closes.
pub(crate) fn with_sending_handler(app: App, watch: Watch, count: usize, length: usize) -> App {
    app.error_handler(move |failed: Failure<Unforeseen>| {
        let guard = watch.guard();
        async move {
            let _guard = guard;
            for _ in 0..count {
                if let Some(socket) = failed.socket() {
                    let _ = socket.send_text("x".repeat(length)).await;
                    sleep(Duration::from_millis(100)).await;
                }
            }
            Close::new(CloseCode::of::<4004>(), "handled")
        }
    })
}

pub(crate) fn handle_for_ever(watch: Watch) -> App {
    let app: fn(Watch) -> App = app!(fail);
    app(watch.clone()).error_handler(move |_: Failure<Unforeseen>| {
        let guard = watch.guard();
        async move {
            let _guard = guard;
            pending::<Close>().await
        }
    })
}

pub(crate) async fn send_much(handshake: Handshake, _: Watch) -> Result {
    let mut socket = handshake.accept().await?;
    for _ in 0..8 {
        socket.send_binary([7; 30_000]).await?;
    }
    Ok(())
}

pub(crate) async fn send_much_from_a_task(handshake: Handshake, watch: Watch) -> Result {
    let socket = handshake.accept().await?;
    let (sender, guard) = (socket.sender(), watch.guard());
    let sending = tokio::spawn(async move {
        let _guard = guard;
        for _ in 0..8 {
            sender.send_binary([7; 30_000]).await?;
        }
        Ok(())
    });
    sending.await?
}

pub(crate) async fn send_by_reference(handshake: Handshake, _: Watch) -> Result {
    let mut socket = handshake.accept().await?;
    for _ in 0..2 {
        socket.send(bytes::Bytes::from(vec![7; 100_000])).await?;
    }
    Ok(())
}
