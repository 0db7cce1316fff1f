//! The count model of the original, and the rule that judges users by it.
//!
//! One exponential per four-hour block, weekends apart, as the Machine Learning Toolkit 5.7.4
//! fits and applies it: it refuses values that are all equal, and flags both tails.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _, civil::Weekday, tz::TimeZone};

use super::{Alert, Change, Rule, hour_of};

pub(crate) const THRESHOLD: f64 = 0.005;
const MIN_CARDINALITY: usize = 16;

/// Local hour rounded down to a multiple of four, and whether it is a weekend.
pub(crate) type Group = (i8, bool);

/// What was fitted, by group.
#[derive(Debug, Clone)]
pub(crate) struct CountModel(pub(crate) BTreeMap<Group, Expon>);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Expon {
    pub(crate) cardinality: usize,
    pub(crate) min: f64,
    pub(crate) scale: f64,
}

impl Expon {
    pub(crate) fn upper(&self) -> f64 {
        self.min + self.scale * (1.0 / THRESHOLD).ln()
    }

    /// Above the boundary, or below the smallest count of the training: both are outliers.
    fn is_outlier(&self, count: f64) -> bool {
        count > self.upper() || count < self.min
    }
}

impl CountModel {
    /// From the successful launches of the whole estate; requests, by clock hour.
    pub(crate) fn fit(window: &[&Change], owner_zone: &TimeZone) -> Option<Self> {
        let mut hours: BTreeMap<Timestamp, f64> = BTreeMap::new();
        for change in window.iter().filter(|change| is_counted(change)) {
            *hours.entry(hour_of(change.time)).or_default() += 1.0;
        }
        Self::fit_hours(&pad(&hours), owner_zone)
    }

    /// A group of few hours takes no part.
    fn group_of(&self, hour: Timestamp, owner_zone: &TimeZone) -> Option<&Expon> {
        self.0.get(&group(hour, owner_zone)).filter(|fit| fit.cardinality >= MIN_CARDINALITY)
    }

    pub(crate) fn is_outlier(&self, hour: Timestamp, count: f64, owner_zone: &TimeZone) -> bool {
        self.group_of(hour, owner_zone).is_some_and(|fit| fit.is_outlier(count))
    }

    pub(crate) fn fit_hours(rows: &[(Timestamp, f64)], owner_zone: &TimeZone) -> Option<Self> {
        let mut groups: BTreeMap<Group, Vec<f64>> = BTreeMap::new();
        for (hour, count) in rows {
            groups.entry(group(*hour, owner_zone)).or_default().push(*count);
        }
        // One group that is refused is the end of the whole fit.
        let fits: Option<BTreeMap<Group, Expon>> =
            groups.into_iter().map(|(group, counts)| Some((group, fit(&counts)?))).collect();
        fits.filter(|fits| !fits.is_empty()).map(Self)
    }
}

/// The hours between the first and the last that were counted. The filler is 0 or 1e-10 at
/// random, to get round the refusal of equal values; here it is one and the other by turns.
pub(crate) fn pad(hours: &BTreeMap<Timestamp, f64>) -> Vec<(Timestamp, f64)> {
    let (Some((first, _)), Some((last, _))) = (hours.first_key_value(), hours.last_key_value()) else {
        return Vec::new();
    };
    let mut fillers = [0.0, 1e-10].into_iter().cycle();
    let mut rows = Vec::new();
    let mut hour = *first;
    while hour <= *last {
        let count = hours.get(&hour).copied().or_else(|| fillers.next());
        rows.extend(count.map(|count| (hour, count)));
        hour += 1.hour();
    }
    rows
}

fn fit(counts: &[f64]) -> Option<Expon> {
    let first = counts.first()?;
    let nearly_equal = |count: &f64| (count - first).abs() <= 1e-8 + 1e-4 * first.abs();
    if counts.iter().all(nearly_equal) {
        return None;
    }
    let min = counts.iter().copied().fold(f64::INFINITY, f64::min);
    let mean = counts.iter().sum::<f64>() / counts.len() as f64;
    Some(Expon { cardinality: counts.len(), min, scale: mean - min })
}

fn group(hour: Timestamp, owner_zone: &TimeZone) -> Group {
    let local = owner_zone.to_datetime(hour);
    (local.hour() / 4 * 4, matches!(local.date().weekday(), Weekday::Saturday | Weekday::Sunday))
}

fn is_counted(change: &Change) -> bool {
    change.is_created_instance() && change.status == "success"
}

/// One run of the count rule: each user's requests by clock hour, as far as the window shows them.
pub(crate) fn run(model: &CountModel, window: &[&Change], now: Timestamp, owner_zone: &TimeZone) -> Vec<Alert> {
    let mut counted: BTreeMap<(&str, Timestamp), Vec<&Change>> = BTreeMap::new();
    for change in window.iter().filter(|change| is_counted(change)) {
        counted.entry((&*change.user, hour_of(change.time))).or_default().push(*change);
    }
    let judged = counted.into_iter().filter_map(|((user, hour), changes)| {
        let fit = model.group_of(hour, owner_zone)?;
        fit.is_outlier(changes.len() as f64).then(|| alert(user, fit, &changes, now))
    });
    judged.collect()
}

fn alert(user: &str, fit: &Expon, changes: &[&Change], now: Timestamp) -> Alert {
    Alert {
        run: now,
        rule: Rule::Count,
        value: user.to_owned(),
        user: user.to_owned(),
        vendor_region: None,
        count: changes.len() as u64,
        dest: changes.iter().flat_map(|change| change.object_id.clone()).collect(),
        expected_upper_threshold: Some((fit.upper() * 1e4).round() / 1e4),
        message: "tbd".to_owned(),
    }
}
