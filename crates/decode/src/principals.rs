//! Whoever acts, acts again: most events of a file are of a few principals, each of which is kept
//! once, with its session, and shared by all that it does.

use std::{collections::HashSet, sync::Arc};

use foldhash::fast::RandomState;
use model::Principal;

use crate::names::LONGEST;

/// Principals known at a time. Whoever makes up more of them only has the others found anew.
const MOST: usize = 1 << 13;

/// Principals that were met.
#[derive(Default)]
pub(crate) struct Principals(HashSet<Arc<Principal>, RandomState>);

impl Principals {
    /// Whoever acted, if he did before.
    pub(crate) fn known(&self, user: &Principal) -> Option<Arc<Principal>> {
        self.0.get(user).cloned()
    }

    /// Remembers whoever is new, unless that would take much memory.
    pub(crate) fn meet(&mut self, user: Arc<Principal>) -> Arc<Principal> {
        let Principal { id, name, kind, session, access_key_id, borrower, invoked_by, .. } = &*user;
        let maybe = [name, kind, session, access_key_id, borrower, invoked_by];
        if maybe.into_iter().flatten().chain([id]).all(|text| text.len() <= LONGEST) {
            if self.0.len() >= MOST {
                self.0.clear();
            }
            self.0.insert(Arc::clone(&user));
        }
        user
    }
}

#[cfg(test)]
mod tests {
    use model::UserClass;

    use super::*;

    fn principal(id: &str) -> Arc<Principal> {
        Arc::new(Principal {
            id: id.into(),
            name: None,
            kind: None,
            session: None,
            access_key_id: None,
            borrower: None,
            invoked_by: None,
            service_linked: false,
            class: UserClass::User,
            attributed: true,
        })
    }

    #[test]
    fn whoever_acts_again_is_kept_once() {
        let mut principals = Principals::default();
        let [alice, bob, again] = ["alice", "bob", "alice"].map(principal);
        principals.meet(Arc::clone(&alice));
        assert!(principals.known(&bob).is_none());
        assert!(principals.known(&again).is_some_and(|known| Arc::ptr_eq(&known, &alice)));
    }

    #[test]
    fn whoever_has_a_long_name_is_not_remembered() {
        let (mut principals, long) = (Principals::default(), "x".repeat(LONGEST + 1));
        principals.meet(principal(&long));
        assert!(principals.0.is_empty());
    }

    #[test]
    fn whoever_makes_up_principals_fills_no_memory() {
        let mut principals = Principals::default();
        for number in 0..3 * MOST {
            principals.meet(principal(&number.to_string()));
        }
        assert!(principals.0.len() <= MOST);
    }
}
