//! How a file is read, said for each record: as a screen, in full, and as data.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::{collections::BTreeSet, fs};

use program::{Run, check_golden, davy, davy_reading, repository};
use serde_json::Value;

const MIXED: &str = "testdata/mixed.ndjson";

/// A day of the theft, in the layout of a trail bucket.
const STOLEN: &str = "sample/AWSLogs/444455556666/CloudTrail/ap-south-1";

fn inspect(arguments: &[&str]) -> Run {
    davy(["inspect"].iter().chain(arguments))
}

#[test]
fn a_file_of_three_clouds() {
    check_golden("inspect-mixed.txt", &inspect(&[MIXED]).quiet().stdout);
    check_golden("inspect-mixed-all.txt", &inspect(&[MIXED, "--all", "--limit", "2"]).quiet().stdout);
    check_golden("inspect-sample.txt", &inspect(&[STOLEN]).quiet().stdout);
}

#[test]
fn one_record_in_full() {
    let by_id = inspect(&[MIXED, "--event", "-a1b2c3d4e5"]).quiet().stdout;
    check_golden("inspect-event.txt", &by_id);
    let rows = lines(&[MIXED, "--event", "-a1b2c3d4e5"]);
    let offset = rows[0]["offset"].as_u64().unwrap();
    let inside = (offset + rows[0]["bytes"].as_u64().unwrap() - 1).to_string();
    assert_eq!(inspect(&[MIXED, "--event", &inside]).quiet().stdout, by_id);
    let content = fs::read_to_string(repository().join(MIXED)).unwrap();
    let raw = rows[0]["raw"].as_str().unwrap();
    assert_eq!(&content[usize::try_from(offset).unwrap()..][..raw.len()], raw, "as it stands in the file");
}

/// Whoever names a record by its place may mean one that was refused.
#[test]
fn a_reject_has_a_place_too() {
    let run = inspect(&[MIXED, "--event", "4028"]).quiet();
    assert!(run.stdout.contains("end       rejected: Google Cloud log entry that is no audit log"), "{}", run.stdout);
    assert!(run.stdout.contains("\"bytes_sent\": \"77\""), "{}", run.stdout);
    let nothing = "error: no record `nobody` among 6 records\nhint: `davy inspect --all` lists them";
    inspect(&[MIXED, "--event", "nobody"]).failed(nothing);
}

#[test]
fn every_format_says_the_same() {
    let lines = lines(&[MIXED, "--all"]);
    let (file, records) = lines.split_last().unwrap();
    assert_eq!(file["kind"], "inspected_file");
    let count = |name: &str| file["counts"][name].as_u64().unwrap();
    assert_eq!(count("read"), count("kept") + count("filtered") + count("rejected"));
    assert_eq!(count("kept"), records.len() as u64);
    let document = inspect(&[MIXED, "--all", "--format", "json"]).quiet().json();
    let without_kind = |line: &Value| {
        let mut line = line.clone();
        line.as_object_mut().unwrap().remove("kind");
        line
    };
    assert_eq!(document[0]["records"], Value::Array(records.iter().map(without_kind).collect()));
    assert_eq!(document[0]["counts"], file["counts"]);
    let csv = inspect(&[MIXED, "--all", "--format", "csv"]).quiet().stdout;
    assert_eq!(csv.lines().count(), records.len() + 1);
    for record in records {
        assert!(csv.contains(record["event"]["user"].as_str().unwrap()), "{csv}");
    }
}

/// A bucket is inspected as it is scanned.
#[test]
fn the_counts_are_those_of_a_scan() {
    let scan = davy(["scan", "sample", "--format", "jsonl"]).found().summary();
    let files = lines(&["sample"]).into_iter().filter(|line| line["kind"] == "inspected_file");
    let counts: Vec<Value> = files.map(|file| file["counts"].clone()).collect();
    let sum = |name: &str| counts.iter().map(|counts| counts[name].as_u64().unwrap()).sum::<u64>();
    let of_scan = |name: &str| scan["records"][name].as_u64().unwrap();
    assert_eq!(counts.len() as u64, scan["files"]["found"]);
    assert_eq!([sum("read"), sum("filtered"), sum("rejected")], ["read", "filtered", "rejected"].map(of_scan));
    assert_eq!(sum("kept"), of_scan("kept") + of_scan("duplicate"));
}

#[test]
fn what_is_not_there_is_said() {
    let run = inspect(&["no-such-file", MIXED]).quiet();
    assert!(run.stdout.starts_with("file      no-such-file\nverdict   rejected\n"), "{}", run.stdout);
    assert_eq!(inspect(&["no-such-file", "--strict"]).status, 2);
    let run = davy_reading(["inspect", "-"], "hello").quiet();
    assert!(run.stdout.contains("rejected  byte 0: not JSON"), "{}", run.stdout);
}

#[test]
fn nothing_of_a_log_commands_the_terminal() {
    for arguments in
        [&[MIXED][..], &[MIXED, "--event", "3355"], &[MIXED, "--format", "json"], &[MIXED, "--format", "csv"]]
    {
        let run = inspect(arguments).quiet();
        assert!(run.stdout.contains("Example") || run.stdout.contains("0b0b"), "{}", run.stdout);
        assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    }
}

fn lines(arguments: &[&str]) -> Vec<Value> {
    let lines = inspect(&[arguments, &["--format", "jsonl"]].concat()).quiet().lines();
    let text = fs::read_to_string(repository().join("schema/inspect.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let checked = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for line in &lines {
        let errors: Vec<String> = checked.iter_errors(line).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{line}");
    }
    lines
}

/// Every field that detections can name is one that is shown.
#[test]
fn the_schema_knows_every_field() {
    let text = fs::read_to_string(repository().join("schema/inspect.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let known: BTreeSet<&str> =
        schema["$defs"]["event"]["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    for field in model::Field::ALL {
        assert!(known.contains(field.as_str()), "{field}");
    }
}
