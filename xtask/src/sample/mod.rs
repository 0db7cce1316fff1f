//! `cargo xtask sample`: five weeks in the life of an invented company, ending with a theft.
//!
//! The logs lie in `sample/` as `CloudTrail` lays them out, 2026-02-02 to 2026-03-08. Nothing in
//! them is real and nothing is random: the generator writes the same bytes every time.
//!
//! What a detection should notice once it has learned:
//! - on 02-17 and 02-24 the web fleets get a new image, one region after the other;
//! - on 02-25 a new colleague launches for the first time;
//! - on 02-26 Terraform launches a type that is new, `m6i.xlarge`;
//! - on 03-07 at 03:12 the key of `svc-backup` is used to start 34 machines in five regions that
//!   were never used, and is refused in a sixth.
//!
//! What it should not notice: a bucket made in a region without launches, a new IAM user, dry
//! runs of Karpenter, a zone without capacity, and a record that was delivered twice.

pub(crate) mod actor;
pub(crate) mod calendar;
mod company;
pub(crate) mod launch;
pub(crate) mod layout;
mod life;
pub(crate) mod network;
pub(crate) mod record;
pub(crate) mod rng;
mod store;
mod theft;

use std::path::PathBuf;

use anyhow::{Result, bail};

use self::calendar::Day;
use self::company::{DEVELOPMENT, PRODUCTION, VIRGINIA};
use self::layout::Files;
use self::record::Record;
use crate::repository;

/// Replaces what is in `sample/`.
pub(crate) fn write() -> Result<()> {
    let files = files();
    let bytes = store::write(&folder(), &files)?;
    println!("{} files, {} KiB packed, in `{}`", files.len(), bytes / 1024, folder().display());
    Ok(())
}

/// Fails if `sample/` is anything but what [`write`] would leave there.
pub(crate) fn check() -> Result<()> {
    let stale = store::differences(&folder(), &files())?;
    if stale.is_empty() {
        return Ok(());
    }
    bail!("`sample/` is stale:\n  {}\nhint: run `cargo xtask sample`", stale.join("\n  "));
}

/// The whole sample: path to unpacked text.
pub(crate) fn files() -> Files {
    let records: Vec<Record> = Day::all().flat_map(|day| life::day(day).into_iter().chain(theft::day(day))).collect();
    let twice = delivered_twice(&records);
    let mut files = layout::files(records);
    files.extend(twice);
    files.extend([layout::digest(&files, PRODUCTION, VIRGINIA, FIRST_DAY.at(23, 59, 59))]);
    files
}

/// `CloudTrail` promises to deliver at least once. Here a launch of a build comes a second time,
/// in a file of its own.
fn delivered_twice(records: &[Record]) -> Option<(String, String)> {
    let day = DAY_OF_SECOND_DELIVERY;
    let second = records.iter().find(|record| {
        let build = record.account == DEVELOPMENT && record.region == VIRGINIA && record.body.is("RunInstances");
        build && record.at >= day.at(0, 0, 0)
    })?;
    let folder = layout::folder("CloudTrail", second.account, second.region, second.at);
    Some(layout::file(&folder, vec![second.clone()]))
}

fn folder() -> PathBuf {
    repository::root().join("sample")
}

const FIRST_DAY: Day = Day { number: 0 };
const DAY_OF_SECOND_DELIVERY: Day = Day { number: 29 };

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::files;

    #[test]
    fn the_theft_is_as_the_module_says() {
        let records = records();
        let stolen: Vec<&Value> = records.iter().filter(|r| r["sourceIPAddress"] == "198.51.100.77").collect();
        let launches = stolen.iter().filter(|r| r["eventName"] == "RunInstances");
        let regions: BTreeSet<&str> = launches.clone().filter_map(|r| r["awsRegion"].as_str()).collect();
        assert_eq!((launches.map(|r| instances(r)).sum::<usize>(), regions.len()), (34, 6));
        assert!(stolen.iter().all(|r| r["eventTime"].as_str() >= Some("2026-03-07T03:12:08Z")));
        assert!(stolen.iter().all(|r| r["eventTime"].as_str() < Some("2026-03-07T03:19:08Z")));
    }

    #[test]
    fn one_record_comes_twice() {
        let records = records();
        let ids: BTreeSet<&str> = records.iter().filter_map(|r| r["eventID"].as_str()).collect();
        assert_eq!(records.len() - ids.len(), 1);
    }

    fn records() -> Vec<Value> {
        let parse = |text: &String| serde_json::from_str::<Value>(text).expect("the generator writes JSON");
        files().values().flat_map(|text| parse(text)["Records"].as_array().cloned().unwrap_or_default()).collect()
    }

    fn instances(record: &Value) -> usize {
        record["responseElements"]["instancesSet"]["items"].as_array().map_or(0, Vec::len)
    }
}
