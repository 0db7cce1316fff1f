//! The laws of the architecture, on histories that nobody thought of.
//!
//! A history is a few months in a few accounts, so dense at times that findings grow, and so
//! sparse at others that warm-ups end and values are forgotten. However it is read, what is
//! found and what is learned must be what one reader finds who reads it in order and at once.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

#[allow(dead_code, reason = "every test binary uses its own part of the world")]
mod tale;
mod world;

use detect::{Batch, Memory};
use jiff::SignedDuration;
use model::Incident;
use proptest::{collection::vec, prelude::*, sample::Index, strategy::ValueTree as _};

use world::{
    Findings, Reader, Record, batch,
    history::{DAY, LATENESS, arrivals, cases, cut, history},
    story,
};

/// What is left when everything has been read.
#[derive(Debug, PartialEq)]
struct Outcomes {
    findings: Findings,
    written: String,
}

/// Reads pieces in turn, until nothing more is to come.
fn read(lateness: Option<SignedDuration>, pieces: impl IntoIterator<Item = Batch>) -> Outcomes {
    let mut reader = Reader::new(story(), lateness);
    for piece in pieces {
        reader.read(piece);
    }
    reader.finish();
    Outcomes { written: reader.written(), findings: reader.findings }
}

impl Outcomes {
    /// The first thing in which two differ: all of it fills screens.
    fn difference(&self, other: &Self) -> Option<String> {
        let (ours, theirs) = (&self.findings.0, &other.findings.0);
        let differing = ours.keys().chain(theirs.keys()).find(|id| ours.get(id) != theirs.get(id));
        if let Some(id) = differing {
            return Some(format!("{:#?}\ninstead of\n{:#?}", ours.get(id), theirs.get(id)));
        }
        let lines = self.written.lines().zip(other.written.lines());
        let differing = lines.enumerate().find(|(_, (ours, theirs))| ours != theirs);
        let line = differing.map(|(line, (ours, theirs))| format!("line {line}: {ours} instead of {theirs}"));
        line.or_else(|| (self != other).then(|| "one file is longer".to_owned()))
    }
}

/// The incidents of the same, when nothing more is to come.
fn incidents(lateness: Option<SignedDuration>, pieces: impl IntoIterator<Item = Batch>) -> Vec<Incident> {
    let (detector, mut memory) = (tale::detector(lateness), Memory::default());
    for piece in pieces {
        detector.fold(&mut memory, piece);
    }
    detector.finish(&mut memory);
    detector.incidents(&mut memory)
}

/// In order, and at once.
fn read_plainly(history: &[Record]) -> Outcomes {
    read(None, [batch(history)])
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn law_1_cutting_the_stream_anywhere_changes_nothing(history in history(), cuts in vec(any::<Index>(), 0..12)) {
        let records: Vec<&Record> = history.iter().collect();
        let plain = read_plainly(&history);
        prop_assert_eq!(read(None, cut(&records, &cuts)).difference(&plain), None);
        prop_assert_eq!(read(Some(LATENESS), cut(&records, &cuts)).difference(&plain), None);
        prop_assert_eq!(read(Some(SignedDuration::ZERO), [batch(&history)]).difference(&plain), None);
    }

    #[test]
    fn law_2_delivering_anything_twice_changes_nothing(
        history in history(),
        cuts in vec(any::<Index>(), 0..8),
        again in vec(any::<(Index, Index)>(), 1..30),
    ) {
        let plain = read_plainly(&history);
        let mut records: Vec<&Record> = history.iter().collect();
        for (record, place) in &again {
            let record = record.get(&history);
            // A copy may come at any time after its record, however late.
            let first = records.iter().position(|known| known.id == record.id).unwrap();
            records.insert(first + 1 + place.index(records.len() - first), record);
        }
        let twice = read(Some(LATENESS), cut(&records, &cuts));
        prop_assert_eq!(twice.difference(&plain), None);
    }

    #[test]
    fn law_2_reading_a_log_again_changes_nothing(history in history()) {
        let last = history.last().unwrap().time;
        let recent: Vec<&Record> =
            history.iter().filter(|record| last.duration_since(record.time).as_secs() < 90 * DAY).collect();
        let mut reader = Reader::new(story(), None);
        reader.read(batch(recent.iter().copied()));
        reader.finish();
        let before = reader.written();
        prop_assert_eq!(reader.read(batch(recent.iter().copied())), vec![]);
        prop_assert_eq!(reader.finish(), vec![]);
        prop_assert_eq!(reader.written(), before.clone());
        let mut restarted = reader.restart();
        restarted.read(batch(recent));
        prop_assert_eq!(restarted.finish(), vec![]);
        prop_assert_eq!(restarted.written(), before);
    }

    #[test]
    fn law_3_any_order_within_the_bound_gives_the_same(history in history(), cuts in vec(any::<Index>(), 0..40)) {
        let plain = read_plainly(&history);
        let records = arrivals(&history);
        prop_assert_eq!(read(Some(LATENESS), cut(&records, &cuts)).difference(&plain), None);
        prop_assert_eq!(read(Some(LATENESS), records.iter().map(|record| batch([*record]))).difference(&plain), None);
    }

    #[test]
    fn law_3_without_a_bound_any_order_gives_the_same(
        (history, shuffled) in history().prop_flat_map(|history| (Just(history.clone()), Just(history).prop_shuffle())),
        cuts in vec(any::<Index>(), 0..8),
    ) {
        let shuffled: Vec<&Record> = shuffled.iter().collect();
        prop_assert_eq!(read(None, cut(&shuffled, &cuts)).difference(&read_plainly(&history)), None);
    }
}

proptest! {
    // Each of these reads with every signal of the story.
    #![proptest_config(cases(12))]

    #[test]
    fn law_4_however_it_is_read_the_incidents_are_the_same(history in history(), cuts in vec(any::<Index>(), 0..12)) {
        let records: Vec<&Record> = history.iter().collect();
        let plain = incidents(None, [batch(&history)]);
        prop_assert_eq!(&incidents(None, cut(&records, &cuts)), &plain);
        prop_assert_eq!(&incidents(Some(LATENESS), cut(&arrivals(&history), &cuts)), &plain);
        let twice: Vec<&Record> = records.iter().chain(&records).copied().collect();
        prop_assert_eq!(&incidents(None, cut(&twice, &cuts)), &plain);
    }
}

/// A law that holds of nothing is no law: the histories must find, forget and let join.
#[test]
fn the_histories_are_eventful() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut found, mut joined, mut detections) = (0, 0, std::collections::BTreeSet::new());
    let mut serious = 0;
    for _ in 0..30 {
        let history = history().new_tree(&mut runner).unwrap().current();
        serious += incidents(None, [batch(&history)]).len();
        for finding in read_plainly(&history).findings.0.into_values() {
            found += 1;
            joined += usize::from(finding.requests > 1);
            detections.insert(finding.detection);
        }
    }
    assert_eq!(detections.len(), 6, "{detections:?}");
    assert!(serious > 30, "{serious} incidents");
    assert!(found > 300 && joined > 30, "{found} findings, {joined} of them grown");
}
