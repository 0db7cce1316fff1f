//! A3: containers in seventeen regions in under two minutes, without a single look (Datadog, 2024).
//!
//! Several residential addresses, random names of eight letters, forty different images, a dozen
//! services of twenty-five tasks in every region. No machine of EC2 is ever asked for.

use super::thieves::{GO, RESIDENTIAL, with};
use crate::eval::aws::containers::{Task, create_cluster, create_service, register_task};
use crate::eval::aws::regions::ENABLED;
use crate::eval::label::Phase;
use crate::eval::prices;
use crate::eval::story::Story;
use crate::eval::world::cast::{self, PRODUCTION};

pub(super) fn tell(story: &mut Story) {
    story.attack_by(&[&cast::arn_of_user(PRODUCTION, "wordpress-media")]);
    story.phase(Phase::Launch);
    let images: Vec<String> =
        (0..40).map(|_| format!("docker.io/{}/{}:latest", letters(story), letters(story))).collect();
    for round in 0..12 {
        for (index, region) in ENABLED.into_iter().enumerate() {
            // All regions side by side: a round takes some nine seconds.
            story.at(0, 9 * round);
            story.wait(0, 4);
            if round > 0 {
                story.phase(Phase::Spread);
            }
            let address = RESIDENTIAL[index % RESIDENTIAL.len()];
            let thief = with(cast::wordpress_user(), address, GO);
            let name = letters(story);
            let image = story.rng.pick(&images).clone();
            let task = Task { family: &name, image: &image, vcpu: 16, gib: 32 };
            story.does(&thief, create_cluster(PRODUCTION, region, &name));
            story.wait(1, 2);
            story.does(&thief, register_task(PRODUCTION, region, task));
            story.wait(1, 2);
            let service = create_service(PRODUCTION, region, &name, &name, 25);
            story.starts_other(&thief, service, 25, 25.0 * prices::fargate(16, 32));
        }
    }
}

/// Eight letters that mean nothing.
fn letters(story: &mut Story) -> String {
    (0..8).map(|_| char::from(*story.rng.pick(b"abcdefghijklmnopqrstuvwxyz"))).collect()
}
