//! Bad input is data: a run goes on, says what it could not read, and loses nothing else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;
mod trail;

use std::path::Path;

use program::{Run, check_counts, count, davy};
use serde_json::{Value, json};
use tempfile::TempDir;
use trail::{file_of, gzip, noise, put, theft_after_ordinary_days};

/// What a bad file does to the counts: file (read, skipped, rejected), records (read, rejected),
/// and how each of its rejects begins.
struct Case {
    name: &'static str,
    content: Vec<u8>,
    files: [u64; 3],
    records: [u64; 2],
    rejects: &'static [&'static str],
}

const READ: [u64; 3] = [1, 0, 0];
const SKIPPED: [u64; 3] = [0, 1, 0];
const REJECTED: [u64; 3] = [0, 0, 1];

#[test]
fn each_alone_beside_a_good_file() {
    for case in cases() {
        let folder = with_good_file();
        put(folder.path(), case.name, &case.content);
        check(&case, &scan(folder.path()));
    }
}

#[track_caller]
fn check(case: &Case, run: &Run) {
    let (name, summary) = (case.name, run.summary());
    check_theft_is_found(run);
    let files = ["read", "skipped", "rejected"].map(|part| count(&summary, "files", part));
    assert_eq!([files[0] - 1, files[1], files[2]], case.files, "{name}: files in {summary}");
    let records = ["read", "rejected"].map(|part| count(&summary, "records", part));
    assert_eq!([records[0] - 21, records[1]], case.records, "{name}: records in {summary}");
    let rejects = summary["rejects"].as_array().unwrap();
    assert_eq!(rejects.len(), case.rejects.len(), "{name}: {rejects:#?}");
    for (reject, expected) in rejects.iter().zip(case.rejects) {
        let (path, reason) = (reject["path"].as_str().unwrap(), reject["reason"].as_str().unwrap());
        assert!(path.ends_with(name) && reason.starts_with(expected), "{name}: {reject}");
    }
}

#[test]
fn all_of_them_in_one_folder() {
    let folder = with_good_file();
    let cases = cases();
    for case in &cases {
        put(folder.path(), case.name, &case.content);
    }
    let run = scan(folder.path());
    check_theft_is_found(&run);
    let expected: usize = cases.iter().map(|case| case.rejects.len()).sum();
    assert_eq!(run.summary()["rejects_total"], expected);
    assert_eq!(count(&run.summary(), "files", "found"), cases.len() as u64 + 1);
}

#[test]
fn strict_makes_an_error_of_rejects_and_of_nothing_else() {
    for case in cases() {
        let folder = with_good_file();
        put(folder.path(), case.name, &case.content);
        let run = davy(["scan".as_ref(), "--strict".as_ref(), folder.path().as_os_str()]);
        let expected = if case.rejects.is_empty() { 1 } else { 2 };
        assert_eq!((run.status, &*run.stderr), (expected, ""), "{}", case.name);
        assert!(run.stdout.contains("new region"), "{}: what was found is still said", case.name);
    }
}

fn with_good_file() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "good.json.gz", gzip(&file_of(&theft_after_ordinary_days())));
    folder
}

fn scan(path: &Path) -> Run {
    davy(["scan".as_ref(), "--format".as_ref(), "jsonl".as_ref(), path.as_os_str()]).found()
}

#[track_caller]
fn check_theft_is_found(run: &Run) {
    let names = program::names(&run.findings());
    for (detection, value) in [("region", "ap-south-1"), ("image", "ami-0ffffffffffffffff"), ("type", "p3.16xlarge")] {
        assert!(names.contains(&(detection.into(), value.into())), "{names:?}");
    }
    check_counts(&run.summary());
}

fn cases() -> Vec<Case> {
    let mut cases = envelopes();
    cases.extend(texts());
    cases.extend(records());
    cases.extend(neighbours());
    cases
}

/// What is wrong around the text.
fn envelopes() -> Vec<Case> {
    let whole = gzip(&file_of(&[some_noise(1)]));
    vec![
        Case {
            name: "cut.json.gz",
            content: whole[..20].to_vec(),
            files: REJECTED,
            records: [0, 0],
            rejects: &["gzip stream ends early after"],
        },
        Case { name: "empty.json", content: vec![], files: SKIPPED, records: [0, 0], rejects: &[] },
        Case { name: "empty.json.gz", content: gzip(b""), files: SKIPPED, records: [0, 0], rejects: &[] },
        Case { name: "zeros.json.gz", content: zeros(), files: REJECTED, records: [0, 0], rejects: &["not JSON"] },
    ]
}

/// What is wrong in the text. One popular parser overflows its stack on brackets.
fn texts() -> Vec<Case> {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let rejected = |name, content: String, records, rejects| Case {
        name,
        content: content.into(),
        files: REJECTED,
        records,
        rejects,
    };
    vec![
        rejected("greeting.txt", "hello".to_owned(), [0, 0], &["not JSON"]),
        rejected("deep.json", format!(r#"{{"Records":[{open}{close}]}}"#), [1, 1], &["record is nested too deep"]),
        rejected("deep_and_open.json", format!(r#"{{"Records":[{open}"#), [1, 1], &["broken record: ends early"]),
        rejected("brackets.json", open, [1, 1], &["broken record: ends early"]),
    ]
}

/// What is wrong in one record, between two that are whole.
fn records() -> Vec<Case> {
    let nested = format!(r#"{{"eventName":"X","a":{}1{}}}"#, "[".repeat(50_000), "]".repeat(50_000));
    let [impossible, ancient, timeless] =
        ["2026-02-30T25:61:00Z", "0001-01-01T00:00:00Z", ""].map(|time| noise(time, "a").to_string());
    let case =
        |name, record: &[u8], rejects| Case { name, content: between(record), files: READ, records: [3, 1], rejects };
    vec![
        case("number.json", b"7", &["expected an object, found a number"]),
        // How it is said depends on how closely a record that nobody wants is looked at.
        case("broken.json", br#"{"eventName":"X","eventTime"}"#, &[""]),
        case("nested.json", nested.as_bytes(), &["record is nested too deep"]),
        case("impossible.json", impossible.as_bytes(), &["impossible eventTime"]),
        case("ancient.json", ancient.as_bytes(), &["impossible eventTime"]),
        case("timeless.json", timeless.as_bytes(), &["impossible eventTime"]),
        // What can be read of it is evidence.
        Case { records: [3, 0], ..case("not_utf8.json", NOT_UTF8, &[]) },
    ]
}

const NOT_UTF8: &[u8] =
    b"{\"eventName\":\"ListBuckets\",\"eventTime\":\"2026-03-02T00:00:00Z\",\"eventID\":\"\xff\xfe\"}";

fn between(record: &[u8]) -> Vec<u8> {
    let [first, last] = [1, 2].map(|index| some_noise(index).to_string());
    [b"{\"Records\":[", first.as_bytes(), b",", record, b",", last.as_bytes(), b"]}"].concat()
}

fn some_noise(index: u64) -> Value {
    noise(&format!("2026-03-02T00:{:02}:{:02}Z", index / 60 % 60, index % 60), &format!("noise-{index}"))
}

/// What belongs into the bucket, and is no list of events.
fn neighbours() -> Vec<Case> {
    let notification = json!({ "Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "eventTime": "2026-03-02T00:00:00.000Z",
        "eventName": "ObjectCreated:Put", "s3": { "bucket": { "name": "logs" }, "object": { "key": "a.json.gz" } },
    }] });
    let digest = json!({
        "awsAccountId": "111122223333", "digestStartTime": "2026-03-02T00:00:00Z", "digestEndTime": "2026-03-02T01:00:00Z",
        "digestS3Bucket": "logs", "logFiles": [], "previousDigestS3Object": null,
    });
    let insight = json!({ "Records": [{
        "eventVersion": "1.08", "eventTime": "2026-03-02T00:00:00Z", "awsRegion": "us-east-1", "eventID": "insight",
        "eventType": "AwsCloudTrailInsight", "recipientAccountId": "111122223333", "eventCategory": "Insight",
        "insightDetails": { "state": "Start", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances" },
    }] });
    vec![
        Case {
            name: "notification.json",
            content: notification.to_string().into(),
            files: REJECTED,
            records: [1, 1],
            rejects: &["S3 event notification"],
        },
        Case { name: "digest.json", content: digest.to_string().into(), files: SKIPPED, records: [0, 0], rejects: &[] },
        Case { name: "insight.json", content: insight.to_string().into(), files: READ, records: [1, 0], rejects: &[] },
    ]
}

/// 300 MB in 300 KB.
fn zeros() -> Vec<u8> {
    let packed = gzip(&vec![0; 1 << 20]).repeat(300);
    assert!(packed.len() < 400_000, "{}", packed.len());
    packed
}

#[test]
fn half_a_stream_gives_what_was_whole() {
    let folder = with_good_file();
    let whole = gzip(&file_of(&(0..2000).map(some_noise).collect::<Vec<_>>()));
    put(folder.path(), "half.json.gz", &whole[..whole.len() / 2]);
    let run = scan(folder.path());
    check_theft_is_found(&run);
    let summary = run.summary();
    assert_eq!(count(&summary, "files", "read"), 2);
    let survived = count(&summary, "records", "filtered");
    assert!((500..1500).contains(&survived), "{survived}");
    let reasons: Vec<&str> =
        summary["rejects"].as_array().unwrap().iter().filter_map(|r| r["reason"].as_str()).collect();
    assert!(reasons.iter().any(|reason| reason.starts_with("gzip stream ends early after")), "{reasons:?}");
}

#[test]
fn a_path_that_is_not_there_is_said_and_the_others_are_read() {
    let folder = with_good_file();
    let missing = folder.path().join("missing");
    let arguments =
        ["scan".as_ref(), "--format".as_ref(), "jsonl".as_ref(), missing.as_os_str(), folder.path().as_os_str()];
    let run = davy(arguments).found();
    check_theft_is_found(&run);
    assert_eq!(
        run.summary()["rejects"],
        json!([{
            "path": missing.to_str().unwrap(), "offset": 0, "reason": "cannot be read: No such file or directory (os error 2)",
        }])
    );
}

#[cfg(unix)]
mod unix {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{PermissionsExt as _, symlink},
        process::Command,
        time::Duration,
    };

    use super::*;

    #[test]
    fn a_folder_and_a_file_without_permission_are_said() {
        let folder = with_good_file();
        let secret = put(folder.path(), "secret/a.json", file_of(&[some_noise(1)]));
        let locked = put(folder.path(), "locked.json", file_of(&[some_noise(2)]));
        let secret = secret.parent().unwrap();
        fs::set_permissions(secret, Permissions::from_mode(0o000)).unwrap();
        fs::set_permissions(&locked, Permissions::from_mode(0o000)).unwrap();
        // Root may read everything, so that there is nothing to test.
        if fs::read_dir(secret).is_ok() {
            return;
        }
        let run = scan(folder.path());
        fs::set_permissions(secret, Permissions::from_mode(0o700)).unwrap();
        check_theft_is_found(&run);
        let rejects = run.summary()["rejects"].to_string();
        assert!(rejects.contains("folder cannot be read: Permission denied"), "{rejects}");
        assert!(rejects.contains("\"cannot be read: Permission denied"), "{rejects}");
    }

    #[test]
    fn what_is_no_file_blocks_nobody() {
        let folder = with_good_file();
        symlink(folder.path(), folder.path().join("round")).unwrap();
        symlink("nowhere", folder.path().join("dangling")).unwrap();
        symlink("self", folder.path().join("self")).unwrap();
        let made = Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
        assert!(made.success());
        let run = scan(folder.path());
        check_theft_is_found(&run);
        let reasons: Vec<String> = run.summary()["rejects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|reject| reject["reason"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(reasons.len(), 4, "{reasons:#?}");
        for reason in [
            "a symbolic link to a folder is not followed",
            "cannot be read: No such file",
            "cannot be read: Too many levels",
            "neither a file nor a folder",
        ] {
            assert!(reasons.iter().any(|given| given.starts_with(reason)), "{reason}: {reasons:#?}");
        }
    }

    #[test]
    fn names_need_not_be_utf8() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = with_good_file();
        let name = std::ffi::OsStr::from_bytes(b"\xff\x1b[2J.json");
        // Not every file system takes such a name.
        if fs::write(folder.path().join(name), "broken").is_err() {
            return;
        }
        let run = scan(folder.path());
        check_theft_is_found(&run);
        assert_eq!(run.summary()["rejects"][0]["reason"], "not JSON");
        assert!(!run.stdout.contains('\u{1b}'));
    }

    /// The shell's limit on address space is far more than what is resident, and still a limit.
    #[test]
    fn memory_stays_within_bounds() {
        let folder = with_good_file();
        put(folder.path(), "zeros.json.gz", zeros());
        put(folder.path(), "string.json.gz", super::long_string());
        let run = limited(1 << 20, &format!("scan --threads 2 --format jsonl '{}'", folder.path().display())).found();
        check_theft_is_found(&run);
        assert_eq!(count(&run.summary(), "files", "found"), 3);
        assert_eq!(run.summary()["rejects_total"], 2, "the string and the zeros");
    }

    /// An endless device is read no further than rubbish in a file would be.
    #[test]
    fn a_device_without_an_end_is_not_read_for_ever() {
        let run = limited(1 << 18, "scan --threads 1 --format jsonl /dev/zero");
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert_eq!(run.summary()["files"]["rejected"], 1);
    }

    fn limited(kibibytes: u64, arguments: &str) -> Run {
        let script = format!("ulimit -v {kibibytes}; exec '{}' {arguments}", env!("CARGO_BIN_EXE_davy"));
        program::finish(assert_cmd::Command::new("sh").args(["-c", &script]).timeout(Duration::from_mins(2)))
    }
}

/// A user agent of 100 MB between two records, in many members of a gzip.
fn long_string() -> Vec<u8> {
    let [first, large, last] = [3, 4, 5].map(|index| some_noise(index).to_string());
    let head = format!(r#"{{"Records":[{first},{},"userAgent":""#, &large[..large.len() - 1]);
    let tail = format!("\"}},{last}]}}");
    [gzip(head.as_bytes()), gzip(&vec![b'a'; 1 << 20]).repeat(100), gzip(tail.as_bytes())].concat()
}

#[test]
fn a_record_of_100_megabytes_costs_only_itself() {
    let folder = with_good_file();
    put(folder.path(), "string.json.gz", long_string());
    let run = scan(folder.path());
    check_theft_is_found(&run);
    assert_eq!(run.summary()["rejects"][0]["reason"], "record larger than 16777216 bytes");
    assert_eq!(run.summary()["rejects_total"], 1);
    assert_eq!((count(&run.summary(), "records", "filtered"), count(&run.summary(), "records", "rejected")), (2, 1));
}

/// Larger than what is read whole, beside files that are ready long before it.
#[test]
fn a_large_file_is_read_in_blocks_and_in_turn() {
    let folder = with_good_file();
    let large = file_of(&(0..60_000).map(some_noise).collect::<Vec<_>>());
    assert!(large.len() > 16 << 20, "{}", large.len());
    put(folder.path(), "a.json", &large);
    // The last member alone says that it is small.
    let packed = gzip(&large);
    put(folder.path(), "b.json.gz", [&packed[..], &gzip(b" ")].concat());
    put(folder.path(), "c.json", "broken");
    let run = scan(folder.path());
    check_theft_is_found(&run);
    let summary = run.summary();
    assert_eq!((count(&summary, "files", "found"), count(&summary, "files", "read")), (4, 3));
    assert_eq!(count(&summary, "records", "read"), 21 + 2 * 60_000);
    assert_eq!(summary["rejects_total"], 1);
    let piped = program::davy_reading(["scan", "-", "--format", "jsonl"], packed).quiet();
    assert_eq!(count(&piped.summary(), "records", "read"), 60_000);
}
