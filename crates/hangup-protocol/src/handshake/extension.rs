//! `Sec-WebSocket-Extensions` (RFC 6455, 9.1).

use std::borrow::Cow;

use super::error::Malformed;
use super::limits::{MAX_EXTENSION_PARAMS, MAX_EXTENSIONS};
use super::list::{is_token, trim};

/// One extension with its parameters, as a client offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionOffer<'a> {
    /// The extension's name.
    pub name: &'a str,
    /// The parameters in order, with their values, if any, without quotes.
    pub params: Vec<(&'a str, Option<Cow<'a, str>>)>,
}

/// The extensions that a client offers, in its order of preference.
///
/// # Errors
///
/// [`Malformed::Extensions`] if a line does not follow the grammar of 9.1; the handshake must fail then.
/// [`Malformed::TooManyExtensions`] if there are more than [`MAX_EXTENSIONS`], or one of them has more than
/// [`MAX_EXTENSION_PARAMS`].
pub fn extensions<'a>(values: impl Iterator<Item = &'a [u8]>) -> Result<Vec<ExtensionOffer<'a>>, Malformed> {
    let mut offers = Vec::new();
    for value in values {
        let value = std::str::from_utf8(value).map_err(|_| Malformed::Extensions)?;
        let mut rest = Rest(value);
        loop {
            rest.skip_blanks();
            // RFC 9110, 5.6.1: empty elements are ignored.
            if rest.take(',') {
                continue;
            }
            if rest.0.is_empty() {
                break;
            }
            if offers.len() == MAX_EXTENSIONS {
                return Err(Malformed::TooManyExtensions);
            }
            offers.push(offer(&mut rest)?);
            if !rest.0.is_empty() && !rest.take(',') {
                return Err(Malformed::Extensions);
            }
        }
    }
    Ok(offers)
}

fn offer<'a>(rest: &mut Rest<'a>) -> Result<ExtensionOffer<'a>, Malformed> {
    let name = rest.token()?;
    let mut params = Vec::new();
    while rest.take(';') {
        if params.len() == MAX_EXTENSION_PARAMS {
            return Err(Malformed::TooManyExtensions);
        }
        rest.skip_blanks();
        let name = rest.token()?;
        let value = if rest.take('=') {
            rest.skip_blanks();
            Some(rest.value()?)
        } else {
            None
        };
        params.push((name, value));
    }
    Ok(ExtensionOffer { name, params })
}

/// What has not been read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn skip_blanks(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t']);
    }

    fn take(&mut self, character: char) -> bool {
        self.0.strip_prefix(character).map(|rest| self.0 = rest).is_some()
    }

    /// A token and the blanks behind it.
    fn token(&mut self) -> Result<&'a str, Malformed> {
        let end = self.0.find([',', ';', '=']).unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at(end);
        let token = token.trim_end_matches([' ', '\t']);
        debug_assert_eq!(trim(token.as_bytes()).len(), token.len());
        if !is_token(token.as_bytes()) {
            return Err(Malformed::Extensions);
        }
        self.0 = rest;
        Ok(token)
    }

    /// A token, or a quoted string that is one without its quotes and escapes, and the blanks after it.
    fn value(&mut self) -> Result<Cow<'a, str>, Malformed> {
        if !self.take('"') {
            return self.token().map(Cow::Borrowed);
        }
        let mut characters = self.0.char_indices();
        let mut value = String::new();
        loop {
            match characters.next() {
                Some((end, '"')) => {
                    self.0 = &self.0[end + 1..];
                    self.skip_blanks();
                    break;
                }
                Some((_, '\\')) => value.extend(characters.next().map(|(_, escaped)| escaped)),
                Some((_, character)) => value.push(character),
                None => return Err(Malformed::Extensions),
            }
        }
        if is_token(value.as_bytes()) {
            Ok(Cow::Owned(value))
        } else {
            Err(Malformed::Extensions)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse<'a>(values: &[&'a str]) -> Result<Vec<ExtensionOffer<'a>>, Malformed> {
        extensions(values.iter().map(|value| value.as_bytes()))
    }

    /// Offers in a short form: `name;param=value`.
    fn short(offers: &[ExtensionOffer<'_>]) -> Vec<String> {
        let param = |(name, value): &(&str, Option<Cow<'_, str>>)| match value {
            None => format!(";{name}"),
            Some(value) => format!(";{name}={value}"),
        };
        offers
            .iter()
            .map(|o| {
                o.params
                    .iter()
                    .map(param)
                    .fold(o.name.to_owned(), |all, p| all + &p)
            })
            .collect()
    }

    #[test]
    fn the_rfc_examples_are_read() {
        assert_eq!(short(&parse(&["deflate-stream"]).unwrap()), ["deflate-stream"]);
        let offers = parse(&[
            "mux; max-channels=4; flow-control, deflate-stream",
            "private-extension",
        ])
        .unwrap();
        assert_eq!(
            short(&offers),
            [
                "mux;max-channels=4;flow-control",
                "deflate-stream",
                "private-extension"
            ]
        );
        let offers =
            parse(&["permessage-deflate; server_max_window_bits=\"10\" , permessage-deflate ;a = b"]);
        assert_eq!(
            short(&offers.unwrap()),
            [
                "permessage-deflate;server_max_window_bits=10",
                "permessage-deflate;a=b"
            ]
        );
        assert_eq!(short(&parse(&[r#"x;y="1\0" ; z"#]).unwrap()), ["x;y=10;z"]);
        assert_eq!(short(&parse(&["", ",a,,b ,", " "]).unwrap()), ["a", "b"]);
    }

    #[test]
    fn what_breaks_the_grammar_is_refused() {
        for value in [
            "a b",
            "a;",
            ";",
            "a;;b",
            "a;b=",
            "a;=b",
            "a=b",
            "a;b=\"",
            "a;b=\"x",
            "a;b=\"x y\"",
            "a;b=\"\"",
            "a;b=\"x\"y",
            "a;b=c d",
            "a;b=\"x\\",
            "é",
            "a/b",
            "a;b=c=d",
            "\"a\"",
            "a,;",
        ] {
            assert_eq!(parse(&[value]), Err(Malformed::Extensions), "{value}");
        }
        assert_eq!(
            extensions([&b"a\xff"[..]].into_iter()),
            Err(Malformed::Extensions)
        );
    }

    #[test]
    fn the_numbers_of_offers_and_parameters_are_bounded() {
        let offers = vec!["a"; MAX_EXTENSIONS].join(",");
        assert_eq!(parse(&[&offers]).unwrap().len(), MAX_EXTENSIONS);
        assert_eq!(parse(&[&format!(",,{offers},,")]).unwrap().len(), MAX_EXTENSIONS);
        assert_eq!(parse(&[&offers, "b"]), Err(Malformed::TooManyExtensions));
        let params = format!("a{}", ";b=c".repeat(MAX_EXTENSION_PARAMS));
        assert_eq!(parse(&[&params]).unwrap()[0].params.len(), MAX_EXTENSION_PARAMS);
        assert_eq!(
            parse(&[&format!("{params};b")]),
            Err(Malformed::TooManyExtensions)
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            offers in proptest::collection::vec(
                ("[a-z-]{1,9}", proptest::collection::vec(("[a-z_]{1,9}", any::<u8>(), any::<u8>()), 0..4)), 0..4),
            blank in "[ \t]{0,2}",
        ) {
            let mut header = Vec::new();
            let mut expected = Vec::new();
            for (name, params) in offers {
                let (mut written, mut plain) = (name.clone(), name);
                for (param, value, form) in params {
                    let text = match form % 4 {
                        0 => String::new(),
                        1 => format!("{blank}={blank}{value}"),
                        2 => format!("=\"{value}\""),
                        _ => format!("=\"{}\"", value.to_string().chars().map(|c| format!("\\{c}")).collect::<String>()),
                    };
                    written += &format!("{blank};{blank}{param}{text}");
                    plain += &if form % 4 == 0 { format!(";{param}") } else { format!(";{param}={value}") };
                }
                header.push(written);
                expected.push(plain);
            }
            let header = header.join(&format!("{blank},{blank}"));
            let offers = parse(&[&header]).unwrap();
            prop_assert_eq!(short(&offers), expected);
        }

        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..40), text in "[a;,=\" \\\\b]{0,20}") {
            let _ = extensions([&bytes[..], text.as_bytes()].into_iter());
        }
    }
}
