//! Errors: the one type that an endpoint returns, and what each kind of error stands for on the wire.

mod any;
mod as_error;
mod bail;
mod disconnect;
mod ending;
mod error_report;
mod http_error;
mod into_close;
mod json;
mod panic;
mod receive;
mod refusal;
mod rejection;
mod send;
mod stands_for;
mod try_send;

pub(crate) use self::{
    any::Carried,
    into_close::registered_promotion,
    json::from_json,
    panic::{abort_warning, catch_panic, catch_panic_now, watch_panics},
    refusal::{refuse_with_http, refuse_with_status},
    stands_for::ending_of,
    try_send::slow_consumer,
};
pub use self::{
    any::{Error, Handled, Result},
    as_error::AsError,
    disconnect::Disconnect,
    ending::Ending,
    http_error::HttpError,
    into_close::{CloseRule, IntoClose},
    json::JsonError,
    panic::Panic,
    receive::ReceiveError,
    rejection::Promote,
    send::SendError,
    stands_for::close_as,
    try_send::TrySendError,
};
