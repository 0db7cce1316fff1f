//! The guard: detection may get better, and may not get worse without anybody saying so.

use anyhow::{Result, bail};

use super::board::Board;
use super::measure::Measure;
use super::run::{disturbances, one_seed};
use crate::bench::build;
use crate::eval::scenarios::Scenario;

/// One seed, undisturbed, against what the scoreboard says of it.
pub(crate) fn run() -> Result<()> {
    let board = Board::read()?;
    let Some(seed) = board.seeds.first() else { bail!("the scoreboard has no seed\nhint: {HINT}") };
    let now = one_seed(&build::davy()?, board.days, *seed, &disturbances()[0])?;
    let complaints: Vec<String> = now.iter().flat_map(|now| complaints(now, &board.tellings)).collect();
    if complaints.is_empty() {
        println!("{} scenarios are detected as well as the scoreboard says, or better", now.len());
        return Ok(());
    }
    bail!("detection is worse than the scoreboard says:\n  {}\nhint: {HINT}", complaints.join("\n  "));
}

fn complaints(now: &Measure, tellings: &[Measure]) -> Vec<String> {
    let before = tellings.iter().find(|before| (&before.scenario, before.seed) == (&now.scenario, now.seed));
    let scenario = Scenario::named(&now.scenario);
    let (Some(before), Some(scenario)) = (before, scenario) else {
        return vec![format!("{} is not on the scoreboard", now.scenario)];
    };
    let worse = if scenario.is_attack() { worse_attack(before, now) } else { worse_benign(before, now) };
    worse.into_iter().map(|what| format!("{}: {what}", now.scenario)).collect()
}

fn worse_attack(before: &Measure, now: &Measure) -> Vec<String> {
    let mut worse = Vec::new();
    if now.severity < before.severity {
        worse.push(format!("was {}, is {}", before.severity.word(), now.severity.word()));
    }
    if now.incidents > before.incidents.max(1) {
        worse.push(format!("was {} incidents, is {}", before.incidents, now.incidents));
    }
    if before.decisive_events.is_some() && later(before.decisive_events, now.decisive_events) {
        worse.push("is high after more decisive events".to_owned());
    }
    if is_early(before) && !is_early(now) {
        worse.push("is medium only after the first machine".to_owned());
    }
    if before.root_named && !now.root_named {
        worse.push("no longer names who began it".to_owned());
    }
    if before.burn_right == Some(true) && now.burn_right != Some(true) {
        worse.push("no longer says what it costs".to_owned());
    }
    worse
}

fn is_early(measure: &Measure) -> bool {
    measure.lead_seconds.is_some_and(|lead| lead > 0)
}

fn later(before: Option<u64>, now: Option<u64>) -> bool {
    now.is_none_or(|now| before.is_some_and(|before| now > before))
}

fn worse_benign(before: &Measure, now: &Measure) -> Vec<String> {
    let mut worse = Vec::new();
    if now.severity > before.severity {
        worse.push(format!("was {}, is {}", before.severity.word(), now.severity.word()));
    }
    if now.alerts_beside > before.alerts_beside {
        worse.push(format!("{} alerts beside it, were {}", now.alerts_beside, before.alerts_beside));
    }
    worse
}

const HINT: &str = "if it has to be so, say why in `eval/SCOREBOARD.md` and run `cargo xtask eval run --write`";

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;
    use crate::eval::label::Severity;

    #[test]
    fn worse_is_worse_and_better_is_not() {
        let before = measure("A1", Severity::High);
        assert!(complaints(&before, from_ref(&before)).is_empty());
        let better = Measure { severity: Severity::Critical, decisive_events: Some(1), ..before.clone() };
        assert!(complaints(&better, from_ref(&before)).is_empty());
        let lost = Measure { severity: Severity::Medium, decisive_events: None, lead_seconds: None, ..before.clone() };
        assert_eq!(complaints(&lost, from_ref(&before)).len(), 3);
        assert_eq!(complaints(&before, &[]).len(), 1);
        let calm = measure("B1", Severity::None);
        assert_eq!(complaints(&measure("B1", Severity::Low), &[calm]).len(), 1);
    }

    fn measure(scenario: &str, severity: Severity) -> Measure {
        Measure {
            scenario: scenario.to_owned(),
            seed: 1,
            severity,
            incidents: 1,
            decisive_events: Some(3),
            changes: Some(9),
            usd: Some(1.0),
            lead_seconds: Some(60),
            root_named: true,
            burn_right: Some(true),
            alerts_beside: 0,
        }
    }
}
