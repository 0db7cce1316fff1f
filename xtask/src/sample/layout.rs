//! Records as files, named and packed as `CloudTrail` delivers them to a bucket.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::record::{Body, Record, instant};
use super::rng::Rng;

/// The files of a bucket: path to unpacked text.
pub(crate) type Files = BTreeMap<String, String>;

/// One file for each account, region and day.
pub(crate) fn files(records: Vec<Record>) -> Files {
    let mut groups: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in records {
        let folder = folder("CloudTrail", record.account, record.region, record.at);
        groups.entry(folder).or_default().push(record);
    }
    groups.into_iter().map(|(folder, records)| file(&folder, records)).collect()
}

/// One file in this folder. The order of the records is not that of time, as in real files.
pub(crate) fn file(folder: &str, mut records: Vec<Record>) -> (String, String) {
    let mut rng = Rng::new(&format!("file {folder} {}", records.len()));
    rng.shuffle(&mut records);
    let last = records.iter().map(|record| record.at).max().unwrap_or_default();
    let name = name(folder, records[0].account, records[0].region, last, &mut rng);
    let bodies: Vec<&Body> = records.iter().map(|record| &record.body).collect();
    let text = serde_json::to_string(&Envelope { records: bodies }).expect("records are made of plain values");
    (name, text)
}

/// The path of a file that was closed at this time.
pub(crate) fn name(folder: &str, account: &str, region: &str, at: Timestamp, rng: &mut Rng) -> String {
    format!("{folder}/{account}_CloudTrail_{region}_{}_{}.json.gz", at.strftime("%Y%m%dT%H%MZ"), rng.alphanumeric(16))
}

pub(crate) fn folder(kind: &str, account: &str, region: &str, at: Timestamp) -> String {
    format!("AWSLogs/{account}/{kind}/{region}/{}", at.strftime("%Y/%m/%d"))
}

/// The digest of a day: a signed list of its files. Real buckets hold these beside the logs,
/// and a reader has to tell them apart.
pub(crate) fn digest(files: &Files, account: &str, region: &str, end: Timestamp) -> (String, String) {
    let day = folder("CloudTrail", account, region, end);
    let logs: Vec<Value> = files.keys().filter(|path| path.starts_with(&day)).map(|path| digest_entry(path)).collect();
    let folder = folder("CloudTrail-Digest", account, region, end);
    let stamp = end.strftime("%Y%m%dT%H%M%SZ");
    let name = format!("{folder}/{account}_CloudTrail-Digest_{region}_acme-trail_{region}_{stamp}.json.gz");
    let text = json!({
        "awsAccountId": account,
        "digestStartTime": end.strftime("%Y-%m-%dT00:00:00Z").to_string(),
        "digestEndTime": instant(end),
        "digestS3Bucket": BUCKET,
        "digestS3Object": name,
        "digestPublicKeyFingerprint": Rng::new("fingerprint").hex(32),
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": instant(end),
        "oldestEventTime": end.strftime("%Y-%m-%dT00:00:00Z").to_string(),
        "previousDigestS3Bucket": null,
        "previousDigestS3Object": null,
        "previousDigestHashValue": null,
        "previousDigestHashAlgorithm": null,
        "previousDigestSignature": null,
        "logFiles": logs,
    });
    (name, text.to_string())
}

fn digest_entry(path: &str) -> Value {
    json!({
        "s3Bucket": BUCKET,
        "s3Object": path,
        "hashValue": Rng::new(path).hex(64),
        "hashAlgorithm": "SHA-256",
    })
}

#[derive(serde::Serialize)]
struct Envelope<'a> {
    #[serde(rename = "Records")]
    records: Vec<&'a Body>,
}

const BUCKET: &str = "acme-org-trail";
