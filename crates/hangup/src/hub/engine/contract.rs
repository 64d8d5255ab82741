//! `Engine`: what connects the nodes of a hub.

use std::{future::Future, sync::Arc};

use super::{
    failure::EngineError,
    node::Node,
    position::Position,
    queue::EventSender,
    record::{Kick, KickLog, KickReport},
};
use crate::socket::Message;

/// What connects the nodes of a hub: a publish/subscribe service with a log of kicks.
///
/// An engine moves messages and kicks between nodes and knows which nodes are live. All else is the hub's: reference
/// counts, fan-out, the look through the connections, timeouts, the order of a recovery. An engine never waits for the
/// hub: [`EventSender`] takes every event at once and is bounded.
///
/// | the engine | the hub |
/// |---|---|
/// | reconnects for ever, with jitter, and sends [`Down`](crate::hub::EngineEvent::Down) and [`Up`](crate::hub::EngineEvent::Up) | at each `Up` reads the log of kicks, then subscribes to all its topics, then is ready |
/// | fails calls while it is down; queues none of them | gives each call [`HubOptions::engine_timeout`](crate::hub::HubOptions::engine_timeout), then drops its future |
/// | gives each publication and each kick a [`Position`] | notices gaps in the log of kicks, and reads it again |
/// | may deliver a kick or a report twice | knows kicks by their [`KickId`](crate::hub::KickId) |
///
/// The methods may be called at the same time by several tasks. Their futures may be dropped before they are ready;
/// what was asked may have happened then, or not.
///
/// # Order
///
/// What one node publishes to one topic, one publish awaited after the other, is delivered to each node in that order. An engine
/// that gives positions delivers to all nodes in the order of the positions.
///
/// # Checking an engine
///
/// [`conformance`](crate::hub::conformance) checks the promises of this trait against any engine.
pub trait Engine: Send + Sync + 'static {
    /// Its name for the log and for metrics, such as `redis`.
    fn name(&self) -> &'static str;

    /// Starts to connect as this node, and from then on sends what happens to `events`.
    ///
    /// It is called once, before any other method. It does not wait for the service: `Up` says when that is reached. A node is
    /// live, by a lease that the engine renews, from the first `Up` on until [`stop`](Self::stop).
    ///
    /// # Errors
    ///
    /// Only what trying again cannot cure, such as an address that cannot be parsed.
    fn start(&self, node: Node, events: EventSender) -> impl Future<Output = Result<(), EngineError>> + Send;

    /// Publishes a message on all nodes that have subscribed to the topic. This node is one of them, and receives it as
    /// an [`EngineEvent::Published`](crate::hub::EngineEvent::Published) like the others.
    ///
    /// # Errors
    ///
    /// The service has not taken it, or it is not known whether it has.
    fn publish(
        &self,
        topic: &str,
        message: &Message,
    ) -> impl Future<Output = Result<Position, EngineError>> + Send;

    /// Subscribes this node to topics. Once it is ready, everything that is published later is delivered to this node. The hub
    /// calls it once for each topic of which the first subscriber has come, and with all topics after an `Up`, also with
    /// those to which the engine is subscribed already.
    ///
    /// # Errors
    ///
    /// The node may be subscribed to none, some or all of them.
    fn subscribe(&self, topics: &[Arc<str>]) -> impl Future<Output = Result<(), EngineError>> + Send;

    /// Ends subscriptions of this node: the last subscriber of each topic has gone.
    ///
    /// # Errors
    ///
    /// The hub discards what is delivered after that.
    fn unsubscribe(&self, topics: &[Arc<str>]) -> impl Future<Output = Result<(), EngineError>> + Send;

    /// Appends a kick to the log, and sends [`Kicked`](crate::hub::EngineEvent::Kicked) to all nodes, this one among them. The log keeps
    /// it for the larger of `kick.block` and `kick.kept`.
    ///
    /// # Errors
    ///
    /// The kick is not in the log, or it is not known whether it is.
    fn append_kick(&self, kick: &Kick) -> impl Future<Output = Result<Position, EngineError>> + Send;

    /// The kicks of the log behind that position in their order, or all that it holds.
    ///
    /// # Errors
    ///
    /// The log could not be read.
    fn kicks_after(
        &self,
        position: Option<Position>,
    ) -> impl Future<Output = Result<KickLog, EngineError>> + Send;

    /// Tells the node that has kicked how the kick went on this node: it is sent [`Reported`](crate::hub::EngineEvent::Reported). Reports
    /// may be lost.
    ///
    /// # Errors
    ///
    /// The report is not on its way.
    fn report_kick(&self, report: &KickReport) -> impl Future<Output = Result<(), EngineError>> + Send;

    /// The nodes whose lease holds, this one among them. A node that has died stays here until its lease ends; leases last for a
    /// few seconds.
    ///
    /// # Errors
    ///
    /// The service could not be asked.
    fn nodes(&self) -> impl Future<Output = Result<Vec<Node>, EngineError>> + Send;

    /// Ends the lease and the connection to the service. Other methods fail afterwards.
    fn stop(&self) -> impl Future<Output = ()> + Send;
}
