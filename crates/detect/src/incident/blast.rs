//! What there is to contain: what a lineage made, and who of it acted.

use std::collections::{BTreeMap, btree_map};

use model::{Action, Begotten, Event, Object, Outcome, Text, UserClass, text};

use super::ledger::Burn;
use crate::evidence::MAX_EVIDENCE;

pub(super) const INSTANCE: &str = "instance";
/// A setting of machines, and nothing that was made.
const PROTECTION: &str = "instance_protection";

/// Rights in a whole account, of which each pair of role and member is taken back on its own.
const POLICY: &str = "policy";
/// Who may act as an account: it is changed and never made.
const ACCOUNT_POLICY: &str = "service_account_policy";

/// Members of a policy that are nobody in particular; they stand among the roles of an event.
const EVERYBODY: [&str; 2] = ["allUsers", "allAuthenticatedUsers"];

/// Kinds of object of which one request makes several. Of all others, further ids of an event
/// are other names of the same object, or of what it was made from.
pub(super) const SEVERAL: [&str; 4] = [INSTANCE, "spot_request", "ecs_task", "lightsail_instance"];

/// The objects of one incident, each once: by category, account, region and id.
#[derive(Debug, Clone, Default)]
pub(super) struct Blast {
    objects: BTreeMap<Key, Object>,
    truncated: bool,
}

type Key = (Text, Option<Text>, Option<Text>, Text);

/// Account and region.
type Place<'a> = (Option<&'a Text>, Option<&'a Text>);

impl Blast {
    /// Takes in an event of the lineage.
    pub(super) fn note(&mut self, event: &Event) {
        self.note_principal(event);
        self.note_grants(event);
        let Some(category) = event.object_category.as_ref().filter(|_| event.outcome == Outcome::Ok) else { return };
        match event.action {
            _ if *category == *PROTECTION => self.protect(event),
            Some(Action::Created) => self.note_made(event, category),
            Some(Action::Deleted) => self.note_deleted(event, category),
            _ if *category == *ACCOUNT_POLICY => self.note_made(event, category),
            _ => {}
        }
    }

    /// As they stand. Machines are followed by the ledger, whoever stops them.
    pub(super) fn tell(&self, burn: &Burn) -> Vec<Object> {
        let stands = |object: &Object| {
            let alive = if *object.category == *INSTANCE { burn.is_running(&object.id) } else { object.alive };
            Object { alive, ..object.clone() }
        };
        self.objects.values().map(stands).collect()
    }

    pub(super) fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Who acted stands beside what was made. The provider itself is nobody to lock out.
    fn note_principal(&mut self, event: &Event) {
        let user = &event.user;
        if !user.attributed || user.service_linked || user.class == UserClass::Service {
            return;
        }
        let account = event.vendor_account.as_ref();
        self.add(text!("principal"), &user.id, (account, None), |principal| principal.kind.clone_from(&user.kind));
        if let Some(borrower) = &user.borrower {
            self.add(text!("principal"), borrower, (account, None), |_| {});
        }
        if let Some(key) = &user.access_key_id {
            self.add(text!("access_key"), key, (account, None), |key| key.parent = Some(user.id.clone()));
        }
    }

    fn note_made(&mut self, event: &Event, category: &Text) {
        let several = SEVERAL.contains(&&**category);
        for id in event.object_id.iter().take(if several { usize::MAX } else { 1 }) {
            self.add(category, id, place(event), |made| made.parent.clone_from(&event.compute.parent));
        }
    }

    /// Who was given which role by a change of a policy: each pair of those it speaks of. What lies
    /// above accounts, an organization or a folder, is nothing that the same command could name.
    fn note_grants(&mut self, event: &Event) {
        let account = event.vendor_account.as_ref().filter(|account| !account.contains('/'));
        if event.outcome != Outcome::Ok || event.object_category.as_deref() != Some(POLICY) || account.is_none() {
            return;
        }
        let (category, place) = (text!("grant"), (account, None));
        let (everybody, roles): (Vec<&Text>, Vec<&Text>) =
            event.object_id.iter().skip(1).partition(|name| EVERYBODY.contains(&&***name));
        let empowered = event.begets.iter().filter_map(|begotten| match begotten {
            Begotten::Empowered(id) => Some(id),
            _ => None,
        });
        for member in empowered.chain(everybody) {
            for &role in &roles {
                let pair = Text::from(format!("{role} {member}"));
                let grant = || Object { parent: Some(role.clone()), ..object(category, member, place) };
                self.add_under(key(category, &pair, place), grant);
            }
        }
    }

    fn note_deleted(&mut self, event: &Event, category: &Text) {
        for id in &event.object_id {
            if let Some(object) = self.objects.get_mut(&key(category, id, place(event))) {
                object.alive = false;
            }
        }
    }

    fn protect(&mut self, event: &Event) {
        for id in &event.object_id {
            if let Some(machine) = self.objects.get_mut(&key(text!("instance"), id, place(event))) {
                machine.protected = true;
            }
        }
    }

    fn add(&mut self, category: &Text, id: &Text, place: Place<'_>, describe: impl FnOnce(&mut Object)) {
        self.add_under(key(category, id, place), || {
            let mut object = object(category, id, place);
            describe(&mut object);
            object
        });
    }

    /// A flood says the same again and again, which makes no object anew.
    fn add_under(&mut self, key: Key, describe: impl FnOnce() -> Object) {
        let is_full = self.objects.len() >= MAX_EVIDENCE;
        if is_full && self.truncated {
            return;
        }
        match self.objects.entry(key) {
            btree_map::Entry::Vacant(_) if is_full => self.truncated = true,
            btree_map::Entry::Vacant(entry) => {
                entry.insert(describe());
            }
            btree_map::Entry::Occupied(_) => {}
        }
    }
}

fn place(event: &Event) -> Place<'_> {
    (event.vendor_account.as_ref(), event.vendor_region.as_ref())
}

fn key(category: &Text, id: &Text, (account, region): Place<'_>) -> Key {
    (category.clone(), account.cloned(), region.cloned(), id.clone())
}

fn object(category: &Text, id: &Text, (account, region): Place<'_>) -> Object {
    Object {
        category: category.clone(),
        id: id.clone(),
        kind: None,
        account: account.cloned(),
        region: region.cloned(),
        parent: None,
        alive: true,
        protected: false,
    }
}
