//! The same few hundred names stand in all records: of principals and regions, of addresses,
//! images and programs. Each is kept once and shared by all events that name it.
//!
//! An event that waits for its turn holds little more than its own ids, and whoever compares
//! names finds them where it found them last, and not in memory that nobody has touched.

use std::{collections::HashSet, sync::Arc};

use foldhash::fast::RandomState;
use model::{Compute, Event, Principal, Text};

use crate::principals::Principals;

/// Names known at a time. Whoever makes up more of them only has the others found anew.
const MOST: usize = 1 << 15;

/// Longer ones are told once.
const LONGEST: usize = 256;

/// Names that were met.
#[derive(Default)]
pub(crate) struct Names {
    known: HashSet<Text, RandomState>,
    principals: Principals,
}

impl Names {
    /// Has an event name things as those before it did.
    pub(crate) fn share(&mut self, event: &mut Event) {
        self.principal(&mut event.user);
        self.one(&mut event.command);
        let maybe = [
            &mut event.vendor_account,
            &mut event.vendor_region,
            &mut event.object_category,
            &mut event.result_id,
            &mut event.result,
            &mut event.src,
            &mut event.user_agent,
        ];
        maybe.into_iter().flatten().for_each(|text| self.one(text));
        event.image_id.iter_mut().chain(&mut event.instance_type).for_each(|text| self.one(text));
        if let Some(Compute { parent, accelerators, .. }) = event.compute.get_mut() {
            let accelerators = accelerators.iter_mut().map(|accelerator| &mut accelerator.name);
            parent.iter_mut().chain(accelerators).for_each(|text| self.one(text));
        }
    }

    fn principal(&mut self, user: &mut Arc<Principal>) {
        if self.principals.share(user) {
            return;
        }
        let Principal { id, name, kind, session, access_key_id, borrower, invoked_by, .. } = Arc::make_mut(user);
        let maybe = [name, kind, session, access_key_id, borrower, invoked_by];
        let mut is_short = true;
        for text in maybe.into_iter().flatten().chain([id]) {
            self.one(text);
            is_short &= text.len() <= LONGEST;
        }
        if is_short {
            self.principals.meet(user);
        }
    }

    fn one(&mut self, text: &mut Text) {
        if let Some(known) = self.known.get(&**text) {
            text.clone_from(known);
        } else if text.len() <= LONGEST {
            if self.known.len() >= MOST {
                self.known.clear();
            }
            self.known.insert(text.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use model::{EventId, Principal, UserClass, VendorProduct};

    use super::*;

    fn event(user: &str, agent: &str) -> Event {
        let user = Principal {
            id: user.into(),
            name: None,
            kind: None,
            session: None,
            access_key_id: None,
            borrower: None,
            invoked_by: None,
            service_linked: false,
            class: UserClass::User,
            attributed: true,
        };
        let (id, product) = (EventId::from("1"), VendorProduct::AwsCloudTrail);
        let event = Event::new(id, Timestamp::UNIX_EPOCH, product, "RunInstances".into(), user);
        Event { user_agent: Some(agent.into()), ..event }
    }

    #[test]
    fn what_is_named_again_is_kept_once() {
        let (mut names, long) = (Names::default(), "x".repeat(LONGEST + 1));
        let mut events = [event("alice", &long), event("alice", &long)];
        for event in &mut events {
            names.share(event);
        }
        assert_eq!(events[0], event("alice", &long));
        let [first, second] = &events;
        assert!(Text::ptr_eq(&first.user.id, &second.user.id) && Text::ptr_eq(&first.command, &second.command));
        let [first, second] = events.each_ref().map(|event| event.user_agent.as_ref().unwrap());
        assert!(!Text::ptr_eq(first, second));
    }

    #[test]
    fn whoever_makes_up_names_fills_no_memory() {
        let mut names = Names::default();
        for number in 0..3 * MOST {
            names.share(&mut event("mallory", &format!("agent {number}")));
        }
        assert!(names.known.len() <= MOST);
    }
}
