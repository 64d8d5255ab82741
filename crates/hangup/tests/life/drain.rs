//! A server that stops: whom it waits for, and what they are told.

use std::{
    future::{Future, IntoFuture},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hangup::{
    App, Close, CloseCode, Handshake, Result,
    serve::{Drained, Serve},
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};

use crate::{
    stop::Server,
    wire::{self, Frame, Peer},
};

#[tokio::test]
async fn a_handshake_that_is_under_way_when_the_server_stops_is_waited_for_to_its_end() {
    let cleaned_up = Arc::new(AtomicBool::new(false));
    let cleaning = Arc::clone(&cleaned_up);
    let late = move |handshake: Handshake| {
        let cleaning = Arc::clone(&cleaning);
        async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let accepted = handshake.accept().await;
            if let Ok(mut socket) = accepted {
                while socket.recv().await.is_ok() {}
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            cleaning.store(true, Ordering::SeqCst);
            Result::<()>::Ok(())
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let server = App::new()
        .route("/ws", late)
        .serve_on(listener)
        .with_graceful_shutdown(tokio::time::sleep(Duration::from_millis(100)));
    let server = tokio::spawn(server.into_future());
    let mut peer = Peer::open(stream, "/ws").await;
    assert_eq!(peer.frame().await, Frame::close(1001, ""));
    let answered = Instant::now();
    peer.send(wire::close(1001, "")).await;
    timeout(Duration::from_secs(5), server)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(
        cleaned_up.load(Ordering::SeqCst),
        "the server has not waited for the endpoint"
    );
    assert!(answered.elapsed() < Duration::from_secs(4));
}

async fn listen(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        socket.recv().await?;
    }
}

/// Where the server puts its report.
type Report = Arc<Mutex<Option<Drained>>>;

fn report(serve: Serve<'static>) -> (Serve<'static>, Report) {
    let report = Report::default();
    let into = Arc::clone(&report);
    let serve = serve.on_shutdown(move |drained| *into.lock().unwrap() = Some(drained));
    (serve, report)
}

fn counts(report: &Report) -> (usize, usize, usize) {
    let drained = report.lock().unwrap().expect("the server has reported");
    (drained.closed, drained.cut, drained.aborted)
}

#[tokio::test]
async fn an_endpoint_that_waits_to_be_told_says_good_bye_and_ends_by_itself() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let draining = socket.server_shutdown();
        tokio::select! {
            received = socket.recv() => { received?; }
            () = draining => socket.send_text("good-bye").await?,
        }
        Err(Close::new(CloseCode::of::<4000>(), "moved").into())
    };
    let app = App::new().route("/ws", endpoint).route("/unaware", listen);
    let mut server = Server::start(app, None).await;
    let mut aware = Peer::open(server.connect().await, "/ws").await;
    let mut unaware = Peer::open(server.connect().await, "/unaware").await;
    server.stop();
    assert_eq!(aware.frame().await, Frame::text("good-bye"));
    assert_eq!(aware.frame().await, Frame::close(4000, "moved"));
    assert_eq!(unaware.frame().await, Frame::close(1001, ""));
    drop((aware, unaware));
    server.ended().await;
}

#[tokio::test]
async fn an_endpoint_that_is_told_and_goes_on_is_closed_when_the_notice_is_over() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.server_shutdown().await;
        loop {
            let message = socket.recv().await?;
            socket.send(message).await?;
        }
    };
    let app = App::new().route("/ws", endpoint);
    let mut server = Server::start_with(app, |serve| serve.shutdown_notice(Duration::from_millis(300))).await;
    let mut peer = Peer::open(server.connect().await, "/ws").await;
    let begun = Instant::now();
    server.stop();
    peer.send(wire::frame(wire::TEXT, b"still there?")).await;
    assert_eq!(peer.frame().await, Frame::text("still there?"));
    assert_eq!(peer.frame().await, Frame::close(1001, ""));
    assert!(
        begun.elapsed() >= Duration::from_millis(290),
        "{:?}",
        begun.elapsed()
    );
    drop(peer);
    server.ended().await;
}

#[tokio::test]
async fn an_endpoint_that_asks_anew_in_each_turn_of_its_loop_is_told_though_it_is_busy() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let sender = socket.sender();
        loop {
            tokio::select! {
                received = socket.recv() => {
                    received?;
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                () = sender.server_shutdown() => {
                    socket.send_text("good-bye").await?;
                    return Ok(());
                }
            }
        }
    };
    let mut server = Server::start(App::new().route("/ws", endpoint), None).await;
    let mut peer = Peer::open(server.connect().await, "/ws").await;
    peer.send(wire::frame(wire::TEXT, b"a task")).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.stop();
    assert_eq!(peer.frame().await, Frame::text("good-bye"));
    assert_eq!(peer.frame().await, Frame::close(1000, ""));
}

#[tokio::test]
async fn a_notice_that_is_longer_than_all_the_time_leaves_time_for_the_close() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.server_shutdown().await;
        loop {
            socket.recv().await?;
        }
    };
    let mut server = Server::start_with(App::new().route("/ws", endpoint), |serve| {
        serve
            .shutdown_timeout(Duration::from_secs(2))
            .shutdown_notice(Duration::from_secs(3600))
    })
    .await;
    let mut peer = Peer::open(server.connect().await, "/ws").await;
    server.stop();
    assert_eq!(peer.frames().await, [Frame::close(1001, "")]);
    server.ended().await;
}

#[tokio::test]
async fn who_is_given_up_before_its_turn_still_gets_a_close_frame() {
    let mut server = Server::start_with(App::new().route("/ws", listen), |serve| {
        serve
            .shutdown_timeout(Duration::from_millis(100))
            .shutdown_batches(1, Duration::from_secs(3600))
    })
    .await;
    let mut peers = Vec::new();
    for _ in 0..5 {
        peers.push(Peer::open(server.connect().await, "/ws").await);
    }
    server.stop();
    for mut peer in peers {
        assert_eq!(peer.frames().await, [Frame::close(1001, "")]);
    }
    server.ended().await;
}

#[tokio::test]
async fn the_head_of_a_request_may_be_given_all_the_time_there_is() {
    let server = Server::start_with(App::new().route("/ws", listen), |serve| {
        serve
            .handshake_timeout(Duration::MAX)
            .response_write_timeout(Duration::MAX)
    })
    .await;
    let mut peer = Peer::open(server.connect().await, "/ws").await;
    peer.send(wire::close(1000, "")).await;
    assert_eq!(peer.frame().await, Frame::close(1000, ""));
}

#[tokio::test]
async fn connections_are_closed_in_batches() {
    let mut server = Server::start_with(App::new().route("/ws", listen), |serve| {
        serve.shutdown_batches(2, Duration::from_millis(200))
    })
    .await;
    let mut peers = Vec::new();
    for _ in 0..5 {
        peers.push(Peer::open(server.connect().await, "/ws").await);
    }
    let begun = Instant::now();
    server.stop();
    let mut closing = tokio::task::JoinSet::new();
    for mut peer in peers {
        closing.spawn(async move {
            assert_eq!(peer.frame().await, Frame::close(1001, ""));
            let after = begun.elapsed();
            peer.send(wire::close(1001, "")).await;
            after
        });
    }
    let mut times = closing.join_all().await;
    times.sort();
    // Two at once, two after 200 ms, one after 400 ms.
    let at_least = [0, 0, 190, 190, 390].map(Duration::from_millis);
    assert!(
        times.iter().zip(at_least).all(|(time, least)| *time >= least),
        "{times:?}"
    );
    assert!(times[1] < Duration::from_millis(190), "{times:?}");
    server.ended().await;
}

#[tokio::test]
async fn the_server_reports_how_many_ended_which_way_and_gives_up_on_the_rest() {
    let (dropped, mut was_dropped) = tokio::sync::mpsc::channel::<()>(1);
    let stubborn = move |handshake: Handshake| {
        let dropped = dropped.clone();
        async move {
            let _dropped = dropped;
            let mut socket = handshake.accept().await?;
            while socket.recv().await.is_ok() {}
            std::future::pending::<Result>().await
        }
    };
    let app = App::new().route("/ws", listen).route("/stubborn", stubborn);
    let mut reported = None;
    let log = crate::log::Log::listen();
    let mut server = Server::start_with(app, |serve| {
        let (serve, report) = report(serve.shutdown_timeout(Duration::from_millis(1500)));
        reported = Some(report);
        serve
    })
    .await;
    let mut answers = Peer::open(server.connect().await, "/ws").await;
    let silent = Peer::open(server.connect().await, "/ws").await;
    let mut stubborn = Peer::open(server.connect().await, "/stubborn").await;
    let begun = Instant::now();
    server.stop();
    assert_eq!(answers.frame().await, Frame::close(1001, ""));
    answers.send(wire::close(1001, "")).await;
    drop(answers);
    assert_eq!(stubborn.frame().await, Frame::close(1001, ""));
    server.ended().await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(counts(&reported.unwrap()), (1, 1, 1));
    let events = log.connections();
    assert_eq!(events.len(), 3, "each has its event");
    let given_up = events.iter().find(|event| event.get("path") == "/stubborn");
    assert_eq!(
        given_up.unwrap().get("error"),
        "the server shut down, and the endpoint was aborted after shutdown_timeout"
    );
    drop(silent);
    let app_is_gone = timeout(Duration::from_secs(1), was_dropped.recv()).await;
    assert!(app_is_gone.is_ok(), "the endpoint has been dropped");
    let events = log.all();
    let stopped = events
        .iter()
        .find(|event| event.get("message") == "server shutdown completed");
    assert_eq!(stopped.unwrap().line(&["closed", "cut", "aborted"]), "1 1 1");
}

#[tokio::test]
async fn a_handshake_that_an_endpoint_does_not_answer_is_dropped_when_the_time_is_over() {
    let never = async |_: Handshake| -> Result { std::future::pending().await };
    let mut server = Server::start_with(App::new().route("/ws", never), |serve| {
        serve.shutdown_timeout(Duration::from_millis(200))
    })
    .await;
    let mut peer = Peer::new(server.connect().await);
    peer.send(wire::handshake("/ws", "")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    server.stop();
    assert_eq!(peer.rest().await, b"");
    server.ended().await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_head_that_comes_too_slowly_is_dropped_and_others_are_served() {
    let server = Server::start_with(App::new().route("/ws", listen), |serve| {
        serve.handshake_timeout(Duration::from_millis(200))
    })
    .await;
    let mut slow = Peer::new(server.connect().await);
    slow.send("GET /ws HTTP/1.1\r\nHost: testserver\r\n").await;
    let mut other = Peer::open(server.connect().await, "/ws").await;
    let begun = Instant::now();
    let answer = String::from_utf8(slow.rest().await).unwrap();
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 408 "),
        "{answer}"
    );
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    other.send(wire::close(1000, "")).await;
    assert_eq!(other.frame().await, Frame::close(1000, ""));
}

/// An endpoint that goes on after its own close, or waits in `block_on`, ends with its server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_server_ends_whatever_its_endpoints_wait_for() {
    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
    }
    let goes_on = async |handshake: Handshake| -> Result {
        handshake.accept().await?.close(CloseCode::of::<4000>()).await;
        std::future::pending().await
    };
    let receives = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        while block_on(socket.recv()).is_ok() {}
        Ok(())
    };
    let sends = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        while block_on(socket.send_binary(vec![7; 1 << 20])).is_ok() {}
        Ok(())
    };
    let drains = async |handshake: Handshake| -> Result {
        block_on(handshake.accept().await?.server_shutdown());
        Ok(())
    };
    let app = App::new()
        .route("/goes-on", goes_on)
        .route("/receives", receives)
        .route("/sends", sends)
        .route("/drains", drains);
    let mut server = Server::start_with(app, |serve| serve.shutdown_timeout(Duration::from_secs(1))).await;
    let mut peers = Vec::new();
    for path in ["/goes-on", "/receives", "/sends", "/drains"] {
        peers.push(Peer::open(server.connect().await, path).await);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    server.stop();
    server.ended().await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}
