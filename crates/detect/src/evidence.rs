//! How a finding is opened by one event, grows with those that join it, and is put right when
//! more becomes known of one that did.

use std::collections::BTreeSet;

use model::{Event, EventId, Finding, FindingId, Outcome, Scope, Text};

use crate::detection::Detection;

/// The lists of a finding stop here: 100,000 requests of a flood are one finding, not one
/// gigabyte. The counts go on.
pub const MAX_EVIDENCE: usize = 10_000;

/// A finding opened by `event`, which has yet to join it. Message and reasons come later.
pub(crate) fn open(detection: &Detection, event: &Event, value: &Text, scopes: Vec<Scope>) -> Finding {
    let account = event.vendor_account.as_deref().unwrap_or_default();
    Finding {
        id: FindingId::new(detection.id, account, value, &opened_by(event)),
        detection: detection.detection.clone(),
        detection_id: detection.id,
        name: detection.name.clone(),
        time: event.time,
        first_time: event.time,
        last_time: event.time,
        vendor_product: event.vendor_product,
        vendor_account: event.vendor_account.clone(),
        vendor_region: event.vendor_region.clone(),
        vendor_regions: Vec::new(),
        user: event.user.id.clone(),
        user_name: event.user.name.clone(),
        session: event.user.session.clone(),
        src: event.src.clone(),
        value: value.clone(),
        scopes,
        outcome: event.outcome,
        count: 0,
        requests: 0,
        outcomes: std::collections::BTreeMap::new(),
        object_id: Vec::new(),
        image_id: Vec::new(),
        instance_type: Vec::new(),
        event_ids: Vec::new(),
        evidence_truncated: false,
        expected_upper_threshold: None,
        distance_from_threshold: None,
        risk_score: 0,
        message: String::new(),
        because: Vec::new(),
        mitre_attack_id: detection.mitre_attack_id.clone(),
    }
}

/// Records of one request may come in any order: the request names the finding, not whichever
/// record of it came first.
fn opened_by(event: &Event) -> EventId {
    event.operation.as_ref().map_or_else(|| event.id.clone(), |operation| EventId::Text(operation.id.clone()))
}

/// One more event with the same value. What ran outweighs what was refused: once anything
/// ran, the count is of what ran.
pub(crate) fn join(finding: &mut Finding, detection: &Detection, event: &Event) {
    let ran = event.outcome == Outcome::Ok;
    if ran && finding.outcome != Outcome::Ok {
        finding.outcome = event.outcome;
        finding.count = 0;
    }
    if ran || finding.outcome != Outcome::Ok {
        finding.count += u64::from(event.count);
    }
    finding.first_time = finding.first_time.min(event.time);
    finding.last_time = finding.last_time.max(event.time);
    finding.requests += 1;
    *finding.outcomes.entry(event.outcome).or_default() += 1;
    finding.risk_score = risk(finding, detection);
    let mut truncated = add_ids(&mut finding.event_ids, std::iter::once(&event.id).chain(&event.joined));
    truncated |= add_ids(&mut finding.object_id, &event.object_id);
    finding.evidence_truncated |= truncated;
    add_values(finding, event);
}

/// Whether an event has joined. Beyond the evidence kept, an outcome like its own must do.
pub(crate) fn holds(finding: &Finding, event: &Event) -> bool {
    finding.event_ids.iter().rev().any(|id| *id == event.id)
        || finding.evidence_truncated && finding.outcomes.contains_key(&event.outcome)
}

/// More has become known of an event that had joined as `before`: it is still one request.
pub(crate) fn amend(finding: &mut Finding, detection: &Detection, before: &Event, event: &Event) {
    let ran = event.outcome == Outcome::Ok;
    if ran && finding.outcome != Outcome::Ok {
        finding.outcome = Outcome::Ok;
        finding.count = 0;
    } else if finding.outcome == Outcome::Pending && finding.event_ids.first() == Some(&before.id) {
        finding.outcome = event.outcome;
    }
    let had_run = before.outcome == Outcome::Ok;
    if ran && !had_run {
        finding.count += u64::from(event.count);
    } else if ran || finding.outcome != Outcome::Ok {
        finding.count += u64::from(event.count.saturating_sub(before.count));
    }
    finding.first_time = finding.first_time.min(event.time);
    move_outcome(finding, before.outcome, event.outcome);
    finding.risk_score = risk(finding, detection);
    add_new_ids(finding, before, event);
    add_values(finding, event);
}

fn move_outcome(finding: &mut Finding, from: Outcome, to: Outcome) {
    if let Some(requests) = finding.outcomes.get_mut(&from) {
        *requests -= 1;
        if *requests == 0 {
            finding.outcomes.remove(&from);
        }
        *finding.outcomes.entry(to).or_default() += 1;
    }
}

/// Of the worst that came of any of its requests.
fn risk(finding: &Finding, detection: &Detection) -> u32 {
    finding.outcomes.keys().map(|outcome| detection.risk.of(*outcome)).max().unwrap_or(0)
}

fn add_new_ids(finding: &mut Finding, before: &Event, event: &Event) {
    let records: BTreeSet<&EventId> = std::iter::once(&before.id).chain(&before.joined).collect();
    let objects: BTreeSet<&Text> = before.object_id.iter().collect();
    let new_records = std::iter::once(&event.id).chain(&event.joined).filter(|id| !records.contains(id));
    let mut truncated = add_ids(&mut finding.event_ids, new_records);
    truncated |= add_ids(&mut finding.object_id, event.object_id.iter().filter(|id| !objects.contains(id)));
    finding.evidence_truncated |= truncated;
}

fn add_values(finding: &mut Finding, event: &Event) {
    let mut truncated = add_distinct(&mut finding.image_id, &event.image_id);
    truncated |= add_distinct(&mut finding.instance_type, &event.instance_type);
    truncated |= add_distinct(&mut finding.vendor_regions, event.vendor_region.as_slice());
    finding.evidence_truncated |= truncated;
}

/// Ids are new by their nature: no event joins twice, and no instance starts twice.
fn add_ids<'a, T: Clone + 'a>(list: &mut Vec<T>, ids: impl IntoIterator<Item = &'a T>) -> bool {
    let mut ids = ids.into_iter();
    list.extend(ids.by_ref().take(MAX_EVIDENCE - list.len()).cloned());
    ids.next().is_some()
}

fn add_distinct(list: &mut Vec<Text>, values: &[Text]) -> bool {
    let mut truncated = false;
    for value in values.iter().filter(|value| !value.is_empty()) {
        // Newest first: a flood repeats itself.
        if list.iter().rev().any(|known| known == value) {
            continue;
        }
        if list.len() < MAX_EVIDENCE / 10 { list.push(value.clone()) } else { truncated = true }
    }
    truncated
}
