//! Whoever acts, acts again: most events of a file are of a few principals, each of which is kept
//! once, with its session, and shared by all that it does.

use std::{collections::HashSet, sync::Arc};

use foldhash::fast::RandomState;
use model::Principal;

/// Principals known at a time. Whoever makes up more of them only has the others found anew.
const MOST: usize = 1 << 13;

/// Principals that were met.
#[derive(Default)]
pub(crate) struct Principals(HashSet<Arc<Principal>, RandomState>);

impl Principals {
    /// Has an event name whoever acted as those before it did. False for whoever is new.
    pub(crate) fn share(&self, user: &mut Arc<Principal>) -> bool {
        let known = self.0.get(user);
        if let Some(known) = known {
            user.clone_from(known);
        }
        known.is_some()
    }

    pub(crate) fn meet(&mut self, user: &Arc<Principal>) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(Arc::clone(user));
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
        let [alice, mut bob, mut again] = ["alice", "bob", "alice"].map(principal);
        principals.meet(&alice);
        assert!(!principals.share(&mut bob) && bob == principal("bob"));
        assert!(principals.share(&mut again) && Arc::ptr_eq(&again, &alice));
    }

    #[test]
    fn whoever_makes_up_principals_fills_no_memory() {
        let mut principals = Principals::default();
        for number in 0..3 * MOST {
            principals.meet(&principal(&number.to_string()));
        }
        assert!(principals.0.len() <= MOST);
    }
}
