//! What a case is: what a client asks for and does, and what the design says it then sees.

/// How the tour refuses a handshake.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Refuse {
    Close,
    Http,
}

impl Refuse {
    pub(crate) const BOTH: [Self; 2] = [Self::Close, Self::Http];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Http => "http",
        }
    }
}

/// One thing that the client does once the connection is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Do {
    Text(&'static str),
    /// `long_text` of this many bytes.
    LongText(usize),
    Binary(&'static [u8]),
    /// Wait until this many messages have come in all.
    Await(usize),
    /// Begin the closing handshake; `{client}` in the reason stands for the client's name.
    Close(u16, &'static str),
    /// These bytes as they are, which no proper client would write.
    Raw(&'static [u8]),
    /// End the TCP connection without a word.
    Vanish,
}

/// What a reason or a message must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Says {
    Exactly(&'static str),
    /// The design does not say.
    Anything,
    /// JSON that holds these validation errors, by `type`, in this order; in a close reason the first is certain.
    Errors(&'static [&'static str]),
}

/// A message that the client gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Message {
    Text(&'static str),
    /// Any text with the same JSON value.
    Json(&'static str),
    Binary(&'static [u8]),
    /// `long_text` of this many bytes.
    LongText(usize),
    /// The design does not say what is sent, nor how much.
    Whatever,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ending {
    /// The handshake is done, then there is one Close frame, however the tour refuses.
    Closed(u16, Says),
    /// Refused before accept with this code and reason: a Close frame, or HTTP with this status.
    Refused(u16, Says, u16),
    /// An HTTP response `{"detail": ..}`, however the tour refuses.
    Answered(u16, &'static str),
    /// The client is gone: there is nobody left to see.
    Gone,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) script: Vec<Do>,
    pub(crate) messages: Vec<Message>,
    pub(crate) ending: Ending,
    /// What `/disconnect/last` must say afterwards: code, reason, clean.
    pub(crate) last: Option<(u16, &'static str, bool)>,
}

impl Case {
    pub(crate) fn new(name: &'static str, path: &'static str, ending: Ending) -> Self {
        Self {
            name,
            path,
            headers: vec![],
            script: vec![],
            messages: vec![],
            ending,
            last: None,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn does(mut self, script: &[Do]) -> Self {
        self.script.extend(script);
        self
    }

    pub(crate) fn gets(mut self, messages: &[Message]) -> Self {
        self.messages.extend(messages);
        self
    }

    pub(crate) fn last(mut self, code: u16, reason: &'static str, clean: bool) -> Self {
        self.last = Some((code, reason, clean));
        self
    }
}

/// So many bytes of text that deflate makes a few times smaller, as it does with prose.
pub(crate) fn long_text(length: usize) -> String {
    let mut text = String::with_capacity(length + 8);
    let numbers = (0_usize..).map(|number| number.wrapping_mul(7919) % 100_003);
    for number in numbers {
        if text.len() >= length {
            break;
        }
        text.push_str(&format!("{number} "));
    }
    text.truncate(length);
    text
}

/// The reason as this client writes it.
pub(crate) fn signed(reason: &str, client: &str) -> String {
    reason.replace("{client}", client)
}
