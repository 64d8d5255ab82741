//! `Interest`: to which topics this node is to be subscribed at its engine, by reference counts.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::Notify,
    time::{Duration, timeout},
};

use super::engine::EngineError;

/// How many topics one command names at most.
pub(super) const BATCH: usize = 256;

/// The topics that somebody on this node listens to, and those to which the engine has subscribed.
///
/// One task brings the engine in line with it, so that a storm of subscribers costs few commands.
#[derive(Default)]
pub(super) struct Interest {
    topics: Mutex<HashMap<Arc<str>, Wanted>>,
    /// The task has something to do.
    pub(super) wanted: Notify,
    /// It has done something.
    done: Notify,
}

#[derive(Default)]
struct Wanted {
    by: usize,
    is_subscribed: bool,
    /// Why the last try failed, for those who wait.
    failure: Option<Arc<EngineError>>,
}

/// What is to be done next.
pub(super) struct Changes {
    pub(super) subscribe: Vec<Arc<str>>,
    pub(super) unsubscribe: Vec<Arc<str>>,
}

impl Interest {
    fn topics(&self) -> MutexGuard<'_, HashMap<Arc<str>, Wanted>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more subscriber on this node.
    pub(super) fn add(&self, topic: &Arc<str>) {
        let is_subscribed = {
            let mut topics = self.topics();
            let wanted = topics.entry(Arc::clone(topic)).or_default();
            wanted.by += 1;
            wanted.is_subscribed
        };
        if !is_subscribed {
            self.wanted.notify_one();
        }
    }

    /// Waits until the engine has subscribed to a topic.
    pub(super) async fn subscription(
        &self,
        topic: &Arc<str>,
        within: Duration,
    ) -> Result<(), Arc<EngineError>> {
        let subscribed = async {
            loop {
                let mut done = std::pin::pin!(self.done.notified());
                done.as_mut().enable();
                if self.topics().get(topic).is_none_or(|wanted| wanted.is_subscribed) {
                    return;
                }
                done.await;
            }
        };
        if timeout(within, subscribed).await.is_ok() {
            return Ok(());
        }
        let failure = self.topics().get(topic).and_then(|wanted| wanted.failure.clone());
        Err(failure.unwrap_or_else(|| Arc::new(EngineError::new("not subscribed within engine_timeout"))))
    }

    /// One subscriber less.
    pub(super) fn remove(&self, topic: &Arc<str>) {
        {
            let mut topics = self.topics();
            if let Some(wanted) = topics.get_mut(topic) {
                wanted.by = wanted.by.saturating_sub(1);
                if wanted.by > 0 {
                    return;
                }
                if !wanted.is_subscribed {
                    topics.remove(topic);
                    return;
                }
            }
        }
        self.wanted.notify_one();
    }

    /// Some of what is to be done. Topics that are to be unsubscribed count as unsubscribed from now on, so that whoever comes
    /// meanwhile waits for a new subscription.
    pub(super) fn changes(&self) -> Changes {
        let mut topics = self.topics();
        let some = |is_due: fn(&Wanted) -> bool| -> Vec<Arc<str>> {
            let due = topics.iter().filter(|(_, wanted)| is_due(wanted));
            due.take(BATCH).map(|(topic, _)| Arc::clone(topic)).collect()
        };
        let subscribe = some(|wanted| wanted.by > 0 && !wanted.is_subscribed);
        let unsubscribe = some(|wanted| wanted.by == 0 && wanted.is_subscribed);
        for topic in &unsubscribe {
            topics.remove(topic);
        }
        Changes {
            subscribe,
            unsubscribe,
        }
    }

    /// The engine has subscribed to these topics, or has failed to.
    pub(super) fn subscribed(&self, topics: &[Arc<str>], failure: Option<&Arc<EngineError>>) {
        {
            let mut all = self.topics();
            for topic in topics {
                if let Some(wanted) = all.get_mut(topic) {
                    wanted.is_subscribed = failure.is_none();
                    wanted.failure = failure.cloned();
                } else if failure.is_none() {
                    // Nobody wants it any more: it is to be unsubscribed.
                    all.insert(
                        Arc::clone(topic),
                        Wanted {
                            is_subscribed: true,
                            ..Wanted::default()
                        },
                    );
                }
            }
        }
        self.done.notify_waiters();
    }

    /// The engine has lost all subscriptions.
    pub(super) fn lost(&self) {
        let mut all = self.topics();
        all.retain(|_, wanted| {
            wanted.is_subscribed = false;
            wanted.by > 0
        });
    }
}
