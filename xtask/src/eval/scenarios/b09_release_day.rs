//! B9: packer bakes the release in six regions: temporary keys, doors open to the world, images.
//!
//! Everything that is made goes again, except the image.

use crate::eval::story::Story;
use crate::eval::world::automation::bake;

pub(super) fn tell(story: &mut Story) {
    for (index, region) in ["us-east-1", "eu-west-1", "us-west-2", "eu-central-1", "ap-southeast-1", "ap-northeast-1"]
        .into_iter()
        .enumerate()
    {
        story.at(2 * index as u64, 0);
        bake(story, region);
    }
}
