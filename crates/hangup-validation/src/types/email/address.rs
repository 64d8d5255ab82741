//! Where an address begins and ends: the name around it, the part before the `@` and the part after it.

use unicode_normalization::char::is_combining_mark;

use super::unsafe_chars::{self, Spaces};

/// An address in its parts.
#[derive(Debug)]
pub(super) struct Split<'a> {
    /// Whether it was in angle brackets.
    pub(super) named: bool,
    /// The part before the `@`, as it was written.
    pub(super) written: &'a str,
    /// The same without quotes and escapes.
    pub(super) local: String,
    /// Whether it was in quotes.
    pub(super) quoted: bool,
    /// The part after the `@`.
    pub(super) domain: &'a str,
}

/// The address of `Name <address>` or `"Name" <address>`, as pydantic reads it; any other text as it is.
pub(super) fn without_name(text: &str) -> &str {
    let inside = || {
        let body = text.trim().strip_suffix('>')?;
        let open = match body.strip_prefix('"') {
            Some(_) => quoted_name(body)?,
            None => {
                let open = body.find('<')?;
                let name = body.get(..open)?;
                let allowed =
                    |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.!#$%&'*+-/=?^`{|}~".contains(c);
                name.chars().all(allowed).then_some(open)?
            }
        };
        body.get(open + 1..).filter(|address| !address.is_empty())
    };
    inside().unwrap_or(text)
}

/// Where the `<` after a name in quotes is.
fn quoted_name(body: &str) -> Option<usize> {
    body.match_indices('<').rev().map(|(open, _)| open).find(|open| {
        let name = body.get(..*open).unwrap_or_default().trim_end();
        name.len() > 2 && name.ends_with('"')
    })
}

/// Splits at the first `@` outside of quotes.
pub(super) fn split(text: &str) -> Result<Split<'_>, String> {
    let (left, right) = until(text, &['@', '<'])?;
    let Some(inner) = right.strip_prefix('<') else {
        return parts(left, right);
    };
    let (name, quoted) = unquote_part(left.trim_end())?;
    if !quoted {
        let bad = |c: char| c == '.' || !(unsafe_chars::is_atext(c) || c == ' ');
        unsafe_chars::refuse(
            &name,
            bad,
            "The display name contains invalid characters when not quoted: ",
        )?;
    }
    unsafe_chars::check(&name, Spaces::Allowed)?;
    if !right.contains('>') {
        return Err(
            "An open angle bracket at the start of the email address has to be followed by a close angle \
                    bracket at the end."
                .to_owned(),
        );
    }
    let Some(address) = inner.trim_end_matches(' ').strip_suffix('>') else {
        return Err("There can't be anything after the email address.".to_owned());
    };
    let (local, domain) = until(address, &['@'])?;
    Ok(Split {
        named: true,
        ..parts(local, domain)?
    })
}

fn parts<'a>(written: &'a str, domain: &'a str) -> Result<Split<'a>, String> {
    let domain = domain.strip_prefix('@').unwrap_or(domain);
    let (local, quoted) = unquote_part(written)?;
    Ok(Split {
        named: false,
        written,
        local,
        quoted,
        domain,
    })
}

/// Splits before the first of these characters that is outside of quotes and that nothing combines with.
fn until<'a>(text: &'a str, specials: &[char]) -> Result<(&'a str, &'a str), String> {
    let (mut inside, mut escaped) = (false, false);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if chars.peek().is_some_and(|(_, next)| is_combining_mark(*next)) && matches!(c, '@' | '<' | '"') {
            continue;
        }
        if inside {
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => inside = false,
                _ => escaped = false,
            }
        } else if c == '"' {
            inside = true;
        } else if specials.contains(&c) {
            return Ok(text.split_at_checked(at).unwrap_or((text, "")));
        }
    }
    let sign = if text.contains('\u{ff20}') {
        "The email address has the \"full-width\" at-sign (@) character instead of a regular at-sign."
    } else if text.contains('\u{fe6b}') {
        "The email address has the \"small commercial at\" character instead of a regular at-sign."
    } else {
        "An email address must have an @-sign."
    };
    Err(sign.to_owned())
}

/// Takes quotes and escapes off.
fn unquote_part(text: &str) -> Result<(String, bool), String> {
    let Some(inner) = text.strip_prefix('"') else {
        return Ok((text.to_owned(), false));
    };
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '"' if chars.as_str().is_empty() => break,
            '"' => {
                let rest: Vec<String> = chars.map(unsafe_chars::display).collect();
                return Err(format!(
                    "Extra character(s) found after close quote: {}",
                    rest.join(", ")
                ));
            }
            c => out.push(c),
        }
    }
    Ok((out, true))
}
