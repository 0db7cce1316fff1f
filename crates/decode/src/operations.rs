//! The operations that were met: of each name it is found out once whether it is wanted, what
//! events call it and whether it is known at all; and its records are counted.
//!
//! A file has some fifty names, and the next one has the same. To find out what a name means, it
//! is freed of its spelling and its version and looked for in tables, which takes longer than to
//! cut the record. So it is remembered from file to file, of as many names as clouds have:
//! whoever makes up more of them has all found out anew.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use model::{Coverage, Span, Text, VendorProduct};

use crate::judge::{Place, unknown_operation};

/// Names are not longer, and what else may stand there is not kept.
const LONGEST: usize = 256;

/// Names known at a time.
const MOST: usize = 1 << 11;

#[derive(Default)]
pub(crate) struct Operations {
    known: Vec<Operation>,
    /// Where among them each name is, and which was met last: a record is asked for twice.
    places: HashTable<usize>,
    last: usize,
    /// Those with records that were not asked for yet.
    counted: Vec<usize>,
    seed: RandomState,
    /// Records of those that were forgotten.
    forgotten: Coverage,
}

struct Operation {
    product: VendorProduct,
    written: Box<[u8]>,
    /// In the form that events have it in.
    command: Text,
    /// What is to be said of each of its records.
    unknown: Option<Text>,
    is_wanted: Option<bool>,
    /// Its records since they were asked for.
    records: Option<Span>,
}

impl Operations {
    /// What was decided of this name, or is now.
    pub(crate) fn is_wanted(&mut self, product: VendorProduct, name: &[u8], decide: impl FnOnce() -> bool) -> bool {
        match self.met(product, name) {
            Some(operation) => *operation.is_wanted.get_or_insert_with(decide),
            None => decide(),
        }
    }

    /// Something else is wanted from now on.
    pub(crate) fn forget_decisions(&mut self) {
        self.known.iter_mut().for_each(|operation| operation.is_wanted = None);
    }

    /// Counts a record in. What is to be said of its operation, if that is not known and should be.
    #[inline]
    pub(crate) fn count(&mut self, place: &Place<'_>, span: Span) -> Option<Text> {
        if self.met(place.product, place.command).is_none() {
            let command = Place::command(place.product, place.command);
            self.forgotten.product_mut(place.product).add_command(&command, span);
            return unknown_operation(place.product, place.command);
        }
        let operation = &mut self.known[self.last];
        match &mut operation.records {
            Some(records) => records.merge(span),
            none => {
                *none = Some(span);
                self.counted.push(self.last);
            }
        }
        operation.unknown.clone()
    }

    /// Adds the records that were counted since this was asked last.
    pub(crate) fn settle(&mut self, coverage: &mut Coverage) {
        self.counted.drain(..).for_each(|place| self.known[place].settle(coverage));
        if !self.forgotten.is_empty() {
            coverage.merge(&std::mem::take(&mut self.forgotten));
        }
    }

    /// The operation of this name; `None` if it is too long for one.
    #[inline]
    fn met(&mut self, product: VendorProduct, name: &[u8]) -> Option<&mut Operation> {
        if !self.known.get(self.last).is_some_and(|last| last.is(product, name)) {
            self.last = self.find(product, name)?;
        }
        self.known.get_mut(self.last)
    }

    fn find(&mut self, product: VendorProduct, name: &[u8]) -> Option<usize> {
        let hash = self.seed.hash_one(name);
        let found = self.places.find(hash, |&place| self.known[place].is(product, name)).copied();
        found.or_else(|| Some(self.meet(Operation::new(product, name)?, hash)))
    }

    #[cold]
    fn meet(&mut self, new: Operation, hash: u64) -> usize {
        if self.known.len() >= MOST {
            self.known.drain(..).for_each(|mut operation| operation.settle(&mut self.forgotten));
            self.places.clear();
            self.counted.clear();
        }
        let place = self.known.len();
        self.known.push(new);
        self.places.insert_unique(hash, place, |&place| self.seed.hash_one(&*self.known[place].written));
        place
    }
}

impl Operation {
    fn new(product: VendorProduct, name: &[u8]) -> Option<Self> {
        let command = (name.len() <= LONGEST).then(|| Place::command(product, name))?;
        let unknown = unknown_operation(product, name);
        Some(Self { product, written: name.into(), command, unknown, is_wanted: None, records: None })
    }

    #[inline]
    fn is(&self, product: VendorProduct, name: &[u8]) -> bool {
        *self.written == *name && self.product == product
    }

    fn settle(&mut self, coverage: &mut Coverage) {
        if let Some(records) = self.records.take() {
            coverage.product_mut(self.product).add_command(&self.command, records);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    const GOOGLE: VendorProduct = VendorProduct::GoogleCloudAuditLogs;
    const AZURE: VendorProduct = VendorProduct::AzureActivityLog;

    fn record(command: &[u8]) -> Place<'_> {
        let product = VendorProduct::AwsCloudTrail;
        Place { product, time: Timestamp::UNIX_EPOCH, account: None, region: None, command }
    }

    #[test]
    fn a_decision_holds_for_its_name_and_product_only() {
        let mut operations = Operations::default();
        assert!(operations.is_wanted(GOOGLE, b"\"a.insert\"", || true));
        assert!(operations.is_wanted(GOOGLE, b"\"a.insert\"", || panic!("it is known")));
        assert!(!operations.is_wanted(AZURE, b"\"a.insert\"", || false));
        assert!(!operations.is_wanted(GOOGLE, b"\"b.insert\"", || false));
        let long = [b'x'; LONGEST + 1];
        assert!(operations.is_wanted(GOOGLE, &long, || true) && !operations.is_wanted(GOOGLE, &long, || false));
        operations.forget_decisions();
        assert!(operations.is_wanted(GOOGLE, b"\"b.insert\"", || true));
    }

    #[test]
    fn of_however_many_names_each_record_is_counted_once() {
        let mut operations = Operations::default();
        let names: Vec<String> = (0..3 * MOST).map(|number| format!("\"N{number}\"")).collect();
        let (mut coverage, span) = (Coverage::default(), Span::at(Timestamp::UNIX_EPOCH));
        for name in names.iter().chain(&names) {
            operations.count(&record(name.as_bytes()), span);
        }
        assert!(operations.known.len() <= MOST);
        operations.settle(&mut coverage);
        operations.settle(&mut coverage);
        let counted =
            coverage.product(VendorProduct::AwsCloudTrail).map(|product| product.commands().collect::<Vec<_>>());
        let counted = counted.unwrap_or_default();
        assert_eq!(counted.len(), names.len());
        assert!(counted.iter().all(|(_, span)| span.records == 2));
    }
}
