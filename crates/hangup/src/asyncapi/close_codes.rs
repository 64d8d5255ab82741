//! How an endpoint can end: the closes of the framework under its settings, and those that the endpoint declares.

use std::borrow::Cow;

use hangup_protocol::CloseCode;
use serde_json::{Value, json};

use crate::{
    endpoint::Outline,
    error::DeclaredClose,
    settings::{InvalidMessages, Refusal, Resolved},
};

/// All closes of an endpoint by their codes, as `x-close-codes`.
pub(super) fn of(outline: &Outline, settings: &Resolved) -> Value {
    let mut endings: Vec<_> = of_framework(outline, settings)
        .into_iter()
        .chain(outline.declared_closes().iter().map(PossibleEnd::declared))
        .filter_map(|ending| ending.under(settings.refusal))
        .collect();
    endings.sort_by_key(|ending| ending.code);
    endings
        .iter()
        .map(PossibleEnd::to_json)
        .collect::<Vec<_>>()
        .into()
}

/// One way to end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PossibleEnd {
    code: CloseCode,
    name: Option<Cow<'static, str>>,
    /// `None`: it varies.
    reason: Option<Cow<'static, str>>,
    initiator: Initiator,
    phase: WhenClosed,
    cause: Cow<'static, str>,
    description: Cow<'static, str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Initiator {
    Server,
    Client,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WhenClosed {
    BeforeAccept,
    AfterAccept,
    Either,
}

use WhenClosed::{AfterAccept, BeforeAccept, Either};

impl PossibleEnd {
    /// A close by the server, with a reason that is always the same.
    fn new(
        code: CloseCode,
        reason: &'static str,
        phase: WhenClosed,
        cause: &'static str,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            code,
            name: None,
            reason: Some(reason.into()),
            initiator: Initiator::Server,
            phase,
            cause: cause.into(),
            description: description.into(),
        }
    }

    fn with_any_reason(mut self) -> Self {
        self.reason = None;
        self
    }

    fn by_client(mut self) -> Self {
        self.initiator = Initiator::Client;
        self.with_any_reason()
    }

    fn declared(close: &DeclaredClose) -> Self {
        Self {
            code: close.code,
            name: close.name.clone(),
            reason: close.reason.clone(),
            initiator: Initiator::Server,
            phase: Either,
            cause: close.cause.clone(),
            description: close.description.clone(),
        }
    }

    /// The same where handshakes are refused in this way: an HTTP response has no close code.
    fn under(mut self, refusal: Refusal) -> Option<Self> {
        if refusal == Refusal::Http {
            self.phase = match self.phase {
                BeforeAccept => return None,
                AfterAccept | Either => AfterAccept,
            };
        }
        Some(self)
    }

    fn to_json(&self) -> Value {
        let initiator = match self.initiator {
            Initiator::Server => "server",
            Initiator::Client => "client",
        };
        let phase = match self.phase {
            BeforeAccept => "before accept",
            AfterAccept => "after accept",
            Either => "either",
        };
        json!({
            "code": self.code.get(),
            "name": self.name(),
            "reason": self.reason,
            "initiator": initiator,
            "phase": phase,
            "retry": retry(self.code),
            "cause": self.cause,
            "description": self.description,
        })
    }

    /// The registered name of the code; else the one that it was declared with, or its reason.
    fn name(&self) -> Cow<'_, str> {
        if let Some(name) = registered_name(self.code) {
            return name.into();
        }
        let reason = self.reason.as_deref().filter(|reason| !reason.is_empty());
        match self.name.as_deref().or(reason) {
            Some(name) => name.into(),
            None => self.code.to_string().into(),
        }
    }
}

/// Every close of the framework that an endpoint can meet under its settings.
fn of_framework(outline: &Outline, settings: &Resolved) -> Vec<PossibleEnd> {
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
            "keepalive ping timeout",
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

/// Whether a client should come back. Both waits have jitter, so that a thousand clients do not come at once.
fn retry(code: CloseCode) -> &'static str {
    match code {
        CloseCode::GOING_AWAY => "now",
        CloseCode::INTERNAL_ERROR
        | CloseCode::SERVICE_RESTART
        | CloseCode::TRY_AGAIN_LATER
        | CloseCode::BAD_GATEWAY
        | CloseCode::TIMEOUT => "backoff",
        _ => "never",
    }
}

fn registered_name(code: CloseCode) -> Option<&'static str> {
    Some(match code {
        CloseCode::NORMAL_CLOSURE => "NORMAL_CLOSURE",
        CloseCode::GOING_AWAY => "GOING_AWAY",
        CloseCode::PROTOCOL_ERROR => "PROTOCOL_ERROR",
        CloseCode::UNSUPPORTED_DATA => "UNSUPPORTED_DATA",
        CloseCode::INVALID_PAYLOAD => "INVALID_PAYLOAD",
        CloseCode::POLICY_VIOLATION => "POLICY_VIOLATION",
        CloseCode::MESSAGE_TOO_BIG => "MESSAGE_TOO_BIG",
        CloseCode::MANDATORY_EXTENSION => "MANDATORY_EXTENSION",
        CloseCode::INTERNAL_ERROR => "INTERNAL_ERROR",
        CloseCode::SERVICE_RESTART => "SERVICE_RESTART",
        CloseCode::TRY_AGAIN_LATER => "TRY_AGAIN_LATER",
        CloseCode::BAD_GATEWAY => "BAD_GATEWAY",
        CloseCode::UNAUTHORIZED => "UNAUTHORIZED",
        CloseCode::FORBIDDEN => "FORBIDDEN",
        CloseCode::TIMEOUT => "TIMEOUT",
        _ => return None,
    })
}
