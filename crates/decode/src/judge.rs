//! Decides what becomes of a record.

use jiff::Timestamp;
use model::Event;

use crate::{
    cloudtrail,
    header::Header,
    lenient::{self, Scalar},
    reason, time,
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

/// Of which account, region and time a record is.
pub(crate) struct Place<'a> {
    pub(crate) account: Option<Scalar<'a>>,
    pub(crate) region: Option<Scalar<'a>>,
    pub(crate) time: Timestamp,
}

/// Decides on a record by its header, and parses it only if it is wanted.
pub(crate) fn judge<'a>(bytes: &'a [u8], header: &Header<'a>, filter: &Filter<'_>, wanted: &Wanted) -> Fate<'a> {
    let scalar = |raw: Option<&'a [u8]>| raw.and_then(Scalar::of);
    if header.is_digest && !header.is_record() {
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
        return Fate::Rejected(format!(
            "impossible eventTime {}",
            reason::quoted(written.as_deref().unwrap_or(raw_time))
        ));
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
