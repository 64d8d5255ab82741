//! The AsyncAPI document of an [`App`](crate::App): what a client may connect to, say, hear, and how it can end.
//!
//! [`App::asyncapi`](crate::App::asyncapi) gives it as JSON.

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
    endpoint::{Outline, Returned, UnknownReturn},
    error::DeclaredClose,
    params::{Describe, DescribedParameter, RequestDescription, SecurityScheme},
};
