//! A7: sixteen regions, and not one machine of EC2 (Sysdig, AMBERSQUID, 2023).
//!
//! Roles with names like plumbing, then the same in every region: a repository, a hosted
//! application, build projects, notebooks, containers. (The real campaign also made Auto Scaling
//! groups; they are left out, so that no launch of EC2 exists.)

use serde_json::json;

use super::thieves::{CLI, OTHER_CLOUD, with};
use crate::eval::aws::access::{ADMINISTRATOR, attach_role_policy, create_role};
use crate::eval::aws::containers::{Task, create_cluster, create_service, register_task};
use crate::eval::aws::regions::ENABLED;
use crate::eval::label::Phase;
use crate::eval::prices;
use crate::eval::story::{Story, changes};
use crate::eval::world::cast::{self, PRODUCTION};
use crate::sample::actor::Actor;

pub(super) fn tell(story: &mut Story) {
    let thief = with(cast::admin_user(), OTHER_CLOUD, CLI);
    story.attack_by(&[&cast::arn_of_user(PRODUCTION, "deploy-admin")]);
    for (role, service) in ROLES {
        let call = create_role(PRODUCTION, role, service, &mut story.rng);
        story.does(&thief, call);
        story.wait(2, 5);
        story.does(&thief, attach_role_policy(role, ADMINISTRATOR));
        story.wait(2, 5);
    }
    for (index, region) in ENABLED.into_iter().take(16).enumerate() {
        story.at(0, 60 + 90 * index as u64);
        story.phase(if index == 0 { Phase::Launch } else { Phase::Spread });
        host(story, &thief, region);
        build(story, &thief, region);
        open_notebooks(story, &thief, region);
        let task = Task { family: "test", image: "docker.io/delbidaluan/epicx:latest", vcpu: 4, gib: 8 };
        story.does(&thief, create_cluster(PRODUCTION, region, "test"));
        story.wait(1, 2);
        story.does(&thief, register_task(PRODUCTION, region, task));
        story.wait(1, 2);
        let service = create_service(PRODUCTION, region, "test", "test", 1);
        story.starts_other(&thief, service, 1, prices::fargate(4, 8));
    }
}

fn host(story: &mut Story, thief: &Actor, region: &'static str) {
    story.does(thief, changes(region, "codecommit", "CreateRepository", json!({ "repositoryName": "test" })));
    story.wait(1, 2);
    let app =
        json!({ "name": "test", "repository": format!("https://git-codecommit.{region}.amazonaws.com/v1/repos/test") });
    story.does(thief, changes(region, "amplify", "CreateApp", app));
    for index in 0..5 {
        story.wait(1, 2);
        let branch =
            json!({ "appId": "d2xk4v9s7q1m3p", "branchName": format!("test{index}"), "enableAutoBuild": true });
        story.does(thief, changes(region, "amplify", "CreateBranch", branch));
    }
    story.wait(1, 2);
    let job = json!({ "appId": "d2xk4v9s7q1m3p", "branchName": "test0", "jobType": "RELEASE" });
    story.does(thief, changes(region, "amplify", "StartJob", job));
}

fn build(story: &mut Story, thief: &Actor, region: &'static str) {
    let project = json!({
        "name": "tost",
        "environment": { "type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0", "computeType": "BUILD_GENERAL1_2XLARGE" },
        "serviceRole": format!("arn:aws:iam::{PRODUCTION}:role/sugo-role"),
        "source": { "type": "CODECOMMIT" },
    });
    story.does(thief, changes(region, "codebuild", "CreateProject", project));
    for _ in 0..8 {
        story.wait(1, 2);
        let call = changes(region, "codebuild", "StartBuild", json!({ "projectName": "tost" }));
        // A machine of 72 processors, by the minute.
        story.starts_other(thief, call, 1, 15.0);
    }
}

fn open_notebooks(story: &mut Story, thief: &Actor, region: &'static str) {
    let config =
        json!({ "notebookInstanceLifecycleConfigName": "config", "onCreate": [{ "content": "c3VkbyBkb2NrZXI=" }] });
    story.does(thief, changes(region, "sagemaker", "CreateNotebookInstanceLifecycleConfig", config));
    for index in 0..8 {
        story.wait(1, 2);
        let notebook = json!({
            "notebookInstanceName": format!("notebook-{index}"),
            "instanceType": "ml.t3.medium",
            "roleArn": format!("arn:aws:iam::{PRODUCTION}:role/sugo-role"),
            "lifecycleConfigName": "config",
        });
        let call = changes(region, "sagemaker", "CreateNotebookInstance", notebook);
        story.starts_other(thief, call, 1, prices::of("ml.t3.medium"));
    }
}

const ROLES: [(&str, &str); 3] = [
    ("AWSCodeCommit-Role", "amplify.amazonaws.com"),
    ("sugo-role", "sagemaker.amazonaws.com"),
    ("ecsTaskExecutionRole", "ecs-tasks.amazonaws.com"),
];
