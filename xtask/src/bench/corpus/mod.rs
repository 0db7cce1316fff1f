//! `cargo xtask bench corpus`: logs in bulk, as the clouds lay them out and about as hard to unpack.
//!
//! Each file follows from the seed and its number alone, so that any number of threads write the
//! same bytes. The records of AWS are those of the sample, and many more kinds that are no
//! launches; some of them only look like one. Those of Google Cloud and Azure are of fewer kinds.

mod azure;
mod estate;
mod file;
mod google;
mod noise;
mod plan;
mod stream;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};

pub(crate) use self::plan::{Cloud, Shape};
use self::plan::{FilePlan, files};

/// What the logs are to be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    pub(crate) cloud: Cloud,
    /// Bytes of JSON, about.
    pub(crate) bytes: u64,
    pub(crate) shape: Shape,
    /// Of all records, those that are launches.
    pub(crate) launch_share: f64,
    /// Of all records, those that name a launch in an escaped text and are none.
    pub(crate) decoy_share: f64,
    pub(crate) seed: u64,
    pub(crate) days: u64,
}

/// As in the logs that were looked at: three and a half launches in a thousand, and as many decoys.
pub(crate) const DEFAULT: Options = Options {
    cloud: Cloud::Aws,
    bytes: 500_000_000,
    shape: Shape::Mixed,
    launch_share: 0.0036,
    decoy_share: 0.0037,
    seed: 1,
    days: 30,
};

/// What was written.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) files: u64,
    pub(crate) records: u64,
    pub(crate) launches: u64,
    pub(crate) decoys: u64,
    pub(crate) unpacked_bytes: u64,
    pub(crate) packed_bytes: u64,
}

/// Writes the logs below `folder`, on all cores.
pub(crate) fn write(folder: &Path, options: &Options) -> Result<Facts> {
    let plans = files(options);
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> =
            (0..workers).map(|_| scope.spawn(|| write_some(folder, options, &plans, &next))).collect();
        let mut facts = Facts::default();
        for worker in workers {
            facts.add(&worker.join().expect("a writer returns its errors and does not panic")?);
        }
        Ok(facts)
    })
}

fn write_some(folder: &Path, options: &Options, plans: &[FilePlan], next: &AtomicUsize) -> Result<Facts> {
    let mut facts = Facts::default();
    while let Some(plan) = plans.get(next.fetch_add(1, Ordering::Relaxed)) {
        let file = file::write(plan, options);
        let path = folder.join(&file.name);
        let parent = path.parent().context("a log lies in the folder of its day")?;
        fs::create_dir_all(parent).with_context(|| format!("creating `{}`", parent.display()))?;
        fs::write(&path, &file.bytes).with_context(|| format!("writing `{}`", path.display()))?;
        facts.add(&file.facts);
    }
    Ok(facts)
}

impl Facts {
    fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.records += other.records;
        self.launches += other.launches;
        self.decoys += other.decoys;
        self.unpacked_bytes += other.unpacked_bytes;
        self.packed_bytes += other.packed_bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::{Cloud, DEFAULT, Options, Shape, file, files};

    #[test]
    fn the_logs_are_as_asked_for() {
        for cloud in [Cloud::Aws, Cloud::Google, Cloud::Azure] {
            check(&Options { cloud, bytes: 3_000_000, ..DEFAULT });
        }
    }

    fn check(options: &Options) {
        let made: Vec<_> = files(options).iter().map(|plan| file::write(plan, options).facts).collect();
        let sum = |count: fn(&super::Facts) -> u64| made.iter().map(count).sum::<u64>();
        let (records, bytes, packed) =
            (sum(|facts| facts.records), sum(|facts| facts.unpacked_bytes), sum(|facts| facts.packed_bytes));
        assert!((2_400_000..3_600_000).contains(&bytes), "{bytes} bytes");
        let mean = options.cloud.mean_record_bytes();
        assert!((mean - 240..mean + 160).contains(&(bytes / records)), "{} bytes a record", bytes / records);
        assert!((6..=16).contains(&(bytes / packed)), "packed {bytes} to {packed}");
        assert!(sum(|facts| facts.launches) > 0 && sum(|facts| facts.decoys) > 0);
    }

    #[test]
    fn a_file_follows_from_its_number() {
        let options = Options { bytes: 100_000, shape: Shape::Small, ..DEFAULT };
        let plans = files(&options);
        let other = Options { seed: 2, ..options };
        assert_eq!(file::write(&plans[1], &options).bytes, file::write(&files(&options)[1], &options).bytes);
        assert_ne!(file::write(&plans[1], &options).bytes, file::write(&files(&other)[1], &other).bytes);
    }
}
