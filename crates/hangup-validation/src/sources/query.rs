//! The query string, split once into pairs.

use super::decode::{Plus, percent};
use super::raw::Raw;

/// The pairs of a query string, in order, not yet decoded.
#[derive(Debug)]
pub(super) struct Query<'r>(smallvec::SmallVec<[(&'r str, &'r str); 8]>);

impl<'r> Query<'r> {
    /// Splits by `&` and the first `=`, as Python's `parse_qsl` does with `keep_blank_values`: a name without `=` has an
    /// empty value, an empty piece is nothing.
    pub(super) fn split(query: &'r str) -> Self {
        let pieces = query.split('&').filter(|piece| !piece.is_empty());
        Self(
            pieces
                .map(|piece| piece.split_once('=').unwrap_or((piece, "")))
                .collect(),
        )
    }

    /// Every value of a name, in order.
    pub(super) fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = Raw<'r>> {
        self.0
            .iter()
            .filter(move |(key, _)| is(key, name))
            .map(|(_, value)| Raw::Query(value))
    }

    /// The last value of a name.
    pub(super) fn last(&self, name: &str) -> Option<Raw<'r>> {
        self.all(name).next_back()
    }
}

/// Whether an encoded key is this name.
fn is(key: &str, name: &str) -> bool {
    key == name || (key.contains(['%', '+']) && percent(key, Plus::IsSpace) == name)
}

#[cfg(test)]
mod tests {
    use super::Query;

    fn all(query: &str, name: &str) -> Vec<String> {
        Query::split(query)
            .all(name)
            .map(|raw| raw.decode().into_owned())
            .collect()
    }

    #[test]
    fn split_as_parse_qsl_does() {
        assert_eq!(all("q=1;q=2", "q"), ["1;q=2"]);
        assert_eq!(all("&&q=1&&", "q"), ["1"]);
        assert_eq!(all("q", "q"), [""]);
        assert_eq!(all("q=a=b", "q"), ["a=b"]);
        assert_eq!(all("=x&q=1", ""), ["x"]);
        assert_eq!(all("?q=1", "q"), [""; 0]);
        assert_eq!(all("%C3%BCber=1&%71=2", "über"), ["1"]);
        assert_eq!(all("a+b=1", "a b"), ["1"]);
    }

    #[test]
    fn the_last_duplicate_wins() {
        let query = Query::split("q=1&p=2&q=3");
        assert_eq!(query.last("q").unwrap().decode(), "3");
    }
}
