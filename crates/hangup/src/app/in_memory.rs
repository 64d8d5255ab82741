//! A server without a port: the test client's.

use std::{fmt, future::pending, sync::Arc, time::Duration};

use tokio::{io::DuplexStream, sync::watch};

use super::{Served, http::Http, shutdown::ShutdownOptions, stage::Stage};
use crate::{
    connections::{Connections, Drained},
    handshake::HttpLimits,
};

/// Serves connections in memory; clones are one server.
#[derive(Clone)]
pub(crate) struct InMemoryServer {
    connections: Arc<Connections>,
    stage: Arc<watch::Sender<Stage>>,
}

impl InMemoryServer {
    pub(crate) fn new() -> Self {
        Self {
            connections: Arc::default(),
            stage: Arc::new(watch::channel(Stage::Serving).0),
        }
    }

    /// Serves one HTTP connection. One that comes when the server has stopped is answered, but its handshakes are
    /// refused.
    pub(crate) fn serve(&self, served: Served, stream: DuplexStream) {
        let stage = if *self.stage.borrow() == Stage::Serving {
            self.stage.subscribe()
        } else {
            watch::channel(Stage::Serving).1
        };
        let http = Http {
            peer: served.peer(),
            limits: HttpLimits {
                max_head_size: served.max_head_size(),
                ..HttpLimits::default()
            },
            served: served.with_connections(Arc::clone(&self.connections)),
            stage,
            slots: Vec::new(),
        };
        tokio::spawn(http.serve(stream));
    }

    /// Stops as [`App::serve`](crate::App::serve) does, with its defaults.
    pub(crate) async fn shut_down(&self) -> Drained {
        let no_newcomers = async {
            self.stage.send_replace(Stage::ShuttingDown);
            self.stage.closed().await;
        };
        let aborting = || {
            self.stage.send_replace(Stage::Aborting);
        };
        ShutdownOptions::default()
            .run(
                &self.connections,
                Duration::ZERO,
                no_newcomers,
                pending(),
                aborting,
            )
            .await
    }
}

impl fmt::Debug for InMemoryServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.connections.fmt(f)
    }
}
