//! One file of the logs of Google Cloud or Azure, as a sink or a diagnostic setting writes it.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::file::{Packed, pack, start};
use super::plan::{Cloud, FilePlan};
use super::{Facts, Options, azure, google};
use crate::sample::rng::Rng;

/// What a record is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Launch,
    /// It names a launch in a text, and is none.
    Decoy,
    /// One of the calls that are no launches.
    Call(usize),
}

/// What stays the same from record to record of one session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) account: &'static str,
    pub(super) region: &'static str,
    pub(super) caller: &'static str,
    pub(super) address: String,
    pub(super) object: String,
    /// The few calls that it makes, again and again.
    habits: [usize; 3],
}

pub(super) fn write(plan: &FilePlan, options: &Options, mut rng: Rng) -> Packed {
    let is_google = options.cloud == Cloud::Google;
    let name = if is_google { google::name(plan) } else { azure::name(plan) };
    let sessions: Vec<Session> = (0..2 + plan.records.isqrt() / 2).map(|_| Session::new(plan, &mut rng)).collect();
    let mut facts = Facts { files: 1, records: plan.records, ..Facts::default() };
    let mut session = &sessions[0];
    let mut records = Vec::new();
    for number in 0..plan.records {
        if rng.chance(30) {
            session = rng.pick(&sessions);
        }
        let kind = kind(session, options, &mut facts, &mut rng);
        let at = start(plan) + SignedDuration::from_millis(i64::try_from(number).unwrap_or_default() * 173);
        let record = if is_google { google::record } else { azure::record };
        records.push(record(kind, session, at, &mut rng));
    }
    // Azure writes lines to a storage account, and lists to an event hub.
    let in_list = !is_google && plan.number % 2 == 1;
    pack(name, text(&records, in_list).as_bytes(), facts)
}

fn kind(session: &Session, options: &Options, facts: &mut Facts, rng: &mut Rng) -> Kind {
    if rng.chance_of(options.launch_share) {
        facts.launches += 1;
        return Kind::Launch;
    }
    if rng.chance_of(options.decoy_share) {
        facts.decoys += 1;
        return Kind::Decoy;
    }
    Kind::Call(*rng.pick(&session.habits))
}

fn text(records: &[Value], in_list: bool) -> String {
    let records: Vec<String> = records.iter().map(Value::to_string).collect();
    if in_list { format!("{{\"records\":[{}]}}", records.join(",")) } else { records.join("\n") + "\n" }
}

impl Session {
    fn new(plan: &FilePlan, rng: &mut Rng) -> Self {
        let habits = std::array::from_fn(|_| usize::try_from(rng.between(0, 1000)).unwrap_or_default());
        Self {
            account: plan.account,
            region: plan.region,
            caller: *rng.pick(&["deploy", "airflow", "backup", "monitoring", "terraform", "node-pool"]),
            address: format!("203.0.113.{}", rng.between(1, 200)),
            object: format!("{}-{}", rng.pick(&["web", "batch", "search", "etl"]), rng.hex(4)),
            habits,
        }
    }
}

/// With microseconds, as both clouds write them.
pub(super) fn instant(at: Timestamp, rng: &mut Rng) -> String {
    format!("{}.{:06}Z", at.strftime("%Y-%m-%dT%H:%M:%S"), rng.between(0, 999_999))
}
