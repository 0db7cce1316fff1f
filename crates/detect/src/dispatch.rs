//! Which detections an event can concern, by what was done, how it ended and what kind of actor
//! did it: most events concern a few of dozens.

use model::{Action, Event, Field, Outcome, Selection, Text, UserClass};

use crate::{detection::Detection, table::Table};

/// Detections by operation, worked out when an operation is met first. The number of operations
/// is bounded, for nobody knows what a log is made of.
#[derive(Debug, Default)]
pub(crate) struct Dispatch(Table<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    action: Option<Action>,
    category: Option<Text>,
    outcome: Outcome,
    class: UserClass,
    concerned: Vec<Concerned>,
}

impl Entry {
    fn is_of(&self, event: &Event) -> bool {
        let is_same = self.action == event.action && self.outcome == event.outcome && self.class == event.user.class;
        is_same && self.category == event.object_category
    }
}

/// A detection that may have something to say of an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Concerned {
    /// Its place.
    pub place: usize,
    /// As far as [`TOLD`] tells, it selects the event; the other fields may not.
    pub allows: bool,
    /// It is about what others had to say.
    pub asks_others: bool,
}

/// Beyond, all is worked out again.
const OPERATIONS: usize = 10_000;

impl Dispatch {
    /// The detections that may have something to say of `event`.
    pub(crate) fn of(&mut self, detections: &[Detection], event: &Event) -> &[Concerned] {
        if self.0.len() >= OPERATIONS {
            *self = Self::default();
        }
        let entries = self.0.get_or_insert_with(&event.command, Vec::new);
        let place = entries.iter().position(|entry| entry.is_of(event)).unwrap_or_else(|| {
            entries.push(Entry {
                action: event.action,
                category: event.object_category.clone(),
                outcome: event.outcome,
                class: event.user.class,
                concerned: concerned(detections, event),
            });
            entries.len() - 1
        });
        &entries[place].concerned
    }
}

/// The fields by which it is told: of each there are few values.
pub(crate) const TOLD: [Field; 6] =
    [Field::Command, Field::Action, Field::ObjectCategory, Field::Outcome, Field::Status, Field::UserClass];

fn concerned(detections: &[Detection], event: &Event) -> Vec<Concerned> {
    let places = detections.iter().enumerate();
    places.filter_map(|(place, detection)| concern(place, detection, event)).collect()
}

fn concern(place: usize, detection: &Detection, event: &Event) -> Option<Concerned> {
    let allows_it = allows(&detection.selection, event);
    let concerns = detection.selections().any(|selection| allows(selection, event));
    concerns.then(|| Concerned { place, allows: allows_it, asks_others: detection.asks_others() })
}

/// As far as [`TOLD`] tells.
fn allows(selection: &Selection, event: &Event) -> bool {
    TOLD.into_iter().all(|field| {
        selection.values(field).is_none_or(|allowed| field.of(event).any(|value| allowed.contains(&**value)))
    })
}
