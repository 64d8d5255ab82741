//! The socket and its halves as `Stream` and `Sink`, under both servers, and what else a task holds of a connection.

use std::{future::IntoFuture, net::SocketAddr, time::Duration};

use futures_util::{Sink, SinkExt, Stream, StreamExt, TryStreamExt};
use hangup::{
    App, CloseCode, Disconnect, Handshake, Message, Result, Settings,
    settings::SlowConsumer,
    testing::{Received, TestClient},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use crate::raw::Client;

/// Echoes, in words of `futures` alone.
async fn forward<S, E>(mut socket: S) -> Result<(), E>
where
    S: Stream<Item = Result<Message, E>> + Sink<Message, Error = E> + Unpin,
{
    while let Some(message) = socket.try_next().await? {
        socket.send(message).await?;
    }
    Ok(())
}

async fn whole(handshake: Handshake) -> Result {
    Ok(forward(handshake.accept().await?).await?)
}

/// The halves, from one to the other.
async fn halves(handshake: Handshake) -> Result {
    let (sender, receiver) = handshake.accept().await?.split();
    Ok(receiver.forward(sender).await?)
}

fn app() -> App {
    App::new().route("/whole", whole).route("/halves", halves)
}

async fn start(is_axum: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    if is_axum {
        tokio::spawn(axum::serve(listener, app().into_router()).into_future());
    } else {
        tokio::spawn(app().serve(listener).into_future());
    }
    address
}

#[tokio::test]
async fn a_socket_is_a_stream_and_a_sink() {
    for is_axum in [false, true] {
        let server = start(is_axum).await;
        for path in ["/whole", "/halves"] {
            let stream = TcpStream::connect(server).await.unwrap();
            let mut client = Client::open(stream, path, "").await.ok().unwrap();
            for (opcode, payload) in [(1, &b"text"[..]), (2, b"\0\xff"), (1, b"")] {
                client.send(opcode, payload).await;
                assert_eq!(client.frame().await, (opcode, payload.to_vec()), "{path}");
            }
            client.send(8, &4001_u16.to_be_bytes()).await;
            assert_eq!(client.close().await, (4001, String::new()), "{path}");
        }
    }
}

/// What the stream of an endpoint has given, until its end and behind it.
async fn streamed(peer: impl AsyncFnOnce(TestClient)) -> Vec<String> {
    let (given, mut items) = mpsc::unbounded_channel();
    let endpoint = move |handshake: Handshake| {
        let given = given.clone();
        async move {
            let mut socket = handshake.accept().await?;
            for _ in 0..4 {
                let item = socket.next().await;
                let shown = item.map(|item| item.map_err(|left: Disconnect| left.code().get()));
                given.send(format!("{shown:?}")).unwrap();
            }
            Result::<()>::Ok(())
        }
    };
    peer(TestClient::new(App::new().route("/ws", endpoint))).await;
    let mut seen = Vec::new();
    while seen.len() < 4 {
        seen.push(items.recv().await.unwrap());
    }
    seen
}

#[tokio::test(start_paused = true)]
async fn a_stream_gives_the_end_once_and_then_nothing() {
    let closed = streamed(async |client| {
        let mut socket = client.connect("/ws").await.unwrap();
        socket.send_text("a").await;
        socket.send_close(CloseCode::of::<4001>(), "").await;
        socket.recv_close().await;
    });
    assert_eq!(
        closed.await,
        ["Some(Ok(Text(\"a\")))", "Some(Err(4001))", "None", "None"]
    );
    let vanished = streamed(async |client| {
        client.connect("/ws").await.unwrap().send_text("a").await;
    });
    assert_eq!(
        vanished.await,
        ["Some(Ok(Text(\"a\")))", "Some(Err(1006))", "None", "None"]
    );
}

/// Sends through the sink until it does not take a message at once, and says how much it has taken.
async fn fill(handshake: Handshake, taken: mpsc::UnboundedSender<usize>) -> Result {
    let mut socket = handshake.accept().await?;
    let mut count = 0;
    loop {
        let message = Message::from(vec![7; 10_000]);
        match tokio::time::timeout(Duration::from_secs(1), socket.feed(message)).await {
            Ok(fed) => fed?,
            Err(_) => break,
        }
        count += 1;
        if count == 10_000 {
            break;
        }
    }
    taken.send(count).unwrap();
    Ok(socket.flush().await?)
}

#[tokio::test(start_paused = true)]
async fn a_sink_waits_for_a_peer_that_does_not_read() {
    let (taken, mut counts) = mpsc::unbounded_channel();
    let app = App::new().route("/ws", move |handshake: Handshake| fill(handshake, taken.clone()));
    let client = TestClient::new(app);
    let mut socket = client.connect("/ws").await.unwrap();
    let count = counts.recv().await.unwrap();
    // 64 KiB on their way, 64 KiB unsent, one message past the bound and one that waits.
    assert!((12..=16).contains(&count), "{count}");
    for _ in 0..count {
        assert_eq!(socket.recv_binary().await.len(), 10_000);
    }
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test(start_paused = true)]
async fn a_sink_drops_or_closes_as_the_settings_say() {
    for (slow_consumer, code) in [(SlowConsumer::DropNewest, 1000), (SlowConsumer::Close, 1013)] {
        let (taken, mut counts) = mpsc::unbounded_channel();
        let app = App::new()
            .route("/ws", move |handshake: Handshake| fill(handshake, taken.clone()))
            .settings(Settings::new().slow_consumer(slow_consumer));
        let client = TestClient::new(app);
        let mut socket = client.connect("/ws").await.unwrap();
        if code == 1000 {
            assert_eq!(counts.recv().await, Some(10_000), "it waits for nobody");
        }
        let (mut messages, close) = (0, loop_until_close(&mut socket));
        let close = close.await;
        messages += close.1;
        assert_eq!(close.0, code);
        assert!((12..=16).contains(&messages), "{messages}");
    }
}

async fn loop_until_close(socket: &mut hangup::testing::TestSocket) -> (u16, usize) {
    let mut messages = 0;
    loop {
        match socket.recv().await {
            Received::Message(_) => messages += 1,
            Received::Close(close) => return (close.code().get(), messages),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_closed_sink_is_a_close_with_1000() {
    let app = App::new().route("/ws", async |handshake: Handshake| -> Result {
        let (mut sender, mut receiver) = handshake.accept().await?.split();
        sender.send("last").await?;
        SinkExt::close(&mut sender).await?;
        assert!(sender.send("behind").await.is_err());
        assert!(receiver.try_next().await.is_err());
        Ok(())
    });
    let mut socket = TestClient::new(app).connect("/ws").await.unwrap();
    assert_eq!(socket.recv_text().await, "last");
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test(start_paused = true)]
async fn closed_is_ready_when_the_connection_is_and_says_how() {
    let (told, mut seen) = mpsc::unbounded_channel();
    let app = App::new().route("/ws", move |handshake: Handshake| {
        let told = told.clone();
        async move {
            let mut socket = handshake.accept().await?;
            let sender = socket.sender();
            tokio::spawn(async move {
                let left = sender.closed().await;
                told.send(left.code().get()).unwrap();
                // Ready at once from now on.
                told.send(sender.closed().await.code().get()).unwrap();
            });
            match socket.recv_text().await?.as_str() {
                "close" => socket.sender().start_close(CloseCode::of::<4002>()),
                _ => return Ok(()),
            }
            socket.recv().await?;
            Result::<()>::Ok(())
        }
    });
    let client = TestClient::new(app);
    for (said, code) in [("close", 4002), ("return", 1000)] {
        let mut socket = client.connect("/ws").await.unwrap();
        socket.assert_silent(Duration::from_secs(5)).await;
        assert!(seen.try_recv().is_err(), "it is open");
        socket.send_text(said).await;
        assert_eq!((seen.recv().await, seen.recv().await), (Some(code), Some(code)));
        assert_eq!(socket.recv_close().await.code().get(), code);
    }
    let mut socket = client.connect("/ws").await.unwrap();
    socket.send_close(CloseCode::of::<4001>(), "").await;
    assert_eq!((seen.recv().await, seen.recv().await), (Some(4001), Some(4001)));
    drop(client.connect("/ws").await.unwrap());
    assert_eq!((seen.recv().await, seen.recv().await), (Some(1006), Some(1006)));
}

#[tokio::test(start_paused = true)]
async fn credentials_expire_in_a_time() {
    let app = App::new().route("/ws", async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.expire_in(Duration::from_secs(60));
        socket.sender().expire_in(Duration::from_secs(30));
        socket.recv().await?;
        Ok(())
    });
    let mut socket = TestClient::new(app).connect("/ws").await.unwrap();
    socket.assert_silent(Duration::from_millis(29_999)).await;
    socket.assert_closed(CloseCode::UNAUTHORIZED, "expired").await;
}

#[test]
fn a_message_is_made_of_json_and_read_by_kind() {
    let message = Message::json(&serde_json::json!({ "é": [1, null] })).unwrap();
    assert_eq!(message.as_text(), Some(r#"{"é":[1,null]}"#));
    assert_eq!(message.as_binary(), None);
    let binary = Message::from(vec![1, 2]);
    assert_eq!(
        (binary.as_text(), binary.as_binary().map(|bytes| &bytes[..])),
        (None, Some(&[1, 2][..]))
    );
    assert!(Message::json(&std::collections::BTreeMap::from([((), 1)])).is_err());
}

#[tokio::test]
async fn the_headers_of_a_handshake_are_those_of_the_response() {
    let app = App::new().route("/ws", async |mut handshake: Handshake| -> Result {
        let name = http::HeaderName::from_static("x-served-by");
        handshake.add_response_header(name, http::HeaderValue::from_static("a"));
        assert_eq!(handshake.response_headers().len(), 1);
        handshake.accept().await?;
        Ok(())
    });
    let socket = TestClient::new(app).connect("/ws").await.unwrap();
    assert_eq!(socket.headers()["x-served-by"], "a");
}
