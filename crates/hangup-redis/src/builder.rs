//! `Redis`: the engine, before and after its start.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::task::AbortHandle;

use crate::{options::RedisOptions, session::Shared};

/// Redis from 7.0 on, or Valkey, as the engine of a hub.
///
/// ```no_run
/// use std::time::Duration;
/// use hangup::Hub;
/// use hangup_redis::Redis;
///
/// # async fn example() -> hangup::Result {
/// let engine = Redis::new("redis://:password@redis.internal:6379/")
///     .prefix("chat")
///     .heartbeat(Duration::from_millis(500));
/// let hub = Hub::connect(engine).await?;
/// # Ok(())
/// # }
/// ```
///
/// Each node has two connections, one for commands and one for subscriptions. A command needs one round trip; what is published
/// is pushed. When either connection is lost, or does not answer a heartbeat, both are made anew, with jitter and for ever.
pub struct Redis {
    pub(crate) options: RedisOptions,
    pub(crate) started: Mutex<Option<Started>>,
}

/// What a started engine has.
pub(crate) struct Started {
    pub(crate) shared: Arc<Shared>,
    pub(crate) supervisor: AbortHandle,
}

impl Redis {
    /// The engine at this URL: `redis://[user][:password@]host[:port][/database]`, or with `rediss://` over TLS (feature `tls`).
    ///
    /// The URL is read when the hub connects; one that cannot be read fails `Hub::connect`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            options: RedisOptions::new(url.into()),
            started: Mutex::default(),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut RedisOptions)) -> Self {
        change(&mut self.options);
        self
    }

    /// What the names of channels and keys begin with. Services that share a server need prefixes of their own: pub/sub
    /// knows no databases. Default: `hangup`.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        self.with(|options| options.prefix = prefix.into())
    }

    /// How often both connections are asked whether they live, and the lease is renewed. Default: 1 s.
    #[must_use]
    pub fn heartbeat(self, heartbeat: Duration) -> Self {
        self.with(|options| options.heartbeat = heartbeat.max(Duration::from_millis(10)))
    }

    /// How long a command may take; then it has failed. Two heartbeats that fail one after the other
    /// end both connections. Default: 1 s.
    #[must_use]
    pub fn command_timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.command_timeout = timeout)
    }

    /// How long a try to connect may take. Default: 2 s.
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.connect_timeout = timeout)
    }

    /// The longest wait between two tries to connect. Waits begin at 50 ms and double; each is a random part of its bound, at least a half.
    /// Default: 2 s.
    #[must_use]
    pub fn longest_wait(self, wait: Duration) -> Self {
        self.with(|options| options.longest_wait = wait)
    }

    /// For how long a node counts as live without a heartbeat. A node that died is waited for by kicks until then; a node that is
    /// stopped and keeps its connection counts for as long as it does. Default: 10 s.
    #[must_use]
    pub fn lease(self, lease: Duration) -> Self {
        self.with(|options| options.lease = lease)
    }

    /// How many kicks the log holds. When it is full, the kick that would be forgotten first is forgotten early; a node that had not read it
    /// learns that its log is incomplete. A kick takes about 400 bytes. Default: 10,000.
    #[must_use]
    pub fn logged_kicks(self, kicks: usize) -> Self {
        self.with(|options| options.logged_kicks = kicks)
    }

    /// On how many replicas a kick must be before it counts as appended (`WAIT`), so that it survives a failover to one of them. Where they do
    /// not have it within half of [`command_timeout`](Self::command_timeout), the kick fails, though it is carried out by all nodes that
    /// receive it. Kicks have a connection of their own then. Default: 0.
    #[must_use]
    pub fn kick_replicas(self, replicas: u32) -> Self {
        self.with(|options| options.kick_replicas = replicas)
    }

    /// The certificates, in PEM, that the server's must be signed by, in place of the system's.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    #[must_use]
    pub fn root_certificates(self, pem: impl Into<Vec<u8>>) -> Self {
        self.with(|options| options.root_certificates = Some(pem.into()))
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let started = self.started.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(started) = started {
            started.supervisor.abort();
            started.shared.end();
        }
    }
}

/// Without the URL, which may hold a password.
impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("prefix", &self.options.prefix)
            .finish_non_exhaustive()
    }
}
