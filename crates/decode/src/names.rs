//! The same few hundred names stand in all records: of principals and regions, of addresses,
//! images and programs. Each is kept once and shared by all events that name it.
//!
//! An event that waits for its turn holds little more than its own ids, and whoever compares
//! names finds them where it found them last, and not in memory that nobody has touched.

use std::collections::HashSet;

use foldhash::fast::RandomState;
use model::{Event, Text};

/// Names known at a time. Whoever makes up more of them only has the others found anew.
const MOST: usize = 1 << 15;

/// Longer ones are told once.
const LONGEST: usize = 256;

/// Names that were met.
#[derive(Default)]
pub(crate) struct Names(HashSet<Text, RandomState>);

impl Names {
    /// A name, kept once. One that is known takes no memory, not even for a moment.
    pub(crate) fn text(&mut self, name: &str) -> Text {
        if name.len() > LONGEST {
            return name.into();
        }
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let text = Text::from(name);
        self.add(&text);
        text
    }

    /// Has an event name things as those before it did.
    pub(crate) fn share(&mut self, event: &mut Event) {
        let user = &mut event.user;
        self.one(&mut event.command);
        self.one(&mut user.id);
        let maybe = [
            &mut event.vendor_account,
            &mut event.vendor_region,
            &mut event.object_category,
            &mut event.result_id,
            &mut event.result,
            &mut event.src,
            &mut event.user_agent,
            &mut user.name,
            &mut user.kind,
            &mut user.session,
            &mut user.access_key_id,
            &mut user.borrower,
            &mut user.invoked_by,
        ];
        maybe.into_iter().flatten().for_each(|text| self.one(text));
        self.share_compute(event);
    }

    /// The same of what it says of machines; all else was taken from here.
    pub(crate) fn share_compute(&mut self, event: &mut Event) {
        let compute = &mut event.compute;
        let accelerators = compute.accelerators.iter_mut().map(|accelerator| &mut accelerator.name);
        let listed = event.image_id.iter_mut().chain(&mut event.instance_type).chain(accelerators);
        listed.chain(&mut compute.parent).for_each(|text| self.one(text));
    }

    fn one(&mut self, text: &mut Text) {
        if text.len() > LONGEST {
            return;
        }
        match self.0.get(&**text) {
            Some(known) => text.clone_from(known),
            None => self.add(text),
        }
    }

    fn add(&mut self, text: &Text) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(text.clone());
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
        assert!(names.0.len() <= MOST);
    }
}
