//! `davy explain`: one incident or finding, why it is there, and what to do about it.

use std::io::Write;

use anyhow::{Result, bail};
use decode::{Wanted, Which};
use jiff::{Timestamp, ToSpan as _};
use model::{Event, Incident, Text};
use serde::Serialize;

use super::{
    Setup,
    investigate::{Activity, needle},
    scan,
};
use crate::{
    Ending,
    cli::{Explain, ExplainFormat, Filter},
    explain::Explanation,
    read::read,
    redact::redact,
    report::{Found, Report},
    show,
};

/// Fewer characters of an id could be those of another one tomorrow.
const PREFIX: usize = 6;
/// Events of the principals that are kept to be told.
const EVENTS: usize = 10_000;

/// The document of `--format json`.
#[derive(Debug, Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    explanation: &'a Explanation,
    /// What the principals did, from an hour before to an hour after.
    activity: &'a [Activity],
}

pub fn run(options: &Explain, out: &mut dyn Write) -> Result<Ending> {
    check(options)?;
    let setup = super::setup(&options.rules)?;
    let filter = Filter { since: None, until: options.until, account: vec![], region: vec![], min_risk: 0 };
    let (report, memory) = scan::judge(&options.input, &filter, &setup, options.baseline.as_deref())?;
    let subject = Subject::find(&options.id, &report)?;
    if options.format == ExplainFormat::Html {
        return page(options, report, subject, &setup, out);
    }
    let activity = activity(options, &subject)?;
    let containment = subject.incident.as_ref().map(|incident| setup.plan.contain(incident));
    let explanation = Explanation::new(subject.incident, &subject.findings, &setup.detector, &memory, containment);
    match options.format {
        ExplainFormat::Text => show::explain::write(out, &explanation, &activity)?,
        ExplainFormat::Json | ExplainFormat::Html => {
            show::json::write_document(out, &Document { explanation: &explanation, activity: &activity })?;
        }
    }
    Ok(Ending::Quiet)
}

/// The page of a scan, of this incident alone.
fn page(options: &Explain, report: Report, subject: Subject, setup: &Setup, out: &mut dyn Write) -> Result<Ending> {
    let report = Report { incidents: subject.incident.into_iter().collect(), findings: subject.findings, ..report };
    let mut plans = setup.contain(&report);
    let report = if options.redact { redact(report, &mut plans) } else { report };
    show::html::write(out, &report, &plans)?;
    Ok(Ending::Quiet)
}

fn check(options: &Explain) -> Result<()> {
    if options.redact && options.format != ExplainFormat::Html {
        bail!("`--redact` is only for a page\nhint: add `--format html`, or use `davy scan --redact`");
    }
    if options.input.paths.iter().any(|path| path.as_os_str() == "-") {
        bail!("`davy explain` reads the logs twice, and standard input can be read once\nhint: save it to a file");
    }
    if options.id.chars().count() < PREFIX {
        bail!("`{}` is too short for an id\nhint: {PREFIX} characters or more", options.id);
    }
    Ok(())
}

/// What is to be explained.
struct Subject {
    incident: Option<Incident>,
    findings: Vec<Found>,
    principals: Vec<Text>,
    first_time: Timestamp,
    last_time: Timestamp,
}

impl Subject {
    fn find(id: &str, report: &Report) -> Result<Self> {
        let begins = |known: String| known.starts_with(&id.to_ascii_lowercase());
        let incidents = report.incidents.iter().filter(|incident| begins(incident.id.to_string()));
        let findings = report.findings.iter().filter(|found| begins(found.finding.id.to_string()));
        let mut subjects: Vec<Self> = incidents
            .map(|incident| Self::of_incident(incident, report))
            .chain(findings.map(|found| Self::of_finding(found, report)))
            .collect();
        match (subjects.pop(), subjects.len()) {
            (Some(subject), 0) => Ok(subject),
            (None, _) => bail!(
                "no incident or finding begins with `{id}`\nhint: `davy scan --format jsonl` names them all; are the logs and the settings the same?"
            ),
            (Some(_), others) => bail!("{} ids begin with `{id}`\nhint: more characters tell them apart", others + 1),
        }
    }

    fn of_incident(incident: &Incident, report: &Report) -> Self {
        let belongs = |found: &&Found| found.incident == Some(incident.id);
        Self {
            findings: report.findings.iter().filter(belongs).cloned().collect(),
            principals: incident.principals.clone(),
            first_time: incident.first_time,
            last_time: incident.last_time,
            incident: Some(incident.clone()),
        }
    }

    /// Of a finding there is its incident, if it belongs to one, and nothing of the other findings.
    fn of_finding(found: &Found, report: &Report) -> Self {
        let incident = report.incidents.iter().find(|incident| found.incident == Some(incident.id));
        Self {
            incident: incident.cloned(),
            principals: vec![found.finding.user.clone()],
            first_time: found.finding.first_time,
            last_time: found.finding.last_time,
            findings: vec![found.clone()],
        }
    }
}

/// What the principals did around it, of everything in the logs.
fn activity(options: &Explain, subject: &Subject) -> Result<Vec<Activity>> {
    let which = match &*subject.principals {
        [one] => needle(one),
        _ => Which::Everything,
    };
    let (from, until) = (subject.first_time - 1.hour(), subject.last_time + 1.hour());
    let is_around =
        |event: &Event| event.time >= from && event.time <= until && subject.principals.contains(&event.user.id);
    let mut events = std::collections::BTreeMap::new();
    let wanted = Wanted { which, instances: false, until: options.until };
    read(&options.input, &wanted, |batch| {
        for event in batch.events.into_iter().filter(is_around) {
            events.insert((event.time, event.id.clone()), event);
            if events.len() > EVENTS {
                events.pop_last();
            }
        }
    })?;
    Ok(events.values().map(Activity::from).collect())
}
