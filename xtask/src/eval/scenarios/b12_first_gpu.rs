//! B12: the first GPUs of the machine learning team.
//!
//! A person of the directory asks for quota, is refused once, and starts two. Only a person can tell
//! that this is well: a "please confirm" is right, an alarm is not.

use serde_json::json;

use crate::eval::aws::machines::Machines;
use crate::eval::aws::quotas;
use crate::eval::aws::refusal::Refusal;
use crate::eval::aws::regions::VIRGINIA;
use crate::eval::aws::signin::console_login;
use crate::eval::story::{Story, changes, looks};
use crate::eval::world::cast::{self, BROWSER, DATA, DATA_SCIENCE};

pub(super) fn tell(story: &mut Story) {
    let frank = cast::employee(DATA, DATA_SCIENCE, "frank@example.com", BROWSER);
    story.at(0, 0);
    let login = console_login(story.now(), &frank, true, &mut story.rng);
    story.push(login, 0, 0.0);
    story.wait(20, 60);
    story.does(&frank, quotas::get(VIRGINIA, quotas::G_AND_VT));
    story.wait(60, 120);
    story.does(&frank, quotas::ask_for(VIRGINIA, quotas::G_AND_VT, 48));
    story.at(12, 0);
    story.does(&frank, looks(VIRGINIA, "ec2", "DescribeImages"));
    story.wait(30, 60);
    let machines = Machines {
        key_name: Some("ml-team"),
        tags: vec![("team", "ml".to_owned())],
        ..Machines::new(VIRGINIA, "g5.12xlarge", "ami-0f5e21b7c84d9a360", 2)
    };
    let refused = machines.refused(DATA, Refusal::OverLimit(0), &mut story.rng);
    story.does(&frank, refused);
    story.at(150, 0);
    story.starts(&frank, &machines);
    story.at(165, 0);
    let notebook = json!({
        "notebookInstanceName": "frank-experiments",
        "instanceType": "ml.t3.medium",
        "roleArn": format!("arn:aws:iam::{DATA}:role/sagemaker-notebooks"),
    });
    story.does(&frank, changes(VIRGINIA, "sagemaker", "CreateNotebookInstance", notebook));
}
