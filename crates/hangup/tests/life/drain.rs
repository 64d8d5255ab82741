//! A server that stops: whom it waits for, and what they are told.

use std::{
    future::IntoFuture,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hangup::{App, Handshake, Result};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};

use crate::wire::{self, Frame, Peer};

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
