//! An incident in one sentence.

use model::{Incident, IncidentStatus};

use crate::message::plural;

/// Who did what, how much of it is left, and what it costs.
pub(super) fn of(incident: &Incident) -> String {
    let Incident { principal, instances, regions, .. } = incident;
    let places = match &**regions {
        [] => String::new(),
        [region] => format!(" in {region}"),
        regions => format!(" in {} regions", regions.len()),
    };
    let did = match (instances.launched, instances.requested) {
        (0, 0) => "prepared to make machines".to_owned(),
        (0, requested) => format!("asked in vain for {}", plural(requested, "machine")),
        (launched, _) => format!("launched {}", plural(launched, "machine")),
    };
    let left = match incident.status {
        IncidentStatus::Contained => ", all of them gone".to_owned(),
        _ if instances.launched > 0 => {
            format!(", {} alive, at {} an hour", instances.alive, usd(incident.usd_per_hour))
        }
        _ => String::new(),
    };
    format!("{principal} {did}{places}{left}")
}

/// `USD 3.91 to 6.26`.
fn usd(range: model::Usd) -> String {
    let (low, high) = (format!("{:.2}", range.low), format!("{:.2}", range.high));
    if low == high { format!("USD {low}") } else { format!("USD {low} to {high}") }
}
