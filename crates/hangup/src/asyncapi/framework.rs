//! The closes of the framework itself.

use std::borrow::Cow;

use hangup_protocol::CloseCode;

use super::possible_end::{
    PossibleEnd,
    WhenClosed::{AfterAccept, BeforeAccept, Either},
};
use crate::{
    endpoint::Outline,
    settings::{InvalidMessages, Resolved},
    socket::KEEP_ALIVE_REASON,
};

/// Every close of the framework that an endpoint can meet under its settings.
pub(super) fn closes(outline: &Outline, settings: &Resolved) -> Vec<PossibleEnd> {
    let mut endings = vec![
        PossibleEnd::new(
            CloseCode::NORMAL_CLOSURE,
            "",
            AfterAccept,
            "the endpoint returned Ok",
            "The conversation is over.",
        ),
        PossibleEnd::new(
            CloseCode::NORMAL_CLOSURE,
            "",
            AfterAccept,
            "the client",
            "The client closed. Its code and reason are echoed, whatever they are.",
        )
        .by_client(),
        PossibleEnd::new(
            CloseCode::GOING_AWAY,
            "",
            AfterAccept,
            "the client",
            "The page was left, or the client ended.",
        )
        .by_client(),
        PossibleEnd::new(
            CloseCode::GOING_AWAY,
            "",
            AfterAccept,
            "the server stops",
            "The server stops. Another instance may answer at once.",
        ),
        PossibleEnd::new(
            CloseCode::SERVICE_RESTART,
            "service restart",
            AfterAccept,
            "the server stops",
            "The server restarts, where it is set to say so.",
        ),
        PossibleEnd::new(
            CloseCode::SERVICE_RESTART,
            "the server is stopping",
            BeforeAccept,
            "the server stops",
            "The handshake came while the server was stopping.",
        ),
        PossibleEnd::new(
            CloseCode::PROTOCOL_ERROR,
            "",
            AfterAccept,
            "a violation of RFC 6455",
            "The client broke the WebSocket protocol. The reason says how.",
        )
        .with_any_reason(),
        PossibleEnd::new(
            CloseCode::UNSUPPORTED_DATA,
            "",
            AfterAccept,
            "ReceiveError::WrongKind",
            "A binary message came where text was expected, or text where binary was. The reason says which.",
        )
        .with_any_reason(),
        PossibleEnd::new(
            CloseCode::INVALID_PAYLOAD,
            "",
            AfterAccept,
            "a violation of RFC 6455, or JsonError",
            "A text was not UTF-8, compressed data was corrupt, or a text was not JSON. The reason says which.",
        )
        .with_any_reason(),
        PossibleEnd::new(
            CloseCode::POLICY_VIOLATION,
            "",
            AfterAccept,
            "JsonError",
            match settings.invalid_messages {
                InvalidMessages::Close => {
                    "A message was JSON of another shape than expected. The reason holds the errors as JSON.".into()
                }
                InvalidMessages::Answer { most_in_a_row } => Cow::from(format!(
                    "{most_in_a_row} messages in a row were JSON of another shape than expected. The reason holds \
                     the errors of the last as JSON."
                )),
            },
        )
        .with_any_reason(),
        PossibleEnd::new(
            CloseCode::MESSAGE_TOO_BIG,
            "",
            AfterAccept,
            "Settings::max_message_size",
            format!(
                "A message was larger than {} bytes, or had too many fragments.",
                settings.max_message_size
            ),
        )
        .with_any_reason(),
        PossibleEnd::new(
            CloseCode::INTERNAL_ERROR,
            "",
            Either,
            "an unexpected error",
            "The server failed. The cause is in its log.",
        ),
        PossibleEnd::new(
            settings.overload_code,
            "slow consumer",
            AfterAccept,
            "Settings::write_timeout",
            "The client did not read fast enough.",
        ),
        PossibleEnd::new(
            CloseCode::UNAUTHORIZED,
            "expired",
            AfterAccept,
            "WebSocket::expire_at",
            "The credentials of the connection expired, where the endpoint sets a time for them.",
        ),
        PossibleEnd::new(
            CloseCode::TIMEOUT,
            "accept timed out",
            BeforeAccept,
            "Settings::accept_timeout",
            format!("The endpoint did not answer within {:?}.", settings.accept_timeout),
        ),
    ];
    endings.extend(by_settings(settings));
    endings.extend(by_extraction(outline));
    endings
}

/// What only some settings lead to.
fn by_settings(settings: &Resolved) -> Vec<PossibleEnd> {
    let mut endings = Vec::new();
    if settings.overload_code != CloseCode::TRY_AGAIN_LATER {
        endings.push(PossibleEnd::new(
            CloseCode::TRY_AGAIN_LATER,
            "slow consumer",
            AfterAccept,
            "TrySendError::Full",
            "The client did not read fast enough.",
        ));
    }
    if !settings.connection_limits.is_empty() {
        endings.push(PossibleEnd::new(
            settings.overload_code,
            "too many connections",
            BeforeAccept,
            "Settings::max_connections",
            "There are as many connections as may be.",
        ));
    }
    if let Some(time) = settings.idle_timeout {
        endings.push(PossibleEnd::new(
            CloseCode::GOING_AWAY,
            "idle",
            AfterAccept,
            "Settings::idle_timeout",
            format!("No message went either way for {time:?}."),
        ));
    }
    if let Some(time) = settings.max_lifetime {
        endings.push(PossibleEnd::new(
            CloseCode::GOING_AWAY,
            "lifetime",
            AfterAccept,
            "Settings::max_lifetime",
            format!("The connection was open for {time:?}."),
        ));
    }
    if settings.messages_per_second != u32::MAX {
        endings.push(PossibleEnd::new(
            CloseCode::POLICY_VIOLATION,
            "too many messages",
            AfterAccept,
            "Settings::messages_per_second",
            format!(
                "The client sent more than {} messages in a second.",
                settings.messages_per_second
            ),
        ));
    }
    if let Some(time) = settings.receive_timeout {
        endings.push(PossibleEnd::new(
            CloseCode::POLICY_VIOLATION,
            "messages were not received",
            AfterAccept,
            "Settings::receive_timeout",
            format!("The endpoint did not receive for {time:?} while messages waited."),
        ));
    }
    if settings.ping_interval.is_some() {
        endings.push(PossibleEnd::new(
            CloseCode::INTERNAL_ERROR,
            KEEP_ALIVE_REASON,
            AfterAccept,
            "Settings::ping_timeout",
            format!(
                "Nothing came from the client within {:?} of a ping.",
                settings.ping_timeout
            ),
        ));
    }
    endings
}

/// What the parameters and the extractors of the endpoint lead to.
fn by_extraction(outline: &Outline) -> Vec<PossibleEnd> {
    let mut endings = Vec::new();
    let rejects = outline.rejects();
    if rejects.validation || !outline.described_request().parameters().is_empty() {
        endings.push(
            PossibleEnd::new(
                CloseCode::POLICY_VIOLATION,
                "",
                BeforeAccept,
                "ValidationError",
                "A parameter of the request was missing or wrong. The reason holds the errors as JSON.",
            )
            .with_any_reason(),
        );
    }
    if rejects.response {
        for (code, statuses) in [
            (CloseCode::POLICY_VIOLATION, "a 4xx"),
            (CloseCode::TRY_AGAIN_LATER, "429 or 503"),
            (CloseCode::UNAUTHORIZED, "401"),
            (CloseCode::FORBIDDEN, "403"),
            (CloseCode::TIMEOUT, "408"),
        ] {
            endings.push(
                PossibleEnd::new(
                    code,
                    "",
                    BeforeAccept,
                    "the rejection of an extractor",
                    format!("The request was refused as HTTP would with {statuses}. The reason says why."),
                )
                .with_any_reason(),
            );
        }
    }
    endings
}
