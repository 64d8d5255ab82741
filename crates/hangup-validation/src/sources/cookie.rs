//! The cookies of every `Cookie` header, split once into pairs.

use http::{HeaderMap, header};

use super::decode::latin1;
use super::raw::Raw;

/// The cookies, in order, not yet decoded.
#[derive(Debug)]
pub(super) struct Cookies<'r>(smallvec::SmallVec<[(&'r [u8], &'r [u8]); 8]>);

impl<'r> Cookies<'r> {
    /// Splits by `;` and the first `=`, and takes the white space off, as browsers and Starlette do.
    pub(super) fn split(headers: &'r HeaderMap) -> Self {
        let lines = headers.get_all(header::COOKIE).into_iter();
        let chunks = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
        Self(chunks.map(pair).collect())
    }

    /// The last value of a name.
    pub(super) fn get(&self, name: &str) -> Option<Raw<'r>> {
        self.0
            .iter()
            .rfind(|(key, _)| is(key, name))
            .map(|(_, value)| Raw::Cookie(value))
    }
}

/// A chunk without `=` is the value of the empty name.
fn pair(chunk: &[u8]) -> (&[u8], &[u8]) {
    match chunk.iter().position(|byte| *byte == b'=') {
        Some(at) => {
            let (key, value) = chunk.split_at(at);
            (strip(key), strip(value.get(1..).unwrap_or_default()))
        }
        None => (b"", strip(chunk)),
    }
}

/// Python's `str.strip` on latin-1.
fn strip(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_space(*first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && is_space(*last)
    {
        bytes = rest;
    }
    bytes
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | 0x1c..=b' ' | 0x85 | 0xa0)
}

/// Whether a key is this name. An empty chunk is no cookie.
fn is(key: &[u8], name: &str) -> bool {
    key == name.as_bytes() && name.is_ascii() || (!key.is_ascii() && latin1(key) == name)
}
