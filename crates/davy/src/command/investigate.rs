//! `davy investigate`: the questions an analyst asks next, over the same files.

use std::{collections::BTreeMap, io::Write};

use anyhow::Result;
use decode::{Wanted, Which};
use jiff::Timestamp;
use model::{Event, Finding, Principal, Text};
use serde::Serialize;

use super::{instances, scan};
use crate::{
    Ending,
    cli::{Filter, Format, Investigate, InvestigateOptions},
    read::read,
    report::Found,
    show::{self, findings::time, rows::Row, table::Align, text},
    tally::Tally,
};

pub fn run(command: &Investigate, out: &mut dyn Write) -> Result<Ending> {
    match command {
        Investigate::User { arn, options } => user(arn, options, out),
        Investigate::Region { region, options } => in_region(region, options, out),
        Investigate::Launch { instance_id, options } => instances::launch(instance_id, options, out),
        Investigate::Instance { instance_id, options } => instances::instance(instance_id, options, out),
        Investigate::Findings { entity, options, rules, baseline } => {
            let setup = super::setup(rules)?;
            let filter =
                Filter { since: options.since, until: options.until, account: vec![], region: vec![], min_risk: 0 };
            let mut report = scan::judge(&options.input, &filter, &setup, baseline.as_deref())?.0;
            report.findings.retain(|finding| names(&finding.finding, entity));
            history(entity, &report.findings, &scan::titles(&setup.detector), options, out)
        }
    }
}

/// The events that `wanted` asks for and `matches` confirms, once each, in event order.
pub fn events(
    options: &InvestigateOptions,
    wanted: &Wanted,
    matches: impl Fn(&Event) -> bool,
) -> Result<(Vec<Event>, Tally)> {
    let mut by_id = BTreeMap::new();
    let tally = read(&options.input, wanted, |batch| {
        let matching = batch.events.into_iter().filter(&matches);
        let since = |event: &Event| options.since.is_none_or(|since| event.time >= since);
        by_id.extend(matching.filter(since).map(|event| ((event.time, event.id.clone()), event)));
    })?;
    Ok((by_id.into_values().collect(), tally))
}

/// Writes the rows, and under a table what they were found in.
pub fn answer<R: Row>(
    rows: &[R],
    what: &str,
    tally: &Tally,
    options: &InvestigateOptions,
    out: &mut dyn Write,
) -> Result<Ending> {
    show::rows::write(out, rows, options.format, super::columns())?;
    if options.format == Format::Table {
        let records = text::number(tally.records.read);
        let rejected = match tally.rejects_total {
            0 => String::new(),
            rejected => format!("; {} could not be read, see `davy scan`", detect::plural(rejected, "part")),
        };
        show::summary::label(out, "found", &format!("{what} in {records} records{rejected}"))?;
    }
    Ok(ending(tally, options))
}

/// Asking is no alarm: only what could not be read may make it fail.
pub fn ending(tally: &Tally, options: &InvestigateOptions) -> Ending {
    if options.input.strict && tally.rejects_total > 0 { Ending::Rejects } else { Ending::Quiet }
}

/// One thing that somebody did.
#[derive(Debug, Serialize)]
pub struct Activity {
    pub time: Timestamp,
    pub command: Text,
    pub outcome: model::Outcome,
    pub result_id: Option<Text>,
    pub user: Text,
    pub user_name: Option<Text>,
    pub user_type: Option<Text>,
    pub session: Option<Text>,
    pub access_key_id: Option<Text>,
    pub src: Option<Text>,
    pub user_agent: Option<Text>,
    pub vendor_account: Option<Text>,
    pub vendor_region: Option<Text>,
    pub object_id: Vec<Text>,
    pub event_id: String,
}

impl From<&Event> for Activity {
    fn from(event: &Event) -> Self {
        let (event, user) = (event.clone(), Principal::clone(&event.user));
        Self {
            time: event.time,
            command: event.command,
            outcome: event.outcome,
            result_id: event.result_id,
            user: user.id,
            user_name: user.name,
            user_type: user.kind,
            session: user.session,
            access_key_id: user.access_key_id,
            src: event.src,
            user_agent: event.user_agent,
            vendor_account: event.vendor_account,
            vendor_region: event.vendor_region,
            object_id: event.object_id.to_vec(),
            event_id: event.id.to_string(),
        }
    }
}

impl Row for Activity {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("time (utc)", Align::Left),
        ("command", Align::Left),
        ("outcome", Align::Left),
        ("region", Align::Left),
        ("account", Align::Left),
        ("src", Align::Left),
        ("user type", Align::Left),
        ("user name", Align::Left),
        ("session", Align::Left),
        ("user", Align::Left),
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            time(self.time),
            self.command.to_string(),
            self.outcome.as_str().replace('_', " "),
            shown(self.vendor_region.as_ref()),
            shown(self.vendor_account.as_ref()),
            shown(self.src.as_ref()),
            shown(self.user_type.as_ref()),
            shown(self.user_name.as_ref()),
            shown(self.session.as_ref()),
            self.user.to_string(),
        ]
    }
}

/// A dash for what the log does not say.
pub fn shown(text: Option<&Text>) -> String {
    text.map_or_else(|| "-".to_owned(), ToString::to_string)
}

fn user(arn: &str, options: &InvestigateOptions, out: &mut dyn Write) -> Result<Ending> {
    let wanted = Wanted { which: needle(arn), instances: false, until: options.until };
    let (events, tally) = events(options, &wanted, |event| is_by(event, arn))?;
    let rows: Vec<Activity> = events.iter().map(Activity::from).collect();
    let what = format!("{} by {}", detect::plural(rows.len() as u64, "event"), text::safe(arn));
    answer(&rows, &what, &tally, options, out)
}

/// What a record by this principal must contain somewhere: the last part of its name. An actor
/// without a name of its own (`aws:ACCOUNT:…`) is only sure to show its account.
pub fn needle(principal: &str) -> Which {
    let part = match principal.strip_prefix("aws:") {
        Some(rest) => rest.split(':').next(),
        None => principal.rsplit(['/', ':']).next(),
    };
    match part {
        Some(part) if !part.is_empty() => Which::Mentioning(part.into()),
        _ => Which::Everything,
    }
}

/// A principal by its stable name, or one session of a role by the ARN that AWS gives it.
fn is_by(event: &Event, arn: &str) -> bool {
    *event.user.id == *arn || is_session(event, arn).unwrap_or(false)
}

/// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`
fn is_session(event: &Event, arn: &str) -> Option<bool> {
    let (account, rest) = arn.split_once(":sts::")?.1.split_once(":assumed-role/")?;
    let (role, session) = rest.split_once('/')?;
    let user = &event.user;
    let same_account = event.vendor_account.as_deref() == Some(account);
    Some(same_account && user.name.as_deref() == Some(role) && user.session.as_deref() == Some(session))
}

/// What one user did in a region, by name of the operation.
#[derive(Debug, Serialize)]
struct RegionActivity {
    vendor_region: Text,
    command: Text,
    user: Text,
    vendor_account: Option<Text>,
    events: u64,
    refused: u64,
    first_time: Timestamp,
    last_time: Timestamp,
    /// At most 1,000 of them.
    object_id: Vec<Text>,
}

impl Row for RegionActivity {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("first (utc)", Align::Left),
        ("last (utc)", Align::Left),
        ("command", Align::Left),
        ("events", Align::Right),
        ("refused", Align::Right),
        ("objects", Align::Right),
        ("account", Align::Left),
        ("user", Align::Left),
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            time(self.first_time),
            time(self.last_time),
            self.command.to_string(),
            text::number(self.events),
            text::number(self.refused),
            text::number(self.object_id.len() as u64),
            shown(self.vendor_account.as_ref()),
            self.user.to_string(),
        ]
    }
}

const SHOWN_OBJECTS: usize = 1000;

fn in_region(region: &str, options: &InvestigateOptions, out: &mut dyn Write) -> Result<Ending> {
    let wanted = Wanted { which: Which::Region(region.into()), instances: false, until: options.until };
    let (events, tally) = events(options, &wanted, |event| event.vendor_region.as_deref() == Some(region))?;
    let total = events.len() as u64;
    let mut by_user: BTreeMap<(Text, Option<Text>, Text), RegionActivity> = BTreeMap::new();
    for event in events {
        let key = (event.user.id.clone(), event.vendor_account.clone(), event.command.clone());
        by_user.entry(key).or_insert_with(|| RegionActivity::new(region, &event)).add(event);
    }
    let mut rows: Vec<RegionActivity> = by_user.into_values().collect();
    rows.sort_by(|a, b| (a.first_time, &a.user, &a.command).cmp(&(b.first_time, &b.user, &b.command)));
    let what = format!("{} in {}", detect::plural(total, "event"), text::safe(region));
    answer(&rows, &what, &tally, options, out)
}

impl RegionActivity {
    fn new(region: &str, event: &Event) -> Self {
        Self {
            vendor_region: region.into(),
            command: event.command.clone(),
            user: event.user.id.clone(),
            vendor_account: event.vendor_account.clone(),
            events: 0,
            refused: 0,
            first_time: event.time,
            last_time: event.time,
            object_id: Vec::new(),
        }
    }

    fn add(&mut self, event: Event) {
        self.events += 1;
        self.refused += u64::from(event.outcome != model::Outcome::Ok);
        self.last_time = event.time;
        let room = SHOWN_OBJECTS - self.object_id.len();
        self.object_id.extend(event.object_id.into_iter().take(room));
    }
}

/// Whether a finding has anything to do with a user, account, instance, image, type, region or address.
fn names(finding: &Finding, entity: &str) -> bool {
    let one = [Some(&finding.user), Some(&finding.value), finding.user_name.as_ref(), finding.session.as_ref()];
    let more = [finding.src.as_ref(), finding.vendor_account.as_ref()];
    let lists = [&finding.object_id, &finding.image_id, &finding.instance_type, &finding.vendor_regions];
    let all = one.into_iter().chain(more).flatten().chain(lists.into_iter().flatten());
    all.into_iter().any(|text| **text == *entity)
}

fn history(
    entity: &str,
    findings: &[Found],
    titles: &BTreeMap<&str, &str>,
    options: &InvestigateOptions,
    out: &mut dyn Write,
) -> Result<Ending> {
    match options.format {
        Format::Table => {
            show::findings::write(out, findings, titles, super::columns())?;
            let what = format!("{} naming {}", detect::plural(findings.len() as u64, "finding"), text::safe(entity));
            show::summary::label(out, "found", &what)?;
        }
        Format::Json => show::json::write_document(out, &findings)?,
        Format::Jsonl => findings.iter().try_for_each(|finding| show::json::write_line(out, finding))?,
        Format::Csv => {
            show::csv::write(out, show::findings::CSV_HEADING, findings.iter().map(show::findings::csv_row))?;
        }
    }
    Ok(if findings.is_empty() { Ending::Quiet } else { Ending::Findings })
}
