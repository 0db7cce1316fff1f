//! A model of one principal's hourly counts: the negative binomial.
//!
//! Most principals launch in few hours, and then several instances at once. A Poisson has one
//! parameter for both and calls every batch abnormal; an exponential needs many rows in every
//! group of hours; a z-score is undefined for somebody who never launched. The negative
//! binomial is the Poisson whose rate itself varies (gamma-mixed), the standard model for
//! sparse, clumped counts in outbreak detection (Farrington et al. 1996, Noufaily et al. 2013)
//! and, with predictive tail probabilities per node, in finding intruders (Heard et al. 2010).
//! It is fitted by moments, so three sums per principal are all it takes.
//!
//! One imagined hour with [`PRIOR_COUNT`] instances joins every history: somebody without a
//! history gets a bound from it, and long histories outweigh it.

use statrs::distribution::{DiscreteCDF, NegativeBinomial, Poisson};

/// What anybody may do in an hour once without having done it before.
pub const PRIOR_COUNT: f64 = 4.0;

/// Rows (hours, empty ones included), and the sum and sum of squares of their counts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    pub rows: u32,
    pub sum: f64,
    pub sum_of_squares: f64,
}

impl Moments {
    /// Adds the counts of hours that are already among the rows.
    pub fn of(rows: u32, counts: impl IntoIterator<Item = f64>) -> Self {
        let mut moments = Self { rows, ..Self::default() };
        for count in counts {
            moments.sum += count;
            moments.sum_of_squares += count * count;
        }
        moments
    }

    fn with_prior(self) -> (f64, f64) {
        let rows = f64::from(self.rows) + 1.0;
        let mean = (self.sum + PRIOR_COUNT) / rows;
        let variance = (self.sum_of_squares + PRIOR_COUNT * PRIOR_COUNT) / rows - mean * mean;
        (mean, variance)
    }

    /// Mean count an hour, the imagined hour included.
    pub fn mean(self) -> f64 {
        self.with_prior().0
    }

    /// The largest count that is still normal: more than this has a chance below `threshold`
    /// in any one hour.
    pub fn upper(self, threshold: f64) -> u64 {
        let (mean, variance) = self.with_prior();
        let tail = Tail::new(mean, variance);
        smallest(|count| tail.above(count) < threshold)
    }
}

/// The upper tail of the fitted distribution.
enum Tail {
    NegativeBinomial(NegativeBinomial),
    Poisson(Poisson),
    /// No distribution to speak of: nothing is above.
    None,
}

impl Tail {
    /// Counts no more scattered than a Poisson's are a Poisson's: the limit of the family.
    fn new(mean: f64, variance: f64) -> Self {
        if variance > mean {
            let size = mean * mean / (variance - mean);
            NegativeBinomial::new(size, mean / variance).map_or(Self::None, Self::NegativeBinomial)
        } else {
            Poisson::new(mean).map_or(Self::None, Self::Poisson)
        }
    }

    fn above(&self, count: u64) -> f64 {
        match self {
            Self::NegativeBinomial(distribution) => distribution.sf(count),
            Self::Poisson(distribution) => distribution.sf(count),
            Self::None => 0.0,
        }
    }
}

/// The smallest number for which a predicate holds that stays true once true.
fn smallest(holds: impl Fn(u64) -> bool) -> u64 {
    let mut high = 1_u64;
    while !holds(high) && high < u64::from(u32::MAX) {
        high *= 2;
    }
    let mut low = 0;
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONTH: u32 = 720;

    fn upper(counts: &[f64]) -> u64 {
        Moments::of(MONTH, counts.iter().copied()).upper(1e-4)
    }

    #[test]
    fn the_bound_grows_with_what_the_principal_does() {
        let nobody = upper(&[]);
        let person = upper(&[1.0, 1.0, 2.0]);
        let nightly_batch = upper(&[80.0; 30]);
        assert!((5..=12).contains(&nobody), "{nobody}");
        assert!((5..=12).contains(&person), "{person}");
        assert!((100..=600).contains(&nightly_batch), "{nightly_batch}");
    }

    #[test]
    fn a_steady_principal_is_held_to_a_poisson() {
        let steady = upper(&[10.0; 720]);
        assert!((20..=30).contains(&steady), "{steady}");
    }

    #[test]
    fn the_tail_is_the_sum_of_the_probabilities() {
        let (mean, variance) = (2.0_f64, 6.0_f64);
        let (size, chance) = (mean * mean / (variance - mean), mean / variance);
        let mut probability = chance.powf(size);
        let mut below = 0.0;
        let tail = Tail::new(mean, variance);
        for count in 0..60_u32 {
            below += probability;
            assert!((tail.above(u64::from(count)) - (1.0 - below)).abs() < 1e-9, "{count}");
            probability *= (f64::from(count) + size) / (f64::from(count) + 1.0) * (1.0 - chance);
        }
    }
}
