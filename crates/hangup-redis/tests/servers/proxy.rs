//! `Proxy`: what stands between an engine and its server, and cuts or stalls.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    sync::watch,
    task::JoinSet,
};

/// What it does with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passing {
    /// Passes them on.
    All,
    /// Passes nothing on and keeps connections: a partition without a reset.
    Nothing,
    /// Cuts connections and refuses new ones.
    Cut,
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    passing: watch::Sender<Passing>,
    // Ends with the proxy.
    _tasks: Arc<Mutex<JoinSet<()>>>,
}

impl Proxy {
    pub(crate) async fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (passing, state) = watch::channel(Passing::All);
        let tasks = Arc::new(Mutex::new(JoinSet::new()));
        let spawned = Arc::clone(&tasks);
        tasks.lock().unwrap().spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *state.borrow() != Passing::Cut {
                    spawned.lock().unwrap().spawn(pass(client, server, state.clone()));
                }
            }
        });
        Self {
            port,
            passing,
            _tasks: tasks,
        }
    }

    pub(crate) fn set(&self, passing: Passing) {
        self.passing.send_replace(passing);
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }
}

async fn pass(client: TcpStream, server: u16, state: watch::Receiver<Passing>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else {
        return;
    };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let mut cut = state.clone();
    tokio::select! {
        _ = copy(from_client, to_server, state.clone()) => {}
        _ = copy(from_server, to_client, state) => {}
        _ = cut.wait_for(|passing| *passing == Passing::Cut) => {}
    }
}

async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<Passing>,
) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        // While nothing is passed on, what was read waits here.
        let _ = state.wait_for(|passing| *passing != Passing::Nothing).await;
        to.write_all(&buffer[..length]).await?;
    }
}
