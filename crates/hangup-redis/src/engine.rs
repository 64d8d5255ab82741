//! `Engine` for `Redis`.

use std::sync::{Arc, PoisonError};

use hangup::{
    Message,
    hub::{Engine, EngineError, EventSender, Kick, KickLog, KickReport, Node, Position},
};

use crate::{
    builder::{Redis, Started},
    failure::failed,
    kick_log::{append_kick, read_kicks, wait_for_replicas},
    leases::{end_lease, live_nodes},
    payload::to_payload,
    session::Shared,
    supervisor::supervise,
};

impl Redis {
    fn shared(&self) -> Result<Arc<Shared>, EngineError> {
        let started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = started.as_ref().map(|started| Arc::clone(&started.shared));
        shared.ok_or_else(|| EngineError::new("the engine is not started, or has stopped"))
    }

    /// Publishes on a channel.
    async fn publish_on(&self, channel: String, payload: Vec<u8>) -> Result<(), EngineError> {
        let mut session = self.shared()?.session()?;
        let mut command = redis::cmd("PUBLISH");
        command.arg(channel).arg(payload);
        let published = command.query_async(&mut session.commands).await;
        published.map_err(|error| failed("not published", error))
    }
}

impl Engine for Redis {
    fn name(&self) -> &'static str {
        "redis"
    }

    async fn start(&self, node: Node, events: EventSender) -> Result<(), EngineError> {
        let shared = Arc::new(Shared::new(self.options.clone(), node, events)?);
        let supervisor = tokio::spawn(supervise(Arc::clone(&shared))).abort_handle();
        let started = Started { shared, supervisor };
        let before = self
            .started
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(started);
        if let Some(before) = before {
            before.supervisor.abort();
        }
        Ok(())
    }

    async fn publish(&self, topic: &str, message: &Message) -> Result<Position, EngineError> {
        let channel = self.shared()?.intake.keyspace.topic_channel(topic);
        self.publish_on(channel, to_payload(message)).await?;
        Ok(Position::default())
    }

    async fn subscribe(&self, topics: &[Arc<str>]) -> Result<(), EngineError> {
        let shared = self.shared()?;
        let mut session = shared.session()?;
        if topics.is_empty() {
            return Ok(());
        }
        let subscribed = session
            .subscriptions
            .subscribe(shared.intake.keyspace.topic_channels(topics));
        subscribed.await.map_err(|error| failed("not subscribed", error))
    }

    async fn unsubscribe(&self, topics: &[Arc<str>]) -> Result<(), EngineError> {
        let shared = self.shared()?;
        let mut session = shared.session()?;
        if topics.is_empty() {
            return Ok(());
        }
        let unsubscribed = session
            .subscriptions
            .unsubscribe(shared.intake.keyspace.topic_channels(topics));
        unsubscribed
            .await
            .map_err(|error| failed("not unsubscribed", error))
    }

    async fn append_kick(&self, kick: &Kick) -> Result<Position, EngineError> {
        let shared = self.shared()?;
        let mut session = shared.session()?;
        let options = &shared.options;
        let keyspace = &shared.intake.keyspace;
        let position = append_kick(&mut session.kicks, keyspace, kick, options.logged_kicks).await?;
        shared.intake.seen.add(position, kick.id);
        if options.kick_replicas > 0 {
            let within = options.command_timeout / 2;
            wait_for_replicas(&mut session.kicks, options.kick_replicas, within).await?;
        }
        Ok(position)
    }

    async fn kicks_after(&self, position: Option<Position>) -> Result<KickLog, EngineError> {
        let shared = self.shared()?;
        let mut session = shared.session()?;
        read_kicks(
            &mut session.commands,
            &shared.intake.keyspace,
            position,
            &shared.intake.seen,
        )
        .await
    }

    async fn report_kick(&self, report: &KickReport) -> Result<(), EngineError> {
        let channel = self.shared()?.intake.keyspace.node_channel(report.kick.node);
        self.publish_on(channel, report.to_bytes()).await
    }

    async fn nodes(&self) -> Result<Vec<Node>, EngineError> {
        let shared = self.shared()?;
        let mut session = shared.session()?;
        live_nodes(&mut session.commands, &shared.intake.keyspace).await
    }

    async fn stop(&self) {
        let started = self.started.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(started) = started else {
            return;
        };
        started.supervisor.abort();
        if let Some(mut session) = started.shared.end() {
            let ended = end_lease(
                &mut session.commands,
                &started.shared.intake.keyspace,
                started.shared.node,
            );
            if let Err(error) = ended.await {
                tracing::debug!(engine = "redis", %error, "the lease ends by itself");
            }
        }
    }
}
