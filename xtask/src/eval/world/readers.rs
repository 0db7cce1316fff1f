//! Readers that never sleep, users with keys at their one task, and programs on machines.

use serde_json::json;

use super::Today;
use super::cast::{self, ACCOUNTS, BOTO, COLLECTOR, PRODUCTION};
use crate::eval::aws::regions::{IRELAND, VIRGINIA};
use crate::eval::story::{Story, changes, looks};
use crate::sample::actor::Actor;
use crate::sample::rng::Rng;

/// In each account and region, round the clock.
pub(crate) fn monitoring(story: &mut Story, today: &Today) {
    for account in ACCOUNTS {
        let reader = cast::session(account, "monitoring-reader", "collector", "192.0.2.71", COLLECTOR);
        for region in [VIRGINIA, IRELAND] {
            for _ in 0..80 * today.scale {
                any_time(story);
                let (service, name) = *story.rng.pick(WATCHED);
                story.does(&reader, looks(region, service, name));
            }
        }
    }
}

/// Each user does what it has done for years, and nothing else.
pub(crate) fn users(story: &mut Story, _: &Today) {
    let tasks: [(Actor, u64, &str, &str); 6] = [
        (cast::backup_user(), 4, "s3", "GetBucketVersioning"),
        (cast::sync_user(), 6, "s3", "ListBuckets"),
        (cast::wordpress_user(), 5, "s3", "GetBucketLocation"),
        (cast::api_user(), 3, "ce", "GetCostAndUsage"),
        (cast::admin_user(), 1, "iam", "GetRole"),
        (cast::joe(), 2, "ec2", "DescribeInstances"),
    ];
    for (user, times, service, name) in tasks {
        for _ in 0..times {
            any_time(story);
            story.does(&user, looks(VIRGINIA, service, name));
        }
    }
}

/// What runs on machines: it reads its settings, sends mail, and asks a model.
pub(crate) fn workloads(story: &mut Story, _: &Today) {
    for _ in 0..12 {
        any_time(story);
        let (service, name) = *story.rng.pick(&[("ssm", "GetParameter"), ("s3", "ListObjects"), ("kms", "Decrypt")]);
        let node = web_node(&mut story.rng);
        story.does(&node, looks(VIRGINIA, service, name));
    }
    let mailer = cast::session(PRODUCTION, "mailer", "mailer", "192.0.2.80", BOTO);
    let assistant = cast::session(PRODUCTION, "rag-assistant", "rag-assistant", "192.0.2.81", BOTO);
    for _ in 0..3 {
        any_time(story);
        story.does(&mailer, looks(VIRGINIA, "ses", "GetSendQuota"));
        story.does(
            &assistant,
            looks(VIRGINIA, "bedrock", "InvokeModel").asking(json!({ "modelId": "amazon.titan-embed-text-v2:0" })),
        );
        let stream = json!({ "logGroupName": "/acme/assistant", "logStreamName": story.rng.hex(16) });
        story.does(&assistant, changes(VIRGINIA, "logs", "CreateLogStream", stream));
    }
}

/// A machine of the web fleet; its session is called as it is.
pub(crate) fn web_node(rng: &mut Rng) -> Actor {
    let instance = *rng.pick(&NODES);
    let address = if instance == NODES[0] { "192.0.2.90" } else { "192.0.2.91" };
    cast::session(PRODUCTION, WEB_NODE_ROLE, instance, address, BOTO)
}

fn any_time(story: &mut Story) {
    story.at_hour(0, 0, 0);
    let second = story.rng.between(0, 86_300);
    let now = story.now() + crate::sample::calendar::seconds(second);
    story.set_now(now);
}

pub(crate) const WEB_NODE_ROLE: &str = "web-node";
pub(crate) const NODES: [&str; 2] = ["i-0f3a7c19d2b84e650", "i-08d6b5a41c7e93f20"];

const WATCHED: &[(&str, &str)] = &[
    ("ec2", "DescribeInstanceStatus"),
    ("ec2", "DescribeVolumes"),
    ("ec2", "DescribeInstances"),
    ("cloudwatch", "DescribeAlarms"),
    ("autoscaling", "DescribeAutoScalingGroups"),
    ("elasticloadbalancing", "DescribeTargetHealth"),
    ("rds", "DescribeDBInstances"),
];
