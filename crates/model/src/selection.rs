//! Which events a detection is about.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{Event, Field};

/// Every named field must hold one of its values. Nothing named: every event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Selection(BTreeMap<Field, BTreeSet<String>>);

impl Selection {
    pub fn new(terms: impl IntoIterator<Item = (Field, BTreeSet<String>)>) -> Self {
        Self(terms.into_iter().collect())
    }

    pub fn matches(&self, event: &Event) -> bool {
        self.0.iter().all(|(field, allowed)| field.of(event).any(|value| allowed.contains(&**value)))
    }

    /// The fields that are bound.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        self.0.keys().copied()
    }

    /// The values `field` is bound to, or `None` when any will do.
    pub fn values(&self, field: Field) -> Option<&BTreeSet<String>> {
        self.0.get(&field)
    }
}
