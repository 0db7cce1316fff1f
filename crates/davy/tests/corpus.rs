//! Logs that real clouds wrote. They are not in the repository: without them nothing is tested.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;
mod trail;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use program::{Run, check_counts, count, davy, davy_reading, names};
use serde_json::{Value, json};
use trail::{Launch, file_of, gzip, ordinary_days};

/// `DAVY_CORPUS`, or the folder beside the repository.
fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let path = std::env::var_os("DAVY_CORPUS").map_or_else(beside, PathBuf::from);
    path.is_dir().then(|| path.canonicalize().expect("it is there"))
}

#[test]
fn every_file_is_read_skipped_or_rejected_with_a_reason() {
    let Some(corpus) = corpus() else { return };
    let run = davy(["scan".as_ref(), "--format".as_ref(), "jsonl".as_ref(), corpus.as_os_str()]).found();
    let summary = run.summary();
    check_counts(&summary);
    let mut files = Vec::new();
    program::walk(&corpus, &mut files);
    assert_eq!(count(&summary, "files", "found"), files.len() as u64);
    assert!(count(&summary, "records", "filtered") > 2000, "{}", summary["records"]);
    check_reasons(&summary);
}

#[track_caller]
fn check_reasons(summary: &Value) {
    let rejects = summary["rejects"].as_array().unwrap();
    assert_eq!(summary["rejects_total"], rejects.len(), "there is room for all of them");
    let mut paths: Vec<&str> = rejects.iter().map(|reject| reject["path"].as_str().unwrap()).collect();
    paths.dedup();
    assert!(paths.len() as u64 >= count(summary, "files", "rejected"), "a file that is rejected says why");
    for reject in rejects {
        let reason = reject["reason"].as_str().unwrap();
        assert!(reason.len() > 7 && !reason.ends_with('.') && !reason.contains('\n'), "{reject}");
    }
}

#[test]
fn each_file_alone_ends_as_it_does_among_the_others() {
    let Some(corpus) = corpus() else { return };
    let mut files = Vec::new();
    program::walk(&corpus.join("files"), &mut files);
    files.sort();
    // One in seven is enough to notice, and takes a second.
    for file in files.iter().step_by(7) {
        let run = davy(["scan".as_ref(), "--format".as_ref(), "jsonl".as_ref(), file.as_os_str()]);
        assert!([0, 1].contains(&run.status) && run.stderr.is_empty(), "{}: {}", file.display(), run.stderr);
        check_counts(&run.summary());
    }
}

/// BOTS v3: on 2018-08-20 a leaked key of `web_admin` asked for machines in Ireland, 576 times, and got none.
#[test]
fn a_raid_that_failed_is_found() {
    let Some(corpus) = corpus() else { return };
    let raid = raid(&corpus);
    assert_eq!(raid.len(), 4, "as many as were published");
    let user = raid[0]["userIdentity"]["arn"].as_str().unwrap().to_owned();
    let run = scan(&[fortnight(), raid].concat()).found();
    check_counts(&run.summary());
    let findings = run.findings();
    let kinds: Vec<String> = names(&findings).into_iter().map(|(detection, _)| detection).collect();
    for kind in ["user", "region", "image", "type"] {
        assert!(kinds.iter().any(|found| found == kind), "`{kind}` in {kinds:?}");
    }
    for finding in findings.iter().filter(|finding| finding["user"] == *user) {
        assert_eq!(finding["object_id"], json!([]), "nothing ever ran: {finding}");
        assert!(finding["outcomes"].as_object().unwrap().get("ok").is_none(), "{finding}");
    }
    let new_user = findings.iter().find(|finding| finding["value"] == *user).expect("he is new");
    assert_eq!(new_user["outcome"], "quota", "{new_user}");
}

/// What was learned is ordinary: without a raid nobody is told anything.
#[test]
fn the_fortnight_before_it_is_quiet() {
    assert_eq!(scan(&fortnight()).status, 0);
}

fn raid(corpus: &Path) -> Vec<Value> {
    let file = fs::File::open(corpus.join("instance_events/aws.ndjson")).unwrap();
    let lines = BufReader::new(file).lines().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let of_bots = lines.filter(|line| is_of_bots(line) && line["class"] == "create");
    of_bots.map(|line| line["event"].clone()).collect()
}

fn is_of_bots(line: &Value) -> bool {
    line["origin"].as_str().is_some_and(|origin| origin.starts_with("splunk/botsv3"))
}

/// Two weeks and a day of the same account at work, elsewhere.
fn fortnight() -> Vec<Value> {
    let days = ordinary_days("2018-08-05T09:00:00Z", 15);
    days.iter().map(|day| Launch { account: "622676721278", ..day.clone() }.record()).collect()
}

fn scan(records: &[Value]) -> Run {
    davy_reading(["scan", "--format", "jsonl", "-"], gzip(&file_of(records)))
}

/// The original missed the textbook attack (D1): it took its warm-up from the run's own rows.
#[test]
fn a_lone_launch_at_night_in_a_new_region_alerts() {
    let mut records: Vec<Value> = ordinary_days("2026-03-01T09:00:00Z", 15).iter().map(Launch::record).collect();
    let lone = Launch { region: "ap-southeast-2", ..Launch::ordinary("2026-03-16T02:40:00Z") };
    records.push(lone.record());
    let findings = scan(&records).found().findings();
    let region = findings.iter().find(|finding| finding["value"] == "ap-southeast-2").expect("the region is new");
    assert_eq!((&region["risk_score"], &region["scopes"]), (&42.into(), &json!(["account", "organization"])));
    let kinds: Vec<String> = names(&findings).into_iter().map(|(detection, _)| detection).collect();
    assert!(!kinds.iter().any(|kind| ["user", "image", "type"].contains(&&**kind)), "and nothing else is: {kinds:?}");
}
