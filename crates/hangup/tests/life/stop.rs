//! Graceful shutdown: every open connection is closed with 1001, within its deadline.

use std::{future::IntoFuture, io, net::SocketAddr, time::Duration};

use hangup::{App, CloseCode, Handshake, Result, Settings, serve::Serve};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, timeout},
};

use crate::{
    log::Log,
    wire::{self, Frame, Peer, handshake},
};

async fn listen(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        socket.recv().await?;
    }
}

/// A server that stops when it is told to.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<io::Result<()>>,
}

impl Server {
    pub(crate) async fn start(app: App, code: Option<CloseCode>) -> Self {
        Self::start_with(app, |serve| match code {
            Some(code) => serve.shutdown_code(code),
            None => serve,
        })
        .await
    }

    pub(crate) async fn start_with(app: App, set: impl FnOnce(Serve<'static>) -> Serve<'static>) -> Self {
        Self::with_settings(app, Settings::new(), set).await
    }

    pub(crate) async fn with_settings(
        app: App,
        settings: Settings,
        set: impl FnOnce(Serve<'static>) -> Serve<'static>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let settings = settings.close_timeout(Duration::from_millis(200));
        let serve = app.settings(settings).serve_on(listener);
        let serve = serve.with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let serve = set(serve.shutdown_timeout(Duration::from_secs(5)));
        Self {
            address,
            stop: Some(stop),
            running: tokio::spawn(serve.into_future()),
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }

    /// Waits until the server has ended.
    pub(crate) async fn ended(self) {
        timeout(Duration::from_secs(20), self.running)
            .await
            .expect("the server ends")
            .unwrap()
            .unwrap();
    }
}

#[tokio::test]
async fn a_server_that_stops_closes_every_connection_with_1001_and_waits_for_the_answers() {
    let log = Log::listen();
    let mut server = Server::start(App::new().route("/ws", listen), None).await;
    let mut first = Peer::open(server.connect().await, "/ws").await;
    let mut second = Peer::open(server.connect().await, "/ws").await;
    server.stop();
    for peer in [&mut first, &mut second] {
        assert_eq!(peer.frame().await, Frame::close(1001, ""));
        peer.send(wire::close(1001, "")).await;
        assert_eq!(peer.frames().await, []);
    }
    drop((first, second));
    server.ended().await;
    let events = log.connections();
    assert_eq!(events.len(), 2);
    for event in events {
        assert_eq!(
            event.line(&["code_sent", "initiator", "clean"]),
            "1001 local true"
        );
        assert_eq!(event.level, tracing::Level::INFO);
    }
}

#[tokio::test]
async fn a_server_that_starts_says_where_it_listens_and_on_which_routes() {
    let log = Log::listen();
    let inner = App::new().route("/b/{id}", listen);
    let app = App::new().route("/ws", listen).nest("/a", inner);
    let mut server = Server::start(app, None).await;
    let address = server.address.to_string();
    server.stop();
    server.ended().await;
    let events = log.all();
    let started: Vec<_> = events.iter().filter(|event| event.get("routes") != "-").collect();
    assert_eq!(started.len(), 1);
    assert_eq!(
        started[0].line(&["message", "address", "routes"]),
        format!("server started {address} /a/b/{{id}} /ws")
    );
    assert_eq!(started[0].level, tracing::Level::INFO);
}

#[tokio::test]
async fn the_code_of_a_stopping_server_may_be_set() {
    let app = App::new().route("/ws", listen);
    let mut server = Server::start(app, Some(CloseCode::SERVICE_RESTART)).await;
    let mut peer = Peer::open(server.connect().await, "/ws").await;
    server.stop();
    assert_eq!(peer.frame().await, Frame::close(1012, "service restart"));
}

#[tokio::test]
async fn a_peer_that_does_not_answer_does_not_hold_the_server() {
    let mut server = Server::start(App::new().route("/ws", listen), None).await;
    let mut peer = Peer::open(server.connect().await, "/ws").await;
    let begun = Instant::now();
    server.stop();
    assert_eq!(peer.frames().await, [Frame::close(1001, "")]);
    drop(peer);
    server.ended().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_stopping_server_takes_no_new_connection() {
    let mut server = Server::start(App::new().route("/ws", listen), None).await;
    let address = server.address;
    server.stop();
    server.ended().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn an_endpoint_that_accepts_while_the_server_stops_is_closed_at_once() {
    let (asked, mut asking) = mpsc::channel::<oneshot::Sender<()>>(1);
    let endpoint = move |handshake: Handshake| {
        let asked = asked.clone();
        async move {
            let (go, going) = oneshot::channel();
            asked.send(go).await?;
            going.await?;
            listen(handshake).await
        }
    };
    let mut server = Server::start(App::new().route("/ws", endpoint), None).await;
    let mut peer = Peer::new(server.connect().await);
    peer.send(handshake("/ws", "")).await;
    let go = asking.recv().await.unwrap();
    server.stop();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    go.send(()).unwrap();
    assert!(peer.head().await.starts_with("HTTP/1.1 101 "));
    assert_eq!(peer.frame().await, Frame::close(1001, ""));
    peer.send(wire::close(1001, "")).await;
    assert_eq!(peer.frames().await, []);
    drop(peer);
    server.ended().await;
}
