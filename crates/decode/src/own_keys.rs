//! The keys of a record's own level, gathered by the swift cutter, and which of them are of the
//! header: a table in which each key has a place of its own.
#![expect(clippy::inline_always, reason = "a part of the swift cutter's loop, compiled for one kind of processor")]

use crate::{header::Header, members::closing_quote};

/// Where the keys of one level begin, a mask for each block that has any.
#[derive(Default)]
pub(crate) struct OwnKeys {
    masks: [u64; OWN_BLOCKS],
    places: [u32; OWN_BLOCKS],
    count: usize,
}

/// A record of AWS has some fifteen.
pub(crate) const OWN_BLOCKS: usize = 32;

/// Of keys that begin like one of the header. A record has seven.
const MOST_FOUND: usize = 16;

impl OwnKeys {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a record is no longer than `LONGEST`")]
    pub(crate) fn add(&mut self, at: usize, keys: u64) {
        let slot = self.count % OWN_BLOCKS;
        (self.masks[slot], self.places[slot]) = (keys, at as u32);
        self.count += usize::from(keys != 0);
    }

    /// Where they begin, in order; `None` if there were more than there is room for.
    #[inline(always)]
    pub(crate) fn places(&self) -> Option<Places<'_>> {
        (self.count < OWN_BLOCKS).then_some(Places { keys: self, next: 0, mask: 0, at: 0 })
    }

    /// The keys that begin like one of the header. Which they are is foreseen by nobody, so
    /// that nothing here depends on it.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "there are sixty-four places")]
    pub(crate) fn find(&self, text: &[u8], found: &mut Found) -> Option<()> {
        // If there were more, the first ones are lost.
        if self.count >= OWN_BLOCKS {
            return None;
        }
        for (&mask, &at) in self.masks.iter().zip(&self.places).take(self.count) {
            let mut keys = mask;
            while keys != 0 {
                let quote = at + keys.trailing_zeros();
                keys &= keys - 1;
                // So near the end of the text that no key of the header has room.
                let start = u64::from_le_bytes(*text[quote as usize..].first_chunk()?);
                let place = place(start, SPREAD);
                found.keys[found.count % MOST_FOUND] = (quote, place as u32);
                found.count += usize::from(STARTS[place] == start);
            }
        }
        (found.count < MOST_FOUND).then_some(())
    }
}

/// The quotes that keys begin with.
#[derive(Clone)]
pub(crate) struct Places<'k> {
    keys: &'k OwnKeys,
    next: usize,
    mask: u64,
    at: u32,
}

impl Iterator for Places<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        // No block is kept that has none.
        if self.mask == 0 {
            if self.next == self.keys.count {
                return None;
            }
            (self.mask, self.at) = (self.keys.masks[self.next], self.keys.places[self.next]);
            self.next += 1;
        }
        let place = self.at + self.mask.trailing_zeros();
        self.mask &= self.mask - 1;
        Some(place as usize)
    }
}

/// Where keys are that may be of the header, and which.
#[derive(Default)]
pub(crate) struct Found {
    keys: [(u32, u32); MOST_FOUND],
    count: usize,
}

impl Found {
    #[inline(always)]
    pub(crate) fn note<'a>(
        &self,
        text: &'a [u8],
        header: &mut Header<'a>,
        quotes: impl Fn(&[u8; 64]) -> u64,
    ) -> Option<()> {
        header.clear();
        header.is_plain = true;
        // In the order of `Field`.
        let mut fields = [
            &mut header.event_name,
            &mut header.event_time,
            &mut header.event_source,
            &mut header.event_type,
            &mut header.event_category,
            &mut header.aws_region,
            &mut header.recipient_account_id,
        ];
        for &(quote, place) in self.keys.iter().take(self.count) {
            let (quote, key) = (quote as usize, &BY_START[place as usize % PLACES]);
            // None for what is not of a record.
            let field = fields.get_mut(key.field as usize)?;
            if field.is_some() || !key.is_spelled(text[quote..].first_chunk()?) {
                return None;
            }
            let value = quote + key.length - 1;
            **field = Some(&text[value..=closing_quote(text, value, &quotes)?]);
        }
        Some(())
    }
}

/// A field of the header, in the order of [`Found::note`].
#[derive(Clone, Copy)]
enum Field {
    EventName,
    EventTime,
    EventSource,
    EventType,
    EventCategory,
    AwsRegion,
    RecipientAccountId,
    /// Of a digest, or of a row of a search; or a key of the header, spelled otherwise.
    NotOfARecord,
}

/// A key that is looked for, as AWS writes it, up to the opening quote of its value.
#[derive(Clone, Copy)]
struct Key {
    field: Field,
    length: usize,
    /// In three words, with the bits of them that it fills.
    words: [u64; 3],
    filled: [u64; 3],
}

/// Bytes that the longest key takes.
pub(crate) const ROOM: usize = 24;

const KEYS: [Key; 10] = [
    Key::new(Field::EventName, b"\"eventName\":\""),
    Key::new(Field::EventTime, b"\"eventTime\":\""),
    Key::new(Field::EventSource, b"\"eventSource\":\""),
    Key::new(Field::EventType, b"\"eventType\":\""),
    Key::new(Field::EventCategory, b"\"eventCategory\":\""),
    Key::new(Field::AwsRegion, b"\"awsRegion\":\""),
    Key::new(Field::RecipientAccountId, b"\"recipientAccountId\":\""),
    Key::new(Field::NotOfARecord, b"\"digestS"),
    // A row of a search, as `header::is_raw` has it.
    Key::new(Field::NotOfARecord, b"\"_raw\":\""),
    Key::new(Field::NotOfARecord, b"\"_raw\": "),
];

impl Key {
    const fn new(field: Field, spelled: &[u8]) -> Self {
        let (mut words, mut filled) = ([0; 3], [0; 3]);
        let mut at = 0;
        while at < spelled.len() {
            words[at / 8] |= (spelled[at] as u64) << (at % 8 * 8);
            filled[at / 8] |= 0xff << (at % 8 * 8);
            at += 1;
        }
        Self { field, length: spelled.len(), words, filled }
    }

    /// Whether this is it to the end, given that it begins like it.
    #[inline(always)]
    fn is_spelled(&self, text: &[u8; ROOM]) -> bool {
        let word = |at: usize| text[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
        (word(8) ^ self.words[1]) & self.filled[1] | (word(16) ^ self.words[2]) & self.filled[2] == 0
    }
}

/// The keys by their first eight bytes, each at a place of its own: one multiplication and one
/// comparison tell whether a text begins like any of them.
static BY_START: [Key; PLACES] = by_start();

/// Their first eight bytes alone, close together.
static STARTS: [u64; PLACES] = starts();

const PLACES: usize = 64;
const SPREAD: u64 = spread();

/// A place that no key has.
const NOTHING: Key = Key { field: Field::NotOfARecord, length: 0, words: [0; 3], filled: [u64::MAX; 3] };

#[expect(clippy::cast_possible_truncation, reason = "six bits are left of it")]
const fn place(start: u64, spread: u64) -> usize {
    (start.wrapping_mul(spread) >> (64 - PLACES.ilog2())) as usize
}

/// A multiplier that sends no two keys to one place.
const fn spread() -> u64 {
    let mut spread: u64 = 0x9e37_79b9_7f4a_7c15;
    loop {
        let mut taken = 0_u64;
        let mut at = 0;
        while at < KEYS.len() {
            taken |= 1 << place(KEYS[at].words[0], spread);
            at += 1;
        }
        if taken.count_ones() as usize == KEYS.len() {
            return spread;
        }
        spread = spread.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(2);
    }
}

const fn by_start() -> [Key; PLACES] {
    let mut table = [NOTHING; PLACES];
    let mut at = 0;
    while at < KEYS.len() {
        table[place(KEYS[at].words[0], SPREAD)] = KEYS[at];
        at += 1;
    }
    table
}

const fn starts() -> [u64; PLACES] {
    let (table, mut starts, mut at) = (by_start(), [0; PLACES], 0);
    while at < PLACES {
        starts[at] = table[at].words[0];
        at += 1;
    }
    starts
}
