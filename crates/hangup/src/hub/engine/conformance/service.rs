//! `EngineService`: a service under test.

use std::future::Future;

use crate::hub::engine::contract::Engine;

/// A service under test, whose nodes are engines.
pub trait EngineService: Sync {
    /// The engine.
    type Engine: Engine;

    /// The engine of one more node, not started yet.
    fn engine(&self) -> impl Future<Output = Self::Engine> + Send;

    /// Makes the service unreachable for all its engines, for example by a proxy that cuts all connections.
    fn interrupt(&self) -> impl Future<Output = ()> + Send;

    /// Makes it reachable again, with its log of kicks.
    fn restore(&self) -> impl Future<Output = ()> + Send;
}
