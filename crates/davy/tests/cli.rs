//! The program as people and scripts meet it: exit codes, hints, filters, pipes, and the text of
//! strangers on the screen.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;
mod trail;

use std::{
    ffi::OsString,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use program::{Run, davy, davy_reading};
use serde_json::Value;
use trail::{Launch, file_of, ordinary_days, theft_after_ordinary_days};

#[test]
fn the_status_says_what_came_of_it() {
    let history: Vec<Value> = ordinary_days("2026-03-01T09:00:00Z", 20).iter().map(Launch::record).collect();
    scan_text(&history, &[]).quiet();
    scan_text(&theft_after_ordinary_days(), &[]).found();
    assert_eq!(davy_reading(["scan", "-", "--strict"], "broken").status, 2);
    assert_eq!(davy(["scan"]).status, 2);
    assert_eq!(davy::<&str>([]).status, 2);
}

fn scan_text(records: &[Value], arguments: &[&str]) -> Run {
    davy_reading(["scan", "-"].iter().chain(arguments), file_of(records))
}

#[test]
fn an_error_says_what_to_do() {
    let check = |arguments: &[&str], message: &str| davy(arguments).failed(message);
    check(
        &["scan", "nowhere"],
        "error: nothing to read: `nowhere` cannot be read: No such file or directory (os error 2)\n\
         hint: is the path right?",
    );
    check(
        &["scan", "sample", "--time-zone", "Mars/Olympus"],
        "error: unknown time zone `Mars/Olympus`\n  \
           caused by: failed to find time zone `Mars/Olympus` in time zone database\n\
         hint: use an IANA name such as `UTC` or `Europe/Berlin`",
    );
    check(
        &["scan", "sample", "--since", "yesterday-ish"],
        "error: invalid value 'yesterday-ish' for '--since <TIME>': expected a date, a time such as \
         `2026-03-07T02:00:00Z`, or a span such as `7d`\n\nFor more information, try '--help'.",
    );
    check(
        &["baseline", "export", "previously_seen_regions"],
        "error: no lookup table is called `previously_seen_regions`\n\
         hint: there are `previously_seen_cloud_compute_creations_by_user`, `previously_seen_cloud_regions`, \
         `previously_seen_cloud_compute_images`, `previously_seen_cloud_compute_instance_types`",
    );
    check(
        &["baseline", "show", "--baseline", "nowhere.json"],
        "error: cannot use baseline `nowhere.json`\n  \
           caused by: No such file or directory (os error 2)\n\
         hint: `davy baseline build` makes one",
    );
}

#[test]
fn nothing_is_not_a_name() {
    for arguments in [
        ["scan", "sample", "--account", ""].as_slice(),
        &["scan", "sample", "--region", ""],
        &["investigate", "user", "", "sample"],
        &["investigate", "region", "", "sample"],
        &["investigate", "launch", "", "sample"],
        &["investigate", "instance", "", "sample"],
        &["investigate", "findings", "", "sample"],
    ] {
        let run = davy(arguments);
        assert_eq!((run.status, &*run.stdout), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains("a value is required"), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_broken_detection_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    for (text, words) in [
        ("title = ", ["`mine`", "TOML"]),
        ("title = 'x'\nflavour = 'sour'\n", ["`mine`", "unknown field `flavour`"]),
        (&SIXTH.replace("user_agent", "flavour"), ["`mine`", "unknown field `flavour`, expected one of accelerator"]),
    ] {
        fs::write(folder.path().join("mine.toml"), text).unwrap();
        let run = scan_with(folder.path(), &["sample"]);
        assert_eq!((run.status, &*run.stdout), (2, ""));
        assert!(words.iter().all(|word| run.stderr.contains(word)), "{words:?}: {}", run.stderr);
    }
    let empty = tempfile::tempdir().unwrap();
    assert!(scan_with(empty.path(), &["sample"]).stderr.contains("hint: "));
    assert!(
        scan_with(&folder.path().join("nowhere"), &["sample"]).stderr.starts_with("error: cannot read detections in")
    );
}

fn scan_with(detections: &Path, arguments: &[&str]) -> Run {
    let first = ["scan".into(), "--detections".into(), OsString::from(detections)];
    davy(first.into_iter().chain(arguments.iter().map(OsString::from)))
}

const SIXTH: &str = r#"
name = "Cloud Compute Instance Created By Previously Unseen Tool"
id = "6a0c0e3a-5b0e-4c69-9f7d-0d2f8c1f4e51"
title = "new tool"
kind = "new_value"
message = "{user} {did} {instances} with {value} ({scopes})"
mitre_attack_id = ["T1078.004"]

[where]
action = ["created"]
object_category = ["instance"]

[risk]
ok = 20
refused = 10
dry_run = 5

[new_value]
field = "user_agent"
warm_up_days = 7
"#;

#[test]
fn a_sixth_detection_joins_the_story() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("new_tool.toml"), SIXTH).unwrap();
    let mut records = theft_after_ordinary_days();
    records.push(Launch { agent: "xmrig-deploy/1.0".into(), ..Launch::ordinary("2026-03-20T10:00:00Z") }.record());
    let file = folder.path().join("log.json");
    fs::write(&file, file_of(&records)).unwrap();
    let findings = scan_with(folder.path(), &["--format", "jsonl", file.to_str().unwrap()]).found().findings();
    let sixth: Vec<&Value> = findings.iter().filter(|finding| finding["detection"] == "new_tool").collect();
    assert_eq!(sixth.len(), 1);
    assert_eq!((&sixth[0]["value"], &sixth[0]["risk_score"]), (&"xmrig-deploy/1.0".into(), &20.into()));
    assert!(findings.iter().any(|finding| finding["value"] == "p3.16xlarge"), "and the story's are still there");
}

#[test]
fn filters_hide_and_never_change_what_is_found() {
    let all = scan_sample(&[]).findings();
    let check = |arguments: &[&str], keep: &dyn Fn(&Value) -> bool| {
        let run = scan_sample(arguments);
        let expected: Vec<&Value> = all.iter().filter(|finding| keep(finding)).collect();
        assert_eq!(run.findings().iter().collect::<Vec<_>>(), expected, "{arguments:?}");
        let counts = &run.summary()["findings"];
        assert_eq!(
            (&counts["reported"], &counts["hidden"]),
            (&expected.len().into(), &(all.len() - expected.len()).into())
        );
        assert_eq!(run.status, i32::from(!expected.is_empty()), "{arguments:?}");
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    check(&["--min-risk", "30"], &|f| f["risk_score"].as_u64() >= Some(30));
    check(&["--min-risk", "4294967295"], &|_| false);
    check(&["--account", "111122223333"], &|f| f["vendor_account"] == "111122223333");
    check(&["--account", "111122223333", "--account", "444455556666"], &|_| true);
    check(&["--account", "1111"], &|_| false);
    check(&["--region", "eu-north-1"], &|f| f["vendor_regions"].as_array().unwrap().contains(&"eu-north-1".into()));
    check(&["--region", "eu-north-1", "--account", "111122223333"], &|_| false);
    check(&["--since", "2026-03-07"], &|f| text(&f["last_time"]).as_str() >= "2026-03-07");
    check(&["--since", "2026-03-07T03:15:00Z"], &|f| text(&f["last_time"]).as_str() >= "2026-03-07T03:15:00Z");
}

#[test]
fn until_is_as_if_the_logs_had_ended_there() {
    for day in ["05", "17", "20", "25"] {
        let files = program::sample_files_between("2026/02/01", &format!("2026/02/{day}"));
        let short = davy(
            ["scan", "--format", "jsonl"].map(OsString::from).into_iter().chain(files.into_iter().map(Into::into)),
        );
        let until = scan_sample(&["--until", &format!("2026-02-{day}")]);
        assert_eq!(short.findings(), until.findings(), "{day}");
        for same in ["kept", "duplicate"] {
            assert_eq!(short.summary()["records"][same], until.summary()["records"][same], "{day}: {same}");
        }
    }
}

fn scan_sample(arguments: &[&str]) -> Run {
    davy(["scan", "sample", "--format", "jsonl"].iter().chain(arguments))
}

#[test]
fn what_a_thief_calls_himself_is_only_text() {
    let name = "=cmd()\u{1b}[31m\u{9b}2J\u{202e}\u{7}\r\nfound nothing";
    let mut records = theft_after_ordinary_days();
    let theft = records.last_mut().unwrap();
    theft["userIdentity"] = serde_json::json!({
        "type": "AssumedRole",
        "arn": format!("arn:aws:sts::111122223333:assumed-role/{name}/{name}"),
        "accountId": "111122223333",
        "sessionContext": { "sessionIssuer": {
            "type": "Role", "accountId": "111122223333", "userName": name,
            "arn": format!("arn:aws:iam::111122223333:role/{name}"),
        }},
    });
    for field in ["userAgent", "sourceIPAddress", "awsRegion"] {
        theft[field] = name.into();
    }
    for format in ["table", "csv", "json", "jsonl"] {
        let run = scan_text(&records, &["--format", format]);
        assert_eq!(run.status, 1);
        check_harmless(&run);
        check_cells(format, &run);
    }
    let lines = scan_text(&records, &["--format", "jsonl"]).findings();
    assert!(lines.iter().any(|finding| finding["user_name"] == name && finding["session"] == name), "JSON says it all");
}

/// Nothing that a terminal acts upon but the end of a line.
#[track_caller]
fn check_harmless(run: &Run) {
    let text = format!("{}{}", run.stdout, run.stderr);
    let obeyed = |c: &char| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c);
    assert_eq!(text.chars().find(obeyed), None, "{text}");
    assert!(!text.lines().any(|line| line.starts_with("found nothing")), "{text}");
}

/// No cell begins like a formula.
#[track_caller]
fn check_cells(format: &str, run: &Run) {
    if format == "csv" {
        assert!(run.stdout.contains(",'=cmd()"), "{}", run.stdout);
        assert!(!run.stdout.contains(",=") && !run.stdout.contains(",\"="), "{}", run.stdout);
    }
}

#[test]
fn investigations_show_only_text_too() {
    let mut records = theft_after_ordinary_days();
    let theft = records.last_mut().unwrap();
    let id = theft["responseElements"]["instancesSet"]["items"][0]["instanceId"].as_str().unwrap().to_owned();
    theft["responseElements"]["instancesSet"]["items"][0]["tagSet"] =
        serde_json::json!({ "items": [{ "key": "Name", "value": "\u{1b}[2J\u{9b}1A=cmd()\u{2066}" }] });
    theft["errorMessage"] = "\u{1b}]0;owned\u{7}".into();
    for what in [["instance", &id], ["launch", &id], ["region", "ap-south-1"]] {
        for format in ["table", "csv", "json"] {
            let arguments = ["investigate", what[0], what[1], "-", "--format", format];
            let run = davy_reading(arguments, file_of(&records)).quiet();
            assert!(!run.stdout.is_empty());
            check_harmless(&run);
        }
    }
}

#[test]
fn a_pipe_gets_data_and_nothing_else() {
    let run = program::finish(program::command().env_remove("NO_COLOR").args(["scan", "sample"])).found();
    assert!(!run.stdout.contains('\u{1b}'), "no colours in a pipe");
    let forced =
        program::finish(program::command().env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1").args(["scan", "sample"]));
    assert!(forced.stdout.contains("\u{1b}[1m"), "unless somebody asks for them");
    let refused = program::finish(program::command().env("CLICOLOR_FORCE", "1").args(["scan", "sample"]));
    assert_eq!(refused.stdout, run.stdout, "and NO_COLOR wins");
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    for format in ["table", "json", "jsonl", "csv"] {
        // All four are longer than a pipe holds.
        let mut child = Command::new(env!("CARGO_BIN_EXE_davy"))
            .current_dir(program::repository())
            .args(["investigate", "region", "us-east-1", "--format", format, "sample"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{format}");
        assert_eq!(output.status.code(), Some(0), "{format}");
    }
}

#[test]
fn completions_and_man_pages_come_from_the_commands() {
    for (shell, word) in [("bash", "_davy"), ("zsh", "#compdef davy"), ("fish", "complete -c davy")] {
        let script = davy(["completions", shell]).quiet().stdout;
        assert!(script.contains(word) && script.contains("min-risk"), "{shell}");
    }
    assert!(davy(["man"]).quiet().stdout.contains(".TH davy 1"));
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man/man1");
    davy(["man".as_ref(), "--out".as_ref(), pages.as_os_str()]).quiet();
    for page in ["davy", "davy-scan", "davy-baseline", "davy-baseline-build", "davy-investigate-user"] {
        assert!(pages.join(format!("{page}.1")).is_file(), "{page}");
    }
}

#[test]
fn the_version_is_that_of_the_manifest() {
    assert_eq!(davy(["--version"]).quiet().stdout, format!("davy {}\n", env!("CARGO_PKG_VERSION")));
}
