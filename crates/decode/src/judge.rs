//! Decides what becomes of a record.

use jiff::Timestamp;
use model::{Event, Text, VendorProduct};

use crate::{
    cloudtrail, google,
    header::Header,
    lenient::{self, Scalar},
    reason,
    shape::Shape,
    time::Clock,
    wanted::{Filter, Wanted},
};

/// What becomes of one record.
pub(crate) enum Fate<'a> {
    /// An event; and what was met in it and not known, a sentence each.
    Kept(Box<Event>, Place<'a>, Vec<String>),
    Filtered(Place<'a>),
    /// A normal part of a trail that is no audit record: it says nothing of what was covered.
    FilteredUnseen,
    Rejected(String),
    /// Not a record at all, but the list of files that CloudTrail signs.
    Digest,
}

/// Of which product, time, account, region and operation a record is, the last three as
/// written, with their quotes or without.
pub(crate) struct Place<'a> {
    pub(crate) product: VendorProduct,
    pub(crate) time: Timestamp,
    pub(crate) account: Option<&'a [u8]>,
    pub(crate) region: Option<&'a [u8]>,
    pub(crate) command: &'a [u8],
}

impl Place<'_> {
    /// Whether it is of the same account and region.
    #[inline]
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        self.account == other.account && self.region == other.region && self.product == other.product
    }

    /// In the form that events have it in; empty when there is none.
    pub(crate) fn account(&self) -> Text {
        let normal = match self.product {
            VendorProduct::GoogleCloudAuditLogs => google::account,
            VendorProduct::AwsCloudTrail | VendorProduct::AzureActivityLog => Scalar::text_of,
        };
        self.account.map(normal).unwrap_or_default()
    }

    /// In the form that events have it in; empty when there is none.
    pub(crate) fn region(&self) -> Text {
        let normal = match self.product {
            VendorProduct::GoogleCloudAuditLogs => google::region,
            VendorProduct::AwsCloudTrail | VendorProduct::AzureActivityLog => Scalar::text_of,
        };
        self.region.map(normal).unwrap_or_default()
    }

    /// An operation in the form that events have it in.
    pub(crate) fn command(product: VendorProduct, written: &[u8]) -> Text {
        match product {
            VendorProduct::GoogleCloudAuditLogs => google::command(written),
            VendorProduct::AwsCloudTrail | VendorProduct::AzureActivityLog => Scalar::text_of(written),
        }
    }
}

/// What records are judged by.
pub(crate) struct Court<'w> {
    pub(crate) wanted: &'w Wanted,
    pub(crate) filter: Filter<'w>,
}

/// Decides on one record.
pub(crate) fn judge<'a>(
    shape: &Shape<'a>,
    bytes: &'a [u8],
    header: &Header<'a>,
    court: &Court<'_>,
    clock: &mut Clock,
) -> Fate<'a> {
    match shape {
        Shape::CloudTrail => judge_cloudtrail(bytes, header, court, clock),
        Shape::GoogleLogEntry(entry) => judge_google(bytes, entry, court, clock),
        Shape::Foreign(reason) => Fate::Rejected(reason.clone()),
        Shape::Envelope(_) => Fate::Rejected("an envelope where a record is expected".to_owned()),
    }
}

/// By the header, and it is parsed only if it is wanted.
fn judge_cloudtrail<'a>(bytes: &'a [u8], header: &Header<'a>, court: &Court<'_>, clock: &mut Clock) -> Fate<'a> {
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
    if court.wanted.until.is_some_and(|until| place.time >= until) {
        return Fate::FilteredUnseen;
    }
    if !court.filter.wants(bytes, header) {
        return Fate::Filtered(place);
    }
    match lenient::valid(bytes) {
        Ok(record) => {
            let event = cloudtrail::event(&record, place.time, court.wanted.instances);
            Fate::Kept(Box::new(event), place, Vec::new())
        }
        Err(error) => Fate::Rejected(format!("broken record: {error}")),
    }
}

/// By the fields of the entry, and it is parsed only if it is wanted.
fn judge_google<'a>(bytes: &'a [u8], entry: &google::Entry<'a>, court: &Court<'_>, clock: &mut Clock) -> Fate<'a> {
    let place = match entry.place(clock) {
        Ok(place) => place,
        Err(reason) => return Fate::Rejected(reason),
    };
    if court.wanted.until.is_some_and(|until| place.time >= until) {
        return Fate::FilteredUnseen;
    }
    if !court.filter.wants_entry(bytes, entry) {
        return Fate::Filtered(place);
    }
    match lenient::valid(bytes) {
        Ok(record) => {
            let (event, unknowns) = google::event(&record, place.time);
            Fate::Kept(Box::new(event), place, unknowns)
        }
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
    let (account, region) = (header.account(), header.aws_region);
    Ok(Place { product: VendorProduct::AwsCloudTrail, time: time(raw_time, clock)?, account, region, command })
}

fn time(raw: &[u8], clock: &mut Clock) -> Result<Timestamp, String> {
    let written = Scalar::of(raw);
    let written = written.as_deref().unwrap_or(raw);
    clock.parse(written).ok_or_else(|| format!("impossible eventTime {}", reason::quoted(written)))
}

fn is_insight(header: &Header<'_>) -> bool {
    header.event_type == Some(b"\"AwsCloudTrailInsight\"") || header.event_category == Some(b"\"Insight\"")
}
