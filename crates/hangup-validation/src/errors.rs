//! The collector: every error of a request, in the order in which its parameters are read.

use std::sync::Arc;

use serde_json::Value;

use crate::context::EndpointContext;
use crate::error::ValidationError;
use crate::field::Field;
use crate::invalid::Invalid;
use crate::item::{ErrorItem, Loc};

/// The errors of one request so far.
#[derive(Debug, Default)]
pub struct Errors(Vec<ErrorItem>);

impl Errors {
    /// No error.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether there is no error.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds an error of any kind, at any place.
    pub fn push(&mut self, item: ErrorItem) {
        self.0.push(item);
    }

    /// Adds `invalid` at the place of `field`; `input` is what came.
    pub fn at(&mut self, field: &Field, invalid: Invalid, input: Value) {
        let loc = vec![Loc::from(field.location.as_str()), Loc::from(field.name)];
        self.0.push(ErrorItem::new(loc, invalid, input));
    }

    /// Adds `invalid` at one entry of a list.
    pub fn at_index(&mut self, field: &Field, index: usize, invalid: Invalid, input: Value) {
        let loc = vec![
            Loc::from(field.location.as_str()),
            Loc::from(field.name),
            Loc::from(index),
        ];
        self.0.push(ErrorItem::new(loc, invalid, input));
    }

    /// Adds the error of an absent parameter.
    pub fn missing(&mut self, field: &Field) {
        self.at(field, Invalid::missing(), Value::Null);
    }

    /// Forgets all but the first `length` errors.
    pub(super) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// The finished error, with the endpoint that it happened in.
    pub fn into_error(self, endpoint: impl Into<Arc<EndpointContext>>) -> ValidationError {
        ValidationError::new(self.0, endpoint)
    }
}
