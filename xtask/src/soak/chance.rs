//! Reproducible random numbers: the same numbers for the same seed.

/// SplitMix64: small, and good enough to choose between kinds of misbehaviour.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Those of one client among the others of a seed.
    pub(crate) fn of(seed: u64, client: u64) -> Self {
        let mut chance = Self(seed ^ client.wrapping_mul(0xd134_2543_de82_ef95));
        chance.next();
        chance
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is not 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub(crate) fn one_of<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        let at = self.below(others.len() as u64 + 1) as usize;
        at.checked_sub(1)
            .and_then(|at| others.get(at).copied())
            .unwrap_or(first)
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length.div_ceil(8))
            .flat_map(|_| self.next().to_le_bytes())
            .take(length)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_again_and_its_clients_differ() {
        let numbers = |mut chance: Chance| [chance.next(), chance.next(), chance.below(10)];
        assert_eq!(numbers(Chance::of(7, 3)), numbers(Chance::of(7, 3)));
        assert_ne!(numbers(Chance::of(7, 3)), numbers(Chance::of(7, 4)));
        assert_ne!(numbers(Chance::of(7, 3)), numbers(Chance::of(8, 3)));
        assert_eq!(Chance::new(1).bytes(11).len(), 11);
    }
}
