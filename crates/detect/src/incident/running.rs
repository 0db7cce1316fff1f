//! One incident while it is open.

mod carried;
mod judged;

pub(crate) use carried::Suspect;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::{
    Crossing, Event, EventId, FindingId, Incident, IncidentId, IncidentStage, IncidentStatus, Outcome, Reopened,
    ScoreTerm, Severity, Text, VendorProduct,
};

use super::{
    Hit,
    blast::Blast,
    declared::Declared,
    ledger::Burn,
    scoring::{CONTEXT, FRESH_IDENTITY, Group, Scorecard, Scoring},
    story::Story,
};
use crate::{detection::Detection, evidence::MAX_EVIDENCE, memory::Turn};

/// What one root principal has done since the first thing that any detection had to say of it.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    /// Whom it is charged to.
    root: Text,
    /// Under which name it began: part of its id.
    named: Text,
    vendor_product: VendorProduct,
    opened_by: Option<FindingId>,
    /// Known from the first thing on that was said of it.
    id: Option<IncidentId>,
    card: Scorecard,
    score: u32,
    severity: Severity,
    crossings: Vec<Crossing>,
    first_time: Timestamp,
    last_time: Timestamp,
    /// When anything was last said of it.
    last_hit: Timestamp,
    accounts: BTreeSet<Text>,
    /// In order of appearance.
    principals: Vec<Text>,
    acted: BTreeSet<Text>,
    /// Their bare names and access keys.
    names: BTreeSet<Text>,
    regions: BTreeSet<Text>,
    stages: BTreeSet<IncidentStage>,
    findings: BTreeSet<FindingId>,
    event_ids: Vec<EventId>,
    evidence_truncated: bool,
    burn: Burn,
    blast: Blast,
    declared: Declared,
    story: Story,
    /// What it taught was taken back.
    withheld: bool,
    /// A verdict that ends here does not hold, and why.
    reopened: Option<(Timestamp, Reopened)>,
    /// It began in an earlier run, which ended its part here.
    counted_since: Option<Timestamp>,
}

impl Running {
    pub(crate) fn new(root: &Text, event: &Event) -> Self {
        Self {
            root: root.clone(),
            named: root.clone(),
            vendor_product: event.vendor_product,
            opened_by: None,
            id: None,
            card: Scorecard::default(),
            score: 0,
            severity: Severity::Informational,
            crossings: Vec::new(),
            first_time: event.time,
            last_time: event.time,
            last_hit: event.time,
            accounts: BTreeSet::new(),
            principals: Vec::new(),
            acted: BTreeSet::new(),
            names: BTreeSet::new(),
            regions: BTreeSet::new(),
            stages: BTreeSet::new(),
            findings: BTreeSet::new(),
            event_ids: Vec::new(),
            evidence_truncated: false,
            burn: Burn::default(),
            blast: Blast::default(),
            declared: Declared::default(),
            story: Story::default(),
            withheld: false,
            reopened: None,
            counted_since: None,
        }
    }

    pub(crate) fn severity(&self) -> Severity {
        self.severity
    }

    pub(crate) fn burn(&self) -> &Burn {
        &self.burn
    }

    fn is_quiet(&self, now: Timestamp, quiet: SignedDuration) -> bool {
        now.duration_since(self.last_hit) >= quiet
    }

    /// Whether what comes now is another incident.
    pub(crate) fn is_over(&self, scoring: &Scoring, now: Timestamp) -> bool {
        let quiet = SignedDuration::from_hours(i64::from(scoring.quiet_hours));
        self.is_quiet(now, quiet) || self.is_behind_verdict(scoring, now, quiet)
    }

    /// Whether it has come to nothing for so long that it is to begin anew.
    pub(crate) fn is_stale(&self, now: Timestamp, quiet: SignedDuration) -> bool {
        self.severity < Severity::Medium && now.duration_since(self.first_time) >= quiet
    }

    /// The same lineage's next incident, which still knows what was lately said.
    pub(crate) fn renew(&self, event: &Event, quiet: SignedDuration) -> Option<Self> {
        let mut card = self.card.clone();
        card.forget_before(event.time - quiet);
        card.accuses().then(|| {
            let next = Self::new(&self.root, event);
            let id = self.opened_by.map(|opened_by| IncidentId::new(&next.named, opened_by));
            Self { card, opened_by: self.opened_by, id, ..next }
        })
    }

    /// Takes in an event that is charged to this lineage; `before`: as it was taken in before,
    /// when less of it was known.
    pub(crate) fn take(&mut self, scoring: &Scoring, turn: &Turn, hits: &[Hit<'_>], remarks: &[Remark]) {
        let (event, before) = (&*turn.event, turn.before.as_deref());
        self.last_time = self.last_time.max(event.time);
        self.note(event, before);
        for hit in hits {
            self.hit(scoring, event, hit);
        }
        for remark in remarks {
            self.remark(event, remark);
        }
        self.burn.launch(event, before, &scoring.billed);
        self.blast.note(event);
        self.story.note(event, hits);
        self.story.follow(event.time, &self.burn);
        if event.is_launch() || !hits.is_empty() {
            self.declared.note(&scoring.windows, &self.root, event);
        }
        self.weigh_declaration(scoring, event);
        self.weigh_end(scoring, event);
        self.rescore(scoring, event);
    }

    /// Takes in what was said of this lineage at an event that somebody else caused.
    pub(crate) fn accuse(&mut self, scoring: &Scoring, event: &Event, hit: &Hit<'_>) {
        self.last_time = self.last_time.max(event.time);
        self.accounts.extend(event.vendor_account.clone());
        self.add_evidence(event);
        self.hit(scoring, event, hit);
        self.rescore(scoring, event);
    }

    /// It is known now who is meant.
    pub(crate) fn charge_to(&mut self, root: &Text) {
        self.root = root.clone();
    }

    /// Two incidents prove to be one: what was said in the other is said in this.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.card.absorb(other.card);
        self.findings.extend(other.findings);
        self.stages.extend(other.stages);
        self.first_time = self.first_time.min(other.first_time);
    }

    /// Whether anybody of this lineage goes by this name or key in this account.
    pub(crate) fn answers_to(&self, account: &Text, name: &Text) -> bool {
        self.accounts.contains(account) && self.names.contains(name)
    }

    fn note(&mut self, event: &Event, before: Option<&Event>) {
        add(&mut self.accounts, event.vendor_account.as_ref());
        add(&mut self.regions, event.vendor_region.as_ref());
        if add(&mut self.acted, Some(&event.user.id)) {
            self.principals.push(event.user.id.clone());
        }
        add(&mut self.names, event.user.name.as_ref());
        add(&mut self.names, event.user.access_key_id.as_ref());
        if before.is_none() {
            self.add_evidence(event);
        }
    }

    fn add_evidence(&mut self, event: &Event) {
        if self.event_ids.len() < MAX_EVIDENCE {
            self.event_ids.push(event.id.clone());
        } else {
            self.evidence_truncated = true;
        }
    }

    fn hit(&mut self, scoring: &Scoring, event: &Event, hit: &Hit<'_>) {
        let opened_by = *self.opened_by.get_or_insert(hit.finding);
        self.id.get_or_insert_with(|| IncidentId::new(&self.named, opened_by));
        self.findings.insert(hit.finding);
        self.stages.insert(hit.score.stage);
        self.last_hit = self.last_hit.max(event.time);
        let happened = matches!(event.outcome, Outcome::Ok | Outcome::Pending);
        let points = if happened { hit.score.points } else { hit.score.refused }.cast_signed();
        let Detection { detection, title, name, .. } = hit.detection;
        if self.card.says_as_much(scoring, detection, points) {
            return;
        }
        let term = || term(event, detection, title, points, hit.score.group.as_str(), name);
        self.card.count(detection, points, hit.score.certain, event.time, term);
    }

    fn remark(&mut self, event: &Event, remark: &Remark) {
        let Remark { name, title, points, group, reason } = *remark;
        self.card.count(name, points, false, event.time, || term(event, name, title, points, group, reason));
    }

    /// What was declared is lowered, and never hidden: enough points stay for it to be reported.
    fn weigh_declaration(&mut self, scoring: &Scoring, event: &Event) {
        const SIGNAL: &str = "context_declared";
        self.card.withdraw(SIGNAL);
        let Some(window) = self.declared.reason(&scoring.windows, self.burn.running().usd_per_hour) else { return };
        let (score, _) = self.card.judge(scoring);
        let points = scoring.context.declared.min(score.saturating_sub(scoring.severity.low)).cast_signed();
        if points > 0 && !self.card.is_certain() {
            let reason = format!("declared by the change calendar until {}: {}", window.until, window.why);
            let term = || term(event, SIGNAL, "context", -points, CONTEXT, &reason);
            self.card.count(SIGNAL, -points, false, event.time, term);
        }
    }

    /// What looked odd, cost next to nothing and is gone again needs nobody: an image is built that
    /// way. What has been believed once stays believed.
    fn weigh_end(&mut self, scoring: &Scoring, event: &Event) {
        const SIGNAL: &str = "context_gone_again";
        self.card.withdraw(SIGNAL);
        let cheap = self.burn.so_far().high < scoring.context.gone_again_usd;
        if cheap && self.burn.is_over() && self.severity < Severity::Medium {
            let points = scoring.context.gone_again.cast_signed();
            let reason = "all that was started is gone again, and cost next to nothing";
            let term = || term(event, SIGNAL, "context", -points, CONTEXT, reason);
            self.card.count(SIGNAL, -points, false, event.time, term);
        }
    }

    fn rescore(&mut self, scoring: &Scoring, event: &Event) {
        let (score, severity) = self.card.judge(scoring);
        self.score = score;
        if severity > self.severity {
            self.crossings.push(Crossing { severity, time: event.time, event_id: event.id.clone() });
        }
        self.severity = severity;
        self.weigh_verdict(scoring, event.time);
    }

    pub(crate) fn machines_changed(&mut self, scoring: &Scoring, event: &Event, keys: &[Text]) {
        self.burn.change(event, keys);
        self.story.follow(event.time, &self.burn);
        self.weigh_end(scoring, event);
        self.rescore(scoring, event);
        if self.burn.is_over() {
            self.stages.insert(IncidentStage::Containment);
        }
    }

    /// As it stands now, for whoever is told.
    pub(crate) fn stand(&mut self, scoring: &Scoring, now: Timestamp) -> Incident {
        self.burn.advance(now);
        let quiet = SignedDuration::from_hours(i64::from(scoring.quiet_hours));
        let verdict = self.verdict(scoring);
        let status = match () {
            () if self.is_cleared(scoring) => IncidentStatus::Closed,
            () if self.burn.is_over() => IncidentStatus::Contained,
            () if self.is_quiet(now, quiet) => IncidentStatus::Quiet,
            () => IncidentStatus::Open,
        };
        Incident { verdict, ..self.tell(status, now) }
    }

    fn tell(&self, status: IncidentStatus, now: Timestamp) -> Incident {
        let detected = self.crossings.iter().find(|crossing| crossing.severity >= Severity::High);
        let detected = detected.or(self.crossings.last()).map_or(self.first_time, |crossing| crossing.time);
        let nothing = || FindingId::new(uuid::Uuid::nil(), "", "", &EventId::from(""));
        let running = self.burn.running();
        Incident {
            id: self.id.unwrap_or_else(|| IncidentId::new(&self.named, nothing())),
            severity: self.severity,
            risk_score: self.score,
            score_terms: self.card.terms().cloned().collect(),
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
            verdict: None,
            counted_since: self.counted_since,
        }
    }
}

/// True if it is new. A flood says the same again and again, which allocates nothing.
fn add(known: &mut BTreeSet<Text>, value: Option<&Text>) -> bool {
    let new = value.filter(|value| known.len() < MAX_EVIDENCE && !known.contains(*value));
    new.is_some_and(|value| known.insert(value.clone()))
}

/// What the engine itself has to say of an event: who acted, and what speaks for them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remark {
    name: &'static str,
    title: &'static str,
    points: i32,
    group: &'static str,
    reason: &'static str,
}

impl Remark {
    /// What speaks for the principal.
    pub(crate) fn context(name: &'static str, points: u32, reason: &'static str) -> Self {
        Self { name, title: "context", points: -points.cast_signed(), group: CONTEXT, reason }
    }

    pub(crate) fn fresh_identity(points: u32) -> Self {
        let reason = "acts under an identity that was made within the last day, by the same lineage";
        let (name, points, group) = (FRESH_IDENTITY, points.cast_signed(), Group::Identity.as_str());
        Self { name, title: "fresh identity", points, group, reason }
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

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn whole(vcpu: f64) -> u64 {
    vcpu.round() as u64
}
