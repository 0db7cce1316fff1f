//! Judging with all signals of the story and making incidents: `cargo bench -p davy-detect --bench incidents`.
//!
//! A program like `fold`: a million events that concern detections, of two thousand principals
//! who do what they always do, and of one thief with a script; and how many there are a second.
#![expect(clippy::print_stdout, reason = "this is a program")]

mod clock;

use std::{
    collections::{HashMap, HashSet},
    error::Error,
    fs,
    path::PathBuf,
    sync::Arc,
};

use clock::timed;
use detect::{Batch, Calendar, Detection, Detector, Memory, Scoring, Sets, catalog::Catalog};
use jiff::{SignedDuration, Timestamp};
use model::{Action, Coverage, Event, Outcome, Principal, Span, Text, UserClass, VendorProduct};

const EVENTS: usize = 1_000_000;
const PRINCIPALS: usize = 2000;
/// 2026-03-02T00:00:00Z.
const START: Timestamp = Timestamp::constant(1_772_409_600, 0);
const REGIONS: [&str; 4] = ["us-east-1", "eu-west-1", "eu-north-1", "ap-south-1"];

fn main() -> Result<(), Box<dyn Error>> {
    for (what, flood) in [("ordinary launches", false), ("a thief's flood", true)] {
        let detector = detector()?;
        let mut memory = Memory::default();
        let batch = batch(flood);
        detector.fold(&mut memory, batch);
        let (findings, judging) = timed(|| detector.finish(&mut memory).len());
        let incidents = detector.incidents(&mut memory).len();
        println!(
            "{what}: {:.0} events/s ({:.0} ns each), {findings} findings, {incidents} incidents",
            EVENTS as f64 / judging.as_secs_f64(),
            judging.as_nanos() as f64 / EVENTS as f64,
        );
    }
    Ok(())
}

fn batch(flood: bool) -> Batch {
    let mut batch = Batch { events: Vec::with_capacity(EVENTS), coverage: Coverage::default() };
    let step = SignedDuration::from_secs(if flood { 0 } else { 4 });
    let mut names = Names::default();
    for number in 0..EVENTS {
        let time = START + step * i32::try_from(number).unwrap_or(i32::MAX);
        let event = event(number, time, flood, &mut names);
        let region = event.vendor_region.as_deref().unwrap_or_default();
        batch.coverage.product_mut(event.vendor_product).add("111122223333", region, Span::at(time));
        batch.events.push(event);
    }
    batch
}

/// Names and principals that events share, as the decoder has it.
#[derive(Default)]
struct Names {
    texts: HashSet<Text>,
    principals: HashMap<String, Arc<Principal>>,
}

impl Names {
    fn text(&mut self, text: &str) -> Text {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let text = Text::from(text);
        self.texts.insert(text.clone());
        text
    }

    fn principal(&mut self, name: &str, class: UserClass) -> Arc<Principal> {
        if let Some(known) = self.principals.get(name) {
            return Arc::clone(known);
        }
        let principal = Arc::new(principal(name, class, self));
        self.principals.insert(name.to_owned(), Arc::clone(&principal));
        principal
    }
}

fn event(number: usize, time: Timestamp, flood: bool, names: &mut Names) -> Event {
    let (name, class) = if flood {
        ("user/thief".to_owned(), UserClass::User)
    } else {
        (format!("role/ci-{}", number % PRINCIPALS), UserClass::Workload)
    };
    let id = format!("e{number:07}").as_str().into();
    let (command, user) = (names.text("RunInstances"), names.principal(&name, class));
    Event {
        vendor_account: Some(names.text("111122223333")),
        vendor_region: Some(names.text(REGIONS[number % if flood { 4 } else { 2 }])),
        action: Some(Action::Created),
        object_category: Some(names.text("instance")),
        outcome: if flood && number.is_multiple_of(3) { Outcome::Quota } else { Outcome::Ok },
        count: 1,
        object_id: [format!("i-{number:017x}").into()].into(),
        image_id: [names.text("ami-base")].into(),
        instance_type: [names.text(if flood { "c5a.24xlarge" } else { "m5.large" })].into(),
        ..Event::new(id, time, VendorProduct::AwsCloudTrail, command, user)
    }
}

fn principal(name: &str, class: UserClass, names: &mut Names) -> Principal {
    Principal {
        id: names.text(&format!("arn:aws:iam::111122223333:{name}")),
        name: name.split_once('/').map(|(_, name)| names.text(name)),
        kind: Some(names.text("AssumedRole")),
        session: None,
        access_key_id: Some(names.text("ASIAEXAMPLE")),
        borrower: None,
        invoked_by: None,
        service_linked: false,
        class,
        attributed: true,
    }
}

fn detector() -> Result<Detector, Box<dyn Error>> {
    let story = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../stories/cloud-cryptomining");
    let sets = Sets::parse([&*fs::read_to_string(story.join("sets.toml"))?])?;
    let mut detections = Vec::new();
    for entry in fs::read_dir(&story)?.chain(fs::read_dir(story.join("signals"))?) {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_other = ["story", "scoring", "containment", "sets"].contains(&&*name);
        if path.extension().is_some_and(|ending| ending == "toml") && !is_other {
            detections.push(Detection::parse_with(&sets, &name, &fs::read_to_string(&path)?)?);
        }
    }
    detections.sort_by(|a, b| a.detection.cmp(&b.detection));
    let names = detections.iter().map(|detection| detection.detection.to_string()).collect::<Vec<_>>();
    let scoring =
        Scoring::parse(&fs::read_to_string(story.join("scoring.toml"))?, &names.iter().map(|name| &**name).collect())?;
    let mut texts = std::collections::BTreeMap::new();
    for entry in fs::read_dir(story.join("../../catalog"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending != "md") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            texts.insert(name, fs::read_to_string(&path)?);
        }
    }
    let detector = Detector::new(detections, Calendar::utc(), None).with_scoring(scoring);
    Ok(detector.with_catalog(Catalog::parse(&texts)?))
}
