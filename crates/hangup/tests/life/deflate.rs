//! permessage-deflate: what is negotiated, what goes over the wire, what a bomb meets (RFC 7692).

use hangup::{App, CloseCode, DeflateConfig, Handshake, Result, Settings, testing::TestClient};
use http::header::SEC_WEBSOCKET_EXTENSIONS;

async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

async fn refuse(_: Handshake) -> Result {
    Err(hangup::Close::new(CloseCode::of::<4001>(), "not today").into())
}

fn takeover() -> DeflateConfig {
    DeflateConfig::new()
        .server_context_takeover(true)
        .client_context_takeover(true)
}

fn client(deflate: impl Into<Option<DeflateConfig>>) -> TestClient {
    TestClient::new(
        App::new()
            .route("/ws", echo)
            .route("/refuse", refuse)
            .settings(Settings::new().deflate(deflate)),
    )
}

fn agreed(socket: &hangup::testing::TestSocket) -> Option<&str> {
    socket.headers().get(SEC_WEBSOCKET_EXTENSIONS)?.to_str().ok()
}

#[tokio::test]
async fn it_is_off_unless_it_is_switched_on() {
    let client = TestClient::new(App::new().route("/ws", echo));
    let mut socket = client.connect("/ws").deflate().await.unwrap();
    assert_eq!(agreed(&socket), None);
    socket.send_text("plain").await;
    assert_eq!(socket.recv_text().await, "plain");
}

#[tokio::test]
async fn it_is_not_used_unless_the_client_offers_it() {
    let socket = client(DeflateConfig::new()).connect("/ws").await.unwrap();
    assert_eq!(agreed(&socket), None);
}

#[tokio::test]
async fn messages_are_compressed_in_both_modes() {
    let both = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    for (config, answer) in [(DeflateConfig::new(), both), (takeover(), "permessage-deflate")] {
        let mut socket = client(config).connect("/ws").deflate().await.unwrap();
        assert_eq!(agreed(&socket), Some(answer));
        for _ in 0..3 {
            let text = "all work and no play ".repeat(500);
            socket.send_text(&text).await;
            assert_eq!(socket.recv_text().await, text.as_str());
        }
        socket.close(CloseCode::NORMAL_CLOSURE, "").await;
        socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
    }
}

#[tokio::test]
async fn a_route_switches_it_off_for_itself() {
    let off = App::new()
        .route("/off", echo)
        .settings(Settings::new().deflate(None));
    let app = App::new()
        .route("/on", echo)
        .include(off)
        .settings(Settings::new().deflate(DeflateConfig::new()));
    let client = TestClient::new(app);
    let on = client.connect("/on").deflate().await.unwrap();
    assert!(agreed(&on).is_some());
    let off = client.connect("/off").deflate().await.unwrap();
    assert_eq!(agreed(&off), None);
}

#[tokio::test]
async fn a_refusal_by_close_is_read_by_a_client_that_offers_it() {
    let client = client(DeflateConfig::new());
    let mut socket = client.connect("/refuse").deflate().await.unwrap();
    socket.assert_closed(CloseCode::of::<4001>(), "not today").await;
}

#[tokio::test]
async fn a_bomb_meets_the_bound_of_a_message() {
    let client = client(DeflateConfig::new());
    let mut socket = client.connect("/ws").deflate().await.unwrap();
    // 16 MiB of zeros, some 160 KiB on the wire.
    socket.send_binary(vec![0; 16 << 20]).await;
    socket
        .assert_closed(CloseCode::MESSAGE_TOO_BIG, "message is too big")
        .await;
}

#[tokio::test]
async fn a_bomb_meets_the_bound_of_its_expansion() {
    let client = client(DeflateConfig::new().max_expansion(Some(20)));
    let mut socket = client.connect("/ws").deflate().await.unwrap();
    socket.send_binary(vec![0; 512 << 10]).await;
    socket
        .assert_closed(CloseCode::MESSAGE_TOO_BIG, "compressed message expands too much")
        .await;
}
