//! Random numbers that are the same on every machine and in every release.
//!
//! Own code and not a crate: a crate may change its numbers with a new version, and the
//! sample would change with it.

/// `SplitMix64`, with the few shapes of value that audit logs are made of.
pub(crate) struct Rng(u64);

impl Rng {
    /// Each named stream is independent, so that one more event on a Monday leaves Tuesday as it was.
    pub(crate) fn new(stream: &str) -> Self {
        // FNV-1a: simple, and good enough to tell names apart.
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        Self(stream.bytes().fold(0xCBF2_9CE4_8422_2325, fold))
    }

    /// At least `low` and at most `high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.between(1, 100) <= percent
    }

    /// For what is rarer than one in a hundred.
    pub(crate) fn chance_of(&mut self, share: f64) -> bool {
        (self.between(0, MILLION - 1) as f64) < share * MILLION as f64
    }

    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.index(choices.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }

    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.text(b"0123456789abcdef", length)
    }

    pub(crate) fn upper(&mut self, length: usize) -> String {
        self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length)
    }

    pub(crate) fn alphanumeric(&mut self, length: usize) -> String {
        self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length)
    }

    /// A version 4 UUID, as AWS gives to events and requests.
    pub(crate) fn uuid(&mut self) -> String {
        let variant = self.text(b"89ab", 1);
        format!("{}-{}-4{}-{variant}{}-{}", self.hex(8), self.hex(4), self.hex(3), self.hex(3), self.hex(12))
    }

    /// The id of a resource: `i-0…`, `eni-0…` and so on.
    pub(crate) fn resource_id(&mut self, prefix: &str) -> String {
        format!("{prefix}-0{}", self.hex(16))
    }

    /// An access key id. It says EXAMPLE, so that no secret scanner takes it for a real one.
    pub(crate) fn access_key_id(&mut self, prefix: &str) -> String {
        format!("{prefix}{}EXAMPLE", self.upper(9))
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.next() % length as u64).expect("smaller than `length`")
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

const MILLION: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn a_stream_never_changes() {
        assert_eq!(Rng::new("a").hex(8), Rng::new("a").hex(8));
        assert_ne!(Rng::new("a").hex(8), Rng::new("b").hex(8));
        assert_eq!(Rng::new("a").uuid().len(), 36);
    }
}
