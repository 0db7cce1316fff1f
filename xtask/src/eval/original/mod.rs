//! The story as it was published, taken literally, over the same records; for comparison only.
//!
//! The searches themselves are the literal twin that the tests of the detector stand against, taken
//! from there so that there are not two of it. The schedule is written anew: that of the tests
//! searches all records every hour, which five weeks are too many for.

mod change;
#[path = "../../../../crates/detect/tests/original/model.rs"]
#[allow(dead_code, unreachable_pub, reason = "the tests of the detector use more of it")]
mod model;
#[path = "../../../../crates/detect/tests/original/novelty.rs"]
#[allow(dead_code, unreachable_pub, reason = "the tests of the detector use more of it")]
mod novelty;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};
use serde::{Deserialize, Serialize};

use self::model::CountModel;
use self::novelty::{Rule, Table};
use super::generate::tell;
use super::perturb::Perturbation;
use super::scenarios::SCENARIOS;
use super::world::Life;
use crate::sample::rng::Rng;

/// An event in the words of the CIM Change data model, as the add-ons fill them.
///
/// `object` and `object_id` hold the id of the record, so that every row of a search says which
/// records it is made of; no search decides on them.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) time: Timestamp,
    pub(crate) arrival: Timestamp,
    pub(crate) action: String,
    pub(crate) status: String,
    pub(crate) object_category: String,
    pub(crate) user: String,
    pub(crate) vendor_region: Option<String>,
    pub(crate) object: Vec<String>,
    pub(crate) object_id: Vec<String>,
    pub(crate) image_id: Option<String>,
    pub(crate) instance_type: Option<String>,
}

impl Change {
    fn is_created(&self) -> bool {
        self.action == "created"
    }

    fn is_created_instance(&self) -> bool {
        self.is_created() && self.object_category == "instance"
    }
}

/// One row that a run of a search printed.
#[derive(Debug, Clone)]
#[expect(dead_code, reason = "the twin fills in more than is counted here")]
pub(crate) struct Alert {
    pub(crate) run: Timestamp,
    pub(crate) rule: Rule,
    pub(crate) value: String,
    pub(crate) user: String,
    pub(crate) vendor_region: Option<String>,
    pub(crate) count: u64,
    pub(crate) dest: Vec<String>,
    pub(crate) expected_upper_threshold: Option<f64>,
    pub(crate) message: String,
}

/// The bounds of one update, both midnights.
pub(crate) struct Midnights {
    pub(crate) warm_up: Timestamp,
    pub(crate) forget: Timestamp,
}

/// Rows about one scenario.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Verdict {
    pub(crate) scenario: String,
    pub(crate) seed: u64,
    /// Rows that hold a record of it; of an attack, a malicious one.
    pub(crate) alerts: u64,
}

/// What was said of all scenarios of a seed, and of the life around them.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) life_alerts: u64,
}

/// Runs the searches over each scenario in its world.
pub(crate) fn evaluate(life: &Life) -> Heard {
    let delivered = |entries, name: &str| {
        Perturbation::default().deliver(entries, &mut Rng::new(&format!("deliver {name} {}", life.seed)))
    };
    let ordinary: Vec<Change> = delivered(life.entries(), "life").iter().filter_map(change::of).collect();
    let mut heard = Heard { verdicts: Vec::new(), life_alerts: 0 };
    for scenario in SCENARIOS {
        let entries = delivered(tell(scenario, life).entries, scenario.id);
        let about: BTreeSet<&str> = entries
            .iter()
            .filter(|entry| entry.label.malicious || !scenario.is_attack())
            .map(|entry| &*entry.event_id)
            .collect();
        let mut changes = ordinary.clone();
        changes.extend(entries.iter().filter_map(change::of));
        let alerts = Schedule::default().run(changes);
        if scenario.id == "quiet" {
            heard.life_alerts = alerts.len() as u64;
        }
        let alerts = alerts.iter().filter(|alert| alert.dest.iter().any(|id| about.contains(&**id))).count() as u64;
        heard.verdicts.push(Verdict { scenario: scenario.id.to_owned(), seed: life.seed, alerts });
    }
    heard
}

/// The tables and the model of one installation, in UTC.
#[derive(Default)]
struct Schedule {
    tables: [Table; 4],
    model: Option<CountModel>,
}

impl Schedule {
    /// At minute 0 of every hour the five searches; at 00:10 the tables learn the day before; on
    /// Sundays at 02:00 tables and model are made anew from ninety days.
    fn run(&mut self, mut changes: Vec<Change>) -> Vec<Alert> {
        changes.sort_by_key(|change| change.time);
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Vec::new() };
        let (mut hour, end) = (hour_of(first.time), last.arrival + 2.hours());
        let mut alerts = Vec::new();
        while hour < end {
            hour += 1.hour();
            alerts.extend(self.search(&changes, hour));
            let local = TimeZone::UTC.to_datetime(hour);
            if local.hour() == 0 {
                self.update(&changes, hour + 10.minutes());
            }
            if local.hour() == 2 && local.date().weekday() == jiff::civil::Weekday::Sunday {
                self.make_anew(&changes, hour);
            }
        }
        alerts
    }

    fn search(&self, changes: &[Change], now: Timestamp) -> Vec<Alert> {
        let window = searchable(changes, now, now - 70.minutes(), now - 10.minutes());
        let novel =
            Rule::NOVELTY.into_iter().flat_map(|rule| novelty::run(rule, &self.tables[rule.table()], &window, now));
        let counted = self.model.iter().flat_map(|model| model::run(model, &window, now, &TimeZone::UTC));
        novel.chain(counted).collect()
    }

    fn update(&mut self, changes: &[Change], now: Timestamp) {
        let window = searchable(changes, now, now - 1450.minutes(), now - 10.minutes());
        for rule in Rule::NOVELTY {
            let midnights = Midnights { warm_up: midnight(now, rule.warm_up_days()), forget: midnight(now, 90) };
            let table = &mut self.tables[rule.table()];
            *table = novelty::update(rule, table, &window, &midnights);
        }
    }

    fn make_anew(&mut self, changes: &[Change], now: Timestamp) {
        let window = searchable(changes, now, midnight(now, 90), midnight(now, 1));
        for rule in Rule::NOVELTY {
            self.tables[rule.table()] = novelty::initial(rule, &window, midnight(now, rule.warm_up_days()));
        }
        // A fit that fails leaves the old model, or none.
        if let Some(model) = CountModel::fit(&window, &TimeZone::UTC) {
            self.model = Some(model);
        }
    }
}

/// What a search finds that runs at `now`: by event time, as far as it has arrived.
fn searchable(changes: &[Change], now: Timestamp, from: Timestamp, to: Timestamp) -> Vec<&Change> {
    let at = |time| changes.partition_point(|change| change.time < time);
    changes[at(from)..at(to)].iter().filter(|change| change.arrival <= now).collect()
}

fn midnight(now: Timestamp, days_ago: i64) -> Timestamp {
    let days = SignedDuration::from_hours(24 * days_ago);
    now - SignedDuration::from_secs(now.as_second().rem_euclid(86_400)) - days
}

/// The clock hour that `time` falls into.
fn hour_of(time: Timestamp) -> Timestamp {
    time - SignedDuration::from_secs(time.as_second().rem_euclid(3600))
}
