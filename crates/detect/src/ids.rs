//! Which events were taken in.

use model::{EventId, Text};
use uuid::Uuid;

use crate::memory::Map;

/// Their ids, each with the time in seconds of its event. Nearly all are UUIDs, which by themselves
/// take 24 bytes each, and the table around them.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    uuids: Map<Uuid, i64>,
    others: Map<Text, i64>,
}

impl Ids {
    /// False for an id that was there before; it is of this time from now on.
    pub(crate) fn insert(&mut self, id: &EventId, second: i64) -> bool {
        let before = match id {
            EventId::Uuid(id) => self.uuids.insert(*id, second),
            EventId::Text(id) => self.others.insert(id.clone(), second),
        };
        before.is_none()
    }

    /// Lets go of those of events before `second`.
    pub(crate) fn forget_before(&mut self, second: i64) {
        self.uuids.retain(|_, time| *time >= second);
        self.others.retain(|_, time| *time >= second);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (EventId, i64)> {
        let uuids = self.uuids.iter().map(|(id, second)| (EventId::Uuid(*id), *second));
        uuids.chain(self.others.iter().map(|(id, second)| (EventId::Text(id.clone()), *second)))
    }
}

impl FromIterator<(EventId, i64)> for Ids {
    fn from_iter<I: IntoIterator<Item = (EventId, i64)>>(ids: I) -> Self {
        let mut known = Self::default();
        for (id, second) in ids {
            known.insert(&id, second);
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_known_whatever_it_looks_like() {
        let ids = ["1a4debbb-12e9-4bde-b8c7-ea29002bb2a7", "insert-id"].map(EventId::from);
        let mut known = Ids::default();
        for (id, second) in ids.iter().zip(1..) {
            assert!(known.insert(id, second) && !known.insert(id, second));
        }
        assert_eq!(known.iter().collect::<Vec<_>>(), [(ids[0].clone(), 1), (ids[1].clone(), 2)]);
        known.forget_before(2);
        assert_eq!(known.iter().collect::<Vec<_>>(), [(ids[1].clone(), 2)]);
    }
}
