//! What the AWS add-on makes of a record, and the original's alerts on a whole [`World`].

use jiff::{ToSpan as _, tz::TimeZone};

use crate::world::{Record, START, World, at};

use super::{Alert, Change, Original, Rule};

const UNKNOWN: &str = "unknown";

/// Names with which the add-on maps a success to `action=created`, besides `RunInstances`;
/// those that the tests use.
const CREATED_ON_SUCCESS: [&str; 3] = ["CreateBucket", "CreateLogGroup", "CreateUser"];

impl From<&Record> for Change {
    fn from(record: &Record) -> Self {
        let created = record.is_launch() || record.succeeded() && CREATED_ON_SUCCESS.contains(&&*record.command);
        let instances = record.instance_ids();
        let or = |fallback: &str| if instances.is_empty() { vec![fallback.to_owned()] } else { instances.clone() };
        // Image and type exist on instance events only, and come from the request only.
        let requested = |value: &Option<String>| {
            let stated = value.as_deref().filter(|_| !record.from_template).unwrap_or(UNKNOWN);
            record.is_launch().then(|| stated.to_owned())
        };
        Self {
            time: record.time,
            arrival: record.arrival,
            action: if created { "created" } else { UNKNOWN }.to_owned(),
            status: record.outcome.status().to_owned(),
            object_category: record.object_category().unwrap_or(UNKNOWN).to_owned(),
            user: user(record),
            vendor_region: record.region.clone(),
            object: or("ec2.amazonaws.com"),
            object_id: or(UNKNOWN),
            image_id: requested(&record.image),
            instance_type: requested(&record.instance_type),
        }
    }
}

/// For account changes it is the account that was changed, not who did it.
fn user(record: &Record) -> String {
    let changed = record.made.as_deref().filter(|_| record.command == "CreateUser");
    changed.or(record.user_name()).unwrap_or(UNKNOWN).to_owned()
}

/// What the original said, and what it held at the end.
pub(crate) struct Heard {
    pub(crate) alerts: Vec<Alert>,
    pub(crate) original: Original,
}

impl Heard {
    pub(crate) fn about(&self, rule: Rule, value: &str) -> Vec<&Alert> {
        self.alerts.iter().filter(|alert| alert.rule == rule && alert.value == value).collect()
    }
}

impl World {
    /// What the original says of it, run for a day longer than anything happened.
    pub(crate) fn original(&self) -> Heard {
        self.original_of(TimeZone::UTC)
    }

    pub(crate) fn original_of(&self, owner_zone: TimeZone) -> Heard {
        let last = self.records.iter().map(|record| record.arrival).max().unwrap_or_default();
        let mut original = Original::new(owner_zone);
        let alerts = original.run(&self.changes(), at(START), last + 26.hours());
        Heard { alerts, original }
    }

    pub(crate) fn changes(&self) -> Vec<Change> {
        self.records.iter().map(Change::from).collect()
    }
}
