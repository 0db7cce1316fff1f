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

/// What an object without a name and a time of an event looks like.
pub(crate) fn foreign(record: &[u8]) -> String {
    match members(record).find_map(|(key, value)| shape(key, value)) {
        Some(shape) => format!("{shape} is not read yet: expected a CloudTrail record"),
        None => "expected a CloudTrail record: no `eventName` and `eventTime`".to_owned(),
    }
}

/// The first key that tells, in the order of the record.
fn shape(key: &[u8], value: &[u8]) -> Option<&'static str> {
    Some(match key {
        b"protoPayload" | b"jsonPayload" | b"logName" => "Google Cloud log entry",
        b"detail" | b"detail-type" => "EventBridge envelope",
        b"logEvents" => "CloudWatch Logs subscription",
        b"CloudTrailEvent" => "LookupEvents row",
        b"eventData" | b"auditEvents" => "CloudTrail Lake channel event",
        b"_raw" => "SIEM export (`_raw`)",
        b"aws" => "`aws.cloudtrail` wrapper",
        b"class_uid" => "OCSF event",
        b"configurationItems" => "AWS Config snapshot",
        b"records" | b"value" | b"entries" if value.starts_with(b"[") => "Azure or Google Cloud list of log entries",
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
    fn known_shapes_are_named() {
        let check = |record: &str, expected: &str| {
            assert!(foreign(record.as_bytes()).starts_with(expected), "{record}");
        };
        check(r#"{"insertId":"1","protoPayload":{}}"#, "Google Cloud log entry is not read yet");
        check(r#"{"version":"0","detail-type":"","detail":{}}"#, "EventBridge envelope is not read yet");
        check(r#"{"messageType":"","logEvents":[]}"#, "CloudWatch Logs subscription is not read yet");
        check(r#"{"EventId":"","CloudTrailEvent":"{}"}"#, "LookupEvents row is not read yet");
        check(r#"{"_raw":"{}"}"#, "SIEM export (`_raw`) is not read yet");
        check(r#"{"aws":{"cloudtrail":{}}}"#, "`aws.cloudtrail` wrapper is not read yet");
        check(r#"{"a":1}"#, "expected a CloudTrail record");
    }
}
