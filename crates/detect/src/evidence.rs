//! How a finding is opened by one event and grows with those that join it.

use model::{Event, Finding, FindingId, Outcome, Scope, Text};

use crate::detection::Detection;

/// The lists of a finding stop here: 100,000 requests of a flood are one finding, not one
/// gigabyte. The counts go on.
pub const MAX_EVIDENCE: usize = 10_000;

/// A finding opened by `event`, which has yet to join it. Message and reasons come later.
pub(crate) fn open(detection: &Detection, event: &Event, value: &str, scopes: Vec<Scope>) -> Finding {
    let account = event.vendor_account.as_deref().unwrap_or_default();
    Finding {
        id: FindingId::new(detection.id, account, value, &event.id),
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
        value: value.into(),
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
    add_lists(finding, event);
    finding.risk_score = detection.risk.of(event.outcome).max(finding.risk_score);
}

fn add_lists(finding: &mut Finding, event: &Event) {
    let mut truncated = add_ids(&mut finding.event_ids, std::slice::from_ref(&event.id));
    truncated |= add_ids(&mut finding.object_id, &event.object_id);
    truncated |= add_distinct(&mut finding.image_id, &event.image_id);
    truncated |= add_distinct(&mut finding.instance_type, &event.instance_type);
    truncated |= add_distinct(&mut finding.vendor_regions, event.vendor_region.as_slice());
    finding.evidence_truncated |= truncated;
}

/// Ids are new by their nature: no event joins twice, and no instance starts twice.
fn add_ids<T: Clone>(list: &mut Vec<T>, ids: &[T]) -> bool {
    let room = MAX_EVIDENCE - list.len();
    list.extend(ids.iter().take(room).cloned());
    ids.len() > room
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
