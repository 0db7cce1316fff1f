//! Several records of one request: one launch, whatever order they come in, and however late.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod world;

use std::collections::{BTreeMap, BTreeSet};

use detect::Batch;
use jiff::SignedDuration;
use model::{EventId, Finding, Outcome};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::Value;

use world::{
    COUNT, COUNT_BY_USER, Findings, IMAGE, MAIN, Part, REGION, Reader, Record, TYPE, USER, World, at, batch,
    history::{HOUR, LATENESS, arrivals, cases, cut, history},
    story, user,
};

// One request.

const LAUNCH: &str = "2026-02-18 09:20";

/// Two months of ordinary life, and a reader who waits for nothing.
fn ordinary() -> Reader {
    let mut reader = Reader::new(story(), Some(SignedDuration::ZERO));
    reader.read(batch(&World::new().ordinary_life(44).records));
    reader
}

/// Five machines in a region where nobody ever launched any.
fn request() -> Record {
    let mut record = Record::new(7, at(LAUNCH), "RunInstances", "alice", "eu-north-1");
    "request".clone_into(&mut record.id);
    (record.image, record.instance_type) = (Some("ami-base".into()), Some("m5.large".into()));
    record.instances = 5;
    record
}

fn refused() -> Record {
    Record { outcome: Outcome::Quota, ..request() }
}

/// Something that nobody launches, so that time goes on.
fn meanwhile(time: &str) -> Record {
    Record { id: format!("meanwhile-{time}"), ..Record::new(0, at(time), "CreateBucket", "bob", "us-east-1") }
}

impl Reader {
    fn hear(&mut self, record: &Record) -> Vec<Finding> {
        self.read(batch([record]))
    }

    fn about_the_region(&self) -> &Finding {
        self.findings.one(REGION, "eu-north-1")
    }

    fn knows_the_region(&self) -> bool {
        let baseline = self.memory.baseline(world::AWS, REGION).unwrap();
        baseline.entries().iter().any(|entry| &*entry.value == "eu-north-1")
    }

    /// All that alice was counted to have launched.
    fn counted(&self) -> u64 {
        let entries = self.memory.counts(world::AWS, COUNT_BY_USER).unwrap().entries();
        entries.iter().filter(|entry| *entry.value == *user(MAIN, "alice")).map(|entry| entry.seen.events).sum()
    }
}

fn ids(finding: &Finding) -> Vec<String> {
    finding.event_ids.iter().map(EventId::to_string).collect()
}

#[test]
fn a_request_that_has_begun_is_told_and_teaches_nothing() {
    let mut reader = ordinary();
    let before = reader.counted();
    reader.hear(&request().part(Part::Started, 0));
    let finding = reader.about_the_region();
    assert_eq!((finding.outcome, finding.count, finding.requests), (Outcome::Pending, 5, 1));
    assert_eq!((finding.risk_score, &finding.outcomes), (42, &BTreeMap::from([(Outcome::Pending, 1)])));
    assert!(finding.message.contains("began to launch 5 instances"), "{}", finding.message);
    assert!(!reader.knows_the_region());
    assert_eq!(reader.counted(), before);
}

#[test]
fn its_end_puts_the_finding_right() {
    for late in [30, 20 * HOUR] {
        let mut reader = ordinary();
        let before = reader.counted();
        reader.hear(&request().part(Part::Started, 0));
        let opened = reader.about_the_region().clone();
        reader.hear(&request().part(Part::Finished, late));
        let finding = reader.about_the_region();
        assert_eq!((finding.id, finding.time), (opened.id, opened.time));
        assert_eq!((finding.outcome, finding.count, finding.requests), (Outcome::Ok, 5, 1));
        assert_eq!(finding.outcomes, BTreeMap::from([(Outcome::Ok, 1)]));
        assert_eq!(ids(finding), ["request", "request-finished"]);
        assert_eq!(finding.object_id.len(), 5);
        assert!(reader.knows_the_region());
        assert_eq!(reader.counted(), before + 5);
    }
}

#[test]
fn a_request_that_failed_late_teaches_nothing() {
    let mut reader = ordinary();
    let before = reader.counted();
    reader.hear(&refused().part(Part::Started, 0));
    reader.hear(&refused().part(Part::Finished, 2 * HOUR));
    reader.hear(&meanwhile("2026-02-20 09:20"));
    let finding = reader.about_the_region();
    assert_eq!((finding.outcome, finding.count, finding.risk_score), (Outcome::Quota, 5, 21));
    assert_eq!(finding.outcomes, BTreeMap::from([(Outcome::Quota, 1)]));
    assert!(!reader.knows_the_region());
    assert_eq!(reader.counted(), before);
}

#[test]
fn what_was_accepted_and_is_not_heard_of_again_has_run() {
    let mut reader = ordinary();
    let before = reader.counted();
    reader.hear(&request().part(Part::Started, 0));
    reader.hear(&request().part(Part::Accepted, 10));
    reader.hear(&meanwhile("2026-02-19 09:19:59"));
    assert!(!reader.knows_the_region());
    reader.hear(&meanwhile("2026-02-19 09:20:00"));
    assert!(reader.knows_the_region());
    assert_eq!(reader.counted(), before + 5);
    assert_eq!(reader.about_the_region().outcome, Outcome::Ok);
}

#[test]
fn a_record_after_that_is_a_duplicate() {
    let mut reader = ordinary();
    reader.hear(&request().part(Part::Started, 0));
    reader.hear(&meanwhile("2026-02-19 09:20:00"));
    let (written, duplicates) = (reader.written(), reader.memory.duplicates());
    assert_eq!(reader.hear(&request().part(Part::Finished, 30 * HOUR)), vec![]);
    assert_eq!(reader.memory.duplicates(), duplicates + 1);
    assert_eq!(without_ids(&reader.written()), without_ids(&written));
}

#[test]
fn the_end_alone_is_a_launch() {
    let mut reader = ordinary();
    let before = reader.counted();
    reader.hear(&request().part(Part::Finished, 30));
    let finding = reader.about_the_region();
    assert_eq!((finding.outcome, finding.requests, finding.object_id.len()), (Outcome::Ok, 1, 5));
    let id = finding.id;
    // And what was asked for is told later.
    reader.hear(&request().part(Part::Started, 0));
    let finding = reader.about_the_region();
    assert_eq!((finding.id, finding.requests, finding.count, reader.counted()), (id, 1, 5, before + 5));
    assert_eq!(finding.image_id, ["ami-base"]);
}

#[test]
fn a_hundred_machines_of_one_request_are_one_launch() {
    let request = Record { instances: 100, ..request() };
    let mut reader = ordinary();
    let before = reader.counted();
    let mut records = vec![request.part(Part::Started, 0)];
    records.extend((0..100).map(|nth| request.part(Part::Machine(nth), 5 + i64::from(nth))));
    for record in &records {
        reader.hear(record);
    }
    let finding = reader.about_the_region();
    assert_eq!((finding.requests, finding.count), (1, 100));
    assert_eq!((finding.event_ids.len(), finding.object_id.len()), (101, 100));
    assert_eq!(reader.counted(), before + 100);
    let counted = reader.findings.one(COUNT_BY_USER, &user(MAIN, "alice"));
    assert_eq!((counted.requests, counted.count, counted.event_ids.len()), (1, 100, 101));
}

#[test]
fn machines_without_their_request_are_counted_as_they_come() {
    let request = Record { instances: 100, ..request() };
    let mut reader = ordinary();
    let before = reader.counted();
    for nth in (0..100).rev() {
        reader.hear(&request.part(Part::Machine(nth), i64::from(nth)));
    }
    assert_eq!(reader.counted(), before + 100);
    let counted = reader.findings.one(COUNT_BY_USER, &user(MAIN, "alice"));
    assert_eq!((counted.requests, counted.count, counted.object_id.len()), (1, 100, 100));
    assert_eq!(reader.about_the_region().count, 100);
}

/// Azure writes `modified` until it knows better.
#[test]
fn what_it_was_may_stand_in_the_last_record() {
    let mut reader = ordinary();
    reader.hear(&request().part(Part::Accepted, 10));
    assert!(reader.findings.about(REGION, "eu-north-1").is_empty());
    reader.hear(&request().part(Part::Finished, 3 * HOUR));
    assert_eq!(reader.about_the_region().requests, 1);
}

#[test]
fn a_restart_forgets_neither_what_ended_nor_what_has_yet_to() {
    let mut reader = ordinary();
    let before = reader.counted();
    reader.hear(&request().part(Part::Started, 0));
    let mut reader = reader.restart();
    // It has not ended, so its records must come again.
    reader.hear(&request().part(Part::Started, 0));
    reader.hear(&request().part(Part::Accepted, 10));
    reader.hear(&request().part(Part::Finished, 20));
    assert_eq!(reader.counted(), before + 5);
    let mut reader = reader.restart();
    reader.hear(&request().part(Part::Machine(3), 30));
    assert_eq!((reader.counted(), reader.memory.duplicates()), (before + 5, 1));
}

// Any number of requests.

/// The records of each launch: which parts, how many seconds after it began they are written,
/// and how many after that they arrive. The last arrives before `within` seconds are over.
fn split(history: &[Record], shapes: &[(usize, [i64; 2])], within: i64) -> Vec<Record> {
    let mut records = Vec::new();
    for (number, record) in history.iter().enumerate() {
        let (shape, seconds) = shapes[number % shapes.len()];
        if !record.is_launch() {
            records.push(record.clone());
            continue;
        }
        for (position, (part, share)) in parts(record, shape).into_iter().enumerate() {
            let written = seconds[0] % within * share / 100;
            let mut record = record.part(part, written);
            // What is written later is not always read later.
            let delay = (seconds[1] + 977 * i64::try_from(position).unwrap()) % (within - written);
            record.arrival += SignedDuration::from_secs(delay);
            records.push(record);
        }
    }
    records
}

/// Each with the share of the time that the whole takes, in percent.
fn parts(record: &Record, shape: usize) -> Vec<(Part, i64)> {
    match shape {
        0 => vec![(Part::Whole, 0)],
        1 => vec![(Part::Started, 0), (Part::Finished, 100)],
        2 if record.succeeded() => {
            let machines = (0..record.instances).map(|nth| (Part::Machine(nth), 50 + i64::from(nth)));
            std::iter::once((Part::Started, 0)).chain(machines).collect()
        }
        _ => vec![(Part::Started, 0), (Part::Accepted, 40), (Part::Finished, 100)],
    }
}

fn shapes() -> impl Strategy<Value = Vec<(usize, [i64; 2])>> {
    vec((0..4_usize, [0..24 * HOUR, 0..24 * HOUR]), 1..20)
}

/// Findings, with the requests they hold instead of their records; then what was learned and
/// counted, without the ids of what it was learned from.
fn lines(reader: &Reader) -> Vec<String> {
    let finding = |finding: &Finding| {
        let request = |id: String| id.split('-').next().unwrap_or_default().to_owned();
        let requests: BTreeSet<String> = ids(finding).into_iter().map(request).collect();
        format!("{:?} of {requests:?}", Finding { event_ids: Vec::new(), ..finding.clone() })
    };
    let learned = serde_json::to_string_pretty(&without_ids(&reader.written())).unwrap();
    reader.findings.0.values().map(finding).chain(learned.lines().map(str::to_owned)).collect()
}

/// The first thing in which two differ.
fn difference(ours: &Reader, theirs: &Reader) -> Option<String> {
    let (ours, theirs) = (lines(ours), lines(theirs));
    let differing = ours.iter().zip(&theirs).find(|(ours, theirs)| ours != theirs);
    let line = differing.map(|(ours, theirs)| format!("{ours}\ninstead of\n{theirs}"));
    line.or_else(|| (ours.len() != theirs.len()).then(|| "there is more of one".to_owned()))
}

/// What was learned and counted.
fn without_ids(written: &str) -> Value {
    let mut file: Value = serde_json::from_str(written).unwrap();
    for product in file["products"].as_object_mut().unwrap().values_mut() {
        for key in ["events", "events_since", "operations", "coverage"] {
            product[key].take();
        }
    }
    file
}

fn read(lateness: Option<SignedDuration>, pieces: impl IntoIterator<Item = Batch>) -> Reader {
    let mut reader = Reader::new(story(), lateness);
    for piece in pieces {
        reader.read(piece);
    }
    reader.finish();
    reader
}

fn read_whole(history: &[Record]) -> Reader {
    let whole: Vec<Record> =
        history.iter().map(|record| if record.is_launch() { record.as_operation() } else { record.clone() }).collect();
    read(None, [batch(&whole)])
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn records_within_the_bound_are_as_good_as_one(
        history in history(),
        shapes in shapes(),
        cuts in vec(any::<Index>(), 0..40),
        again in vec(any::<(Index, Index)>(), 0..20),
    ) {
        let whole = read_whole(&history);
        let records = split(&history, &shapes, LATENESS.as_secs());
        let mut arriving = arrivals(&records);
        for (record, place) in &again {
            let record = record.get(&records);
            let first = arriving.iter().position(|known| known.id == record.id).unwrap();
            arriving.insert(first + 1 + place.index(arriving.len() - first), record);
        }
        for lateness in [None, Some(LATENESS)] {
            let read = read(lateness, cut(&arriving, &cuts));
            prop_assert_eq!(difference(&read, &whole), None);
        }
        let each = read(Some(LATENESS), arriving.iter().map(|record| batch([*record])));
        prop_assert_eq!(difference(&each, &whole), None);
    }

    #[test]
    fn without_a_bound_any_order_of_records_is_as_good_as_one(
        (history, shapes) in (history(), shapes()),
        order in vec(any::<Index>(), 300),
    ) {
        let records = split(&history, &shapes, 23 * HOUR);
        let mut left: Vec<&Record> = records.iter().collect();
        let shuffled: Vec<&Record> =
            order.iter().cycle().map_while(|next| (!left.is_empty()).then(|| left.swap_remove(next.index(left.len())))).collect();
        prop_assert_eq!(difference(&read(None, [batch(shuffled)]), &read_whole(&history)), None);
    }

    #[test]
    fn records_beyond_the_bound_are_counted_and_learned_once(history in history(), shapes in shapes()) {
        let records = split(&history, &shapes, 23 * HOUR);
        let arriving = arrivals(&records);
        for lateness in [SignedDuration::ZERO, LATENESS] {
            let read = read(Some(lateness), arriving.iter().map(|record| batch([*record])));
            check_learned(&read, &history);
            check_counted(&read, &history);
            read.findings.0.values().for_each(check_finding);
            check_ended(&read.findings);
        }
    }
}

/// Every successful launch was learned once, and nothing else.
fn check_learned(reader: &Reader, history: &[Record]) {
    let ran: Vec<&Record> = history.iter().filter(|record| record.is_launch() && record.succeeded()).collect();
    let of = |record: &&Record, detection| match detection {
        REGION => record.region.clone(),
        TYPE => record.instance_type.clone(),
        _ => None,
    };
    for detection in [REGION, TYPE] {
        let values: BTreeSet<String> = ran.iter().filter_map(|record| of(record, detection)).collect();
        let baseline = reader.memory.baseline(world::AWS, detection);
        let known = baseline.map(detect::Baseline::entries).unwrap_or_default();
        assert_eq!(known.iter().map(|entry| entry.value.to_string()).collect::<BTreeSet<_>>(), values);
    }
    let attributed = ran.iter().filter(|record| record.who != "service").count() as u64;
    let baseline = reader.memory.baseline(world::AWS, USER).unwrap();
    let learned: u64 = baseline.entries().iter().map(|entry| entry.seen.events).sum();
    assert!(learned <= 2 * attributed, "{learned} sightings of {attributed} launches, in two scopes");
}

fn check_counted(reader: &Reader, history: &[Record]) {
    let ran = history.iter().filter(|record| record.is_launch() && record.succeeded());
    let instances: u64 = ran.map(|record| u64::from(record.instances)).sum();
    let entries = reader.memory.counts(world::AWS, COUNT).map(detect::Counts::entries).unwrap_or_default();
    // The oldest hours of a long history may be out of the window by now.
    let counted: u64 = entries.iter().map(|entry| entry.seen.events).sum();
    assert!(counted <= instances, "{counted} of {instances}");
}

fn check_finding(finding: &Finding) {
    assert_eq!(finding.outcomes.values().sum::<u64>(), finding.requests);
    let records: BTreeSet<&EventId> = finding.event_ids.iter().collect();
    assert_eq!(records.len(), finding.event_ids.len(), "a record joined twice: {finding:#?}");
    let objects: BTreeSet<_> = finding.object_id.iter().collect();
    assert_eq!(objects.len(), finding.object_id.len(), "a machine joined twice: {finding:#?}");
}

/// A finding that another has followed on the same value keeps what it said; in all others, what
/// has ended is no longer pending.
fn check_ended(findings: &Findings) {
    for (id, finding) in &findings.0 {
        // A copy may have become known between the two.
        let is_followed = findings
            .about(&finding.detection, &finding.value)
            .iter()
            .any(|later| later.time > finding.time && later.vendor_account == finding.vendor_account);
        let is_image = &*finding.detection == IMAGE;
        assert!(is_image || is_followed || !finding.outcomes.contains_key(&Outcome::Pending), "{id} {finding:#?}");
    }
}
