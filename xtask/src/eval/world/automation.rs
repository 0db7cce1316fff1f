//! Programs at work on AWS: builds, Terraform, packer, the weekly image and the nightly batch.

use serde_json::json;

use super::cast::{self, AMAZON_LINUX, BATCH_IMAGE, DATA, DEVELOPMENT, PRODUCTION, RUNNER, RUNNER_IMAGE};
use super::{NOTHING, Today, fleets};
use crate::eval::aws::access::{Ports, create_key_pair, open_door};
use crate::eval::aws::fleets::Fleet;
use crate::eval::aws::groups;
use crate::eval::aws::machines::Machines;
use crate::eval::aws::regions::{IRELAND, VIRGINIA};
use crate::eval::story::{Story, changes, looks};
use crate::sample::actor::{Actor, Identity};
use crate::sample::launch::stop;
use crate::sample::record::Call;

/// On working days some forty jobs of the forge, each on a runner of its own.
pub(crate) fn builds(story: &mut Story, today: &Today) {
    let jobs = if today.works() { story.rng.between(30, 45) } else { story.rng.between(3, 6) };
    for _ in 0..jobs {
        let (hour, minute) = (story.rng.between(7, 19), story.rng.between(0, 59));
        story.at_hour(0, hour.cast_signed(), minute.cast_signed());
        build(story);
    }
}

/// One job: a token becomes a session with a name that nobody has had before, a fleet of one gives
/// a runner, and twenty minutes later it is gone.
pub(crate) fn build(story: &mut Story) {
    let session = format!("GitHubActions-{}", story.rng.between(13_000_000_000, 13_999_999_999));
    let address = format!("192.0.2.{}", story.rng.between(128, 250));
    let job = cast::session(DEVELOPMENT, CI_ROLE, &session, &address, RUNNER);
    story.does(&forge(&address), trade_token(&session));
    story.wait(3, 9);
    let types = [*story.rng.pick(&RUNNER_TYPES), "m5.xlarge"];
    let tags = vec![("purpose", "ci-runner".to_owned()), ("repository", "acme/shop".to_owned())];
    let ids = instant_fleet(story, &job, CI_ROLE, RUNNER_IMAGE, &types, &tags);
    story.wait(500, 1100);
    story.does(&job, stop(VIRGINIA, "TerminateInstances", &ids));
}

/// `CreateFleet` instant, and the `RunInstances` that EC2 makes of it with the caller's rights.
pub(crate) fn instant_fleet(
    story: &mut Story,
    caller: &Actor,
    role: &'static str,
    image: &str,
    types: &[&'static str],
    tags: &[(&'static str, String)],
) -> Vec<String> {
    let template = format!("lt-{}", &image["ami-".len()..]);
    let fleet = Fleet {
        region: VIRGINIA,
        template: template.clone(),
        types: types.to_vec(),
        count: 1,
        kind: "instant",
        spot: false,
        tags: tags.to_vec(),
    };
    let name = if role == cast::KARPENTER_ROLE { cast::KARPENTER_SESSION } else { "GitHubActions" };
    let ec2 = cast::on_behalf(caller.account, role, name, "ec2fleet.amazonaws.com");
    let start = story.now();
    story.wait(1, 2);
    let machines =
        Machines { template: Some(template), tags: tags.to_vec(), ..Machines::new(VIRGINIA, types[0], image, 1) };
    let ids = story.starts(&ec2, &machines);
    let end = story.now();
    story.set_now(start);
    let granted = fleet.granted(&ids, &mut story.rng);
    story.does(caller, granted);
    story.set_now(end);
    ids
}

fn forge(address: &str) -> Actor {
    let identity = Identity::Workflow {
        provider: "arn:aws:iam::444455556666:oidc-provider/token.actions.githubusercontent.com",
        subject: "repo:acme/shop:ref:refs/heads/main",
    };
    Actor { account: DEVELOPMENT, identity, address: address.to_owned(), agent: RUNNER }
}

fn trade_token(session: &str) -> Call {
    let role = format!("arn:aws:iam::{DEVELOPMENT}:role/{CI_ROLE}");
    looks(VIRGINIA, "sts", "AssumeRoleWithWebIdentity")
        .asking(json!({ "roleArn": role, "roleSessionName": session, "durationSeconds": 3600 }))
}

/// Infrastructure as code: it compares a lot, and changes a little.
pub(crate) fn terraform(story: &mut Story, today: &Today) {
    if !today.works() {
        return;
    }
    let terraform = cast::terraform();
    story.at_hour(0, 14, 10);
    story.wait(0, 3000);
    for _ in 0..story.rng.between(8, 25) {
        let (service, name) = *story.rng.pick(PLANNED);
        story.does(&terraform, looks(VIRGINIA, service, name));
        story.wait(0, 2);
    }
    let parameter = json!({ "name": "/acme/web/release", "type": "String", "overwrite": true });
    story.does(&terraform, changes(VIRGINIA, "ssm", "PutParameter", parameter));
    if today.day.number % 9 == 2 {
        let tags = vec![("Name", "bastion".to_owned()), ("terraform", "true".to_owned())];
        let machines =
            Machines { key_name: Some("operations"), tags, ..Machines::new(VIRGINIA, "m6i.large", AMAZON_LINUX, 1) };
        story.wait(2, 4);
        story.starts(&terraform, &machines);
    }
}

/// Twice a week an image is baked on a machine that lives for ten minutes.
pub(crate) fn packer(story: &mut Story, today: &Today) {
    if matches!(today.day.number % 7, 0 | 3) {
        story.at_hour(0, 10, 5);
        story.wait(0, 900);
        bake(story, if today.day.number % 7 == 0 { VIRGINIA } else { IRELAND });
    }
}

/// A temporary key, a temporary door, a machine, an image of it, and all but the image away again.
pub(crate) fn bake(story: &mut Story, region: &'static str) -> String {
    let packer = cast::image_pipeline();
    let image = story.rng.resource_id("ami");
    let name = format!("packer_{}", story.rng.hex(12));
    story.does(&packer, looks(region, "ec2", "DescribeImages"));
    story.wait(1, 2);
    let key = create_key_pair(region, &name, &mut story.rng);
    story.does(&packer, key);
    for call in open_door(region, &name, "0.0.0.0/0", Ports::Ssh, &mut story.rng) {
        story.wait(1, 2);
        story.does(&packer, call);
    }
    let tags = vec![("Name", "Packer Builder".to_owned())];
    let machines = Machines { terminates_itself: true, tags, ..Machines::new(region, "m5.large", AMAZON_LINUX, 1) };
    let ids = story.starts(&packer, &machines);
    story.wait(300, 500);
    let request = json!({ "instanceId": ids[0], "name": format!("acme-base-{name}"), "noReboot": false });
    story.does(&packer, changes(region, "ec2", "CreateImage", request).answered(json!({ "imageId": image })));
    story.wait(60, 90);
    story.does(&packer, stop(region, "TerminateInstances", &ids));
    for (call, field) in [("DeleteSecurityGroup", "groupName"), ("DeleteKeyPair", "keyName")] {
        story.wait(20, 30);
        story.does(&packer, changes(region, "ec2", call, json!({ field: name })));
    }
    image
}

/// On Tuesdays the web fleet gets a new image: made, copied to Ireland, put into the template, and
/// the machines replaced.
pub(crate) fn weekly_rollout(story: &mut Story, today: &Today) {
    if today.day.number % 7 == 1 && today.is_history() {
        story.at_hour(0, 9, 0);
        roll_out(story, today.day.number / 7, 4);
    }
}

pub(crate) fn roll_out(story: &mut Story, week: i64, machines: u64) {
    let pipeline = cast::session(PRODUCTION, "image-pipeline", "pipeline", "192.0.2.35", cast::PACKER);
    let image = cast::own_image("web", week);
    let made = json!({ "instanceId": story.rng.resource_id("i"), "name": format!("web-week-{week}") });
    story.does(&pipeline, changes(VIRGINIA, "ec2", "CreateImage", made).answered(json!({ "imageId": image })));
    story.wait(400, 700);
    let copy = cast::own_image("api", week);
    let copied = json!({ "sourceRegion": VIRGINIA, "sourceImageId": image, "name": format!("web-week-{week}") });
    story.does(&pipeline, changes(IRELAND, "ec2", "CopyImage", copied).answered(json!({ "imageId": copy })));
    story.wait(200, 400);
    for group in fleets::GROUPS {
        let image = cast::own_image(group.image, week);
        story.does(&cast::terraform(), groups::new_version(group.region, group.template, &image));
        story.wait(3, 6);
        let refresh = json!({ "autoScalingGroupName": group.name, "strategy": "Rolling" });
        story.does(&cast::terraform(), changes(group.region, "autoscaling", "StartInstanceRefresh", refresh));
        for _ in 0..machines / 2 {
            story.wait(60, 120);
            group.grow(story, 2, week);
        }
    }
}

/// At two in the morning a cluster of eighty machines; at five it is gone.
pub(crate) fn nightly_batch(story: &mut Story, today: &Today) {
    if today.is_history() {
        story.at_hour(0, 2, 0);
        run_batch(story);
    }
}

pub(crate) fn run_batch(story: &mut Story) {
    let request = json!({
        "name": "nightly-reports",
        "releaseLabel": "emr-7.5.0",
        "instances": { "instanceGroups": [
            { "instanceRole": "CORE", "instanceType": "r5.4xlarge", "instanceCount": 80, "market": "ON_DEMAND" },
        ] },
        "serviceRole": "EMR_DefaultRole",
    });
    let flow = format!("j-{}", story.rng.upper(13));
    story.does(
        &cast::data_pipeline(),
        changes(VIRGINIA, "elasticmapreduce", "RunJobFlow", request).answered(json!({ "jobFlowId": flow })),
    );
    let mut ids = Vec::new();
    for _ in 0..4 {
        story.wait(8, 20);
        let tags = vec![("aws:elasticmapreduce:job-flow-id", flow.clone())];
        let machines = Machines { tags, ..Machines::new(VIRGINIA, "r5.4xlarge", BATCH_IMAGE, 20) };
        ids.extend(story.starts(&cast::emr(), &machines));
    }
    story.wait(7200, 8000);
    story.does(&cast::emr(), stop(VIRGINIA, "TerminateInstances", &ids).answered(NOTHING));
    let done = json!({ "logGroupName": "/acme/reports", "logStreamName": flow });
    story.does(
        &cast::session(DATA, "data-pipeline", "scheduler", "192.0.2.51", cast::BOTO),
        changes(VIRGINIA, "logs", "CreateLogStream", done),
    );
}

pub(crate) const CI_ROLE: &str = "github-actions-build";
const RUNNER_TYPES: [&str; 5] = ["c5.xlarge", "c5.2xlarge", "c6i.xlarge", "m5.large", "m5.2xlarge"];

const PLANNED: &[(&str, &str)] = &[
    ("ec2", "DescribeVpcs"),
    ("ec2", "DescribeSubnets"),
    ("ec2", "DescribeSecurityGroups"),
    ("ec2", "DescribeLaunchTemplates"),
    ("autoscaling", "DescribeAutoScalingGroups"),
    ("iam", "GetRole"),
    ("eks", "DescribeCluster"),
    ("rds", "DescribeDBInstances"),
];
