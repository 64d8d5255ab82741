//! Parameters: typed values of a request, validated as FastAPI validates them.
//!
//! Endpoints take them by the attributes of [`#[websocket]`](macro@crate::websocket):
//!
//! ```
//! use hangup::{
//!     Handshake, Params, Result,
//!     params::Param,
//!     websocket,
//! };
//!
//! #[derive(Debug, Param)]
//! enum Sort {
//!     Name, // name
//!     Price, // price
//! }
//!
//! #[derive(Params)]
//! struct Paging {
//!     #[query(default = 0, ge = 0)]
//!     offset: i64,
//!     #[query]
//!     sort: Option<Sort>,
//! }
//!
//! #[websocket("/shops/{shop}/ws")]
//! async fn items(
//!     handshake: Handshake,
//!     #[path(gt = 0)] shop: i64,
//!     #[header(min_length = 3)] x_token: String,
//!     #[params] paging: Paging,
//! ) -> Result {
//!     let mut socket = handshake.accept().await?;
//!     socket.send_text(format!("{shop} {x_token} {} {:?}", paging.offset, paging.sort)).await?;
//!     Ok(())
//! }
//! ```
//!
//! | to | use |
//! |---|---|
//! | read one parameter | `#[path]`, `#[query]`, `#[header]`, `#[cookie]`, with their [options](macro@crate::websocket#options-of-a-parameter) |
//! | share a group of parameters, with HTTP routes too | [`#[derive(Params)]`](derive@Params) |
//! | take one of a few values | [`#[derive(Param)]`](derive@Param) on an enum without fields |
//! | use a type of your own | implement [`Param`](trait@Param) |
//! | see or change what a client gets for invalid values | [`ValidationError`], in an error [handler](crate::handlers) |
//!
//! All errors of a request are collected into one [`ValidationError`]. The module holds all of the crate
//! `hangup-validation`, whose page explains how parameters are read without macros.

#[doc(inline)]
pub use hangup_macros::{Param, Params};
#[doc(inline)]
pub use hangup_validation::*;
