//! The questions after the alarm, each as a screen and as JSON.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;
mod trail;

use program::{Run, check_golden, davy, davy_reading};
use serde_json::{Value, json};
use trail::{Launch, file_of, theft_after_ordinary_days};

const THIEF: &str = "arn:aws:iam::444455556666:user/svc-backup";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/terraform-apply/";

fn ask(what: &[&str]) -> Run {
    davy(["investigate"].iter().chain(what).chain(&["sample"]))
}

fn ask_json(what: &[&str]) -> Value {
    ask(&[what, &["--format", "json"]].concat()).json()
}

fn rows(answer: &Value) -> &[Value] {
    answer.as_array().expect("an answer is a list")
}

#[test]
fn a_user_by_arn() {
    check_golden("investigate-user.txt", &ask(&["user", THIEF, "--since", "2026-03-07"]).quiet().stdout);
    let answer = ask_json(&["user", THIEF]);
    assert!(rows(&answer).len() > 50);
    assert!(rows(&answer).iter().all(|row| row["user"] == THIEF));
    assert!(rows(&answer).is_sorted_by_key(|row| row["time"].as_str().unwrap()));
    let launch = rows(&answer).iter().find(|row| row["command"] == "RunInstances" && row["outcome"] == "ok").unwrap();
    assert_eq!((&launch["vendor_region"], &launch["src"]), (&"ap-south-1".into(), &"198.51.100.77".into()));
    assert_eq!(launch["object_id"].as_array().unwrap().len(), 4);
}

#[test]
fn a_role_and_one_session_of_it() {
    let role = ask_json(&["user", "arn:aws:iam::111122223333:role/terraform-apply"]);
    let session = rows(&role)[0]["session"].as_str().expect("a role has sessions");
    let one = ask_json(&["user", &format!("{SESSION}{session}")]);
    let expected: Vec<&Value> = rows(&role).iter().filter(|row| row["session"] == session).collect();
    assert_eq!(rows(&one).iter().collect::<Vec<_>>(), expected);
    assert!(!expected.is_empty());
    assert_eq!(rows(&ask_json(&["user", &format!("{SESSION}nobody")])), &[] as &[Value]);
    let elsewhere = format!("{SESSION}{session}").replace("111122223333", "444455556666");
    assert_eq!(rows(&ask_json(&["user", &elsewhere])), &[] as &[Value], "another account's role of that name");
}

#[test]
fn nobody_did_nothing() {
    let run = ask(&["user", "arn:aws:iam::111122223333:user/nobody"]).quiet();
    assert_eq!(run.stdout, "found     0 events by arn:aws:iam::111122223333:user/nobody in 756 records\n");
}

#[test]
fn a_region() {
    check_golden("investigate-region.txt", &ask(&["region", "ap-south-1"]).quiet().stdout);
    let answer = ask_json(&["region", "ap-south-1"]);
    let launches = rows(&answer).iter().find(|row| row["command"] == "RunInstances").unwrap();
    assert_eq!((&launches["events"], &launches["refused"], &launches["user"]), (&2.into(), &1.into(), &THIEF.into()));
    assert_eq!(launches["object_id"].as_array().unwrap().len(), 4);
}

#[test]
fn a_launch_and_an_instance() {
    let id = stolen_instance();
    check_golden("investigate-launch.txt", &ask(&["launch", &id]).quiet().stdout);
    let launch = &ask_json(&["launch", &id])[0];
    assert_eq!([&launch["instance_id"], &launch["user"]], [&*id, THIEF]);
    assert_eq!([&launch["instance_type"], &launch["vendor_region"]], ["c5a.24xlarge", "ap-south-1"]);
    check_golden("investigate-instance.txt", &ask(&["instance", &id]).quiet().stdout);
    let life = ask_json(&["instance", &id]);
    assert_eq!(life["instance"]["present_state"], "running");
    assert_eq!(life["instance"]["launched_by"], THIEF);
    assert_eq!(rows(&life["history"]).len(), 1);
}

fn stolen_instance() -> String {
    let answer = ask_json(&["user", THIEF]);
    let ids = rows(&answer).iter().flat_map(|row| row["object_id"].as_array().unwrap());
    ids.filter_map(Value::as_str).find(|id| id.starts_with("i-")).expect("something was launched").to_owned()
}

#[test]
fn the_state_of_an_instance_follows_its_history() {
    let launch = Launch::ordinary("2026-03-01T00:00:00Z").record();
    let id = launch["responseElements"]["instancesSet"]["items"][0]["instanceId"].clone();
    let mut records = vec![launch];
    let mut check = |change: Option<(&str, &str, Option<&str>)>, state: &str| {
        records.extend(change.map(|(at, command, refused)| change_of(&id, at, command, refused)));
        // The order of the file is not that of time.
        let reversed: Vec<Value> = records.iter().rev().cloned().collect();
        let arguments = ["investigate", "instance", id.as_str().unwrap(), "-", "--format", "json"];
        let life = davy_reading(arguments, file_of(&reversed)).quiet().json();
        assert_eq!(life["instance"]["present_state"], state, "{change:?}");
        assert_eq!(rows(&life["history"]).len(), records.len());
    };
    check(None, "running");
    check(Some(("2026-03-01T01:00:00Z", "StopInstances", None)), "stopped");
    check(Some(("2026-03-01T02:00:00Z", "StartInstances", Some("Client.InsufficientInstanceCapacity"))), "stopped");
    check(Some(("2026-03-01T03:00:00Z", "StartInstances", None)), "running");
    check(Some(("2026-03-01T04:00:00Z", "RebootInstances", None)), "running");
    check(Some(("2026-03-01T05:00:00Z", "TerminateInstances", None)), "terminated");
    check(Some(("2026-03-01T06:00:00Z", "DescribeInstances", None)), "terminated");
}

fn change_of(id: &Value, at: &str, command: &str, refused: Option<&str>) -> Value {
    let mut record = trail::noise(at, &format!("{command} {at}"));
    record["eventSource"] = "ec2.amazonaws.com".into();
    record["eventName"] = command.into();
    record["requestParameters"] = json!({ "instancesSet": { "items": [{ "instanceId": id }] } });
    match refused {
        Some(code) => record["errorCode"] = code.into(),
        None => record["responseElements"] = json!({ "instancesSet": { "items": [{ "instanceId": id }] } }),
    }
    record
}

#[test]
fn the_findings_of_anything_that_has_a_name() {
    let all = davy(["scan", "sample", "--format", "jsonl"]).found().findings();
    for (entity, expected) in [
        (THIEF, all.iter().filter(|finding| finding["user"] == THIEF).count()),
        ("svc-backup", all.iter().filter(|finding| finding["user_name"] == "svc-backup").count()),
        ("198.51.100.77", all.iter().filter(|finding| finding["src"] == "198.51.100.77").count()),
        ("m6i.xlarge", all.iter().filter(|finding| finding["value"] == "m6i.xlarge").count()),
        ("444455556666", all.iter().filter(|finding| finding["vendor_account"] == "444455556666").count()),
        ("svc", 0),
    ] {
        let run = ask(&["findings", entity, "--format", "json"]);
        assert_eq!(rows(&run.json()).len(), expected, "{entity}");
        assert_eq!(run.status, i32::from(expected > 0), "{entity}");
    }
    check_golden("investigate-findings.txt", &ask(&["findings", "m6i.xlarge"]).found().stdout);
}

#[test]
fn times_bound_the_question() {
    let ask = |bounds: &[&str]| rows(&ask_json(&[&["user", THIEF], bounds].concat())).len();
    let whole = ask(&[]);
    let (before, after) = (ask(&["--until", "2026-03-07"]), ask(&["--since", "2026-03-07"]));
    assert_eq!(before + after, whole);
    assert_eq!(ask(&["--since", "2026-03-07T03:12:38Z", "--until", "2026-03-07T03:12:39Z"]), 1);
}

#[test]
fn every_format_holds_every_row() {
    let count = |format| ask(&["user", THIEF, "--format", format]).quiet().stdout.lines().count();
    let lines = count("jsonl");
    assert_eq!((count("csv"), count("table")), (lines + 1, lines + 2));
}

#[test]
fn strict_is_strict_here_too() {
    let mut input = file_of(&theft_after_ordinary_days());
    input.extend(b"{broken");
    let arguments = ["investigate", "user", "arn:aws:iam::111122223333:user/thief", "-"];
    let run = davy_reading(arguments, input.clone()).quiet();
    assert!(run.stdout.contains("could not be read"), "{}", run.stdout);
    assert_eq!(davy_reading(arguments.iter().chain(&["--strict"]), input).status, 2);
}
