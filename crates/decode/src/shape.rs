//! What an object is that stands where a record is expected: a record of one of the clouds, or
//! an envelope around records, as services and exports put them in.

use std::borrow::Cow;

use crate::{
    google,
    header::Header,
    lenient::{Object, Scalar},
    reason,
};

/// What an object turned out to be.
pub(crate) enum Shape<'a> {
    /// A record of CloudTrail, or what lies beside records in a trail.
    CloudTrail,
    /// An entry of Cloud Logging, of an audit log or of another.
    GoogleLogEntry(google::Entry<'a>),
    /// Texts that are read like a file: each holds a record, or several.
    Envelope(Vec<Cow<'a, [u8]>>),
    /// Nothing that is read; why.
    Foreign(String),
}

impl<'a> Shape<'a> {
    #[inline]
    pub(crate) fn of(bytes: &'a [u8], header: &Header<'a>) -> Self {
        if header.is_record() || header.is_digest { Self::CloudTrail } else { Self::of_other(bytes) }
    }

    fn of_other(bytes: &'a [u8]) -> Self {
        if let Some(entry) = google::Entry::of(bytes) {
            return Self::GoogleLogEntry(entry);
        }
        match envelope(&Object::of(bytes)) {
            Some(inner) => Self::Envelope(vec![inner]),
            None => Self::Foreign(reason::foreign(bytes)),
        }
    }
}

/// The text inside an envelope that holds one.
fn envelope<'a>(object: &Object<'a>) -> Option<Cow<'a, [u8]>> {
    const KEYS: [&str; 5] = ["detail", "CloudTrailEvent", "eventData", "_raw", "cloudtrail"];
    let inner = |object: &Object<'a>| KEYS.iter().find_map(|key| object.raw(key)).and_then(text);
    inner(object).or_else(|| inner(&object.object("aws")))
}

/// An object, or a text that holds one.
fn text(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    match raw {
        [b'{', ..] => Some(Cow::Borrowed(raw)),
        [b'"', ..] => Scalar::of(raw).map(Scalar::into_bytes).filter(|text| text.trim_ascii_start().starts_with(b"{")),
        _ => None,
    }
}
