//! What an error stands for by its own type: how it ends a connection, and how it answers an HTTP route.

use std::error::Error as StdError;

use axum::response::{IntoResponse, Response};
use hangup_protocol::{Close, CloseCode};
use http::StatusCode;

use super::{
    Disconnect, Error, HttpError, JsonError, ReceiveError, TrySendError,
    ending::Ending,
    into_close::{Says, registered, registered_in},
    json_close::json_close,
    refusal::{refuse_with_errors, refuse_with_http},
};
use crate::{logged, params::ValidationError};

/// How an error ends the connection by what its own type says, or else the first of its `source()` chain that says
/// something; `None` where none does.
pub(crate) fn ending_of(error: &Error) -> Option<Ending> {
    let first = error.chain().next()?;
    let known = error.known_rule().and_then(|rule| rule.of_error(first));
    if let Some(says) = known {
        return says.ending();
    }
    match error.report() {
        // A `Close` that was added as context is nearer than the error that it was added to.
        Some(report) => report
            .find::<Close>()
            .cloned()
            .map(Ending::Close)
            .or_else(|| of_chain(first))
            .or_else(|| {
                report
                    .find::<HttpError>()
                    .map(|error| Ending::Http(error.to_response()))
            })
            .or_else(|| registered_in(report)?.ending()),
        None => of_chain(first),
    }
}

/// The Close frame of an error that hands on to this one.
#[doc(hidden)]
#[must_use]
pub fn close_as(error: &(dyn StdError + 'static)) -> Close {
    match of_chain(error) {
        Some(Ending::Close(close) | Ending::Refuse { close, .. }) => close,
        Some(Ending::Http(_) | Ending::PeerLeft) | None => CloseCode::INTERNAL_ERROR.into(),
    }
}

impl Says<'_> {
    fn ending(self) -> Option<Ending> {
        match self {
            Self::Close(close) => Some(Ending::Close(close)),
            Self::As(error) => of_chain(error),
        }
    }
}

/// The ending of the first error of a chain that says something.
fn of_chain(error: &(dyn StdError + 'static)) -> Option<Ending> {
    std::iter::successors(Some(error), |error| (**error).source())
        .take(logged::LONGEST_CHAIN)
        .find_map(by_type)
}

fn by_type(error: &(dyn StdError + 'static)) -> Option<Ending> {
    let close_or_left = |close: Option<Close>| close.map_or(Ending::PeerLeft, Ending::Close);
    if let Some(close) = error.downcast_ref::<Close>() {
        return Some(Ending::Close(close.clone()));
    }
    if let Some(error) = error.downcast_ref::<ValidationError>() {
        return Some(Ending::Refuse {
            close: Close::new(CloseCode::POLICY_VIOLATION, error.to_reason()),
            response: refuse_with_errors(error),
            message: Some(error.to_json()),
        });
    }
    if let Some(error) = error.downcast_ref::<HttpError>() {
        return Some(Ending::Http(error.to_response()));
    }
    if let Some(error) = error.downcast_ref::<ReceiveError>() {
        return Some(close_or_left(error.to_close()));
    }
    if let Some(error) = error.downcast_ref::<TrySendError>() {
        return Some(close_or_left(error.to_close()));
    }
    if let Some(error) = error.downcast_ref::<JsonError>() {
        return Some(Ending::Close(json_close(error)));
    }
    if error.is::<Disconnect>() {
        return Some(Ending::PeerLeft);
    }
    registered(error)?.ending()
}

/// As the rejection of an extractor in a plain HTTP route: what the error stands for under
/// [`Refusal::Http`](crate::Refusal::Http), with its JSON. An error that stands for nothing is 500 and is logged; its
/// text does not reach the client.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let text = self.with_sources();
        let ending = match ending_of(&self) {
            Some(ending) => ending,
            None => match self.into_rejected() {
                Some(response) if !response.status().is_server_error() => return response,
                _ => Ending::internal_error(),
            },
        };
        let response = match ending {
            Ending::Close(close) => refuse_with_http(&close),
            Ending::Refuse { response, .. } | Ending::Http(response) => return response,
            Ending::PeerLeft => refuse_with_http(&CloseCode::INTERNAL_ERROR.into()),
        };
        if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(error = %logged::chain(text), "an extractor failed");
        }
        response
    }
}
