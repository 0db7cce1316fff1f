//! The plan for one incident: its objects, put into the commands that are for them.

use std::collections::BTreeMap;

use model::{Incident, Object, Text};
use serde::Serialize;

use super::{Phase, Plan, Step};

/// Most ids of one command: a shell takes more, and no reader does.
const IDS: usize = 50;

/// Most commands of one step. What is left then is said.
const COMMANDS: usize = 100;

/// What to do about one incident, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Containment {
    pub measures: Vec<Measure>,
    /// Objects that a command exists for, but that are called what no command should be given,
    /// or of which the log does not say enough.
    pub left_out: Vec<Object>,
    /// Objects beyond the limits: the plan is to be made anew when these are dealt with.
    pub more: usize,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measure {
    pub phase: Phase,
    pub account: Option<Text>,
    pub region: Option<Text>,
    pub command: String,
    pub does: Text,
    pub breaks: Text,
    /// How many objects it is about.
    pub objects: usize,
}

impl Plan {
    /// What to do about this incident.
    pub fn contain(&self, incident: &Incident) -> Containment {
        let mut containment = Containment { measures: Vec::new(), left_out: Vec::new(), more: 0 };
        for step in self.steps.iter().filter(|step| step.vendor_product == incident.vendor_product) {
            step.fill(&incident.objects, &mut containment);
        }
        containment.left_out.sort_by(|a, b| (&a.category, &a.id).cmp(&(&b.category, &b.id)));
        containment.left_out.dedup();
        containment
    }
}

impl Step {
    fn fill(&self, objects: &[Object], containment: &mut Containment) {
        let concerned = objects.iter().filter(|object| self.concerns(object));
        let (takes, odd): (Vec<&Object>, Vec<&Object>) = concerned.partition(|object| self.command.takes(object));
        containment.left_out.extend(odd.into_iter().cloned());
        let most = self.most.unwrap_or(usize::MAX);
        let groups = self.groups(takes.into_iter().take(most));
        let left: usize = groups.iter().skip(COMMANDS).map(Vec::len).sum();
        containment.more += left;
        containment.measures.extend(groups.iter().take(COMMANDS).map(|group| self.measure(group)));
    }

    fn concerns(&self, object: &Object) -> bool {
        let matches = &self.matches;
        object.alive
            && object.category == matches.category
            && (object.protected || !matches.if_protected)
            && matches.kind.as_ref().is_none_or(|kind| object.kind.as_ref() == Some(kind))
            && matches.id_begins.as_ref().is_none_or(|begins| object.id.starts_with(&**begins))
    }

    /// By account and region where one command is for many, else one by one.
    fn groups<'o>(&self, objects: impl Iterator<Item = &'o Object>) -> Vec<Vec<&'o Object>> {
        if !self.together {
            return objects.map(|object| vec![object]).collect();
        }
        let mut places: BTreeMap<_, Vec<&Object>> = BTreeMap::new();
        for object in objects {
            places.entry((&object.account, &object.region)).or_default().push(object);
        }
        places.into_values().flat_map(|group| group.chunks(IDS).map(<[_]>::to_vec).collect::<Vec<_>>()).collect()
    }

    fn measure(&self, group: &[&Object]) -> Measure {
        let first = group.first();
        Measure {
            phase: self.phase,
            account: first.and_then(|object| object.account.clone()),
            region: first.and_then(|object| object.region.clone()),
            command: self.command.fill(group),
            does: self.does.clone(),
            breaks: self.breaks.clone(),
            objects: group.len(),
        }
    }
}
