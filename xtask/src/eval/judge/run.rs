//! Every scenario, seed and disturbance through the released program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::board::Board;
use super::measure::{Measure, measure};
use super::output::Output;
use super::page;
use super::summary::summary;
use crate::bench::build;
use crate::eval::entry::Entry;
use crate::eval::generate;
use crate::eval::label::Line;
use crate::eval::original;
use crate::eval::perturb::Perturbation;
use crate::eval::scenarios::SCENARIOS;
use crate::eval::world::Life;

/// What is run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) days: i64,
    pub(crate) seeds: Vec<u64>,
    pub(crate) disturbances: Vec<Disturbance>,
}

/// A way in which the same logs may arrive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disturbance {
    pub(crate) name: &'static str,
    pub(crate) perturbation: Perturbation,
    /// So much of the history is there; all of it, if not said.
    pub(crate) history_days: Option<i64>,
}

/// In the order of the tables; the first is none.
pub(crate) fn disturbances() -> Vec<Disturbance> {
    let of = |name, perturbation| Disturbance { name, perturbation, history_days: None };
    let none = Perturbation::default();
    vec![
        of(UNDISTURBED, none),
        of("shuffled", Perturbation { shuffle: true, ..none }),
        of("10 % twice", Perturbation { duplicate_percent: 10, ..none }),
        of("15 minutes late", Perturbation { delay_minutes: 15, ..none }),
        of("without reads", Perturbation { without_reads: true, ..none }),
        Disturbance { history_days: Some(2), ..of("2 days of history", none) },
        Disturbance { history_days: Some(0), ..of("no history", none) },
    ]
}

/// Runs the plan, prints the tables, and writes them if told to.
pub(crate) fn run(plan: &Plan, write: bool) -> Result<()> {
    let board = board(plan)?;
    let text = page::tables(&board);
    println!("{text}");
    if write {
        board.write()?;
        page::write(&text)?;
    }
    Ok(())
}

fn board(plan: &Plan) -> Result<Board> {
    let davy = build::davy()?;
    let mut board = Board {
        days: plan.days,
        seeds: plan.seeds.clone(),
        davy: std::collections::BTreeMap::new(),
        tellings: Vec::new(),
        original: Vec::new(),
        original_alerts_per_account_week: 0.0,
    };
    for disturbance in &plan.disturbances {
        let kept = disturbance.history_days.unwrap_or(plan.days);
        let mut measures = Vec::new();
        for seed in &plan.seeds {
            eprintln!("{}, seed {seed}", disturbance.name);
            measures.extend(one_seed(&davy, plan.days, *seed, disturbance)?);
        }
        board.davy.insert(disturbance.name.to_owned(), summary(&measures, account_weeks(kept)));
        if disturbance.name == UNDISTURBED {
            board.tellings = measures;
        }
    }
    for seed in &plan.seeds {
        let life = Life { seed: *seed, days: plan.days, scale: 1 };
        let heard = original::evaluate(&life);
        board.original_alerts_per_account_week +=
            heard.life_alerts as f64 / account_weeks(plan.days) / plan.seeds.len() as f64;
        board.original.extend(heard.verdicts);
    }
    Ok(board)
}

/// All scenarios of a seed share one history, so it is written once.
pub(crate) fn one_seed(davy: &Path, days: i64, seed: u64, disturbance: &Disturbance) -> Result<Vec<Measure>> {
    let folder = tempfile::tempdir().context("making a folder for the logs")?;
    let life = Life { seed, days, scale: 1 };
    let history = folder.path().join("life");
    let kept = disturbance.history_days.unwrap_or(days);
    generate::write_history(&history, &life, kept, &disturbance.perturbation)?;
    let mut measures = Vec::new();
    for scenario in SCENARIOS {
        let told = generate::tell(scenario, &life);
        let truth = told.truth.clone();
        let place = folder.path().join(scenario.id);
        let entries = generate::write_scenario(&place, told, seed, &disturbance.perturbation)?;
        let output = scan(davy, &[history.clone(), place.join("logs")])?;
        measures.push(measure(&truth, &labels(scenario.id, &entries), &output));
    }
    Ok(measures)
}

fn labels(scenario: &str, entries: &[Entry]) -> Vec<Line> {
    entries.iter().map(|entry| generate::line(scenario, entry)).collect()
}

fn scan(davy: &Path, paths: &[PathBuf]) -> Result<Output> {
    let output = Command::new(davy)
        .args(["scan", "--format", "jsonl"])
        .args(paths)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting `{}`", davy.display()))?;
    // Davy says 1 when it has found something.
    if !matches!(output.status.code(), Some(0 | 1)) {
        bail!("`davy scan` ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let output = Output::read(&String::from_utf8_lossy(&output.stdout));
    if output.broken > 0 {
        bail!("{} incidents do not keep to the contract of the output", output.broken);
    }
    Ok(output)
}

/// Three accounts, two projects, two subscriptions; and the days around the scenario are life too.
fn account_weeks(days: i64) -> f64 {
    7.0 * (days + 2) as f64 / 7.0
}

pub(crate) const UNDISTURBED: &str = "undisturbed";
