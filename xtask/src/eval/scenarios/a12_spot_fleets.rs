//! A12: two fleets on the spot market, in two regions nobody uses, by a user who only ever read.
//!
//! No look, no probe: two requests that maintain themselves, one of them first refused. The machines
//! come minutes later, started by services in the name of nobody.

use serde_json::json;

use super::thieves::{BOTO, VPN, with};
use crate::eval::aws::fleets::{Fleet, request_spot_fleet};
use crate::eval::aws::groups;
use crate::eval::aws::machines::Machines;
use crate::eval::aws::refusal::Refusal;
use crate::eval::label::Phase;
use crate::eval::story::Story;
use crate::eval::world::cast::{self, DATA};

pub(super) fn tell(story: &mut Story) {
    let thief = with(cast::sync_user(), VPN, BOTO);
    story.attack_by(&[&cast::arn_of_user(DATA, "s3-sync")]);
    story.phase(Phase::Launch);
    story.at(0, 0);
    story.does(&thief, Refusal::SpotLimit.of(request_spot_fleet(NORTH, TYPE, IMAGE, 32)));
    story.at(0, 40);
    let id = format!("sfr-{}", story.rng.uuid());
    let granted = request_spot_fleet(NORTH, TYPE, IMAGE, 8).answered(json!({ "spotFleetRequestId": id }));
    story.does(&thief, granted);
    story.phase(Phase::Spread);
    story.at(2, 0);
    let template = groups::template_id(&mut story.rng);
    story.does(&thief, groups::create_template(SOUTH, "worker", &template, TYPE, IMAGE));
    story.wait(4, 9);
    let fleet = Fleet {
        region: SOUTH,
        template: template.clone(),
        types: vec![TYPE],
        count: 8,
        kind: "maintain",
        spot: true,
        tags: Vec::new(),
    };
    let granted = fleet.granted(&[], &mut story.rng);
    story.does(&thief, granted);
    for part in 0..4 {
        story.at(3, 30 + 40 * part);
        let tags = vec![("aws:ec2spot:fleet-request-id", id.clone())];
        let north = Machines { spot: true, tags, ..Machines::new(NORTH, TYPE, IMAGE, 2) };
        story.starts(&cast::spot_fleet(DATA), &north);
        story.wait(5, 20);
        let tags = vec![("aws:ec2launchtemplate:id", template.clone())];
        let south =
            Machines { spot: true, template: Some(template.clone()), tags, ..Machines::new(SOUTH, TYPE, IMAGE, 2) };
        story.starts(&cast::ec2_fleet(DATA), &south);
    }
}

const NORTH: &str = "eu-north-1";
const SOUTH: &str = "ap-south-1";
const TYPE: &str = "c6a.48xlarge";
const IMAGE: &str = "ami-04c8e17b9d2f63a50";
