//! Decides what becomes of a record.

use jiff::Timestamp;
use model::Event;

use crate::{
    cloudtrail,
    header::Header,
    lenient::{self, Scalar},
    reason,
    time::Clock,
    wanted::{Filter, Wanted},
};

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

/// Of which time, account, region and operation a record is, the last three as written.
pub(crate) struct Place<'a> {
    pub(crate) time: Timestamp,
    pub(crate) account: Option<&'a [u8]>,
    pub(crate) region: Option<&'a [u8]>,
    pub(crate) command: &'a [u8],
}

/// Decides on a record by its header, and parses it only if it is wanted.
pub(crate) fn judge<'a>(
    bytes: &'a [u8],
    header: &Header<'a>,
    filter: &Filter<'_>,
    wanted: &Wanted,
    clock: &mut Clock,
) -> Fate<'a> {
    if header.is_digest && !header.is_record() {
        return Fate::Digest;
    }
    if is_insight(header) {
        return Fate::FilteredUnseen;
    }
    let place = match place(bytes, header, clock) {
        Ok(place) => place,
        Err(reason) => return Fate::Rejected(reason),
    };
    if wanted.until.is_some_and(|until| place.time >= until) {
        return Fate::FilteredUnseen;
    }
    if !filter.wants(bytes, header) {
        return Fate::Filtered(place);
    }
    match lenient::valid(bytes) {
        Ok(record) => Fate::Kept(Box::new(cloudtrail::event(&record, place.time, wanted.instances)), place),
        Err(error) => Fate::Rejected(format!("broken record: {error}")),
    }
}

/// Where a record belongs, or why it is none.
fn place<'a>(bytes: &[u8], header: &Header<'a>, clock: &mut Clock) -> Result<Place<'a>, String> {
    if header.event_source.is_some_and(|source| source.starts_with(b"\"aws:")) {
        return Err("S3 event notification, not a CloudTrail record".to_owned());
    }
    let (Some(command), Some(raw_time)) = (header.event_name, header.event_time) else {
        return Err(reason::foreign(bytes));
    };
    if !Scalar::says_something(command) {
        let is_empty = Scalar::of(command).is_some();
        return Err(if is_empty { "empty eventName".to_owned() } else { reason::foreign(bytes) });
    }
    Ok(Place { time: time(raw_time, clock)?, account: header.account(), region: header.aws_region, command })
}

fn time(raw: &[u8], clock: &mut Clock) -> Result<Timestamp, String> {
    let written = Scalar::of(raw);
    let written = written.as_deref().unwrap_or(raw);
    clock.parse(written).ok_or_else(|| format!("impossible eventTime {}", reason::quoted(written)))
}

fn is_insight(header: &Header<'_>) -> bool {
    header.event_type == Some(b"\"AwsCloudTrailInsight\"") || header.event_category == Some(b"\"Insight\"")
}
