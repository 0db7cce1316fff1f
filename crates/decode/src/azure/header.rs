//! The fields by which a record is placed and chosen, taken in one look at each key; and whether
//! an object is a record at all. Of nearly every record nothing else is read.

use jiff::Timestamp;

use super::{
    commands, fields, names,
    table::{Table, place, places},
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

static TABLE: Table<{ ASKED.len() }> = Table::new(ASKED);

/// Where the names of each field are among those, in the order in which they are looked for.
const OPERATION: [usize; 2] = places(&ASKED, names::OPERATION);
const TIME: [usize; 3] = places(&ASKED, names::TIME);
const SUBMITTED: [usize; 2] = places(&ASKED, names::SUBMITTED);
const CATEGORY: [usize; 2] = places(&ASKED, names::CATEGORY);
const SUBSCRIPTION: [usize; 1] = places(&ASKED, names::SUBSCRIPTION);
const RESOURCE: [usize; 2] = places(&ASKED, names::RESOURCE);
const LOCATION: [usize; 1] = places(&ASKED, names::LOCATION);
const PATH: [usize; 1] = places(&ASKED, names::PATH);

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
            if let Some(place) = TABLE.place_of(key) {
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
        match self.first(CATEGORY).and_then(foreign_category) {
            Some(category) if !commands::is_known(operation) => {
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

/// A category of another log than this; nearly every record is of the first of all.
fn foreign_category(raw: &[u8]) -> Option<Scalar<'_>> {
    if raw == b"\"Administrative\"" {
        return None;
    }
    Scalar::of(raw).filter(|category| !is_activity(category))
}

fn is_activity(category: &[u8]) -> bool {
    CATEGORIES.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(category))
}

/// What names the subscription: its id, or a path of a resource, or that of the record.
pub(super) fn account([id, resource, path]: [Option<&[u8]>; 3]) -> Option<&[u8]> {
    let of_subscription = |path: &&[u8]| is_of_subscription(path);
    id.or_else(|| resource.filter(of_subscription)).or_else(|| path.filter(of_subscription)).map(short)
}

/// How the path of everything in a subscription begins.
const ROOT: &[u8] = b"\"/subscriptions/";

/// Whether a path names a subscription. Nearly all are plain, and of those it is seen at once.
fn is_of_subscription(path: &[u8]) -> bool {
    let is_plain = path.split_at_checked(ROOT.len()).is_some_and(|(root, rest)| {
        root.eq_ignore_ascii_case(ROOT) && rest.first().is_some_and(u8::is_ascii_alphanumeric)
    });
    is_plain || super::subscription(path).is_some()
}

/// A path up to the subscription, so that all records of one have the same.
fn short(path: &[u8]) -> &[u8] {
    let is_root = path.get(..ROOT.len()).is_some_and(|root| root.eq_ignore_ascii_case(ROOT));
    let from = if is_root { ROOT.len() } else { 1 };
    let slash = if is_root { 0 } else { 2 };
    match memchr::memchr2_iter(b'/', b'\\', &path[from..]).nth(slash).map(|at| from + at) {
        Some(end) if path[end] == b'/' => &path[1..end],
        _ => path,
    }
}

/// `…/events/<id>/ticks/<number>`: the id, and the ticks if they are there.
pub(super) fn event_path(path: &str) -> Option<(&str, Option<u64>)> {
    let (_, rest) = path.rsplit_once("/events/")?;
    let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
    (!id.is_empty()).then(|| (id, rest.strip_prefix("ticks/").and_then(|ticks| ticks.parse().ok())))
}

const fn marks(names: &[&str]) -> u32 {
    let (mut marks, mut at) = (0, 0);
    while at < names.len() {
        marks |= 1 << place(&ASKED, names[at]);
        at += 1;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_every_spelling() {
        TABLE.assert_found();
    }
}
