//! The sample is what its generator writes.

use crate::sample;

#[test]
fn the_sample_is_what_the_generator_writes() {
    if let Err(error) = sample::check() {
        panic!("{error:#}");
    }
}
