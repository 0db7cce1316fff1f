//! A baseline file writes out the same names again and again: of accounts, and of whoever was there
//! last. Each is kept once and shared by all that is known, which then takes half the memory.

use std::collections::HashSet;

use foldhash::fast::RandomState;
use model::Text;

/// The names of one file, while it is read.
#[derive(Default)]
pub(crate) struct Names(HashSet<Text, RandomState>);

impl Names {
    /// The same name, as it is kept.
    pub(crate) fn kept(&mut self, name: Text) -> Text {
        if let Some(kept) = self.0.get(&name) {
            return kept.clone();
        }
        self.0.insert(name.clone());
        name
    }
}
