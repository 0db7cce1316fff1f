//! Cuts one record out of the text and notes its header on the way, without parsing it.
//!
//! Of a hundred records in a trail one is asked for at most. All others are looked at by this
//! file only, so it is the one that decides how fast Davy reads.

use std::{borrow::Cow, collections::BTreeSet, str};

use model::{Text, VendorProduct};

use crate::{
    beginnings::Beginnings,
    lenient::{self, Scalar},
    members::Written,
    operations::Operations,
    scan::{self, Fault, FaultKind, Next},
    swift::{self, Left},
};

/// What stands where a record was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut<'a> {
    Record {
        end: usize,
    },
    /// A document around a list of records, which begins here.
    List {
        bracket: usize,
        name: &'a [u8],
    },
}

/// What services and exports call the list of records in a document. No record of any cloud has
/// such a list among its own members.
const LISTS: [&str; 11] = [
    // CloudTrail in its bucket; what queues and streams hand to a function.
    "Records",
    // Azure Monitor to an event hub or a storage account; Firehose.
    "records",
    // A page of Azure's management interface.
    "value",
    // A page of the Google Cloud Logging interface.
    "entries",
    // `aws cloudtrail lookup-events`.
    "Events",
    // `aws logs filter-log-events`.
    "events",
    // CloudWatch Logs to whoever subscribed.
    "logEvents",
    // What is put into CloudTrail Lake.
    "auditEvents",
    // A pull from Pub/Sub, and one from SQS.
    "receivedMessages",
    "Messages",
    // A search of Splunk.
    "results",
];

/// The last letters of these.
pub(crate) const LIST_ENDS: [[u8; 3]; 6] = [*b"rds", *b"lue", *b"ies", *b"nts", *b"ges", *b"lts"];

/// Whether a member is a list of records of the document that it is in.
pub(crate) fn is_list(name: &[u8], value: Option<&u8>) -> bool {
    value == Some(&b'[') && list_name(name).is_some()
}

/// The name of a list, if it is one of those.
pub(crate) fn list_name(name: &[u8]) -> Option<&'static str> {
    LISTS.into_iter().find(|list| list.as_bytes() == name)
}

/// The fields by which a record is judged, as written. When a key occurs twice the last one
/// counts, as in every JSON parser.
#[derive(Debug, Default)]
pub(crate) struct Header<'a> {
    pub(crate) event_name: Option<&'a [u8]>,
    pub(crate) event_time: Option<&'a [u8]>,
    pub(crate) event_source: Option<&'a [u8]>,
    pub(crate) event_type: Option<&'a [u8]>,
    pub(crate) event_category: Option<&'a [u8]>,
    pub(crate) aws_region: Option<&'a [u8]>,
    pub(crate) recipient_account_id: Option<&'a [u8]>,
    pub(crate) user_identity: Option<&'a [u8]>,
    /// Values that a later one of the same key replaced. A parser elsewhere may have taken
    /// them, so a record is wanted if any of its values is.
    pub(crate) replaced: Vec<&'a [u8]>,
    pub(crate) is_digest: bool,
    /// The members of a record that is none of CloudTrail, if it was cut swiftly: so that it
    /// need not be gone over again to find them.
    pub(crate) members: Vec<Written<'a>>,
    /// The members of these parts of it, where they are known too. They go with `members`.
    pub(crate) parts: [Part<'a>; PARTS.len()],
    /// The record before was an entry of Google Cloud, so this may be one, and its parts are
    /// looked into. It decides on the way only, not on what comes out.
    pub(crate) expects_entry: bool,
    /// The values are strings without escapes, so that they stand for themselves.
    pub(crate) is_plain: bool,
}

/// The parts of an entry of Google Cloud in which its operation and its place stand.
pub(crate) const PARTS: [&[u8]; 2] = [b"protoPayload", b"resource"];

/// An object in a record, and its members; nothing if they are not known.
#[derive(Debug, Default)]
pub(crate) struct Part<'a> {
    pub(crate) whole: &'a [u8],
    pub(crate) members: Vec<Written<'a>>,
}

/// Cuts the record that opens at `open`, in one pass. The header is written where it stays:
/// to hand it on by value cost a tenth of the cutting.
///
/// There may be `more` than is shown. What the swift cutter would say of the whole record is not
/// asked of the exact one, which is stricter: so it is the same wherever the text is cut.
pub(crate) fn cut<'a>(
    beginnings: &mut Beginnings,
    text: &'a [u8],
    open: usize,
    depth: usize,
    header: &mut Header<'a>,
    more: bool,
) -> Result<Cut<'a>, Fault> {
    match swift::cut(beginnings, text, open, depth, header) {
        Ok(end) => Ok(Cut::Record { end }),
        Err(Left::EndsEarly) if more => Err(Fault { at: text.len(), kind: FaultKind::EndsEarly }),
        Err(_) => cut_exactly(text, open, depth, header),
    }
}

/// The same, byte by byte: what the swift cutter is held to, and what it leaves over.
pub(crate) fn cut_exactly<'a>(
    text: &'a [u8],
    open: usize,
    depth: usize,
    header: &mut Header<'a>,
) -> Result<Cut<'a>, Fault> {
    header.clear();
    let (mut too_deep, mut is_row) = (false, false);
    let mut at = open + 1;
    loop {
        let key = match scan::next_key(text, at)? {
            Next::Key(key) => key,
            Next::End(end) if too_deep => return Err(Fault { at: end, kind: FaultKind::TooDeep }),
            Next::End(end) => {
                if is_row {
                    header.clear();
                }
                return Ok(Cut::Record { end });
            }
        };
        let name = if key.escaped { Cow::Owned(lenient::unescape(key.raw)) } else { Cow::Borrowed(key.raw) };
        if is_list(&name, text.get(key.value)) && !header.is_record() {
            return Ok(Cut::List { bracket: key.value, name: key.raw });
        }
        at = match scan::value_end(text, key.value, depth.saturating_sub(1)) {
            Ok(end) => end,
            Err(Fault { at, kind: FaultKind::TooDeep }) => {
                too_deep = true;
                at
            }
            Err(fault) => return Err(fault),
        };
        is_row |= is_raw(text, key.value);
        header.note(&name, &text[key.value..at]);
    }
}

/// Whether the text that begins here is the record itself, in a row of a search. What else is
/// in the row was taken out of it, also its name and time.
fn is_raw(text: &[u8], value: usize) -> bool {
    let before = &text[..value.saturating_add(1).min(text.len())];
    before.ends_with(b"\"_raw\":\"") || before.ends_with(b"\"_raw\": \"")
}

impl<'a> Header<'a> {
    /// Forgets the record before. Field by field: to write it anew would be to move its lists.
    pub(crate) fn clear(&mut self) {
        for field in [
            &mut self.event_name,
            &mut self.event_time,
            &mut self.event_source,
            &mut self.event_type,
            &mut self.event_category,
            &mut self.aws_region,
            &mut self.recipient_account_id,
            &mut self.user_identity,
        ] {
            *field = None;
        }
        self.replaced.clear();
        self.members.clear();
        (self.is_digest, self.is_plain) = (false, false);
    }

    /// The members of a part of the record, if they are known.
    pub(crate) fn members_of(&self, part: &[u8]) -> Option<&[Written<'a>]> {
        let known = self.parts.iter().find(|known| std::ptr::eq(known.whole, part))?;
        (!known.members.is_empty()).then_some(&known.members)
    }

    /// Whether this has what makes a record of a log.
    pub(crate) fn is_record(&self) -> bool {
        self.event_name.is_some() && self.event_time.is_some()
    }

    /// Whether CloudTrail wrote it of many records, and not of one call.
    pub(crate) fn is_insight(&self) -> bool {
        self.event_type == Some(b"\"AwsCloudTrailInsight\"") || self.event_category == Some(b"\"Insight\"")
    }

    /// All values of `eventName`, and then of other keys that occur twice.
    pub(crate) fn names(&self) -> impl Iterator<Item = Scalar<'a>> {
        self.event_name.into_iter().chain(self.replaced.iter().copied()).filter_map(Scalar::of)
    }

    pub(crate) fn regions(&self) -> impl Iterator<Item = Scalar<'a>> {
        self.aws_region.into_iter().chain(self.replaced.iter().copied()).filter_map(Scalar::of)
    }

    /// The account whose trail this is, else the one that acted, as written.
    pub(crate) fn account(&self) -> Option<&'a [u8]> {
        let stated = |raw: &&'a [u8]| Scalar::says_something(raw);
        self.recipient_account_id
            .filter(stated)
            .or_else(|| lenient::member(self.user_identity?, b"accountId").filter(stated))
    }

    /// Whether the operation is one of these; of one that stands there twice, either.
    pub(crate) fn is_named(&self, names: &BTreeSet<Text>, operations: &mut Operations) -> bool {
        let is_asked = |name: &[u8]| str::from_utf8(name).is_ok_and(|name| names.contains(name));
        match self.event_name {
            Some(written @ [b'"', name @ .., b'"']) if self.is_plain => {
                operations.is_wanted(VendorProduct::AwsCloudTrail, written, || is_asked(name))
            }
            _ => self.names().any(|name| is_asked(&name)),
        }
    }

    #[inline]
    fn note(&mut self, name: &[u8], value: &'a [u8]) {
        let field = match name {
            b"eventName" => &mut self.event_name,
            b"eventTime" => &mut self.event_time,
            b"eventSource" => &mut self.event_source,
            b"eventType" => &mut self.event_type,
            b"eventCategory" => &mut self.event_category,
            b"awsRegion" => &mut self.aws_region,
            b"recipientAccountId" => &mut self.recipient_account_id,
            b"userIdentity" => &mut self.user_identity,
            b"digestStartTime" | b"digestS3Object" => {
                self.is_digest = true;
                return;
            }
            _ => return,
        };
        self.replaced.extend(field.replace(value));
    }
}

#[cfg(any(test, fuzzing))]
impl<'a> Header<'a> {
    /// All that two cutters must agree on. The identity is only looked at where no account is named.
    pub(crate) fn summary(&self) -> [Option<&'a [u8]>; 7] {
        [
            self.event_name,
            self.event_time,
            self.event_source,
            self.event_type,
            self.event_category,
            self.aws_region,
            self.recipient_account_id,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_ends_like_one() {
        for list in LISTS {
            assert!(list.as_bytes().last_chunk().is_some_and(|end| LIST_ENDS.contains(end)), "{list}");
        }
    }
}
