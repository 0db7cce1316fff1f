//! When the reading of each scope began.

use jiff::Timestamp;
use model::{ProductCoverage, Text};

use crate::memory::Map;

/// The first event of any kind in the logs of one product, by scope. A quiet account that never
/// launched is covered all the same: the original forgot that, and went back to warm-up after
/// every long silence (D6).
#[derive(Default)]
pub(crate) struct Starts {
    organization: Option<Timestamp>,
    accounts: Map<Text, Timestamp>,
}

impl Starts {
    pub(crate) fn of(covered: &ProductCoverage) -> Self {
        let accounts: Map<Text, Timestamp> =
            covered.accounts().map(|(account, span)| (account.into(), span.first_time)).collect();
        Self { organization: covered.total().map(|span| span.first_time), accounts }
    }

    pub(crate) fn organization(&self) -> Option<Timestamp> {
        self.organization
    }

    pub(crate) fn account(&self, account: &str) -> Option<Timestamp> {
        self.accounts.get(account).copied()
    }
}
