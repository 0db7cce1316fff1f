//! What a scan has to say: the incidents, the findings they are made of, and the summary that
//! stands under them.

use std::collections::{BTreeMap, BTreeSet};

use detect::{Calendar, Detector, Kind, Memory};
use jiff::Timestamp;
use model::{
    Drift, Finding, FindingId, Incident, IncidentId, IncidentStatus, ProductCoverage, Reject, Scope, Span,
    VendorProduct,
};
use serde::Serialize;

use crate::{
    cli::Filter,
    tally::{Files, Records, Tally},
};

/// One line of the output contract; see `schema/output.schema.json`.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line<'a> {
    Incident(&'a Incident),
    Finding(&'a Found),
    Summary(&'a Summary),
}

#[derive(Debug, Serialize)]
pub struct Report {
    /// The worst first.
    pub incidents: Vec<Incident>,
    pub findings: Vec<Found>,
    pub summary: Summary,
    /// What people have judged, whether it is reported or hidden.
    #[serde(skip)]
    pub closed: BTreeSet<IncidentId>,
}

/// A finding, and the incident that it belongs to.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    #[serde(flatten)]
    pub finding: Finding,
    pub incident: Option<IncidentId>,
}

#[derive(Debug, Serialize)]
pub struct Summary {
    pub version: &'static str,
    pub files: Files,
    pub records: Records,
    pub unpacked_bytes: u64,
    pub first_time: Option<Timestamp>,
    pub last_time: Option<Timestamp>,
    pub accounts: Vec<Account>,
    /// Everything that was read, by operation.
    pub commands: Vec<Command>,
    pub incidents: Incidents,
    pub findings: Findings,
    /// Where any were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<Verdicts>,
    pub gates: Vec<Gate>,
    /// At most 1,000 of them.
    pub rejects: Vec<Reject>,
    pub rejects_total: u64,
    /// What was met in events and not known: at most 100 kinds.
    pub drifts: Vec<Drift>,
    pub drifts_total: u64,
}

#[derive(Debug, Serialize)]
pub struct Incidents {
    pub reported: usize,
    /// Of these, closed by a verdict.
    pub closed: usize,
    /// There, but not asked for by the filters.
    pub hidden: usize,
}

/// Verdicts that hold. One on no incident of these logs is on one of others, or was given under
/// other settings.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Verdicts {
    pub given: usize,
    /// Of these, on an incident of these logs.
    pub met: usize,
}

#[derive(Debug, Serialize)]
pub struct Findings {
    pub reported: usize,
    /// Of these, in incidents that are closed by a verdict.
    pub closed: usize,
    /// Found, but not asked for by the filters.
    pub hidden: usize,
    /// Judgements that were not made, because a baseline or model had not seen enough.
    pub learning: u64,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the output contract's name")]
pub struct Account {
    pub vendor_product: VendorProduct,
    pub account: String,
    #[serde(flatten)]
    pub span: Span,
    pub regions: Vec<Region>,
}

#[derive(Debug, Serialize)]
pub struct Region {
    pub region: String,
    #[serde(flatten)]
    pub span: Span,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the output contract's name")]
pub struct Command {
    pub vendor_product: VendorProduct,
    pub command: String,
    #[serde(flatten)]
    pub span: Span,
}

/// When a scope has learned enough for a detection to speak.
#[derive(Debug, Serialize)]
pub struct Gate {
    pub detection: String,
    #[serde(skip)]
    pub title: String,
    /// The scope is of this product's logs.
    pub vendor_product: VendorProduct,
    pub scope: Scope,
    pub account: Option<String>,
    /// The midnight from which it speaks.
    pub opens: Timestamp,
    /// As of the last event read.
    pub open: bool,
}

impl Report {
    pub fn new(judged: Judged, filter: &Filter, detector: &Detector, memory: &Memory, tally: Tally) -> Self {
        let all_incidents = judged.incidents.len();
        let belongs = belonging(&judged.incidents);
        let verdicts = verdicts(&judged.incidents, detector);
        let mut incidents = judged.incidents;
        for incident in &mut incidents {
            tell_reasons(incident, &judged.findings);
        }
        let closed = closed(&incidents);
        incidents.retain(|incident| filter.reports_incident(incident));
        incidents.sort_by_key(|incident| {
            let worst_first = std::cmp::Reverse((incident.severity, incident.risk_score));
            (is_closed(incident), worst_first, incident.first_time, incident.id)
        });
        // A signal is worth nothing alone: it is told as a part of an incident, or not at all.
        let counts = |finding: &Finding| finding.risk_score > 0 || belongs.contains_key(&finding.id);
        let findings: Vec<Finding> = judged.findings.into_iter().filter(counts).collect();
        let all = findings.len();
        let findings = findings.into_iter().filter(|finding| filter.reports(finding));
        let findings: Vec<Found> =
            findings.map(|finding| Found { incident: belongs.get(&finding.id).copied(), finding }).collect();
        let learning = learning(detector, memory);
        let reported = incidents.len();
        let closed_incidents = incidents.iter().filter(|incident| is_closed(incident)).count();
        let of_incidents = Incidents { reported, closed: closed_incidents, hidden: all_incidents - reported };
        let closed_findings = findings.iter().filter(|found| found.is_in(&closed)).count();
        let (reported, hidden) = (findings.len(), all - findings.len());
        let of_findings = Findings { reported, closed: closed_findings, hidden, learning };
        let summary = Summary { verdicts, ..Summary::new((of_incidents, of_findings), detector, memory, tally) };
        Self { incidents, findings, summary, closed }
    }

    /// Whether nothing of it asks for anybody: there is nothing, or a person has judged all of it.
    pub fn is_calm(&self) -> bool {
        let Summary { incidents, findings, .. } = &self.summary;
        incidents.closed == incidents.reported && findings.closed == findings.reported
    }

    /// The findings that no verdict has closed.
    pub fn open_findings(&self) -> Vec<Found> {
        self.findings.iter().filter(|found| !found.is_in(&self.closed)).cloned().collect()
    }
}

impl Found {
    fn is_in(&self, incidents: &BTreeSet<IncidentId>) -> bool {
        self.incident.is_some_and(|incident| incidents.contains(&incident))
    }
}

fn is_closed(incident: &Incident) -> bool {
    incident.status == IncidentStatus::Closed
}

fn closed(incidents: &[Incident]) -> BTreeSet<IncidentId> {
    incidents.iter().filter(|incident| is_closed(incident)).map(|incident| incident.id).collect()
}

fn verdicts(incidents: &[Incident], detector: &Detector) -> Option<Verdicts> {
    let given = detector.scoring().map_or(0, |scoring| scoring.verdicts.len());
    let met = incidents.iter().filter(|incident| incident.verdict.is_some()).count();
    (given > 0).then_some(Verdicts { given, met })
}

/// All that a scan found, before anything of it is left out.
#[derive(Debug, Default)]
pub struct Judged {
    pub incidents: Vec<Incident>,
    pub findings: Vec<Finding>,
}

/// A term says what its finding does, with the numbers, where all it knows is the detection's name.
fn tell_reasons(incident: &mut Incident, findings: &[Finding]) {
    for term in &mut incident.score_terms {
        let is_behind = |finding: &&Finding| {
            finding.detection == term.signal && term.event_ids.iter().any(|id| finding.event_ids.contains(id))
        };
        let Some(finding) = findings.iter().find(is_behind).filter(|finding| *finding.name == *term.reason) else {
            continue;
        };
        if let Some(because) = finding.because.first() {
            let names_itself = finding.value == finding.user || because.contains(&*finding.value);
            term.reason = if names_itself { because.clone() } else { format!("{}, {because}", finding.value) };
        }
    }
}

fn belonging(incidents: &[Incident]) -> BTreeMap<FindingId, IncidentId> {
    incidents.iter().flat_map(|incident| incident.findings.iter().map(|finding| (*finding, incident.id))).collect()
}

fn learning(detector: &Detector, memory: &Memory) -> u64 {
    let of = |product, name: &str| {
        let baseline = memory.baseline(product, name).map_or(0, detect::Baseline::learning);
        baseline + memory.counts(product, name).map_or(0, detect::Counts::learning)
    };
    let of_all = |name: &str| -> u64 { memory.products().map(|product| of(product, name)).sum() };
    let alone = detector.detections().iter().filter(|detection| !detection.is_signal());
    alone.map(|detection| of_all(&detection.detection)).sum()
}

impl Filter {
    fn reports_incident(&self, incident: &Incident) -> bool {
        let has = |known: &[model::Text], wanted: &[String]| {
            wanted.is_empty() || wanted.iter().any(|wanted| known.iter().any(|known| **known == **wanted))
        };
        self.since.is_none_or(|since| incident.last_time >= since)
            && incident.risk_score >= self.min_risk
            && has(&incident.accounts, &self.account)
            && has(&incident.regions, &self.region)
    }

    fn reports(&self, finding: &Finding) -> bool {
        let account = finding.vendor_account.as_deref();
        self.since.is_none_or(|since| finding.last_time >= since)
            && finding.risk_score >= self.min_risk
            && (self.account.is_empty() || self.account.iter().any(|wanted| Some(&**wanted) == account))
            && (self.region.is_empty() || self.region.iter().any(|wanted| touches(finding, wanted)))
    }
}

fn touches(finding: &Finding, region: &str) -> bool {
    finding.vendor_regions.iter().any(|known| &**known == region)
}

impl Summary {
    fn new((incidents, findings): (Incidents, Findings), detector: &Detector, memory: &Memory, tally: Tally) -> Self {
        let total = tally.coverage.total();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            files: tally.files,
            records: tally.records,
            unpacked_bytes: tally.bytes,
            first_time: total.map(|span| span.first_time),
            last_time: total.map(|span| span.last_time),
            accounts: accounts(&tally),
            commands: commands(&tally),
            incidents,
            findings,
            verdicts: None,
            gates: gates(detector, memory),
            rejects: tally.rejects,
            rejects_total: tally.rejects_total,
            drifts_total: tally.drifts_total,
            drifts: tally.drifts.into_values().collect(),
        }
    }
}

fn commands(tally: &Tally) -> Vec<Command> {
    let of = |(vendor_product, covered): (VendorProduct, &ProductCoverage)| -> Vec<Command> {
        let command = |(name, span): (&str, Span)| Command { vendor_product, command: name.into(), span };
        covered.commands().map(command).collect()
    };
    tally.coverage.products().flat_map(of).collect()
}

fn accounts(tally: &Tally) -> Vec<Account> {
    let of = |(vendor_product, covered): (VendorProduct, &ProductCoverage)| -> Vec<Account> {
        covered.accounts().map(|(name, span)| account(vendor_product, covered, name, span)).collect()
    };
    tally.coverage.products().flat_map(of).collect()
}

fn account(vendor_product: VendorProduct, covered: &ProductCoverage, name: &str, span: Span) -> Account {
    let regions = covered.regions(name).map(|(region, span)| Region { region: region.into(), span });
    Account { vendor_product, account: name.into(), span, regions: regions.collect() }
}

/// One gate for every detection that learns values, in every scope of every product.
fn gates(detector: &Detector, memory: &Memory) -> Vec<Gate> {
    let Some(total) = memory.coverage().total() else { return Vec::new() };
    let mut gates = Vec::new();
    for detection in detector.detections().iter().filter(|detection| !detection.is_signal()) {
        let Kind::NewValue(rule) = &detection.kind else { continue };
        for (vendor_product, covered) in memory.coverage().products() {
            let gate = |scope, account: Option<&str>, start| {
                let opens = detector.calendar().warm_up_ends(start, rule.warm_up_days);
                Gate {
                    detection: detection.detection.to_string(),
                    title: detection.title.to_string(),
                    vendor_product,
                    scope,
                    account: account.map(str::to_owned),
                    opens,
                    open: is_open(detector.calendar(), opens, total.last_time),
                }
            };
            let imported =
                memory.baseline(vendor_product, &detection.detection).and_then(detect::Baseline::imported_since);
            let first = covered.total().map(|span| span.first_time);
            gates.extend(imported.into_iter().chain(first).min().map(|start| gate(Scope::Organization, None, start)));
            let accounts = covered.accounts();
            gates.extend(accounts.map(|(name, span)| gate(Scope::Account, Some(name), span.first_time)));
        }
    }
    gates
}

fn is_open(calendar: &Calendar, opens: Timestamp, last: Timestamp) -> bool {
    opens <= calendar.day(last).start()
}
