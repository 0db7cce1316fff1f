//! Which detections an event can concern, by its operation: most concern one in a dozen.

use model::{Action, Event, Field, Selection, Text};

use crate::{detection::Detection, memory::Map};

/// Detections by operation, worked out when an operation is met first. The number of operations
/// is bounded, for nobody knows what a log is made of.
#[derive(Debug, Default)]
pub(crate) struct Dispatch(Map<Text, Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    action: Option<Action>,
    category: Option<Text>,
    detections: Vec<usize>,
}

/// Beyond, all is worked out again.
const OPERATIONS: usize = 10_000;

impl Dispatch {
    /// The places of the detections that may have something to say of `event`.
    pub(crate) fn of(&mut self, detections: &[Detection], event: &Event) -> &[usize] {
        if self.0.len() >= OPERATIONS {
            self.0.clear();
        }
        if !self.0.contains_key(&event.command) {
            self.0.insert(event.command.clone(), Vec::new());
        }
        let Some(entries) = self.0.get_mut(&event.command) else { return &[] };
        let is_same = |entry: &Entry| entry.action == event.action && entry.category == event.object_category;
        let place = entries.iter().position(is_same).unwrap_or_else(|| {
            entries.push(Entry {
                action: event.action,
                category: event.object_category.clone(),
                detections: (0..detections.len()).filter(|place| concerns(&detections[*place], event)).collect(),
            });
            entries.len() - 1
        });
        &entries[place].detections
    }
}

fn concerns(detection: &Detection, event: &Event) -> bool {
    detection.selections().any(|selection| allows(selection, event))
}

/// As far as the operation tells.
fn allows(selection: &Selection, event: &Event) -> bool {
    [Field::Command, Field::Action, Field::ObjectCategory]
        .into_iter()
        .all(|field| selection.values(field).is_none_or(|allowed| field.of(event).any(|value| allowed.contains(value))))
}
