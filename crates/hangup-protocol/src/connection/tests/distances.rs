//! A reader of DEFLATE (RFC 1951) for tests, which tells how far back a stream refers; it keeps no output.

/// The distances of all matches, in order. The stream ends where its bits do.
pub(super) fn distances(bytes: &[u8]) -> Vec<usize> {
    let mut bits = Bits { bytes, at: 0 };
    let mut distances = Vec::new();
    while block(&mut bits, &mut distances).is_some() {}
    distances
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<usize> {
        (0..count).try_fold(0, |number, place| {
            let bit = self.bytes.get(self.at / 8)? >> (self.at % 8) & 1;
            self.at += 1;
            Some(number | usize::from(bit) << place)
        })
    }
}

/// RFC 1951, 3.2.2: the symbols with their codes, as (length, code, symbol).
struct Codes(Vec<(usize, usize, usize)>);

impl Codes {
    fn new(lengths: &[usize]) -> Self {
        let mut symbols: Vec<_> = lengths
            .iter()
            .enumerate()
            .filter(|(_, length)| **length > 0)
            .collect();
        symbols.sort_by_key(|(symbol, length)| (**length, *symbol));
        let (mut code, mut previous) = (0, 0);
        let codes = symbols.into_iter().map(|(symbol, length)| {
            code <<= length - previous;
            previous = *length;
            code += 1;
            (*length, code - 1, symbol)
        });
        Self(codes.collect())
    }

    fn read(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut length) = (0, 0);
        loop {
            code = code << 1 | bits.take(1)?;
            length += 1;
            if let Ok(found) = self.0.binary_search_by_key(&(length, code), |(l, c, _)| (*l, *c)) {
                return Some(self.0[found].2);
            }
            assert!(length < 16, "no such code");
        }
    }
}

/// RFC 1951, 3.2.3.
fn block(bits: &mut Bits<'_>, distances: &mut Vec<usize>) -> Option<()> {
    bits.take(1)?;
    let (literals, far) = match bits.take(2)? {
        0 => {
            bits.at = bits.at.next_multiple_of(8);
            let length = bits.take(16)?;
            bits.take(16)?;
            bits.at += length * 8;
            return Some(());
        }
        1 => {
            let lengths = [[8; 144].as_slice(), &[9; 112], &[7; 24], &[8; 8]].concat();
            (Codes::new(&lengths), Codes::new(&[5; 30]))
        }
        2 => dynamic(bits)?,
        _ => panic!("a block of type 3"),
    };
    loop {
        match literals.read(bits)? {
            0..=255 => {}
            256 => return Some(()),
            symbol => {
                // RFC 1951, 3.2.5: the extra bits of a length, and those of a distance.
                bits.take(if matches!(symbol, 257..=264 | 285) {
                    0
                } else {
                    (symbol - 261) / 4
                })?;
                let symbol = far.read(bits)?;
                let extra = (symbol / 2).saturating_sub(1);
                let base = if symbol < 2 {
                    symbol
                } else {
                    (2 + symbol % 2) << extra
                };
                distances.push(base + bits.take(extra)? + 1);
            }
        }
    }
}

/// RFC 1951, 3.2.7.
fn dynamic(bits: &mut Bits<'_>) -> Option<(Codes, Codes)> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let (literals, far, count) = (bits.take(5)? + 257, bits.take(5)? + 1, bits.take(4)? + 4);
    let mut lengths = [0; 19];
    for place in &ORDER[..count] {
        lengths[*place] = bits.take(3)?;
    }
    let codes = Codes::new(&lengths);
    let mut lengths = Vec::new();
    while lengths.len() < literals + far {
        let (length, times) = match codes.read(bits)? {
            16 => (*lengths.last()?, bits.take(2)? + 3),
            17 => (0, bits.take(3)? + 3),
            18 => (0, bits.take(7)? + 11),
            length => (length, 1),
        };
        lengths.extend(std::iter::repeat_n(length, times));
    }
    let (literals, far) = lengths.split_at(literals);
    Some((Codes::new(literals), Codes::new(far)))
}

#[test]
fn the_rfc_example_is_read() {
    assert_eq!(distances(b"\xf2\x48\xcd\xc9\xc9\x07\x00"), []);
    assert_eq!(distances(b"\xf2\x00\x11\x00\x00"), [5]);
}
