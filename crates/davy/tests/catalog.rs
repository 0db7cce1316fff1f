//! `davy catalog`: what it shows, what it refuses, and what an update leaves behind.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::{ffi::OsStr, fs, path::Path};

use program::{Run, davy};
use serde_json::json;

fn show(arguments: &[&str]) -> Run {
    davy(["catalog", "show"].iter().chain(arguments)).quiet()
}

#[test]
fn a_machine_is_looked_up_by_whatever_cloud_names_it() {
    let check = |arguments: &[&str], screen: &str| assert_eq!(show(arguments).stdout, screen);
    check(
        &["Standard_NC64as_T4_v3", "--region", "eastus"],
        "type      Standard_NC64as_T4_v3\n\
         cloud     Azure Activity Log\n\
         vcpu      64\n\
         memory    not known\n\
         with      4 x t4\n\
         price     4.35 USD an hour, 104.45 a day\n\
         basis     in the table\n\
         region    eastus, which the prices are of\n\
         source    pricing table of Azure/karpenter-provider-azure, 2026-06-18\n",
    );
    check(
        &["n1-standard-4", "--accelerator", "nvidia-tesla-t4=4", "--accelerator", "nvidia-q9", "--spot"],
        "type      n1-standard-4\n\
         cloud     Google Cloud Audit Logs\n\
         vcpu      4\n\
         memory    15 GiB\n\
         with      4 x nvidia-tesla-t4\n\
         with      1 x nvidia-q9, not in the price\n\
         price     0.4800 to 0.7680 USD an hour, 11.52 to 18.43 a day\n\
         basis     the rates of n1, by vCPU and memory\n\
         region    not stated, hence 1 to 1.6 times the price in us-central1\n\
         market    spot, 0.21 times the list price\n\
         source    price table of kubernetes/autoscaler, 2025\n",
    );
    check(
        &["c5.7xlarge", "--region", "sa-east-1"],
        "type      c5.7xlarge\n\
         cloud     AWS CloudTrail\n\
         vcpu      28\n\
         memory    56 GiB\n\
         price     1.19 to 1.90 USD an hour, 28.56 to 45.70 a day\n\
         basis     estimated from the next sizes of c5\n\
         region    sa-east-1, hence 1 to 1.6 times the price in us-east-1\n\
         source    pricing and instance type tables of aws/karpenter-provider-aws, 2026-07-20\n",
    );
}

#[test]
fn what_is_not_known_is_said_and_cannot_act_on_the_screen() {
    let screen = "type      \\u{1b}[2J\n\
                  price     not known, and nothing like it is\n\
                  next      davy catalog update FILE adds it\n";
    assert_eq!(show(&["\u{1b}[2J"]).stdout, screen);
    assert_eq!(show(&["=1+1", "--format", "csv"]).stdout.lines().nth(1), Some("'=1+1,,,,,,,not known,,"));
    let answer = show(&["n1-standard-4", "--cloud", "aws", "--format", "json"]).json();
    assert_eq!((&answer["vendor_product"], &answer["usd_per_hour"]), (&json!(null), &json!(null)));
    assert_eq!(answer["basis"], json!({"kind": "unknown"}));
}

#[test]
fn programs_get_the_same_facts() {
    let arguments = ["p5e.48xlarge", "--region", "us-east-1"];
    let answer = show(&[&arguments[..], &["--format", "json"]].concat()).json();
    assert_eq!(answer["vendor_product"], "AWS CloudTrail");
    assert_eq!(answer["asked"]["region"], "us-east-1");
    assert_eq!(answer["accelerators"], json!([{"name": "h200", "count": 8, "priced": true}]));
    assert_eq!(answer["basis"], json!({"kind": "accelerator", "by": "h200"}));
    assert_eq!(answer["region"], json!({"kind": "base"}));
    assert_eq!(answer["source"]["dated"], "2026-07-20");
    assert_eq!(show(&[&arguments[..], &["--format", "jsonl"]].concat()).lines(), [answer]);
    let files = davy(["catalog", "--format", "jsonl"]).quiet().lines();
    assert_eq!(files.len(), 11);
    for file in &files {
        assert!(
            file["rows"].as_u64().unwrap() > 0 && file["source"].is_string() && file["license"].is_string(),
            "{file}"
        );
    }
}

#[test]
fn an_update_is_checked_written_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let (file, to) = (folder.path().join("ours.csv"), folder.path().join("catalog"));
    fs::write(&file, "type,usd_per_hour\nc5.large,0.05\nc99.large,1\n").unwrap();
    let written = update(&file, &to).quiet().stdout;
    assert!(written.starts_with("checked   2 rows of types: 1 new, 1 repriced\nwritten   "), "{written}");
    let price = |instance_type: &str| {
        let asked = ["catalog", "show", instance_type, "--region", "us-east-1", "--format", "json", "--catalog"];
        let answer = davy(asked.iter().map(OsStr::new).chain([to.as_os_str()])).quiet().json();
        (answer["usd_per_hour"]["low"].to_string(), answer["source"]["source"].as_str().unwrap().to_owned())
    };
    assert_eq!(price("c5.large"), ("0.05".to_owned(), "our contract".to_owned()));
    assert_eq!(price("c99.large"), ("1.0".to_owned(), "our contract".to_owned()));
    assert_eq!(price("c5.xlarge").0, "0.17");
    fs::write(&file, "type,usd_per_hour\nc5.large,0.06\n").unwrap();
    let written = update(&file, &to).quiet().stdout;
    assert!(written.starts_with("checked   1 row of types: 1 repriced, 1 gone\n"), "{written}");
    assert_eq!(price("c5.large").0, "0.06");
    let left: Vec<_> = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".unfinished")), "{left:?}");
}

fn update(file: &Path, to: &Path) -> Run {
    let options = ["--cloud", "aws", "--dated", "2026-11", "--source", "our contract"].map(OsStr::new);
    let paths = [OsStr::new("catalog"), OsStr::new("update"), file.as_os_str(), OsStr::new("--to"), to.as_os_str()];
    davy(paths.into_iter().chain(options))
}

#[test]
fn an_update_that_is_wrong_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, to) = (folder.path().join("ours.csv"), folder.path().join("catalog"));
    for (text, problem) in [
        ("type,usd_per_hour\nc5.large,-1\n", "catalogue file `ours.csv`: line 2: `usd_per_hour` is -1"),
        ("type,euro\nc5.large,1\n", "unknown field `euro`"),
        ("type,usd_per_hour\n", "the file has no rows"),
        ("price\n1\n", "hint: its first line names the columns"),
        ("", "is no table of a catalogue"),
    ] {
        fs::write(&file, text).unwrap();
        let run = update(&file, &to);
        assert_eq!((run.status, &*run.stdout), (2, ""), "{text:?}");
        assert!(run.stderr.contains(problem), "{text:?}: {}", run.stderr);
        assert!(!to.exists(), "{text:?}");
    }
    let run = davy([OsStr::new("catalog"), OsStr::new("--catalog"), folder.path().as_os_str()]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no `catalog.toml` in") && run.stderr.contains("hint: "), "{}", run.stderr);
}
