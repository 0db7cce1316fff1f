//! B2: a hundred and fifty builds on the day before a release.
//!
//! Each has a session with a name that nobody has seen, and a runner of one of several types; the
//! role, the program and the tags are those of every day.

use crate::eval::story::Story;
use crate::eval::world::automation::build;

pub(super) fn tell(story: &mut Story) {
    for job in 0..150 {
        story.at_hour(0, 8, 0);
        story.wait(0, 60);
        let later = story.now() + crate::sample::calendar::seconds(230 * job);
        story.set_now(later);
        build(story);
    }
}
