//! What the macros expand to, version 1. It is no part of the public interface.
//!
//! Expansions name nothing else of this crate. A macro that needs other names gets a module `__v2` beside this one, so
//! that expansions of an older `hangup-macros` go on to compile.

pub use axum::extract::FromRequestParts;
pub use hangup_protocol::{Close, CloseCode};
pub use hangup_validation::{
    Bound, Choice, Choices, Errors, Field, Invalid, Json, Number, Param, Parameter, Params, Pattern, Probe,
    RequestDescription, Rules, Sources, Undescribed, ValidationError, extract, fits,
    message::{Alternative, Member, Model, Object, OtherKeys, Schema, Shape, Tagging, Union, Written, made},
};
pub use http::request::Parts;
pub use inventory;
pub use serde;
pub use serde_json::Value;

pub use crate::{
    endpoint::{
        Description, Endpoint, Handshake, IntoOutcome, Outline, Routed,
        gathering::Gathering,
        outline::{FieldCloses, Returned, UnknownCloses, UnknownReturn},
    },
    error::{
        DeclaredClose, Error, IntoClose, Result, as_error::AsError, ending::Ending, into_close::CloseRule,
        rejection::Promote, stands_for::close_as,
    },
    settings::{Refusal, Settings},
};
