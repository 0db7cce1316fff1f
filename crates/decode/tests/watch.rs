//! Whoever looks on sees every record once, with all that is around it, and changes nothing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{cell::RefCell, fs, io::Write as _, path::Path};

use decode::{Caps, Decoded, Decoder, End, Sight, Wanted, Which};
use flate2::{Compression, write::GzEncoder};

const EVERYTHING: Wanted = Wanted { which: Which::Everything, instances: true, until: None };

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes").join(name)).unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// What is around each record, and what comes out.
fn watch(content: &[u8]) -> (Vec<String>, Decoded) {
    let seen = RefCell::new(Vec::new());
    let watcher = |sight: &Sight<'_>| {
        let end = match sight.end {
            End::Event(event) => event.command.to_string(),
            End::Filtered => "filtered".to_owned(),
            End::Rejected(reason) => format!("rejected: {reason}"),
            End::Damaged(reason) => format!("damaged: {reason}"),
            End::Digest => "digest".to_owned(),
        };
        seen.borrow_mut().push(format!("{} > {end}", sight.through.join(" > ")));
    };
    let decoded = Decoder::watched(Caps::default(), &watcher).decode("", content, &EVERYTHING);
    (seen.into_inner(), decoded)
}

#[track_caller]
fn check(content: &[u8], expected: &[&str]) {
    assert_eq!(watch(content).0, expected);
}

#[test]
fn what_is_around_a_record_is_told_from_the_outside() {
    check(&gzip(&fixture("cloudtrail.json")), &["gzip > RunInstances"]);
    check(&fixture("eventbridge.json"), &["EventBridge > RunInstances"]);
    check(&fixture("sqs_of_sns.json"), &["Records > SQS > SNS > RunInstances"]);
    check(&fixture("splunk_raw.csv"), &["CSV > `_raw` > RunInstances"]);
    check(
        b"[{\"a\":1},2]",
        &[
            "array > rejected: expected an audit record: no `eventName` and `eventTime`",
            "array > rejected: expected an object, found a number or a word",
        ],
    );
    check(b"hello", &[" > damaged: not JSON"]);
}

#[test]
fn looking_on_changes_nothing_and_misses_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes");
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let content = fs::read(&path).unwrap();
        let (seen, watched) = watch(&content);
        assert_eq!(watched, decode::decode("", &content, &EVERYTHING, &Caps::default()), "{}", path.display());
        let is_record = |sight: &&String| !sight.contains("> damaged") && !sight.ends_with("> digest");
        assert_eq!(seen.iter().filter(is_record).count() as u64, watched.records.read, "{}", path.display());
        let is_refused = |sight: &&String| sight.contains("> damaged") || sight.contains("> rejected");
        assert_eq!(seen.iter().filter(is_refused).count() as u64, watched.rejected_total, "{}", path.display());
    }
}
