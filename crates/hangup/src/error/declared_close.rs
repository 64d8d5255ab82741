//! `DeclaredClose`: a close that is known before any error, for documents.

use std::borrow::Cow;

use hangup_protocol::CloseCode;

/// A close that is known before it happens: a variant of an error type, or what `closes(..)` of an endpoint names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredClose {
    pub(crate) code: CloseCode,
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) reason: Option<Cow<'static, str>>,
    pub(crate) cause: Cow<'static, str>,
    pub(crate) description: Cow<'static, str>,
}

impl DeclaredClose {
    /// A close with this code, and with a reason that varies.
    #[must_use]
    pub const fn new(code: CloseCode) -> Self {
        Self {
            code,
            name: None,
            reason: None,
            cause: Cow::Borrowed("the endpoint"),
            description: Cow::Borrowed(""),
        }
    }

    /// What a code of one's own is called.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The reason, where it is always the same.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// What it comes from, such as the name of an error.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Cow<'static, str>>) -> Self {
        self.cause = cause.into();
        self
    }

    /// What it means.
    #[must_use]
    pub fn described(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.description = text.into();
        self
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> CloseCode {
        self.code
    }
}
