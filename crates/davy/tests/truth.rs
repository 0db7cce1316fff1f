//! What real logs hold, decided by somebody who read them and never ran this program:
//! `testdata/corpus/` has the tables, `DAVY_CORPUS` the logs. Without them nothing is tested.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use decode::{Caps, Decoded, Wanted, Which};
use model::{Event, Stage, Text, VendorProduct};

/// A row of a table by the names of its columns.
type Row = BTreeMap<String, String>;

/// `DAVY_CORPUS`, or the folder beside the repository.
fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let path = std::env::var_os("DAVY_CORPUS").map_or_else(beside, PathBuf::from);
    path.is_dir().then_some(path)
}

fn table(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/corpus").join(name);
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn decode(corpus: &Path, path: &str) -> Decoded {
    let everything = Wanted { which: Which::Everything, instances: false, until: None };
    decode::decode(path, &fs::read(corpus.join(path)).unwrap(), &everything, &Caps::DEFAULT)
}

/// Where both the table and the program are right, and why.
const LAUNCHES_TOLD_OTHERWISE: [(&str, &str, &str, &str); 1] = [
    // A machine of this bulkInsert is in the log, made: that is a part of its end.
    ("files/GoogleCloudPlatform+gce-license-tracker/embedded_gcp.ndjson", "lxqcofe7tkza", "outcome", "ok"),
];

/// The same for files: records read, and what is rejected of them.
const FILES_TOLD_OTHERWISE: [(&str, u64, u64); 8] = [
    // A comma too many is read over, and nothing is lost by it.
    (
        "files/GoogleCloudPlatform+gce-license-tracker/sources/Google.Solutions.LicenseTracker.Test/Data/History/instance-3.json",
        7,
        0,
    ),
    // Of the year 2000, before there was a cloud: one such record would end every warm-up.
    ("files/fivexl+terraform-aws-cloudtrail-to-slack/src/tests/test_events.json", 0, 9),
    ("files/forseti-security+real-time-enforcer/tests/data/bigtable-set-iam-policy.json", 0, 1),
    ("files/forseti-security+real-time-enforcer/tests/data/cloudfunctions-set-iam-policy.json", 0, 1),
    ("files/forseti-security+real-time-enforcer/tests/data/gke-cluster-update.json", 0, 1),
    ("files/forseti-security+real-time-enforcer/tests/data/gke-nodepool-set.json", 0, 1),
    // Entries that are no audit records are said to be none.
    ("files/log2timeline+plaso/test_data/jsonl/gcp_logging.jsonl", 9, 2),
    // Closing brackets too many are passed over; a wrapper that is never closed is given up.
    (
        "files/opensearch-project+opensearch-catalog/integrations/observability/aws_cloudtrail/data/samples-large.json",
        839,
        1,
    ),
];

/// Every launch of every file, and no other.
#[test]
fn every_launch_is_read_as_it_was_by_eye() {
    let Some(corpus) = corpus() else { return };
    let mut expected: BTreeMap<String, BTreeSet<Row>> =
        table("files.csv").into_iter().map(|row| (row["path"].clone(), BTreeSet::new())).collect();
    for row in table("launches.csv") {
        expected.entry(row["path"].clone()).or_default().insert(facts(row));
    }
    let differences: String =
        expected.iter().map(|(path, rows)| difference(path, rows, &launches(&decode(&corpus, path).events))).collect();
    assert!(differences.is_empty(), "- by eye, + by davy\n{differences}");
}

fn difference(path: &str, by_eye: &BTreeSet<Row>, by_davy: &BTreeSet<Row>) -> String {
    let missing = by_eye.difference(by_davy).map(|row| ('-', row));
    let line = |(sign, row): (char, &Row)| {
        let cells: Vec<&str> = row.values().map(String::as_str).collect();
        format!("{sign} {path}: {}\n", cells.join(", "))
    };
    missing.chain(by_davy.difference(by_eye).map(|row| ('+', row))).map(line).collect()
}

/// What a row says of the launch, as far as it can be compared.
fn facts(mut row: Row) -> Row {
    let path = row.remove("path").unwrap();
    row.remove("note");
    let otherwise = LAUNCHES_TOLD_OTHERWISE.iter().find(|told| told.0 == path && told.1 == row["event_id"]);
    if let Some((_, _, column, value)) = otherwise {
        row.insert((*column).to_owned(), (*value).to_owned());
    }
    if row["vendor_product"] == VendorProduct::AzureActivityLog.as_str() {
        let principal = row["principal"].trim_start_matches("user:").to_owned();
        row.insert("principal".to_owned(), principal);
    }
    row
}

/// The launches among the events of a file, as rows: the records of one operation are one, and so
/// are the copies of a record.
fn launches(events: &[Event]) -> BTreeSet<Row> {
    let mut by_name: BTreeMap<String, Vec<&Event>> = BTreeMap::new();
    for event in events.iter().filter(|event| event.is_launch()) {
        let name = event.operation.as_ref().map_or_else(|| event.id.to_string(), |operation| operation.id.to_string());
        by_name.entry(name).or_default().push(event);
    }
    by_name.into_values().map(|parts| launch(&parts)).collect()
}

/// Only the first record says what was asked for, only the last one how it ended.
fn launch(parts: &[&Event]) -> Row {
    let stage = |event: &&&Event| event.operation.as_ref().map_or(Stage::Finished, |operation| operation.stage);
    let asked = parts.iter().min_by_key(stage).unwrap();
    let ended = parts.iter().max_by_key(stage).unwrap();
    let optional = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
    [
        ("event_id", record_id(asked)),
        ("vendor_product", asked.vendor_product.to_string()),
        ("principal", principal(asked)),
        ("vendor_account", optional(&asked.vendor_account)),
        ("vendor_region", optional(&asked.vendor_region)),
        ("image_id", asked.image_id.join("|")),
        ("instance_type", asked.instance_type.join("|")),
        ("count", asked.count.to_string()),
        ("outcome", ended.outcome.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// As it stands in the record, without what makes it unique.
fn record_id(event: &Event) -> String {
    let id = event.id.to_string();
    let stated = id.split('@').next().unwrap_or_default();
    if stated.starts_with("content:") { String::new() } else { stated.to_owned() }
}

/// Nobody is nobody, and the table leaves out the tenant that Azure's ids begin with.
fn principal(event: &Event) -> String {
    let user = &event.user;
    match event.vendor_product {
        _ if !user.attributed => String::new(),
        VendorProduct::AzureActivityLog => user.id.splitn(3, ':').last().unwrap_or_default().to_owned(),
        VendorProduct::AwsCloudTrail | VendorProduct::GoogleCloudAuditLogs => user.id.to_string(),
    }
}

/// Of each file as many records as it holds, and a reject for each that is broken. A file that is
/// no log may be rejected as a whole.
#[test]
fn every_record_is_read_and_what_is_broken_is_said() {
    let Some(corpus) = corpus() else { return };
    let mut differences = String::new();
    for row in table("files.csv") {
        let decoded = decode(&corpus, &row["path"]);
        let read = decoded.records.kept + decoded.records.filtered;
        let (records, broken) = numbers(&row);
        if read != records || ((read > 0 || broken > 0) && decoded.rejected_total != broken) {
            let reasons: Vec<&str> = decoded.rejects.iter().map(|reject| &*reject.reason).collect();
            let found = decoded.rejected_total;
            writeln!(differences, "{row:?}: read {read}, rejected {found}: {reasons:?}").unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn numbers(row: &Row) -> (u64, u64) {
    let otherwise = FILES_TOLD_OTHERWISE.iter().find(|told| told.0 == row["path"]);
    otherwise.map_or_else(|| (row["records"].parse().unwrap(), row["broken"].parse().unwrap()), |told| (told.1, told.2))
}
