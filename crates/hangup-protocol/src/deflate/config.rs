//! What a server wants of permessage-deflate (RFC 7692, 7.1), and the limits that are not negotiated.

/// The settings of permessage-deflate.
///
/// The defaults save memory: no context is kept between messages, so that an idle connection owns none.
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
    /// No takeover of contexts, windows of 15 bits, level 1; messages from 128 bytes on, and with takeover
    /// all of them.
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

    /// Whether our messages may refer to earlier ones (7.1.1.1), unless the client asks for the contrary. Better
    /// compression of many similar messages, for about 380 KB of memory per connection. Default: no.
    #[doc(alias = "server_no_context_takeover")]
    pub const fn server_context_takeover(mut self, allowed: bool) -> Self {
        self.server_context_takeover = allowed;
        self
    }

    /// Whether the client's messages may refer to earlier ones (7.1.1.2); about 48 KB of memory per connection.
    /// Default: no.
    #[doc(alias = "client_no_context_takeover")]
    pub const fn client_context_takeover(mut self, allowed: bool) -> Self {
        self.client_context_takeover = allowed;
        self
    }

    /// The window of our messages, 9 to 15 bits (7.1.2.1); other numbers become the nearest of these. Default: 15.
    pub const fn server_max_window_bits(mut self, bits: u8) -> Self {
        self.server_max_window_bits = clamp(bits, 9, 15);
        self
    }

    /// The window of the client's messages, 9 to 15 bits (7.1.2.2), where the client lets us choose it; other
    /// numbers become the nearest of these. It saves memory at the client only. Default: 15.
    pub const fn client_max_window_bits(mut self, bits: u8) -> Self {
        self.client_max_window_bits = clamp(bits, 9, 15);
        self
    }

    /// How hard to compress, 1 (fastest) to 9 (smallest); other numbers become the nearest of these. Default: 1.
    pub const fn level(mut self, level: u8) -> Self {
        self.level = clamp(level, 1, 9);
        self
    }

    /// The shortest message, in bytes, that is compressed. Default: where our messages may refer to earlier ones, 0: all
    /// are; else 128.
    ///
    /// Measured with JSON texts of one kind at level 1: with takeover a text of 62 bytes takes 11 bytes on the wire and
    /// one of 24 takes 9, for less than 1 µs each. Without it, texts of 24 to 103 bytes shrink by 3 at most, for 2 to
    /// 3 µs. libwebsockets 4.1 never comes to an end with a message that is not compressed where compression is agreed
    /// on; RFC 7692, 6 allows such messages.
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
