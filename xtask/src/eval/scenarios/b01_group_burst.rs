//! B1: an Auto Scaling group of five grows to two hundred in ten minutes, because customers came.
//!
//! The group is older than the log; its template and its type are what they always were. Once or
//! twice a zone has no capacity.

use crate::eval::aws::groups::set_desired;
use crate::eval::aws::refusal::Refusal;
use crate::eval::story::Story;
use crate::eval::world::cast::{self, ADMINISTRATOR, BROWSER, PRODUCTION};
use crate::eval::world::fleets::GROUPS;

pub(super) fn tell(story: &mut Story) {
    let group = &GROUPS[0];
    let alice = cast::employee(PRODUCTION, ADMINISTRATOR, "alice@example.com", BROWSER);
    story.at(0, 0);
    story.does(&alice, set_desired(group.region, group.name, 200));
    let week = story.week();
    for round in 0..13_u64 {
        story.at(0, 40 + 43 * round);
        if round % 5 == 2 {
            let refused = group.child(15, week).refused(PRODUCTION, Refusal::NoCapacity, &mut story.rng);
            story.does(&cast::auto_scaling(PRODUCTION), refused);
            story.wait(5, 15);
        }
        group.grow(story, 15, week);
    }
}
