//! Which files there will be: whose, where, when, and how long.

use std::fmt;
use std::str::FromStr;

use super::Options;
use super::estate::{ACCOUNTS, REGIONS};
use crate::sample::rng::Rng;

/// How many records a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As a busy trail delivers: a few large files, many of some hundred records.
    Mixed,
    /// As most trails deliver: 3 to 59 records, 28 kB of JSON in the mean.
    Small,
    /// 32 MB of JSON each.
    Big,
    /// This many in every file.
    Records(u64),
}

/// Whose logs they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cloud {
    Aws,
    Google,
    Azure,
}

impl FromStr for Cloud {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "aws" => Ok(Self::Aws),
            "google" => Ok(Self::Google),
            "azure" => Ok(Self::Azure),
            other => Err(format!("`{other}` is none of aws, google, azure")),
        }
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aws => "aws",
            Self::Google => "google",
            Self::Azure => "azure",
        })
    }
}

impl Cloud {
    /// What a record takes, found by making many.
    pub(crate) fn mean_record_bytes(self) -> u64 {
        match self {
            Self::Aws => 1540,
            Self::Google | Self::Azure => 2300,
        }
    }
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "mixed" => Ok(Self::Mixed),
            "small" => Ok(Self::Small),
            "big" => Ok(Self::Big),
            number => number
                .parse()
                .map(Self::Records)
                .map_err(|_| format!("`{number}` is none of mixed, small, big, and no number")),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mixed => f.write_str("mixed"),
            Self::Small => f.write_str("small"),
            Self::Big => f.write_str("big"),
            Self::Records(records) => records.fmt(f),
        }
    }
}

impl Shape {
    fn records(self, rng: &mut Rng) -> u64 {
        let classes: &[(u64, u64)] = match self {
            Self::Records(records) => return records,
            Self::Small => &[(3, 8), (6, 20), (12, 30), (25, 59)],
            Self::Mixed => &[(50, 90), (60, 220), (60, 220), (200, 450), (450, 1600), (1600, 5000)],
            Self::Big => &[(20_500, 22_500)],
        };
        let (fewest, most) = *rng.pick(classes);
        rng.between(fewest, most)
    }
}

/// One file, before it is written.
#[derive(Debug)]
pub(crate) struct FilePlan {
    pub(crate) number: usize,
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) day: i64,
    /// Seconds after midnight at which it begins.
    pub(crate) second: u64,
    pub(crate) records: u64,
}

/// As many files as give the bytes asked for, the days in order.
pub(crate) fn files(options: &Options) -> Vec<FilePlan> {
    let mut rng = Rng::new(&format!("corpus {} plan", options.seed));
    let mut lengths = Vec::new();
    let mut left = options.bytes / options.cloud.mean_record_bytes();
    while left > 0 {
        let records = options.shape.records(&mut rng).min(left);
        lengths.push(records);
        left = left.saturating_sub(records);
    }
    let files = lengths.len() as u64;
    let day = |number: usize| i64::try_from(number as u64 * options.days / files).unwrap_or_default();
    let plans = lengths.into_iter().enumerate().map(|(number, records)| FilePlan {
        number,
        account: weighted(ACCOUNTS, &mut rng),
        region: weighted(REGIONS, &mut rng),
        day: day(number),
        second: rng.between(0, LAST_START),
        records,
    });
    plans.collect()
}

fn weighted(choices: &[(&'static str, u64)], rng: &mut Rng) -> &'static str {
    let mut left = rng.between(1, choices.iter().map(|(_, weight)| weight).sum());
    for (choice, weight) in choices {
        if left <= *weight {
            return choice;
        }
        left -= weight;
    }
    choices[0].0
}

/// A file covers a quarter of an hour of one day.
const LAST_START: u64 = 86_400 - 900;
