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
pub(crate) const LONGEST: usize = 256;

/// Names that are found by their first and last bytes alone. One record after the other names the
/// same ones.
const RECENT: usize = 1 << 10;

/// Names that were met.
#[derive(Default)]
pub(crate) struct Names {
    known: HashSet<Text, RandomState>,
    /// Each at a place of its own, until another has the same. Before the first name there are no
    /// places: most files of a folder of small ones have none that is wanted.
    recent: Vec<Text>,
    principals: Principals,
}

impl Names {
    /// A name, kept once. One that is known takes no memory, not even for a moment.
    pub(crate) fn text(&mut self, name: &str) -> Text {
        let place = place(name);
        if let Some(recent) = self.recent.get(place)
            && **recent == *name
        {
            return recent.clone();
        }
        if name.len() > LONGEST {
            return name.into();
        }
        let text = self.known.get(name).cloned().unwrap_or_else(|| self.met(name.into()));
        self.recent.resize(RECENT, Text::default());
        self.recent[place].clone_from(&text);
        text
    }

    /// Whoever acts, kept once.
    pub(crate) fn principal(&mut self, mut user: Principal) -> Arc<Principal> {
        let known = self.principals.known(&user);
        known.unwrap_or_else(|| {
            self.share_texts(&mut user);
            self.principals.meet(user.into())
        })
    }

    fn share_texts(&mut self, user: &mut Principal) {
        let Principal { id, name, kind, session, access_key_id, borrower, invoked_by, .. } = user;
        let maybe = [name, kind, session, access_key_id, borrower, invoked_by];
        maybe.into_iter().flatten().chain([id]).for_each(|text| self.one(text));
    }

    /// Has an event name things as those before it did.
    pub(crate) fn share(&mut self, event: &mut Event) {
        event.user = self.principals.known(&event.user).unwrap_or_else(|| {
            self.share_texts(Arc::make_mut(&mut event.user));
            self.principals.meet(Arc::clone(&event.user))
        });
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
        self.share_compute(event);
    }

    /// The same of what it says of machines; all else was taken from here.
    pub(crate) fn share_compute(&mut self, event: &mut Event) {
        event.image_id.iter_mut().chain(&mut event.instance_type).for_each(|text| self.one(text));
        if let Some(Compute { parent, accelerators, .. }) = event.compute.get_mut() {
            let accelerators = accelerators.iter_mut().map(|accelerator| &mut accelerator.name);
            parent.iter_mut().chain(accelerators).for_each(|text| self.one(text));
        }
    }

    fn one(&mut self, text: &mut Text) {
        if text.len() <= LONGEST {
            *text = self.text(text);
        }
    }

    /// A name that is not known.
    #[cold]
    fn met(&mut self, name: Text) -> Text {
        if self.known.len() >= MOST {
            self.known.clear();
        }
        self.known.insert(name.clone());
        name
    }
}

/// Where a name would be among the recent ones.
#[expect(clippy::cast_possible_truncation, reason = "ten bits are left of it")]
fn place(name: &str) -> usize {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let name = name.as_bytes();
    let ends = match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => u64::from_le_bytes(*first).rotate_left(29) ^ u64::from_le_bytes(*last),
        _ => name.iter().fold(0, |ends, &byte| ends << 8 | u64::from(byte)),
    };
    ((ends ^ name.len() as u64).wrapping_mul(SPREAD) >> (64 - RECENT.ilog2())) as usize
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
    fn a_name_whose_place_was_taken_is_still_known() {
        let mut names = Names::default();
        let all: Vec<_> = (0..4 * RECENT).map(|number| format!("role-{number}")).collect();
        let first: Vec<_> = all.iter().map(|name| names.text(name)).collect();
        for (name, first) in all.iter().zip(&first) {
            assert_eq!(first, name);
            assert!(Text::ptr_eq(first, &names.text(name)), "{name}");
        }
        assert_eq!((names.text("").len(), names.recent.len()), (0, RECENT));
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
