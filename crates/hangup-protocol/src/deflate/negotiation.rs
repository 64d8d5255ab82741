//! The agreement on permessage-deflate between a client's offers and a server's settings (RFC 7692, 5.1 and 7.1).

use super::DeflateConfig;
use crate::handshake::ExtensionOffer;

/// The agreement for the messages of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Direction {
    /// Whether every message is compressed on its own (7.1.1).
    pub(super) no_context_takeover: bool,
    /// The base-2 logarithm of the window, 8 to 15 (7.1.2).
    pub(super) window_bits: u8,
}

/// What client and server agreed on; see [`DeflateConfig::negotiate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeflateAgreement {
    pub(super) server: Direction,
    pub(super) client: Direction,
    pub(super) level: u8,
    pub(super) min_size: usize,
    /// Whether the answer must name the server's window (7.1.2.1).
    names_server_window: bool,
}

/// One offer, read.
#[derive(Default)]
struct Offer {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    /// The inner value is `None` if the client only declares support for the parameter.
    client_max_window_bits: Option<Option<u8>>,
}

/// 7.1.2: a decimal from 8 to 15 without a leading zero.
fn window_bits(value: &str) -> Option<u8> {
    match value {
        "8" => Some(8),
        "9" => Some(9),
        _ if value.len() == 2 => value.parse().ok().filter(|bits| matches!(bits, 10..=15)),
        _ => None,
    }
}

/// 7.1: `None`, which declines the offer, for another extension, and for a parameter that is unknown, repeated, or
/// invalid.
fn read(offer: &ExtensionOffer<'_>) -> Option<Offer> {
    if offer.name != "permessage-deflate" {
        return None;
    }
    let mut read = Offer::default();
    for (name, value) in &offer.params {
        let is_new = match (*name, value.as_deref()) {
            ("server_no_context_takeover", None) => {
                !std::mem::replace(&mut read.server_no_context_takeover, true)
            }
            ("client_no_context_takeover", None) => {
                !std::mem::replace(&mut read.client_no_context_takeover, true)
            }
            ("server_max_window_bits", Some(value)) => {
                read.server_max_window_bits.replace(window_bits(value)?).is_none()
            }
            ("client_max_window_bits", None) => read.client_max_window_bits.replace(None).is_none(),
            ("client_max_window_bits", Some(value)) => read
                .client_max_window_bits
                .replace(Some(window_bits(value)?))
                .is_none(),
            _ => return None,
        };
        if !is_new {
            return None;
        }
    }
    Some(read)
}

impl DeflateConfig {
    /// The first acceptable offer of the client, with its answer. `None` if there is none; messages are then not
    /// compressed.
    ///
    /// An offer that is malformed is declined (7.1).
    pub fn negotiate(&self, offers: &[ExtensionOffer<'_>]) -> Option<DeflateAgreement> {
        offers.iter().find_map(read).map(|offer| self.accept(&offer))
    }

    fn accept(&self, offer: &Offer) -> DeflateAgreement {
        // 7.1.2.1: the server's window is at most what the client asks for.
        let server_window = offer
            .server_max_window_bits
            .unwrap_or(15)
            .min(self.server_max_window_bits);
        // 7.1.2.2: only a client that offers the parameter can be told its window, and at most its own figure.
        let client_window = match offer.client_max_window_bits {
            None => 15,
            Some(most) => most.unwrap_or(15).min(self.client_max_window_bits),
        };
        let no_context_takeover = offer.server_no_context_takeover || !self.server_context_takeover;
        DeflateAgreement {
            server: Direction {
                no_context_takeover,
                window_bits: server_window,
            },
            client: Direction {
                no_context_takeover: offer.client_no_context_takeover || !self.client_context_takeover,
                window_bits: client_window,
            },
            level: self.level,
            min_size: self.min_size.unwrap_or(if no_context_takeover { 128 } else { 0 }),
            names_server_window: offer.server_max_window_bits.is_some() || server_window < 15,
        }
    }
}

impl DeflateAgreement {
    /// The value of `Sec-WebSocket-Extensions` in the answer (7.1).
    pub fn to_header_value(&self) -> String {
        let mut value = String::from("permessage-deflate");
        if self.server.no_context_takeover {
            value += "; server_no_context_takeover";
        }
        if self.client.no_context_takeover {
            value += "; client_no_context_takeover";
        }
        if self.names_server_window {
            value += &format!("; server_max_window_bits={}", self.server.window_bits);
        }
        if self.client.window_bits < 15 {
            value += &format!("; client_max_window_bits={}", self.client.window_bits);
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::extensions;

    fn answer(config: &DeflateConfig, header: &str) -> Option<String> {
        let offers = extensions([header.as_bytes()].into_iter()).unwrap();
        let value = config.negotiate(&offers)?.to_header_value();
        Some(value.strip_prefix("permessage-deflate").unwrap().replace(' ', ""))
    }

    fn takeover() -> DeflateConfig {
        DeflateConfig::new()
            .server_context_takeover(true)
            .client_context_takeover(true)
    }

    /// libwebsockets 4.1 loops on an uncompressed message, which RFC 7692, 6 allows (its issue 2794).
    #[test]
    fn every_message_is_compressed_where_the_context_is_taken_over() {
        let least = |config: &DeflateConfig, offer: &str| {
            let offers = extensions([offer.as_bytes()].into_iter()).unwrap();
            config.negotiate(&offers).unwrap().min_size
        };
        assert_eq!(least(&takeover(), "permessage-deflate"), 0);
        assert_eq!(least(&takeover().min_size(1000), "permessage-deflate"), 1000);
        // The client asks for none: then a short message gains nothing.
        assert_eq!(
            least(&takeover(), "permessage-deflate; server_no_context_takeover"),
            128
        );
        assert_eq!(least(&DeflateConfig::new(), "permessage-deflate"), 128);
    }

    #[test]
    fn an_offer_is_answered_as_7_1_says() {
        let cases = [
            ("permessage-deflate", ""),
            ("permessage-deflate; client_max_window_bits", ""),
            (
                "permessage-deflate; client_max_window_bits=10",
                ";client_max_window_bits=10",
            ),
            (
                "permessage-deflate; client_max_window_bits=8",
                ";client_max_window_bits=8",
            ),
            (
                "permessage-deflate; server_max_window_bits=15",
                ";server_max_window_bits=15",
            ),
            (
                "permessage-deflate; server_max_window_bits=\"9\"",
                ";server_max_window_bits=9",
            ),
            (
                "permessage-deflate; server_no_context_takeover",
                ";server_no_context_takeover",
            ),
            (
                "permessage-deflate; client_no_context_takeover",
                ";client_no_context_takeover",
            ),
            ("x, permessage-deflate", ""),
        ];
        for (offer, expected) in cases {
            assert_eq!(answer(&takeover(), offer).as_deref(), Some(expected), "{offer}");
        }
    }

    #[test]
    fn our_settings_bound_the_answer() {
        let config = DeflateConfig::new()
            .server_max_window_bits(11)
            .client_max_window_bits(12);
        let both = ";server_no_context_takeover;client_no_context_takeover";
        for (offer, windows) in [
            ("permessage-deflate", ";server_max_window_bits=11"),
            (
                "permessage-deflate; server_max_window_bits=10",
                ";server_max_window_bits=10",
            ),
            (
                "permessage-deflate; server_max_window_bits=14",
                ";server_max_window_bits=11",
            ),
            (
                "permessage-deflate; client_max_window_bits",
                ";server_max_window_bits=11;client_max_window_bits=12",
            ),
            (
                "permessage-deflate; client_max_window_bits=9",
                ";server_max_window_bits=11;client_max_window_bits=9",
            ),
            (
                "permessage-deflate; client_max_window_bits=13",
                ";server_max_window_bits=11;client_max_window_bits=12",
            ),
        ] {
            assert_eq!(
                answer(&config, offer),
                Some(format!("{both}{windows}")),
                "{offer}"
            );
        }
    }

    #[test]
    fn a_bad_offer_is_skipped() {
        for bad in [
            "unknown",
            "server_no_context_takeover=1",
            "server_no_context_takeover; server_no_context_takeover",
            "client_no_context_takeover=true",
            "server_max_window_bits",
            "server_max_window_bits=7",
            "server_max_window_bits=16",
            "server_max_window_bits=010",
            "server_max_window_bits=+9",
            "client_max_window_bits=+9",
            "client_max_window_bits=08",
            "client_max_window_bits=16",
            "client_max_window_bits=9; client_max_window_bits",
            "client_max_window_bits; client_max_window_bits",
        ] {
            let offer = format!("permessage-deflate; {bad}");
            assert_eq!(answer(&takeover(), &offer), None, "{bad}");
            let two = format!("{offer}, permessage-deflate; server_no_context_takeover");
            assert_eq!(
                answer(&takeover(), &two).as_deref(),
                Some(";server_no_context_takeover"),
                "{bad}"
            );
        }
        assert_eq!(answer(&takeover(), "x-webkit-deflate-frame"), None);
        assert_eq!(answer(&takeover(), ""), None);
    }

    #[test]
    fn settings_out_of_range_become_the_nearest() {
        let config = DeflateConfig::new()
            .server_max_window_bits(3)
            .client_max_window_bits(200)
            .level(0);
        assert_eq!(
            (
                config.server_max_window_bits,
                config.client_max_window_bits,
                config.level
            ),
            (9, 15, 1)
        );
    }
}
