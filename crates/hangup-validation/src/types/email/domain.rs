//! The part after the `@`.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

use super::length::too_many;
use super::unsafe_chars::{self, Spaces};

/// The longest domain and the longest label (RFC 1035 section 2.3.4).
const MAX_DOMAIN: usize = 253;
const MAX_LABEL: usize = 63;

/// Domains that are set aside and take no mail.
const SPECIAL: [&str; 6] = ["arpa", "invalid", "local", "localhost", "onion", "test"];

/// A domain in both its forms.
#[derive(Debug)]
pub(super) struct Domain {
    pub(super) ascii: String,
    pub(super) unicode: String,
}

pub(super) fn check(domain: &str) -> Result<Domain, String> {
    if domain.is_empty() {
        return Err("There must be something after the @-sign.".to_owned());
    }
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return Err(bracketed(literal));
    }
    let length = domain.chars().count();
    if length > MAX_DOMAIN {
        return Err(format!(
            "The email address is too long after the @-sign {}.",
            too_many(length - MAX_DOMAIN)
        ));
    }
    let bad = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.') || c >= '\u{80}');
    unsafe_chars::refuse(
        domain,
        bad,
        "The part after the @-sign contains invalid characters: ",
    )?;
    unsafe_chars::check(domain, Spaces::Refused)?;
    let (mapped, _) = Uts46::new().to_user_interface(
        domain.as_bytes(),
        AsciiDenyList::EMPTY,
        Hyphens::Allow,
        |_, _, _| true,
    );
    let words = "The part after the @-sign contains invalid characters after Unicode normalization: ";
    unsafe_chars::refuse(&mapped.replace('\u{fffd}', ""), bad, words)?;
    check_dots(&mapped)?;
    let lettered = |label: &str| {
        let bytes = label.as_bytes();
        bytes.get(2..4) == Some(b"--")
            && !bytes
                .get(..2)
                .is_some_and(|start| start.eq_ignore_ascii_case(b"xn"))
    };
    if mapped.split('.').any(lettered) {
        return Err("An email address cannot have two letters followed by two dashes immediately after the @-sign or \
                    after a period, except Punycode."
            .to_owned());
    }
    let ascii = to_punycode(domain)?;
    check_ascii(&ascii, domain)?;
    let (unicode, _) = Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow);
    Ok(Domain {
        unicode: unicode.into_owned(),
        ascii,
    })
}

fn bracketed(literal: &str) -> String {
    let tagged = literal
        .get(..5)
        .is_some_and(|tag| tag.eq_ignore_ascii_case("ipv6:"));
    let is_v4 = literal.parse::<std::net::Ipv4Addr>().is_ok();
    let is_v6 = tagged
        && literal
            .get(5..)
            .is_some_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok());
    if is_v4 || is_v6 {
        "A bracketed IP address after the @-sign is not allowed here."
    } else if !literal.contains(':') {
        "The part after the @-sign in brackets is not an IPv4 address and has no address literal tag."
    } else {
        "The part after the @-sign contains an invalid address literal tag in brackets."
    }
    .to_owned()
}

fn check_dots(domain: &str) -> Result<(), String> {
    for (c, name) in [('.', "period"), ('-', "hyphen")] {
        if domain.ends_with(c) {
            return Err(format!("An email address cannot end with a {name}."));
        }
        if domain.starts_with(c) {
            return Err(format!(
                "An email address cannot have a {name} immediately after the @-sign."
            ));
        }
        if c == '.' && domain.contains("..") {
            return Err("An email address cannot have two periods in a row.".to_owned());
        }
    }
    if domain.contains(".-") || domain.contains("-.") {
        return Err("An email address cannot have a period and a hyphen next to each other.".to_owned());
    }
    Ok(())
}

fn to_punycode(domain: &str) -> Result<String, String> {
    let ascii = Uts46::new().to_ascii(
        domain.as_bytes(),
        AsciiDenyList::EMPTY,
        Hyphens::Allow,
        DnsLength::Ignore,
    );
    let ascii = ascii.map_err(|_| "The part after the @-sign is not valid IDNA.".to_owned())?;
    Ok(ascii.into_owned())
}

fn check_ascii(ascii: &str, written: &str) -> Result<(), String> {
    let over = ascii.len().saturating_sub(MAX_DOMAIN);
    if over > 0 && ascii == written {
        return Err(format!(
            "The email address is too long after the @-sign {}.",
            too_many(over)
        ));
    }
    if over > 0 {
        let plural = if over == 1 { "" } else { "s" };
        let reason = format!("({over} byte{plural} too many after IDNA encoding)");
        return Err(format!(
            "The email address is too long after the @-sign {reason}."
        ));
    }
    if let Some(label) = ascii.split('.').find(|label| label.len() > MAX_LABEL) {
        let reason = too_many(label.len() - MAX_LABEL);
        return Err(format!(
            "After the @-sign, periods cannot be separated by so many characters {reason}."
        ));
    }
    if !ascii.contains('.') {
        return Err("The part after the @-sign is not valid. It should have a period.".to_owned());
    }
    if !ascii.ends_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(
            "The part after the @-sign is not valid. It is not within a valid top-level domain.".to_owned(),
        );
    }
    let under = |name: &str| {
        ascii
            .strip_suffix(name)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    if SPECIAL.iter().any(|name| under(name)) {
        return Err(
            "The part after the @-sign is a special-use or reserved name that cannot be used with email."
                .to_owned(),
        );
    }
    Ok(())
}
