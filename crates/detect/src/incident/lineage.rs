//! Who began it. What is made is charged to the root principal of its maker while it is young:
//! users, keys, roles, and the groups that launch by themselves.

use jiff::{SignedDuration, Timestamp};
use model::{Action, Begotten, Event, Outcome, Text};
use serde::{Deserialize, Serialize};

use crate::memory::Map;

/// What was made, and by whom. About 150 bytes for each thing made within the last weeks.
#[derive(Debug, Default)]
pub(crate) struct Lineages {
    pub(super) principals: Map<Text, Made>,
    pub(super) access_keys: Map<Text, Made>,
    pub(super) parents: Map<ParentKey, Made>,
    pub(super) swept: Option<Timestamp>,
}

/// A group is named within its account and region.
pub(super) type ParentKey = (Text, Text, Text);

/// By whom something was made, and when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Made {
    root: Text,
    time: Timestamp,
    /// Not made, but given rights when nobody knew it yet.
    #[serde(default, skip_serializing_if = "is_false")]
    given: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Whom an event is charged to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Charge {
    pub root: Text,
    /// A service acted for a parent that is old, or older than the log.
    pub old_parent: bool,
    /// Whoever acted was made by the lineage so long ago.
    pub age: Option<SignedDuration>,
}

impl Lineages {
    /// Whom `event` is charged to; what it makes is charged to the same. Whoever is `known` to have
    /// launched is nobody's for being given rights.
    pub(crate) fn charge(&mut self, event: &Event, young: SignedDuration, known: impl Fn(&Text) -> bool) -> Charge {
        let charge = self.root(event, young);
        if event.outcome == Outcome::Ok && makes(event) {
            self.sweep(event.time, young);
            self.note_begotten(event, &charge.root, young, known);
            // What the provider itself makes for something old is no younger than that.
            if !(charge.old_parent && event.user.service_linked) {
                self.note_parents(event, &charge.root);
            }
        }
        charge
    }

    fn root(&self, event: &Event, young: SignedDuration) -> Charge {
        let is_young = |made: &&Made| event.time.duration_since(made.time) <= young;
        let user = &event.user;
        // Neither a service role nor its caller can be played by a client.
        if user.service_linked || user.invoked_by.is_some() && event.compute.parent.is_some() {
            let parent = self.parent(event).filter(is_young);
            let root = parent.map_or_else(|| user.id.clone(), |made| made.root.clone());
            return Charge { root, old_parent: parent.is_none(), age: None };
        }
        let by_key = user.access_key_id.as_ref().and_then(|key| self.access_keys.get(key));
        let made = by_key.or_else(|| self.principals.get(&user.id)).filter(is_young);
        // Who borrows an identity is who acts, whoever made what he borrows.
        let behind = user.borrower.as_ref().map(|borrower| {
            let made = self.principals.get(borrower).filter(is_young);
            made.map_or(borrower, |made| &made.root)
        });
        let root = behind.or(made.map(|made| &made.root)).unwrap_or(&user.id);
        let own = made.filter(|made| made.root == *root && !made.given);
        Charge { root: root.clone(), old_parent: false, age: own.map(|made| event.time.duration_since(made.time)) }
    }

    fn parent(&self, event: &Event) -> Option<&Made> {
        self.parents.get(&parent_key(event, event.compute.parent.clone()?))
    }

    /// A thing that was made before keeps its maker: to take over somebody else's user is not
    /// to have made it, but from then on the key is the thief's.
    fn note_begotten(&mut self, event: &Event, root: &Text, young: SignedDuration, known: impl Fn(&Text) -> bool) {
        let made = || Made { root: root.clone(), time: event.time, given: false };
        for begotten in &event.begets {
            match begotten {
                Begotten::Principal(id) => {
                    if *id != *root {
                        self.principals.insert(id.clone(), made());
                    }
                }
                Begotten::AccessKey(key) => {
                    self.access_keys.insert(key.clone(), made());
                }
                // The provider gives what somebody asked it for, and does not say who.
                Begotten::Empowered(id) => {
                    if *id != *root && !event.user.service_linked && !known(id) {
                        self.empower(id, Made { given: true, ..made() }, young);
                    }
                }
            }
        }
    }

    fn note_parents(&mut self, event: &Event, root: &Text) {
        // A machine is nobody's parent, but a set of machines is. Who only changes how many run stays
        // within what whoever made the group allowed; to allow more is to make it one's own.
        let only_counts = event.action == Some(Action::Modified) && event.compute.max_count.is_none();
        let only_counts = only_counts && event.count > 0;
        let made = Made { root: root.clone(), time: event.time, given: false };
        if (!event.is_launch() || event.compute.max_count.is_some()) && !only_counts {
            self.parents.extend(names(event).map(|parent| (parent_key(event, parent), made.clone())));
        }
    }

    /// Whoever was made lately has a maker already.
    fn empower(&mut self, id: &Text, given: Made, young: SignedDuration) {
        let made = self.principals.get(id);
        if made.is_none_or(|made| given.time.duration_since(made.time) > young) {
            self.principals.insert(id.clone(), given);
        }
    }

    /// Once a day, what is no longer young is forgotten.
    fn sweep(&mut self, now: Timestamp, young: SignedDuration) {
        let day = SignedDuration::from_hours(24);
        if self.swept.is_some_and(|swept| now.duration_since(swept) < day) {
            return;
        }
        self.swept = Some(now);
        let is_young = |made: &Made| now.duration_since(made.time) <= young;
        self.principals.retain(|_, made| is_young(made));
        self.access_keys.retain(|_, made| is_young(made));
        self.parents.retain(|_, made| is_young(made));
    }
}

/// Whether something is there after it that may act or launch.
fn makes(event: &Event) -> bool {
    let changes = matches!(event.action, Some(Action::Created | Action::Modified | Action::Updated));
    !event.begets.is_empty() || changes && !event.object_id.is_empty()
}

/// What `compute.parent` of a child may say of what this event made.
pub(super) fn names(event: &Event) -> impl Iterator<Item = Text> {
    let category = event.object_category.as_deref().unwrap_or_default();
    event.object_id.iter().flat_map(move |id| [format!("{category}:{id}").into(), id.clone()])
}

/// A path says itself where it is, and records about what is behind it may say otherwise, or nothing.
fn parent_key(event: &Event, parent: Text) -> ParentKey {
    let text = |text: &Option<Text>| text.clone().unwrap_or_default();
    let region = if parent.starts_with('/') { Text::new() } else { text(&event.vendor_region) };
    (text(&event.vendor_account), region, parent)
}
