//! A11: two machines a night, for twelve nights. Kept to state a limit honestly.
//!
//! The role of the builds, used from the addresses of the forge itself, in a region that is in use,
//! with the usual tags and a type that is only a size larger. Nothing in it is louder than a job.

use super::thieves::with;
use crate::eval::aws::machines::Machines;
use crate::eval::aws::regions::VIRGINIA;
use crate::eval::label::Phase;
use crate::eval::story::Story;
use crate::eval::world::automation::CI_ROLE;
use crate::eval::world::cast::{self, DEVELOPMENT, RUNNER, RUNNER_IMAGE};

pub(super) fn tell(story: &mut Story) {
    story.attack_by(&[&format!("arn:aws:iam::{DEVELOPMENT}:role/{CI_ROLE}")]);
    story.phase(Phase::Launch);
    for night in -11..=0 {
        story.at_hour(night, 22, 10);
        story.wait(0, 1800);
        let session = format!("GitHubActions-{}", story.rng.between(13_000_000_000, 13_999_999_999));
        let address = format!("192.0.2.{}", story.rng.between(128, 250));
        let job = with(cast::session(DEVELOPMENT, CI_ROLE, &session, &address, RUNNER), &address, RUNNER);
        let tags = vec![("purpose", "ci-runner".to_owned()), ("repository", "acme/shop".to_owned())];
        let machines =
            Machines { spot: true, user_data: true, tags, ..Machines::new(VIRGINIA, "c5.4xlarge", RUNNER_IMAGE, 2) };
        story.starts(&job, &machines);
        story.phase(Phase::Spread);
    }
}
