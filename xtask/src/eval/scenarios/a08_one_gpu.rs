//! A8: quota first, then a single machine (Sysdig, eight minutes to administrator, November 2025).
//!
//! Code put into a function makes a new administrator. Two hours of waiting for quota, models asked
//! meanwhile; five times there is no capacity for the largest GPU machine, then one of the second
//! largest starts. No count rule will ever see it: it costs 22 dollars an hour.

use serde_json::json;

use super::thieves::{CLI, HOSTING, with};
use crate::eval::aws::access::{
    ADMINISTRATOR, Ports, attach_user_policy, create_access_key, create_key_pair, create_user, open_door,
};
use crate::eval::aws::machines::Machines;
use crate::eval::aws::quotas;
use crate::eval::aws::refusal::Refusal;
use crate::eval::aws::regions::VIRGINIA;
use crate::eval::label::Phase;
use crate::eval::story::{Story, looks};
use crate::eval::world::cast::{self, PRODUCTION};

pub(super) fn tell(story: &mut Story) {
    // The function runs where it always does; only its code is another's.
    let function = cast::session(PRODUCTION, "rag-assistant", "rag-assistant", "192.0.2.81", cast::BOTO);
    story.attack_by(&[&format!("arn:aws:iam::{PRODUCTION}:role/rag-assistant")]);
    let admin = with(cast::user(PRODUCTION, "backdoor-admin", HOSTING, CLI), HOSTING, CLI);
    story.at(0, 0);
    let user = create_user(PRODUCTION, "backdoor-admin", &mut story.rng);
    story.does(&function, user);
    story.wait(1, 3);
    story.does(&function, create_access_key("backdoor-admin", cast::key_of(&admin)));
    story.wait(1, 3);
    story.does(&function, attach_user_policy("backdoor-admin", ADMINISTRATOR));

    for region in [VIRGINIA, "us-west-2"] {
        story.at(120, 0);
        story.wait(0, 60);
        story.does(&admin, quotas::ask_for(region, quotas::P, 192));
    }
    story.at(130, 0);
    story.does(&admin, looks(VIRGINIA, "bedrock", "GetModelInvocationLoggingConfiguration"));
    for _ in 0..30 {
        story.wait(1, 4);
        let model = json!({ "modelId": "anthropic.claude-3-5-sonnet-20241022-v2:0" });
        story.does(&admin, looks(VIRGINIA, "bedrock", "InvokeModel").asking(model));
    }
    story.at(150, 0);
    story.does(&admin, looks(VIRGINIA, "ec2", "DescribeImages").asking(deep_learning()));
    let key = create_key_pair(VIRGINIA, "stevan-gpu-monster", &mut story.rng);
    story.wait(5, 15);
    story.does(&admin, key);
    for call in open_door(VIRGINIA, "stevan-gpu-monster", "0.0.0.0/0", Ports::All, &mut story.rng) {
        story.wait(5, 15);
        story.does(&admin, call);
    }
    story.phase(Phase::Launch);
    let machine = |instance_type| Machines {
        key_name: Some("stevan-gpu-monster"),
        user_data: true,
        ..Machines::new(VIRGINIA, instance_type, "ami-0b9e47d1c35f8a260", 1)
    };
    for attempt in 0..5 {
        story.at(152, 48 * attempt);
        let refused = machine("p5.48xlarge").refused(PRODUCTION, Refusal::NoCapacity, &mut story.rng);
        story.does(&admin, refused);
    }
    story.at(158, 0);
    story.starts(&admin, &machine("p4d.24xlarge"));
}

fn deep_learning() -> serde_json::Value {
    let name = json!({ "name": "name", "valueSet": { "items": [{ "value": "Deep Learning*Ubuntu*" }] } });
    json!({ "ownersSet": { "items": [{ "owner": "amazon" }] }, "filterSet": { "items": [name] } })
}
