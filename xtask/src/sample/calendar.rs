//! The five weeks of the sample.

use jiff::{SignedDuration, Timestamp};

use super::rng::Rng;

/// A day of the sample, in UTC. The first is Monday 2026-02-02.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day {
    /// Counted from zero.
    pub(crate) number: i64,
}

impl Day {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..DAYS).map(|number| Self { number })
    }

    pub(crate) fn is_weekend(self) -> bool {
        self.number % 7 >= 5
    }

    /// A time of this day.
    pub(crate) fn at(self, hour: i64, minute: i64, second: i64) -> Timestamp {
        FIRST_MIDNIGHT + SignedDuration::from_secs(self.number * 86_400 + hour * 3600 + minute * 60 + second)
    }

    /// Some time within this hour, early enough to leave what follows in the same hour.
    pub(crate) fn in_hour(self, hour: i64, rng: &mut Rng) -> Timestamp {
        self.at(hour, 0, 0) + seconds(rng.between(60, 2000))
    }

    /// Random numbers of this day for one purpose.
    pub(crate) fn rng(self, purpose: &str) -> Rng {
        Rng::new(&format!("{purpose} {}", self.number))
    }
}

pub(crate) fn seconds(count: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(count).unwrap_or(i64::MAX))
}

const DAYS: i64 = 35;
/// 2026-02-02T00:00:00Z.
const FIRST_MIDNIGHT: Timestamp = Timestamp::constant(1_769_990_400, 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weeks_begin_on_mondays() {
        let days: Vec<Day> = Day::all().collect();
        assert_eq!(days[0].at(0, 0, 0).to_string(), "2026-02-02T00:00:00Z");
        assert_eq!(days[34].at(23, 59, 59).to_string(), "2026-03-08T23:59:59Z");
        assert!(days[33].is_weekend() && !days[32].is_weekend(), "2026-03-07 was a Saturday");
    }
}
