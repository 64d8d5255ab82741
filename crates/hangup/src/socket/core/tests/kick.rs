//! Tests of kicks.

use super::super::kick::Removal;
use super::*;

const WITHIN: Duration = Duration::from_secs(1);

async fn outcome(connected: &Connected) -> Removal {
    let mut ticket = None;
    poll_fn(|cx| connected.lock(|core| core.poll_kicked(cx, &mut ticket))).await
}

fn kick(connected: &Connected) {
    connected.lock(|core| core.kick(&kicked(), Instant::now() + WITHIN));
}

#[tokio::test(start_paused = true)]
async fn a_kick_overtakes_what_is_unsent_and_counts_it() {
    let (connected, mut peer) = Connected::over_pipe(100, Resolved::default());
    for number in 0..50 {
        connected.send(format!("message number {number}"));
    }
    connected.turn().await;
    kick(&connected);
    let (_, bytes, kicked) = tokio::join!(
        connected.run(),
        async {
            let bytes = read_to_close(&mut peer).await;
            peer.write_all(&close_of_peer(4001)).await.unwrap();
            let mut behind = Vec::new();
            peer.read_to_end(&mut behind).await.unwrap();
            assert_eq!(behind, b"");
            drop(peer);
            bytes
        },
        outcome(&connected)
    );
    let seen = seen(&bytes);
    // 100 bytes are five messages of 20 bytes with their headers, or the beginning of one more.
    assert!((4..=6).contains(&seen.messages.len()), "{seen:?}");
    assert_eq!((seen.close, kicked), (Some(4001), Removal::Closed));
    let dropped = connected.lock(|core| core.dropped());
    assert_eq!(seen.messages.len() as u64 + dropped, 50);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_trickles_is_cut_in_time() {
    let begun = Instant::now();
    let (connected, mut peer) = Connected::over_pipe(64, Resolved::default());
    connected.send(vec![7; 1_000_000]);
    connected.turn().await;
    kick(&connected);
    let trickle = async {
        let mut byte = [0];
        while peer.read(&mut byte).await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let (_, _, kicked) = tokio::join!(connected.run(), trickle, async {
        let kicked = outcome(&connected).await;
        (kicked, begun.elapsed())
    });
    assert_eq!(kicked, (Removal::Cut, WITHIN));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_answer_is_cut_in_time_whatever_it_sends() {
    for is_chatty in [false, true] {
        let begun = Instant::now();
        let (connected, mut peer) = Connected::over_pipe(4096, Resolved::default());
        kick(&connected);
        let talk = async {
            assert_eq!(seen(&read_to_close(&mut peer).await).close, Some(4001));
            // An empty binary message, again and again.
            while is_chatty && peer.write_all(&[0x82, 0x80, 0, 0, 0, 0]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let mut end = Vec::new();
            let _ = peer.read_to_end(&mut end).await;
            assert_eq!(end, b"");
        };
        let (_, _, kicked) = tokio::join!(connected.run(), talk, outcome(&connected));
        assert_eq!(
            (kicked, begun.elapsed()),
            (Removal::Cut, WITHIN.max(begun.elapsed()))
        );
        assert!(begun.elapsed() < WITHIN + Duration::from_millis(20));
    }
}

#[tokio::test(start_paused = true)]
async fn the_drain_behind_the_closing_handshake_ends_in_time_too() {
    let settings = Resolved {
        linger_timeout: Duration::from_secs(60),
        ..Resolved::default()
    };
    let begun = Instant::now();
    let (connected, mut peer) = Connected::over_pipe(4096, settings);
    kick(&connected);
    peer.write_all(&close_of_peer(4001)).await.unwrap();
    let (_, kicked) = tokio::join!(connected.run(), outcome(&connected));
    assert_eq!((kicked, begun.elapsed()), (Removal::Closed, WITHIN));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_or_received_behind_a_kick() {
    let (connected, mut peer) = Connected::over_pipe(4096, Resolved::default());
    peer.write_all(&[0x82, 0x80, 0, 0, 0, 0]).await.unwrap();
    connected.turn().await;
    kick(&connected);
    let mut cx = Context::from_waker(Waker::noop());
    connected.lock(|core| {
        let Poll::Ready(Err(received)) = core.poll_receive(&mut cx, &mut None) else {
            panic!("a message, or a wait")
        };
        let Poll::Ready(Err(sent)) = core.poll_capacity(&mut cx, &mut None) else {
            panic!("capacity, or a wait")
        };
        assert_eq!(received, sent);
        assert_eq!(
            (received.code().get(), received.reason()),
            (4001, "session revoked")
        );
        assert_eq!(received.initiator(), Some(hangup_protocol::Side::Local));
    });
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_closes_already_keeps_its_close_frame() {
    let (connected, mut peer) = Connected::over_pipe(64, Resolved::default());
    for _ in 0..50 {
        connected.send("a message that does not get out");
    }
    connected.turn().await;
    connected.lock(|core| core.close_from_outside(&Close::from(CloseCode::GOING_AWAY)));
    kick(&connected);
    connected.lock(|core| core.kick(&kicked(), Instant::now() + 2 * WITHIN));
    let begun = Instant::now();
    let (_, bytes, kicked) = tokio::join!(
        connected.run(),
        async {
            let bytes = read_to_close(&mut peer).await;
            let mut behind = Vec::new();
            peer.read_to_end(&mut behind).await.unwrap();
            assert_eq!(behind, b"");
            bytes
        },
        outcome(&connected)
    );
    let seen = seen(&bytes);
    assert_eq!(seen.close, Some(1001));
    assert!(seen.messages.len() <= 2, "{seen:?}");
    assert_eq!(
        (kicked, begun.elapsed()),
        (Removal::Cut, WITHIN),
        "the earliest holds"
    );
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_has_ended_is_not_kicked() {
    let (connected, mut peer) = Connected::over_pipe(4096, Resolved::default());
    peer.write_all(&close_of_peer(1000)).await.unwrap();
    tokio::join!(connected.run(), async {
        read_to_close(&mut peer).await;
        drop(peer);
    });
    kick(&connected);
    assert_eq!(outcome(&connected).await, Removal::Closed);
    let code = connected.lock(|core| core.over().unwrap().code().get());
    assert_eq!(code, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_is_refused_and_its_connection_closed_if_it_opens() {
    let connected = Connected::with(Resolved::default());
    kick(&connected);
    assert_eq!(outcome(&connected).await, Removal::Refused);
    tokio::time::advance(10 * WITHIN).await;
    let (stream, mut peer) = tokio::io::duplex(4096);
    connected.lock(|core| core.open(Transport::Other(Box::new(stream)), &[]));
    tokio::join!(connected.run(), async {
        assert_eq!(seen(&read_to_close(&mut peer).await).close, Some(4001));
        peer.write_all(&close_of_peer(4001)).await.unwrap();
        drop(peer);
    });
    assert!(connected.lock(|core| core.is_clean()));
}

#[tokio::test(start_paused = true)]
async fn a_connection_whose_101_comes_too_late_is_cut() {
    let connected = Connected::with(Resolved::default());
    connected.lock(|core| {
        let cx = Context::from_waker(Waker::noop());
        let _ = core.accept(&cx, crate::handshake::Acceptance::default);
        assert!(core.take_acceptance().is_some());
        core.kick(&kicked(), Instant::now() + WITHIN);
        core.cut();
    });
    assert_eq!(outcome(&connected).await, Removal::Cut);
    let (stream, mut peer) = tokio::io::duplex(4096);
    connected.lock(|core| core.open(Transport::Other(Box::new(stream)), &[]));
    let mut bytes = Vec::new();
    peer.read_to_end(&mut bytes).await.unwrap();
    assert_eq!(bytes, b"");
    connected.run().await;
}
