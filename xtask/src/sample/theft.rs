//! The theft: the key of the backup user, in other hands, on a Saturday morning.
//!
//! In seven minutes, from an address never seen: who am I, where can I go, and then for each of
//! six regions that nobody uses what is on offer, an open door, and machines.

use jiff::Timestamp;
use serde_json::json;

use super::actor::Actor;
use super::calendar::{Day, seconds};
use super::company::{self, DEVELOPMENT, VIRGINIA};
use super::launch::Launch;
use super::record::{Call, Record};
use super::rng::Rng;

/// Everything the thief does, if it is this day.
pub(crate) fn day(day: Day) -> Vec<Record> {
    if day.number != SATURDAY {
        return Vec::new();
    }
    let mut rng = day.rng("theft");
    let actor = thief();
    let start = day.at(3, 12, 8);
    let mut records =
        vec![
            Call::read(VIRGINIA, "sts", "GetCallerIdentity").record(start, &actor, &mut rng),
            Call::read(VIRGINIA, "ec2", "DescribeRegions")
                .asking(json!({ "regionSet": {}, "allRegions": true }))
                .record(start + seconds(3), &actor, &mut rng),
        ];
    let mut at = start + seconds(10);
    for raid in RAIDS {
        records.extend(raid.records(at, &actor, &mut rng));
        at += seconds(rng.between(55, 64));
    }
    records
}

/// The same user and the same key; another address and another program.
fn thief() -> Actor {
    Actor { address: "198.51.100.77".to_owned(), agent: AGENT, ..company::backup_user() }
}

/// What is tried in one region.
struct Raid {
    region: &'static str,
    image: &'static str,
    attempts: &'static [(&'static str, usize, Answer)],
}

#[derive(Clone, Copy)]
enum Answer {
    DryRun,
    Granted,
    /// More virtual processors than this limit.
    OverLimit(u32),
    Unverified,
}

impl Raid {
    fn records(&self, start: Timestamp, actor: &Actor, rng: &mut Rng) -> Vec<Record> {
        let mut at = start;
        let mut records = Vec::new();
        for call in self.preparations(rng) {
            records.push(call.record(at, actor, rng));
            at += seconds(rng.between(2, 5));
        }
        for (instance_type, count, answer) in self.attempts {
            let call = self.attempt(instance_type, *count, *answer, at, rng);
            records.push(call.record(at, actor, rng));
            at += seconds(rng.between(6, 11));
        }
        records
    }

    fn preparations(&self, rng: &mut Rng) -> [Call; 3] {
        let group = rng.resource_id("sg");
        let permission = json!({
            "ipProtocol": "tcp",
            "fromPort": 22,
            "toPort": 22,
            "groups": {},
            "ipRanges": { "items": [{ "cidrIp": "0.0.0.0/0" }] },
        });
        [
            Call::read(self.region, "ec2", "DescribeInstanceTypeOfferings")
                .asking(json!({ "DescribeInstanceTypeOfferingsRequest": { "LocationType": "region" } })),
            Call::write(self.region, "ec2", "CreateSecurityGroup")
                .asking(json!({ "groupName": "default-ssh", "groupDescription": "ssh" }))
                .answered(json!({ "_return": true, "groupId": group })),
            Call::write(self.region, "ec2", "AuthorizeSecurityGroupIngress")
                .asking(json!({ "groupId": group, "ipPermissions": { "items": [permission] } }))
                .answered(json!({ "_return": true })),
        ]
    }

    fn attempt(&self, instance_type: &'static str, count: usize, answer: Answer, at: Timestamp, rng: &mut Rng) -> Call {
        let launch =
            Launch { count, user_data: true, ..Launch::of(DEVELOPMENT, self.region, self.image, instance_type) };
        match answer {
            Answer::DryRun => launch.dry_run(rng),
            Answer::Granted => launch.granted(at, rng).0,
            Answer::OverLimit(limit) => launch.call(rng).refused("Client.VcpuLimitExceeded", over_limit(limit)),
            Answer::Unverified => launch.call(rng).refused("Client.PendingVerification", UNVERIFIED),
        }
    }
}

fn over_limit(limit: u32) -> String {
    format!(
        "You have requested more vCPU capacity than your current vCPU limit of {limit} allows for the instance bucket \
         that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to \
         request an adjustment to this limit."
    )
}

/// Thirty-four machines in five regions; the sixth refuses.
const RAIDS: [Raid; 6] = [
    Raid {
        region: "ap-south-1",
        image: "ami-0d91c6e3f7b2a4508",
        attempts: &[("c5a.24xlarge", 4, Answer::DryRun), ("c5a.24xlarge", 4, Answer::Granted)],
    },
    Raid {
        region: "ap-northeast-1",
        image: "ami-03fa85c1d6e7b9240",
        attempts: &[("c5a.24xlarge", 4, Answer::OverLimit(256)), ("c5a.8xlarge", 6, Answer::Granted)],
    },
    Raid {
        region: "eu-north-1",
        image: "ami-0ab47d29e5c16f830",
        attempts: &[("c5a.24xlarge", 4, Answer::Granted), ("g4dn.12xlarge", 4, Answer::Granted)],
    },
    Raid {
        region: "us-west-2",
        image: "ami-06e2b8f4d7a3195ca",
        attempts: &[("g4dn.12xlarge", 8, Answer::OverLimit(64)), ("c5a.24xlarge", 8, Answer::Granted)],
    },
    Raid {
        region: "ca-central-1",
        image: "ami-0c57d3a1e9f2648b0",
        attempts: &[("c5a.24xlarge", 4, Answer::Unverified)],
    },
    Raid {
        region: "sa-east-1",
        image: "ami-08f6e1b5c2d9a7340",
        attempts: &[("c5a.24xlarge", 8, Answer::OverLimit(256)), ("c5a.8xlarge", 8, Answer::Granted)],
    },
];

/// 2026-03-07.
const SATURDAY: i64 = 33;
const AGENT: &str = "Boto3/1.36.21 md/Botocore#1.36.21 ua/2.0 os/linux#6.8.0-52-generic md/arch#x86_64 lang/python#3.12.3 Botocore/1.36.21";
const UNVERIFIED: &str = "Your request for accessing resources in this region is being validated, and you will not be \
    able to launch additional resources in this region until the validation is complete.";
