//! Close codes that some clients do not know: 1012, 1013 and 1014.

use hangup::{App, Close, CloseCode, Handshake, Result, testing::TestClient};

use crate::{
    log::Log,
    wire::{self, Peer},
};

/// What the event says where the peer answers a code with this frame, or leaves.
async fn event(code: u16, answer: Option<u16>) -> String {
    let log = Log::listen();
    let endpoint = move |handshake: Handshake| async move {
        let _socket = handshake.accept().await?;
        Result::<()>::Err(Close::new(CloseCode::new(code)?, "why").into())
    };
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    peer.frame().await;
    if let Some(answer) = answer {
        peer.send(wire::close(answer, "")).await;
    }
    drop(peer);
    log.connection()
        .await
        .line(&["code_sent", "code_received", "clean", "note"])
}

#[tokio::test(start_paused = true)]
async fn the_event_says_that_the_peer_does_not_know_the_code() {
    for code in [1012, 1013, 1014] {
        assert_eq!(
            event(code, Some(1002)).await,
            format!("{code} 1002 false the peer does not know the close code {code}")
        );
        assert_eq!(event(code, Some(code)).await, format!("{code} {code} true -"));
        assert_eq!(
            event(code, None).await,
            format!("{code} - false the peer has not answered the close code {code}, which it may not know")
        );
    }
    assert_eq!(event(1011, Some(1002)).await, "1011 1002 true -");
    assert_eq!(event(1011, None).await, "1011 - false -");
}
