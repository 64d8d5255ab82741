//! FastAPI's validation of the parameters of a request: path, query, header and cookie.
//!
//! The values, and the errors with their order, `type`, `loc`, `msg`, `input` and `ctx`, are those of FastAPI. The crate
//! needs no framework: it reads [`http::request::Parts`]. `hangup` re-exports it as `hangup::params`, and its macros
//! `#[websocket]`, `#[derive(Params)]` and `#[derive(Param)]` generate the code that this page writes by hand.
//!
//! | file | what |
//! |---|---|
//! | `group` | [`Params`]: several parameters read together, and [`extract`] |
//! | `field`, `rules`, `pattern`, `fits` | what is declared about one parameter: [`Field`], [`Rules`], [`Pattern`], and which option fits which type |
//! | `parameter`, `many`, `tuple` | [`Parameter`]: how a field is read, and how often it may come (`T`, `Option<T>`, `Vec<T>`, sets, tuples) |
//! | `param`, `types/` | [`Param`]: one value from its text, for every type that is supported |
//! | `sources/` | [`Sources`]: where the text comes from, read once |
//! | `invalid`, `ctx` | [`Invalid`]: why one value is invalid, with the values in its message ([`Ctx`]) |
//! | `item`, `errors` | [`ErrorItem`], an error at its place, and [`Errors`], which collects all of them |
//! | `error`, `display`, `reason`, `response` | [`ValidationError`], its text, its Close reason of at most 123 bytes, its response |
//! | `context`, `repr` | [`EndpointContext`]: which endpoint an error is about; values as Python shows them |
//!
//! A request is read in three steps. First, [`Sources::new`]. Second, nested groups, then the fields in the order path,
//! query, header, cookie, each in the order of the signature; this is FastAPI's order of errors. Third,
//! [`Errors::into_error`], if a value was `None`.
//!
//! ```
//! use hangup_validation::{EndpointContext, Errors, Field, Number, Sources, ValidationError};
//!
//! static LIMIT: Field = Field::query("limit").ge(Number::whole(1)).le(Number::whole(100));
//! static TAGS: Field = Field::query("tags");
//! static TOKEN: Field = Field::header("x-token").min_length(3);
//!
//! fn read(parts: &http::request::Parts) -> Result<(u8, Vec<String>, Option<String>), ValidationError> {
//!     let (sources, mut errors) = (Sources::new(parts), Errors::new());
//!     let limit = LIMIT.read_or(&sources, &mut errors, || 10);
//!     let tags = TAGS.read(&sources, &mut errors);
//!     let token = TOKEN.read(&sources, &mut errors);
//!     match (limit, tags, token) {
//!         (Some(limit), Some(tags), Some(token)) => Ok((limit, tags, token)),
//!         _ => Err(errors.into_error(EndpointContext::default())),
//!     }
//! }
//!
//! let request = http::Request::get("/ws?tags=a&tags=b&limit=0").body(())?;
//! let error = read(&request.into_parts().0).unwrap_err();
//! assert_eq!(error.errors()[0].msg(), "Input should be greater than or equal to 1");
//! # Ok::<(), http::Error>(())
//! ```
//!
//! # In an axum handler
//!
//! With the feature `axum`, [`Sources::new`] reads path parameters by the route that axum has matched, and
//! [`ValidationError`] is a response: 422 with FastAPI's body `{"detail": [..]}`. An extractor needs a few lines, which
//! `#[derive(Params)]` of `hangup` generates:
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::{Router, extract::FromRequestParts, routing::get};
//! use hangup_validation::{Errors, Field, Params, Sources, ValidationError, extract};
//!
//! struct Item(i64);
//!
//! impl Params for Item {
//!     fn read(sources: &Sources<'_>, errors: &mut Errors) -> Option<Self> {
//!         static ID: Field = Field::path("id");
//!         ID.read(sources, errors).map(Self)
//!     }
//! }
//!
//! impl<S: Sync> FromRequestParts<S> for Item {
//!     type Rejection = ValidationError;
//!
//!     async fn from_request_parts(parts: &mut http::request::Parts, _: &S) -> Result<Self, ValidationError> {
//!         extract(parts)
//!     }
//! }
//!
//! let router: Router = Router::new().route("/items/{id}", get(async |item: Item| item.0.to_string()));
//! ```
//!
//! # Types
//!
//! | Rust | FastAPI | feature |
//! |---|---|---|
//! | the integers, `f32`, `f64`, `bool`, `String`, `char`, `Ipv4Addr`, `Ipv6Addr`, `IpAddr` | `int`, `float`, `bool`, `str`, `IPv4Address`, `IPv6Address`, `IPvAnyAddress` | - |
//! | field-less enums | `Enum`, `Literal` | - |
//! | `Vec<T>`, `HashSet<T>`, `BTreeSet<T>`, tuples, `Option<T>` | `list[T]`, `set[T]`, `tuple[A, B]`, `T \| None` | - |
//! | `Decimal` | `Decimal` | `decimal` (default) |
//! | `uuid::Uuid` | `UUID` | `uuid` (default) |
//! | `speedate::{Date, Time, DateTime, Duration}`, `std::time::Duration` | `date`, `time`, `datetime`, `timedelta` | `speedate` (default) |
//! | the types of `chrono`, `jiff`, `time` | the same; with and without an offset | `chrono`, `jiff`, `time` |
//! | `rust_decimal::Decimal` | `Decimal` of 96 bits | `rust_decimal` |
//! | `url::Url` | `AnyUrl` | `url` |
//! | `Email` | `EmailStr` | `email` |
//!
//! `pattern` needs the feature `regex` (default).
#![doc = ""]
#![doc = include_str!("../docs/fastapi_vectors.md")]

pub mod bounds;
mod context;
mod ctx;
mod describe;
mod display;
mod error;
mod errors;
mod field;
pub mod fits;
mod group;
mod invalid;
mod item;
mod json;
mod loc;
mod many;
pub mod message;
mod param;
mod parameter;
mod pattern;
mod reason;
mod repr;
#[cfg(feature = "axum")]
mod response;
mod rules;
mod sources;
mod tuple;
mod types;

pub use self::{
    context::EndpointContext,
    ctx::Ctx,
    describe::{Describe, DescribedParameter, Probe, RequestDescription, SecurityScheme, Undescribed},
    error::ValidationError,
    errors::Errors,
    field::{Field, Location},
    group::{Params, extract},
    invalid::Invalid,
    item::ErrorItem,
    loc::Loc,
    param::Param,
    parameter::{Parameter, Reader, Reading, Reported},
    pattern::Pattern,
    rules::{Bound, Number, Rules},
    sources::{Sources, decode_path},
    types::*,
};

/// A value of JSON. An alias, as a second name of the enum would lengthen the names of types in errors of the compiler.
pub type Json = serde_json::Value;
