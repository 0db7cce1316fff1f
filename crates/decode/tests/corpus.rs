//! Real audit logs of public repositories, if they are at hand. They stay outside of this
//! one: `DAVY_CORPUS` names their folder.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use decode::{Caps, Decoded, Verdict, Wanted, Which};
use serde_json::Value;

const EVERYTHING: Wanted = Wanted { which: Which::Everything, instances: true, until: None };

fn corpus() -> Option<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = env::var_os("DAVY_CORPUS").map_or_else(default, PathBuf::from);
    let found = folder.is_dir();
    if !found {
        println!("skipped: no corpus at {}", folder.display());
    }
    found.then_some(folder)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn decode(path: &Path, content: &[u8]) -> Decoded {
    decode::decode(&path.to_string_lossy(), content, &EVERYTHING, &Caps::default())
}

#[test]
fn every_file_yields_records_or_a_reason() {
    let Some(corpus) = corpus() else { return };
    for path in files_below(&corpus.join("files")) {
        let decoded = decode(&path, &fs::read(&path).unwrap());
        let records = decoded.records;
        assert_eq!(records.read, records.kept + records.filtered + records.rejected, "{}", path.display());
        match decoded.verdict {
            Verdict::Read => assert!(decoded.rejected_total > 0 || records.rejected == 0, "{}", path.display()),
            Verdict::Skipped(_) => assert_eq!(records.read, 0, "{}", path.display()),
            Verdict::Rejected => assert!(decoded.rejected_total > 0 && records.kept == 0, "{}", path.display()),
        }
        if env::var_os("DAVY_CORPUS_SHOW").is_some() {
            let reasons: Vec<_> = decoded.rejects.iter().take(2).map(|reject| &reject.reason).collect();
            println!("{:?} {records:?} {} {reasons:?}", decoded.verdict, path.display());
        }
    }
}

/// Real records of AWS are of known shape; the operations in them are no news.
#[test]
fn nothing_ordinary_is_called_unknown() {
    let Some(corpus) = corpus() else { return };
    let decoded = files_below(&corpus).into_iter().map(|path| decode(&path, &fs::read(&path).unwrap()));
    let of_aws = |what: &String| !what.starts_with("Azure") && !what.starts_with("Google");
    let drifts = decoded.flat_map(|decoded| decoded.drifts).map(|drift| drift.what).filter(of_aws);
    assert_eq!(drifts.collect::<Vec<_>>(), [""; 0]);
}

/// As a parser sees it: every object with a name and a time, whatever is around it.
#[test]
fn no_record_of_a_valid_file_is_missed() {
    let Some(corpus) = corpus() else { return };
    for path in files_below(&corpus.join("files")) {
        let content = fs::read(&path).unwrap();
        let Ok(value) = serde_json::from_slice::<Value>(&content) else { continue };
        let found = decode(&path, &content).coverage;
        let found = found
            .product(model::VendorProduct::AwsCloudTrail)
            .map_or(0, |product| product.iter().map(|(_, _, span)| span.records).sum::<u64>());
        assert_eq!(found, records(&value), "{}", path.display());
    }
}

fn records(value: &Value) -> u64 {
    match value {
        Value::Array(items) => items.iter().map(records).sum(),
        Value::Object(_) if value["eventName"].is_string() && value["eventTime"].is_string() => {
            let is_notification = value["eventSource"].as_str().unwrap().starts_with("aws:");
            // Some tests are of a time before there was a cloud.
            u64::from(!is_notification && value["eventTime"].as_str() > Some("2006"))
        }
        Value::Object(members) => members.values().map(records).sum(),
        Value::String(text) => serde_json::from_str(text).map_or(0, |value| records(&value)),
        _ => 0,
    }
}

#[test]
fn every_real_launch_is_a_launch() {
    let Some(corpus) = corpus() else { return };
    let rows = fs::read_to_string(corpus.join("instance_events/aws.ndjson")).unwrap();
    let rows = rows.lines().map(|row| serde_json::from_str::<Value>(row).unwrap());
    let mut launches = 0;
    for row in rows.filter(|row| row["class"] == "create" && row["op"] == "RunInstances") {
        check_launch(&row["event"]);
        launches += 1;
    }
    assert!(launches > 10);
}

/// None of these tells a create from an update, so all are presumed; one is no record at all.
#[test]
fn every_real_azure_launch_is_a_launch() {
    let Some(corpus) = corpus() else { return };
    let rows = fs::read_to_string(corpus.join("instance_events/azure.ndjson")).unwrap();
    let mut launches = 0;
    for row in rows.lines().map(|row| serde_json::from_str::<Value>(row).unwrap()) {
        let record = &row["event"];
        let decoded = decode(Path::new("row"), record.to_string().as_bytes());
        if ["eventTimestamp", "event_timestamp", "time"].iter().all(|key| record[key].is_null()) {
            assert_eq!(decoded.rejects[0].reason, "Azure record without a time");
            continue;
        }
        assert_eq!((decoded.events.len(), decoded.drifts.len()), (1, 0), "{record}");
        check_azure_launch(&decoded.events[0], record);
        launches += 1;
    }
    assert!(launches > 2);
}

fn check_azure_launch(event: &model::Event, record: &Value) {
    assert!(event.is_launch(), "{record}");
    assert_eq!((&*event.command, event.count), ("Microsoft.Compute/virtualMachines/write", 1));
    let path = ["resourceId", "resource_id", "id"].iter().find_map(|key| record[key].as_str()).unwrap();
    let subscription = path.split('/').nth(2).unwrap().to_lowercase();
    assert_eq!(event.vendor_account.as_deref(), Some(&*subscription), "{record}");
    assert_eq!(event.user.attributed, record["caller"].is_string(), "{record}");
    assert_eq!(event.user.name.as_deref(), record["caller"].as_str(), "{record}");
    assert_eq!(event.operation.is_some(), record.to_string().contains("orrelation"), "{record}");
    let stated_id = record["event_data_id"].as_str().or_else(|| path.split("/events/").nth(1)?.split('/').next());
    assert_eq!(event.id.to_string().starts_with("content:"), stated_id.is_none(), "{record}");
    assert!(stated_id.is_none_or(|id| event.id.to_string() == id), "{record}");
}

fn check_launch(record: &Value) {
    let decoded = decode(Path::new("row"), record.to_string().as_bytes());
    assert_eq!((decoded.events.len(), decoded.rejected_total), (1, 0), "{record}");
    let event = &decoded.events[0];
    assert!(event.is_launch() && event.user.attributed, "{record}");
    assert!(event.id.to_string().starts_with(record["eventID"].as_str().unwrap()), "{}", event.id);
    assert!(event.vendor_account.is_some() && event.vendor_region.is_some(), "{record}");
    assert!(event.user.id.starts_with("arn:aws:iam::"), "{}", event.user.id);
    assert!(event.user.name.is_some() || event.user.kind.as_deref() == Some("Root"), "{record}");
    let got = record["responseElements"]["instancesSet"]["items"].as_array().map_or(0, Vec::len);
    assert_eq!((event.object_id.len(), event.instances.len()), (got, got), "{record}");
    let expected = if got > 0 { got as u64 } else { asked(record) };
    assert_eq!(u64::from(event.count), expected, "{record}");
    assert_eq!(event.outcome == model::Outcome::Ok, record["errorCode"].is_null(), "{record}");
    let stated = record.to_string();
    assert_eq!(!event.image_id.is_empty(), stated.contains("\"imageId\":\""), "{record}");
    assert_eq!(!event.instance_type.is_empty(), stated.contains("\"instanceType\":\""), "{record}");
}

fn asked(record: &Value) -> u64 {
    let item = &record["requestParameters"]["instancesSet"]["items"][0]["maxCount"];
    item.as_u64().or_else(|| item.as_str()?.parse().ok()).unwrap_or(1)
}

/// What the record of a launch states, and nothing else, as somebody reads it who knows only
/// the names of the fields.
#[test]
fn every_real_launch_of_google_is_a_launch() {
    let Some(corpus) = corpus() else { return };
    let rows = fs::read_to_string(corpus.join("instance_events/gcp.ndjson")).unwrap();
    let rows = rows.lines().map(|row| serde_json::from_str::<Value>(row).unwrap());
    let mut launches = 0;
    for row in rows.filter(|row| row["class"] == "create") {
        let is_launch = row["op"].as_str().is_some_and(|op| op.ends_with("nsert"));
        launches += usize::from(is_launch);
        check_google(&row["event"], is_launch);
    }
    assert!(launches > 15);
}

fn check_google(record: &Value, is_launch: bool) {
    let decoded = decode(Path::new("row"), record.to_string().as_bytes());
    assert_eq!((decoded.events.len(), decoded.rejected_total), (1, 0), "{record}");
    let (event, payload) = (&decoded.events[0], &record["protoPayload"]);
    assert_eq!(event.is_launch(), is_launch, "{record}");
    let labels = &record["resource"]["labels"];
    assert_eq!(event.vendor_account.as_deref(), labels["project_id"].as_str(), "{record}");
    let zone = labels["zone"].as_str().unwrap();
    let region = zone.rsplit_once('-').map(|(region, _)| region);
    assert_eq!(event.vendor_region.as_deref(), region, "{record}");
    let mail = payload["authenticationInfo"]["principalEmail"].as_str().or(payload["response"]["user"].as_str());
    assert_eq!((event.user.attributed, event.user.name.as_deref()), (mail.is_some(), mail), "{record}");
    let request = &payload["request"];
    if is_launch {
        let machine_type = request["machineType"].as_str().and_then(|path| path.rsplit('/').next());
        assert_eq!(event.instance_type.first().map(|text| &**text), machine_type, "{record}");
        assert_eq!(event.image_id.is_empty(), !request.to_string().contains("sourceImage\""), "{record}");
    }
    let has_failed = payload["status"]["code"].as_u64().is_some_and(|code| code > 0);
    let is_pending = record["operation"]["first"] == true || payload["response"]["status"] == "RUNNING";
    let expected = if has_failed {
        "failure"
    } else if is_pending {
        "pending"
    } else {
        "success"
    };
    assert_eq!(event.outcome.status(), expected, "{record}");
}
