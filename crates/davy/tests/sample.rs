//! The sample, to the letter; and the same findings however it is read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;
mod trail;

use std::{ffi::OsString, fs, io::Read as _, path::Path};

use flate2::read::MultiGzDecoder;
use program::{Run, check_golden, count, davy, davy_reading, sample_files};
use serde_json::Value;

#[test]
fn the_screen_is_the_golden_one() {
    check_golden("sample.txt", &davy(["scan", "sample"]).found().stdout);
}

#[test]
fn csv_is_the_golden_one() {
    let run = davy(["scan", "sample", "--format", "csv"]);
    assert_eq!(run.status, 1);
    check_golden("sample.csv", &run.stdout);
    assert!(run.stderr.starts_with("found     "), "the summary goes where messages go: {}", run.stderr);
}

#[test]
fn threads_change_nothing() {
    let expected = scan(["sample"]).stdout;
    for threads in ["1", "2", "8", "64"] {
        assert_eq!(scan(["sample", "--threads", threads]).stdout, expected);
    }
}

#[test]
fn the_order_of_the_files_changes_nothing() {
    let expected = scan(["sample"]);
    let mut files: Vec<OsString> = sample_files().into_iter().map(Into::into).collect();
    files.reverse();
    check_same(&expected, &scan(&files));
    files.sort_by_key(|path| path.to_string_lossy().bytes().rev().collect::<Vec<u8>>());
    check_same(&expected, &scan(&files));
    let middle = files.len() / 2;
    files.rotate_left(middle);
    check_same(&expected, &scan(&files));
}

#[test]
fn standard_input_changes_nothing() {
    let mut lines = String::new();
    for path in sample_files() {
        let file: Value = serde_json::from_slice(&unpacked(&path)).unwrap();
        for record in file["Records"].as_array().unwrap() {
            lines.extend([&*record.to_string(), "\n"]);
        }
    }
    let expected = scan(["sample"]);
    let array = format!("[{}]", lines.trim_end().replace('\n', ","));
    for input in [lines.clone().into_bytes(), trail::gzip(lines.as_bytes()), array.into_bytes()] {
        check_same(&expected, &davy_reading(["scan", "--format", "jsonl", "-"], input).found());
    }
}

#[test]
fn files_concatenated_as_they_are_change_nothing() {
    let all: Vec<u8> = sample_files().iter().flat_map(|path| fs::read(path).unwrap()).collect();
    check_same(&scan(["sample"]), &davy_reading(["scan", "--format", "jsonl", "-"], all).found());
}

#[test]
fn the_packing_changes_nothing() {
    let expected = scan(["sample"]);
    let (plain, zstd) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (index, path) in sample_files().iter().enumerate() {
        let content = unpacked(path);
        // What a file is called says nothing about what it is.
        trail::put(zstd.path(), &format!("{index}.json.gz"), zstd::encode_all(&*content, 3).unwrap());
        trail::put(plain.path(), &format!("{index}.log"), content);
    }
    check_same(&expected, &scan([plain.path()]));
    check_same(&expected, &scan([zstd.path()]));
}

#[test]
fn what_comes_twice_counts_once() {
    let (once, twice) = (scan(["sample"]), scan(["sample", "sample"]));
    assert_eq!(once.findings(), twice.findings());
    let (once, twice) = (once.summary(), twice.summary());
    program::check_counts(&twice);
    let of = |summary: &Value, part: &str| count(summary, "records", part);
    assert_eq!(of(&once, "kept"), of(&twice, "kept"));
    assert_eq!(of(&twice, "duplicate"), 2 * of(&once, "duplicate") + of(&once, "kept"));
    // Nobody looks at the id of what nobody asks for.
    assert_eq!(of(&twice, "filtered"), 2 * of(&once, "filtered"));
}

fn scan<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned());
    davy(["scan", "--format", "jsonl"].map(OsString::from).into_iter().chain(arguments)).found()
}

#[track_caller]
fn check_same(expected: &Run, run: &Run) {
    assert_eq!(expected.incidents(), run.incidents());
    assert_eq!(expected.findings(), run.findings());
    for same in ["records", "accounts", "gates", "first_time", "last_time"] {
        assert_eq!(expected.summary()[same], run.summary()[same], "{same}");
    }
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut content = Vec::new();
    MultiGzDecoder::new(&*fs::read(path).unwrap()).read_to_end(&mut content).unwrap();
    content
}
