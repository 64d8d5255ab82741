//! Typed parameters of a request: path, query, header and cookie, validated as FastAPI validates them.
//!
//! | file | what |
//! |---|---|
//! | `group` | [`Params`]: several parameters read together, and [`extract`] |
//! | `field`, `rules`, `fits` | what is declared about one parameter: [`Field`], [`Rules`], and which option fits which type |
//! | `parameter`, `many`, `tuple` | [`Parameter`]: how often it may come (`T`, `Option<T>`, `Vec<T>`, sets, tuples) |
//! | `param`, `types/` | [`Param`]: one value from its text, for every type that is supported |
//! | `sources/` | [`Sources`]: where the text comes from, read once |
//! | `errors` | [`Errors`]: the collector; nothing stops at the first error |
//! | `item`, `error`, `reason`, `display` | [`ErrorItem`], [`ValidationError`], its Close reason and its text |
//!
//! A request is read in four steps: [`Sources::new`]; nested groups, then the fields in the order path, query,
//! header, cookie, each in the order of the signature, so that errors come in FastAPI's order;
//! [`Errors::into_error`] if one of them was `None`.

mod context;
mod display;
mod error;
mod errors;
mod field;
pub mod fits;
mod group;
mod invalid;
mod item;
mod many;
mod param;
mod parameter;
mod pattern;
mod reason;
mod repr;
mod rules;
mod sources;
mod tuple;
mod types;

pub use context::EndpointContext;
pub use error::ValidationError;
pub use errors::Errors;
pub use field::{Field, Location};
pub use group::{Params, extract};
pub use item::{Ctx, ErrorItem, Loc};
pub use param::{Invalid, Param};
pub use parameter::{Parameter, Reader, Reading};
pub use pattern::Pattern;
pub use rules::{Bound, Number, Rules};
pub use sources::Sources;
pub use types::*;
