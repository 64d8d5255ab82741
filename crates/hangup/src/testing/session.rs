//! `Session`: what the requests of a test client share, and how they are exchanged.

use std::{
    sync::{Arc, Mutex as SyncMutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::join_all;
use http::HeaderMap;
use tokio::{io::DuplexStream, sync::Mutex, time::timeout};

use super::{
    client_side::ClientSide,
    cookies::CookieJar,
    http::{self as http1, HttpResponse, Requested},
};
use crate::{
    app::{InMemoryServer, Served},
    connections::Drained,
    lifecycle::Witness,
};

/// How many bytes are on their way between client and server at the most.
const PIPE: usize = 64 * 1024;

/// What the requests of a client and its clones share.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) app: Served,
    pub(super) headers: HeaderMap,
    pub(super) cookies: CookieJar,
    pub(super) time_limit: Duration,
    server: InMemoryServer,
    open: Arc<SyncMutex<Vec<Weak<Mutex<ClientSide>>>>>,
}

/// A connection on which a request was sent.
pub(super) struct Opened {
    pub(super) stream: DuplexStream,
    pub(super) witness: Witness,
}

impl Session {
    pub(super) fn new(app: Served) -> Self {
        Self {
            app,
            headers: HeaderMap::new(),
            cookies: CookieJar::default(),
            time_limit: Duration::from_secs(5),
            server: InMemoryServer::new(),
            open: Arc::default(),
        }
    }

    /// Stops the server, and reads from the open sockets meanwhile.
    pub(super) async fn shut_down(&self) -> Drained {
        let reading = async {
            loop {
                let open: Vec<_> = self.open().iter().filter_map(Weak::upgrade).collect();
                let turns = open.iter().map(async |side| side.lock().await.read_ahead().await);
                join_all(turns).await;
                drop(open);
                // Whoever receives in another task has its turn; later handshakes may have been accepted.
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            biased;
            drained = self.server.shut_down() => drained,
            () = reading => unreachable!("it reads until the server has stopped"),
        }
    }

    pub(super) fn open_stream(&self) -> Opened {
        let (client, server) = tokio::io::duplex(PIPE);
        let witness = Witness::default();
        self.server
            .serve(self.app.clone().witnessed_by(witness.clone()), server);
        Opened {
            stream: client,
            witness,
        }
    }

    /// Sends a request on a connection of its own, and reads the response.
    pub(super) async fn exchange(
        &self,
        requested: &Requested<'_>,
    ) -> Result<(Opened, HttpResponse, Bytes), String> {
        let mut opened = self.open_stream();
        let answered = timeout(self.time_limit, http1::exchange(&mut opened.stream, requested)).await;
        let (response, read_ahead) = match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(format!("no HTTP response to {requested} ({error})")),
            Err(_) => {
                return Err(format!(
                    "no HTTP response to {requested} within {:?}",
                    self.time_limit
                ));
            }
        };
        self.cookies.store(requested.target, response.headers());
        let response = response.with_server_error(opened.witness.known());
        Ok((opened, response, read_ahead))
    }

    /// Remembers a socket, which is read from when the server stops.
    pub(super) fn note_open(&self, side: &Arc<Mutex<ClientSide>>) {
        let mut open = self.open();
        open.retain(|side| side.strong_count() > 0);
        open.push(Arc::downgrade(side));
    }

    fn open(&self) -> MutexGuard<'_, Vec<Weak<Mutex<ClientSide>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
