//! A6: five thousand of the smallest machines (Sysdig, crypto CDN, 2024).
//!
//! Not processors but addresses and bandwidth are wanted. Batches of five hundred `t3.micro` from a
//! public image, region after region; the answers are so long that `CloudTrail` leaves them out.

use super::thieves::{BOTO, OTHER_CLOUD, with};
use crate::eval::aws::machines::Machines;
use crate::eval::aws::refusal::Refusal;
use crate::eval::aws::regions::{ENABLED, VIRGINIA};
use crate::eval::label::Phase;
use crate::eval::story::{Story, looks};
use crate::eval::world::cast::{self, PRODUCTION};

pub(super) fn tell(story: &mut Story) {
    let thief = with(cast::wordpress_user(), OTHER_CLOUD, BOTO);
    story.attack_by(&[&cast::arn_of_user(PRODUCTION, "wordpress-media")]);
    story.at(0, 0);
    story.does(&thief, looks(VIRGINIA, "ec2", "DescribeRegions"));
    for (index, region) in ENABLED.into_iter().take(12).enumerate() {
        story.phase(if index == 0 { Phase::Launch } else { Phase::Spread });
        story.at(0, 20 + 29 * index as u64);
        let batch = |count| Machines { user_data: true, ..Machines::new(region, "t3.micro", ubuntu(region), count) };
        if index % 4 == 3 {
            let refused = batch(500).refused(PRODUCTION, Refusal::OverLimit(512), &mut story.rng);
            story.does(&thief, refused);
            story.wait(4, 8);
            story.starts(&thief, &batch(200));
        } else {
            story.starts(&thief, &batch(500));
        }
    }
}

/// The public image has an id of its own in each region.
fn ubuntu(region: &str) -> String {
    cast::own_image(&format!("ubuntu {region}"), 0)
}
