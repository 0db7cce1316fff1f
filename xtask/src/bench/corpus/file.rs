//! One file of the corpus: a few sessions at work for a quarter of an hour.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};

use super::estate::{CAST, Cast, IMAGES, INSTANCE_TYPES};
use super::noise::{self, Scene};
use super::plan::{Cloud, FilePlan};
use super::{Facts, Options, stream};
use crate::sample::actor::Actor;
use crate::sample::launch::Launch;
use crate::sample::layout;
use crate::sample::record::{Call, Record};
use crate::sample::rng::Rng;

/// A file, packed.
pub(crate) struct Packed {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) facts: Facts,
}

pub(crate) fn write(plan: &FilePlan, options: &Options) -> Packed {
    let rng = Rng::new(&format!("corpus {} file {}", options.seed, plan.number));
    if options.cloud == Cloud::Aws { trail(plan, options, rng) } else { stream::write(plan, options, rng) }
}

fn trail(plan: &FilePlan, options: &Options, mut rng: Rng) -> Packed {
    let folder = layout::folder("CloudTrail", plan.account, plan.region, midnight(plan.day));
    let name = layout::name(&folder, plan.account, plan.region, start(plan), &mut rng);
    let mut work = Work::new(plan, options, rng);
    let mut text = br#"{"Records":["#.to_vec();
    for number in 0..plan.records {
        if number > 0 {
            text.push(b',');
        }
        let record = work.record(number);
        serde_json::to_writer(&mut text, &record.body).expect("records are made of plain values");
    }
    text.extend_from_slice(b"]}");
    pack(name, &text, work.facts)
}

pub(super) fn pack(name: String, text: &[u8], facts: Facts) -> Packed {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(LEVEL));
    encoder.write_all(text).expect("memory takes everything");
    let packed = encoder.finish().expect("memory takes everything");
    let (unpacked_bytes, packed_bytes) = (text.len() as u64, packed.len() as u64);
    Packed { name, facts: Facts { unpacked_bytes, packed_bytes, ..facts }, bytes: packed }
}

/// The sessions of a file, and how far they have come.
struct Work<'a> {
    plan: &'a FilePlan,
    options: &'a Options,
    rng: Rng,
    sessions: Vec<Session>,
    current: usize,
    facts: Facts,
}

/// What stays the same from record to record.
struct Session {
    cast: &'static Cast,
    actor: Actor,
    scene: Scene,
    /// The few calls that it makes, again and again.
    habits: Vec<usize>,
    last: usize,
}

impl<'a> Work<'a> {
    fn new(plan: &'a FilePlan, options: &'a Options, mut rng: Rng) -> Self {
        let sessions = (0..sessions_of(plan.records)).map(|_| Session::new(plan, &mut rng)).collect();
        let facts = Facts { files: 1, records: plan.records, ..Facts::default() };
        Self { plan, options, rng, sessions, current: 0, facts }
    }

    fn record(&mut self, number: u64) -> Record {
        self.turn(number);
        let offset = number * 600 / self.plan.records.max(1) + self.rng.between(0, 120);
        let at = start(self.plan) + seconds(offset);
        // What is rare is rare in the file, whoever's turn it is.
        if self.rng.chance_of(self.options.launch_share) {
            self.facts.launches += 1;
            return self.launch(at);
        }
        let session = &mut self.sessions[self.current];
        if self.rng.chance_of(self.options.decoy_share) {
            self.facts.decoys += 1;
            return noise::decoy(&session.scene, &mut self.rng).record(at, &session.actor, &mut self.rng);
        }
        session.call(&mut self.rng).record(at, &session.actor, &mut self.rng)
    }

    /// The same session makes several calls in a row, and a few take turns at a time.
    fn turn(&mut self, number: u64) {
        if number == 0 || self.rng.chance(30) {
            let sessions = self.sessions.len() as u64;
            let about = number * sessions / self.plan.records.max(1);
            let chosen = (about + self.rng.between(0, 3)) % sessions;
            self.current = usize::try_from(chosen).unwrap_or_default();
        }
    }

    fn launch(&mut self, at: Timestamp) -> Record {
        let launchers = self.sessions.iter().position(|session| session.cast.launches);
        let actor = match launchers {
            Some(index) => self.sessions[index].actor.clone(),
            None => LAUNCHER.actor(self.plan, "", &mut self.rng),
        };
        let cast = launchers.map_or(LAUNCHER, |index| self.sessions[index].cast);
        let launch = self.request(cast);
        let call = if self.rng.chance(6) {
            launch.call(&mut self.rng).refused("Client.InstanceLimitExceeded", OVER_LIMIT)
        } else {
            launch.granted(at, &mut self.rng).0
        };
        call.record(at, &actor, &mut self.rng)
    }

    /// A principal keeps to two types and to the image of the fortnight, with rare exceptions.
    fn request(&mut self, cast: &Cast) -> Launch {
        let base = cast.name.len() + self.plan.account.bytes().map(usize::from).sum::<usize>();
        let fortnight = usize::try_from(self.plan.day / 14).unwrap_or_default();
        let usual_type = INSTANCE_TYPES[(base + usize::from(self.rng.chance(50))) % 9];
        let instance_type = if self.rng.chance(2) { *self.rng.pick(INSTANCE_TYPES) } else { usual_type };
        let usual_image = IMAGES[(base + fortnight) % IMAGES.len()];
        let image = if self.rng.chance(3) { *self.rng.pick(IMAGES) } else { usual_image };
        let count = if self.rng.chance(70) { 1 } else { *self.rng.pick(&[2, 2, 3, 4, 6, 10, 20]) };
        Launch {
            count,
            zone: *self.rng.pick(&['a', 'b', 'c']),
            user_data: true,
            template: self.rng.chance(50).then_some("lt-0d5c1f7a92e8b3640"),
            name_tag: Some("node"),
            ..Launch::of(self.plan.account, self.plan.region, image, instance_type)
        }
    }
}

impl Session {
    fn new(plan: &FilePlan, rng: &mut Rng) -> Self {
        let cast = rng.pick(CAST);
        let scene = Scene::new(plan.account, plan.region, rng);
        let actor = cast.actor(plan, &scene.instance, rng);
        let habits: Vec<usize> = (0..rng.between(2, 6)).map(|_| noise::any(rng)).collect();
        Self { cast, actor, scene, last: habits[0], habits }
    }

    fn call(&mut self, rng: &mut Rng) -> Call {
        if self.cast.is_provider() {
            return noise::assume_role(&self.scene, rng);
        }
        // The same call again, as pollers and batch jobs do.
        if !rng.chance(55) {
            self.last = *rng.pick(&self.habits);
        }
        let call = noise::call(self.last, &self.scene, rng);
        if rng.chance(2) { noise::denied(call, rng) } else { call }
    }
}

/// More records mean more sessions, but not in proportion.
fn sessions_of(records: u64) -> u64 {
    2 + records.isqrt() * 3 / 4
}

pub(super) fn start(plan: &FilePlan) -> Timestamp {
    midnight(plan.day) + seconds(plan.second)
}

fn midnight(day: i64) -> Timestamp {
    FIRST_MIDNIGHT + SignedDuration::from_hours(24 * day)
}

fn seconds(count: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Who launches in a file in which nobody else would.
const LAUNCHER: &Cast = &CAST[4];
const OVER_LIMIT: &str = "Your quota allows for 0 more running instance(s). You requested at least 1";
/// 2026-03-02T00:00:00Z.
const FIRST_MIDNIGHT: Timestamp = Timestamp::constant(1_772_409_600, 0);
/// What AWS uses, to judge by the size of its files.
const LEVEL: u32 = 6;
