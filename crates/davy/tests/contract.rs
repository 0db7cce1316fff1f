//! The output contract: every line that `--format jsonl` writes is what the schema says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;
mod trail;

use std::fs;

use jsonschema::Validator;
use program::{check_counts, davy, repository};
use serde_json::Value;

const INCIDENT: [&str; 30] = [
    "kind",
    "id",
    "severity",
    "risk_score",
    "score_terms",
    "status",
    "provisional",
    "vendor_product",
    "accounts",
    "principal",
    "principals",
    "regions",
    "first_time",
    "last_time",
    "detected_time",
    "crossings",
    "stages",
    "findings",
    "event_ids",
    "instances",
    "vcpu",
    "accelerators",
    "usd_per_hour",
    "usd_per_hour_armed",
    "usd_so_far",
    "usd_by_morning",
    "morning",
    "as_of",
    "price_date",
    "message",
];
const FINDING: [&str; 28] = [
    "kind",
    "id",
    "detection",
    "detection_id",
    "name",
    "time",
    "first_time",
    "last_time",
    "vendor_product",
    "vendor_account",
    "vendor_region",
    "user",
    "user_name",
    "session",
    "src",
    "value",
    "scopes",
    "outcome",
    "count",
    "requests",
    "object_id",
    "image_id",
    "instance_type",
    "event_ids",
    "risk_score",
    "message",
    "because",
    "mitre_attack_id",
];
const SUMMARY: [&str; 4] = ["kind", "files", "records", "rejects"];

#[test]
fn every_line_of_the_sample_is_what_the_schema_says() {
    let run = davy(["scan", "sample", "--format", "jsonl"]).found();
    assert!(run.lines().len() > 15);
    check_lines(&run.lines());
    check_counts(&run.summary());
}

#[test]
fn so_is_every_line_of_a_scan_that_could_not_read_all() {
    let folder = tempfile::tempdir().unwrap();
    trail::put(folder.path(), "a.json", trail::file_of(&trail::theft_after_ordinary_days()));
    trail::put(folder.path(), "b.json", "no log");
    trail::put(folder.path(), "c.json", r#"{"Records":[{"eventName":1},"#);
    trail::put(folder.path(), "d.json", "");
    let run = davy(["scan".as_ref(), folder.path().as_os_str(), "--format".as_ref(), "jsonl".as_ref()]).found();
    check_lines(&run.lines());
    check_counts(&run.summary());
    assert!(run.summary()["rejects"].as_array().unwrap().len() >= 2);
}

#[test]
fn so_is_every_line_of_a_scan_with_verdicts() {
    let folder = tempfile::tempdir().unwrap();
    let (verdicts, sample) = (folder.path().join("verdicts.toml"), repository().join("sample"));
    let verdicts = verdicts.to_str().unwrap();
    let scan = || davy(["scan", sample.to_str().unwrap(), "--format", "jsonl", "--verdicts", verdicts]);
    trail::put(folder.path(), "verdicts.toml", "");
    let plain = scan().found();
    assert_eq!(plain.lines(), davy(["scan", "sample", "--format", "jsonl"]).lines(), "no verdict changes nothing");
    let worst = plain.incidents()[0]["id"].as_str().unwrap().to_owned();
    let signed = ["--reason", "a drill", "--by", "alice", "--at", "2026-03-09", "--verdicts", verdicts];
    davy(["verdict", "give", &worst, "benign", "sample"].iter().chain(&signed)).quiet();
    let judged = scan();
    check_lines(&judged.lines());
    let incident = judged.incidents().into_iter().find(|incident| incident["id"] == *worst).unwrap();
    assert_eq!((&incident["status"], &incident["verdict"]["by"]), (&"closed".into(), &"alice".into()));
    assert_eq!(judged.summary()["verdicts"], serde_json::json!({ "given": 1, "met": 1 }));
    check_order(judged.stdout.lines().next().unwrap(), &INCIDENT);
}

#[track_caller]
fn check_lines(lines: &[Value]) {
    let schema = schema();
    for line in lines {
        let errors: Vec<String> = schema.iter_errors(line).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{line}");
    }
}

fn schema() -> Validator {
    let text = fs::read_to_string(repository().join("schema/output.schema.json")).unwrap();
    let schema = serde_json::from_str(&text).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn the_schema_notices_what_breaks_the_contract() {
    let schema = schema();
    let lines = davy(["scan", "sample", "--format", "jsonl"]).found().lines();
    let incident = &lines[0];
    let finding = lines.iter().find(|line| line["kind"] == "finding").unwrap();
    let summary = &lines[lines.len() - 1];
    assert!([incident, finding, summary].into_iter().all(|line| schema.is_valid(line)));
    for (line, names) in [(incident, &INCIDENT[..]), (finding, &FINDING[..]), (summary, &SUMMARY[..])] {
        for name in names {
            let mut broken = line.clone();
            broken.as_object_mut().unwrap().remove(*name);
            assert!(!schema.is_valid(&broken), "`{name}` is required");
        }
    }
    for (name, value) in
        [("time", "yesterday"), ("time", "2026-03-07T03:12:27+01:00"), ("outcome", "fine"), ("id", "1")]
    {
        let mut broken = finding.clone();
        broken[name] = value.into();
        assert!(!schema.is_valid(&broken), "`{name}` cannot be `{value}`");
    }
    let mut grown = finding.clone();
    grown["a_field_of_tomorrow"] = true.into();
    assert!(schema.is_valid(&grown));
}

#[test]
fn every_field_is_described() {
    let text = fs::read_to_string(repository().join("schema/output.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    check_described("", &schema);
}

fn check_described(path: &str, schema: &Value) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        assert!(field["description"].is_string(), "`{path}.{name}` has no description");
        check_described(&format!("{path}.{name}"), field);
        check_described(&format!("{path}.{name}"), &field["items"]);
    }
    for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
        check_described(name, definition);
    }
}

#[test]
fn the_fields_stand_in_the_order_of_the_contract() {
    let run = davy(["scan", "sample", "--format", "jsonl"]).found();
    let lines: Vec<&str> = run.stdout.lines().collect();
    let (summary, rest) = lines.split_last().unwrap();
    check_order(summary, &SUMMARY);
    let (incidents, findings) = rest.split_at(rest.partition_point(|line| line.starts_with(r#"{"kind":"incident""#)));
    assert!(!incidents.is_empty() && !findings.is_empty(), "incidents come first");
    for incident in incidents {
        check_order(incident, &INCIDENT);
    }
    for finding in findings {
        check_order(finding, &FINDING);
    }
}

/// A quotation mark within a value is escaped, so `"name":` can only be a key; of what stands
/// within, it may be a key too.
#[track_caller]
fn check_order(line: &str, names: &[&str]) {
    let mut rest = line;
    for name in names {
        let at = rest.find(&format!("\"{name}\":"));
        assert!(at.is_some(), "`{name}` is not in its place: {line}");
        rest = &rest[at.unwrap() + 1..];
    }
}

#[test]
fn the_document_holds_the_same_as_the_lines() {
    let document = davy(["scan", "sample", "--format", "json"]).found().json();
    let run = davy(["scan", "sample", "--format", "jsonl"]).found();
    let without_kind = |mut line: Value| {
        line.as_object_mut().unwrap().remove("kind");
        line
    };
    let incidents: Vec<Value> = run.incidents().into_iter().map(without_kind).collect();
    assert_eq!(document["incidents"].as_array().unwrap(), &incidents);
    let findings: Vec<Value> = run.findings().into_iter().map(without_kind).collect();
    assert_eq!(document["findings"].as_array().unwrap(), &findings);
    assert_eq!(document["summary"], without_kind(run.summary()));
}

#[test]
fn a_finding_names_its_incident_and_an_incident_its_findings() {
    let run = davy(["scan", "sample", "--format", "jsonl"]).found();
    for incident in run.incidents() {
        let named = |finding: &&Value| finding["incident"] == incident["id"];
        let (findings, told) = (run.findings(), incident["findings"].as_array().unwrap());
        assert!(findings.iter().filter(named).all(|finding| told.contains(&finding["id"])));
        // Two lineages may have a finding between them, which names one of their incidents.
        assert!(
            told.iter()
                .all(|id| findings.iter().any(|finding| finding["id"] == *id && finding["incident"].is_string()))
        );
    }
    assert!(run.findings().iter().any(|finding| finding["incident"].is_string()));
    assert!(run.findings().iter().any(|finding| finding["incident"].is_null()));
}

#[test]
fn a_scan_of_nothing_is_a_summary() {
    let run = program::davy_reading(["scan", "-", "--format", "jsonl"], "").quiet();
    assert_eq!(run.lines().len(), 1);
    check_lines(&run.lines());
    check_counts(&run.summary());
}
