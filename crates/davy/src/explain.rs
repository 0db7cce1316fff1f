//! Why: what stands behind an incident or a finding, in sentences with numbers, and what would
//! have made it quiet.

use detect::{
    AbnormalCount, Containment, Detection, Detector, Entry, Kind, Memory, Model, NewValue, Scoring, Within, plural,
};
use model::{Finding, Incident, Scope, ScoreTerm, Severity};
use serde::Serialize;

use crate::{report::Found, show::text};

/// All there is to say of one incident, or of one finding.
#[derive(Debug, Serialize)]
pub struct Explanation {
    pub incident: Option<Incident>,
    /// What would have kept the incident below its severity.
    pub quiet_if: Option<String>,
    /// By group of the score: what it adds, and the most that it may.
    pub groups: Vec<GroupSum>,
    pub findings: Vec<Why>,
    pub containment: Option<Containment>,
}

/// The terms of one group together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupSum {
    pub group: String,
    pub points: i64,
    /// `None`: there is no limit.
    pub at_most: Option<u32>,
}

/// One finding, explained.
#[derive(Debug, Clone, Serialize)]
pub struct Why {
    pub title: String,
    /// Why it was said.
    pub because: Vec<String>,
    /// What else there is to know: who else uses it, how likely it was.
    pub also: Vec<String>,
    pub quiet_if: String,
    #[serde(flatten)]
    pub found: Found,
}

/// What is known of the value in other places is listed up to here.
const PLACES: usize = 5;

impl Explanation {
    pub fn new(
        incident: Option<Incident>,
        findings: &[Found],
        detector: &Detector,
        memory: &Memory,
        containment: Option<Containment>,
    ) -> Self {
        let scoring = detector.scoring();
        let quiet_if = incident.as_ref().zip(scoring).and_then(|(incident, scoring)| quiet_if(incident, scoring));
        let groups = incident.as_ref().zip(scoring).map(|(incident, scoring)| groups(incident, scoring));
        let findings = findings.iter().filter_map(|found| Why::new(found, detector, memory)).collect();
        Self { incident, quiet_if, groups: groups.unwrap_or_default(), findings, containment }
    }
}

/// In the order in which the groups first counted.
fn groups(incident: &Incident, scoring: &Scoring) -> Vec<GroupSum> {
    let mut groups: Vec<GroupSum> = Vec::new();
    for term in &incident.score_terms {
        let points = i64::from(term.points);
        if let Some(sum) = groups.iter_mut().find(|sum| *sum.group == *term.group) {
            sum.points += points;
            continue;
        }
        let cap = scoring.caps.iter().find(|(group, _)| group.as_str() == &*term.group);
        groups.push(GroupSum { group: term.group.to_string(), points, at_most: cap.map(|(_, cap)| *cap) });
    }
    groups
}

/// The fewest reasons without which the score would not have reached its severity.
fn quiet_if(incident: &Incident, scoring: &Scoring) -> Option<String> {
    let bound = match incident.severity {
        Severity::Critical => scoring.severity.critical,
        Severity::High => scoring.severity.high,
        Severity::Medium => scoring.severity.medium,
        Severity::Low => scoring.severity.low,
        Severity::Informational => return None,
    };
    if incident.risk_score < bound {
        return Some(format!(
            "its {} points are below the {bound} of {}: facts that together leave no doubt lifted it there",
            incident.risk_score, incident.severity
        ));
    }
    let mut terms: Vec<&ScoreTerm> = incident.score_terms.iter().filter(|term| term.points > 0).collect();
    terms.sort_by_key(|term| std::cmp::Reverse(term.points));
    let mut without: Vec<&ScoreTerm> = Vec::new();
    for term in terms {
        without.push(term);
        let score = score_without(incident, scoring, &without);
        if score < i64::from(bound) {
            let names: Vec<&str> = without.iter().map(|term| &*term.title).collect();
            return Some(format!(
                "without {} it would have {score} points, and {} begins at {bound}",
                and(&names),
                incident.severity
            ));
        }
    }
    None
}

/// The terms that are left, each group up to its limit.
fn score_without(incident: &Incident, scoring: &Scoring, without: &[&ScoreTerm]) -> i64 {
    let left = incident.score_terms.iter().filter(|term| !without.iter().any(|gone| gone.signal == term.signal));
    let left = Incident { score_terms: left.cloned().collect(), ..incident.clone() };
    let capped = |sum: &GroupSum| sum.at_most.map_or(sum.points, |most| sum.points.min(i64::from(most)));
    groups(&left, scoring).iter().map(capped).sum::<i64>().max(0)
}

fn and(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} and `{last}`", first.join(", "))
        }
    }
}

impl Why {
    fn new(found: &Found, detector: &Detector, memory: &Memory) -> Option<Self> {
        let finding = &found.finding;
        let detection = detector.detections().iter().find(|known| known.detection == finding.detection)?;
        let (also, quiet_if) = match &detection.kind {
            Kind::NewValue(rule) => (known_elsewhere(finding, detection, memory), quiet_if_known(finding, rule)),
            Kind::AbnormalCount(rule) => (chance(finding, detection, rule, memory), quiet_if_fewer(finding, rule)),
            Kind::Within(rule) => (Vec::new(), quiet_if_not_within(finding, rule)),
        };
        let because = finding.because.clone();
        Some(Self { title: detection.title.to_string(), because, also, quiet_if, found: found.clone() })
    }
}

/// Who else uses the value, as of the end of the logs.
fn known_elsewhere(finding: &Finding, detection: &Detection, memory: &Memory) -> Vec<String> {
    let Some(baseline) = memory.baseline(finding.vendor_product, &detection.detection) else { return Vec::new() };
    let entries: Vec<Entry> = baseline.entries().into_iter().filter(|entry| entry.value == finding.value).collect();
    let is_other = |entry: &&Entry| entry.account.is_some() && entry.account != finding.vendor_account;
    let others: Vec<&Entry> = entries.iter().filter(is_other).collect();
    let mut sentences: Vec<String> = others.iter().take(PLACES).map(|entry| known(entry)).collect();
    match others.len() {
        0 => sentences.push("no other account has ever used it".to_owned()),
        all if all > PLACES => sentences.push(format!("and known in {} more accounts", all - PLACES)),
        _ => {}
    }
    sentences
}

fn known(entry: &Entry) -> String {
    let seen = &entry.seen;
    format!(
        "account {} has used it {}, from {} to {}, last by {}",
        entry.account.as_deref().unwrap_or_default(),
        plural(seen.events, "time"),
        date(seen.first_seen),
        date(seen.last_seen),
        seen.last_user
    )
}

/// Whatever is used in the account is used in the organization.
fn quiet_if_known(finding: &Finding, rule: &NewValue) -> String {
    let place = match (finding.scopes.contains(&Scope::Account), &finding.vendor_account) {
        (true, Some(account)) => format!("in account {account}"),
        (true, None) => "in records without an account".to_owned(),
        (false, _) => "anywhere in the organization".to_owned(),
    };
    let days = plural(u64::from(rule.forget_after_days), "day");
    format!("it had been used {place} within the {days} before {}", date(finding.time))
}

fn quiet_if_fewer(finding: &Finding, rule: &AbnormalCount) -> String {
    let bound = finding.expected_upper_threshold.unwrap_or(0.0).floor().max(0.0);
    format!("no more than {bound:.0} {}s had come in that hour", rule.unit.noun())
}

/// How likely so much was, by the model that it was judged by.
fn chance(finding: &Finding, detection: &Detection, rule: &AbnormalCount, memory: &Memory) -> Vec<String> {
    let (Some(upper), Some(excess)) = (finding.expected_upper_threshold, finding.distance_from_threshold) else {
        return Vec::new();
    };
    let count = upper + excess;
    let counts = memory.counts(finding.vendor_product, &detection.detection);
    let fit = counts.and_then(|counts| {
        // The model of the estate is rebuilt every week: only the one it was judged by can say.
        let mut fits = counts.fits().map(|(_, fit)| *fit);
        fits.find(|fit| rule.model == Model::Exponential && !fit.is_degenerate() && (fit.upper - upper).abs() < 1e-9)
    });
    let chance = fit.map_or(rule.threshold, |fit| (-(count - fit.location) / fit.scale).exp());
    let less = if fit.is_some() { "" } else { "less than " };
    vec![format!(
        "{count:.0} observed, {upper:.1} expected at most: by the model, a chance of {less}{}",
        one_in(chance)
    )]
}

/// `1 in 2,000,000`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn one_in(chance: f64) -> String {
    if chance < 1e-12 {
        return "1 in a million millions, or less".to_owned();
    }
    let exact = 1.0 / chance.max(f64::MIN_POSITIVE);
    // Two digits are more than the model can vouch for.
    let unit = 10_f64.powf((exact.log10().floor() - 1.0).max(0.0));
    format!("1 in {}", text::number(((exact / unit).round() * unit) as u64))
}

fn quiet_if_not_within(finding: &Finding, rule: &Within) -> String {
    match rule.of {
        _ if rule.at_least <= 1 => {
            format!("it had not happened at {}", crate::show::findings::time(finding.first_time))
        }
        Some(of) => format!(
            "there had been fewer than {} different {of} within {}",
            rule.at_least,
            plural(u64::from(rule.minutes), "minute")
        ),
        None => format!(
            "there had been fewer than {} within {}",
            plural(rule.at_least, rule.unit.noun()),
            plural(u64::from(rule.minutes), "minute")
        ),
    }
}

fn date(time: jiff::Timestamp) -> String {
    crate::show::findings::time(time)[..10].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chance_has_as_many_digits_as_it_is_worth() {
        for (chance, shown) in [
            (0.005, "1 in 200"),
            (1.0 / 1_234_567.0, "1 in 1,200,000"),
            (0.5, "1 in 2"),
            (0.0, "1 in a million millions, or less"),
        ] {
            assert_eq!(one_in(chance), shown);
        }
    }

    #[test]
    fn names_are_listed_as_one_speaks() {
        assert_eq!(and(&["a"]), "`a`");
        assert_eq!(and(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
