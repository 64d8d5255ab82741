//! What outlives its connection: a handshake in another task, a sender whose runtime has ended.

use std::time::Duration;

use hangup::{App, Disconnect, Handshake, Refusal, Result, Sender, Settings, testing::TestClient};
use tokio::{
    runtime,
    sync::mpsc,
    time::{sleep, timeout},
};

use crate::wire::{self, Peer};

/// What `accept` says in another task when the endpoint has ended (or waits for that task) and the client is gone.
async fn accept_elsewhere(endpoint_waits: bool) -> Disconnect {
    let (tell, mut told) = mpsc::channel(1);
    let endpoint = move |handshake: Handshake| {
        let tell = tell.clone();
        async move {
            let task = tokio::spawn(async move {
                sleep(Duration::from_secs(2)).await;
                let _ = tell.send(handshake.accept().await.unwrap_err()).await;
            });
            if endpoint_waits {
                task.await?;
            }
            Result::<()>::Ok(())
        }
    };
    let app = App::new()
        .route("/ws", endpoint)
        .settings(Settings::new().refusal(Refusal::Http));
    let mut peer = Peer::new(TestClient::new(app).stream());
    peer.send(wire::handshake("/ws", "")).await;
    sleep(Duration::from_secs(1)).await;
    drop(peer);
    let said = timeout(Duration::from_secs(3600), told.recv()).await;
    said.expect("accept does not wait for ever").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_handshake_in_another_task_is_told_that_its_client_has_left() {
    assert_eq!(accept_elsewhere(true).await.code().get(), 1006);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_in_another_task_is_told_that_its_endpoint_was_refused() {
    assert_eq!(accept_elsewhere(false).await.code().get(), 1006);
}

#[test]
fn a_sender_whose_runtime_has_ended_is_closed() {
    let one = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (sender, _client) = one.block_on(async {
        let (hand_out, mut handed) = mpsc::unbounded_channel();
        let endpoint = move |handshake: Handshake| {
            let hand_out = hand_out.clone();
            async move {
                let mut socket = handshake.accept().await?;
                hand_out.send(socket.sender())?;
                socket.recv().await?;
                Result::<()>::Ok(())
            }
        };
        let client = TestClient::new(App::new().route("/ws", endpoint));
        let socket = client.connect("/ws").await.unwrap();
        let sender: Sender = handed.recv().await.unwrap();
        (sender, socket)
    });
    drop(one);
    assert!(sender.is_closed());
    let two = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    two.block_on(async {
        let draining = timeout(Duration::from_secs(10), sender.server_shutdown());
        assert!(draining.await.is_ok());
        let sent = timeout(Duration::from_secs(10), sender.send_text("anybody?"));
        assert_eq!(sent.await.unwrap().unwrap_err().code().get(), 1006);
    });
}
