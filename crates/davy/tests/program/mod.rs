//! The real binary, run as people run it, and what it had to say.

#![allow(dead_code, unreachable_pub, reason = "every test file uses the part that it needs")]

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::Command;
use serde_json::Value;

/// What a run left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// `davy`, in the root of the repository, as a pipe sees it.
pub fn davy<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    finish(command().args(arguments))
}

/// The same, with something on standard input.
pub fn davy_reading<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>, input: impl Into<Vec<u8>>) -> Run {
    finish(command().args(arguments).write_stdin(input))
}

/// A command that is not told anything by whoever runs the tests.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_davy"));
    command.current_dir(repository()).env_remove("DAVY_BASELINE").env_remove("DAVY_VERDICTS").env("NO_COLOR", "1");
    command
}

pub fn finish(command: &mut Command) -> Run {
    let output = command.output().expect("the program starts");
    Run {
        status: output.status.code().expect("no signal ends it"),
        stdout: String::from_utf8(output.stdout).expect("data is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

impl Run {
    /// Found something, and had nothing to complain of.
    #[track_caller]
    pub fn found(self) -> Self {
        self.ended(1)
    }

    /// Found nothing, and had nothing to complain of.
    #[track_caller]
    pub fn quiet(self) -> Self {
        self.ended(0)
    }

    #[track_caller]
    fn ended(self, status: i32) -> Self {
        assert_eq!((self.status, &*self.stderr), (status, ""), "{}", self.stdout);
        self
    }

    /// An error with this message; nothing on standard output.
    #[track_caller]
    pub fn failed(self, message: &str) {
        assert_eq!((self.status, &*self.stdout), (2, ""), "{}", self.stderr);
        assert_eq!(self.stderr, format!("{message}\n"));
    }

    pub fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("the document is JSON")
    }

    /// The findings of `--format jsonl`.
    pub fn findings(&self) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["kind"] == "finding").collect()
    }

    /// The incidents of `--format jsonl`.
    pub fn incidents(&self) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["kind"] == "incident").collect()
    }

    /// The summary of `--format jsonl`.
    pub fn summary(&self) -> Value {
        self.lines().pop().filter(|line| line["kind"] == "summary").expect("the summary is the last line")
    }
}

/// Findings of the summary's sort: `(detection, value)`, shortened to what tells them apart.
pub fn names(findings: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let short = |name: String| name.rsplit('_').next().unwrap_or_default().to_owned();
    findings.iter().map(|finding| (short(text(&finding["detection"])), text(&finding["value"]))).collect()
}

/// Every file and every record went exactly one way.
#[track_caller]
pub fn check_counts(summary: &Value) {
    let sum = |group: &str, parts: &[&str]| -> u64 { parts.iter().map(|part| count(summary, group, part)).sum() };
    assert_eq!(sum("files", &["found"]), sum("files", &["read", "skipped", "rejected"]), "{summary}");
    assert_eq!(sum("records", &["read"]), sum("records", &["kept", "filtered", "duplicate", "rejected"]), "{summary}");
    let shown = summary["rejects"].as_array().expect("rejects are a list").len() as u64;
    let total = summary["rejects_total"].as_u64().expect("and are counted");
    assert!(shown <= total && sum("records", &["rejected"]) <= total, "{summary}");
}

#[track_caller]
pub fn count(summary: &Value, group: &str, part: &str) -> u64 {
    summary[group][part].as_u64().unwrap_or_else(|| panic!("`{group}.{part}` is a number: {summary}"))
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository is there")
}

/// The files of the sample that hold events, by name.
pub fn sample_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    walk(&repository().join("sample"), &mut files);
    files.retain(|path| !path.to_string_lossy().contains("CloudTrail-Digest"));
    files.sort();
    assert!(files.len() > 100, "the sample is there");
    files
}

/// The files of the sample from the first day to before the second, days as `2026/03/02`.
pub fn sample_files_between(from: &str, until: &str) -> Vec<PathBuf> {
    let day = |path: &PathBuf| {
        let folders: Vec<_> = path.parent().into_iter().flatten().map(OsStr::to_string_lossy).collect();
        folders[folders.len() - 3..].join("/")
    };
    sample_files().into_iter().filter(|path| (from..until).contains(&&*day(path))).collect()
}

pub fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("and each of its entries").path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// Compares with a file in `testdata/`, or, with `DAVY_BLESS=1`, writes it.
#[track_caller]
pub fn check_golden(name: &str, text: &str) {
    let path = repository().join("testdata").join(name);
    if std::env::var_os("DAVY_BLESS").is_some_and(|bless| bless == "1") {
        fs::write(&path, text).expect("the golden file can be written");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == text,
        "testdata/{name} is not what davy says; if it should be, run with DAVY_BLESS=1\n--- says\n{text}\n--- golden\n{golden}"
    );
}
