//! Rows of an audit log that a sink of Google Cloud exports to BigQuery, put back into log
//! entries: `protopayload_auditlog` is the `protoPayload`, and documents are texts.
//!
//! Lost are the `@type` of the payload and names in labels that BigQuery spells otherwise.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp, Unit};

use super::{
    Shape,
    rebuilt::{Rebuilt, document, quoted},
};
use crate::lenient::{Object, Scalar};

/// Documents of the payload that are texts in a row, and how the log names them.
const DOCUMENTS: [(&str, &str); 8] = [
    ("requestJson", "request"),
    ("request_json", "request"),
    ("responseJson", "response"),
    ("response_json", "response"),
    ("metadataJson", "metadata"),
    ("metadata_json", "metadata"),
    ("serviceDataJson", "serviceData"),
    ("servicedata_json", "serviceData"),
];

pub(super) fn open<'a>(row: &Object<'a>) -> Option<Shape<'a>> {
    let payload = row.raw("protopayload_auditlog").and_then(document)?;
    Some(Shape::envelope("BigQuery", entry(row, &payload)))
}

fn entry(row: &Object<'_>, payload: &[u8]) -> Vec<u8> {
    let mut entry = Rebuilt::default();
    entry.raw("protoPayload", Some(&self::payload(payload)));
    for (name, value) in row.members() {
        match name {
            b"protopayload_auditlog" => {}
            b"timestamp" | b"receiveTimestamp" => entry.raw(text(name), Some(&moment(value))),
            // Objects are texts in a table that was saved as CSV.
            _ => entry.json(text(name), Some(value)),
        }
    }
    entry.finish()
}

fn payload(payload: &[u8]) -> Vec<u8> {
    let mut anew = Rebuilt::default();
    for (name, value) in Object::of(payload).members() {
        match DOCUMENTS.iter().find(|(text, _)| text.as_bytes() == name) {
            Some((_, name)) => anew.json(name, Some(value)),
            None => anew.raw(text(name), Some(value)),
        }
    }
    anew.finish()
}

/// Seconds since 1970, perhaps as text, are a date in the log.
fn moment(value: &[u8]) -> Cow<'_, [u8]> {
    let date = || {
        let seconds: f64 = str::from_utf8(&Scalar::of(value)?).ok()?.parse().ok()?;
        let since = SignedDuration::try_from_secs_f64(seconds).ok()?.round(Unit::Microsecond).ok()?;
        Timestamp::UNIX_EPOCH.checked_add(since).ok()
    };
    date().map_or(Cow::Borrowed(value), |date| Cow::Owned(quoted(date.to_string().as_bytes())))
}

fn text(name: &[u8]) -> &str {
    str::from_utf8(name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_log_entry_again() {
        let row = r#"[{"insertId":"a","timestamp":"2026-01-01 00:00:00.5 UTC","receiveTimestamp":1767225600.25,"operation":null,"resource":{"type":"gce_instance"},"protopayload_auditlog":{"methodName":"v1.compute.instances.insert","requestJson":"{\"name\":\"vm\"}","metadataJson":null,"status":null}}]"#;
        let row = Object::of(&row.as_bytes()[1..row.len() - 1]);
        let Some(Shape::Envelope { texts, .. }) = open(&row) else { panic!("it is not opened") };
        let expected = r#"{"protoPayload":{"methodName":"v1.compute.instances.insert","request":{"name":"vm"}},"insertId":"a","timestamp":"2026-01-01 00:00:00.5 UTC","receiveTimestamp":"2026-01-01T00:00:00.25Z","resource":{"type":"gce_instance"}}"#;
        assert_eq!(String::from_utf8_lossy(&texts[0]), expected);
    }
}
