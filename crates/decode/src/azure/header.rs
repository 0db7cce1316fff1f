//! The fields by which a record is placed and chosen, taken in one look at each key; and whether
//! an object is a record at all. Of nearly every record nothing else is read.

use jiff::Timestamp;

use super::{
    commands,
    fields::{self, is},
    names,
};
use crate::{lenient::Scalar, reason, time, time::Clock};

/// The categories of the Activity Log; the last three are those of before 2019.
const CATEGORIES: [&str; 11] = [
    "Administrative",
    "Security",
    "ServiceHealth",
    "Alert",
    "Recommendation",
    "Policy",
    "Autoscale",
    "ResourceHealth",
    "Write",
    "Delete",
    "Action",
];

/// What else a record has, in one spelling or another, beside the name of an operation.
const MARKS: u32 = marks(&[
    "caller",
    "category",
    "categoryvalue",
    "correlationid",
    "eventtimestamp",
    "eventdataid",
    "resourceid",
    "resulttype",
    "submissiontimestamp",
    "timegenerated",
]);

/// All names that are asked for here, in the order of their letters.
const ASKED: [&str; 18] = [
    "caller",
    "category",
    "categoryvalue",
    "correlationid",
    "eventdataid",
    "eventsubmissiontimestamp",
    "eventtimestamp",
    "id",
    "location",
    "operationname",
    "operationnamevalue",
    "resourceid",
    "resourceuri",
    "resulttype",
    "submissiontimestamp",
    "subscriptionid",
    "time",
    "timegenerated",
];

/// Where the names of each field are among those, in the order in which they are looked for.
const OPERATION: [usize; 2] = places(names::OPERATION);
const TIME: [usize; 3] = places(names::TIME);
const SUBMITTED: [usize; 2] = places(names::SUBMITTED);
const CATEGORY: [usize; 2] = places(names::CATEGORY);
const SUBSCRIPTION: [usize; 1] = places(names::SUBSCRIPTION);
const RESOURCE: [usize; 2] = places(names::RESOURCE);
const LOCATION: [usize; 1] = places(names::LOCATION);
const PATH: [usize; 1] = places(names::PATH);

/// The parts of a record by which it is placed and chosen.
#[derive(Debug, Default)]
pub(crate) struct Header<'a> {
    /// What stands under each name, if it says anything. Of a name that is there twice the last
    /// one counts, as in every JSON parser.
    stated: [Option<&'a [u8]>; ASKED.len()],
    /// Names of operations that a later one replaced.
    replaced: Vec<&'a [u8]>,
}

impl<'a> Header<'a> {
    /// Of a record of a log of Azure, of the Activity Log or another; of nothing else.
    pub(crate) fn of<'k>(members: impl Iterator<Item = (&'k [u8], &'a [u8])>) -> Option<Self> {
        let (mut header, mut seen) = (Self::default(), 0);
        for (key, value) in members {
            if let Some(place) = place_of(key) {
                seen |= 1 << place;
                header.note(place, value);
            }
        }
        // Of a record that was asked for by a few of its fields, `id` is what is left.
        let is_event = || header.path().is_some_and(|path| event_path(&path).is_some());
        (header.first(OPERATION).is_some() && (seen & MARKS != 0 || is_event())).then_some(header)
    }

    fn note(&mut self, place: usize, value: &'a [u8]) {
        let Some(value) = fields::plain(value) else { return };
        let earlier = self.stated[place].replace(value);
        self.replaced.extend(earlier.filter(|_| OPERATION.contains(&place)));
    }

    fn first<const NAMES: usize>(&self, places: [usize; NAMES]) -> Option<&'a [u8]> {
        places.into_iter().find_map(|place| self.stated[place])
    }

    /// Every name of an operation that the record states, as written. One that says several
    /// things is wanted if any of them is.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &'a [u8]> {
        let stated = OPERATION.into_iter().filter_map(|place| self.stated[place]);
        stated.chain(self.replaced.iter().copied())
    }

    /// The operation as written, or why this is no record of the Activity Log.
    pub(crate) fn command(&self) -> Result<&'a [u8], String> {
        let operation = self.first(OPERATION).ok_or("Azure record without an `operationName`")?;
        match self.first(CATEGORY).and_then(Scalar::of) {
            Some(category) if !is_activity(&category) && !commands::is_known(operation) => {
                let category = reason::quoted(&category);
                Err(format!("Azure log of category {category}, not a record of the Activity Log"))
            }
            _ => Ok(operation),
        }
    }

    /// When it happened; where no field says it, by the ticks at the end of its path.
    pub(crate) fn time(&self, clock: &mut Clock) -> Result<Timestamp, String> {
        if let Some(stated) = self.first(TIME) {
            return parsed(stated, clock);
        }
        match (self.ticks(), self.first(SUBMITTED)) {
            (Some(time), _) => Ok(time),
            (None, Some(submitted)) => parsed(submitted, clock),
            (None, None) => Err("Azure record without a time".to_owned()),
        }
    }

    fn ticks(&self) -> Option<Timestamp> {
        let path = self.path()?;
        let (_, ticks) = event_path(&path)?;
        time::of_ticks(ticks?)
    }

    fn path(&self) -> Option<model::Text> {
        self.first(PATH).map(Scalar::text_of)
    }

    /// A value that names the subscription, alone or in a path.
    pub(crate) fn account(&self) -> Option<&'a [u8]> {
        account([self.first(SUBSCRIPTION), self.first(RESOURCE), self.first(PATH)])
    }

    /// The region that the record itself states; its bodies may state one more.
    pub(crate) fn region(&self) -> Option<&'a [u8]> {
        self.first(LOCATION)
    }
}

fn parsed(raw: &[u8], clock: &mut Clock) -> Result<Timestamp, String> {
    let written = Scalar::of(raw);
    let written = written.as_deref().unwrap_or(raw);
    clock.parse(written).ok_or_else(|| format!("impossible time {}", reason::quoted(written)))
}

fn is_activity(category: &[u8]) -> bool {
    CATEGORIES.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(category))
}

/// What names the subscription: its id, or a path of a resource, or that of the record.
pub(super) fn account([id, resource, path]: [Option<&[u8]>; 3]) -> Option<&[u8]> {
    let of_subscription = |path: &&[u8]| is_of_subscription(path);
    id.or_else(|| resource.filter(of_subscription)).or_else(|| path.filter(of_subscription)).map(short)
}

/// Whether a path names a subscription. Nearly all are plain, and of those it is seen at once.
fn is_of_subscription(path: &[u8]) -> bool {
    const ROOT: &[u8] = b"\"/subscriptions/";
    let is_plain = path.split_at_checked(ROOT.len()).is_some_and(|(root, rest)| {
        root.eq_ignore_ascii_case(ROOT) && rest.first().is_some_and(u8::is_ascii_alphanumeric)
    });
    is_plain || super::subscription(path).is_some()
}

/// A path up to the subscription, so that all records of one have the same.
fn short(path: &[u8]) -> &[u8] {
    let end = memchr::memchr_iter(b'/', path).nth(2).unwrap_or(path.len());
    match &path[..end] {
        [b'"', short @ ..] if end < path.len() && short.starts_with(b"/") && !short.contains(&b'\\') => short,
        _ => path,
    }
}

/// `…/events/<id>/ticks/<number>`: the id, and the ticks if they are there.
pub(super) fn event_path(path: &str) -> Option<(&str, Option<u64>)> {
    let (_, rest) = path.rsplit_once("/events/")?;
    let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
    (!id.is_empty()).then(|| (id, rest.strip_prefix("ticks/").and_then(|ticks| ticks.parse().ok())))
}

/// Which of the names a key is a spelling of.
#[inline]
fn place_of(key: &[u8]) -> Option<usize> {
    let first = key.iter().find(|byte| **byte != b'_')?.to_ascii_lowercase();
    let (from, to) = *BY_LETTER.get(usize::from(first.wrapping_sub(b'a')))?;
    let Some(folded) = folded(key) else { return (from..to).find(|&place| is(key, ASKED[place])) };
    (from..to).find(|&place| FOLDED[place] == Some(folded))
}

/// A name of eight to twenty-four letters, without regard to capitals: its length, and eight
/// bytes each from its beginning, its middle and its end. Letters differ in these if they differ
/// at all. `None` for any other, and where underscores may be left out of it.
#[inline]
const fn folded(name: &[u8]) -> Option<(usize, [u64; 3])> {
    const SMALL: u64 = u64::from_ne_bytes([0x20; 8]);
    const UNDERSCORE: u64 = u64::from_ne_bytes([b'_' | 0x20; 8]);
    let (Some((first, rest)), Some(last)) = (name.split_first_chunk(), name.last_chunk()) else { return None };
    let middle = match rest.first_chunk() {
        Some(middle) => middle,
        None => last,
    };
    let words =
        [u64::from_le_bytes(*first) | SMALL, u64::from_le_bytes(*middle) | SMALL, u64::from_le_bytes(*last) | SMALL];
    let is_plain =
        !has_zero(words[0] ^ UNDERSCORE) && !has_zero(words[1] ^ UNDERSCORE) && !has_zero(words[2] ^ UNDERSCORE);
    if is_plain && name.len() <= 24 { Some((name.len(), words)) } else { None }
}

const fn has_zero(word: u64) -> bool {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    word.wrapping_sub(ONES) & !word & (ONES << 7) != 0
}

/// The names, folded.
static FOLDED: [Option<(usize, [u64; 3])>; ASKED.len()] = {
    let mut names = [None; ASKED.len()];
    let mut place = 0;
    while place < ASKED.len() {
        names[place] = folded(ASKED[place].as_bytes());
        place += 1;
    }
    names
};

/// The names that begin with each letter.
static BY_LETTER: [(usize, usize); 26] = {
    let mut by_letter = [(0, 0); 26];
    let mut place = 0;
    while place < ASKED.len() {
        let letter = (ASKED[place].as_bytes()[0] - b'a') as usize;
        if by_letter[letter].1 == 0 {
            by_letter[letter].0 = place;
        }
        by_letter[letter].1 = place + 1;
        place += 1;
    }
    by_letter
};

const fn places<const NAMES: usize>(names: &[&str]) -> [usize; NAMES] {
    assert!(names.len() == NAMES, "each name has its place");
    let mut places = [0; NAMES];
    let mut at = 0;
    while at < NAMES {
        places[at] = place(names[at]);
        at += 1;
    }
    places
}

const fn marks(names: &[&str]) -> u32 {
    let (mut marks, mut at) = (0, 0);
    while at < names.len() {
        marks |= 1 << place(names[at]);
        at += 1;
    }
    marks
}

/// Where a name is; one that is not among them does not compile.
const fn place(name: &str) -> usize {
    let mut place = 0;
    while !is_same(ASKED[place], name) {
        place += 1;
    }
    place
}

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_every_spelling() {
        assert!(ASKED.is_sorted(), "those of one letter stand together");
        for (place, name) in ASKED.iter().enumerate() {
            let (head, tail) = name.split_at(2);
            for key in [(*name).to_owned(), name.to_uppercase(), format!("_{head}_{tail}_")] {
                assert_eq!(place_of(key.as_bytes()), Some(place), "{key}");
            }
            assert_eq!(place_of(&name.as_bytes()[..name.len() - 1]), None, "{name}");
        }
        assert_eq!([place_of(b""), place_of(b"__"), place_of("é".as_bytes())], [None; 3]);
    }
}
