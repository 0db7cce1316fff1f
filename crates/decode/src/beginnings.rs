//! Records of one session begin alike: with the same version and identity, which are a third of a
//! record. What was cut once is not cut again, but compared, at many times the speed.
//!
//! A beginning goes to the first key of the header, `eventTime`, so that nothing in it is asked
//! for. It is a part of the text that is walked over, and whoever begins with the same bytes is
//! at the same level behind them; nothing else is concluded. A thief who lets records almost
//! begin alike has them compared in vain, which takes a tenth as long as to cut them.

use crate::header::Header;

/// The beginnings in a text, of each kind the one that was met last.
#[derive(Default)]
pub(crate) struct Beginnings {
    /// None before the first: in an envelope a text is one record, and each is walked by itself.
    places: Vec<Beginning>,
}

/// Where a beginning stands in the text, and how long it is: not at all, to begin with.
#[derive(Clone, Copy, Default)]
struct Beginning {
    open: u32,
    length: u32,
}

const PLACES: usize = 256;

/// The bytes by which beginnings are told from each other: who acts, in which session.
const SAMPLE: std::ops::Range<usize> = 80..120;

/// What is longer is not remembered.
const LONGEST: usize = 4096;

/// What stands between the beginning and the value of the first key of the header.
const KEY: &[u8] = b"\"eventTime\":";

impl Beginnings {
    /// How many bytes from `open` on are known: nought, or up to a key of the record.
    #[inline]
    pub(crate) fn known(&self, text: &[u8], open: usize) -> usize {
        if self.places.is_empty() {
            return 0;
        }
        let Some(place) = place(&text[open..]) else { return 0 };
        let Beginning { open: before, length } = self.places[place];
        let (before, length) = (before as usize, length as usize);
        let is_same = text.get(open..open + length) == text.get(before..before + length);
        if is_same { length } else { 0 }
    }

    /// Remembers how the record at `open` begins, of which this is the header; but not of the one
    /// that a text begins with, which may be all of it.
    pub(crate) fn learn(&mut self, text: &[u8], open: usize, header: &Header<'_>) {
        if open == 0 {
            return;
        }
        let Some(place) = place(&text[open..]) else { return };
        let Some(length) = length(&text[open..], header) else { return };
        if let (Ok(open), Ok(length)) = (u32::try_from(open), u32::try_from(length)) {
            self.places.resize(PLACES, Beginning::default());
            self.places[place] = Beginning { open, length };
        }
    }
}

/// How long the beginning is, if it is one.
fn length(record: &[u8], header: &Header<'_>) -> Option<usize> {
    let place_of = |value: &[u8]| value.as_ptr().addr() - record.as_ptr().addr();
    let time = place_of(header.event_time?);
    let others = [
        header.event_name,
        header.event_source,
        header.event_type,
        header.event_category,
        header.aws_region,
        header.recipient_account_id,
    ];
    let is_first = others.into_iter().flatten().all(|value| place_of(value) > time);
    let length = time.checked_sub(KEY.len())?;
    (is_first && (SAMPLE.end..LONGEST).contains(&length)).then_some(length)
}

/// A place for what begins like this.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "eight bits are left of it")]
fn place(record: &[u8]) -> Option<usize> {
    let (words, _) = record.get(SAMPLE)?.as_chunks();
    let mixed = words.iter().fold(0, |mixed: u64, word| {
        (mixed.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    Some((mixed >> (u64::BITS - PLACES.ilog2())) as usize)
}
