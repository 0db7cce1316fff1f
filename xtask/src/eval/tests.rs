//! What must hold of every scenario, and what the reports say of some.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::entry::{Entry, Place};
use super::generate::{Told, tell};
use super::label::{Phase, Severity};
use super::perturb::Perturbation;
use super::scenarios::{SCENARIOS, Scenario};
use super::world::Life;
use crate::sample::rng::Rng;

/// A week shows every routine, and is told in a moment.
const LIFE: Life = Life { seed: 1, days: 7, scale: 1 };

#[test]
fn every_record_can_be_read_and_its_label_says_what_it_says() {
    for entry in everything() {
        let record = parse(&entry);
        match entry.place {
            Place::Aws { account, region } => {
                assert_eq!(
                    (&*entry.event_id, account, region),
                    (text(&record, "/eventID"), text(&record, "/recipientAccountId"), text(&record, "/awsRegion"))
                );
                assert_eq!(entry.time.to_string(), text(&record, "/eventTime"));
                assert_eq!(record["readOnly"], entry.read_only);
            }
            Place::Google { project } => {
                assert_eq!(
                    (&*entry.event_id, project),
                    (text(&record, "/insertId"), text(&record, "/resource/labels/project_id"))
                );
                assert_eq!(entry.time.to_string(), text(&record, "/timestamp"));
            }
            Place::Azure { subscription } => {
                assert_eq!(entry.operation_id.as_deref(), Some(text(&record, "/correlationId")));
                assert_eq!(entry.time.to_string(), text(&record, "/time"));
                assert!(text(&record, "/resourceId").contains(&subscription.to_uppercase()));
            }
        }
    }
}

#[test]
fn machines_that_a_label_counts_are_in_the_record() {
    let named =
        |record: &Value| record.pointer("/responseElements/instancesSet/items").and_then(Value::as_array).map(Vec::len);
    for entry in everything() {
        let record = parse(&entry);
        if record["eventName"] != "RunInstances" {
            continue;
        }
        let omitted = record.pointer("/responseElements/omitted").is_some();
        assert!(omitted || named(&record).unwrap_or_default() as u64 == entry.label.machines, "{}", entry.text);
        assert_eq!(record.get("errorCode").is_some(), entry.label.machines == 0, "{}", entry.text);
    }
}

#[test]
fn no_two_records_are_the_same() {
    let mut seen = BTreeSet::new();
    for entry in everything() {
        assert!(seen.insert(entry.event_id), "twice: {}", entry.text);
    }
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_seed_another() {
    for scenario in SCENARIOS.iter().filter(|scenario| scenario.id != "quiet") {
        let texts =
            |seed| tell(scenario, &Life { seed, ..LIFE }).entries.into_iter().map(|e| e.text).collect::<Vec<_>>();
        assert_eq!(texts(1), texts(1), "{}", scenario.id);
        assert_ne!(texts(1), texts(2), "{}", scenario.id);
    }
}

#[test]
fn ordinary_life_is_innocent_and_of_modest_size() {
    let life = LIFE.entries();
    assert!(
        life.iter().all(|entry| !entry.label.malicious && !entry.label.decisive && entry.label.phase == Phase::Life)
    );
    assert!((4_000..20_000).contains(&life.len()), "{} records", life.len());
    let places = life.iter().map(|entry| entry.place).collect::<BTreeSet<_>>();
    assert_eq!(places.len(), 3 * 2 + 2 + 2, "three accounts in two regions, two projects, two subscriptions");
    assert!(life.iter().all(|entry| !entry.text.contains("g4dn.") && !entry.text.contains("198.51.100.")));
}

#[test]
fn attacks_have_a_root_and_machines_and_benign_stories_have_a_ceiling() {
    for scenario in SCENARIOS {
        let Told { entries, truth } = tell(scenario, &LIFE);
        let malicious = entries.iter().any(|entry| entry.label.malicious);
        assert_eq!((malicious, truth.attack), (scenario.is_attack(), scenario.is_attack()), "{}", scenario.id);
        if scenario.is_attack() {
            assert!(!truth.root_principals.is_empty() && entries.iter().any(|e| e.label.decisive), "{}", scenario.id);
            assert_eq!(truth.machines == 0, scenario.id == "A1q", "{}", scenario.id);
        } else {
            assert!(truth.ceiling <= Severity::Medium, "{}", scenario.id);
        }
    }
}

#[test]
fn a1_is_as_reported() {
    let told = told("A1");
    assert!((400..=420).contains(&told.entries.len()), "{} calls", told.entries.len());
    let minutes = minutes(&told);
    assert!((6.5..10.2).contains(&minutes), "{minutes} minutes: seven, and up to 40 % more");
    let large = told.entries.iter().filter(|entry| entry.text.contains("c5a.24xlarge"));
    assert_eq!(large.map(|entry| entry.label.machines).sum::<u64>(), 22);
    let codes = ["VcpuLimitExceeded", "OptInRequired", "PendingVerification"].map(|code| with(&told, code));
    assert_eq!((codes, told.truth.regions.len()), ([5, 2, 1], 17));
    assert_eq!(with(&self::told("A1q"), "explicit deny"), 17);
}

#[test]
fn a2_is_as_reported() {
    let told = told("A2");
    let counts = ["CreateCluster", "CreateAutoScalingGroup", "CreateLaunchTemplate", "CreateService"]
        .map(|name| named(&told, name));
    assert_eq!(counts, [52, 14, 2, 52]);
    assert_eq!((with(&told, "DryRunOperation"), named(&told, "ModifyInstanceAttribute")), (8, 30));
}

#[test]
fn others_are_as_reported() {
    assert_eq!(told("A3").entries.len(), 612);
    assert_eq!(told("A4").truth.machines, 5);
    assert_eq!(told("A5").truth.machines, 42);
    assert_eq!(told("A6").truth.machines, 9 * 500 + 3 * 200);
    assert_eq!(named(&told("A7"), "RunInstances"), 0);
    assert_eq!((told("A8").truth.machines, with(&told("A8"), "InsufficientInstanceCapacity")), (1, 5));
    assert_eq!(told("A11").truth.machines, 24);
    assert_eq!((told("A12").truth.machines, with(&told("A12"), "MaxSpotInstanceCountExceeded")), (16, 1));
}

#[test]
fn google_fails_only_in_last_entries_and_azure_only_in_status_messages() {
    let google = told("A9");
    let inserts = with(&google, "\"methodName\":\"v1.compute.instances.insert\"");
    assert_eq!(inserts, 2 * (240 + 120));
    for entry in google.entries.iter().filter(|entry| entry.text.contains("\"severity\":\"ERROR\"")) {
        assert_eq!((&parse(entry)["operation"]["last"], entry.label.machines), (&Value::Bool(true), 0));
    }
    let failed = with(&google, "\"severity\":\"ERROR\"");
    assert!((70..180).contains(&failed), "{failed} of 360 fail: about a third");
    let azure = told("A10");
    assert_eq!((with(&azure, "OperationNotAllowed"), with(&azure, "SkuNotAvailable")), (2, 2));
    assert_eq!(azure.truth.machines, 6 * 10 + 8);
}

#[test]
fn disturbing_the_delivery_changes_what_it_says_it_changes() {
    let deliver = |perturbation: Perturbation| perturbation.deliver(told("A1").entries, &mut Rng::new("test"));
    let plain = deliver(Perturbation::default());
    let reads = plain.iter().filter(|entry| entry.read_only).count();
    let without = deliver(Perturbation { without_reads: true, ..Perturbation::default() });
    assert_eq!(without.len(), plain.len() - reads);
    let twice = deliver(Perturbation { duplicate_percent: 10, ..Perturbation::default() });
    assert!((20..70).contains(&(twice.len() - plain.len())), "about one in ten");
    let late = deliver(Perturbation { delay_minutes: 15, ..Perturbation::default() });
    let very_late = late.iter().filter(|e| (e.arrival - e.time).get_seconds() > 800).count();
    assert!((90..190).contains(&very_late), "{very_late}: about a third");
    let shuffled = deliver(Perturbation { shuffle: true, ..Perturbation::default() });
    let arrivals = |entries: &[Entry]| entries.iter().map(|e| e.arrival).collect::<BTreeSet<_>>();
    assert_eq!(arrivals(&shuffled), arrivals(&plain));
    assert_ne!(
        shuffled.iter().map(|e| e.arrival).collect::<Vec<_>>(),
        plain.iter().map(|e| e.arrival).collect::<Vec<_>>()
    );
}

#[test]
fn groups_sign_their_launches() {
    let mut by_role: BTreeMap<bool, usize> = BTreeMap::new();
    for entry in LIFE.entries().iter().filter(|e| e.text.contains("\"eventName\":\"RunInstances\"")) {
        let of_group = entry.text.contains("AWSServiceRoleForAutoScaling");
        assert_eq!(of_group, entry.text.contains("aws:autoscaling:groupName"));
        *by_role.entry(of_group).or_default() += 1;
    }
    assert!(by_role[&true] > 30 && by_role[&false] > 200, "{by_role:?}");
}

fn everything() -> Vec<Entry> {
    let mut entries = LIFE.entries();
    for scenario in SCENARIOS {
        entries.extend(tell(scenario, &LIFE).entries);
    }
    entries
}

fn told(id: &str) -> Told {
    tell(Scenario::named(id).expect("the test names a scenario"), &LIFE)
}

fn minutes(told: &Told) -> f64 {
    let times = || told.entries.iter().map(|entry| entry.time);
    (times().max().unwrap_or_default() - times().min().unwrap_or_default()).get_seconds() as f64 / 60.0
}

fn with(told: &Told, part: &str) -> usize {
    told.entries.iter().filter(|entry| entry.text.contains(part)).count()
}

fn named(told: &Told, name: &str) -> usize {
    with(told, &format!("\"eventName\":\"{name}\""))
}

fn parse(entry: &Entry) -> Value {
    serde_json::from_str(&entry.text).expect("every record is JSON")
}

fn text<'a>(record: &'a Value, path: &str) -> &'a str {
    record.pointer(path).and_then(Value::as_str).unwrap_or_default()
}
