//! The scoreboard as a page. The section of misses is written by hand and left alone.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};

use super::board::Board;
use super::measure::Measure;
use super::run::disturbances;
use super::summary::{Share, Summary, median};
use crate::eval::label::Severity;
use crate::eval::original::Verdict;
use crate::eval::scenarios::{SCENARIOS, Scenario};
use crate::repository;

/// All tables, as Markdown.
pub(crate) fn tables(board: &Board) -> String {
    let seeds = board.seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    let mut text = format!("{} days of ordinary life before each scenario; seeds {seeds}.\n", board.days);
    text += &totals(board);
    text += "\n### Attacks\n\n";
    text += "| | | medium | high | incidents | decisive events | changes | USD | lead, minutes | root | burn | original: alerts |\n";
    text += "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for scenario in SCENARIOS.iter().filter(|scenario| scenario.is_attack()) {
        text += &attack_row(scenario, board);
    }
    text += "\n### What only looks like one\n\n| | | at most | was | original: alerts |\n| --- | --- | --- | --- | ---: |\n";
    for scenario in SCENARIOS.iter().filter(|scenario| !scenario.is_attack()) {
        text += &benign_row(scenario, board);
    }
    text
}

/// Puts the tables between the marks of the page.
pub(crate) fn write(text: &str) -> Result<()> {
    let path = repository::root().join(FILE);
    let page = fs::read_to_string(&path).with_context(|| format!("reading `{FILE}`"))?;
    let (before, rest) = page.split_once(BEGIN).with_context(|| format!("`{FILE}` has no line `{BEGIN}`"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("`{FILE}` has no line `{END}`"))?;
    fs::write(&path, format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", text.trim()))
        .with_context(|| format!("writing `{FILE}`"))
}

type Cell = fn(&Summary) -> String;

/// One column for each disturbance, one line for each number.
fn totals(board: &Board) -> String {
    let columns: Vec<(&str, &Summary)> =
        disturbances().iter().filter_map(|d| Some((d.name, board.davy.get(d.name)?))).collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let mut text = format!("\n### Davy\n\n| | {} |\n| --- |{}\n", names.join(" | "), " ---: |".repeat(names.len()));
    for (name, cell) in ROWS {
        let cells: Vec<String> = columns.iter().map(|(_, summary)| cell(summary)).collect();
        let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
    }
    text += &original_totals(board);
    text
}

const ROWS: &[(&str, Cell)] = &[
    ("recall at medium", |s| s.recall_medium.to_string()),
    ("recall at high", |s| s.recall_high.to_string()),
    ("false highs, B1 to B11", |s| s.false_high.to_string()),
    ("benign above their ceiling", |s| s.above_ceiling.to_string()),
    ("attacks told as one incident", |s| s.one_incident.to_string()),
    ("most incidents of one attack", |s| s.most_incidents.to_string()),
    ("decisive events until high, median", |s| shown(s.median_decisive_events)),
    ("changes of any kind until high, median", |s| shown(s.median_changes)),
    ("high within three decisive events", |s| s.three_events.to_string()),
    ("USD burnt until high, median", |s| s.median_usd.map_or_else(|| NONE.to_owned(), |usd| rounded(usd, 2))),
    ("high before 25 USD", |s| s.cheap.to_string()),
    ("medium before the first machine", |s| s.before_machine.to_string()),
    ("root principal named", |s| s.root_named.to_string()),
    ("burn within 20 %", |s| s.burn_right.to_string()),
    ("alerts per account-week of ordinary life", |s| rounded(s.alerts_per_account_week, 2)),
];

fn original_totals(board: &Board) -> String {
    let judged: Vec<&Verdict> = verdicts(board, Scenario::is_judged_for_recall);
    let benign: Vec<&Verdict> = verdicts(board, Scenario::must_not_be_high);
    let alerts = median(judged.iter().filter(|v| v.alerts > 0).map(|v| v.alerts).collect());
    format!(
        "\n### The original story, taken literally\n\nFive searches an hour; an alert is a row of one of them. It has no \
         severities, and no incidents.\n\n| | undisturbed |\n| --- | ---: |\n\
         | attacks with any alert | {} |\n\
         | alerts of an attack that has any, median | {} |\n\
         | benign scenarios with alerts, B1 to B11 | {} |\n\
         | alerts per account-week of ordinary life | {:.2} |\n",
        Share::of(&judged, |verdict| verdict.alerts > 0),
        shown(alerts),
        Share::of(&benign, |verdict| verdict.alerts > 0),
        board.original_alerts_per_account_week,
    )
}

fn verdicts(board: &Board, keep: fn(&Scenario) -> bool) -> Vec<&Verdict> {
    board.original.iter().filter(|v| Scenario::named(&v.scenario).is_some_and(keep)).collect()
}

fn attack_row(scenario: &Scenario, board: &Board) -> String {
    let tellings = tellings(scenario, board);
    let minutes = median(tellings.iter().filter_map(|m| m.lead_seconds).collect()).map(|s: i64| s as f64 / 60.0);
    let usd = median(tellings.iter().filter_map(|m| m.usd).collect());
    let burn: Vec<&Measure> = tellings.iter().copied().filter(|m| m.burn_right.is_some()).collect();
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        scenario.id,
        scenario.title,
        Share::of(&tellings, |m| m.severity >= Severity::Medium),
        Share::of(&tellings, |m| m.severity >= Severity::High),
        shown(tellings.iter().map(|m| m.incidents).max()),
        shown(median(tellings.iter().filter_map(|m| m.decisive_events).collect())),
        shown(median(tellings.iter().filter_map(|m| m.changes).collect())),
        usd.map_or_else(|| NONE.to_owned(), |usd| rounded(usd, 2)),
        minutes.map_or_else(|| NONE.to_owned(), |minutes| rounded(minutes, 1)),
        Share::of(&tellings, |m| m.root_named),
        if burn.is_empty() { NONE.to_owned() } else { Share::of(&burn, |m| m.burn_right == Some(true)).to_string() },
        shown(alerts_of_original(scenario, board)),
    )
}

fn benign_row(scenario: &Scenario, board: &Board) -> String {
    let worst = tellings(scenario, board).iter().map(|m| m.severity).max().unwrap_or(Severity::None);
    let mark = if worst > scenario.ceiling { " **(too high)**" } else { "" };
    format!(
        "| {} | {} | {} | {}{mark} | {} |\n",
        scenario.id,
        scenario.title,
        scenario.ceiling.word(),
        worst.word(),
        shown(alerts_of_original(scenario, board)),
    )
}

fn tellings<'b>(scenario: &Scenario, board: &'b Board) -> Vec<&'b Measure> {
    board.tellings.iter().filter(|measure| measure.scenario == scenario.id).collect()
}

fn alerts_of_original(scenario: &Scenario, board: &Board) -> Option<u64> {
    median(board.original.iter().filter(|v| v.scenario == scenario.id).map(|v| v.alerts).collect())
}

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| value.to_string())
}

/// A little less than nothing is nothing.
fn rounded(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let digits = text.strip_prefix('-').filter(|digits| digits.bytes().all(|byte| matches!(byte, b'0' | b'.')));
    digits.map_or(text.clone(), str::to_owned)
}

const NONE: &str = "–";
const FILE: &str = "eval/SCOREBOARD.md";
const BEGIN: &str = "<!-- written by `cargo xtask eval run --write` -->";
const END: &str = "<!-- end of what is written -->";
