//! CloudTrail, written by hand: launches in the shape that AWS gives them, and files of them.

#![allow(dead_code, unreachable_pub, reason = "every test file uses the part that it needs")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

/// A request to launch instances. Change what a test is about.
#[derive(Debug, Clone)]
pub struct Launch {
    pub at: Timestamp,
    pub account: &'static str,
    pub user: String,
    pub region: &'static str,
    pub image: &'static str,
    pub instance_type: &'static str,
    pub agent: String,
    pub count: usize,
    /// `errorCode`, when it was refused.
    pub refused: Option<&'static str>,
}

impl Launch {
    /// One small machine, as the builds of this account start them.
    pub fn ordinary(at: &str) -> Self {
        Self {
            at: at.parse().expect("a time"),
            account: "111122223333",
            user: "ci".to_owned(),
            region: "us-east-1",
            image: "ami-0aaaaaaaaaaaaaaaa",
            instance_type: "t3.micro",
            agent: "aws-cli/2.15.0".to_owned(),
            count: 1,
            refused: None,
        }
    }

    /// Sixteen large ones, by nobody's colleague, where nobody works.
    pub fn theft(at: &str) -> Self {
        Self {
            user: "thief".to_owned(),
            region: "ap-south-1",
            image: "ami-0ffffffffffffffff",
            instance_type: "p3.16xlarge",
            count: 16,
            ..Self::ordinary(at)
        }
    }

    pub fn record(&self) -> Value {
        let seed = format!("{self:?}");
        let mut record = json!({
            "eventVersion": "1.10",
            "userIdentity": self.identity(),
            "eventTime": self.at.to_string(),
            "eventSource": "ec2.amazonaws.com",
            "eventName": "RunInstances",
            "awsRegion": self.region,
            "sourceIPAddress": "192.0.2.7",
            "userAgent": self.agent,
            "requestParameters": {
                "instancesSet": { "items": [{ "imageId": self.image, "minCount": self.count, "maxCount": self.count }] },
                "instanceType": self.instance_type,
            },
            "responseElements": null,
            "eventID": id(&seed),
            "eventType": "AwsApiCall",
            "recipientAccountId": self.account,
        });
        match self.refused {
            Some(code) => record["errorCode"] = code.into(),
            None => record["responseElements"] = self.response(&seed),
        }
        record
    }

    fn identity(&self) -> Value {
        json!({
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": format!("arn:aws:iam::{}:user/{}", self.account, self.user),
            "accountId": self.account,
            "userName": self.user,
        })
    }

    fn response(&self, seed: &str) -> Value {
        let instance = |index: usize| {
            json!({
                "instanceId": format!("i-{}", &id(&format!("{seed}{index}")).replace('-', "")[..17]),
                "imageId": self.image,
                "instanceType": self.instance_type,
                "instanceState": { "code": 0, "name": "pending" },
            })
        };
        json!({ "instancesSet": { "items": (0..self.count).map(instance).collect::<Vec<_>>() } })
    }
}

/// Ids that are the same in every run, and differ as what they are made of does.
fn id(seed: &str) -> String {
    let half =
        |start: u64| seed.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let (high, low) = (half(0xcbf2_9ce4_8422_2325), half(0x9e37_79b9_7f4a_7c15));
    let hex = format!("{high:016x}{low:016x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// An ordinary launch each morning.
pub fn ordinary_days(from: &str, days: i64) -> Vec<Launch> {
    let first = Launch::ordinary(from);
    (0..days).map(|day| Launch { at: first.at + (24 * day).hours(), ..first.clone() }).collect()
}

/// Twenty ordinary days, and a theft in the night after them.
pub fn theft_after_ordinary_days() -> Vec<Value> {
    let theft = Launch::theft("2026-03-21T03:00:00Z");
    ordinary_days("2026-03-01T09:00:00Z", 20).iter().chain([&theft]).map(Launch::record).collect()
}

/// Something that no detection asks for.
pub fn noise(at: &str, event_id: &str) -> Value {
    json!({
        "eventVersion": "1.10",
        "userIdentity": { "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ci", "accountId": "111122223333" },
        "eventTime": at,
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "awsRegion": "us-east-1",
        "eventID": event_id,
        "recipientAccountId": "111122223333",
    })
}

/// A file as CloudTrail delivers it, unpacked.
pub fn file_of(records: &[Value]) -> Vec<u8> {
    json!({ "Records": records }).to_string().into_bytes()
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).expect("memory can be written to");
    encoder.finish().expect("and the stream be closed")
}

pub fn put(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder can be made");
    fs::write(&path, content).expect("the file can be written");
    path
}
