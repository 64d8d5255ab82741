//! `Session`: the two connections to the server, from their beginning to their end.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hangup::hub::{EngineError, EventSender, Node};
use redis::{
    AsyncConnectionConfig, Client, IntoConnectionInfo, ProtocolVersion, PushInfo, PushKind, RedisError,
    aio::MultiplexedConnection,
};
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

use crate::{
    clock::ServerClock,
    failure::failed,
    leases::renew_lease,
    options::RedisOptions,
    pushes::{Intake, take_push},
    seen::SeenKicks,
};

/// What the engine and its tasks share.
pub(crate) struct Shared {
    pub(crate) options: RedisOptions,
    pub(crate) client: Client,
    pub(crate) node: Node,
    pub(crate) intake: Arc<Intake>,
    session: Mutex<Option<Session>>,
}

/// Two connections, or three, that live and end together.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) commands: MultiplexedConnection,
    pub(crate) subscriptions: MultiplexedConnection,
    /// That of the commands, unless kicks wait for replicas: `WAIT` would hold up the others.
    pub(crate) kicks: MultiplexedConnection,
    life: Arc<SessionLife>,
}

/// Whether a session lives.
#[derive(Default)]
struct SessionLife {
    is_over: AtomicBool,
    has_ended: Notify,
}

impl SessionLife {
    fn end(&self) {
        self.is_over.store(true, Ordering::Release);
        self.has_ended.notify_one();
    }
}

impl Shared {
    pub(crate) fn new(options: RedisOptions, node: Node, events: EventSender) -> Result<Self, EngineError> {
        Ok(Self {
            client: client(&options)?,
            intake: Arc::new(Intake {
                keyspace: options.keyspace(),
                events,
                clock: ServerClock::default(),
                seen: SeenKicks::default(),
            }),
            options,
            node,
            session: Mutex::default(),
        })
    }

    fn current(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, for one command.
    pub(crate) fn session(&self) -> Result<Session, EngineError> {
        let session = self.current().clone();
        session.ok_or_else(|| EngineError::new("the server is out of reach"))
    }

    pub(crate) fn begin(&self, session: &Session) {
        *self.current() = Some(session.clone());
    }

    /// Ends the session: what its connections still bring is dropped.
    pub(crate) fn end(&self) -> Option<Session> {
        let session = self.current().take();
        if let Some(session) = &session {
            session.life.end();
        }
        session
    }

    /// Connects, subscribes to the kicks and to the reports for this node, and takes the lease.
    pub(crate) async fn connect(&self) -> Result<Session, EngineError> {
        let connecting = self.connect_both();
        match timeout(self.options.connect_timeout, connecting).await {
            Ok(connected) => connected,
            Err(_) => Err(EngineError::new("no connection within connect_timeout")),
        }
    }

    async fn connect_both(&self) -> Result<Session, EngineError> {
        let life = Arc::new(SessionLife::default());
        let config = || {
            let lost = Arc::clone(&life);
            let intake = Arc::clone(&self.intake);
            AsyncConnectionConfig::new()
                .set_connection_timeout(None)
                .set_response_timeout(Some(self.options.command_timeout))
                .set_pipeline_buffer_size(PIPELINE)
                .set_push_sender(move |push: PushInfo| {
                    if push.kind == PushKind::Disconnection {
                        lost.end();
                    } else if !lost.is_over.load(Ordering::Acquire) {
                        take_push(&intake, push);
                    }
                    Ok::<(), ()>(())
                })
        };
        let connect = async |config| {
            let connected = self.client.get_multiplexed_async_connection_with_config(&config);
            connected.await.map_err(|error| failed("no connection", error))
        };
        let (commands, subscriptions) = tokio::try_join!(connect(config()), connect(config()))?;
        let kicks = match self.options.kick_replicas {
            0 => commands.clone(),
            _ => connect(config()).await?,
        };
        let mut session = Session {
            commands,
            subscriptions,
            kicks,
            life,
        };
        let own = [
            self.intake.keyspace.kicks.clone(),
            self.intake.keyspace.node_channel(self.node),
        ];
        let subscribed = session.subscriptions.subscribe(&own[..]).await;
        subscribed.map_err(|error| failed("not subscribed", error))?;
        self.renew(&mut session).await?;
        Ok(session)
    }

    async fn renew(&self, session: &mut Session) -> Result<(), EngineError> {
        let asked = Instant::now();
        let lease = self.options.lease;
        let server = renew_lease(&mut session.commands, &self.intake.keyspace, self.node, lease).await?;
        self.intake.clock.set(asked, server);
        Ok(())
    }

    /// Waits until the session has ended: why.
    pub(crate) async fn watch(&self, session: &mut Session) -> EngineError {
        let life = Arc::clone(&session.life);
        let beat = async {
            loop {
                tokio::time::sleep(self.options.heartbeat).await;
                if self.intake.events.is_closed() {
                    return EngineError::new("the hub is gone");
                }
                if self.beat(session).await.is_err() {
                    // One answer may be late where a machine is busy.
                    if let Err(error) = self.beat(session).await {
                        return error;
                    }
                }
            }
        };
        tokio::select! {
            error = beat => error,
            () = life.has_ended.notified() => EngineError::new("the server has closed the connection"),
        }
    }

    async fn beat(&self, session: &mut Session) -> Result<(), EngineError> {
        let mut subscriptions = session.subscriptions.clone();
        let ping = async {
            let answer: Result<String, RedisError> = redis::cmd("PING").query_async(&mut subscriptions).await;
            answer.map_err(|error| failed("no answer to a heartbeat", error))
        };
        tokio::try_join!(ping, self.renew(session)).map(|_| ())
    }
}

/// How many commands may wait to be written; more wait before that.
const PIPELINE: usize = 256;

fn client(options: &RedisOptions) -> Result<Client, EngineError> {
    // The error may repeat the URL, which may hold a password.
    let unreadable = |_| EngineError::new("the URL of the server cannot be read");
    let info = options.url.as_str().into_connection_info().map_err(unreadable)?;
    let settings = info.redis_settings().clone();
    let info = info.set_redis_settings(
        settings
            .set_protocol(ProtocolVersion::RESP3)
            // One command less that its user must be allowed.
            .set_skip_set_lib_name(),
    );
    #[cfg(feature = "tls")]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // The client takes the provider of the process and panics where the tree has several. Another thread may install one first.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    #[cfg(feature = "tls")]
    if let Some(roots) = &options.root_certificates {
        let certificates = redis::TlsCertificates {
            client_tls: None,
            root_cert: Some(roots.clone()),
        };
        let built = Client::build_with_tls(info, certificates);
        return built.map_err(|error| failed("the root certificates cannot be used", error));
    }
    Client::open(info).map_err(|error| failed("the URL of the server cannot be used", error))
}

/// The wait before the first try to connect again.
pub(crate) const FIRST_WAIT: Duration = Duration::from_millis(50);
