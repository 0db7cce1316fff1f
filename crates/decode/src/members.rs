//! The members of an object whose keys are known to begin at certain places: cut from one key to
//! the next, so that what lies inside of them is not gone over again.
#![expect(clippy::inline_always, reason = "a part of the swift cutter, compiled for one kind of processor")]

use std::ops::Range;

use crate::scan;

/// A name and a value, both as written.
pub(crate) type Written<'a> = (&'a [u8], &'a [u8]);

/// Takes the members of an object, the places of whose keys are given in order; its brackets
/// match. `None` if it is not as compact as machines write it, if there is anything beside its
/// members, or an escape in a key.
#[inline(always)]
pub(crate) fn note<'a>(
    text: &'a [u8],
    object: &Range<usize>,
    mut keys: impl Iterator<Item = usize>,
    has_escapes: bool,
    quotes: impl Fn(&[u8; 64]) -> u64,
    mut take: impl FnMut(Written<'a>),
) -> Option<()> {
    let closing = |quote| {
        if has_escapes { Some(scan::string_end(text, quote).ok()?.0 - 1) } else { closing_quote(text, quote, &quotes) }
    };
    let mut key = keys.next().filter(|first| *first == object.start + 1)?;
    loop {
        let next = keys.next();
        let end = next.map_or(object.end - 1, |next| next - usize::from(text[next - 1] == b','));
        let (name, value) = member(text, key, end, closing)?;
        if has_escapes && name.contains(&b'\\') {
            return None;
        }
        take((name, value));
        let Some(next) = next else { return Some(()) };
        key = next;
    }
}

/// The member whose key begins at `key`, if it is all there is up to `end`.
#[inline(always)]
fn member(text: &[u8], key: usize, end: usize, closing: impl Fn(usize) -> Option<usize>) -> Option<Written<'_>> {
    let name_end = closing(key)?;
    let value = text.get(name_end + 2..end).filter(|_| text[name_end + 1] == b':')?;
    let is_one = match value {
        [b'"', ..] => closing(name_end + 2)? + 1 == end,
        // A second one would have to stand behind the colon of a key.
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
