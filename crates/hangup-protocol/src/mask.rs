//! Masking of payloads (RFC 6455, 5.3): byte `i` of a payload is XORed with byte `i` modulo 4 of the key.

/// The key repeated to eight bytes, as seen from byte `phase` of the payload.
fn word(key: [u8; 4], phase: usize) -> u64 {
    let [a, b, c, d] = rotated(key, phase);
    u64::from_ne_bytes([a, b, c, d, a, b, c, d])
}

/// The key as seen from byte `phase` of the payload.
pub const fn rotated(key: [u8; 4], phase: usize) -> [u8; 4] {
    u32::from_be_bytes(key)
        .rotate_left(8 * (phase & 3) as u32)
        .to_be_bytes()
}

/// Masks or unmasks `bytes` in place; `phase` is the place of the first byte in the payload.
pub fn apply(key: [u8; 4], phase: usize, bytes: &mut [u8]) {
    let word = word(key, phase);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for chunk in words {
        *chunk = (u64::from_ne_bytes(*chunk) ^ word).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(word.to_ne_bytes()) {
        *byte ^= key;
    }
}

/// Appends `source`, masked or unmasked, to `target` in one pass; `phase` is the place of the first byte in the
/// payload.
pub fn copy_unmasked(key: [u8; 4], phase: usize, source: &[u8], target: &mut Vec<u8>) {
    const BLOCK: usize = 64;
    target.reserve(source.len());
    let word = word(key, phase);
    let (blocks, rest) = source.as_chunks::<BLOCK>();
    for block in blocks {
        let mut plain = *block;
        for chunk in plain.as_chunks_mut::<8>().0 {
            *chunk = (u64::from_ne_bytes(*chunk) ^ word).to_ne_bytes();
        }
        target.extend_from_slice(&plain);
    }
    let start = target.len();
    target.extend_from_slice(rest);
    apply(key, phase, &mut target[start..]);
}

/// Writes `source`, masked or unmasked, over `target`, as far as both go.
pub fn copy_into(key: [u8; 4], phase: usize, source: &[u8], target: &mut [u8]) {
    let word = word(key, phase);
    let (from, from_rest) = source.as_chunks::<8>();
    let (to, to_rest) = target.as_chunks_mut::<8>();
    let whole = from.len().min(to.len());
    for (to, from) in to.iter_mut().zip(from) {
        *to = (u64::from_ne_bytes(*from) ^ word).to_ne_bytes();
    }
    let from = if whole < from.len() {
        &from[whole][..]
    } else {
        from_rest
    };
    let to = if whole < to.len() {
        &mut to[whole][..]
    } else {
        to_rest
    };
    for ((to, from), key) in to.iter_mut().zip(from).zip(word.to_ne_bytes()) {
        *to = from ^ key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(key: [u8; 4], phase: usize, bytes: &[u8]) -> Vec<u8> {
        bytes
            .iter()
            .enumerate()
            .map(|(i, byte)| byte ^ key[(i + phase) % 4])
            .collect()
    }

    #[test]
    fn all_phases_and_lengths_match_the_rfc_formula() {
        let key = [0x37, 0xfa, 0x21, 0x3d];
        let bytes: Vec<u8> = (0..400usize).map(|i| (i * 7) as u8).collect();
        for phase in (0..9).chain([usize::MAX]) {
            for length in 0..bytes.len() {
                let source = &bytes[..length];
                let expected = naive(key, phase & 3, source);
                let mut in_place = source.to_vec();
                apply(key, phase, &mut in_place);
                assert_eq!(in_place, expected, "apply {phase} {length}");
                let mut appended = b"before".to_vec();
                copy_unmasked(key, phase, source, &mut appended);
                assert_eq!(
                    appended,
                    [b"before", expected.as_slice()].concat(),
                    "copy {phase} {length}"
                );
                let mut over = vec![0; length];
                copy_into(key, phase, source, &mut over);
                assert_eq!(over, expected, "into {phase} {length}");
            }
        }
    }

    #[test]
    fn unequal_lengths_are_copied_as_far_as_both_go() {
        let key = [1, 2, 3, 4];
        let bytes = [0xffu8; 20];
        for source in 0..20 {
            for target in 0..20 {
                let mut over = vec![0; target];
                copy_into(key, 1, &bytes[..source], &mut over);
                let both = source.min(target);
                assert_eq!(over[..both], naive(key, 1, &bytes[..both]));
                assert!(over[both..].iter().all(|byte| *byte == 0));
            }
        }
    }

    #[test]
    fn the_rfc_example() {
        let mut hello = [0x7f, 0x9f, 0x4d, 0x51, 0x58];
        apply([0x37, 0xfa, 0x21, 0x3d], 0, &mut hello);
        assert_eq!(&hello, b"Hello");
    }
}
