//! The tasks of a hub with an engine: one takes the events, one keeps kicks and subscriptions as the engine has them.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use hangup_protocol::{Close, CloseCode};
use tokio::{
    select,
    task::AbortHandle,
    time::{Instant, sleep, sleep_until},
};

use super::{
    backoff::Backoff,
    engine::{EngineError, EngineEvent, EventReceiver, LoggedKick, Position, Publication},
    lane::send_to_all,
    member::remove_all,
    options::EngineLoss,
    readiness::ReadinessState,
    state::{Applied, HubState, Remote},
    tag::Tag,
    topic::{tag_of_topic, wait_for_lanes},
};
use crate::logged;

/// What this node has read of the log of kicks.
#[derive(Default)]
struct Reading(Mutex<ReadingState>);

#[derive(Clone, Copy, Default)]
struct ReadingState {
    last: Option<Position>,
    /// Whether kicks were missed since.
    has_gap: bool,
}

impl Reading {
    fn with<T>(&self, change: impl FnOnce(&mut ReadingState) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Ends the tasks when the hub is gone.
pub(super) struct Upkeep([AbortHandle; 2]);

impl Drop for Upkeep {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

impl Upkeep {
    pub(super) fn start(hub: &Arc<HubState>, events: EventReceiver) -> Self {
        let reading = Arc::new(Reading::default());
        let takes = take_events(Arc::downgrade(hub), events, Arc::clone(&reading));
        let keeps = keep(Arc::downgrade(hub), reading);
        Self([
            tokio::spawn(takes).abort_handle(),
            tokio::spawn(keeps).abort_handle(),
        ])
    }
}

async fn take_events(hub: Weak<HubState>, mut events: EventReceiver, reading: Arc<Reading>) {
    while let Some(event) = events.recv().await {
        let Some(hub) = hub.upgrade() else {
            return;
        };
        let Some(remote) = &hub.remote else {
            return;
        };
        match event {
            EngineEvent::Up => {
                tracing::info!(engine = remote.engine.name(), node = %logged::text(hub.node), "engine reached");
                remote.interest.lost();
                remote.readiness.recovering();
                remote.interest.wanted.notify_one();
            }
            EngineEvent::Down(reason) => {
                tracing::warn!(engine = remote.engine.name(), node = %logged::text(hub.node), reason = %logged::text(&reason), "engine lost");
                remote.readiness.down();
                remote.interest.wanted.notify_one();
            }
            EngineEvent::Kicked(logged) => {
                let has_gap = reading.with(|reading| {
                    let is_next = reading.last.is_none_or(|last| logged.position.follows(last));
                    match is_next {
                        true if reading.last.is_some() => reading.last = Some(logged.position),
                        true => {}
                        false => {
                            reading.has_gap |= reading.last.is_none_or(|last| {
                                last.epoch != logged.position.epoch || last.offset < logged.position.offset
                            })
                        }
                    }
                    reading.has_gap
                });
                apply(&hub, logged);
                if has_gap {
                    remote.interest.wanted.notify_one();
                }
            }
            EngineEvent::Reported(report) => remote.reports.add(report),
            EngineEvent::Lost(Some(topic)) => {
                if let Some(channel) = hub.channels.find(&topic) {
                    channel.lose();
                }
            }
            EngineEvent::Lost(None) => {
                for channel in hub.channels.all() {
                    channel.lose();
                }
            }
            EngineEvent::Published(publication) => deliver(&hub, &publication).await,
        }
        if events.take_dropped_kicks() {
            reading.with(|reading| reading.has_gap = true);
            remote.interest.wanted.notify_one();
        }
    }
}

async fn deliver(hub: &HubState, publication: &Publication) {
    if let Some(tag) = tag_of_topic(&publication.topic) {
        send_to_all(&hub.tags.with(&Tag::from_text(tag)), &publication.message);
    } else if let Some(channel) = hub.channels.find(&publication.topic) {
        // Without an end it cannot fail.
        let _ = wait_for_lanes(hub, &channel, None).await;
        channel.dispatch(publication, &hub.lanes);
    }
}

/// Stores a kick, looks through the connections, and has them closed.
fn apply(hub: &Arc<HubState>, logged: LoggedKick) {
    if logged.kick.id.node == hub.node {
        // It was applied before it was sent.
        return;
    }
    let members = match hub.apply(&logged.kick, logged.age) {
        Applied::Reaches(members) => members,
        Applied::Known => return,
        Applied::Full => {
            tracing::error!(
                tag = %logged::text(&logged.kick.tag),
                "a kick is carried out and not remembered: kicks_in_force are remembered already"
            );
            hub.tags.with(&logged.kick.tag)
        }
    };
    tokio::spawn(Arc::clone(hub).carry_out_remote(logged, members));
}

/// Brings kicks and subscriptions in line with the engine whenever something has changed.
async fn keep(hub: Weak<HubState>, reading: Arc<Reading>) {
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(5));
    let mut has_closed_tagged = false;
    loop {
        let Some(hub) = hub.upgrade() else {
            return;
        };
        let Some(remote) = &hub.remote else {
            return;
        };
        let state = remote.readiness.get();
        let deadline = match (state, hub.options.engine_loss) {
            (ReadinessState::Ready, _) => {
                has_closed_tagged = false;
                None
            }
            (
                ReadinessState::Down { since } | ReadinessState::Recovering { since },
                EngineLoss::CloseTagged(after),
            ) if !has_closed_tagged => Some(crate::settings::deadline_from(since, after)),
            _ => None,
        };
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            has_closed_tagged = true;
            close_tagged(&hub);
            continue;
        }
        let work = match state {
            ReadinessState::Down { .. } => None,
            ReadinessState::Recovering { .. } => Some(recover(&hub, remote, &reading).await),
            ReadinessState::Ready => Some(follow(&hub, remote, &reading).await),
        };
        if let Some(Err(error)) = &work {
            tracing::warn!(engine = remote.engine.name(), error = %logged::error(error), "the engine is out of step");
        }
        let (interest, is_again) = match work {
            None | Some(Ok(())) => {
                backoff.reset();
                (&remote.interest, false)
            }
            Some(Err(_)) => (&remote.interest, true),
        };
        let wait = backoff_wait(is_again, &mut backoff);
        select! {
            () = interest.wanted.notified(), if !is_again => {}
            () = sleep(wait.unwrap_or_default()), if wait.is_some() => {}
            () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {}
        }
    }
}

fn backoff_wait(is_again: bool, backoff: &mut Backoff) -> Option<Duration> {
    is_again.then(|| backoff.wait())
}

/// After an outage: kicks first, then subscriptions, then ready.
async fn recover(hub: &Arc<HubState>, remote: &Remote, reading: &Reading) -> Result<(), EngineError> {
    read_log(hub, remote, reading).await?;
    subscribe(hub, remote).await?;
    if matches!(remote.readiness.get(), ReadinessState::Recovering { .. }) {
        remote.readiness.ready();
        tracing::info!(engine = remote.engine.name(), node = %logged::text(hub.node), "hub ready");
    }
    Ok(())
}

/// While all is well: what has changed.
async fn follow(hub: &Arc<HubState>, remote: &Remote, reading: &Reading) -> Result<(), EngineError> {
    if reading.with(|reading| reading.has_gap) {
        read_log(hub, remote, reading).await?;
    }
    subscribe(hub, remote).await
}

/// Reads the log of kicks behind what was read.
async fn read_log(hub: &Arc<HubState>, remote: &Remote, reading: &Reading) -> Result<(), EngineError> {
    let from = reading.with(|reading| {
        reading.has_gap = false;
        reading.last
    });
    let log = match hub.timed(remote.engine.kicks_after(from)).await {
        Ok(log) => log,
        Err(error) => {
            reading.with(|reading| reading.has_gap = true);
            return Err(error);
        }
    };
    if log.is_incomplete {
        tracing::warn!(
            engine = remote.engine.name(),
            "the log of kicks is incomplete: a kick of the time without the engine may be lost"
        );
        if matches!(hub.options.engine_loss, EngineLoss::CloseTagged(_)) {
            close_tagged(hub);
        }
    }
    for logged in log.kicks {
        apply(hub, logged);
    }
    // An empty log has a place too: what comes next follows it.
    reading.with(|reading| reading.last = log.last.or(reading.last));
    Ok(())
}

/// Subscribes and unsubscribes in batches until nothing is to be done.
async fn subscribe(hub: &Arc<HubState>, remote: &Remote) -> Result<(), EngineError> {
    loop {
        let changes = remote.interest.changes();
        if changes.subscribe.is_empty() && changes.unsubscribe.is_empty() {
            return Ok(());
        }
        if !changes.unsubscribe.is_empty() {
            let unsubscribed = hub.timed(remote.engine.unsubscribe(&changes.unsubscribe)).await;
            if let Err(error) = unsubscribed {
                // What still comes is discarded.
                tracing::debug!(engine = remote.engine.name(), error = %logged::error(&error), "topics were not unsubscribed");
            }
        }
        if !changes.subscribe.is_empty() {
            let subscribed = hub.timed(remote.engine.subscribe(&changes.subscribe)).await;
            match subscribed {
                Ok(()) => remote.interest.subscribed(&changes.subscribe, None),
                Err(error) => {
                    let error = Arc::new(error);
                    remote.interest.subscribed(&changes.subscribe, Some(&error));
                    return Err(EngineError::caused_by("topics were not subscribed", error));
                }
            }
        }
    }
}

/// The engine has been out of reach for too long: a kick may have been missed.
fn close_tagged(hub: &Arc<HubState>) {
    const WITHIN: Duration = Duration::from_secs(1);
    let members = hub.tags.all();
    tokio::spawn(async move {
        let close = Close::from_static(CloseCode::TRY_AGAIN_LATER, "try again later");
        remove_all(members, &close, WITHIN).await;
    });
}
