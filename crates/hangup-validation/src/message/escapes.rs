//! Escapes in the strings of JSON.

/// The characters of a string as it stands in the text. Half a surrogate pair is U+FFFD.
pub(super) fn unescaped(raw: &str) -> impl Iterator<Item = char> {
    let inner = raw.strip_prefix('"').unwrap_or(raw);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut rest = inner.chars();
    std::iter::from_fn(move || {
        let character = rest.next()?;
        if character != '\\' {
            return Some(character);
        }
        Some(match rest.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (unit, behind) = unit(rest.as_str());
                rest = behind.chars();
                let low = behind.strip_prefix("\\u").map(self::unit);
                match (unit, low) {
                    (0xd800..=0xdbff, Some((low @ 0xdc00..=0xdfff, behind))) => {
                        rest = behind.chars();
                        let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                    _ => char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER),
                }
            }
            itself => itself,
        })
    })
}

/// Whether no half of a surrogate pair stands alone in a string.
pub(super) fn is_unicode(raw: &str) -> bool {
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        let escaped = rest.get(at + 1..).unwrap_or_default();
        let Some(digits) = escaped.strip_prefix('u') else {
            let next = escaped.chars().next().map_or(0, char::len_utf8);
            rest = escaped.get(next..).unwrap_or_default();
            continue;
        };
        let (first, behind) = unit(digits);
        rest = behind;
        match first {
            0xd800..=0xdbff => match behind.strip_prefix("\\u").map(unit) {
                Some((0xdc00..=0xdfff, behind)) => rest = behind,
                _ => return false,
            },
            0xdc00..=0xdfff => return false,
            _ => {}
        }
    }
    true
}

/// Four hexadecimal digits, and what stands behind them.
fn unit(text: &str) -> (u32, &str) {
    let (digits, behind) = text.split_at_checked(4).unwrap_or((text, ""));
    (u32::from_str_radix(digits, 16).unwrap_or(0xfffd), behind)
}
