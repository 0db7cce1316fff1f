//! Names of members that are looked for, told from all others by a number: their length and last
//! bytes. Several are looked for at once, in a table that the compiler makes.

/// Of a name: its length and its last bytes, in which names mostly differ.
#[inline]
pub(crate) const fn mark(name: &[u8]) -> u64 {
    match name.last_chunk::<4>() {
        Some(tail) => (name.len() as u64) << 32 | u32::from_le_bytes(*tail) as u64,
        None => (name.len() as u64) << 32,
    }
}

/// The last bytes of a name, by its mark; nothing if it has fewer.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
pub(crate) const fn tail(mark: u64) -> u32 {
    mark as u32
}

/// The mark of a name with escapes, which stands for another.
pub(crate) const ESCAPED: u64 = u64::MAX;

/// A name that is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'k> {
    name: &'k [u8],
    mark: u64,
}

impl<'k> Key<'k> {
    pub(crate) const fn new(name: &'k [u8]) -> Self {
        Self { name, mark: mark(name) }
    }

    #[inline]
    pub(crate) fn mark(&self) -> u64 {
        self.mark
    }

    pub(crate) fn name(&self) -> &'k [u8] {
        self.name
    }

    /// Whether a name with the same mark is this one. Most have eight to sixteen bytes, for which
    /// two words are enough.
    #[inline]
    pub(crate) fn is_same(&self, name: &[u8]) -> bool {
        match (name.first_chunk::<8>(), self.name.first_chunk::<8>()) {
            (Some(first), Some(same)) if name.len() <= 16 => {
                first == same && name.last_chunk::<8>() == self.name.last_chunk::<8>()
            }
            _ => name == self.name,
        }
    }
}

/// Names that are looked for in one going over, each at a place of its own: one multiplication
/// and one comparison tell whether a member is any of them.
pub(crate) struct Keys<const N: usize> {
    of: [Key<'static>; N],
    spread: u64,
    places: [u8; PLACES],
}

const PLACES: usize = 64;

impl<const N: usize> Keys<N> {
    #[expect(clippy::cast_possible_truncation, reason = "there are fewer names than places")]
    pub(crate) const fn new(names: [&'static str; N]) -> Self {
        let (mut keys, mut marks, mut at) = ([Key::new(b""); N], [0; N], 0);
        while at < N {
            keys[at] = Key::new(names[at].as_bytes());
            marks[at] = keys[at].mark;
            at += 1;
        }
        let (spread, mut places) = (spread(&marks), [0; PLACES]);
        while at > 0 {
            at -= 1;
            places[place(marks[at], spread)] = at as u8;
        }
        Self { of: keys, spread, places }
    }

    /// Where among them a name with this mark can only be.
    #[inline]
    pub(crate) fn place(&self, mark: u64) -> usize {
        usize::from(self.places[place(mark, self.spread)])
    }

    /// The same of a name that was written with escapes, and has no mark.
    #[cold]
    pub(crate) fn place_by_name(&self, name: &[u8]) -> usize {
        self.of.iter().position(|key| *key.name == *name).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn key(&self, place: usize) -> &Key<'static> {
        &self.of[place]
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "six bits are left of it")]
const fn place(mark: u64, spread: u64) -> usize {
    (mark.wrapping_mul(spread) >> (64 - PLACES.ilog2())) as usize
}

/// A multiplier that sends no two marks to one place. Names with the same mark never end it, and
/// are refused by the compiler.
const fn spread(marks: &[u64]) -> u64 {
    let mut spread: u64 = 0x9e37_79b9_7f4a_7c15;
    loop {
        let (mut taken, mut at) = (0_u64, 0);
        while at < marks.len() {
            taken |= 1 << place(marks[at], spread);
            at += 1;
        }
        if taken.count_ones() as usize == marks.len() {
            return spread;
        }
        spread = spread.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_found_where_it_stands_and_no_other_is() {
        const NAMES: [&str; 8] =
            ["arn", "id", "type", "userName", "accountId", "sessionContext", "recipientAccountId", "credentialId"];
        static KEYS: Keys<8> = Keys::new(NAMES);
        let found = |name: &str| {
            let (name, mark) = (name.as_bytes(), mark(name.as_bytes()));
            let key = KEYS.key(KEYS.place(mark));
            key.mark() == mark && key.is_same(name)
        };
        for (place, name) in NAMES.iter().enumerate() {
            assert!(found(name) && KEYS.place(mark(name.as_bytes())) == place, "{name}");
            assert_eq!(KEYS.place_by_name(name.as_bytes()), place);
        }
        let others =
            ["", "a", "Arn", "tape", "userNama", "nickName", "accoundId", "sessionkontext", "recipientaccountId"];
        for other in others {
            assert!(!found(other), "{other}");
        }
    }
}
