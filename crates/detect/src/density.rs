//! The density model of the original's count rule: one exponential per group of hours.
//!
//! `DensityFunction dist=expon`, as `SciPy` fits it: location = minimum, scale = mean - minimum.
//! The upper boundary cuts off `threshold` of the area. Conformance vectors: the `intended`
//! profile of `density_expon.json`. Where the original's toolkit breaks, this does not: empty
//! hours are zeros, equal values are a degenerate fit that can be used, and there is no lower
//! tail (it reported quiet users of busy estates as abnormally high).

use std::collections::BTreeMap;

use crate::calendar::HourGroup;

/// The exponential fitted to one group of hours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Hours fitted.
    pub rows: u32,
    /// Smallest hourly count.
    pub location: f64,
    /// Mean above the smallest; 0 when all values are equal.
    pub scale: f64,
    /// A count strictly above this is abnormal.
    pub upper: f64,
}

impl Fit {
    /// Fits hourly counts. `None` for no rows at all.
    pub fn of(counts: impl IntoIterator<Item = f64>, threshold: f64) -> Option<Self> {
        let (mut rows, mut sum, mut location) = (0_u32, 0.0, f64::INFINITY);
        for count in counts {
            rows += 1;
            sum += count;
            location = location.min(count);
        }
        (rows > 0).then(|| {
            let scale = (sum / f64::from(rows) - location).max(0.0);
            Self { rows, location, scale, upper: location + scale * (1.0 / threshold).ln() }
        })
    }

    /// All values were equal, so any more than that is abnormal.
    pub fn is_degenerate(&self) -> bool {
        self.scale == 0.0
    }

    pub fn mean(&self) -> f64 {
        self.location + self.scale
    }
}

/// Fits every group of the rows given.
pub fn fit_groups(rows: impl IntoIterator<Item = (HourGroup, f64)>, threshold: f64) -> BTreeMap<HourGroup, Fit> {
    let mut groups: BTreeMap<HourGroup, Vec<f64>> = BTreeMap::new();
    for (group, count) in rows {
        groups.entry(group).or_default().push(count);
    }
    groups.into_iter().filter_map(|(group, counts)| Some((group, Fit::of(counts, threshold)?))).collect()
}
