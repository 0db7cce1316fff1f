//! When the reading of each scope began.

use jiff::Timestamp;
use model::{Coverage, Span, Text};

use crate::memory::Map;

/// The first event of any kind, by scope. A quiet account that never launched is covered all
/// the same: the original forgot that, and went back to warm-up after every long silence (D6).
pub(crate) struct Starts {
    organization: Option<Timestamp>,
    accounts: Map<Text, Timestamp>,
}

impl Starts {
    pub(crate) fn of(coverage: &Coverage) -> Self {
        let accounts: Map<Text, Timestamp> =
            accounts(coverage).map(|(account, span)| (account.into(), span.first_time)).collect();
        Self { organization: coverage.total().map(|span| span.first_time), accounts }
    }

    pub(crate) fn organization(&self) -> Option<Timestamp> {
        self.organization
    }

    pub(crate) fn account(&self, account: &str) -> Option<Timestamp> {
        self.accounts.get(account).copied()
    }
}

fn accounts(coverage: &Coverage) -> impl Iterator<Item = (&str, Span)> {
    coverage.products().flat_map(|(_, covered)| covered.accounts())
}
