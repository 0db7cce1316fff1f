//! An explanation for people: the facts, the reasons one by one, what would have made it quiet,
//! the evidence, what was done around it, and the plan.

use std::io::{self, Write};

use anstyle::Style;
use detect::{Containment, Measure, Phase, plural};
use model::{Incident, Moment};

use super::{
    findings::time,
    incidents::{self, hanging, labelled},
    table::{Align, Table},
    text,
};
use crate::{
    command::Activity,
    explain::{Explanation, GroupSum, Why},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Lines shown of a list of events; `--format json` has all.
const EVENTS: usize = 60;

/// Writes all of it.
pub fn write(out: &mut dyn Write, explanation: &Explanation, activity: &[Activity]) -> io::Result<()> {
    if let Some(incident) = &explanation.incident {
        heading(out, incident)?;
        score(out, incident, explanation)?;
    }
    for why in &explanation.findings {
        finding(out, why)?;
    }
    if let Some(incident) = &explanation.incident {
        evidence(out, incident)?;
    }
    around(out, explanation, activity)?;
    match &explanation.containment {
        Some(containment) => plan(out, containment),
        None => Ok(()),
    }
}

fn heading(out: &mut dyn Write, incident: &Incident) -> io::Result<()> {
    let style = incidents::style(incident.severity);
    let severity = incident.severity.as_str().to_uppercase();
    writeln!(out, "{style}{severity}{style:#} {BOLD}{}{BOLD:#}  incident {}", incident.risk_score, incident.id)?;
    for (label, line) in incidents::facts(incident) {
        labelled(out, label, &line)?;
    }
    let list = incident
        .price_date
        .map_or_else(|| "price list without a date".to_owned(), |date| format!("price list of {date}"));
    labelled(out, "prices", &format!("{list}, as of the last event read: {}", time(incident.as_of)))?;
    if incident.provisional {
        let line = "the account was too new to tell what is new in it: only facts count, and the score is provisional";
        labelled(out, "note", line)?;
    }
    Ok(())
}

fn title(out: &mut dyn Write, name: &str) -> io::Result<()> {
    writeln!(out, "\n{BOLD}{name}{BOLD:#}")
}

/// Term by term, and what each group comes to.
fn score(out: &mut dyn Write, incident: &Incident, explanation: &Explanation) -> io::Result<()> {
    title(out, "Why it is believed")?;
    for term in &incident.score_terms {
        let front = format!("{:>+4}  ", term.points);
        hanging(out, &term.group, &front, &format!("{} at {}: {}", term.title, &time(term.time)[11..], term.reason))?;
    }
    let sums: Vec<String> = explanation.groups.iter().map(sum).collect();
    labelled(out, "score", &format!("{} = {}", sums.join(" + "), incident.risk_score))?;
    for crossing in &incident.crossings {
        labelled(
            out,
            crossing.severity.as_str(),
            &format!("from {} on, with event {}", time(crossing.time), crossing.event_id),
        )?;
    }
    match &explanation.quiet_if {
        Some(sentence) => labelled(out, "quiet if", sentence),
        None => Ok(()),
    }
}

fn sum(sum: &GroupSum) -> String {
    let GroupSum { group, points, at_most } = sum;
    match at_most {
        Some(most) if *points > i64::from(*most) => format!("{group} {most} (the most it may be; {points} found)"),
        _ => format!("{group} {points}"),
    }
}

fn finding(out: &mut dyn Write, why: &Why) -> io::Result<()> {
    let finding = &why.found.finding;
    let value = if finding.value == finding.user {
        finding.user_name.as_deref().unwrap_or(&finding.user)
    } else {
        &finding.value
    };
    title(out, &text::safe(&format!("{}: {value}", why.title)))?;
    labelled(out, "finding", &format!("{}, risk {}", finding.id, finding.risk_score))?;
    labelled(out, "said", &finding.message)?;
    for (index, sentence) in why.because.iter().chain(&why.also).enumerate() {
        labelled(out, if index == 0 { "because" } else { "" }, sentence)?;
    }
    labelled(out, "quiet if", &why.quiet_if)?;
    let events: Vec<String> = finding.event_ids.iter().take(3).map(ToString::to_string).collect();
    let more = finding.event_ids.len().saturating_sub(3);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    labelled(out, "events", &format!("{}{more}", events.join(", ")))
}

/// The decisive events, with their ids.
fn evidence(out: &mut dyn Write, incident: &Incident) -> io::Result<()> {
    title(out, "Evidence")?;
    let mut table = Table::new([
        ("time (utc)", Align::Left),
        ("stage", Align::Left),
        ("command", Align::Left),
        ("region", Align::Left),
        ("outcome", Align::Left),
        ("machines", Align::Right),
        ("event", Align::Left),
    ]);
    incident.timeline.iter().take(EVENTS).for_each(|moment| table.row(evidence_row(moment)));
    table.write(out, "  ", None)?;
    more(out, incident.timeline.len())
}

fn evidence_row(moment: &Moment) -> [String; 7] {
    let stages: Vec<&str> = moment.stages.iter().map(|stage| stage.as_str()).collect();
    [
        time(moment.time),
        stages.join(" "),
        moment.command.to_string(),
        moment.region.as_deref().unwrap_or("-").to_owned(),
        moment.outcome.as_str().replace('_', " "),
        text::number(u64::from(moment.count)),
        moment.event_id.to_string(),
    ]
}

fn more(out: &mut dyn Write, all: usize) -> io::Result<()> {
    match all.saturating_sub(EVENTS) {
        0 => Ok(()),
        more => writeln!(out, "  and {} more; `--format json` has them", text::number(more as u64)),
    }
}

/// What the principals did, with a star at what is evidence.
fn around(out: &mut dyn Write, explanation: &Explanation, activity: &[Activity]) -> io::Result<()> {
    title(out, "What they did, from an hour before to an hour after")?;
    let mut table = Table::new([
        ("", Align::Left),
        ("time (utc)", Align::Left),
        ("command", Align::Left),
        ("outcome", Align::Left),
        ("region", Align::Left),
        ("src", Align::Left),
        ("who", Align::Left),
    ]);
    for event in activity.iter().take(EVENTS) {
        let star = if is_evidence(explanation, &event.event_id) { "*" } else { "" };
        let dash = |text: Option<&model::Text>| text.map_or_else(|| "-".to_owned(), ToString::to_string);
        table.row([
            star.to_owned(),
            time(event.time),
            event.command.to_string(),
            event.outcome.as_str().replace('_', " "),
            dash(event.vendor_region.as_ref()),
            dash(event.src.as_ref()),
            event.user_name.as_ref().unwrap_or(&event.user).to_string(),
        ]);
    }
    table.write(out, "  ", None)?;
    more(out, activity.len())
}

fn is_evidence(explanation: &Explanation, event_id: &str) -> bool {
    let of_findings = explanation.findings.iter().flat_map(|why| &why.found.finding.event_ids);
    of_findings.into_iter().any(|id| id.to_string() == event_id)
}

/// The commands in their order, each with what it does and what it breaks.
fn plan(out: &mut dyn Write, containment: &Containment) -> io::Result<()> {
    title(out, "What to do, in this order")?;
    if containment.measures.is_empty() {
        writeln!(out, "  nothing is left that a command could be given for")?;
    }
    let mut number = 0;
    for phase in Phase::ALL {
        let measures: Vec<&Measure> = containment.measures.iter().filter(|measure| measure.phase == phase).collect();
        if measures.is_empty() {
            continue;
        }
        number += 1;
        writeln!(out, "\n  {BOLD}{number}. {}{BOLD:#}", phase.title())?;
        let mut last = None;
        for step in measures {
            measure(out, step, last == Some((&step.account, &step.does)))?;
            last = Some((&step.account, &step.does));
        }
    }
    if !containment.left_out.is_empty() || containment.more > 0 {
        writeln!(out)?;
    }
    for object in containment.left_out.iter().take(EVENTS) {
        let line = format!(
            "{} `{}`: what it is called cannot be put in a command, or the log says too little of it",
            object.category, object.id
        );
        labelled(out, "by hand", &line)?;
    }
    if containment.more > 0 {
        let line = format!("{} more: explain again once these are done", plural(containment.more as u64, "object"));
        labelled(out, "and", &line)?;
    }
    Ok(())
}

/// A command is never broken: it is there to be copied. What it does is said once for several.
fn measure(out: &mut dyn Write, measure: &Measure, is_said: bool) -> io::Result<()> {
    if is_said {
        return writeln!(out, "  {}", text::safe(&measure.command));
    }
    let account = measure.account.as_deref().map_or_else(String::new, |account| format!("account {account}: "));
    writeln!(out, "\n  {DIM}#{DIM:#} {}", text::safe(&format!("{account}{}", measure.does)))?;
    writeln!(out, "  {DIM}#{DIM:#} breaks: {}", text::safe(&measure.breaks))?;
    writeln!(out, "  {}", text::safe(&measure.command))
}
