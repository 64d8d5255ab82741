//! Messages that are sent in fragments.

use hangup::{App, Close, CloseCode, Handshake, Result, error::TrySendError, testing::TestClient};

use crate::wire::{PING, Peer, frame};

/// The first byte and the payload of each frame of a server.
fn parse(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        let (length, rest) = match second {
            126 => (usize::from(u16::from_be_bytes([rest[0], rest[1]])), &rest[2..]),
            length => (usize::from(*length), rest),
        };
        frames.push((*first, rest[..length].to_vec()));
        bytes = &rest[length..];
    }
    frames
}

fn expect(bytes: &[u8], expected: &[(u8, &[u8])]) {
    let frames = parse(bytes);
    let frames: Vec<_> = frames
        .iter()
        .map(|(first, payload)| (*first, &payload[..]))
        .collect();
    assert_eq!(frames, expected);
}

async fn peer(app: App) -> Peer<tokio::io::DuplexStream> {
    Peer::open(TestClient::new(app).stream(), "/ws").await
}

#[tokio::test(start_paused = true)]
async fn pieces_are_fragments_and_others_wait_for_the_last() {
    async fn endpoint(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        let mut writer = socket.text_writer();
        writer.write("first ").await?;
        let sender = socket.sender();
        assert!(matches!(sender.try_send("now"), Err(TrySendError::Full)));
        let other = tokio::spawn(async move { sender.send_text("behind").await });
        // The peer's ping is answered in between.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        writer.write("").await?;
        writer.write("second").await?;
        writer.finish().await?;
        other.await??;
        Ok(())
    }
    let mut peer = peer(App::new().route("/ws", endpoint)).await;
    peer.send(frame(PING, b"p")).await;
    expect(
        &peer.rest().await,
        &[
            (0x01, b"first "),
            (0x8a, b"p"),
            (0x00, b"second"),
            (0x80, b""),
            (0x81, b"behind"),
            (0x88, &[3, 232]),
        ],
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_without_an_end_is_followed_by_the_close_of_its_endpoint_alone() {
    async fn endpoint(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        let mut writer = socket.binary_writer();
        writer.write(b"begun").await?;
        drop(writer);
        socket.send_text("dropped").await?;
        Err(Close::new(CloseCode::of::<4000>(), "broken off").into())
    }
    let mut peer = peer(App::new().route("/ws", endpoint)).await;
    expect(
        &peer.rest().await,
        &[(0x02, b"begun"), (0x88, b"\x0f\xa0broken off")],
    );
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_has_written_nothing_leaves_no_trace() {
    async fn endpoint(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        drop(socket.text_writer());
        socket.text_writer().finish().await?;
        socket.send_text("whole").await?;
        Ok(())
    }
    let mut peer = peer(App::new().route("/ws", endpoint)).await;
    expect(
        &peer.rest().await,
        &[(0x81, b""), (0x81, b"whole"), (0x88, &[3, 232])],
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_larger_than_every_buffer_arrives() {
    async fn endpoint(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        let mut writer = socket.binary_writer();
        for _ in 0..256 {
            writer.write(&[7; 16 * 1024]).await?;
        }
        writer.finish().await?;
        Ok(())
    }
    let mut peer = peer(App::new().route("/ws", endpoint)).await;
    let frames = parse(&peer.rest().await);
    let length: usize = frames
        .iter()
        .filter(|(first, _)| first & 8 == 0)
        .map(|(_, payload)| payload.len())
        .sum();
    assert_eq!(length, 4 << 20);
    assert_eq!(frames.last(), Some(&(0x88, vec![3, 232])));
}
