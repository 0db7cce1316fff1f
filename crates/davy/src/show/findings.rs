//! Findings for people: by who did it, each with what, how much, and why.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use anstyle::Style;
use jiff::{Timestamp, tz::TimeZone};
use model::{Finding, Outcome, Text};

use super::{
    table::{Align, Table},
    text,
};
use crate::report::Found;

const BOLD: Style = Style::new().bold();
const VALUE_COLUMNS: usize = 32;
const COLUMNS: [(&str, Align); 7] = [
    ("time (utc)", Align::Left),
    ("risk", Align::Right),
    ("finding", Align::Left),
    ("value", Align::Left),
    ("outcome", Align::Left),
    ("instances", Align::Right),
    ("why", Align::Left),
];

/// The findings of one principal in one account.
struct Group<'a> {
    findings: Vec<&'a Finding>,
}

/// Writes all findings, the most dangerous principal first. `titles`: by detection.
pub fn write(
    out: &mut dyn Write,
    findings: &[Found],
    titles: &BTreeMap<&str, &str>,
    columns: Option<usize>,
) -> io::Result<()> {
    for group in groups(findings) {
        group.write(out, titles, columns)?;
        writeln!(out)?;
    }
    Ok(())
}

fn groups(findings: &[Found]) -> Vec<Group<'_>> {
    let mut by_user: BTreeMap<(&Option<Text>, &str), Vec<&Finding>> = BTreeMap::new();
    // Signals stand in the incident as what it is made of.
    for Found { finding, .. } in findings.iter().filter(|found| found.finding.risk_score > 0) {
        by_user.entry((&finding.vendor_account, &*finding.user)).or_default().push(finding);
    }
    let mut groups: Vec<Group<'_>> = by_user.into_values().map(|findings| Group { findings }).collect();
    groups.sort_by_key(|group| (std::cmp::Reverse(group.risk()), group.findings[0].time));
    groups
}

impl Group<'_> {
    fn risk(&self) -> u32 {
        self.findings.iter().map(|finding| finding.risk_score).sum()
    }

    fn write(&self, out: &mut dyn Write, titles: &BTreeMap<&str, &str>, columns: Option<usize>) -> io::Result<()> {
        let first = self.findings[0];
        let account = first.vendor_account.as_deref();
        let account =
            account.map_or_else(|| "no account".to_owned(), |account| format!("account {}", text::safe(account)));
        writeln!(out, "{BOLD}{}{BOLD:#}  {account}", text::safe(&first.user))?;
        writeln!(out, "  {}", self.story())?;
        let mut table = Table::new(COLUMNS);
        for finding in &self.findings {
            table.row(row(finding, titles));
        }
        table.write(out, "  ", columns)
    }

    /// One line on the whole of it: from where, how much, which regions.
    fn story(&self) -> String {
        let regions: BTreeSet<&str> =
            self.findings.iter().flat_map(|f| f.vendor_regions.iter().map(|r| &**r)).collect();
        let regions = match &*regions.into_iter().collect::<Vec<_>>() {
            [] => "no region".to_owned(),
            [region] => text::safe(region).into_owned(),
            regions => format!("{} regions", regions.len()),
        };
        let sources: BTreeSet<&str> = self.findings.iter().filter_map(|finding| finding.src.as_deref()).collect();
        let from = match &*sources.into_iter().collect::<Vec<_>>() {
            [] => String::new(),
            [source] => format!(", from {}", text::safe(source)),
            sources => format!(", from {} addresses", sources.len()),
        };
        format!("{} by {} in {regions}{from}", self.instances(), self.requests())
    }

    /// The same request may be in several findings; its id tells, unless requests have several
    /// records. Then the finding that holds most of them says how many there were.
    fn requests(&self) -> String {
        let most = self.findings.iter().map(|finding| finding.requests).max().unwrap_or(0);
        let one_each = |finding: &&Finding| finding.event_ids.len() as u64 <= finding.requests;
        if !self.findings.iter().all(one_each) {
            return detect::plural(most, "request");
        }
        let ids: BTreeSet<_> = self.findings.iter().flat_map(|finding| &finding.event_ids).collect();
        detect::plural(ids.len() as u64, "request")
    }

    fn instances(&self) -> String {
        let ids: BTreeSet<&str> = self.findings.iter().flat_map(|f| f.object_id.iter().map(|id| &**id)).collect();
        if ids.is_empty() {
            let asked = self.findings.iter().map(|finding| finding.count).max().unwrap_or(0);
            return format!("nothing ran, {} asked for", detect::plural(asked, "instance"));
        }
        format!("{} launched", detect::plural(ids.len() as u64, "instance"))
    }
}

fn row(finding: &Finding, titles: &BTreeMap<&str, &str>) -> [String; 7] {
    let title = titles.get(&*finding.detection).copied().unwrap_or(&finding.detection);
    let value = if finding.value == finding.user { finding.user_name.as_deref() } else { None };
    let asked = if finding.outcome == Outcome::Ok { "" } else { "asked " };
    [
        time(finding.time),
        finding.risk_score.to_string(),
        title.to_owned(),
        text::fit(&text::safe(value.unwrap_or(&finding.value)), VALUE_COLUMNS).into_owned(),
        finding.outcome.as_str().replace('_', " "),
        format!("{asked}{}", text::number(finding.count)),
        finding.because.first().cloned().unwrap_or_default(),
    ]
}

/// `2026-03-07 02:11:40`, in UTC.
pub fn time(time: Timestamp) -> String {
    TimeZone::UTC.to_datetime(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The heading of findings as CSV.
pub const CSV_HEADING: [&str; 21] = [
    "id",
    "detection",
    "name",
    "time",
    "first_time",
    "last_time",
    "vendor_account",
    "vendor_region",
    "user",
    "user_name",
    "session",
    "src",
    "value",
    "scopes",
    "outcome",
    "count",
    "requests",
    "object_id",
    "risk_score",
    "message",
    "incident",
];

/// A finding as a row of CSV; lists are joined by a blank.
pub fn csv_row(Found { finding, incident }: &Found) -> [String; 21] {
    let optional = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
    let scopes: Vec<&str> = finding.scopes.iter().map(|scope| scope.as_str()).collect();
    [
        finding.id.to_string(),
        finding.detection.to_string(),
        finding.name.to_string(),
        finding.time.to_string(),
        finding.first_time.to_string(),
        finding.last_time.to_string(),
        optional(&finding.vendor_account),
        optional(&finding.vendor_region),
        finding.user.to_string(),
        optional(&finding.user_name),
        optional(&finding.session),
        optional(&finding.src),
        finding.value.to_string(),
        scopes.join(" "),
        finding.outcome.to_string(),
        finding.count.to_string(),
        finding.requests.to_string(),
        finding.object_id.join(" "),
        finding.risk_score.to_string(),
        finding.message.clone(),
        incident.map_or_else(String::new, |id| id.to_string()),
    ]
}
