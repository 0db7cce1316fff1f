//! Machines that start machines: Auto Scaling in production, Karpenter in development.

use jiff::Timestamp;
use serde_json::json;

use crate::sample::calendar::{Day, seconds};
use crate::sample::company::{self, DEVELOPMENT, IRELAND, NODE_IMAGE, PRODUCTION, VIRGINIA};
use crate::sample::launch::{Launch, stop};
use crate::sample::record::Record;
use crate::sample::rng::Rng;

/// The two web fleets grow in the morning of their region and shrink in the evening.
pub(crate) fn auto_scaling(day: Day) -> Vec<Record> {
    FLEETS.iter().flat_map(|fleet| fleet.day(day)).collect()
}

/// A node for the busy days of the week, now and then after asking whether it could be had.
pub(crate) fn karpenter(day: Day) -> Vec<Record> {
    if ![0, 2, 3].contains(&(day.number % 7)) {
        return Vec::new();
    }
    let mut rng = day.rng("karpenter");
    let actor = company::karpenter(&mut rng);
    let start = day.in_hour(9, &mut rng);
    let node = Launch {
        user_data: true,
        name_tag: Some("dev-cluster-node"),
        ..Launch::of(DEVELOPMENT, VIRGINIA, NODE_IMAGE, "m6i.large")
    };
    let mut records = Vec::new();
    if DRY_RUNS.contains(&day.number) {
        records.push(node.dry_run(&mut rng).record(start - seconds(4), &actor, &mut rng));
    }
    let (call, ids) = node.granted(start, &mut rng);
    records.push(call.record(start, &actor, &mut rng));
    let end = day.in_hour(18, &mut rng);
    records.push(stop(VIRGINIA, "TerminateInstances", &ids).record(end, &actor, &mut rng));
    records
}

struct Fleet {
    region: &'static str,
    template: &'static str,
    /// The first hour of the morning in which it grows.
    morning: i64,
    first_image: &'static str,
    second_image: &'static str,
    weekends: bool,
    /// The day from which the template names the second image.
    rollover: i64,
}

impl Fleet {
    fn day(&self, day: Day) -> Vec<Record> {
        if day.is_weekend() && !self.weekends {
            return Vec::new();
        }
        let mut rng = day.rng(self.template);
        let actor = company::auto_scaling(PRODUCTION);
        let mut records = Vec::new();
        let mut ids = Vec::new();
        for (start, count) in self.growth(day, &mut rng) {
            let launch = self.launch(day, count);
            if (self.region, day.number) == NO_CAPACITY && ids.is_empty() {
                records.push(no_capacity(&launch, start - seconds(40), &mut rng));
            }
            let (call, started) = launch.granted(start, &mut rng);
            records.push(call.record(start, &actor, &mut rng));
            ids.extend(started);
        }
        let evening = day.in_hour(self.morning + 10, &mut rng);
        records.push(stop(self.region, "TerminateInstances", &ids).record(evening, &actor, &mut rng));
        records
    }

    /// On working days two and sometimes one more; at weekends one, always in the same four
    /// hours, so that no weekend launch stands alone against an empty model.
    fn growth(&self, day: Day, rng: &mut Rng) -> Vec<(Timestamp, usize)> {
        let first = (day.in_hour(self.morning, rng), 2);
        let second = (day.in_hour(self.morning + 2, rng), 1);
        match day.number % 7 {
            5 | 6 => vec![second],
            1 | 3 => vec![first, second],
            _ => vec![first],
        }
    }

    fn launch(&self, day: Day, count: usize) -> Launch {
        let image = if day.number < self.rollover { self.first_image } else { self.second_image };
        let zone = if count == 1 { 'b' } else { 'a' };
        let template = Some(self.template);
        Launch {
            zone,
            count,
            template,
            name_tag: Some("web"),
            ..Launch::of(PRODUCTION, self.region, image, "m6i.large")
        }
    }
}

fn no_capacity(launch: &Launch, at: Timestamp, rng: &mut Rng) -> Record {
    let zone = launch.availability_zone();
    let message = format!(
        "We currently do not have sufficient {} capacity in the Availability Zone you requested ({zone}). \
         Our system will be working on provisioning additional capacity.",
        launch.instance_type
    );
    let call = launch.call(rng).refused("Server.InsufficientInstanceCapacity", message);
    call.record(at, &company::auto_scaling(PRODUCTION), rng)
}

/// The template of a fleet gets its new image from Terraform.
pub(crate) fn rollovers(day: Day) -> impl Iterator<Item = (&'static str, serde_json::Value)> {
    FLEETS.iter().filter(move |fleet| fleet.rollover == day.number).map(|fleet| {
        let data = json!({ "ImageId": fleet.second_image, "InstanceType": "m6i.large" });
        let version = json!({ "LaunchTemplateId": fleet.template, "SourceVersion": "1", "LaunchTemplateData": data });
        (fleet.region, json!({ "CreateLaunchTemplateVersionRequest": version }))
    })
}

const FLEETS: [Fleet; 2] = [
    Fleet {
        region: VIRGINIA,
        template: "lt-0d5c1f7a92e8b3640",
        morning: 12,
        weekends: true,
        first_image: "ami-0f2d6c8b4e1a97350",
        second_image: "ami-07be93a5d1c6f2048",
        rollover: 15,
    },
    Fleet {
        region: IRELAND,
        template: "lt-09a3e6b8d4c7f1025",
        morning: 6,
        weekends: false,
        first_image: "ami-01c8d7f5a3b29e640",
        second_image: "ami-0938f4e6b7d2ac15c",
        rollover: 22,
    },
];

/// Once the zone is full; the launch succeeds some seconds later.
const NO_CAPACITY: (&str, i64) = (IRELAND, 17);
const DRY_RUNS: [i64; 3] = [3, 10, 23];
