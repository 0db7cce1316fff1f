//! B3: the weekly image, and forty machines replaced.
//!
//! An image that nobody has launched before: made by Acme's own pipeline a quarter of an hour ago.

use crate::eval::story::Story;
use crate::eval::world::automation::roll_out;

pub(super) fn tell(story: &mut Story) {
    story.at(0, 0);
    // The image of the week to come: history ends before its Tuesday.
    let week = story.week() + 1;
    roll_out(story, week, 20);
}
