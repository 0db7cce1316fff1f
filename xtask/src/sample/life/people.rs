//! People at work, on working days. They mostly look.

use serde_json::json;

use crate::sample::actor::Actor;
use crate::sample::calendar::{Day, seconds};
use crate::sample::company::{self, AMAZON_LINUX, DEVELOPMENT, PRODUCTION, Permissions, VIRGINIA};
use crate::sample::launch::{Launch, stop};
use crate::sample::record::{Call, Record};
use crate::sample::rng::Rng;

/// Alice administers, Bob watches.
pub(crate) fn production(day: Day) -> Vec<Record> {
    if day.is_weekend() {
        return Vec::new();
    }
    let mut rng = day.rng("people in production");
    let alice = company::employee(PRODUCTION, Permissions::Administrator, "alice", &mut rng);
    let bob = company::employee(PRODUCTION, Permissions::ReadOnly, "bob", &mut rng);
    let mut records = reading(day, if day.number % 2 == 0 { &alice } else { &bob }, VIRGINIA, &mut rng);
    if day.number == NEW_USER {
        records.push(new_user(day, &alice, &mut rng));
    }
    records
}

/// Carol and Dan share a role; one of them needs a machine for an afternoon now and then.
pub(crate) fn development(day: Day) -> Vec<Record> {
    if day.is_weekend() {
        return Vec::new();
    }
    let mut rng = day.rng("people in development");
    let name = if day.number % 2 == 0 { "carol" } else { "dan" };
    let actor = company::employee(DEVELOPMENT, Permissions::PowerUser, name, &mut rng);
    let mut records = reading(day, &actor, VIRGINIA, &mut rng);
    if WORKBENCHES.contains(&day.number) {
        records.extend(workbench(day, &actor, &mut rng));
    }
    records
}

/// Erin joins in the fourth week, with a role that nobody had before, and starts one small machine.
pub(crate) fn new_colleague(day: Day) -> Vec<Record> {
    if day.number < FIRST_DAY_OF_ERIN || day.is_weekend() {
        return Vec::new();
    }
    let mut rng = day.rng("new colleague");
    let erin = company::employee(DEVELOPMENT, Permissions::DataScientist, "erin", &mut rng);
    let mut records = reading(day, &erin, VIRGINIA, &mut rng);
    if day.number == FIRST_DAY_OF_ERIN {
        records.extend(workbench(day, &erin, &mut rng));
    }
    records
}

fn reading(day: Day, actor: &Actor, region: &'static str, rng: &mut Rng) -> Vec<Record> {
    let mut at = day.in_hour(if rng.chance(50) { 9 } else { 15 }, rng);
    let mut records = Vec::new();
    for _ in 0..rng.between(1, 2) {
        let (service, name) = *rng.pick(READS);
        records.push(Call::read(region, service, name).record(at, actor, rng));
        at += seconds(rng.between(2, 200));
    }
    records
}

fn workbench(day: Day, actor: &Actor, rng: &mut Rng) -> [Record; 2] {
    let start = day.in_hour(13, rng);
    let launch = Launch {
        key_name: Some("workbench"),
        name_tag: Some("workbench"),
        ..Launch::of(DEVELOPMENT, VIRGINIA, AMAZON_LINUX, "t3.medium")
    };
    let (call, ids) = launch.granted(start, rng);
    [call.record(start, actor, rng), stop(VIRGINIA, "StopInstances", &ids).record(day.in_hour(17, rng), actor, rng)]
}

/// A created user is not a launch, whatever some tables say.
fn new_user(day: Day, actor: &Actor, rng: &mut Rng) -> Record {
    let answer = json!({
        "user": {
            "path": "/",
            "userName": "svc-reports",
            "userId": format!("AIDA{}", rng.upper(17)),
            "arn": "arn:aws:iam::111122223333:user/svc-reports",
            "createDate": "Feb 13, 2026 10:12:00 AM",
        },
    });
    Call::write(VIRGINIA, "iam", "CreateUser").asking(json!({ "userName": "svc-reports" })).answered(answer).record(
        day.at(10, 12, 0),
        actor,
        rng,
    )
}

const READS: &[(&str, &str)] = &[
    ("ec2", "DescribeInstances"),
    ("ec2", "DescribeSecurityGroups"),
    ("ec2", "DescribeImages"),
    ("s3", "ListBuckets"),
    ("logs", "DescribeLogGroups"),
    ("iam", "ListRoles"),
    ("ce", "GetCostAndUsage"),
];

const NEW_USER: i64 = 11;
const WORKBENCHES: [i64; 6] = [1, 2, 8, 16, 22, 30];
const FIRST_DAY_OF_ERIN: i64 = 23;
