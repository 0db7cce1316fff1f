//! Programs at work: builds, the nightly batch, Terraform, backup, monitoring.

use serde_json::json;

use super::fleet;
use crate::sample::calendar::{Day, seconds};
use crate::sample::company::{
    self, AMAZON_LINUX, BATCH_IMAGE, DEVELOPMENT, FRANKFURT, PRODUCTION, RUNNER_IMAGE, VIRGINIA,
};
use crate::sample::launch::{Launch, stop};
use crate::sample::record::{Call, Record};
use crate::sample::rng::Rng;

/// A build in every four hours of a working day. Each starts one to three runners, and ends them.
pub(crate) fn builds(day: Day) -> Vec<Record> {
    if day.is_weekend() {
        return Vec::new();
    }
    BUILDS.iter().flat_map(|(hours, runners)| build(day, hours, runners)).collect()
}

fn build(day: Day, hours: &[i64], runners: &[usize]) -> Vec<Record> {
    let mut rng = day.rng(&format!("build {hours:?}"));
    let start = day.in_hour(*rng.pick(hours), &mut rng);
    let runner = format!("192.0.2.{}", rng.between(128, 250));
    let session = format!("build-{}", rng.between(13_000_000_000, 13_999_999_999));
    let actor = company::build(&session, &runner, &mut rng);
    let launch = Launch {
        count: *rng.pick(runners),
        user_data: true,
        name_tag: Some("build-runner"),
        ..Launch::of(DEVELOPMENT, VIRGINIA, RUNNER_IMAGE, "c5.xlarge")
    };
    let (call, ids) = launch.granted(start, &mut rng);
    let end = start + seconds(rng.between(600, 1500));
    vec![
        trade_token(&session).record(start - seconds(6), &company::workflow(&runner), &mut rng),
        call.record(start, &actor, &mut rng),
        stop(VIRGINIA, "TerminateInstances", &ids).record(end, &actor, &mut rng),
    ]
}

fn trade_token(session: &str) -> Call {
    Call::read(VIRGINIA, "sts", "AssumeRoleWithWebIdentity").asking(json!({
        "roleArn": company::build_role().arn(),
        "roleSessionName": session,
        "durationSeconds": 3600,
    }))
}

/// Eight machines at two in the morning, every night of the week. They shut themselves down.
pub(crate) fn nightly_batch(day: Day) -> Vec<Record> {
    let mut rng = day.rng("nightly batch");
    let actor = company::nightly_batch(&mut rng);
    let start = day.at(2, 0, 0) + seconds(rng.between(3, 40));
    let launch =
        Launch { count: 8, name_tag: Some("reports"), ..Launch::of(PRODUCTION, VIRGINIA, BATCH_IMAGE, "r5.2xlarge") };
    let (call, _) = launch.granted(start, &mut rng);
    let stream = json!({ "logGroupName": "/acme/reports", "logStreamName": format!("night-{}", day.number) });
    let mut records = vec![
        Call::write(VIRGINIA, "logs", "CreateLogStream").asking(stream).record(start - seconds(2), &actor, &mut rng),
        call.record(start, &actor, &mut rng),
    ];
    // A function that has not moved for some days gets its session anew.
    if day.number % 7 == 0 {
        records.push(cold_start().record(start - seconds(3), &company::lambda(), &mut rng));
    }
    records
}

fn cold_start() -> Call {
    let role = company::nightly_batch_role().arn();
    Call::read(VIRGINIA, "sts", "AssumeRole").asking(json!({ "roleArn": role, "roleSessionName": "reports" }))
}

/// Infrastructure as code, on the days on which somebody merges.
pub(crate) fn terraform(day: Day) -> Vec<Record> {
    let mut rng = day.rng("terraform");
    let actor = company::terraform(&mut rng);
    let mut at = day.in_hour(14, &mut rng);
    let mut records = Vec::new();
    for call in plan(day, &mut rng) {
        records.push(call.record(at, &actor, &mut rng));
        at += seconds(rng.between(1, 6));
    }
    records
}

fn plan(day: Day, rng: &mut Rng) -> Vec<Call> {
    let mut calls = Vec::new();
    for (region, request) in fleet::rollovers(day) {
        let note = json!({ "name": "/acme/web/rolled-over", "type": "String", "overwrite": true });
        calls.push(Call::write(region, "ec2", "CreateLaunchTemplateVersion").asking(request));
        calls.push(Call::write(region, "ssm", "PutParameter").asking(note));
    }
    if let Some((_, instance_type)) = BASTIONS.iter().find(|(number, _)| *number == day.number) {
        calls.extend(new_bastion(day, instance_type, rng));
    }
    if day.number == NEW_BUCKET {
        // A region in which nothing is ever launched: creating a bucket is not a launch.
        let request = json!({ "bucketName": "acme-archive-frankfurt", "Host": "s3.eu-central-1.amazonaws.com" });
        calls.push(Call::write(FRANKFURT, "s3", "CreateBucket").asking(request));
    }
    calls
}

fn new_bastion(day: Day, instance_type: &'static str, rng: &mut Rng) -> [Call; 3] {
    let launch = Launch {
        key_name: Some("operations"),
        name_tag: Some("bastion"),
        ..Launch::of(PRODUCTION, VIRGINIA, AMAZON_LINUX, instance_type)
    };
    let (call, ids) = launch.granted(day.at(14, 20, 0), rng);
    let tags = json!({
        "resourcesSet": { "items": [{ "resourceId": ids[0] }] },
        "tagSet": { "items": [{ "key": "Owner", "value": "platform" }] },
    });
    let name_filter = json!({ "name": "tag:Name", "valueSet": { "items": [{ "value": "bastion" }] } });
    [
        Call::read(VIRGINIA, "ec2", "DescribeInstances").asking(json!({ "filterSet": { "items": [name_filter] } })),
        call,
        Call::write(VIRGINIA, "ec2", "CreateTags").asking(tags).answered(json!({ "_return": true })),
    ]
}

/// A key from another time: it reads what has to be kept, and writes nothing.
pub(crate) fn backup(day: Day) -> Vec<Record> {
    let mut rng = day.rng("backup");
    let at = day.at(1, 5, 0) + seconds(rng.between(0, 90));
    let (name, host) = *rng.pick(&[
        ("ListBuckets", "s3.us-east-1.amazonaws.com"),
        ("GetBucketVersioning", "acme-dev-artifacts.s3.us-east-1.amazonaws.com"),
    ]);
    let call = Call::read(VIRGINIA, "s3", name).asking(json!({ "Host": host }));
    vec![call.record(at, &company::backup_user(), &mut rng)]
}

/// A reader that never sleeps.
pub(crate) fn monitoring(day: Day) -> Vec<Record> {
    let mut rng = day.rng("monitoring");
    let mut records = Vec::new();
    for account in [PRODUCTION, DEVELOPMENT] {
        let actor = company::monitoring(account, &mut rng);
        for _ in 0..rng.between(1, 2) {
            let (service, name) = *rng.pick(READS);
            let at = day.at(0, 0, 0) + seconds(rng.between(0, 86_000));
            records.push(Call::read(VIRGINIA, service, name).record(at, &actor, &mut rng));
        }
    }
    records
}

const READS: &[(&str, &str)] = &[
    ("ec2", "DescribeInstanceStatus"),
    ("ec2", "DescribeVolumes"),
    ("monitoring", "DescribeAlarms"),
    ("autoscaling", "DescribeAutoScalingGroups"),
    ("elasticloadbalancing", "DescribeTargetHealth"),
    ("rds", "DescribeDBInstances"),
];

/// The hours in which a build may start, and how many runners it may take. Nothing else is
/// launched late in the day, so there all builds are of one size: a larger one would be an
/// outlier by right.
const BUILDS: [(&[i64], &[usize]); 3] =
    [(&[8, 9, 10, 11], &[1, 2, 3]), (&[12, 13, 14, 15], &[1, 2, 3]), (&[16, 17, 18, 19], &[2])];

/// Day and type of each machine that Terraform starts. The last type is new.
const BASTIONS: [(i64, &str); 3] = [(1, "m6i.large"), (10, "m6i.large"), (24, "m6i.xlarge")];
const NEW_BUCKET: i64 = 18;
