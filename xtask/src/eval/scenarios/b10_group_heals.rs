//! B10: a managed group on Google Cloud replaces thirty machines over all the zones of its region.

use crate::eval::story::Story;
use crate::eval::world::google::replace;

pub(super) fn tell(story: &mut Story) {
    for index in 0..30_usize {
        story.at(index as u64, 0);
        let zone = format!("us-central1-{}", ["a", "b", "c", "d", "e", "f"][index % 6]);
        replace(story, &zone, "shop-mig", "n2-standard-4");
    }
}
