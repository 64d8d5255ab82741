//! `Email`: an e-mail address, by the rules of Python's `email-validator`, which pydantic's `EmailStr` asks.

mod address;
mod domain;
mod length;
mod local;
mod unsafe_chars;

use std::fmt::{self, Display, Formatter};

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::fits::TakesStrict;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Rules;

/// A valid e-mail address, normalised: the domain in lower case and in its own script.
///
/// Nothing is looked up: whether the domain takes mail is not known. `John Doe <john@example.com>` is read too, and
/// gives the address alone.
#[doc(alias = "EmailStr")]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email {
    address: String,
    at: usize,
}

impl Email {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.address.get(..self.at).unwrap_or_default()
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.address.get(self.at + 1..).unwrap_or_default()
    }

    /// The whole address.
    pub fn into_string(self) -> String {
        self.address
    }
}

impl Display for Email {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

impl AsRef<str> for Email {
    fn as_ref(&self) -> &str {
        &self.address
    }
}

impl TakesStrict for Email {}

impl Param for Email {
    fn parse(text: &str, _: &Rules) -> Result<Self, Invalid> {
        read(text).map_err(|reason| {
            let msg = format!("value is not a valid email address: {reason}");
            Invalid::new("value_error", msg).with_ctx("reason", reason)
        })
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("email")
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.to_string().into())
    }
}

/// The longest text that pydantic looks at, in characters.
const MAX_TEXT: usize = 2048;

/// RFC 2142: mailboxes whose names are the same in upper and lower case.
const ROLES: [&str; 15] = [
    "info",
    "marketing",
    "sales",
    "support",
    "abuse",
    "noc",
    "security",
    "postmaster",
    "hostmaster",
    "usenet",
    "news",
    "webmaster",
    "www",
    "uucp",
    "ftp",
];

fn read(text: &str) -> Result<Email, String> {
    if text.chars().count() > MAX_TEXT {
        return Err(format!("Length must not exceed {MAX_TEXT} characters"));
    }
    if text.contains(['\r', '\n']) {
        return Err("Carriage return and line feed characters are not allowed".to_owned());
    }
    let split = address::split(address::without_name(text).trim())?;
    local::check(&split.local, split.quoted)?;
    let normal: String = split.local.nfc().collect();
    if normal != split.local {
        local::check(&normal, split.quoted)
            .map_err(|reason| format!("After Unicode normalization: {reason}"))?;
    }
    if split.quoted {
        return Err("Quoting the part before the @-sign is not allowed here.".to_owned());
    }
    let lower = normal.to_ascii_lowercase();
    let local = if ROLES.contains(&lower.as_str()) {
        lower
    } else {
        normal
    };
    let domain = domain::check(split.domain)?;
    let address = format!("{local}@{}", domain.unicode);
    length::check(&format!("{}@{}", split.written, split.domain), None)?;
    length::check(&address, Some("after normalization"))?;
    let ascii = format!("{local}@{}", domain.ascii);
    length::check(
        &ascii,
        Some("when the part after the @-sign is converted to IDNA ASCII"),
    )?;
    if split.named {
        return Err(
            "A display name and angle brackets around the email address are not permitted here.".to_owned(),
        );
    }
    Ok(Email {
        at: local.len(),
        address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_normalised() {
        for (text, address) in [
            ("a@example.com", "a@example.com"),
            ("A.B+c@Example.COM", "A.B+c@example.com"),
            ("ü@example.com", "ü@example.com"),
            ("a@ä.com", "a@ä.com"),
            ("a@xn--4ca.com", "a@ä.com"),
            (" John Doe <john@example.com> ", "john@example.com"),
            ("\"Doe, John\" <john@example.com>", "john@example.com"),
            ("INFO@example.com", "info@example.com"),
        ] {
            assert_eq!(read(text).unwrap().as_str(), address, "{text}");
        }
        let email = read("a.b@example.com").unwrap();
        assert_eq!((email.local_part(), email.domain()), ("a.b", "example.com"));
    }

    #[test]
    fn reasons_are_email_validators() {
        for (text, reason) in [
            ("", "An email address must have an @-sign."),
            ("a@", "There must be something after the @-sign."),
            ("@b.com", "There must be something before the @-sign."),
            (
                "a@b",
                "The part after the @-sign is not valid. It should have a period.",
            ),
            (
                "a@@b.com",
                "The part after the @-sign contains invalid characters: '@'.",
            ),
            (
                "a b@c.com",
                "The email address contains invalid characters before the @-sign: SPACE.",
            ),
            (".a@c.com", "An email address cannot start with a period."),
            (
                "a.@c.com",
                "An email address cannot have a period immediately before the @-sign.",
            ),
            ("a..b@c.com", "An email address cannot have two periods in a row."),
            (
                "a@-c.com",
                "An email address cannot have a hyphen immediately after the @-sign.",
            ),
            ("a@c.com.", "An email address cannot end with a period."),
            (
                "a@c.1",
                "The part after the @-sign is not valid. It is not within a valid top-level domain.",
            ),
            (
                "a@c.test",
                "The part after the @-sign is a special-use or reserved name that cannot be used with email.",
            ),
            (
                "\"a b\"@c.com",
                "Quoting the part before the @-sign is not allowed here.",
            ),
            (
                "a@[127.0.0.1]",
                "A bracketed IP address after the @-sign is not allowed here.",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), reason, "{text}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        assert_eq!(
            read(&long).unwrap_err(),
            "The email address is too long (8 characters too many)."
        );
    }
}
