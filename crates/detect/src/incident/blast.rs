//! What there is to contain: what a lineage made, and who of it acted.

use std::collections::BTreeMap;

use model::{Action, Begotten, Event, Object, Outcome, Text, UserClass};

use super::ledger::Burn;
use crate::evidence::MAX_EVIDENCE;

/// Who acted stands beside what was made, under this category.
const PRINCIPAL: &str = "principal";
const ACCESS_KEY: &str = "access_key";
pub(super) const INSTANCE: &str = "instance";
/// A setting of machines, and nothing that was made.
const PROTECTION: &str = "instance_protection";

/// Rights in a whole account, of which each pair of role and member is taken back on its own.
const POLICY: &str = "policy";
const GRANT: &str = "grant";
/// Who may act as an account: it is changed and never made.
const ACCOUNT_POLICY: &str = "service_account_policy";

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

impl Blast {
    /// Takes in an event of the lineage.
    pub(super) fn note(&mut self, event: &Event) {
        self.note_principal(event);
        self.note_grants(event);
        let Some(category) = event.object_category.as_deref().filter(|_| event.outcome == Outcome::Ok) else { return };
        match event.action {
            _ if category == PROTECTION => self.protect(event),
            Some(Action::Created) => self.note_made(event, category),
            Some(Action::Deleted) => self.note_deleted(event, category),
            _ if category == ACCOUNT_POLICY => self.note_made(event, category),
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

    /// The provider itself is nobody to lock out.
    fn note_principal(&mut self, event: &Event) {
        let user = &event.user;
        if !user.attributed || user.service_linked || user.class == UserClass::Service {
            return;
        }
        let account = event.vendor_account.as_ref();
        let principal = Object { kind: user.kind.clone(), ..object(PRINCIPAL, &user.id, account, None) };
        self.add(principal);
        if let Some(borrower) = &user.borrower {
            self.add(object(PRINCIPAL, borrower, account, None));
        }
        if let Some(key) = &user.access_key_id {
            self.add(Object { parent: Some(user.id.clone()), ..object(ACCESS_KEY, key, account, None) });
        }
    }

    fn note_made(&mut self, event: &Event, category: &str) {
        let several = SEVERAL.contains(&category);
        for id in event.object_id.iter().take(if several { usize::MAX } else { 1 }) {
            let parent = event.compute.parent.clone();
            self.add(Object {
                parent,
                ..object(category, id, event.vendor_account.as_ref(), event.vendor_region.as_ref())
            });
        }
    }

    /// Who was given which role by a change of a policy: each pair of those it speaks of. What lies
    /// above accounts, an organization or a folder, is nothing that the same command could name.
    fn note_grants(&mut self, event: &Event) {
        let account = event.vendor_account.as_ref().filter(|account| !account.contains('/'));
        if event.outcome != Outcome::Ok || event.object_category.as_deref() != Some(POLICY) || account.is_none() {
            return;
        }
        for role in event.object_id.iter().skip(1) {
            for begotten in &event.begets {
                if let Begotten::Empowered(id) = begotten {
                    self.add(Object { parent: Some(role.clone()), ..object(GRANT, id, account, None) });
                }
            }
        }
    }

    fn note_deleted(&mut self, event: &Event, category: &str) {
        for id in &event.object_id {
            if let Some(object) =
                self.objects.get_mut(&key(category, id, event.vendor_account.as_ref(), event.vendor_region.as_ref()))
            {
                object.alive = false;
            }
        }
    }

    fn protect(&mut self, event: &Event) {
        for id in &event.object_id {
            if let Some(machine) =
                self.objects.get_mut(&key(INSTANCE, id, event.vendor_account.as_ref(), event.vendor_region.as_ref()))
            {
                machine.protected = true;
            }
        }
    }

    fn add(&mut self, object: Object) {
        let grant = object.parent.as_ref().filter(|_| *object.category == *GRANT);
        let id = grant.map_or_else(|| object.id.clone(), |role| format!("{role} {}", object.id).into());
        let key = key(&object.category, &id, object.account.as_ref(), object.region.as_ref());
        if self.objects.len() < MAX_EVIDENCE {
            self.objects.entry(key).or_insert(object);
        } else {
            self.truncated |= !self.objects.contains_key(&key);
        }
    }
}

fn key(category: &str, id: &Text, account: Option<&Text>, region: Option<&Text>) -> Key {
    (category.into(), account.cloned(), region.cloned(), id.clone())
}

fn object(category: &str, id: &Text, account: Option<&Text>, region: Option<&Text>) -> Object {
    Object {
        category: category.into(),
        id: id.clone(),
        kind: None,
        account: account.cloned(),
        region: region.cloned(),
        parent: None,
        alive: true,
        protected: false,
    }
}
