//! B13: the security team tries whether anybody notices: one launch, by a tool that says its name,
//! under a role that may not.

use crate::eval::aws::machines::Machines;
use crate::eval::aws::refusal::Refusal;
use crate::eval::aws::regions::VIRGINIA;
use crate::eval::story::Story;
use crate::eval::world::cast::{self, AMAZON_LINUX, DEVELOPMENT};

pub(super) fn tell(story: &mut Story) {
    let tester = cast::session(DEVELOPMENT, "stratus-red-team-ec2lui-role", "drill", "203.0.113.66", STRATUS);
    story.at(0, 0);
    let machines = Machines { asked: Some((1, 1)), ..Machines::new(VIRGINIA, "p2.xlarge", AMAZON_LINUX, 1) };
    let refused = machines.refused(DEVELOPMENT, Refusal::Denied, &mut story.rng);
    story.does(&tester, refused);
}

const STRATUS: &str = "stratus-red-team_8c1b2d7e-4f60-4a3b-9d15-6e0f7a2b3c4d";
