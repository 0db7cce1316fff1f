//! The names that are asked for of one object: found in one look at each key, in any spelling.

use std::borrow::Cow;

use model::Text;

use super::fields::{MOST_UNDERSCORES, is, plain_value};
use crate::tree::{Object, Value};

/// Names in the order of their first letters, ready to be found.
pub(super) struct Table<const NAMES: usize> {
    names: [&'static str; NAMES],
    ends: [[u64; 2]; NAMES],
    by_letter: [Letter; 26],
}

/// The names that begin with a letter.
#[derive(Clone, Copy)]
struct Letter {
    from: usize,
    to: usize,
    /// A bit for each length that one of them has.
    lengths: u64,
    /// The same with the underscores that may stand in them.
    longer: u64,
}

impl<const NAMES: usize> Table<NAMES> {
    pub(super) const fn new(names: [&'static str; NAMES]) -> Self {
        let mut ends = [[0; 2]; NAMES];
        let mut by_letter = [Letter { from: 0, to: 0, lengths: 0, longer: 0 }; 26];
        let mut place = 0;
        while place < NAMES {
            let name = names[place].as_bytes();
            ends[place] = self::ends(name);
            by_letter[(name[0] - b'a') as usize].add(place, name.len());
            place += 1;
        }
        Self { names, ends, by_letter }
    }

    /// Which of the names a key is a spelling of.
    #[inline]
    pub(super) fn place_of(&self, key: &[u8]) -> Option<usize> {
        let first = key.first()?.to_ascii_lowercase();
        let Some(letter) = self.by_letter.get(usize::from(first.wrapping_sub(b'a'))) else { return self.spelled(key) };
        let length = length_bit(key.len());
        if letter.lengths & length != 0 {
            let ends = ends(key);
            let is_same = |place: &usize| self.ends[*place] == ends && self.is_whole(*place, key);
            if let Some(place) = (letter.from..letter.to).find(is_same) {
                return Some(place);
            }
        }
        let may_be_longer = letter.longer & length != 0 && has_underscore(key);
        if may_be_longer { self.spelled(key) } else { None }
    }

    /// Whether a key with the ends of a name is that name. Of both there is nothing else in a
    /// short one.
    #[inline]
    fn is_whole(&self, place: usize, key: &[u8]) -> bool {
        let name = self.names[place];
        key.len() == name.len() && (key.len() <= 16 || is(key, name))
    }

    /// The same of a key with underscores, which nearly none has.
    #[cold]
    fn spelled(&self, key: &[u8]) -> Option<usize> {
        self.names.iter().position(|name| is(key, name))
    }

    /// What an object states under these names.
    pub(super) fn read<'a>(&self, object: Object<'a>) -> Known<'a, NAMES> {
        let mut known = Known { values: [None; NAMES], replaced: Vec::new() };
        for (key, value) in object.members() {
            if let Some(place) = self.place_of(&key)
                && !value.is_null()
            {
                let earlier = known.values[place].replace(value);
                known.replaced.extend(earlier.map(|earlier| (place, earlier)));
            }
        }
        known
    }
}

impl Letter {
    const fn add(&mut self, place: usize, length: usize) {
        if self.to == 0 {
            self.from = place;
        }
        self.to = place + 1;
        self.lengths |= length_bit(length);
        let mut underscores = 1;
        while underscores <= MOST_UNDERSCORES {
            self.longer |= length_bit(length + underscores);
            underscores += 1;
        }
    }
}

/// All long ones have one.
const fn length_bit(length: usize) -> u64 {
    1 << if length < 63 { length } else { 63 }
}

/// The first and the last letters of a name, without regard to capitals.
#[inline]
const fn ends(name: &[u8]) -> [u64; 2] {
    const SMALL: u64 = u64::from_ne_bytes([0x20; 8]);
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        return [u64::from_le_bytes(*first) | SMALL, u64::from_le_bytes(*last) | SMALL];
    }
    let (mut letters, mut at) = (0, 0);
    while at < name.len() {
        letters = letters << 8 | name[at] as u64;
        at += 1;
    }
    [letters | SMALL, 0]
}

/// Eight bytes at a time, for nearly all keys are of eight to sixteen.
#[inline]
fn has_underscore(key: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    let is_in = |bytes: &[u8; 8]| {
        let zeros = u64::from_le_bytes(*bytes) ^ (ONES * u64::from(b'_'));
        zeros.wrapping_sub(ONES) & !zeros & (ONES << 7) != 0
    };
    match (key.first_chunk(), key.last_chunk()) {
        (Some(first), Some(last)) if key.len() <= 16 => is_in(first) || is_in(last),
        _ => key.contains(&b'_'),
    }
}

/// Where a name is; one that is not among them does not compile.
pub(super) const fn place(all: &[&str], name: &str) -> usize {
    let mut place = 0;
    while !is_same(all[place], name) {
        place += 1;
    }
    place
}

/// Where names are, in the order in which they are looked for.
pub(super) const fn places<const NAMES: usize>(all: &[&str], names: [&str; NAMES]) -> [usize; NAMES] {
    let mut places = [0; NAMES];
    let mut at = 0;
    while at < NAMES {
        places[at] = place(all, names[at]);
        at += 1;
    }
    places
}

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// What stands under each name of a table.
pub(super) struct Known<'a, const NAMES: usize> {
    /// Of a name that is there twice the last one, as in every JSON parser.
    values: [Option<Value<'a>>; NAMES],
    /// The earlier ones, by their places.
    replaced: Vec<(usize, Value<'a>)>,
}

impl<'a, const NAMES: usize> Known<'a, NAMES> {
    /// The first of these that states anything.
    pub(super) fn value(&self, places: &[usize]) -> Option<Value<'a>> {
        places.iter().find_map(|place| self.values[*place])
    }

    /// The first of these that is a text which says something, a number, or such a `value` of
    /// an object: `{"value": …, "localizedValue": …}`.
    pub(super) fn scalar(&self, places: &[usize]) -> Option<Value<'a>> {
        places.iter().find_map(|place| plain_value(self.values[*place]?).or_else(|| self.earlier(*place)))
    }

    fn earlier(&self, place: usize) -> Option<Value<'a>> {
        self.replaced.iter().rev().filter(|(of, _)| *of == place).find_map(|(_, value)| plain_value(*value))
    }

    pub(super) fn str(&self, places: &[usize]) -> Option<Cow<'a, str>> {
        self.scalar(places)?.str()
    }

    /// The same, to be kept.
    pub(super) fn text(&self, places: &[usize]) -> Option<Text> {
        self.str(places).map(Text::from)
    }
}

#[cfg(test)]
impl<const NAMES: usize> Table<NAMES> {
    /// Every name is found in every spelling, and nothing else.
    pub(super) fn assert_found(&self) {
        assert!(self.names.is_sorted(), "those of one letter stand together");
        for (place, name) in self.names.iter().enumerate() {
            let (head, tail) = name.split_at(2);
            for key in [(*name).to_owned(), name.to_uppercase(), format!("_{head}_{tail}_"), format!("{head}_{tail}")] {
                assert_eq!(self.place_of(key.as_bytes()), Some(place), "{key}");
            }
            let other = format!("{name}x");
            for key in [&name[..name.len() - 1], &name[1..], &other] {
                assert_eq!(self.place_of(key.as_bytes()), self.names.iter().position(|name| *name == key), "{key}");
            }
        }
        assert_eq!([self.place_of(b""), self.place_of(b"__"), self.place_of("é".as_bytes())], [None; 3]);
    }
}
