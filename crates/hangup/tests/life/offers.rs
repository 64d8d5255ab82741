//! What an opening handshake lists, over real sockets: floods of offers, and HTTP before 1.1.

use std::{future::IntoFuture, time::Duration};

use hangup::{App, Handshake, Result, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};

async fn accept(handshake: Handshake) -> Result {
    handshake.accept().await?;
    Ok(())
}

/// Sends a request to a server, and reads until it closes the connection.
async fn answer(request: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = Settings::new().max_head_size(512 * 1024);
    let app = App::new().route("/ws", accept).settings(settings);
    tokio::spawn(app.serve_on(listener).into_future());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = timeout(Duration::from_secs(9), stream.read_to_string(&mut answer));
    read.await.expect("the server closes the connection").unwrap();
    answer
}

/// A request that asks the server to close the connection when it is answered.
fn request(version: &str, origin: &str, more: &str) -> String {
    format!(
        "GET /ws {version}\r\nHost: server.example\r\nOrigin: {origin}\r\nConnection: upgrade, close\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
    )
}

/// Each list is refused where it passes its bound, and none is read for a page that is not allowed to connect.
#[tokio::test]
async fn floods_of_offers_are_refused_at_once() {
    let begun = Instant::now();
    let names: Vec<String> = (0..50_000).map(|n| format!("p{n}")).collect();
    let lists = [
        ("Sec-WebSocket-Protocol", names.join(",")),
        ("Sec-WebSocket-Extensions", names.join(",")),
        ("Sec-WebSocket-Extensions", names.join(";")),
    ];
    for (name, list) in &lists {
        let more = format!("{name}: {list}\r\n");
        let own = answer(request("HTTP/1.1", "http://server.example", &more)).await;
        assert!(
            own.starts_with("HTTP/1.1 400 ") && own.contains("more than"),
            "{own}"
        );
        let strange = answer(request("HTTP/1.1", "http://other.example", &more)).await;
        assert!(strange.starts_with("HTTP/1.1 403 "), "{strange}");
    }
    // Compared each with each, 50,000 names take many seconds.
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

/// RFC 9110, 7.8: a server ignores `Upgrade` in HTTP/1.0. The answer names what it needs, and the connection ends with
/// it, as one of HTTP/1.0 does (RFC 9112, 9.3).
#[tokio::test]
async fn http_1_0_is_answered_with_426_and_what_it_needs() {
    let request = request("HTTP/1.0", "http://server.example", "").replace("upgrade, close", "upgrade");
    let answer = answer(request).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.0 426 Upgrade Required\r\n"), "{head}");
    for header in ["\r\nupgrade: websocket\r\n", "\r\nconnection: upgrade"] {
        assert!(
            format!("{head}\r\n").to_ascii_lowercase().contains(header),
            "{head}"
        );
    }
    assert!(
        body.contains("HTTP/1.1") && body.contains("proxy_http_version"),
        "{body}"
    );
}
