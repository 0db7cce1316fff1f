//! A scenario in its world: logs to read, labels to judge by, and the truth in short.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::entry::{Entry, Place};
use super::files::{self, Slice};
use super::label::{Line, Truth};
use super::perturb::Perturbation;
use super::scenarios::Scenario;
use super::story::Story;
use super::world::Life;
use crate::sample::calendar::seconds;
use crate::sample::rng::Rng;

/// A scenario told to its end.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) entries: Vec<Entry>,
    pub(crate) truth: Truth,
}

/// Tells a scenario on the day that the history leads up to.
pub(crate) fn tell(scenario: &Scenario, life: &Life) -> Told {
    let mut rng = Rng::new(&format!("begin {} {}", scenario.id, life.seed));
    let hour = rng.between(scenario.hours.0, scenario.hours.1).cast_signed();
    let start = life.scenario_day().at(hour, 0, 0) + seconds(rng.between(0, 3599));
    let mut story = Story::new(scenario.id, life.seed, start);
    (scenario.tell)(&mut story);
    let truth = truth(scenario, life.seed, &story);
    Told { entries: story.entries, truth }
}

fn truth(scenario: &Scenario, seed: u64, story: &Story) -> Truth {
    let malicious = || story.entries.iter().filter(|entry| entry.label.malicious);
    let regions: BTreeSet<String> = malicious().filter_map(region).collect();
    Truth {
        scenario: scenario.id.to_owned(),
        title: scenario.title.to_owned(),
        seed,
        attack: scenario.is_attack(),
        root_principals: story.root_principals.clone(),
        regions: regions.into_iter().collect(),
        first_malicious_time: malicious().map(|entry| entry.time).min(),
        first_machine_time: malicious().filter(|entry| entry.label.machines > 0).map(|entry| entry.time).min(),
        expected_incidents: u64::from(scenario.is_attack()),
        ceiling: scenario.ceiling,
        machines: malicious().map(|entry| entry.label.machines).sum(),
        usd_per_hour: malicious().map(|entry| entry.label.usd_per_hour).sum(),
        records: story.entries.len() as u64,
    }
}

/// Only AWS keeps a log for each region.
fn region(entry: &Entry) -> Option<String> {
    match entry.place {
        Place::Aws { region, .. } => Some(region.to_owned()),
        Place::Google { .. } | Place::Azure { .. } => None,
    }
}

/// Writes the history of a seed: its last `days` days, and the life around the scenario.
pub(crate) fn write_history(to: &Path, life: &Life, days: i64, perturbation: &Perturbation) -> Result<Vec<Entry>> {
    let mut rng = Rng::new(&format!("deliver life {}", life.seed));
    let mut entries = life.entries();
    entries.retain(|entry| entry.time >= life.begins(days));
    let entries = perturbation.deliver(entries, &mut rng);
    files::write(to, &entries, Slice::Day, perturbation.shuffle)?;
    Ok(entries)
}

/// Writes logs, labels and truth of one scenario, and returns what was delivered.
pub(crate) fn write_scenario(to: &Path, told: Told, seed: u64, perturbation: &Perturbation) -> Result<Vec<Entry>> {
    let Told { entries, truth } = told;
    let mut rng = Rng::new(&format!("deliver {} {seed}", truth.scenario));
    let entries = perturbation.deliver(entries, &mut rng);
    files::write(&to.join("logs"), &entries, Slice::AsDelivered, perturbation.shuffle)?;
    fs::create_dir_all(to.join("logs")).context("creating the folder of the logs")?;
    let labels: Vec<String> = entries
        .iter()
        .map(|entry| serde_json::to_string(&line(&truth.scenario, entry)))
        .collect::<Result<_, _>>()
        .context("writing a label as JSON")?;
    fs::write(to.join("labels.jsonl"), labels.join("\n") + "\n").context("writing `labels.jsonl`")?;
    let text = serde_json::to_string_pretty(&truth).context("writing the truth as JSON")?;
    fs::write(to.join("truth.json"), text + "\n").context("writing `truth.json`")?;
    Ok(entries)
}

pub(crate) fn line(scenario: &str, entry: &Entry) -> Line {
    Line {
        event_id: entry.event_id.clone(),
        operation_id: entry.operation_id.clone(),
        scenario: scenario.to_owned(),
        phase: entry.label.phase,
        malicious: entry.label.malicious,
        change: entry.label.change,
        decisive: entry.label.decisive,
        machines: entry.label.machines,
        usd_per_hour: entry.label.usd_per_hour,
        time: entry.time,
        arrival: entry.arrival,
    }
}
