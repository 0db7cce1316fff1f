//! Incidents for people: a block each, of what happened, what it costs, why it is believed, and
//! what to type next.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};
use detect::plural;
use model::{Incident, IncidentStage, IncidentStatus, ScoreTerm, Severity, Text, Verdict};

use super::{findings::time, money::usd, text};
use crate::report::Report;

/// Columns of the labels of a block.
const LABEL: usize = 10;
/// A block stays readable on the narrowest terminal that is in use.
const COLUMNS: usize = 80;
/// Reasons shown of a score; `davy explain` has all.
const TERMS: usize = 6;
/// Regions that are named.
const REGIONS: usize = 6;
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Writes a block for each incident. `paths`: as they were given, for the command that comes next.
pub fn write(out: &mut dyn Write, report: &Report, paths: &str) -> io::Result<()> {
    for incident in &report.incidents {
        match incident.status {
            IncidentStatus::Closed => closed(out, incident, paths)?,
            _ => block(out, incident, paths)?,
        }
        writeln!(out)?;
    }
    Ok(())
}

/// What a person has judged asks for nobody: a few lines, so that it is not forgotten either.
fn closed(out: &mut dyn Write, incident: &Incident, paths: &str) -> io::Result<()> {
    writeln!(out, "closed  incident {}", short_id(incident))?;
    labelled(out, "who", &who(incident))?;
    labelled(out, "when", &when(incident))?;
    labelled(out, "verdict", &verdict(incident))?;
    let next = format!("davy explain {} {paths}", short_id(incident));
    writeln!(out, "  {DIM}{:<LABEL$}{DIM:#}{next}", "next")
}

fn block(out: &mut dyn Write, incident: &Incident, paths: &str) -> io::Result<()> {
    heading(out, incident)?;
    for (label, line) in facts(incident) {
        labelled(out, label, &line)?;
    }
    for (index, term) in strongest(incident).into_iter().enumerate() {
        let points = format!("{:>+4}  ", term.points);
        let line = format!("{}: {}", term.title, term.reason);
        hanging(out, if index == 0 { "because" } else { "" }, &points, &line)?;
    }
    let next = format!("davy explain {} {paths}", short_id(incident));
    writeln!(out, "  {DIM}{:<LABEL$}{DIM:#}{next}", "next")
}

fn heading(out: &mut dyn Write, incident: &Incident) -> io::Result<()> {
    let style = style(incident.severity);
    let severity = incident.severity.as_str().to_uppercase();
    let provisional = if incident.provisional { ", provisional" } else { "" };
    let status = incident.status.as_str();
    writeln!(
        out,
        "{style}{severity}{style:#} {BOLD}{}{BOLD:#}  incident {}, {status}{provisional}",
        incident.risk_score,
        short_id(incident)
    )
}

/// Eight characters are enough to find it again.
pub fn short_id(incident: &Incident) -> String {
    incident.id.to_string().chars().take(8).collect()
}

pub fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => Style::new().bold().fg_color(Some(AnsiColor::Red.into())),
        Severity::Medium => Style::new().bold().fg_color(Some(AnsiColor::Yellow.into())),
        Severity::Low | Severity::Informational => Style::new().bold(),
    }
}

/// What there is to know of it, a labelled line each.
pub fn facts(incident: &Incident) -> Vec<(&'static str, String)> {
    let mut facts = vec![("who", who(incident)), ("where", place(incident)), ("when", when(incident))];
    if incident.verdict.is_some() {
        facts.push(("verdict", verdict(incident)));
    }
    facts.push(("machines", machines(incident)));
    if incident.instances.launched > 0 || incident.usd_per_hour_armed.high > 0.0 {
        facts.push(("cost", cost(incident)));
        facts.push(("", forecast(incident)));
    }
    if !incident.unpriced.is_empty() {
        facts.push(("", format!("without {}: no price is known", list(&incident.unpriced, REGIONS))));
    }
    if let Some(since) = incident.counted_since {
        facts.push(("", format!("counted since {} only: an earlier run told of what was before", time(since))));
    }
    facts.push(("stages", stages(incident)));
    facts
}

/// What a person made of it, and what has become of that.
fn verdict(incident: &Incident) -> String {
    let Some(judged) = &incident.verdict else { return String::new() };
    let (said, day) = (word(judged.verdict), &time(judged.at)[..10]);
    let line = format!("{said}, by {} on {day}: {}", judged.by, judged.reason);
    match &judged.reopened {
        Some(reopened) => format!("{line}; reopened at {}: {}", time(reopened.time), reopened.reason),
        None => line,
    }
}

/// `true positive`.
pub fn word(verdict: Verdict) -> String {
    verdict.as_str().replace('_', " ")
}

fn who(incident: &Incident) -> String {
    let others = incident.principals.iter().filter(|principal| **principal != incident.principal).count() as u64;
    match others {
        0 => incident.principal.to_string(),
        others => format!("{}, and {} it made or used", incident.principal, plural(others, "principal")),
    }
}

fn place(incident: &Incident) -> String {
    let accounts = match &*incident.accounts {
        [] => "no account named".to_owned(),
        [account] => format!("account {account}"),
        accounts => format!("{} accounts: {}", accounts.len(), list(accounts, 3)),
    };
    match &*incident.regions {
        [] => accounts,
        [region] => format!("{accounts}, {region}"),
        regions => format!("{accounts}, {} regions: {}", regions.len(), list(regions, REGIONS)),
    }
}

/// The first of them, and how many there are beyond.
fn list(names: &[Text], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(|name| &**name).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn when(incident: &Incident) -> String {
    let (first, last) = (time(incident.first_time), time(incident.last_time));
    let last = if first[..10] == last[..10] { &last[11..] } else { &last };
    format!("{first} to {last} UTC, {} from {}", incident.severity, &time(reached(incident))[11..])
}

/// When it reached the severity that it has.
fn reached(incident: &Incident) -> jiff::Timestamp {
    let crossing = incident.crossings.iter().find(|crossing| crossing.severity == incident.severity);
    crossing.map_or(incident.detected_time, |crossing| crossing.time)
}

fn machines(incident: &Incident) -> String {
    let counts = incident.instances;
    let [requested, launched, alive] = [counts.requested, counts.launched, counts.alive].map(text::number);
    let mut line = format!("{requested} asked for, {launched} launched, {alive} alive");
    if counts.alive > 0 {
        let _ = write!(line, ": {} vCPU", text::number(incident.vcpu));
        for inside in &incident.accelerators {
            let _ = write!(line, ", {} {}", text::number(u64::from(inside.count)), inside.name);
        }
    }
    line
}

fn cost(incident: &Incident) -> String {
    let now = format!("{} an hour now", usd(incident.usd_per_hour));
    if incident.usd_per_hour_armed.high > incident.usd_per_hour.high {
        return format!("{now}; {} an hour if all groups grow to their limits", usd(incident.usd_per_hour_armed));
    }
    now
}

fn forecast(incident: &Incident) -> String {
    let so_far = format!("{} by {}", usd(incident.usd_so_far), &time(incident.as_of)[..16]);
    if incident.instances.alive == 0 {
        return so_far;
    }
    format!("{so_far}, {} by {} if nobody acts", usd(incident.usd_by_morning), &time(incident.morning)[..16])
}

/// Each stage with when it began.
fn stages(incident: &Incident) -> String {
    let began = |stage: &IncidentStage| {
        let first = incident.timeline.iter().find(|moment| moment.stages.contains(stage));
        match first {
            Some(moment) => format!("{} {}", stage.as_str(), &time(moment.time)[11..]),
            None => stage.as_str().to_owned(),
        }
    };
    incident.stages.iter().map(began).collect::<Vec<_>>().join(", ")
}

/// The terms that weigh most, and what speaks for the principal.
pub fn strongest(incident: &Incident) -> Vec<&ScoreTerm> {
    let mut terms: Vec<&ScoreTerm> = incident.score_terms.iter().filter(|term| term.points != 0).collect();
    terms.sort_by_key(|term| std::cmp::Reverse(term.points.abs()));
    terms.truncate(TERMS);
    terms
}

/// A label, and a line that goes on beneath itself where it is long.
pub fn labelled(out: &mut dyn Write, label: &str, line: &str) -> io::Result<()> {
    hanging(out, label, "", line)
}

/// The same, with something in front that nothing stands beneath.
pub fn hanging(out: &mut dyn Write, label: &str, front: &str, line: &str) -> io::Result<()> {
    let safe = text::safe(line);
    let indent = LABEL + text::width(front);
    let mut lines = text::wrap(&safe, COLUMNS - 2 - indent).into_iter();
    writeln!(out, "  {DIM}{label:<LABEL$}{DIM:#}{front}{}", lines.next().unwrap_or_default())?;
    lines.try_for_each(|rest| writeln!(out, "  {:<indent$}{rest}", ""))
}
