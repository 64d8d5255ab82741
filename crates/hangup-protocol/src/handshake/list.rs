//! Comma lists of tokens over one or several header lines (RFC 9110, 5.6.1 and 5.6.2).

/// Whether these bytes are a token: at least one character, none of them a separator or a control character.
pub fn is_token(bytes: &[u8]) -> bool {
    let is_character = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty() && bytes.iter().all(is_character)
}

/// The elements of a comma list, over all lines of a header, in order. Spaces and tabs around an element are
/// cut; empty elements, which RFC 9110 has a recipient ignore, are left out. Elements need not be tokens.
pub fn tokens<'a>(values: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = &'a [u8]> {
    values
        .flat_map(|value| value.split(|byte| *byte == b','))
        .map(trim)
        .filter(|element| !element.is_empty())
}

/// Whether a comma list has this token, in any case.
pub fn contains_token<'a>(values: impl Iterator<Item = &'a [u8]>, token: &str) -> bool {
    tokens(values).any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
}

/// Cuts spaces and tabs, and nothing else, off both ends.
pub(super) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list<'a>(values: &[&'a str]) -> Vec<&'a str> {
        tokens(values.iter().map(|value| value.as_bytes()))
            .map(|t| std::str::from_utf8(t).unwrap())
            .collect()
    }

    #[test]
    fn lists_run_over_lines() {
        assert_eq!(list(&["keep-alive, Upgrade"]), ["keep-alive", "Upgrade"]);
        assert_eq!(list(&["a\t,, b ,", "", "c"]), ["a", "b", "c"]);
        assert_eq!(list(&["", " , "]), [""; 0]);
    }

    #[test]
    fn a_token_is_a_whole_element_in_any_case() {
        let has = |value: &str| contains_token([value.as_bytes()].into_iter(), "upgrade");
        assert!(has("Upgrade"));
        assert!(has("keep-alive,UPGRADE"));
        assert!(!has("upgrades"));
        assert!(!has("no-upgrade"));
        assert!(!has("up grade"));
        assert!(!has(""));
    }

    #[test]
    fn tokens_have_no_separators() {
        for byte in 0..=255u8 {
            let separator = b"()<>@,;:\\\"/[]?={} \t".contains(&byte);
            assert_eq!(
                is_token(&[b'a', byte]),
                (0x21..0x7f).contains(&byte) && !separator,
                "{byte}"
            );
        }
        assert!(!is_token(b""));
    }

    proptest! {
        #[test]
        fn what_is_joined_is_parted(words in proptest::collection::vec("[!-+.-~]{1,8}", 0..6), line in 0usize..6) {
            let (first, second) = words.split_at(line.min(words.len()));
            let lines = [first.join(" ,\t"), second.join(",")];
            let found = list(&[&lines[0], &lines[1]]);
            prop_assert_eq!(found, words);
        }
    }
}
