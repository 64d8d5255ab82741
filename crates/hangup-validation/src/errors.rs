//! The collector: every error of a request, in the order in which its parameters are read.

use std::sync::Arc;

use serde_json::Value;

use crate::bounds::MAX_ERRORS;
use crate::context::EndpointContext;
use crate::error::ValidationError;
use crate::field::Field;
use crate::invalid::Invalid;
use crate::item::ErrorItem;
use crate::loc::Loc;

/// The errors of one request so far: the first [`MAX_ERRORS`] of them.
#[derive(Debug, Default)]
pub struct Errors {
    kept: Vec<ErrorItem>,
    omitted: usize,
}

impl Errors {
    /// No error.
    pub const fn new() -> Self {
        Self {
            kept: Vec::new(),
            omitted: 0,
        }
    }

    /// Whether there is no error.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many there are, those that are left out among them.
    pub fn len(&self) -> usize {
        self.kept.len() + self.omitted
    }

    /// Adds an error of any kind, at any place. Beyond [`MAX_ERRORS`] it is counted only.
    pub fn push(&mut self, item: ErrorItem) {
        if self.kept.len() < MAX_ERRORS {
            self.kept.push(item);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds `invalid` at the place of `field`; `input` is what came.
    pub fn at(&mut self, field: &Field, invalid: Invalid, input: Value) {
        let loc = vec![Loc::from(field.location.as_str()), Loc::from(field.name)];
        self.push(ErrorItem::new(loc, invalid, input));
    }

    /// Adds `invalid` at one entry of a list.
    pub fn at_index(&mut self, field: &Field, index: usize, invalid: Invalid, input: Value) {
        let loc = vec![
            Loc::from(field.location.as_str()),
            Loc::from(field.name),
            Loc::from(index),
        ];
        self.push(ErrorItem::new(loc, invalid, input));
    }

    /// Adds the error of an absent parameter.
    pub fn missing(&mut self, field: &Field) {
        self.at(field, Invalid::missing(), Value::Null);
    }

    /// Forgets all but the first `length` errors.
    pub(super) fn truncate(&mut self, length: usize) {
        self.kept.truncate(length);
        self.omitted = length - self.kept.len();
    }

    /// The finished error, with the endpoint that it happened in.
    pub fn into_error(self, endpoint: impl Into<Arc<EndpointContext>>) -> ValidationError {
        ValidationError::new(self.kept, endpoint).omitting(self.omitted)
    }
}
