//! A server that stops: every connection gets its Close, under `axum::serve` with `Drain` as under `App::serve`.

use std::{
    future::{Future, IntoFuture},
    io,
    net::SocketAddr,
    pin::Pin,
    time::Duration,
};

use axum::{Router, routing::get};
use hangup::{
    App, CloseCode, Drain, Handshake, Result,
    serve::{Drained, Serve},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::{sleep, timeout},
};

use crate::raw::{self, Client};

async fn listen(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        socket.recv().await?;
    }
}

/// Says goodbye when it is told that the server stops.
async fn say_goodbye(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    socket.server_shutdown().await;
    Ok(socket.send_text("goodbye").await?)
}

async fn accept_late(handshake: Handshake) -> Result {
    sleep(Duration::from_millis(200)).await;
    let mut socket = handshake.accept().await?;
    loop {
        socket.recv().await?;
    }
}

fn app() -> App {
    App::new()
        .route("/listen", listen)
        .route("/goodbye", say_goodbye)
        .route("/late", accept_late)
        .merge(Router::new().route("/", get(async || "up")))
}

type Running = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// A server of one of the two kinds, which stops when told so, and then says how its connections ended.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    drained: oneshot::Receiver<Drained>,
    running: tokio::task::JoinHandle<io::Result<()>>,
}

impl Server {
    async fn start(
        make: fn(TcpListener, oneshot::Receiver<()>, oneshot::Sender<Drained>) -> Running,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let (report, drained) = oneshot::channel();
        Self {
            address,
            stop,
            drained,
            running: tokio::spawn(make(listener, stopped, report)),
        }
    }

    async fn open(&self, path: &str) -> Client<TcpStream> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        Client::open(stream, path, "").await.ok().unwrap()
    }
}

fn under_axum(
    listener: TcpListener,
    stopped: oneshot::Receiver<()>,
    report: oneshot::Sender<Drained>,
) -> Running {
    let drain = Drain::new().timeout(Duration::from_secs(5));
    let router = app().into_router().layer(drain.clone());
    let serve = axum::serve(listener, router).with_graceful_shutdown(async move {
        let _ = stopped.await;
        let _ = report.send(drain.shut_down().await);
    });
    Box::pin(serve.into_future())
}

fn under_app(
    listener: TcpListener,
    stopped: oneshot::Receiver<()>,
    report: oneshot::Sender<Drained>,
) -> Running {
    let serve: Serve<'static> = app()
        .serve(listener)
        .with_graceful_shutdown(async move {
            let _ = stopped.await;
        })
        .shutdown_timeout(Duration::from_secs(5))
        .on_shutdown(move |drained| {
            let _ = report.send(drained);
        });
    Box::pin(serve.into_future())
}

/// What the clients of a server see that stops, and what the server says of it.
async fn seen(
    make: fn(TcpListener, oneshot::Receiver<()>, oneshot::Sender<Drained>) -> Running,
) -> Vec<String> {
    let mut seen = Vec::new();
    let server = Server::start(make).await;
    assert_eq!(raw::get(server.address, "/").await.body, "up");
    let mut listening = [server.open("/listen").await, server.open("/listen").await];
    let mut goodbye = server.open("/goodbye").await;
    let left = server.open("/listen").await;
    drop(left);
    let late = TcpStream::connect(server.address).await.unwrap();
    let late = tokio::spawn(Client::open(late, "/late", ""));
    sleep(Duration::from_millis(100)).await;

    server.stop.send(()).unwrap();
    for client in &mut listening {
        seen.push(format!("listen {:?}", client.close().await));
    }
    seen.push(format!("text {}", goodbye.text().await));
    seen.push(format!("goodbye {:?}", goodbye.close().await));
    match late.await.unwrap() {
        Ok(mut late) => seen.push(format!("late {:?}", late.close().await)),
        Err(status) => seen.push(format!("late HTTP {status}")),
    }
    let ended = timeout(Duration::from_secs(4), server.running).await;
    seen.push(format!(
        "{:?}",
        ended.map(|ended| ended.map(|ended| ended.is_ok()).ok()).ok()
    ));
    let Drained {
        closed, cut, aborted, ..
    } = server.drained.await.unwrap();
    seen.push(format!("closed {closed} cut {cut} aborted {aborted}"));
    seen
}

#[tokio::test]
async fn every_connection_gets_its_close_under_both_servers() {
    let expected = [
        "listen (1001, \"\")",
        "listen (1001, \"\")",
        "text goodbye",
        "goodbye (1000, \"\")",
        "late (1001, \"\")",
        "Some(Some(true))",
        "closed 4 cut 0 aborted 0",
    ];
    assert_eq!(seen(under_axum).await, expected);
    assert_eq!(seen(under_app).await, expected);
}

#[tokio::test]
async fn newcomers_are_refused_while_axum_goes_on_to_answer_http() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let drain = Drain::new()
        .notice(Duration::from_secs(1))
        .timeout(Duration::from_secs(5));
    let router = app().into_router().layer(drain.clone());
    let (stop, stopped) = oneshot::channel();
    let draining = drain.clone();
    let running = tokio::spawn(
        axum::serve(listener, router)
            .with_graceful_shutdown(async move {
                let _ = stopped.await;
                draining.shut_down().await;
            })
            .into_future(),
    );
    let connect = async || TcpStream::connect(address).await.unwrap();
    let mut open = Client::open(connect().await, "/goodbye", "").await.ok().unwrap();
    assert_eq!(drain.connections(), 1);
    stop.send(()).unwrap();
    assert_eq!(open.text().await, "goodbye");
    // The closing handshake of the first is not over yet, so the server goes on to wait.
    let mut late = Client::open(connect().await, "/listen", "").await.ok().unwrap();
    assert_eq!(late.close().await, (1012, "the server is stopping".to_owned()));
    assert_eq!(raw::get(address, "/").await.body, "up");
    assert_eq!(open.close().await.0, 1000);
    timeout(Duration::from_secs(4), running)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(drain.connections(), 0);
}

#[tokio::test]
async fn a_drain_within_a_drain_and_under_an_app_counts_for_each_and_once() {
    let (inner, outer) = (Drain::new(), Drain::new().code(CloseCode::SERVICE_RESTART));
    let router = app()
        .into_router()
        .layer(inner.clone())
        .layer(inner.clone())
        .layer(outer.clone())
        .layer(inner.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let (report, drained) = oneshot::channel();
    let serve = App::new()
        .merge(router)
        .serve(listener)
        .with_graceful_shutdown(async {
            let _ = stopped.await;
        });
    let serve = serve.on_shutdown(move |drained| report.send(drained).unwrap());
    let running = tokio::spawn(serve.into_future());
    let stream = TcpStream::connect(address).await.unwrap();
    let mut client = Client::open(stream, "/listen", "").await.ok().unwrap();
    assert_eq!((inner.connections(), outer.connections()), (1, 1));
    let (by_outer, close) = tokio::join!(outer.shut_down(), client.close());
    assert_eq!(close, (1012, "service restart".to_owned()));
    assert_eq!((by_outer.closed, inner.connections()), (1, 0));
    // One that the server closes is known to the layers too.
    let stream = TcpStream::connect(address).await.unwrap();
    let mut late = Client::open(stream, "/listen", "").await.ok().unwrap();
    assert_eq!(late.close().await.0, 1012);
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    let drained = drained.await.unwrap();
    assert_eq!((drained.cut, drained.aborted), (0, 0));
}

#[tokio::test]
async fn a_peer_that_does_not_answer_holds_up_a_drain_for_its_timeout_at_most() {
    let drain = Drain::new().timeout(Duration::from_millis(300));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = app().into_router().layer(drain.clone());
    tokio::spawn(axum::serve(listener, router).into_future());
    let stream = TcpStream::connect(address).await.unwrap();
    let mut mute = Client::open(stream, "/listen", "").await.ok().unwrap();
    let drained = timeout(Duration::from_secs(3), drain.shut_down()).await.unwrap();
    assert_eq!((drained.closed, drained.aborted), (0, 1));
    assert_eq!(mute.frame().await, (8, 1001_u16.to_be_bytes().to_vec()));
}
