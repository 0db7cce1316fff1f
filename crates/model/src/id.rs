//! Ids. An event is named by its provider, a finding by what opened it.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Text;

/// The provider's id of a record. Nearly always a UUID, kept in 16 bytes because every
/// launch ever read is remembered by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Text", into = "String")]
pub enum EventId {
    Uuid(Uuid),
    Text(Text),
}

impl From<&str> for EventId {
    /// Only the canonical spelling becomes a UUID, so that the id is shown as it was written.
    fn from(text: &str) -> Self {
        match Uuid::try_parse(text) {
            Ok(uuid) if text.len() == 36 && !text.bytes().any(|b| b.is_ascii_uppercase()) => Self::Uuid(uuid),
            _ => Self::Text(text.into()),
        }
    }
}

impl From<Text> for EventId {
    fn from(text: Text) -> Self {
        Self::from(&*text)
    }
}

impl From<EventId> for String {
    fn from(id: EventId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uuid(uuid) => uuid.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The id of a finding. The same events give the same id in every run, so that a sink that
/// sees a finding twice knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FindingId(Uuid);

impl FindingId {
    /// A finding is named after the detection and the value it is about, and the event that opened it.
    pub fn new(detection_id: Uuid, account: &str, value: &str, opened_by: &EventId) -> Self {
        let name = format!("{account}\n{value}\n{opened_by}");
        Self(Uuid::new_v5(&detection_id, name.as_bytes()))
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of an incident: the same logs give the same id in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(Uuid);

impl IncidentId {
    /// An incident is named after who began it and the finding that opened it.
    pub fn new(principal: &str, opened_by: FindingId) -> Self {
        Self(Uuid::new_v5(&opened_by.0, principal.as_bytes()))
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_id_is_shown_as_it_was_written() {
        for text in ["1a4debbb-12e9-4bde-b8c7-ea29002bb2a7", "1A4DEBBB-12E9-4BDE-B8C7-EA29002BB2A7", "1", ""] {
            assert_eq!(EventId::from(text).to_string(), text);
        }
        assert!(matches!(EventId::from("1a4debbb-12e9-4bde-b8c7-ea29002bb2a7"), EventId::Uuid(_)));
    }
}
