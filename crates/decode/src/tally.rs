//! Adds up what became of the records of one file.

use jiff::Timestamp;
use model::{Coverage, Event, Reject, Span};

use crate::{
    cloudtrail,
    header::Header,
    lenient::{self, Scalar},
    reason, time,
    wanted::{Filter, Wanted},
};

/// How many records there were, and what became of them.
/// `read == kept + filtered + rejected`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Records {
    pub read: u64,
    pub kept: u64,
    pub filtered: u64,
    pub rejected: u64,
}

/// What becomes of one record.
pub(crate) enum Fate<'a> {
    Kept(Box<Event>, Place<'a>),
    Filtered(Place<'a>),
    /// A normal part of a trail that is no audit record: it says nothing of what was covered.
    FilteredUnseen,
    Rejected(String),
    /// Not a record at all, but the list of files that CloudTrail signs.
    Digest,
}

/// Of which account, region and time a record is.
pub(crate) struct Place<'a> {
    account: Option<Scalar<'a>>,
    region: Option<Scalar<'a>>,
    time: Timestamp,
}

/// Decides on a record by its header, and parses it only if it is wanted.
pub(crate) fn judge<'a>(bytes: &'a [u8], header: &Header<'a>, filter: &Filter<'_>, wanted: &Wanted) -> Fate<'a> {
    let scalar = |raw: Option<&'a [u8]>| raw.and_then(Scalar::of);
    if header.is_digest {
        return Fate::Digest;
    }
    if is_insight(header) {
        return Fate::FilteredUnseen;
    }
    if scalar(header.event_source).is_some_and(|source| source.starts_with(b"aws:")) {
        return Fate::Rejected("S3 event notification, not a CloudTrail record".to_owned());
    }
    let (Some(name), Some(raw_time)) = (scalar(header.event_name), header.event_time) else {
        return Fate::Rejected(reason::foreign(bytes));
    };
    let written = scalar(Some(raw_time));
    let Some(time) = written.as_deref().and_then(time::parse) else {
        return Fate::Rejected(format!("impossible eventTime {}", reason::quoted(written.as_deref().unwrap_or(raw_time))));
    };
    if name.is_empty() {
        return Fate::Rejected("empty eventName".to_owned());
    }
    let place = Place { account: header.account(), region: scalar(header.aws_region), time };
    if !filter.wants(bytes, header) {
        return Fate::Filtered(place);
    }
    match lenient::valid(bytes) {
        Ok(record) => Fate::Kept(Box::new(cloudtrail::event(&record, time, wanted.instances)), place),
        Err(error) => Fate::Rejected(format!("broken record: {error}")),
    }
}

fn is_insight(header: &Header<'_>) -> bool {
    header.event_type == Some(b"\"AwsCloudTrailInsight\"") || header.event_category == Some(b"\"Insight\"")
}

/// The sums.
pub(crate) struct Tally<'a> {
    path: &'a str,
    most_rejects: usize,
    pub(crate) events: Vec<Event>,
    pub(crate) records: Records,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) rejected_total: u64,
    pub(crate) digests: u64,
    ground: Ground<'a>,
}

impl<'a> Tally<'a> {
    pub(crate) fn new(path: &'a str, most_rejects: usize) -> Self {
        Self {
            path,
            most_rejects,
            events: Vec::new(),
            records: Records::default(),
            rejects: Vec::new(),
            rejected_total: 0,
            digests: 0,
            ground: Ground::default(),
        }
    }

    pub(crate) fn record(&mut self, offset: usize, fate: Fate<'a>) {
        match fate {
            Fate::Kept(event, place) => {
                self.records.kept += 1;
                self.events.push(*event);
                self.ground.add(place);
            }
            Fate::Filtered(place) => {
                self.records.filtered += 1;
                self.ground.add(place);
            }
            Fate::FilteredUnseen => self.records.filtered += 1,
            Fate::Rejected(reason) => {
                self.records.rejected += 1;
                self.damage(offset, reason);
            }
            Fate::Digest => {
                self.digests += 1;
                return;
            }
        }
        self.records.read += 1;
    }

    /// Something that could not be read and is no record.
    pub(crate) fn damage(&mut self, offset: usize, reason: String) {
        self.rejected_total += 1;
        if self.rejects.len() < self.most_rejects {
            self.rejects.push(Reject { path: self.path.to_owned(), offset: offset as u64, reason });
        }
    }

    pub(crate) fn coverage(&mut self) -> Coverage {
        std::mem::take(&mut self.ground).finish()
    }
}

/// Coverage in the making. Records of one account and region stand together in a file, so the
/// maps are touched only where that changes.
#[derive(Default)]
struct Ground<'a> {
    coverage: Coverage,
    current: Option<(Place<'a>, Span)>,
}

impl<'a> Ground<'a> {
    fn add(&mut self, place: Place<'a>) {
        let span = Span::at(place.time);
        match &mut self.current {
            Some((current, sum)) if current.account == place.account && current.region == place.region => {
                sum.merge(span);
            }
            _ => {
                self.settle();
                self.current = Some((place, span));
            }
        }
    }

    fn settle(&mut self) {
        let Some((place, span)) = self.current.take() else { return };
        let [account, region] = [place.account, place.region].map(|name| name.map(|name| name.text()).unwrap_or_default());
        self.coverage.add(&account, &region, span);
    }

    fn finish(mut self) -> Coverage {
        self.settle();
        self.coverage
    }
}
