//! `PossibleEnd`: one way in which an endpoint can end, an entry of `x-close-codes`.

use std::borrow::Cow;

use hangup_protocol::CloseCode;
use serde_json::{Value, json};

use crate::{error::DeclaredClose, settings::Refusal};

/// One way to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PossibleEnd {
    pub(super) code: CloseCode,
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
pub(super) enum WhenClosed {
    BeforeAccept,
    AfterAccept,
    Either,
}

use WhenClosed::{AfterAccept, BeforeAccept, Either};

impl PossibleEnd {
    /// A close by the server, with a reason that is always the same.
    pub(super) fn new(
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

    pub(super) fn with_any_reason(mut self) -> Self {
        self.reason = None;
        self
    }

    pub(super) fn by_client(mut self) -> Self {
        self.initiator = Initiator::Client;
        self.with_any_reason()
    }

    pub(super) fn declared(close: &DeclaredClose) -> Self {
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
    pub(super) fn under(mut self, refusal: Refusal) -> Option<Self> {
        if refusal == Refusal::Http {
            self.phase = match self.phase {
                BeforeAccept => return None,
                AfterAccept | Either => AfterAccept,
            };
        }
        Some(self)
    }

    pub(super) fn to_json(&self) -> Value {
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
