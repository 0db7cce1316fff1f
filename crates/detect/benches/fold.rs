//! Folding a million launches over a baseline of a million entries: `cargo bench -p davy-detect`.
//!
//! A program and not a benchmark of a framework: one run takes seconds, and what a launch and
//! an entry take in memory is counted along the way. The launches are of two thousand principals,
//! and then of a quarter of a million, evenly drawn: hardly a look-up is in the cache then.
#![expect(clippy::print_stdout, reason = "this is a program")]

mod clock;

use std::{
    alloc::System,
    collections::{HashMap, HashSet},
    error::Error,
    fmt::Write as _,
    fs,
    path::Path,
    sync::Arc,
    time::Duration,
};

use cap::Cap;
use clock::timed;
use detect::{Batch, Calendar, Detection, Detector, Memory};
use jiff::{SignedDuration, Timestamp};
use model::{Action, Coverage, Event, EventId, Outcome, Principal, Span, Text, VendorProduct};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// In two detections, each known to the organization and to an account: a million entries.
const VALUES: usize = 250_000;
const ENTRIES: usize = 4 * VALUES;
const LAUNCHES: usize = 1_000_000;
const BATCH: usize = 1000;
const ROUNDS: usize = 2;
const ACCOUNTS: usize = 20;
/// 2026-03-02T00:00:00Z: two months after what is known begins.
const START: Timestamp = Timestamp::constant(1_772_409_600, 0);
const WEEKS_SECONDS: usize = 28 * 86_400;

fn main() -> Result<(), Box<dyn Error>> {
    let detector = Detector::new(detections()?, Calendar::new("UTC")?, None);
    let known = known();
    for principals in [2000, VALUES] {
        for _ in 0..ROUNDS {
            round(&detector, &known, principals)?;
        }
    }
    Ok(())
}

fn round(detector: &Detector, known: &str, principals: usize) -> Result<(), Box<dyn Error>> {
    let empty = ALLOCATOR.allocated();
    let (memory, loading) = timed(|| detect::read_memory(known.as_bytes()));
    let (mut memory, learned) = (memory?, ALLOCATOR.allocated());
    live_through_two_months(detector, &mut memory);
    let (lived, batches) = (ALLOCATOR.allocated(), batches(principals));
    let ((), admitting) = timed(|| fold(detector, &mut memory, batches));
    let waiting = ALLOCATOR.allocated();
    let (findings, judging) = timed(|| detector.finish(&mut memory));
    let found = findings.len();
    drop(findings);
    let kept = ALLOCATOR.allocated();
    println!(
        "{principals} principals: {:.0} launches/s = admit {:.0} + judge {:.0} ns each; load {:.0} entries/s; {found} findings",
        LAUNCHES as f64 / (admitting + judging).as_secs_f64(),
        nanoseconds(admitting),
        nanoseconds(judging),
        ENTRIES as f64 / loading.as_secs_f64(),
    );
    println!(
        "{principals} principals: {} bytes an entry; a launch takes {} bytes until it is judged, {} after",
        (learned - empty) / ENTRIES,
        (waiting - lived) / LAUNCHES,
        kept.saturating_sub(lived) / LAUNCHES,
    );
    Ok(())
}

/// Everybody launches once, so that the models of counts have something to stand on.
fn live_through_two_months(detector: &Detector, memory: &mut Memory) {
    let mut made = Made::by(2);
    let spacing = SignedDuration::from_secs(60 * 86_400 / i64::try_from(VALUES).unwrap_or(i64::MAX));
    let launch = |number: usize, made: &mut Made| {
        let time = START - spacing * i32::try_from(number + 1).unwrap_or(i32::MAX);
        event(time, number, number, made)
    };
    let events = (0..VALUES).map(|number| launch(number, &mut made)).collect();
    fold(detector, memory, vec![Batch { events, coverage: coverage() }]);
    detector.finish(memory);
}

fn fold(detector: &Detector, memory: &mut Memory, batches: Vec<Batch>) {
    for batch in batches {
        detector.fold(memory, batch);
    }
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9 / LAUNCHES as f64
}

/// The story's.
fn detections() -> Result<Vec<Detection>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stories/cloud-cryptomining");
    let mut detections = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let is_other = ["story", "scoring", "containment", "sets"].contains(&name);
        if path.extension().is_some_and(|ending| ending == "toml") && !is_other {
            detections.push(Detection::parse(name, &fs::read_to_string(&path)?)?);
        }
    }
    Ok(detections)
}

/// A baseline file with a quarter of a million principals and as many images.
fn known() -> String {
    let mut text =
        r#"{"format":"davy-baseline","version":1,"coverage":{"accounts":{}},"counts":{},"events":{},"baselines":{"#
            .to_owned();
    for (position, (detection, value)) in [(USER, user as fn(usize) -> String), (IMAGE, image)].into_iter().enumerate()
    {
        let comma = if position == 0 { "" } else { "," };
        let _ = write!(text, r#"{comma}"{detection}":{{"values":{{"#);
        for number in 0..VALUES {
            let comma = if number == 0 { "" } else { "," };
            let seen = format!(
                r#"{{"first_seen":"2026-01-02T00:00:00Z","last_seen":"2026-03-01T00:00:00Z","events":9,"last_user":"{}"}}"#,
                user(number)
            );
            let (value, account) = (value(number), account(number));
            let _ = write!(text, r#"{comma}"{value}":{{"organization":{seen},"accounts":{{"{account}":{seen}}}}}"#);
        }
        text += "}}";
    }
    text + "}}"
}

fn user(number: usize) -> String {
    format!("arn:aws:iam::{}:role/service/worker-{number:06}", account(number))
}

fn image(number: usize) -> String {
    format!("ami-0{number:016x}")
}

fn account(number: usize) -> String {
    format!("{:012}", 111_122_223_333 + number % ACCOUNTS)
}

/// Launches of four weeks, evenly by so many of the known principals.
fn batches(principals: usize) -> Vec<Batch> {
    let mut made = Made::by(1);
    let batch = |number: usize| {
        let events =
            (number * BATCH..(number + 1) * BATCH).map(|launch| later(launch, principals, &mut made)).collect();
        Batch { events, coverage: coverage() }
    };
    (0..LAUNCHES / BATCH).map(batch).collect()
}

/// One in a thousand is by somebody who never launched before.
fn later(number: usize, principals: usize, made: &mut Made) -> Event {
    let known = made.chance.below(principals);
    let by = if made.chance.below(1000) == 0 { VALUES + number } else { known };
    let seconds = i64::try_from(number * WEEKS_SECONDS / LAUNCHES).unwrap_or_default();
    event(START + SignedDuration::from_secs(seconds), by, known, made)
}

fn event(time: Timestamp, by: usize, with: usize, made: &mut Made) -> Event {
    let id = EventId::Uuid(Uuid::from_u64_pair(made.chance.next(), made.chance.next()));
    let (user, command) = (made.principal(by), made.text("RunInstances"));
    Event {
        vendor_account: Some(made.text(&account(by))),
        vendor_region: Some(made.text("us-east-1")),
        action: Some(Action::Created),
        object_category: Some(made.text("instance")),
        outcome: Outcome::Ok,
        src: Some(made.text("192.0.2.30")),
        user_agent: Some(made.text("aws-sdk-go-v2/1.36.1 ua/2.1 os/linux lang/go#1.23.6 api/ec2#1.202.2")),
        count: 1,
        object_id: [format!("i-0{:016x}", made.chance.next()).into()].into(),
        image_id: [made.text(&image(with))].into(),
        instance_type: [made.text("m6i.large")].into(),
        ..Event::new(id, time, VendorProduct::AwsCloudTrail, command, user)
    }
}

fn principal(number: usize, made: &mut Made) -> Principal {
    Principal {
        id: made.text(&user(number)),
        name: Some(made.text(&format!("worker-{number:06}"))),
        kind: Some(made.text("AssumedRole")),
        session: Some(made.text("session")),
        access_key_id: Some(made.text("ASIAQ2W3E4R5TEXAMPLE")),
        borrower: None,
        invoked_by: None,
        service_linked: false,
        class: model::UserClass::Workload,
        attributed: true,
    }
}

/// Every account has been read for two months.
fn coverage() -> Coverage {
    let mut coverage = Coverage::default();
    let covered = coverage.product_mut(VendorProduct::AwsCloudTrail);
    for number in 0..ACCOUNTS {
        covered.add(&account(number), "us-east-1", Span::at(START - SignedDuration::from_hours(60 * 24)));
    }
    coverage
}

/// What events are made of: chance, and names that are shared between them as the decoder does,
/// as many at a time.
struct Made {
    chance: Chance,
    names: HashSet<Text>,
    principals: HashMap<usize, Arc<Principal>>,
}

/// As many as the decoder knows at a time.
const NAMES: usize = 1 << 15;
const PRINCIPALS: usize = 1 << 13;

impl Made {
    fn by(seed: u64) -> Self {
        Self { chance: Chance(seed), names: HashSet::new(), principals: HashMap::new() }
    }

    fn text(&mut self, text: &str) -> Text {
        if let Some(known) = self.names.get(text) {
            return known.clone();
        }
        if self.names.len() >= NAMES {
            self.names.clear();
        }
        let text = Text::from(text);
        self.names.insert(text.clone());
        text
    }

    fn principal(&mut self, number: usize) -> Arc<Principal> {
        if let Some(known) = self.principals.get(&number) {
            return Arc::clone(known);
        }
        if self.principals.len() >= PRINCIPALS {
            self.principals.clear();
        }
        let principal = Arc::new(principal(number, self));
        self.principals.insert(number, Arc::clone(&principal));
        principal
    }
}

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or_default()
    }
}

const USER: &str = "cloud_compute_instance_created_by_previously_unseen_user";
const IMAGE: &str = "cloud_compute_instance_created_with_previously_unseen_image";
