//! The log of a test: every event of its thread, and the one event of a connection among them.

use std::{
    collections::BTreeMap,
    fmt::{self, Debug},
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use tracing::{
    Dispatch, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::DefaultGuard,
};

/// Longer than all deadlines of a connection together.
const LONG: Duration = Duration::from_secs(600);

#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) level: Level,
    pub(crate) target: String,
    fields: BTreeMap<&'static str, String>,
}

impl Event {
    /// What a field says; `-` if it is not there.
    pub(crate) fn get(&self, field: &str) -> &str {
        self.fields.get(field).map_or("-", String::as_str)
    }

    /// The fields with these names, in one line.
    pub(crate) fn line(&self, fields: &[&str]) -> String {
        fields
            .iter()
            .map(|field| self.get(field))
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.fields.keys().copied().collect()
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.level, self.target, self.fields)
    }
}

/// Listens to the log of this thread until it is dropped.
pub(crate) struct Log {
    events: Arc<Mutex<Vec<Event>>>,
    _listening: DefaultGuard,
}

impl Log {
    pub(crate) fn listen() -> Self {
        // With a single listener tracing asks the thread that meets a call site first whether anybody listens,
        // and that may be another one. These two see to it that there is never a single one.
        static OTHERS: OnceLock<[Dispatch; 2]> = OnceLock::new();
        OTHERS.get_or_init(|| {
            let other = || {
                Dispatch::new(Listener {
                    events: Arc::default(),
                })
            };
            [other(), other()]
        });
        let events = Arc::default();
        let listener = Listener {
            events: Arc::clone(&events),
        };
        Self {
            events,
            _listening: tracing::subscriber::set_default(listener),
        }
    }

    pub(crate) fn all(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// The events of connections so far.
    pub(crate) fn connections(&self) -> Vec<Event> {
        let mut events = self.all();
        events.retain(|event| event.target == "hangup::connection");
        events
    }

    /// The only event of a connection, once everything has come to rest. Time must be paused.
    pub(crate) async fn connection(&self) -> Event {
        tokio::time::sleep(LONG).await;
        self.only()
    }

    /// The only event of a connection, as soon as it is there, where time is not paused.
    pub(crate) async fn ended(&self) -> Event {
        let waiting = async {
            while self.connections().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(20), waiting)
            .await
            .is_err()
        {
            panic!("the connection has not ended");
        }
        self.only()
    }

    /// The only event of a connection so far.
    pub(crate) fn only(&self) -> Event {
        match self.connections().as_slice() {
            [event] => event.clone(),
            events => {
                let events: Vec<_> = events.iter().map(ToString::to_string).collect();
                panic!("a connection has one event, not {}: {events:#?}", events.len())
            }
        }
    }
}

struct Listener {
    events: Arc<Mutex<Vec<Event>>>,
}

struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields(BTreeMap::new());
        event.record(&mut fields);
        self.events.lock().unwrap().push(Event {
            level: *event.metadata().level(),
            target: event.metadata().target().to_owned(),
            fields: fields.0,
        });
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
