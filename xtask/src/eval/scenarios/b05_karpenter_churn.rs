//! B5: a busy day of Karpenter: dry runs, dozens of types, refusals for want of capacity.
//!
//! Among the types are large ones that were never launched; the controller takes what is cheapest.

use serde_json::json;

use crate::eval::aws::machines::Machines;
use crate::eval::aws::refusal::Refusal;
use crate::eval::aws::regions::VIRGINIA;
use crate::eval::story::{Story, changes};
use crate::eval::world::cast::{self, NODE_IMAGE, PRODUCTION};
use crate::eval::world::fleets::{dry_runs, scale_up};

pub(super) fn tell(story: &mut Story) {
    story.at(0, 0);
    dry_runs(story);
    for round in 0..60_u64 {
        story.at(2 + 8 * round, 0);
        match round % 12 {
            5 => without_capacity(story),
            9 => interrupted(story),
            _ => {}
        }
        if round % 20 == 19 {
            dry_runs(story);
        }
        scale_up(story, TYPES);
    }
}

fn without_capacity(story: &mut Story) {
    let ec2 = cast::on_behalf(PRODUCTION, cast::KARPENTER_ROLE, cast::KARPENTER_SESSION, "ec2fleet.amazonaws.com");
    let machines = Machines::new(VIRGINIA, "c6a.24xlarge", NODE_IMAGE, 1);
    let refused = machines.refused(PRODUCTION, Refusal::NoCapacity, &mut story.rng);
    story.does(&ec2, refused);
    story.wait(1, 3);
}

/// Spot capacity is taken back, which the log tells as an event of the service.
fn interrupted(story: &mut Story) {
    let notice = json!({ "instanceIdSet": [story.rng.resource_id("i")] });
    let call = changes(VIRGINIA, "ec2", "BidEvictedEvent", notice);
    story.does(&cast::spot_fleet(PRODUCTION), call);
}

const TYPES: &[&str] = &[
    "m5.large",
    "m5.2xlarge",
    "m5a.xlarge",
    "m6a.2xlarge",
    "m6i.4xlarge",
    "c5.2xlarge",
    "c5.4xlarge",
    "c6a.xlarge",
    "c6a.2xlarge",
    "c6a.24xlarge",
    "c6i.large",
    "c6i.2xlarge",
    "r5.xlarge",
    "r6i.2xlarge",
];
