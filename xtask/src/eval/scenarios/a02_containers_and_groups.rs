//! A2: containers and Auto Scaling groups in ten minutes (AWS, from 2 November 2025).
//!
//! The key of a user who may do everything, from a hosting provider. Quotas are read and dry runs
//! made; then some fifty clusters of containers, fourteen groups that may grow to 999, and every
//! machine protected from termination. A public function and a user for mail stay behind.

use serde_json::json;

use super::thieves::{BOTO, HOSTING, with};
use crate::eval::aws::access::{
    attach_role_policy, attach_user_policy, create_access_key, create_role, create_user, protect,
};
use crate::eval::aws::containers::{Task, create_cluster, create_service, register_task};
use crate::eval::aws::groups::{self, Bounds, create_group, create_template};
use crate::eval::aws::machines::Machines;
use crate::eval::aws::quotas;
use crate::eval::aws::refusal::Refusal;
use crate::eval::aws::regions::VIRGINIA;
use crate::eval::label::Phase;
use crate::eval::prices;
use crate::eval::story::{Story, changes, looks};
use crate::eval::world::cast::{self, PRODUCTION};
use crate::sample::actor::Actor;

pub(super) fn tell(story: &mut Story) {
    let thief = with(cast::admin_user(), HOSTING, BOTO);
    story.attack_by(&[&cast::arn_of_user(PRODUCTION, "deploy-admin")]);
    story.at(0, 0);
    ask(story, &thief);
    story.at(1, 30);
    prepare_roles(story, &thief);
    story.at(2, 0);
    story.phase(Phase::Launch);
    run_containers(story, &thief);
    story.phase(Phase::Spread);
    let fresh = grow_groups(story, &thief);
    story.phase(Phase::Persistence);
    story.at(7, 30);
    for (region, instance) in &fresh {
        story.does(&thief, protect(region, instance));
        story.wait(0, 3);
    }
    stay(story, &thief);
}

fn ask(story: &mut Story, thief: &Actor) {
    for code in [quotas::STANDARD, quotas::G_AND_VT, quotas::P, "L-34B43A08", "L-3819A6DF", "L-3032A538"] {
        story.does(thief, quotas::get(VIRGINIA, code));
        story.wait(1, 3);
    }
    story.does(thief, looks(VIRGINIA, "servicequotas", "ListServiceQuotas"));
    story.wait(1, 3);
    story.does(thief, looks(VIRGINIA, "sts", "GetCallerIdentity"));
    story.at(0, 40);
    for region in REGIONS.into_iter().chain(["ap-south-1", "sa-east-1", "ca-central-1"]) {
        let machines = Machines { user_data: true, ..Machines::new(region, "g4dn.12xlarge", GPU_IMAGE, 1) };
        let probe = machines.refused(PRODUCTION, Refusal::DryRun, &mut story.rng);
        story.does(thief, probe);
        story.wait(2, 5);
    }
}

fn prepare_roles(story: &mut Story, thief: &Actor) {
    let linked = json!({ "aWSServiceName": "autoscaling.amazonaws.com" });
    story.does(thief, changes(VIRGINIA, "iam", "CreateServiceLinkedRole", linked));
    story.wait(3, 6);
    let role = create_role(PRODUCTION, LAMBDA_ROLE, "lambda.amazonaws.com", &mut story.rng);
    story.does(thief, role);
    story.wait(3, 6);
    let basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    story.does(thief, attach_role_policy(LAMBDA_ROLE, basic));
}

/// Half of the clusters in the home region, the rest over four others; ten large tasks in each.
fn run_containers(story: &mut Story, thief: &Actor) {
    for index in 0..52 {
        let region = if index < 26 { VIRGINIA } else { REGIONS[1 + index % 4] };
        let name = story.rng.hex(8);
        let task = Task { family: &name, image: "docker.io/yenik65958/secret:user", vcpu: 16, gib: 32 };
        story.does(thief, create_cluster(PRODUCTION, region, &name));
        story.wait(0, 2);
        story.does(thief, register_task(PRODUCTION, region, task));
        story.wait(0, 2);
        let service = create_service(PRODUCTION, region, &name, &name, 10);
        story.starts_other(thief, service, 10, 10.0 * prices::fargate(16, 32));
        story.wait(0, 2);
    }
}

/// Fourteen groups of at least twenty. The service starts what it gets, minutes later.
fn grow_groups(story: &mut Story, thief: &Actor) -> Vec<(&'static str, String)> {
    story.at(4, 0);
    let kinds =
        [("g4dn.12xlarge", groups::template_id(&mut story.rng)), ("c6i.32xlarge", groups::template_id(&mut story.rng))];
    for (instance_type, id) in &kinds {
        story.does(thief, create_template(VIRGINIA, &format!("lt-{instance_type}"), id, instance_type, GPU_IMAGE));
        story.wait(3, 6);
    }
    let mut fresh = Vec::new();
    for index in 0..14_usize {
        let name = format!("SPOT-us-east-1-G{index}-{}", story.rng.hex(6));
        let (instance_type, template) = &kinds[index % 2];
        story.at(4, 30 + 2 * index as u64);
        story.does(thief, create_group(VIRGINIA, &name, template, Bounds { min: 20, max: 999, desired: 20 }));
        story.at(5, 16 * index as u64);
        let machines = Machines::new(VIRGINIA, instance_type, GPU_IMAGE, if index % 3 == 0 { 6 } else { 0 });
        let child = groups::child(VIRGINIA, &name, template, machines);
        let child = Machines { asked: Some((1, 20)), ..child };
        if child.count > 0 {
            let ids = story.starts(&cast::auto_scaling(PRODUCTION), &child);
            fresh.extend(ids.into_iter().map(|id| (VIRGINIA, id)));
        } else {
            let refused = child.refused(PRODUCTION, Refusal::OverLimit(768), &mut story.rng);
            story.does(&cast::auto_scaling(PRODUCTION), refused);
        }
    }
    fresh
}

/// A function that the world may call, and a user who may send mail.
fn stay(story: &mut Story, thief: &Actor) {
    story.at(11, 0);
    let function = json!({
        "functionName": "monitor-health",
        "runtime": "python3.12",
        "role": format!("arn:aws:iam::{PRODUCTION}:role/{LAMBDA_ROLE}"),
        "memorySize": 128,
        "timeout": 900,
    });
    story.does(thief, changes(VIRGINIA, "lambda", "CreateFunction20150331", function));
    story.wait(4, 8);
    let permission = json!({
        "functionName": "monitor-health",
        "action": "lambda:InvokeFunctionUrl",
        "principal": "*",
        "functionUrlAuthType": "NONE",
    });
    story.does(thief, changes(VIRGINIA, "lambda", "AddPermission20150331v2", permission));
    story.wait(4, 8);
    let url = json!({ "functionName": "monitor-health", "authType": "NONE" });
    story.does(thief, changes(VIRGINIA, "lambda", "CreateFunctionUrlConfig", url));
    story.at(13, 0);
    let user = create_user(PRODUCTION, "user-mail-x41", &mut story.rng);
    story.does(thief, user);
    story.wait(4, 8);
    story.does(thief, attach_user_policy("user-mail-x41", "arn:aws:iam::aws:policy/AmazonSESFullAccess"));
    story.wait(4, 8);
    let key = story.rng.access_key_id("AKIA");
    story.does(thief, create_access_key("user-mail-x41", &key));
}

const REGIONS: [&str; 5] = [VIRGINIA, "us-east-2", "us-west-2", "eu-central-1", "ap-southeast-1"];
const GPU_IMAGE: &str = "ami-0d47a1c8e6b3f9520";
const LAMBDA_ROLE: &str = "lambda-exec-health";
