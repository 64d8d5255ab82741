//! permessage-deflate: what is negotiated, what goes over the wire, what a bomb meets (RFC 7692).

use hangup::{
    App, CloseCode, Handshake, Result, Settings,
    settings::{DeflateConfig, DeflateIf},
    testing::TestClient,
};
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
        socket.send_close(CloseCode::NORMAL_CLOSURE, "").await;
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

/// DEFLATE reaches 1032:1 with what honest clients send too.
#[tokio::test]
async fn what_shrinks_much_is_taken() {
    for config in [DeflateConfig::new(), takeover()] {
        let mut socket = client(config).connect("/ws").deflate().await.unwrap();
        let text = "x".repeat(100_000);
        socket.send_text(&text).await;
        assert_eq!(socket.recv_text().await, text);
        socket.send_binary(vec![0; 300_000]).await;
        assert_eq!(socket.recv_binary().await, vec![0; 300_000]);
    }
}

/// RFC 7692, 5.1: without an answer to its offer the client may not compress, and RSV1 fails the connection (RFC 6455,
/// 5.2).
async fn assert_declined(client: &TestClient, path: &str) {
    let mut socket = client.connect(path).deflate().await.unwrap();
    assert_eq!(agreed(&socket), None, "{path}");
    let text = "not compressed ".repeat(100);
    socket.send_text(&text).await;
    assert_eq!(socket.recv_text().await, text);
    // "Hello" of RFC 7692, 7.2.3.1, with a key of zeros.
    socket
        .send_raw(b"\xc1\x87\0\0\0\0\xf2\x48\xcd\xc9\xc9\x07\x00")
        .await;
    socket
        .assert_closed(CloseCode::PROTOCOL_ERROR, "reserved bits are set")
        .await;
}

#[tokio::test]
async fn an_endpoint_declines_it_for_one_handshake() {
    async fn endpoint(mut handshake: Handshake) -> Result {
        handshake.decline_deflate();
        echo(handshake).await
    }
    let app = App::new()
        .route("/declined", endpoint)
        .route("/ws", echo)
        .settings(Settings::new().deflate(takeover()));
    let client = TestClient::new(app);
    assert_declined(&client, "/declined").await;
    let other = client.connect("/ws").deflate().await.unwrap();
    assert_eq!(agreed(&other), Some("permessage-deflate"));
}

#[tokio::test]
async fn a_predicate_declines_it_for_many_routes() {
    let not_for_old = DeflateIf::predicate(|request| match request.uri.query() {
        Some("panic") => panic!("the predicate fails"),
        query => query != Some("old"),
    });
    let settings = Settings::new().deflate(takeover()).deflate_if(not_for_old);
    let app = App::new().route("/a", echo).route("/b", echo).settings(settings);
    let client = TestClient::new(app);
    for path in ["/a", "/b"] {
        assert_declined(&client, &format!("{path}?old")).await;
        assert_declined(&client, &format!("{path}?panic")).await;
        let other = client.connect(path).deflate().await.unwrap();
        assert_eq!(agreed(&other), Some("permessage-deflate"));
    }
}

/// What is inflated to nothing is bounded by its compressed length, from the header on.
#[tokio::test]
async fn a_compressed_frame_without_end_is_refused_at_its_header() {
    let client = client(DeflateConfig::new());
    let mut socket = client.connect("/ws").deflate().await.unwrap();
    let mut header = vec![0xc2, 0xff];
    header.extend((1u64 << 40).to_be_bytes());
    header.extend([0; 4]);
    socket.send_raw(&header).await;
    socket
        .assert_closed(CloseCode::MESSAGE_TOO_BIG, "message is too big")
        .await;
}

/// Others of the same thread are served between the pieces of a message that is long to inflate.
#[tokio::test]
async fn others_go_on_while_a_message_is_inflated() {
    let app = App::new()
        .route("/ws", echo)
        .settings(Settings::new().deflate(takeover()).max_message_size(1 << 20));
    let client = TestClient::new(app);
    let mut busy = client.connect("/ws").deflate().await.unwrap();
    let mut other = client.connect("/ws").await.unwrap();
    // Empty blocks, as many as fit, without an end.
    let blocks = [0, 0, 0, 0xff, 0xff].repeat(10_000);
    let mut frame = vec![0x42, 0xfe];
    frame.extend((blocks.len() as u16).to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(&blocks);
    busy.send_raw(&frame).await;
    other.send_text("still there?").await;
    assert_eq!(other.recv_text().await, "still there?");
    // The message goes on, and ends: it was empty.
    busy.send_raw(&[0x80, 0x81, 0, 0, 0, 0, 0]).await;
    assert!(busy.recv_binary().await.is_empty());
}
