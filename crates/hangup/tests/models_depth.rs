//! Types that hold themselves: how deep a message may be nested.
#![cfg(feature = "msgpack")]
#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a test fails where something is missing"
)]

use hangup::{
    App, Handshake, Result,
    models::{Encoding, Model},
    testing::TestClient,
};

/// Commands inside each other.
#[hangup::model(tag = "type", rename_all = "snake_case")]
#[derive(Debug, PartialEq)]
enum Tree {
    Leaf,
    Branch { of: Vec<Tree> },
}

#[hangup::model]
#[derive(Debug, PartialEq)]
struct Chain {
    next: Option<Box<Chain>>,
}

#[tokio::test]
async fn message_pack_is_read_no_deeper_than_json() {
    async fn once<In: Model>(mut handshake: Handshake<In, String>) -> Result {
        handshake.choose_encoding([Encoding::MessagePack]);
        let mut socket = handshake.accept().await?;
        socket.recv().await?;
        Ok(())
    }
    let app = App::new()
        .route("/tree", once::<Tree>)
        .route("/chain", once::<Chain>);
    let client = TestClient::new(app);
    // {"type": "branch", "of": [...]} and {"next": ...}, as the specification of MessagePack writes them.
    let (branch, leaf) = (b"\x82\xa4type\xa6branch\xa2of\x91", b"\x81\xa4type\xa4leaf");
    for (containers, code) in [(2, 1000), (100, 1000), (1000, 1007)] {
        let tree = [branch.repeat(containers / 2), leaf.to_vec()].concat();
        let chain = [b"\x81\xa4next".repeat(containers), vec![0xc0]].concat();
        for (path, message) in [("/chain", chain), ("/tree", tree)] {
            let mut socket = client.connect(path).subprotocol("msgpack").await.unwrap();
            socket.send_binary(message).await;
            let close = socket.recv_close().await;
            assert_eq!(u16::from(close.code()), code, "{path} {containers}");
        }
    }
}
