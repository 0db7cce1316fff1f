//! What was read, and of which time: the ground that "never seen before" stands on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Text, VendorProduct};

/// First and last event, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub first_time: Timestamp,
    pub last_time: Timestamp,
    pub records: u64,
}

impl Span {
    pub fn at(time: Timestamp) -> Self {
        Self { first_time: time, last_time: time, records: 1 }
    }

    pub fn merge(&mut self, other: Self) {
        self.first_time = self.first_time.min(other.first_time);
        self.last_time = self.last_time.max(other.last_time);
        self.records += other.records;
    }
}

/// Events of any kind, by the product that wrote them. A join of minima, maxima and sums, so
/// that parts read in any order, by any number of readers, give the same whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<VendorProduct, ProductCoverage>);

/// What was read of one product: by account and region, and by operation.
///
/// A record that names no account or no region is counted under the empty name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductCoverage {
    accounts: BTreeMap<Text, BTreeMap<Text, Span>>,
    commands: BTreeMap<Text, Span>,
}

impl Coverage {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// To be added to.
    pub fn product_mut(&mut self, product: VendorProduct) -> &mut ProductCoverage {
        self.0.entry(product).or_default()
    }

    pub fn product(&self, product: VendorProduct) -> Option<&ProductCoverage> {
        self.0.get(&product)
    }

    /// The products that were read anything of.
    pub fn products(&self) -> impl Iterator<Item = (VendorProduct, &ProductCoverage)> {
        self.0.iter().map(|(product, covered)| (*product, covered))
    }

    pub fn merge(&mut self, other: &Self) {
        for (product, covered) in other.products() {
            self.product_mut(product).merge(covered);
        }
    }

    /// All that was read.
    pub fn total(&self) -> Option<Span> {
        join(self.0.values().filter_map(ProductCoverage::total))
    }
}

impl ProductCoverage {
    pub fn add(&mut self, account: &str, region: &str, span: Span) {
        let regions = match self.accounts.get_mut(account) {
            Some(regions) => regions,
            None => self.accounts.entry(account.into()).or_default(),
        };
        add(regions, region, span);
    }

    pub fn add_command(&mut self, command: &str, span: Span) {
        add(&mut self.commands, command, span);
    }

    /// The operations by name.
    pub fn commands(&self) -> impl Iterator<Item = (&str, Span)> {
        self.commands.iter().map(|(command, span)| (&**command, *span))
    }

    fn merge(&mut self, other: &Self) {
        for (command, span) in other.commands() {
            self.add_command(command, span);
        }
        for (account, region, span) in other.iter() {
            self.add(account, region, span);
        }
    }

    /// `(account, region, span)` in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, Span)> {
        self.accounts
            .iter()
            .flat_map(|(account, regions)| regions.iter().map(move |(region, span)| (&**account, &**region, *span)))
    }

    /// The accounts by name, each with what was read of it in all regions.
    pub fn accounts(&self) -> impl Iterator<Item = (&str, Span)> {
        self.accounts.iter().filter_map(|(account, regions)| Some((&**account, join(regions.values().copied())?)))
    }

    pub fn account(&self, account: &str) -> Option<Span> {
        join(self.accounts.get(account)?.values().copied())
    }

    /// The regions of one account by name.
    pub fn regions(&self, account: &str) -> impl Iterator<Item = (&str, Span)> {
        self.accounts.get(account).into_iter().flatten().map(|(region, span)| (&**region, *span))
    }

    /// All that was read of this product.
    pub fn total(&self) -> Option<Span> {
        join(self.accounts.values().flat_map(|regions| regions.values().copied()))
    }
}

fn add(spans: &mut BTreeMap<Text, Span>, name: &str, span: Span) {
    match spans.get_mut(name) {
        Some(known) => known.merge(span),
        None => {
            spans.insert(name.into(), span);
        }
    }
}

fn join(spans: impl Iterator<Item = Span>) -> Option<Span> {
    spans.reduce(|mut all, span| {
        all.merge(span);
        all
    })
}
