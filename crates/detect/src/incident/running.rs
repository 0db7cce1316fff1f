//! One incident while it is open.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::{
    Crossing, Event, EventId, FindingId, Incident, IncidentId, IncidentStage, IncidentStatus, ScoreTerm, Severity,
    Text, VendorProduct,
};

use super::{
    Hit, Teaching,
    blast::Blast,
    declared::Declared,
    ledger::Burn,
    scoring::{CONTEXT, Scorecard, Scoring},
    story::Story,
};
use crate::{detection::Detection, evidence::MAX_EVIDENCE};

/// What one root principal has done since the first thing that any detection had to say of it.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    root: Text,
    vendor_product: VendorProduct,
    opened_by: Option<FindingId>,
    card: Scorecard,
    score: u32,
    severity: Severity,
    crossings: Vec<Crossing>,
    first_time: Timestamp,
    last_time: Timestamp,
    accounts: BTreeSet<Text>,
    principals: Vec<Text>,
    regions: BTreeSet<Text>,
    stages: BTreeSet<IncidentStage>,
    findings: BTreeSet<FindingId>,
    event_ids: Vec<EventId>,
    evidence_truncated: bool,
    burn: Burn,
    blast: Blast,
    declared: Declared,
    story: Story,
}

impl Running {
    pub(crate) fn new(root: &Text, event: &Event) -> Self {
        Self {
            root: root.clone(),
            vendor_product: event.vendor_product,
            opened_by: None,
            card: Scorecard::default(),
            score: 0,
            severity: Severity::Informational,
            crossings: Vec::new(),
            first_time: event.time,
            last_time: event.time,
            accounts: BTreeSet::new(),
            principals: Vec::new(),
            regions: BTreeSet::new(),
            stages: BTreeSet::new(),
            findings: BTreeSet::new(),
            event_ids: Vec::new(),
            evidence_truncated: false,
            burn: Burn::default(),
            blast: Blast::default(),
            declared: Declared::default(),
            story: Story::default(),
        }
    }

    pub(crate) fn severity(&self) -> Severity {
        self.severity
    }

    pub(crate) fn burn(&self) -> &Burn {
        &self.burn
    }

    pub(crate) fn is_quiet(&self, now: Timestamp, quiet: SignedDuration) -> bool {
        now.duration_since(self.last_time) >= quiet
    }

    /// Takes in an event that is charged to this lineage.
    pub(crate) fn take(
        &mut self,
        scoring: &Scoring,
        event: &Event,
        hits: &[Hit<'_>],
        contexts: &[(&'static str, u32, &'static str)],
    ) {
        self.last_time = self.last_time.max(event.time);
        self.note(event);
        for hit in hits {
            self.hit(event, hit);
        }
        for (name, points, reason) in contexts {
            self.context(event, name, *points, reason);
        }
        self.burn.launch(event);
        self.blast.note(event);
        self.story.note(event, hits);
        self.story.follow(event.time, &self.burn);
        if event.is_launch() || !hits.is_empty() {
            self.declared.note(&scoring.windows, &self.root, event);
        }
        self.weigh_declaration(scoring, event);
        self.rescore(scoring, event);
    }

    fn note(&mut self, event: &Event) {
        self.accounts.extend(event.vendor_account.clone());
        self.regions.extend(event.vendor_region.clone());
        if self.principals.len() < MAX_EVIDENCE && !self.principals.contains(&event.user.id) {
            self.principals.push(event.user.id.clone());
        }
        if self.event_ids.len() < MAX_EVIDENCE {
            self.event_ids.push(event.id.clone());
        } else {
            self.evidence_truncated = true;
        }
    }

    fn hit(&mut self, event: &Event, hit: &Hit<'_>) {
        self.opened_by.get_or_insert(hit.finding);
        self.findings.insert(hit.finding);
        self.stages.insert(hit.score.stage);
        let happened = matches!(event.outcome, model::Outcome::Ok | model::Outcome::Pending);
        let points = if happened { hit.score.points } else { hit.score.refused };
        let Detection { detection, title, name, .. } = hit.detection;
        let term = Self::term(event, detection, title, points.cast_signed(), hit.score.group.as_str(), name);
        self.card.add(term, hit.score.certain);
    }

    fn context(&mut self, event: &Event, name: &str, points: u32, reason: &str) {
        let term = Self::term(event, name, "context", -points.cast_signed(), CONTEXT, reason);
        self.card.add(term, false);
    }

    /// What was declared is lowered, and never hidden: enough points stay for it to be reported.
    fn weigh_declaration(&mut self, scoring: &Scoring, event: &Event) {
        const SIGNAL: &str = "context_declared";
        self.card.withdraw(SIGNAL);
        let Some(window) = self.declared.reason(&scoring.windows, self.burn.running().usd_per_hour) else { return };
        let (score, _) = self.card.judge(scoring);
        let points = scoring.context.declared.min(score.saturating_sub(scoring.severity.low));
        if points > 0 && !self.card.is_certain() {
            let reason = format!("declared by the change calendar until {}: {}", window.until, window.why);
            self.context(event, SIGNAL, points, &reason);
        }
    }

    fn term(event: &Event, signal: &str, title: &str, points: i32, group: &str, reason: &str) -> ScoreTerm {
        ScoreTerm {
            signal: signal.into(),
            title: title.into(),
            points,
            group: group.into(),
            time: event.time,
            event_ids: vec![event.id.clone()],
            reason: reason.to_owned(),
        }
    }

    fn rescore(&mut self, scoring: &Scoring, event: &Event) {
        let (score, severity) = self.card.judge(scoring);
        self.score = score;
        if severity > self.severity {
            self.crossings.push(Crossing { severity, time: event.time, event_id: event.id.clone() });
        }
        self.severity = severity;
    }

    pub(crate) fn machines_changed(&mut self, event: &Event, ids: &[&Text]) {
        self.burn.change(event, ids);
        self.story.follow(event.time, &self.burn);
        if self.burn.is_over() {
            self.stages.insert(IncidentStage::Containment);
        }
    }

    /// What this lineage taught from its beginning is to be taken back.
    pub(crate) fn take_back(&self) -> Teaching {
        Teaching::TakeBack { principals: self.principals.clone(), since: self.first_time }
    }

    /// As it stands now, for whoever is told.
    pub(crate) fn stand(&mut self, now: Timestamp, quiet: SignedDuration) -> Incident {
        self.burn.advance(now);
        let status = match () {
            () if self.burn.is_over() => IncidentStatus::Contained,
            () if self.is_quiet(now, quiet) => IncidentStatus::Quiet,
            () => IncidentStatus::Open,
        };
        self.tell(status, now)
    }

    fn tell(&self, status: IncidentStatus, now: Timestamp) -> Incident {
        let detected = self.crossings.iter().find(|crossing| crossing.severity >= Severity::High);
        let detected = detected.or(self.crossings.last()).map_or(self.first_time, |crossing| crossing.time);
        let opened_by = self.opened_by.unwrap_or_else(|| FindingId::new(uuid::Uuid::nil(), "", "", &EventId::from("")));
        let running = self.burn.running();
        Incident {
            id: IncidentId::new(&self.root, opened_by),
            severity: self.severity,
            risk_score: self.score,
            score_terms: self.card.terms().to_vec(),
            status,
            provisional: false,
            vendor_product: self.vendor_product,
            accounts: self.accounts.iter().cloned().collect(),
            principal: self.root.clone(),
            principals: self.principals.clone(),
            regions: self.regions.iter().cloned().collect(),
            first_time: self.first_time,
            last_time: self.last_time,
            detected_time: detected,
            crossings: self.crossings.clone(),
            stages: self.stages.iter().copied().collect(),
            findings: self.findings.iter().copied().collect(),
            event_ids: self.event_ids.clone(),
            evidence_truncated: self.evidence_truncated || self.blast.is_truncated() || self.story.is_truncated(),
            instances: self.burn.instances(),
            vcpu: whole(running.vcpu),
            accelerators: self.burn.accelerators(),
            usd_per_hour: running.usd_per_hour,
            usd_per_hour_armed: self.burn.armed(),
            usd_so_far: self.burn.so_far(),
            usd_by_morning: self.burn.so_far(),
            morning: now,
            as_of: now,
            price_date: None,
            unpriced: self.burn.unpriced().to_vec(),
            objects: self.blast.tell(&self.burn),
            timeline: self.story.moments().to_vec(),
            burn: self.story.curve(now, &self.burn),
            message: String::new(),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn whole(vcpu: f64) -> u64 {
    vcpu.round() as u64
}
