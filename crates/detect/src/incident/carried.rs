//! What of all this outlives a run: who has long made machines, and who was made by whom. Not
//! incidents: they belong to who was told, and to the logs that they came from.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::Text;
use serde::{Deserialize, Serialize};

use super::{
    Incidents,
    lineage::{Lineages, Made},
};

/// As it stands in a baseline file. Every part may be absent, as in files that are older.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Carried {
    /// No persons, with when each first made a machine.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    workloads: BTreeMap<Text, Timestamp>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    principals: BTreeMap<Text, Made>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    access_keys: BTreeMap<Text, Made>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parents: Vec<Parent>,
}

/// What launches by itself: its account, region and name, and who made it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Parent(Text, Text, Text, Made);

impl Carried {
    pub(crate) fn of(incidents: &Incidents) -> Self {
        let Incidents { lineages, workloads, .. } = incidents;
        let parents = lineages.parents.iter();
        let parents = parents
            .map(|((account, region, name), made)| Parent(account.clone(), region.clone(), name.clone(), made.clone()));
        let mut parents: Vec<Parent> = parents.collect();
        parents.sort();
        Self {
            workloads: workloads.iter().map(|(id, since)| (id.clone(), *since)).collect(),
            principals: lineages.principals.iter().map(|(id, made)| (id.clone(), made.clone())).collect(),
            access_keys: lineages.access_keys.iter().map(|(id, made)| (id.clone(), made.clone())).collect(),
            parents,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn restore(self) -> Incidents {
        let parents = self.parents.into_iter();
        let lineages = Lineages {
            principals: self.principals.into_iter().collect(),
            access_keys: self.access_keys.into_iter().collect(),
            parents: parents.map(|Parent(account, region, name, made)| ((account, region, name), made)).collect(),
            swept: None,
        };
        Incidents { lineages, workloads: self.workloads.into_iter().collect(), ..Incidents::default() }
    }
}
