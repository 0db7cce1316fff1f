//! Times as people write them on a command line.

use jiff::{Span, Timestamp, Zoned, civil::Date, tz::TimeZone};

/// `2026-03-07`, `2026-03-07T02:00:00Z`, or a span before now: `7d`, `12h`.
///
/// A bare date is its midnight in UTC.
pub fn parse(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(date) = text.parse::<Date>() {
        return date.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|error| error.to_string());
    }
    let ago =
        text.parse::<Span>().ok().and_then(|span| Zoned::now().with_time_zone(TimeZone::UTC).checked_sub(span).ok());
    ago.map(|zoned| zoned.timestamp())
        .ok_or_else(|| "expected a date, a time such as `2026-03-07T02:00:00Z`, or a span such as `7d`".to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(super::parse("2026-03-07").unwrap().to_string(), "2026-03-07T00:00:00Z");
        assert_eq!(super::parse("2026-03-07T02:00:00+01:00").unwrap().to_string(), "2026-03-07T01:00:00Z");
        let week = super::parse("7d").unwrap().duration_until(jiff::Timestamp::now());
        assert!((7 * 24..7 * 24 + 1).contains(&week.as_hours()));
        assert!(super::parse("yesterday-ish").is_err());
    }
}
