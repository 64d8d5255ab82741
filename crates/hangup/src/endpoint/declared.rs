//! Functions with `#[websocket]`: the macro makes a function that returns the endpoint.

use std::{future::Future, marker::PhantomData};

use http::request::Parts;

use super::{Description, Endpoint, Handshake, Outline, Routed};
use crate::error::{Error, Result};

/// Marks for the compiler a function that [`#[websocket]`](crate::websocket) has made.
#[derive(Debug)]
pub struct Declared<E>(PhantomData<fn() -> E>);

impl<F, E> Routed<Declared<E>> for F
where
    F: Fn() -> E,
    E: Routed<E>,
{
    const PATH: &'static str = E::PATH;
}

/// No type implements this. As a second way to be [`Routed`] it makes the compiler report `Routed` and its note for a
/// plain function, instead of a function without arguments that it expects.
trait Unheard {}

impl<F: Unheard> Routed<()> for F {
    const PATH: &'static str = "";
}

impl<F, E, S> Endpoint<Declared<E>, S> for F
where
    F: Fn() -> E + Clone + Send + Sync + 'static,
    E: Endpoint<E, S>,
    S: Sync,
{
    type Arguments = E::Arguments;

    fn describe(&self) -> Description {
        self().describe()
    }

    fn outline(&self, outline: &mut Outline) {
        self().outline(outline);
    }

    fn matches(&self, parts: &Parts) -> bool {
        self().matches(parts)
    }

    async fn extract(&self, parts: &mut Parts, state: &S) -> Result<Self::Arguments> {
        self().extract(parts, state).await
    }

    fn run(
        self,
        handshake: Handshake,
        arguments: Self::Arguments,
    ) -> impl Future<Output = Result<(), Error>> + Send + 'static {
        self().run(handshake, arguments)
    }
}
