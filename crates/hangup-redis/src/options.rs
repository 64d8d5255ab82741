//! `RedisOptions`: the options of the engine, with their defaults.

use std::time::Duration;

use crate::keyspace::Keyspace;

/// See the methods of [`Redis`](crate::Redis).
#[derive(Clone)]
pub(crate) struct RedisOptions {
    pub(crate) url: String,
    pub(crate) prefix: String,
    pub(crate) heartbeat: Duration,
    pub(crate) command_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) longest_wait: Duration,
    pub(crate) lease: Duration,
    pub(crate) logged_kicks: usize,
    pub(crate) kick_replicas: u32,
    #[cfg(feature = "tls")]
    pub(crate) root_certificates: Option<Vec<u8>>,
}

impl RedisOptions {
    pub(crate) fn new(url: String) -> Self {
        Self {
            url,
            prefix: "hangup".to_owned(),
            heartbeat: Duration::from_secs(1),
            command_timeout: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(2),
            longest_wait: Duration::from_secs(2),
            lease: Duration::from_secs(10),
            logged_kicks: 10_000,
            kick_replicas: 0,
            #[cfg(feature = "tls")]
            root_certificates: None,
        }
    }

    pub(crate) fn keyspace(&self) -> Keyspace {
        Keyspace::new(&self.prefix)
    }
}
