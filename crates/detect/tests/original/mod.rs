//! The story as it was published, taken literally; for evaluation only.
//!
//! It runs on a schedule, not on a stream: at minute 0 of every hour five rules look at the
//! window from 70 to 10 minutes before; at 00:10 the "Update" baselines learn the day before;
//! on Sundays at 02:00 the "Initial" baselines and the count model are built anew from 90 days.
//! Its defects are kept with care: `deviations.rs` shows each of them beside Davy.
//!
//! The source is `semantics.md`, section 3. What is not the search itself (padding with random
//! filler) is made deterministic. Midnights and hours are those of the zone of the search owner.

#![allow(dead_code, reason = "every test binary uses its own part of the original")]

mod from_world;
pub(crate) mod model;
mod novelty;

use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};

use model::CountModel;
pub(crate) use novelty::{Rule, Table};

/// An event in the words of the CIM Change data model, as the AWS add-on fills them.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) time: Timestamp,
    /// When it can be searched.
    pub(crate) arrival: Timestamp,
    pub(crate) action: String,
    pub(crate) status: String,
    /// `instance` is also what decides on the dataset `Instance_Changes`.
    pub(crate) object_category: String,
    /// A bare name, or `unknown`.
    pub(crate) user: String,
    /// Null stays null.
    pub(crate) vendor_region: Option<String>,
    pub(crate) object: Vec<String>,
    pub(crate) object_id: Vec<String>,
    /// From the request; `unknown` when it names none, and null outside of `Instance_Changes`.
    pub(crate) image_id: Option<String>,
    pub(crate) instance_type: Option<String>,
}

impl Change {
    pub(crate) fn is_created(&self) -> bool {
        self.action == "created"
    }

    pub(crate) fn is_created_instance(&self) -> bool {
        self.is_created() && self.object_category == "instance"
    }
}

/// One row that a run of a rule printed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alert {
    /// When the rule ran.
    pub(crate) run: Timestamp,
    pub(crate) rule: Rule,
    /// What the rule decided on.
    pub(crate) value: String,
    pub(crate) user: String,
    pub(crate) vendor_region: Option<String>,
    /// Requests, whatever they asked for.
    pub(crate) count: u64,
    pub(crate) dest: Vec<String>,
    /// Of the count rule: rounded to four decimals.
    pub(crate) expected_upper_threshold: Option<f64>,
    pub(crate) message: String,
}

/// The tables, the model and the schedule of one installation.
#[derive(Debug, Clone)]
pub(crate) struct Original {
    owner_zone: TimeZone,
    tables: [Table; 4],
    pub(crate) model: Option<CountModel>,
}

impl Original {
    pub(crate) fn new(owner_zone: TimeZone) -> Self {
        Self { owner_zone, tables: Default::default(), model: None }
    }

    pub(crate) fn table(&self, rule: Rule) -> &Table {
        &self.tables[rule.table()]
    }

    /// Runs everything that is scheduled from the hour after `start` up to `end`, both included.
    pub(crate) fn run(&mut self, changes: &[Change], start: Timestamp, end: Timestamp) -> Vec<Alert> {
        let mut alerts = Vec::new();
        let mut hour = hour_of(start) + 1.hour();
        while hour <= end {
            alerts.extend(self.run_rules(changes, hour));
            let local = self.owner_zone.to_datetime(hour);
            if local.hour() == 0 && hour + 10.minutes() <= end {
                self.run_updates(changes, hour + 10.minutes());
            }
            if local.hour() == 2 && local.date().weekday() == jiff::civil::Weekday::Sunday {
                self.run_initial(changes, hour);
            }
            hour += 1.hour();
        }
        alerts
    }

    fn run_rules(&self, changes: &[Change], now: Timestamp) -> Vec<Alert> {
        let window = searchable(changes, now, now - 70.minutes(), now - 10.minutes());
        let mut alerts = Vec::new();
        for rule in Rule::NOVELTY {
            alerts.extend(novelty::run(rule, self.table(rule), &window, now));
        }
        if let Some(model) = &self.model {
            alerts.extend(model::run(model, &window, now, &self.owner_zone));
        }
        alerts
    }

    fn run_updates(&mut self, changes: &[Change], now: Timestamp) {
        let window = searchable(changes, now, now - 1450.minutes(), now - 10.minutes());
        for rule in Rule::NOVELTY {
            let midnights =
                Midnights { warm_up: self.midnight(now, rule.warm_up_days()), forget: self.midnight(now, 90) };
            let table = &mut self.tables[rule.table()];
            *table = novelty::update(rule, table, &window, &midnights);
        }
    }

    fn run_initial(&mut self, changes: &[Change], now: Timestamp) {
        let window = searchable(changes, now, self.midnight(now, 90), self.midnight(now, 1));
        for rule in Rule::NOVELTY {
            let warm_up = self.midnight(now, rule.warm_up_days());
            self.tables[rule.table()] = novelty::initial(rule, &window, warm_up);
        }
        // A fit that fails leaves the old model, or none.
        if let Some(model) = CountModel::fit(&window, &self.owner_zone) {
            self.model = Some(model);
        }
    }

    fn midnight(&self, now: Timestamp, days_ago: i64) -> Timestamp {
        let date = self.owner_zone.to_datetime(now).date() - days_ago.days();
        date.to_zoned(self.owner_zone.clone()).unwrap().timestamp()
    }
}

/// The bounds of one update, both midnights.
pub(crate) struct Midnights {
    pub(crate) warm_up: Timestamp,
    pub(crate) forget: Timestamp,
}

/// What a search finds that runs at `now`: by event time, as far as it has arrived.
fn searchable(changes: &[Change], now: Timestamp, from: Timestamp, to: Timestamp) -> Vec<&Change> {
    let in_window = |change: &&Change| from <= change.time && change.time < to && change.arrival <= now;
    changes.iter().filter(in_window).collect()
}

/// The clock hour that `time` falls into.
pub(crate) fn hour_of(time: Timestamp) -> Timestamp {
    time - SignedDuration::from_secs(time.as_second().rem_euclid(3600))
}
