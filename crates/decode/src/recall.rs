//! What is remembered from one record to the next, because it is mostly the same: the day, names
//! and operations.

use crate::{names::Names, operations::Operations, time::Clock, tree::Tree, wanted::Wanted};

#[derive(Default)]
pub(crate) struct Recall {
    pub(crate) clock: Clock,
    pub(crate) operations: Operations,
    pub(crate) tree: Tree,
    pub(crate) names: Names,
    wanted: Option<Wanted>,
}

impl Recall {
    /// For the next file. What was decided holds as long as the same is wanted.
    pub(crate) fn begin(&mut self, wanted: &Wanted) {
        if self.wanted.as_ref() != Some(wanted) {
            self.wanted = Some(wanted.clone());
            self.operations.forget_decisions();
        }
    }
}
