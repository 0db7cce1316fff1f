//! Times as they are found in logs: `2024-08-01T11:30:23Z`, and what exports make of it.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::Offset};

/// AWS launched its first instance in 2006. A time before that, or a century later, is a
/// mistake, and one such event would stretch the time that is said to have been read.
const EARLIEST: i64 = 1_136_073_600; // 2006-01-01
const DAY: i64 = 86_400;
const LATEST: i64 = 4_102_444_800; // 2100-01-01

/// Reads the times of records that stand together: most are of the day of the one before.
#[derive(Default)]
pub(crate) struct Clock {
    /// `2024-08-01T`
    day: [u8; 11],
    midnight: i64,
}

impl Clock {
    /// As [`parse`] does.
    pub(crate) fn parse(&mut self, text: &[u8]) -> Option<Timestamp> {
        self.on_this_day(text).or_else(|| {
            let time = parse(text)?;
            // In another zone the day would begin at another moment.
            if let Some((day, time_of_day)) = text.split_first_chunk()
                && time_of_day.get(8..).is_some_and(|rest| split_fraction(rest).1 == b"Z")
            {
                self.day = *day;
                self.midnight = time.as_second().div_euclid(DAY) * DAY;
            }
            Some(time)
        })
    }

    /// `HH:MM:SSZ` behind the day that is known, with a fraction or without.
    #[inline]
    fn on_this_day(&self, text: &[u8]) -> Option<Timestamp> {
        let (day, rest) = text.split_first_chunk()?;
        let (time, rest) = rest.split_first_chunk()?;
        let (fraction, zone) = split_fraction(rest);
        if *day != self.day || zone != b"Z" {
            return None;
        }
        let second = self.midnight + second_of_day(*time)?;
        Timestamp::new(second, nanoseconds(fraction)?).ok()
    }
}

/// `HH:MM:SS`, all of it at once: no time has a second sixty here.
#[inline]
fn second_of_day(time: [u8; 8]) -> Option<i64> {
    const ZEROES: u64 = u64::from_le_bytes(*b"00:00:00");
    // To what is no digit this adds up to a topmost bit; nor is a colon anything but a colon.
    const BEYOND: u64 = u64::from_le_bytes([0x76, 0x76, 0x7f, 0x76, 0x76, 0x7f, 0x76, 0x76]);
    const TOPMOST: u64 = u64::from_le_bytes([0x80; 8]);
    let digits = u64::from_le_bytes(time) ^ ZEROES;
    if (digits | (digits & !TOPMOST).wrapping_add(BEYOND)) & TOPMOST != 0 {
        return None;
    }
    let [h1, h2, _, m1, m2, _, s1, s2] = digits.to_le_bytes().map(i64::from);
    let (hour, minute, second) = (h1 * 10 + h2, m1 * 10 + m2, s1 * 10 + s2);
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

/// A time of an event, or `None` when it cannot be one. No zone means UTC.
pub(crate) fn parse(text: &[u8]) -> Option<Timestamp> {
    let (date, rest) = text.trim_ascii().split_at_checked(19)?;
    let (fraction, zone) = split_fraction(rest);
    let local = Offset::UTC.to_timestamp(date_time(date, nanoseconds(fraction)?)?).ok()?;
    let time = local.checked_sub(SignedDuration::from_secs(offset_seconds(zone.trim_ascii())?)).ok()?;
    (EARLIEST..LATEST).contains(&time.as_second()).then_some(time)
}

/// A time in units of 100 nanoseconds since the year 1, as Azure counts.
pub(crate) fn of_ticks(ticks: u64) -> Option<Timestamp> {
    const A_SECOND: i64 = 10_000_000;
    const YEAR_1970: i64 = 62_135_596_800;
    let ticks = i64::try_from(ticks).ok()?;
    let second = ticks / A_SECOND - YEAR_1970;
    let nanosecond = i32::try_from(ticks % A_SECOND * 100).ok()?;
    (EARLIEST..LATEST).contains(&second).then(|| Timestamp::new(second, nanosecond).ok())?
}

fn date_time(text: &[u8], nanoseconds: i32) -> Option<DateTime> {
    let punctuation = [text[4], text[7], text[13], text[16]] == *b"--::" && matches!(text[10], b'T' | b't' | b' ');
    if !punctuation {
        return None;
    }
    let [month, day, hour, minute, second] = [5, 8, 11, 14, 17].map(|at| digits(&text[at..at + 2]));
    let year = i16::try_from(digits(&text[..4])?).ok()?;
    DateTime::new(year, narrow(month)?, narrow(day)?, narrow(hour)?, narrow(minute)?, narrow(second)?, nanoseconds).ok()
}

fn split_fraction(text: &[u8]) -> (&[u8], &[u8]) {
    let Some(b'.' | b',') = text.first() else { return (b"", text) };
    let end = text[1..].iter().position(|byte| !byte.is_ascii_digit()).map_or(text.len(), |length| length + 1);
    text.split_at(end)
}

/// How many nanoseconds the last digit of a fraction stands for, by the length of the fraction.
const UNITS: [i32; 10] = [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1];

/// `.5` is half a second; digits beyond the ninth are dropped.
fn nanoseconds(fraction: &[u8]) -> Option<i32> {
    let Some((_, places)) = fraction.split_first() else { return Some(0) };
    if places.is_empty() {
        return None;
    }
    let places = &places[..places.len().min(9)];
    Some(digits(places)? * UNITS[places.len()])
}

/// How far a zone is ahead of UTC.
fn offset_seconds(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match zone {
        b"" | b"Z" | b"z" | b"UTC" | b"GMT" => return Some(0),
        [sign, hours @ ..] if hours.len() == 2 => (sign, digits(hours)?, 0),
        [sign, h1, h2, minutes @ ..] if minutes.len() == 2 => (sign, digits(&[*h1, *h2])?, digits(minutes)?),
        [sign, h1, h2, b':', minutes @ ..] if minutes.len() == 2 => (sign, digits(&[*h1, *h2])?, digits(minutes)?),
        _ => return None,
    };
    let seconds = i64::from(hours * 3600 + minutes * 60);
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

fn digits(text: &[u8]) -> Option<i32> {
    text.iter().try_fold(0, |number, &digit| digit.is_ascii_digit().then(|| number * 10 + i32::from(digit - b'0')))
}

fn narrow(number: Option<i32>) -> Option<i8> {
    i8::try_from(number?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_time_is_read() {
        let check = |text: &str, expected: &str| {
            assert_eq!(parse(text.as_bytes()).map(|time| time.to_string()).as_deref(), Some(expected), "{text}");
        };
        check("2024-08-01T11:30:23Z", "2024-08-01T11:30:23Z");
        check("2024-08-01T11:30:23.5Z", "2024-08-01T11:30:23.5Z");
        check("2024-08-01t11:30:23,123456z", "2024-08-01T11:30:23.123456Z");
        check("2024-12-16 18:41:07.000000000", "2024-12-16T18:41:07Z");
        check("2024-12-16 18:41:07.1234567891", "2024-12-16T18:41:07.123456789Z");
        check("2022-10-20 14:16:43", "2022-10-20T14:16:43Z");
        check("2022-10-20 14:16:43 UTC", "2022-10-20T14:16:43Z");
        check("2022-02-08 09:23:37+11:00", "2022-02-07T22:23:37Z");
        check("2022-02-08T09:23:37-0530", "2022-02-08T14:53:37Z");
        check("2022-02-08T09:23:37+00", "2022-02-08T09:23:37Z");
        check(" 2024-02-29T23:59:59Z ", "2024-02-29T23:59:59Z");
        check("2006-01-01T00:00:00Z", "2006-01-01T00:00:00Z");
        check("2099-12-31T23:59:59Z", "2099-12-31T23:59:59Z");
    }

    #[test]
    fn ticks_are_a_time_in_range() {
        let time = of_ticks(636_923_208_048_336_028).map(|time| time.to_string());
        assert_eq!(time.as_deref(), Some("2019-05-01T15:20:04.8336028Z"));
        assert!(
            [0, 111_111_111_111_111_111, 2_193_871_283_612_873_612, u64::MAX].iter().all(|&t| of_ticks(t).is_none())
        );
    }

    #[test]
    fn a_clock_reads_what_the_parser_reads() {
        let mut clock = Clock::default();
        for text in [
            "2024-08-01T11:30:23Z",
            "2024-08-01T00:00:00Z",
            "2024-08-01T23:59:59Z",
            "2024-08-01T24:00:00Z",
            "2024-08-01T11:60:00Z",
            "2024-08-01T11:30:60Z",
            "2024-08-01T1a:30:00Z",
            "2024-08-01T11:30:23.5Z",
            "2024-08-01T11:30:23,1234567891Z",
            "2024-08-01T11:30:23.Z",
            "2024-08-01T11:30:23.5z",
            "2024-08-01T11:30:23.000000001Z",
            "2024-08-01T11:30:23.5+02:00",
            "2024-08-03T11:30:23.25Z",
            "2024-08-03T11:30:24.26Z",
            "2024-08-03T11:30:25",
            " 2024-08-03T11:30:25Z",
            "2024-08-03T11:30:25Z ",
            "2024-08-01T11:30:23+02:00",
            "2024-08-02T00:00:00+02:00",
            "2024-08-02T03:00:00Z",
            "2024-02-30T00:00:00Z",
            "2024-02-30T00:00:01Z",
        ] {
            assert_eq!(clock.parse(text.as_bytes()), parse(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "yesterday",
            "2024-13-01T00:00:00Z",
            "2024-02-30T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01",
            "2024-01-01T00:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00X",
            "2024-01-01T00:00:00*00:00",
            "2024-01-01T00:00:00+1",
            "2005-12-31T23:59:59Z",
            "2100-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "20240101T000000Z0000",
            "2024/01/01 00:00:00",
            "\u{661}\u{661}\u{661}\u{661}-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
