//! What is known as normal, for people and programs.

use detect::Entry;
use serde::Serialize;

use super::{findings::time, rows, table::Align, text};

/// One entry, and of which detection.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    pub detection: &'a str,
    /// What the value is: a field, or launches that were counted.
    pub field: String,
    #[serde(flatten)]
    pub entry: Entry,
}

impl rows::Row for Row<'_> {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("field", Align::Left),
        ("value", Align::Left),
        ("known to", Align::Left),
        ("first seen (utc)", Align::Left),
        ("last seen (utc)", Align::Left),
        ("events", Align::Right),
        ("last used by", Align::Left),
    ];

    fn cells(&self) -> Vec<String> {
        let seen = &self.entry.seen;
        vec![
            self.field.clone(),
            self.entry.value.to_string(),
            self.entry.account.as_deref().unwrap_or("organization").to_owned(),
            time(seen.first_seen),
            time(seen.last_seen),
            text::number(seen.events),
            seen.last_user.to_string(),
        ]
    }
}
