//! The members of an object whose keys are known to begin at certain places: cut from one key to
//! the next, so that what lies inside of them is not gone over again.
#![expect(clippy::inline_always, reason = "a part of the swift cutter, compiled for one kind of processor")]

use std::ops::Range;

use crate::scan;

/// A name and a value, both as written.
pub(crate) type Written<'a> = (&'a [u8], &'a [u8]);

/// Writes down the members of an object, the places of whose keys are given in order: its
/// brackets match, and there is no escape at its own level. `None` if it is not as compact as
/// machines write it, or if there is anything beside its members.
#[inline(always)]
pub(crate) fn note<'a>(
    text: &'a [u8],
    object: &Range<usize>,
    mut keys: impl Iterator<Item = usize>,
    quotes: impl Fn(&[u8; 64]) -> u64,
    members: &mut Vec<Written<'a>>,
) -> Option<()> {
    let mut key = keys.next().filter(|first| *first == object.start + 1)?;
    loop {
        let next = keys.next();
        let end = next.map_or(object.end - 1, |next| next - usize::from(text[next - 1] == b','));
        members.push(member(text, key, end, &quotes)?);
        let Some(next) = next else { return Some(()) };
        key = next;
    }
}

/// The member whose key begins at `key`, if it is all there is up to `end`.
#[inline(always)]
fn member<'a>(text: &'a [u8], key: usize, end: usize, quotes: impl Fn(&[u8; 64]) -> u64) -> Option<Written<'a>> {
    let name_end = closing_quote(text, key, &quotes)?;
    let value = text.get(name_end + 2..end).filter(|_| text[name_end + 1] == b':')?;
    let is_one = match value {
        [b'"', ..] => closing_quote(text, name_end + 2, &quotes)? + 1 == end,
        // A second one would have to stand behind a colon, and is found out by a parser.
        [b'{', .., b'}'] | [b'[', .., b']'] => true,
        scalar => !scalar.is_empty() && scalar.iter().all(|&byte| scan::is_of_scalar(byte)),
    };
    is_one.then_some((&text[key + 1..name_end], value))
}

/// Where the string that begins at `quote` closes, if there are no escapes in it.
#[inline(always)]
pub(crate) fn closing_quote(text: &[u8], quote: usize, quotes: impl Fn(&[u8; 64]) -> u64) -> Option<usize> {
    match text[quote + 1..].first_chunk().map(quotes) {
        Some(quotes) if quotes != 0 => Some(quote + 1 + quotes.trailing_zeros() as usize),
        _ => Some(scan::string_end(text, quote).ok()?.0 - 1),
    }
}
