//! B6: the nightly cluster of eighty machines, as every night at two.

use crate::eval::story::Story;
use crate::eval::world::automation::run_batch;

pub(super) fn tell(story: &mut Story) {
    story.at_hour(0, 2, 0);
    run_batch(story);
}
