//! The judge itself is judged: a detector that says nothing, one that says everything, one that is right.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::measure::{Measure, measure};
use super::output::Output;
use super::summary::{Share, median, summary};
use crate::eval::generate::{line, tell};
use crate::eval::label::{Line, Severity, Truth};
use crate::eval::scenarios::{SCENARIOS, Scenario};
use crate::eval::world::Life;

#[test]
fn silence_earns_nothing() {
    let measures: Vec<Measure> = SCENARIOS.iter().map(|scenario| judge(scenario.id, &[])).collect();
    let summary = summary(&measures, 1.0);
    assert_eq!((summary.recall_medium.are, summary.recall_medium.of), (0, 13));
    assert_eq!((summary.false_high.are, summary.false_high.of), (0, 12));
    assert_eq!((summary.cheap.are, summary.before_machine.are, summary.root_named.are), (0, 0, 0));
}

#[test]
fn an_alarm_for_everything_is_counted_against_its_maker() {
    let measures: Vec<Measure> =
        SCENARIOS.iter().map(|scenario| judge(scenario.id, &[everything(scenario.id)])).collect();
    let summary = summary(&measures, 1.0);
    assert_eq!(summary.recall_high, Share { of: 13, are: 13 });
    assert_eq!(summary.false_high.are, summary.false_high.of);
    assert_eq!(summary.burn_right.are, 0, "it does not say what it costs");
}

#[test]
fn the_right_answer_is_right() {
    let (truth, labels) = told("A8");
    let machine = truth.first_machine_time.expect("it starts one");
    let crossing = |severity, minutes| json!({ "severity": severity, "time": (machine + SignedDuration::from_mins(minutes)).to_string(), "event_id": "x" });
    let incident = json!({
        "kind": "incident",
        "id": "1",
        "severity": "high",
        "principal": truth.root_principals[0],
        "crossings": [crossing("medium", -10), crossing("high", 60)],
        "event_ids": labels.iter().map(|label| label.event_id.clone()).collect::<Vec<_>>(),
        "usd_per_hour": { "low": 22.0, "high": 25.0 },
        "something_new": [1, 2, 3],
    });
    let measure = judge("A8", &[incident]);
    assert_eq!((measure.severity, measure.incidents, measure.lead_seconds), (Severity::High, 1, Some(600)));
    assert_eq!((measure.root_named, measure.burn_right), (true, Some(true)));
    let usd = measure.usd.expect("it was high");
    assert!((usd - 21.957_642).abs() < 0.001, "an hour of one machine, and not {usd}");
    let decisive = labels.iter().filter(|label| label.decisive).count() as u64;
    assert_eq!(measure.decisive_events, Some(decisive));
}

#[test]
fn an_id_is_known_with_more_around_it() {
    let (_, google) = told("A9");
    let (_, azure) = told("A10");
    let around = format!("{}@2026-03-09T12:00:00Z/acme-web-legacy", google[0].event_id);
    let correlation = azure[0].operation_id.clone().unwrap_or_default();
    for (scenario, id) in [("A9", around), ("A10", azure[0].event_id.clone()), ("A10", correlation)] {
        let incident = json!({ "kind": "incident", "severity": "low", "event_ids": [id] });
        assert_eq!(judge(scenario, &[incident]).incidents, 1, "{scenario} {id}");
    }
}

#[test]
fn an_incident_about_something_else_is_beside_it() {
    let other = json!({ "kind": "incident", "id": "1", "severity": "critical", "event_ids": ["other"] });
    let measure = judge("A8", &[other.clone(), json!({ "kind": "finding", "event_ids": ["x"] })]);
    assert_eq!((measure.severity, measure.incidents, measure.alerts_beside), (Severity::None, 0, 1));
    let summary = summary(&[judge("quiet", &[other])], 0.5);
    assert!((summary.alerts_per_account_week - 2.0).abs() < f64::EPSILON);
}

#[test]
fn a_record_that_came_twice_burns_once() {
    let (truth, mut labels) = told("A5");
    labels.extend(labels.clone());
    let last = labels.iter().map(|label| label.time).max().unwrap_or_default();
    let late = incident_of(&labels, last + SignedDuration::from_hours(1));
    let usd = measure(&truth, &labels, &Output::read(&late.to_string())).usd.expect("it was high");
    assert!((truth.usd_per_hour..1.1 * truth.usd_per_hour).contains(&usd), "{usd}");
}

#[test]
fn an_incident_that_breaks_the_contract_is_not_passed_over() {
    assert_eq!(Output::read(r#"{"kind":"incident","event_ids":7}"#).broken, 1);
}

#[test]
fn the_median_is_the_lower_one() {
    assert_eq!((median(vec![3, 1, 2]), median(vec![1, 2]), median::<u64>(Vec::new())), (Some(2), Some(1), None));
}

fn judge(id: &str, lines: &[Value]) -> Measure {
    let (truth, labels) = told(id);
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    measure(&truth, &labels, &Output::read(&text.join("\n")))
}

fn told(id: &str) -> (Truth, Vec<Line>) {
    let life = Life { seed: 1, days: 7, scale: 1 };
    let told = tell(Scenario::named(id).expect("the test names a scenario"), &life);
    let labels = told.entries.iter().map(|entry| line(id, entry)).collect();
    (told.truth, labels)
}

fn everything(id: &str) -> Value {
    let (_, labels) = told(id);
    incident_of(&labels, labels.iter().map(|label| label.time).min().unwrap_or_default())
}

fn incident_of(labels: &[Line], high: Timestamp) -> Value {
    json!({
        "kind": "incident",
        "id": "1",
        "severity": "high",
        "crossings": [{ "severity": "high", "time": high.to_string(), "event_id": "x" }],
        "event_ids": labels.iter().map(|label| label.event_id.clone()).collect::<Vec<_>>(),
    })
}
