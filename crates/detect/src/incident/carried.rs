//! What of all this outlives a run: who has long made machines, who was made by whom, who is
//! accused or suspected, and which incidents may still be judged. Not what an incident made and
//! cost: that belongs to who was told, and to the logs that it came from.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{Severity, Text};
use serde::{Deserialize, Serialize};

use super::{
    Incidents,
    accused::Accused,
    lineage::{Lineages, Made},
    past::Past,
    running::{Running, Suspect},
};

/// As it stands in a baseline file. Every part may be absent, as in files that are older.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Carried {
    /// No persons, with when each first made a machine.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    workloads: BTreeMap<Text, Timestamp>,
    /// The same of everybody else: rights that they are given make them nobody's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    people: BTreeMap<Text, Timestamp>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    principals: BTreeMap<Text, Made>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    access_keys: BTreeMap<Text, Made>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parents: Vec<Parent>,
    /// Account, name or key, and since when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    accused: Vec<(Text, Text, Timestamp)>,
    /// The worst of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    suspects: Vec<Suspect>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    incidents: Vec<Past>,
}

/// Suspects that are carried.
const SUSPECTS: usize = 1000;

/// What launches by itself: its account, region and name, and who made it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Parent(Text, Text, Text, Made);

impl Carried {
    pub(crate) fn of(incidents: &Incidents) -> Self {
        let Incidents { lineages, workloads, people, accused, .. } = incidents;
        let parents = lineages.parents.iter();
        let parents = parents
            .map(|((account, region, name), made)| Parent(account.clone(), region.clone(), name.clone(), made.clone()));
        let mut parents: Vec<Parent> = parents.collect();
        parents.sort();
        Self {
            workloads: workloads.iter().map(|(id, since)| (id.clone(), *since)).collect(),
            people: people.iter().map(|(id, since)| (id.clone(), *since)).collect(),
            principals: lineages.principals.iter().map(|(id, made)| (id.clone(), made.clone())).collect(),
            access_keys: lineages.access_keys.iter().map(|(id, made)| (id.clone(), made.clone())).collect(),
            parents,
            accused: accused_of(accused),
            suspects: suspects_of(incidents),
            incidents: incidents_of(incidents),
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
        let accused = self.accused.into_iter().map(|(account, name, time)| ((account, name), time));
        let suspects = self.suspects.into_iter().map(|suspect| (suspect.root().clone(), suspect.restore()));
        Incidents {
            lineages,
            workloads: self.workloads.into_iter().collect(),
            people: self.people.into_iter().collect(),
            accused: Accused { names: accused.collect() },
            running: suspects.collect(),
            past: self.incidents.into_iter().collect(),
            ..Incidents::default()
        }
    }
}

fn accused_of(accused: &Accused) -> Vec<(Text, Text, Timestamp)> {
    let names = accused.names.iter();
    let mut names: Vec<_> = names.map(|((account, name), time)| (account.clone(), name.clone(), *time)).collect();
    names.sort();
    names
}

fn suspects_of(incidents: &Incidents) -> Vec<Suspect> {
    let open = incidents.running.iter().filter(|(root, _)| !incidents.over.contains(*root));
    let mut suspects: Vec<Suspect> = open.filter_map(|(_, running)| running.suspect()).collect();
    suspects.sort_by_key(|suspect| (suspect.rank(), suspect.root().clone()));
    suspects.truncate(SUSPECTS);
    suspects
}

fn incidents_of(incidents: &Incidents) -> Vec<Past> {
    let over = incidents.over.iter().filter_map(|root| incidents.running.get(root));
    let over = over.filter(|running| running.severity() >= Severity::Low);
    let over = over.filter_map(|running: &Running| Some(Past::new(running.id()?, running)));
    let mut all: Vec<Past> = incidents.past.iter().cloned().chain(over).collect();
    all.sort_by_key(|past| past.incident);
    all
}
