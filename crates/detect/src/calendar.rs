//! Days and hours as the people who own the estate live them.
//!
//! The original works in the time zone of whoever owns the saved search, so its groups shift
//! from one installation to the next (D13). Here the zone is a setting, UTC unless said otherwise.

use std::{fmt, ops::Range};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, civil::Weekday, tz::TimeZone};

use crate::Error;

const HOUR_SECONDS: i64 = 3600;

/// An hour of absolute time, numbered from 1970. A clock change makes a day 23 or 25 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(i64);

impl Hour {
    pub fn of(time: Timestamp) -> Self {
        Self(time.as_second().div_euclid(HOUR_SECONDS))
    }

    /// The first hour that begins at or after `time`.
    pub fn ceil(time: Timestamp) -> Self {
        let floor = Self::of(time);
        if floor.start() < time { floor.next() } else { floor }
    }

    pub fn from_number(number: i64) -> Self {
        Self(number)
    }

    pub fn number(self) -> i64 {
        self.0
    }

    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    pub fn each(hours: Range<Self>) -> impl Iterator<Item = Self> {
        (hours.start.0..hours.end.0).map(Self)
    }

    pub fn count(hours: &Range<Self>) -> u32 {
        u32::try_from(hours.end.0.saturating_sub(hours.start.0)).unwrap_or(0)
    }

    pub fn start(self) -> Timestamp {
        Timestamp::from_second(self.0.saturating_mul(HOUR_SECONDS)).unwrap_or(Timestamp::MAX)
    }
}

/// Hours that are alike: the original's four-hour blocks, weekdays apart from weekends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HourGroup {
    /// 0, 4, 8, 12, 16 or 20.
    pub hour_of_day: i8,
    pub weekend: bool,
}

impl fmt::Display for HourGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = if self.weekend { "weekends" } else { "weekdays" };
        write!(f, "{days} {:02}:00-{:02}:00", self.hour_of_day, self.hour_of_day + 4)
    }
}

/// Local midnights, weeks and hour groups of one time zone.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
}

impl Calendar {
    pub fn new(name: &str) -> Result<Self, Error> {
        // It needs no database, and finding one takes longer than to read a small file.
        if name == "UTC" {
            return Ok(Self::utc());
        }
        let zone = TimeZone::get(name).map_err(|source| Error::TimeZone { name: name.to_owned(), source })?;
        Ok(Self { zone })
    }

    pub fn utc() -> Self {
        Self { zone: TimeZone::UTC }
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub fn group(&self, hour: Hour) -> HourGroup {
        let local = self.zone.to_datetime(hour.start());
        HourGroup { hour_of_day: local.hour() / 4 * 4, weekend: is_weekend(local.date()) }
    }

    /// The local day that `time` falls on.
    pub fn day(&self, time: Timestamp) -> Day {
        let date = self.zone.to_datetime(time).date();
        Day { date, start: self.midnight(date), end: self.midnight(shift(date, 1)) }
    }

    /// Local midnight `days` before the day.
    pub fn days_before(&self, day: &Day, days: u16) -> Timestamp {
        self.midnight(shift(day.date, -i64::from(days)))
    }

    /// The midnight that began the day's week; weeks begin on Sunday, as the original's rebuild does.
    pub fn week_start(&self, day: &Day) -> Timestamp {
        let into_week = day.date.weekday().to_sunday_zero_offset();
        self.midnight(shift(day.date, -i64::from(into_week)))
    }

    /// When a warm-up of `days` that began with `start` is over: the first midnight from which
    /// "coverage began at or before midnight `days` ago" holds.
    pub fn warm_up_ends(&self, start: Timestamp, days: u16) -> Timestamp {
        let day = self.day(start);
        let whole = i64::from(day.start != start);
        self.midnight(shift(day.date, whole + i64::from(days)))
    }

    /// When people are at work again after `time`: 09:00, Monday to Friday.
    pub fn next_working_morning(&self, time: Timestamp) -> Timestamp {
        let today = self.zone.to_datetime(time).date();
        // A weekend is two days long, so that one of these is a working day.
        let days = (0..=3).map(|days| shift(today, days)).filter(|date| !is_weekend(*date));
        let mornings = days.filter_map(|date| self.zone.to_timestamp(date.at(9, 0, 0, 0)).ok());
        mornings.into_iter().find(|morning| *morning > time).unwrap_or(time)
    }

    fn midnight(&self, date: Date) -> Timestamp {
        date.to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }
}

/// One local day: from midnight to midnight, 23 to 25 hours.
#[derive(Debug, Clone, Copy)]
pub struct Day {
    date: Date,
    start: Timestamp,
    end: Timestamp,
}

impl Day {
    pub fn contains(&self, time: Timestamp) -> bool {
        self.start <= time && time < self.end
    }

    pub fn start(&self) -> Timestamp {
        self.start
    }
}

/// Whole days between two instants.
pub(crate) fn days_between(earlier: Timestamp, later: Timestamp) -> i64 {
    let elapsed: SignedDuration = later.duration_since(earlier);
    elapsed.as_hours() / 24
}

fn shift(date: Date, days: i64) -> Date {
    date.saturating_add(days.days())
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_warm_up_counts_whole_local_days() {
        let calendar = Calendar::utc();
        for (start, ends) in [
            ("2026-02-02T00:00:00Z", "2026-02-16T00:00:00Z"),
            ("2026-02-02T00:00:01Z", "2026-02-17T00:00:00Z"),
            ("2026-02-02T23:59:59Z", "2026-02-17T00:00:00Z"),
        ] {
            assert_eq!(calendar.warm_up_ends(time(start), 14), time(ends), "{start}");
        }
    }

    #[test]
    fn days_and_weeks_follow_the_time_zone() {
        let calendar = Calendar::new("America/New_York").unwrap();
        let day = calendar.day(time("2026-03-08T12:00:00Z")); // the clock goes forward on this Sunday
        assert_eq!(day.start, time("2026-03-08T05:00:00Z"));
        assert_eq!(day.end, time("2026-03-09T04:00:00Z"));
        assert_eq!(calendar.week_start(&day), day.start);
        let group = calendar.group(Hour::of(time("2026-03-09T03:00:00Z")));
        assert_eq!(group, HourGroup { hour_of_day: 20, weekend: true });
    }
}
