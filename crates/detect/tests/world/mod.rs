//! A small world for tests: people launch instances, and two detectors read the same log.
//!
//! ```text
//! World::new().ordinary_life(60).launch("2026-02-18 03:10", "mallory", "ap-southeast-2").image("ami-miner")
//! ```
//!
//! [`World::davy`] answers with Davy's findings, [`World::original`] with the alerts of the
//! story as it was published. Names of people: `alice` is an IAM user, `role/ci:build` a session
//! of a role, `root` the root of the account, `service` a service that acts in its own name.

#![allow(dead_code, reason = "every test binary uses its own part of the world")]

pub(crate) mod history;
mod record;

use std::{collections::BTreeMap, fs, path::PathBuf};

use detect::{Batch, Calendar, Detection, Detector, Memory};
use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::DateTime, tz::TimeZone};
use model::{Coverage, Finding, FindingId, Outcome, Span, VendorProduct};

#[allow(unused_imports, reason = "every test binary uses its own part of the world")]
pub(crate) use record::{Part, Record};

pub(crate) const AWS: VendorProduct = VendorProduct::AwsCloudTrail;
pub(crate) const GOOGLE: VendorProduct = VendorProduct::GoogleCloudAuditLogs;

/// Where ordinary life takes place.
pub(crate) const MAIN: &str = "111122223333";
/// Another account of the same organization.
pub(crate) const OTHER: &str = "444455556666";
/// A Monday.
pub(crate) const START: &str = "2026-01-05 00:00";

pub(crate) const COUNT: &str = "abnormally_high_number_of_cloud_instances_launched";
pub(crate) const COUNT_BY_USER: &str = "abnormally_high_number_of_cloud_instances_launched_by_user";
pub(crate) const USER: &str = "cloud_compute_instance_created_by_previously_unseen_user";
pub(crate) const REGION: &str = "cloud_compute_instance_created_in_previously_unused_region";
pub(crate) const IMAGE: &str = "cloud_compute_instance_created_with_previously_unseen_image";
pub(crate) const TYPE: &str = "cloud_compute_instance_created_with_previously_unseen_instance_type";

/// `2026-02-18 03:10`, with seconds if need be, is UTC.
pub(crate) fn at(text: &str) -> Timestamp {
    let local: DateTime = text.parse().unwrap_or_else(|error| panic!("`{text}`: {error}"));
    TimeZone::UTC.to_timestamp(local).unwrap()
}

/// The detections of the story, from its folder.
pub(crate) fn story() -> Vec<Detection> {
    [COUNT, COUNT_BY_USER, USER, REGION, IMAGE, TYPE].map(detection).into()
}

pub(crate) fn detection(name: &str) -> Detection {
    let file = story_folder().join(format!("{name}.toml"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Detection::parse(name, &text).unwrap()
}

pub(crate) fn story_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../stories/cloud-cryptomining")
}

/// The stable name of an IAM user.
pub(crate) fn user(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:user/{name}")
}

/// A batch of records: events of interest, and what was read besides.
pub(crate) fn batch<'r>(records: impl IntoIterator<Item = &'r Record>) -> Batch {
    let mut batch = Batch { events: Vec::new(), coverage: Coverage::default() };
    for record in records {
        let region = record.region.as_deref().unwrap_or_default();
        let covered = batch.coverage.product_mut(record.product);
        covered.add(&record.account, region, Span::at(record.time));
        batch.events.extend(record.event());
    }
    batch
}

/// Findings by id, as they stand after all that was said of them.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Findings(pub(crate) BTreeMap<FindingId, Finding>);

impl Findings {
    pub(crate) fn hear(&mut self, told: Vec<Finding>) {
        self.0.extend(told.into_iter().map(|finding| (finding.id, finding)));
    }

    /// Those of one detection, by time.
    pub(crate) fn of(&self, detection: &str) -> Vec<&Finding> {
        let mut found: Vec<_> = self.0.values().filter(|finding| &*finding.detection == detection).collect();
        found.sort_by_key(|finding| (finding.time, finding.id));
        found
    }

    pub(crate) fn about(&self, detection: &str, value: &str) -> Vec<&Finding> {
        self.of(detection).into_iter().filter(|finding| &*finding.value == value).collect()
    }

    /// The only one about a value.
    #[track_caller]
    pub(crate) fn one(&self, detection: &str, value: &str) -> &Finding {
        match self.about(detection, value)[..] {
            [finding] => finding,
            ref found => panic!("expected one finding of {detection} about {value}, got {found:#?}"),
        }
    }

    /// When something was said of a value.
    pub(crate) fn times(&self, detection: &str, value: &str) -> Vec<Timestamp> {
        self.about(detection, value).iter().map(|finding| finding.time).collect()
    }
}

/// Somebody who reads a log piece by piece.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) detector: Detector,
    pub(crate) memory: Memory,
    pub(crate) findings: Findings,
}

impl Reader {
    pub(crate) fn new(detections: Vec<Detection>, lateness: Option<SignedDuration>) -> Self {
        let detector = Detector::new(detections, Calendar::utc(), lateness);
        Self { detector, memory: Memory::default(), findings: Findings::default() }
    }

    /// Reads a piece, and says what that changed.
    pub(crate) fn read(&mut self, batch: Batch) -> Vec<Finding> {
        let told = self.detector.fold(&mut self.memory, batch);
        self.findings.hear(told.clone());
        told
    }

    pub(crate) fn finish(&mut self) -> Vec<Finding> {
        let told = self.detector.finish(&mut self.memory);
        self.findings.hear(told.clone());
        told
    }

    /// Reads it all, and waits for nothing.
    pub(crate) fn scan(&mut self, world: &World) -> Vec<Finding> {
        let mut told = self.read(batch(&world.records));
        told.extend(self.finish());
        told
    }

    /// What is remembered, as it is written to disk.
    pub(crate) fn written(&self) -> String {
        let mut file = Vec::new();
        detect::write_memory(&self.memory, &mut file).unwrap();
        String::from_utf8(file).unwrap()
    }

    /// Another process, which has nothing but the file.
    pub(crate) fn restart(self) -> Self {
        let memory = detect::read_memory(self.written().as_bytes()).unwrap();
        Self { memory, ..self }
    }
}

/// All that happened.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) records: Vec<Record>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// One instance of the usual kind in [`MAIN`], unless what follows says otherwise.
    pub(crate) fn launch(self, time: &str, who: &str, region: &str) -> Self {
        self.launch_at(at(time), who, region)
    }

    pub(crate) fn launch_at(self, time: Timestamp, who: &str, region: &str) -> Self {
        self.request_at(time, "RunInstances", who, region).image("ami-base").ty("m5.large")
    }

    /// Any other call.
    pub(crate) fn request(self, time: &str, command: &str, who: &str, region: &str) -> Self {
        self.request_at(at(time), command, who, region)
    }

    pub(crate) fn request_at(mut self, time: Timestamp, command: &str, who: &str, region: &str) -> Self {
        self.records.push(Record::new(self.records.len(), time, command, who, region));
        self
    }

    // What the last record was like.

    pub(crate) fn account(self, account: &str) -> Self {
        self.last(|record| record.account = account.into())
    }

    pub(crate) fn image(self, image: &str) -> Self {
        self.last(|record| record.image = Some(image.to_owned()))
    }

    pub(crate) fn ty(self, instance_type: &str) -> Self {
        self.last(|record| record.instance_type = Some(instance_type.to_owned()))
    }

    pub(crate) fn count(self, instances: u32) -> Self {
        self.last(|record| record.instances = instances)
    }

    pub(crate) fn ended(self, outcome: Outcome) -> Self {
        self.last(|record| record.outcome = outcome)
    }

    pub(crate) fn by_template(self) -> Self {
        self.last(|record| record.from_template = true)
    }

    pub(crate) fn without_region(self) -> Self {
        self.last(|record| record.region = None)
    }

    pub(crate) fn made(self, name: &str) -> Self {
        self.last(|record| record.made = Some(name.to_owned()))
    }

    pub(crate) fn agent(self, user_agent: &str) -> Self {
        self.last(|record| record.user_agent = Some(user_agent.to_owned()))
    }

    pub(crate) fn arriving(self, time: &str) -> Self {
        let arrival = at(time);
        self.last(|record| record.arrival = arrival)
    }

    fn last(mut self, change: impl FnOnce(&mut Record)) -> Self {
        change(self.records.last_mut().expect("a record comes before what it was like"));
        self
    }

    // What goes on all the time.

    /// From [`START`] on, every day: one launch by a person, one by a build role.
    pub(crate) fn ordinary_life(self, days: i64) -> Self {
        each_day(days).fold(self, |world, day| {
            let morning = world.launch_at(day + 555.minutes(), "alice", "us-east-1");
            morning.launch_at(day + 855.minutes(), "role/ci:build", "us-east-1")
        })
    }

    /// From [`START`] on, every day: somebody looks at something. The log is read; nothing is launched.
    pub(crate) fn quiet_life(self, account: &str, days: i64) -> Self {
        each_day(days)
            .fold(self, |world, day| world.request_at(day, "GetObject", "alice", "us-east-1").account(account))
    }

    /// From `start` on, in every hour of every day, as many requests by the build role as `requests` says.
    pub(crate) fn hourly_life(self, start: &str, days: i64, requests: impl Fn(i64) -> i64) -> Self {
        let start = at(start);
        (0..days * 24).fold(self, |world, hour| {
            (0..requests(hour)).fold(world, |world, nth| {
                let time = start + SignedDuration::from_secs(hour * 3600 + nth * 20);
                world.launch_at(time, "role/ci:build", "us-east-1")
            })
        })
    }

    /// Records as they arrive.
    pub(crate) fn arrivals(&self) -> Vec<&Record> {
        let mut records: Vec<_> = self.records.iter().collect();
        records.sort_by_key(|record| record.arrival);
        records
    }

    /// What Davy says of it, in UTC.
    pub(crate) fn davy(&self) -> Findings {
        self.davy_in(Calendar::utc())
    }

    pub(crate) fn davy_in(&self, calendar: Calendar) -> Findings {
        let mut reader = Reader::new(story(), None);
        reader.detector = Detector::new(story(), calendar, None);
        reader.scan(self);
        reader.findings
    }
}

fn each_day(days: i64) -> impl Iterator<Item = Timestamp> {
    let start = at(START);
    (0..days).map(move |day| start + SignedDuration::from_hours(day * 24))
}
