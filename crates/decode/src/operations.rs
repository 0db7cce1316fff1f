//! The operations that were met: of each name it is found out once whether it is wanted, what
//! events call it and whether it is known at all; and its records are counted.
//!
//! A file has some fifty names, and the next one has the same. To find out what a name means, it
//! is freed of its spelling and its version and looked for in tables, which takes longer than to
//! cut the record. So it is remembered from file to file, in as many places as there may be
//! names: whoever makes up more of them has the others found out anew.

use model::{Coverage, Span, Text, VendorProduct};

use crate::judge::{Place, unknown_operation};

/// Names are not longer, and what else may stand there is not kept.
const LONGEST: usize = 256;

const PLACES: usize = 256;

#[derive(Default)]
pub(crate) struct Operations {
    places: Vec<Option<Operation>>,
    /// Records of those that gave their place to others.
    replaced: Coverage,
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
        self.places.iter_mut().flatten().for_each(|operation| operation.is_wanted = None);
    }

    /// Counts a record in. What is to be said of its operation, if that is not known and should be.
    #[inline]
    pub(crate) fn count(&mut self, place: &Place<'_>, span: Span) -> Option<Text> {
        let Some(operation) = self.met(place.product, place.command) else {
            let command = Place::command(place.product, place.command);
            self.replaced.product_mut(place.product).add_command(&command, span);
            return unknown_operation(place.product, place.command);
        };
        match &mut operation.records {
            Some(records) => records.merge(span),
            none => *none = Some(span),
        }
        operation.unknown.clone()
    }

    /// Adds the records that were counted since this was asked last.
    pub(crate) fn settle(&mut self, coverage: &mut Coverage) {
        self.places.iter_mut().flatten().for_each(|operation| operation.settle(coverage));
        if !self.replaced.is_empty() {
            coverage.merge(&std::mem::take(&mut self.replaced));
        }
    }

    /// The operation of this name; `None` if it is too long for one.
    #[inline]
    fn met(&mut self, product: VendorProduct, name: &[u8]) -> Option<&mut Operation> {
        if self.places.is_empty() {
            self.places.resize_with(PLACES, || None);
        }
        let place = &mut self.places[place(name)];
        if !matches!(place, Some(known) if *known.written == *name && known.product == product) {
            Operation::replace(place, Operation::new(product, name)?, &mut self.replaced);
        }
        place.as_mut()
    }
}

impl Operation {
    #[inline(never)]
    fn new(product: VendorProduct, name: &[u8]) -> Option<Self> {
        let command = (name.len() <= LONGEST).then(|| Place::command(product, name))?;
        let unknown = unknown_operation(product, name);
        Some(Self { product, written: name.into(), command, unknown, is_wanted: None, records: None })
    }

    fn replace(place: &mut Option<Self>, new: Self, replaced: &mut Coverage) {
        if let Some(mut old) = place.replace(new) {
            old.settle(replaced);
        }
    }

    fn settle(&mut self, coverage: &mut Coverage) {
        if let Some(records) = self.records.take() {
            coverage.product_mut(self.product).add_command(&self.command, records);
        }
    }
}

/// A place for a name, by its last bytes and its length: names begin alike, and differ further on.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "eight bits are left of it")]
fn place(name: &[u8]) -> usize {
    let last = name.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
    let mixed = (last ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - PLACES.ilog2())) as usize
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
        let names: Vec<String> = (0..3 * PLACES).map(|number| format!("\"{}\"", "N".repeat(number))).collect();
        let (mut coverage, span) = (Coverage::default(), Span::at(Timestamp::UNIX_EPOCH));
        for name in names.iter().chain(&names) {
            operations.count(&record(name.as_bytes()), span);
        }
        operations.settle(&mut coverage);
        operations.settle(&mut coverage);
        let counted =
            coverage.product(VendorProduct::AwsCloudTrail).map(|product| product.commands().collect::<Vec<_>>());
        let counted = counted.unwrap_or_default();
        assert_eq!(counted.len(), names.len());
        assert!(counted.iter().all(|(_, span)| span.records == 2));
    }
}
