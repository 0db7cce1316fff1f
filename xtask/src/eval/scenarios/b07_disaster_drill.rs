//! B7: a drill for the day on which a region is lost: images copied to the west, sixty machines in
//! half an hour, all gone again after two.
//!
//! Declared, the window of the drill is known and nothing is to be said. Undeclared, somebody may
//! well be asked. The logs are the same: that it was declared stands in no record. So both are told
//! by one story, and differ in what they may be taken for.

use serde_json::json;

use crate::eval::aws::machines::Machines;
use crate::eval::story::{Story, changes};
use crate::eval::world::cast;
use crate::sample::launch::stop;

pub(super) fn tell(story: &mut Story) {
    let terraform = cast::terraform();
    let mut images = Vec::new();
    for name in ["web", "api"] {
        let source = cast::own_image(name, story.week());
        let copy = story.rng.resource_id("ami");
        let request = json!({ "sourceRegion": "us-east-1", "sourceImageId": source, "name": format!("dr-{name}") });
        story.does(&terraform, changes(REGION, "ec2", "CopyImage", request).answered(json!({ "imageId": copy })));
        story.wait(20, 60);
        images.push(copy);
    }
    let mut ids = Vec::new();
    for (round, (instance_type, count)) in WAVES.into_iter().enumerate() {
        story.at(8 + 5 * round as u64, 0);
        let tags = vec![("terraform", "true".to_owned()), ("purpose", "dr-drill".to_owned())];
        let image = images[round % 2].clone();
        ids.extend(story.starts(&terraform, &Machines { tags, ..Machines::new(REGION, instance_type, image, count) }));
    }
    story.at(120, 0);
    story.does(&terraform, stop(REGION, "TerminateInstances", &ids));
}

const REGION: &str = "us-west-2";
const WAVES: [(&str, u64); 5] =
    [("m6i.xlarge", 20), ("c5.xlarge", 20), ("m5.12xlarge", 4), ("m6i.xlarge", 10), ("m6i.2xlarge", 6)];
