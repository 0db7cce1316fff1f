//! What is made from a description is of its size: a service from a task definition, a build from a
//! project, a group from a template. The request for it says how many, and not of what.

use std::sync::Arc;

use model::{Event, Few, Text};

use crate::{
    memory::{Map, Turn},
    pricing::Prices,
};

/// Descriptions kept, of about 200 bytes each. Beyond, all are forgotten, and learned anew as they
/// are made.
const MOST: usize = 100_000;

/// Types of machines by the name of what describes them, within account and region.
#[derive(Debug, Default)]
pub(crate) struct Descriptions(Map<(Text, Text), Map<Text, Few<Text>>>, usize);

impl Descriptions {
    /// Tells the next events in order what they start, if a description says so. Logs tell whole
    /// seconds, and of events of one second nobody knows the order: a description comes first.
    pub(crate) fn complete(&mut self, prices: &mut Prices<'_>, turns: &mut [Turn]) {
        for turns in turns.chunk_by_mut(|one, other| one.time == other.time) {
            for turn in &*turns {
                self.note(&turn.event);
            }
            for turn in turns {
                if let Some(before) = &mut turn.before {
                    self.tell(prices, before);
                }
                if self.tell(prices, &mut turn.event) {
                    self.note(&turn.event);
                }
            }
        }
    }

    /// Whether it has been told anything.
    fn tell(&self, prices: &mut Prices<'_>, event: &mut Arc<Event>) -> bool {
        let asks = event.count > 0 || event.compute.max_count.is_some();
        if !asks || !event.instance_type.is_empty() || self.0.is_empty() || event.is_launch() {
            return false;
        }
        let Some(types) = self.find(event).cloned() else { return false };
        let event = Arc::make_mut(event);
        event.instance_type = types;
        prices.tell(event);
        true
    }

    /// By what it hangs from; by what else it names, the last first, for the thing itself comes
    /// before what it is made from; and by its own name, under which it was made before.
    fn find(&self, event: &Event) -> Option<&Few<Text>> {
        let here = self.0.get(&place(event))?;
        let by_parent = event.compute.parent.as_ref().and_then(|parent| here.get(parent));
        let named = || event.object_id.iter().rev().find_map(|id| here.get(id).or_else(|| here.get(unversioned(id)?)));
        let own = || event.object_id.first().and_then(|id| here.get(&own_name(event, id)));
        by_parent.or_else(named).or_else(own)
    }

    /// What only describes is found under its bare name too: others may name it without its kind.
    fn note(&mut self, event: &Event) {
        if event.instance_type.is_empty() || event.is_launch() {
            return;
        }
        if self.1 >= MOST {
            *self = Self::default();
        }
        let here = self.0.entry(place(event)).or_default();
        let before = here.len();
        for id in &event.object_id {
            here.insert(own_name(event, id), event.instance_type.clone());
            if event.count == 0 {
                here.insert(id.clone(), event.instance_type.clone());
            }
        }
        self.1 += here.len() - before;
    }
}

fn place(event: &Event) -> (Text, Text) {
    (event.vendor_account.clone().unwrap_or_default(), event.vendor_region.clone().unwrap_or_default())
}

fn own_name(event: &Event, id: &str) -> Text {
    format!("{}:{id}", event.object_category.as_deref().unwrap_or_default()).into()
}

/// `family` of `family:3`.
fn unversioned(id: &str) -> Option<&str> {
    let (name, version) = id.rsplit_once(':')?;
    version.bytes().all(|byte| byte.is_ascii_digit()).then_some(name)
}
