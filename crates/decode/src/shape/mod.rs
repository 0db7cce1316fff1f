//! What an object is that stands where a record is expected: a record of one of the clouds, or
//! an envelope around records, as services and exports put them in.
//!
//! Only the object's own keys are asked, and a record is never opened: what a thief writes into
//! a user agent or a name may look like any envelope. What an export has under other names is
//! put back into the record that the provider wrote, and read like any other, so that there is
//! one meaning of a record and not one for each export.

mod alert;
mod athena;
mod bigquery;
mod elastic;
mod event_grid;
mod eventbridge;
mod ocsf;
mod rebuilt;
mod struct_text;
mod wrappers;

use std::borrow::Cow;

pub(crate) use athena::is_column;
use rebuilt::Rebuilt;

use crate::{
    azure, google,
    header::Header,
    lenient::{self, Object},
    reason,
};

/// What an object turned out to be.
pub(crate) enum Shape<'a> {
    /// A record of CloudTrail, or what lies beside records in a trail.
    CloudTrail,
    /// An entry of Cloud Logging, of an audit log or of another.
    GoogleLogEntry(google::Entry<'a>),
    /// A record of the Activity Log, or of another log of Azure.
    AzureActivity(azure::Header<'a>),
    /// Texts that are read like a file: each holds a record, or several. None, where a service
    /// only says that it is there. The name is that of whoever packs like this.
    Envelope { name: &'static str, texts: Vec<Cow<'a, [u8]>> },
    /// Nothing that is read; why.
    Foreign(String),
}

/// Each knows one family of envelopes. The first that knows an object opens it.
const OPENERS: [for<'a> fn(&Object<'a>) -> Option<Shape<'a>>; 8] = [
    eventbridge::open,
    elastic::open,
    athena::open,
    ocsf::open,
    bigquery::open,
    event_grid::open,
    alert::open,
    wrappers::open,
];

impl<'a> Shape<'a> {
    #[inline]
    pub(crate) fn of(bytes: &'a [u8], header: &Header<'a>) -> Self {
        if header.is_record() || header.is_digest { Self::CloudTrail } else { Self::of_other(bytes, header) }
    }

    fn of_other(bytes: &'a [u8], header: &Header<'a>) -> Self {
        // It names no operation, and lies in the trail all the same.
        if header.is_insight() {
            return Self::CloudTrail;
        }
        if header.members.is_empty() {
            let object = Object::of(bytes);
            return Self::of_members(object.members(), header).unwrap_or_else(|| Self::around(bytes, &object));
        }
        let members = header.members.iter().copied();
        Self::of_members(members, header)
            .unwrap_or_else(|| Self::around(bytes, &Object::of_cut(bytes, &header.members)))
    }

    fn of_members<'k>(
        members: impl Iterator<Item = (&'k [u8], &'a [u8])> + Clone,
        header: &Header<'a>,
    ) -> Option<Self> {
        if let Some(entry) = google::Entry::of_members(members.clone(), header) {
            return Some(Self::GoogleLogEntry(entry));
        }
        azure::Header::of(members).map(Self::AzureActivity)
    }

    /// What is no record itself.
    fn around(bytes: &[u8], object: &Object<'a>) -> Self {
        let opened = open(object).or_else(|| private_list(object));
        opened.unwrap_or_else(|| Self::Foreign(reason::foreign(bytes)))
    }

    fn envelope(name: &'static str, text: impl Into<Cow<'a, [u8]>>) -> Self {
        Self::Envelope { name, texts: vec![text.into()] }
    }
}

fn open<'a>(object: &Object<'a>) -> Option<Shape<'a>> {
    OPENERS.iter().find_map(|open| open(object))
}

/// A list under a name that only its owner knows, if it is the only one and begins with
/// something that is read.
fn private_list<'a>(object: &Object<'a>) -> Option<Shape<'a>> {
    let mut lists = object.members().map(|(_, value)| value).filter(|value| value.starts_with(b"["));
    let (list, None) = (lists.next()?, lists.next()) else { return None };
    let first = lenient::elements(list).next().filter(|first| first.starts_with(b"{"))?;
    let object = Object::of(first);
    let is_cloudtrail = || object.raw("eventName").is_some() && object.raw("eventTime").is_some();
    (is_record(&object) || is_cloudtrail() || open(&object).is_some()).then(|| Shape::envelope("private list", list))
}

/// Writes an object of texts.
pub(crate) fn write_object<'t>(json: &mut Vec<u8>, members: impl Iterator<Item = (&'t [u8], &'t [u8])>) {
    let mut object = Rebuilt::default();
    members.for_each(|(name, value)| object.member(name, &rebuilt::quoted(value)));
    json.extend(object.finish());
}

/// Whether it is a record of Google Cloud or Azure as they write it, so that nothing in it is
/// taken for an envelope.
fn is_record(object: &Object<'_>) -> bool {
    const KEYS: [&str; 3] = ["protoPayload", "jsonPayload", "textPayload"];
    const OPERATIONS: [&str; 2] = ["operationName", "operation_name"];
    KEYS.iter().chain(&OPERATIONS).any(|key| object.raw(key).is_some())
}

/// Whether an object behind a broken record has the keys of one: what follows is read again
/// from there. CloudTrail's own are known by their header.
pub(crate) fn begins_like_a_record(bytes: &[u8]) -> bool {
    const KEYS: [&str; 8] = [
        "protoPayload",
        "protopayload_auditlog",
        "operationName",
        "operation_name",
        "CloudTrailEvent",
        "detail-type",
        "_raw",
        "class_uid",
    ];
    let object = Object::of(bytes);
    KEYS.iter().any(|key| object.raw(key).is_some())
}
