//! Incidents as the user meets them: on the screen, explained, as a page, with pseudonyms, and
//! against a change calendar.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;
mod trail;

use std::path::Path;

use program::{Run, davy};
use serde_json::{Value, json};
use tempfile::TempDir;
use trail::{Launch, file_of, ordinary_days, put, theft_after_ordinary_days};

const THIEF: &str = "arn:aws:iam::111122223333:user/thief";

fn folder_of(records: &[Value]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "trail.json", file_of(records));
    folder
}

fn scan(folder: &Path, more: &[&str]) -> Run {
    let arguments = ["scan", folder.to_str().unwrap()].into_iter().chain(more.iter().copied());
    davy(arguments).found()
}

fn explain(id: &str, folder: &Path, more: &[&str]) -> Run {
    davy(["explain", id, folder.to_str().unwrap()].into_iter().chain(more.iter().copied())).quiet()
}

fn only_incident(folder: &Path, more: &[&str]) -> Value {
    let arguments: Vec<&str> = ["--format", "jsonl"].iter().chain(more).copied().collect();
    let mut incidents = scan(folder, &arguments).incidents();
    assert_eq!(incidents.len(), 1, "{incidents:#?}");
    incidents.remove(0)
}

/// Machines of the theft, as the provider named them.
fn machines(records: &[Value]) -> Vec<String> {
    let items = records.last().unwrap()["responseElements"]["instancesSet"]["items"].as_array().unwrap();
    items.iter().map(|item| item["instanceId"].as_str().unwrap().to_owned()).collect()
}

fn terminated(at: &str, machines: &[String]) -> Value {
    let items: Vec<Value> = machines.iter().map(|id| json!({ "instanceId": id })).collect();
    let mut record = Launch::ordinary(at).record();
    record["eventName"] = "TerminateInstances".into();
    record["awsRegion"] = "ap-south-1".into();
    record["eventID"] = format!("terminated-{at}").into();
    record["requestParameters"] = json!({ "instancesSet": { "items": items } });
    record["responseElements"] = json!({ "instancesSet": { "items": items } });
    record
}

#[test]
fn a_block_says_who_where_how_much_and_what_to_type_next() {
    let folder = folder_of(&theft_after_ordinary_days());
    let screen = scan(folder.path(), &[]).stdout;
    let block = screen.split("\n\n").next().unwrap();
    for line in [
        format!("  who       {THIEF}"),
        "  where     account 111122223333, ap-south-1".to_owned(),
        "  machines  16 asked for, 16 launched, 16 alive: 1,024 vCPU".to_owned(),
    ] {
        assert!(block.contains(&line), "{line}\n{block}");
    }
    assert!(block.lines().all(|line| line.chars().count() <= 80), "{block}");
    let id = only_incident(folder.path(), &[])["id"].as_str().unwrap()[..8].to_owned();
    assert!(block.contains(&format!("davy explain {id} ")), "{block}");
}

#[test]
fn machines_that_end_are_counted_and_cost_no_more() {
    let mut records = theft_after_ordinary_days();
    let all = machines(&records);
    records.push(terminated("2026-03-21T05:00:00Z", &all[..10]));
    let half = only_incident(folder_of(&records).path(), &[]);
    assert_eq!(half["instances"], json!({ "requested": 16, "launched": 16, "alive": 6 }));
    records.push(terminated("2026-03-21T07:00:00Z", &all[10..]));
    let over = only_incident(folder_of(&records).path(), &[]);
    assert_eq!((&over["status"], &over["instances"]["alive"]), (&json!("contained"), &json!(0)));
    assert_eq!(over["usd_per_hour"], json!({ "low": 0.0, "high": 0.0 }));
    // Ten machines for two hours and six for four: 44 machine hours.
    let hourly = half["usd_per_hour"]["low"].as_f64().unwrap() / 6.0;
    let so_far = over["usd_so_far"]["low"].as_f64().unwrap();
    assert!((so_far - 44.0 * hourly).abs() < 0.01 * so_far, "{so_far} {hourly}");
    let text = explain(over["id"].as_str().unwrap(), folder_of(&records).path(), &[]).stdout;
    assert!(!text.contains("terminate-instances"), "nothing is left to end: {text}");
}

#[test]
fn the_forecast_is_until_somebody_is_at_work() {
    // The theft is on a Saturday.
    let incident = only_incident(folder_of(&theft_after_ordinary_days()).path(), &[]);
    assert_eq!(incident["morning"], "2026-03-23T09:00:00Z");
    let berlin = ["--time-zone", "Europe/Berlin"];
    let incident = only_incident(folder_of(&theft_after_ordinary_days()).path(), &berlin);
    assert_eq!(incident["morning"], "2026-03-23T08:00:00Z");
    let usd = |field: &str| incident[field]["low"].as_f64().unwrap();
    let hours = 53.0;
    assert!((usd("usd_by_morning") - usd("usd_so_far") - hours * usd("usd_per_hour")).abs() < 1e-6, "{incident}");
}

#[test]
fn an_explanation_is_found_by_incident_and_by_finding() {
    let folder = folder_of(&theft_after_ordinary_days());
    let incident = only_incident(folder.path(), &[]);
    let text = explain(&incident["id"].as_str().unwrap()[..6], folder.path(), &[]).stdout;
    let all = machines(&theft_after_ordinary_days());
    for expected in [
        "Why it is believed",
        "quiet if  ",
        "never seen in the organization",
        "no other account has ever used it",
        "What to do, in this order",
        "--policy-name=davy-deny-all",
        "aws ec2 terminate-instances --region=ap-south-1 --instance-ids i-",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(all.iter().all(|machine| text.contains(machine)), "{text}");
    let deny = text.find("davy-deny-all").unwrap();
    assert!(deny < text.find("terminate-instances").unwrap(), "who does it is locked out first");
    let finding = incident["findings"][0].as_str().unwrap();
    let document = explain(finding, folder.path(), &["--format", "json"]).json();
    assert_eq!(document["findings"].as_array().unwrap().len(), 1);
    assert_eq!(document["findings"][0]["id"], finding);
    assert_eq!(document["incident"]["id"], incident["id"]);
    assert!(document["activity"].as_array().unwrap().iter().any(|event| event["command"] == "RunInstances"));
}

fn done_by_the_thief(name: &str, at: &str, request: Value) -> Value {
    let mut record = Launch::theft(at).record();
    record["eventName"] = name.into();
    record["eventID"] = format!("{name}-{at}").into();
    record["requestParameters"] = request;
    record["responseElements"] = Value::Null;
    record
}

#[test]
fn what_the_thief_made_is_in_the_plan_and_what_it_did_too() {
    let mut records = theft_after_ordinary_days();
    records.push(done_by_the_thief("CreateUser", "2026-03-21T03:05:00Z", json!({ "userName": "helper" })));
    let folder = folder_of(&records);
    let incident = only_incident(folder.path(), &[]);
    let objects = incident["objects"].as_array().unwrap();
    let of = |category: &str| objects.iter().filter(|object| object["category"] == category).count();
    assert_eq!((of("instance"), of("user"), of("principal")), (16, 1, 1), "{objects:#?}");
    let text = explain(incident["id"].as_str().unwrap(), folder.path(), &[]).stdout;
    for user in ["thief", "helper"] {
        assert!(text.contains(&format!("aws iam put-user-policy --user-name={user} ")), "{text}");
    }
}

#[test]
fn the_curve_follows_the_machines() {
    let mut records = theft_after_ordinary_days();
    let all = machines(&records);
    records.push(terminated("2026-03-21T05:00:00Z", &all));
    let incident = only_incident(folder_of(&records).path(), &[]);
    let curve: Vec<(&Value, &Value)> =
        incident["burn"].as_array().unwrap().iter().map(|point| (&point["time"], &point["alive"])).collect();
    let expected = [(json!("2026-03-21T03:00:00Z"), json!(16)), (json!("2026-03-21T05:00:00Z"), json!(0))];
    assert_eq!(curve, expected.iter().map(|(time, alive)| (time, alive)).collect::<Vec<_>>());
    let page = scan(folder_of(&records).path(), &["--format", "html"]).stdout;
    assert!(page.contains("<rect class=\"burn") && !page.contains("class=\"forecast\""), "nothing is to come");
}

#[test]
fn a_page_of_one_incident_can_be_shared() {
    let page = explain("fb053e5d", &program::repository().join("sample"), &["--format", "html", "--redact"]).stdout;
    assert!(page.contains("user-1") && !page.contains("svc-backup"), "{page}");
    assert!(page.contains("aws iam update-access-key --user-name=user-1 --access-key-id=key-1 "), "{page}");
    assert!(page.contains("ap-south-1"), "a region names nobody");
    davy(["explain", "fb053e5d", "sample", "--redact"])
        .failed("error: `--redact` is only for a page\nhint: add `--format html`, or use `davy scan --redact`");
}

#[test]
fn what_cannot_be_explained_is_said() {
    davy(["explain", "abc", "sample"]).failed("error: `abc` is too short for an id\nhint: 6 characters or more");
    davy(["explain", "ffffffff", "sample"]).failed(
        "error: no incident or finding begins with `ffffffff`\nhint: `davy scan --format jsonl` names them all; are the logs and the settings the same?",
    );
    davy(["explain", "ffffffff", "-"]).failed(
        "error: `davy explain` reads the logs twice, and standard input can be read once\nhint: save it to a file",
    );
}

/// A thief who names his user so that something breaks.
fn hostile() -> Vec<Value> {
    let theft = Launch {
        user: "x'; reboot; '<script>alert(1)</script>\u{1b}[2J\" onload=\"y".to_owned(),
        ..Launch::theft("2026-03-21T03:00:00Z")
    };
    ordinary_days("2026-03-01T09:00:00Z", 20).iter().chain([&theft]).map(Launch::record).collect()
}

#[test]
fn no_name_breaks_out_of_the_page() {
    let folder = folder_of(&hostile());
    let page = scan(folder.path(), &["--format", "html"]).stdout;
    assert!(page.contains("&lt;script&gt;alert(1)"), "the name is shown");
    for broken in ["<script", "\" onload=\"", "\u{1b}", "http-equiv=\"refresh\"", "src=", "href=", "url("] {
        assert!(!page.contains(broken), "`{broken}` is in the page");
    }
    assert!(page.contains("default-src 'none'"), "nothing is loaded, whatever got in");
}

#[test]
fn no_name_breaks_out_of_a_command() {
    let folder = folder_of(&hostile());
    let incident = only_incident(folder.path(), &[]);
    let text = explain(incident["id"].as_str().unwrap(), folder.path(), &[]).stdout;
    let commands: Vec<&str> = text.lines().filter(|line| line.starts_with("  aws ")).collect();
    assert!(!commands.is_empty() && commands.iter().all(|command| !command.contains("reboot")), "{commands:#?}");
    assert!(text.contains("by hand"), "what no command is given for is said: {text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn pseudonyms_stand_in_every_format() {
    for format in ["table", "json", "jsonl", "csv", "html"] {
        let run = davy(["scan", "sample", "--redact", "--format", format]);
        assert_eq!(run.status, 1);
        for secret in
            ["444455556666", "111122223333", "svc-backup", "198.51.100.77", "AKIA", "AWSReservedSSO_DataScience"]
        {
            assert!(!run.stdout.contains(secret), "{format}: {secret}");
        }
        assert!(run.stdout.contains("account-1"), "{format}");
    }
    let id =
        |more: &[&str]| davy(["scan", "sample", "--format", "jsonl"].iter().chain(more)).incidents()[0]["id"].clone();
    assert_eq!(id(&[]), id(&["--redact"]), "ids are kept");
}

fn windows(folder: &Path, machines: u32, region: &str) -> String {
    let text = format!(
        "[[window]]\nwho = \"thief\"\nregions = [\"{region}\"]\nfrom = 2026-03-21T00:00:00Z\nuntil = 2026-03-22T00:00:00Z\nmachines = {machines}\nwhy = \"rehearsal, CHG-1\"\n"
    );
    put(folder, "windows.toml", text).to_str().unwrap().to_owned()
}

#[test]
fn what_was_declared_counts_for_less_and_is_still_told() {
    let (logs, other) = (folder_of(&theft_after_ordinary_days()), tempfile::tempdir().unwrap());
    let undeclared = only_incident(logs.path(), &[]);
    let declared = only_incident(logs.path(), &["--windows", &windows(other.path(), 16, "ap-south-1")]);
    assert!(declared["risk_score"].as_u64() < undeclared["risk_score"].as_u64(), "{declared}");
    let terms = declared["score_terms"].as_array().unwrap();
    let term = terms.iter().find(|term| term["signal"] == "context_declared").unwrap();
    assert!(term["points"].as_i64().unwrap() < 0);
    assert!(term["reason"].as_str().unwrap().contains("rehearsal, CHG-1"), "{term}");
    for (machines, region) in [(15, "ap-south-1"), (16, "eu-west-1")] {
        let exceeded = only_incident(logs.path(), &["--windows", &windows(other.path(), machines, region)]);
        assert_eq!(exceeded["risk_score"], undeclared["risk_score"], "{machines} in {region}");
    }
}

#[test]
fn a_calendar_that_is_wrong_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = windows(folder.path(), 0, "ap-south-1");
    davy(["scan", "sample", "--windows", &path]).failed(&format!(
        "error: cannot use change calendar `{path}`\n  caused by: change calendar, window 1: `machines` is 0: nothing would be declared"
    ));
}
