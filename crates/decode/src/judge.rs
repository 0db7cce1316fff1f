//! Decides what becomes of a record.

use jiff::Timestamp;
use model::{Event, Text, VendorProduct};

use crate::{
    azure, cloudtrail, google,
    header::Header,
    lenient::Scalar,
    reason,
    recall::Recall,
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
            VendorProduct::AwsCloudTrail => Scalar::text_of,
            VendorProduct::AzureActivityLog => azure::account,
            VendorProduct::GoogleCloudAuditLogs => google::account,
        };
        self.account.map(normal).unwrap_or_default()
    }

    /// In the form that events have it in; empty when there is none.
    pub(crate) fn region(&self) -> Text {
        let Some(written) = self.region else { return Text::default() };
        match self.product {
            VendorProduct::AwsCloudTrail => Scalar::text_of(written),
            VendorProduct::AzureActivityLog => azure::region(&Scalar::text_of(written)),
            VendorProduct::GoogleCloudAuditLogs => google::region(written),
        }
    }

    /// An operation in the form that events have it in.
    pub(crate) fn command(product: VendorProduct, written: &[u8]) -> Text {
        match product {
            VendorProduct::AwsCloudTrail => Scalar::text_of(written),
            VendorProduct::AzureActivityLog => azure::commands::normal(written),
            VendorProduct::GoogleCloudAuditLogs => google::command(written),
        }
    }
}

/// What is to be said of an operation by its name alone, if it is one that nobody knows and that
/// may start machines.
pub(crate) fn unknown_operation(product: VendorProduct, written: &[u8]) -> Option<Text> {
    let command = Place::command(product, written);
    let is_suspect = match product {
        VendorProduct::AwsCloudTrail => cloudtrail::commands::is_suspect(&command),
        VendorProduct::AzureActivityLog | VendorProduct::GoogleCloudAuditLogs => false,
    };
    is_suspect.then(|| format!("operation {}, which may start machines", reason::quoted(command.as_bytes())).into())
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
    recall: &mut Recall,
) -> Fate<'a> {
    match shape {
        Shape::CloudTrail => judge_cloudtrail(bytes, header, court, recall),
        Shape::GoogleLogEntry(entry) => judge_google(bytes, entry, court, recall),
        Shape::AzureActivity(header) => judge_azure(bytes, header, court, recall),
        Shape::Foreign(reason) => Fate::Rejected(reason.clone()),
        Shape::Envelope { .. } => Fate::Rejected("an envelope where a record is expected".to_owned()),
    }
}

/// By the header, and it is parsed only if it is wanted.
fn judge_cloudtrail<'a>(bytes: &'a [u8], header: &Header<'a>, court: &Court<'_>, recall: &mut Recall) -> Fate<'a> {
    if header.is_digest && !header.is_record() {
        return Fate::Digest;
    }
    if header.is_insight() {
        return Fate::FilteredUnseen;
    }
    let place = match place(bytes, header, &mut recall.clock) {
        Ok(place) => place,
        Err(reason) => return Fate::Rejected(reason),
    };
    if court.wanted.until.is_some_and(|until| place.time >= until) {
        return Fate::FilteredUnseen;
    }
    if !court.filter.wants(bytes, header, &mut recall.operations) {
        return Fate::Filtered(place);
    }
    match recall.tree.read(bytes) {
        Ok(record) => {
            let (event, unknowns) = cloudtrail::event(record, place.time, court.wanted.instances, &mut recall.names);
            Fate::Kept(Box::new(event), place, unknowns)
        }
        Err(error) => Fate::Rejected(format!("broken record: {error}")),
    }
}

/// By the fields of the entry, and it is parsed only if it is wanted.
fn judge_google<'a>(bytes: &'a [u8], entry: &google::Entry<'a>, court: &Court<'_>, recall: &mut Recall) -> Fate<'a> {
    let place = match entry.place(&mut recall.clock) {
        Ok(place) => place,
        Err(reason) => return Fate::Rejected(reason),
    };
    if court.wanted.until.is_some_and(|until| place.time >= until) {
        return Fate::FilteredUnseen;
    }
    if !court.filter.wants_entry(bytes, entry, &mut recall.operations) {
        return Fate::Filtered(place);
    }
    match recall.tree.read(bytes) {
        Ok(record) => {
            let (mut event, unknowns) = google::event(record, entry, place.time);
            recall.names.share(&mut event);
            Fate::Kept(Box::new(event), place, unknowns)
        }
        Err(error) => Fate::Rejected(format!("broken record: {error}")),
    }
}

/// By its own members, and it is parsed only if it may be wanted: the region often stands in a
/// text within a text.
fn judge_azure<'a>(bytes: &'a [u8], header: &azure::Header<'a>, court: &Court<'_>, recall: &mut Recall) -> Fate<'a> {
    let place = match azure_place(header, &mut recall.clock) {
        Ok(place) => place,
        Err(reason) => return Fate::Rejected(reason),
    };
    if court.wanted.until.is_some_and(|until| place.time >= until) {
        return Fate::FilteredUnseen;
    }
    if !court.filter.may_want(bytes, header, &mut recall.operations) {
        return Fate::Filtered(place);
    }
    let record = match recall.tree.read(bytes) {
        Ok(record) => record,
        Err(error) => return Fate::Rejected(format!("broken record: {error}")),
    };
    let (mut event, unknowns) = azure::event(record, place.time, court.wanted.instances);
    if !court.filter.wants_event(&event) {
        return Fate::Filtered(place);
    }
    recall.names.share(&mut event);
    Fate::Kept(Box::new(event), place, unknowns)
}

fn azure_place<'a>(header: &azure::Header<'a>, clock: &mut Clock) -> Result<Place<'a>, String> {
    Ok(Place {
        product: VendorProduct::AzureActivityLog,
        command: header.command()?,
        time: header.time(clock)?,
        account: header.account(),
        region: header.region(),
    })
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
    // No time as it stands has an escape in it.
    if let [b'"', written @ .., b'"'] = raw
        && let Some(time) = clock.parse(written)
    {
        return Ok(time);
    }
    let written = Scalar::of(raw);
    let written = written.as_deref().unwrap_or(raw);
    clock.parse(written).ok_or_else(|| format!("impossible eventTime {}", reason::quoted(written)))
}
