//! Heads that come in small pieces, behind empty lines or behind a body that nobody has read: their time has a bound.

use std::time::Duration;

use axum::{Router, routing::post};
use hangup::{App, testing::TestClient};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, timeout},
};

/// When the server has closed a connection, on which it gets a piece every nine seconds.
async fn closed_after(first: &[u8], piece: &[u8]) -> Duration {
    let app = App::new().merge(Router::new().route("/", post(async || "posted")));
    let mut stream = TestClient::new(app).stream();
    let begin = Instant::now();
    stream.write_all(first).await.unwrap();
    for _ in 0..100 {
        if stream.write_all(piece).await.is_err() {
            break;
        }
        let _ = timeout(Duration::from_secs(9), stream.read_to_end(&mut Vec::new())).await;
    }
    begin.elapsed()
}

#[tokio::test(start_paused = true)]
async fn empty_lines_before_a_head_take_of_its_time() {
    for piece in [&b"\r\n\r\n"[..], b"\n\n", b"\r\n", b"\r"] {
        let closed = closed_after(b"", piece).await;
        assert!(closed <= Duration::from_secs(20), "{piece:?}: {closed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_head_behind_a_body_that_nobody_read_has_a_bound() {
    let first = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
    for piece in [&b"\r\n"[..], b"GET / HTTP/1.1\r\nHost: a\r\nX: y"] {
        let closed = closed_after(first, piece).await;
        assert!(closed <= Duration::from_secs(90), "{piece:?}: {closed:?}");
    }
}
