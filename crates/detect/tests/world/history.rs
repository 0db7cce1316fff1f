//! Histories that nobody thought of: a few months in a few accounts, and the order in which they arrive.

use detect::Batch;
use jiff::SignedDuration;
use model::Outcome;
use proptest::{collection::vec, prelude::*, sample::Index};

use super::{MAIN, OTHER, Record, START, at, batch};

pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;
/// The bound on lateness under test.
pub(crate) const LATENESS: SignedDuration = SignedDuration::from_hours(1);

/// One record, and how long after the one before it happened.
fn step() -> impl Strategy<Value = (i64, Record)> {
    let gap = prop_oneof![4 => 0..900_i64, 3 => HOUR..30 * HOUR, 1 => 3 * DAY..12 * DAY];
    let place = (0..3_usize, 0..3_usize, 0..5_usize);
    let machine = (0..4_usize, 0..3_usize, prop_oneof![4 => 1..3_u32, 1 => 10..40_u32]);
    (gap, place, machine, 0..8_usize, 0..8_usize, 0..HOUR).prop_map(
        |(gap, (account, region, who), (image, instance_type, instances), command, outcome, delay)| {
            let who = ["alice", "bob", "role/ci:build", "root", "service"][who];
            let command = ["CopyImage", "GetObject", "CreateBucket"].get(command).unwrap_or(&"RunInstances");
            let region = ["us-east-1", "eu-north-1", "ap-southeast-2"][region];
            let mut record = Record::new(0, at(START), command, who, region);
            record.account = [MAIN, OTHER, "777788889999"][account].into();
            record.image = Some(["ami-base", "ami-web", "ami-copy", "ami-miner"][image].to_owned());
            record.instance_type = Some(["m5.large", "c5.large", "p3.16xlarge"][instance_type].to_owned());
            record.made = (*command == "CopyImage").then(|| "ami-copy".to_owned());
            record.outcome = *[Outcome::Denied, Outcome::DryRun, Outcome::Quota].get(outcome).unwrap_or(&Outcome::Ok);
            record.instances = instances;
            // For now, how much later than it happened it arrives.
            record.arrival = record.time + SignedDuration::from_secs(delay);
            (gap, record)
        },
    )
}

/// Records by time; ids are in no order, for ties are broken by them.
pub(crate) fn history() -> impl Strategy<Value = Vec<Record>> {
    vec(step(), 20..70).prop_map(|steps| {
        let mut time = at(START);
        let mut history = Vec::new();
        for (number, (gap, mut record)) in steps.into_iter().enumerate() {
            let delay = record.arrival.duration_since(record.time);
            time += SignedDuration::from_secs(gap);
            (record.time, record.arrival) = (time, time + delay);
            record.id = format!("e{}", number * 7919 % 1000);
            history.push(record);
        }
        history
    })
}

/// As they arrive, each within the bound on lateness.
pub(crate) fn arrivals(history: &[Record]) -> Vec<&Record> {
    let mut arrivals: Vec<&Record> = history.iter().collect();
    arrivals.sort_by_key(|record| record.arrival);
    arrivals
}

/// Cuts anywhere; a cut at the same place twice gives an empty piece.
pub(crate) fn cut(records: &[&Record], cuts: &[Index]) -> Vec<Batch> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(records.len() + 1)).collect();
    cuts.extend([0, records.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|cut| batch(records[cut[0]..cut[1]].iter().copied())).collect()
}

pub(crate) fn cases(cases: u32) -> ProptestConfig {
    // Nothing is written into the repository by a test that fails.
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}
