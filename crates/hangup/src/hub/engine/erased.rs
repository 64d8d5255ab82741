//! `ErasedEngine`: any engine behind a pointer, with futures in boxes.

use std::{future::Future, pin::Pin, sync::Arc};

use super::{Engine, EngineError, EventSender, Kick, KickLog, KickReport, Node, Position};
use crate::socket::Message;

type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, EngineError>> + Send + 'a>>;

/// [`Engine`] as an object.
pub(crate) trait ErasedEngine: Send + Sync {
    fn name(&self) -> &'static str;
    fn start(&self, node: Node, events: EventSender) -> Call<'_, ()>;
    fn publish<'a>(&'a self, topic: &'a str, message: &'a Message) -> Call<'a, Position>;
    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Call<'a, ()>;
    fn unsubscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Call<'a, ()>;
    fn append_kick<'a>(&'a self, kick: &'a Kick) -> Call<'a, Position>;
    fn kicks_after(&self, position: Option<Position>) -> Call<'_, KickLog>;
    fn report_kick<'a>(&'a self, report: &'a KickReport) -> Call<'a, ()>;
    fn nodes(&self) -> Call<'_, Vec<Node>>;
    fn stop(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

impl<E: Engine> ErasedEngine for E {
    fn name(&self) -> &'static str {
        Engine::name(self)
    }

    fn start(&self, node: Node, events: EventSender) -> Call<'_, ()> {
        Box::pin(Engine::start(self, node, events))
    }

    fn publish<'a>(&'a self, topic: &'a str, message: &'a Message) -> Call<'a, Position> {
        Box::pin(Engine::publish(self, topic, message))
    }

    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Call<'a, ()> {
        Box::pin(Engine::subscribe(self, topics))
    }

    fn unsubscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Call<'a, ()> {
        Box::pin(Engine::unsubscribe(self, topics))
    }

    fn append_kick<'a>(&'a self, kick: &'a Kick) -> Call<'a, Position> {
        Box::pin(Engine::append_kick(self, kick))
    }

    fn kicks_after(&self, position: Option<Position>) -> Call<'_, KickLog> {
        Box::pin(Engine::kicks_after(self, position))
    }

    fn report_kick<'a>(&'a self, report: &'a KickReport) -> Call<'a, ()> {
        Box::pin(Engine::report_kick(self, report))
    }

    fn nodes(&self) -> Call<'_, Vec<Node>> {
        Box::pin(Engine::nodes(self))
    }

    fn stop(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(Engine::stop(self))
    }
}
