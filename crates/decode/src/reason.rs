//! Words for what could not be read.

use crate::scan::{self, Next};

const QUOTE_CHARACTERS: usize = 60;

/// Enough to see the shape of a record in.
const SAMPLE_BYTES: usize = 2048;

/// A piece of the log for a message: short, and without control characters, which could
/// rewrite the terminal of whoever reads it.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(QUOTE_CHARACTERS * 4)];
    let text = String::from_utf8_lossy(head);
    let short: String = text.chars().take(QUOTE_CHARACTERS).collect();
    let mark = if short.len() < bytes.len() { "…" } else { "" };
    format!("`{}{mark}`", short.escape_debug())
}

/// The beginning of a record, for somebody who has to find out what it is.
pub(crate) fn sample(record: &[u8]) -> String {
    String::from_utf8_lossy(&record[..record.len().min(SAMPLE_BYTES)]).into_owned()
}

/// What an object is that is no record and holds none.
pub(crate) fn foreign(record: &[u8]) -> String {
    match members(record).find_map(|(key, _)| neighbour(key)) {
        Some(neighbour) => neighbour.to_owned(),
        None => "expected an audit record: no `eventName` and `eventTime`".to_owned(),
    }
}

/// The first key that tells, in the order of the object.
fn neighbour(key: &[u8]) -> Option<&'static str> {
    Some(match key {
        b"jsonPayload" | b"textPayload" => "Google Cloud log entry, not an audit record",
        b"operationName" | b"operation_name" => "log of Azure, not a record of the Activity Log",
        b"logEvents" => "CloudWatch Logs subscription without a list of events",
        b"CloudTrailEvent" => "LookupEvents row without a record",
        b"eventData" | b"auditEvents" => "CloudTrail Lake channel event without a record",
        b"_raw" => "SIEM export (`_raw`) without a record",
        b"aws" => "`aws` wrapper without a CloudTrail record",
        b"configurationItems" | b"configurationItem" => "AWS Config snapshot, not an audit log",
        b"eventVersion" => "CloudTrail record without a name or a time",
        b"invokingEvent" => "AWS Config rule invocation, not an audit log",
        b"s3ObjectKey" => "CloudTrail delivery notification, not a record",
        b"Event" => "S3 test notification, not a record",
        b"logFiles" => "CloudTrail digest, not a record",
        b"finding" | b"findings" => "security finding, not an audit record",
        b"$schema" => "schema or template, not an audit log",
        b"interactions" => "recorded HTTP exchange, not an audit log",
        b"ingestionTime" | b"logStreamName" => "CloudWatch Logs event that is no JSON",
        _ => return None,
    })
}

fn members(record: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut at = 1;
    std::iter::from_fn(move || {
        let Ok(Next::Key(key)) = scan::next_key(record, at) else { return None };
        at = scan::value_end(record, key.value, usize::MAX).ok()?;
        Some((key.raw, &record[key.value..at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_short_and_harmless() {
        assert_eq!(quoted(b"a"), "`a`");
        assert_eq!(quoted(b"\x1b[2J\xff\n"), "`\\u{1b}[2J\u{fffd}\\n`");
        assert_eq!(quoted("ü".repeat(100).as_bytes()), format!("`{}…`", "ü".repeat(60)));
    }

    #[test]
    fn neighbours_are_named() {
        let check = |record: &str, expected: &str| {
            assert!(foreign(record.as_bytes()).starts_with(expected), "{record}");
        };
        check(r#"{"insertId":"1","jsonPayload":{}}"#, "Google Cloud log entry, not an audit record");
        check(r#"{"EventId":"","CloudTrailEvent":""}"#, "LookupEvents row without a record");
        check(r#"{"_raw":"a b c"}"#, "SIEM export (`_raw`) without a record");
        check(r#"{"fileVersion":"1.0","configurationItems":[]}"#, "AWS Config snapshot, not an audit log");
        check(r#"{"a":1}"#, "expected an audit record");
    }
}
