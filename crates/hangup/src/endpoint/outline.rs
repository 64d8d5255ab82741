//! `Outline`: what a document says of an endpoint, gathered from its types and its attribute.

use std::{any::TypeId, convert::Infallible, marker::PhantomData};

use axum::extract::{FromRequestParts, rejection::ExtensionRejection};

use super::IntoOutcome;
use crate::{
    error::{DeclaredClose, Error, HttpError, IntoClose, registered_closes},
    params::{RequestDescription, ValidationError},
};

/// What a document says of an endpoint: what it reads of the request, its subprotocols, and how it closes by itself.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    request: RequestDescription,
    subprotocols: Vec<&'static str>,
    closes: Vec<DeclaredClose>,
    rejects: Rejects,
}

/// What an extractor of the endpoint may refuse a request with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rejects {
    /// Validation errors.
    pub(crate) validation: bool,
    /// An HTTP response of a status that is not known before.
    pub(crate) response: bool,
}

impl Outline {
    /// What is read of the request.
    pub fn request(&mut self) -> &mut RequestDescription {
        &mut self.request
    }

    /// Adds an extractor, by what it may refuse a request with.
    pub fn extractor<T, S>(&mut self)
    where
        T: FromRequestParts<S, Rejection: 'static>,
    {
        let rejection = TypeId::of::<T::Rejection>();
        let is_one_of = |types: &[TypeId]| types.contains(&rejection);
        if let Some(closes) = registered_closes(rejection) {
            self.closing(closes);
        } else if is_one_of(&[TypeId::of::<ValidationError>(), TypeId::of::<Error>()]) {
            self.rejects.validation = true;
        } else if !is_one_of(&[
            TypeId::of::<Infallible>(),
            TypeId::of::<HttpError>(),
            TypeId::of::<ExtensionRejection>(),
        ]) {
            self.rejects.response = true;
        }
    }

    /// Adds what the endpoint returns.
    pub fn returning<O: IntoOutcome>(&mut self) {
        self.closing(O::closes());
    }

    /// Adds closes.
    pub fn closing(&mut self, closes: impl IntoIterator<Item = DeclaredClose>) {
        for close in closes {
            if !self.closes.contains(&close) {
                self.closes.push(close);
            }
        }
    }

    /// Adds all closes of an error type.
    pub fn closing_as<E: IntoClose>(&mut self) {
        self.closing(E::closes());
    }

    /// Adds subprotocols that the endpoint chooses from, the one that it likes best first.
    pub fn subprotocols(&mut self, names: &[&'static str]) {
        self.subprotocols.extend_from_slice(names);
    }

    pub(crate) fn described_request(&self) -> &RequestDescription {
        &self.request
    }

    pub(crate) fn declared_closes(&self) -> &[DeclaredClose] {
        &self.closes
    }

    pub(crate) fn declared_subprotocols(&self) -> &[&'static str] {
        &self.subprotocols
    }

    pub(crate) fn rejects(&self) -> Rejects {
        self.rejects
    }
}

/// Asks what an endpoint returns how it closes, if it has [`IntoOutcome`]; else [`UnknownReturn`] answers, so that a
/// wrong type is one mistake and not two.
#[doc(hidden)]
#[derive(Debug)]
pub struct Returned<T>(PhantomData<fn() -> T>);

impl<T> Returned<T> {
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for Returned<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: IntoOutcome> Returned<T> {
    pub fn describe(&self, outline: &mut Outline) {
        outline.returning::<T>();
    }
}

/// The compiler prefers the method of the type itself.
#[doc(hidden)]
pub trait UnknownReturn {
    fn describe(&self, outline: &mut Outline) {
        let _ = outline;
    }
}

impl<T> UnknownReturn for Returned<T> {}

/// Asks the type of a field how it closes, if it has [`IntoClose`]; else [`UnknownCloses`] answers.
#[doc(hidden)]
#[derive(Debug)]
pub struct FieldCloses<E>(PhantomData<fn() -> E>);

impl<E> FieldCloses<E> {
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<E> Default for FieldCloses<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: IntoClose> FieldCloses<E> {
    #[must_use]
    pub fn closes(&self) -> Vec<DeclaredClose> {
        E::closes()
    }
}

#[doc(hidden)]
pub trait UnknownCloses {
    fn closes(&self) -> Vec<DeclaredClose> {
        Vec::new()
    }
}

impl<E> UnknownCloses for FieldCloses<E> {}
