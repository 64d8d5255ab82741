//! The settings of permessage-deflate: what a server negotiates (RFC 7692, 7.1), and local limits.

/// The settings of permessage-deflate.
///
/// The defaults save memory: a connection keeps no context between messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeflateConfig {
    pub(super) server_context_takeover: bool,
    pub(super) client_context_takeover: bool,
    pub(super) server_max_window_bits: u8,
    pub(super) client_max_window_bits: u8,
    pub(super) level: u8,
    /// Whether it is decided by whether the context is taken over.
    pub(super) min_size: Option<usize>,
}

impl Default for DeflateConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl DeflateConfig {
    /// No context takeover, windows of 15 bits, level 1. Messages of 128 bytes and more are compressed; with takeover,
    /// all messages.
    pub const fn new() -> Self {
        Self {
            server_context_takeover: false,
            client_context_takeover: false,
            server_max_window_bits: 15,
            client_max_window_bits: 15,
            level: 1,
            min_size: None,
        }
    }

    /// Context takeover for our messages (7.1.1.1), unless the client declines it: messages may refer to earlier ones.
    /// Similar messages compress better, for about 380 KB of memory per connection. Default: no.
    #[doc(alias = "server_no_context_takeover")]
    pub const fn server_context_takeover(mut self, allowed: bool) -> Self {
        self.server_context_takeover = allowed;
        self
    }

    /// Context takeover for the client's messages (7.1.1.2), for about 48 KB of memory per connection. Default: no.
    #[doc(alias = "client_no_context_takeover")]
    pub const fn client_context_takeover(mut self, allowed: bool) -> Self {
        self.client_context_takeover = allowed;
        self
    }

    /// The window of our messages, 9 to 15 bits (7.1.2.1). Other numbers are clamped. Default: 15.
    pub const fn server_max_window_bits(mut self, bits: u8) -> Self {
        self.server_max_window_bits = clamp(bits, 9, 15);
        self
    }

    /// The window of the client's messages, 9 to 15 bits (7.1.2.2), if the client lets the server choose it. Other
    /// numbers are clamped. It saves memory at the client only. Default: 15.
    pub const fn client_max_window_bits(mut self, bits: u8) -> Self {
        self.client_max_window_bits = clamp(bits, 9, 15);
        self
    }

    /// The compression level, 1 (fastest) to 9 (smallest). Other numbers are clamped. Default: 1.
    pub const fn level(mut self, level: u8) -> Self {
        self.level = clamp(level, 1, 9);
        self
    }

    /// The shortest message, in bytes, that is compressed. Default: 0 with context takeover for our messages, otherwise
    /// 128.
    ///
    /// Measured with similar JSON texts at level 1: with takeover a text of 62 bytes needs 11 bytes on the wire, and one
    /// of 24 bytes needs 9, for less than 1 µs each. Without it, texts of 24 to 103 bytes shrink by at most 3 bytes, for
    /// 2 to 3 µs. libwebsockets 4.1 loops for ever on an uncompressed message where compression was agreed; RFC 7692, 6
    /// allows such messages.
    pub const fn min_size(mut self, bytes: usize) -> Self {
        self.min_size = Some(bytes);
        self
    }
}

const fn clamp(number: u8, least: u8, most: u8) -> u8 {
    if number < least {
        least
    } else if number > most {
        most
    } else {
        number
    }
}
