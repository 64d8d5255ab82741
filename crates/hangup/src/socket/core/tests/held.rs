//! Tests of delivery while a message is sent in fragments (RFC 6455, section 5.4: no other message comes in between).

use hangup_protocol::{DeflateConfig, MessageKind};

use super::super::super::shared_frames::SharedFrames;
use super::super::deliver::Undelivered;
use super::*;

fn small_bound() -> Resolved {
    Resolved {
        write_buffer: 10_000,
        ..Resolved::default()
    }
}

fn begin(connected: &Connected) {
    fragment(connected, b"in ", true, None);
}

fn end(connected: &Connected) {
    fragment(connected, b"fragments", false, Some(12));
}

fn fragment(connected: &Connected, payload: &[u8], is_first: bool, whole: Option<usize>) {
    let fragment = Fragment {
        kind: MessageKind::Text,
        payload,
        is_first,
        whole,
    };
    connected.lock(|core| core.enqueue_from_outside(|core| core.enqueue_fragment(&fragment)));
}

fn deliver(connected: &Connected, message: impl Into<Message>) -> Result<(), Undelivered> {
    let frames = SharedFrames::of(&message.into());
    connected.lock(|core| core.deliver(&frames, core.options().write_buffer))
}

/// All that the peer reads until nothing is unsent.
async fn read_unsent(connected: &Connected, peer: &mut DuplexStream) -> Seen {
    let mut bytes = Vec::new();
    while connected.unsent() > 0 {
        connected.turn().await;
        peer.read_buf(&mut bytes).await.unwrap();
    }
    let _ = tokio::time::timeout(Duration::from_millis(1), peer.read_to_end(&mut bytes)).await;
    seen(&bytes)
}

#[tokio::test(start_paused = true)]
async fn a_delivery_waits_for_the_last_fragment_and_comes_before_what_is_sent_later() {
    let (connected, mut peer) = Connected::over_pipe(1 << 20, Resolved::default());
    begin(&connected);
    connected.turn().await;
    deliver(&connected, "shared").unwrap();
    deliver(&connected, vec![9; 40_000]).unwrap();
    connected.turn().await;
    end(&connected);
    connected.send("later");
    connected.turn().await;
    let expected: [&[u8]; 4] = [b"in fragments", b"shared", &[9; 40_000], b"later"];
    assert_eq!(read_unsent(&connected, &mut peer).await.messages, expected);
    assert_eq!(connected.lock(|core| core.dropped()), 0);
}

/// Its messages are compressed behind the last fragment.
#[tokio::test(start_paused = true)]
async fn a_connection_with_a_context_of_its_own_waits_too() {
    let offer = hangup_protocol::handshake::extensions([&b"permessage-deflate"[..]].into_iter()).unwrap();
    let agreement = DeflateConfig::new()
        .server_context_takeover(true)
        .negotiate(&offer)
        .unwrap();
    let (connected, mut peer) = Connected::over_pipe(1 << 20, small_bound());
    connected.lock(|core| core.protocol.agree_on_deflate(&agreement));
    begin(&connected);
    assert_eq!(deliver(&connected, "x"), Err(Undelivered::OwnContext));
    let shared = Message::from("shared ".repeat(1000));
    let taken: Vec<bool> = (0..3)
        .map(|_| connected.lock(|core| core.deliver_message(&shared, core.options().write_buffer)))
        .collect();
    assert_eq!(
        taken,
        [true, true, false],
        "7,000 bytes each, and 10,000 may wait"
    );
    end(&connected);
    let mut bytes = Vec::new();
    connected.turn().await;
    let _ = tokio::time::timeout(Duration::from_millis(1), peer.read_to_end(&mut bytes)).await;
    let mut client = hangup_protocol::Connection::new(Role::Client { mask_seed: 1 }, usize::MAX);
    client.agree_on_deflate(&agreement);
    let mut rest = &bytes[..];
    let texts: Vec<_> = std::iter::from_fn(|| client.receive(&mut rest, &mut Vec::new())).collect();
    let shared = Event::Text("shared ".repeat(1000).into());
    assert_eq!(
        texts,
        [Event::Text("in fragments".into()), shared.clone(), shared]
    );
}

#[tokio::test(start_paused = true)]
async fn only_what_waits_counts_for_the_bound() {
    let (connected, mut peer) = Connected::over_pipe(64, small_bound());
    fragment(&connected, &[b'x'; 20_000], true, None);
    // More is unsent than the bound: these are the writer's own bytes.
    for _ in 0..4 {
        deliver(&connected, vec![1; 3000]).unwrap();
    }
    let full = Err(Undelivered::Full { missed: 1 });
    assert_eq!(deliver(&connected, vec![1; 3000]), full);
    let mut ticket = None;
    let mut is_deliverable = |bound| {
        let mut cx = Context::from_waker(Waker::noop());
        connected.lock(|core| core.poll_deliverable(&mut cx, &mut ticket, bound).is_ready())
    };
    assert!(!is_deliverable(10_000));
    end(&connected);
    assert!(!is_deliverable(10_000), "all of it is unsent now");
    let seen = read_unsent(&connected, &mut peer).await;
    assert!(is_deliverable(0));
    let lengths: Vec<usize> = seen.messages.iter().map(Vec::len).collect();
    assert_eq!(lengths, [20_009, 3000, 3000, 3000, 3000]);
}

/// Tiny messages do not make the queue grow without end.
#[tokio::test(start_paused = true)]
async fn empty_messages_that_wait_are_bounded() {
    let (connected, _peer) = Connected::over_pipe(64, small_bound());
    begin(&connected);
    let taken = (0..10_000)
        .take_while(|_| deliver(&connected, "").is_ok())
        .count();
    assert!(taken < 1000, "{taken}");
}

#[tokio::test(start_paused = true)]
async fn a_kick_drops_what_waits() {
    let (connected, mut peer) = Connected::over_pipe(1 << 20, Resolved::default());
    begin(&connected);
    connected.turn().await;
    for _ in 0..3 {
        deliver(&connected, "shared").unwrap();
    }
    connected.lock(|core| core.kick(&kicked(), Instant::now() + Duration::from_secs(1)));
    connected.turn().await;
    let expected = Seen {
        close: Some(4001),
        ..Seen::default()
    };
    assert_eq!(seen(&read_to_close(&mut peer).await), expected);
    assert_eq!(connected.lock(|core| core.dropped()), 3);
    assert_eq!(connected.lock(|core| core.held_cost()), 0);
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_a_writer_that_is_dropped_is_dropped_and_nothing_more_is_delivered() {
    let (connected, _peer) = Connected::over_pipe(1 << 20, Resolved::default());
    begin(&connected);
    deliver(&connected, "shared").unwrap();
    connected.lock(Core::abandon_fragments);
    assert_eq!(connected.lock(|core| core.dropped()), 1);
    assert_eq!(deliver(&connected, "shared"), Err(Undelivered::Over));
}
