//! The AsyncAPI document of an [`App`](crate::App): where a client may connect, with which parameters, what it may say
//! and what it hears, and how each connection can end.
//!
#![doc = include_str!("../../docs/asyncapi.md")]

mod address;
mod channel;
mod close_codes;
mod document;
mod example;
mod framework;
mod info;
mod listing;
mod message;
mod possible_end;

pub(crate) use self::{document::document, info::Info, listing::Listing};
pub use crate::{
    endpoint::Outline,
    error::DeclaredClose,
    params::{Describe, DescribedParameter, RequestDescription, SecurityScheme},
};
