//! What is remembered from one record to the next, because it is mostly the same: the day, names,
//! and whether an operation is wanted.

use model::VendorProduct;

use crate::{names::Names, time::Clock, tree::Tree, wanted::Wanted};

#[derive(Default)]
pub(crate) struct Recall {
    pub(crate) clock: Clock,
    pub(crate) decisions: Decisions,
    pub(crate) tree: Tree,
    pub(crate) names: Names,
    wanted: Option<Wanted>,
}

impl Recall {
    /// For the next file. What was decided holds as long as the same is wanted.
    pub(crate) fn begin(&mut self, wanted: &Wanted) {
        if self.wanted.as_ref() != Some(wanted) {
            self.wanted = Some(wanted.clone());
            self.decisions = Decisions::default();
        }
    }
}

/// Whether operations are wanted, by their names as written. To find that out, a name is freed
/// of its spelling and its version and looked for in tables; a file has some fifty names.
#[derive(Default)]
pub(crate) struct Decisions(Vec<Option<Decision>>);

type Decision = (VendorProduct, Box<[u8]>, bool);

impl Decisions {
    /// What was decided of this name, or is now.
    pub(crate) fn of(&mut self, product: VendorProduct, name: &[u8], decide: impl FnOnce() -> bool) -> bool {
        if self.0.is_empty() {
            self.0.resize(PLACES, None);
        }
        match &mut self.0[place(name)] {
            Some((of, known, is_wanted)) if **known == *name && *of == product => *is_wanted,
            slot => {
                let is_wanted = decide();
                *slot = (name.len() <= LONGEST).then(|| (product, name.into(), is_wanted));
                is_wanted
            }
        }
    }
}

/// Names are not longer, and what else may stand there is not kept.
const LONGEST: usize = 256;

pub(crate) const PLACES: usize = 256;

/// A place for a name, by its last bytes and its length: names begin alike, and differ further on.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "eight bits are left of it")]
pub(crate) fn place(name: &[u8]) -> usize {
    let last = name.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
    let mixed = (last ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - PLACES.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_holds_for_its_name_and_product_only() {
        let mut decisions = Decisions::default();
        let [google, azure] = [VendorProduct::GoogleCloudAuditLogs, VendorProduct::AzureActivityLog];
        assert!(decisions.of(google, b"\"a.insert\"", || true));
        assert!(decisions.of(google, b"\"a.insert\"", || panic!("it is known")));
        assert!(!decisions.of(azure, b"\"a.insert\"", || false));
        assert!(!decisions.of(google, b"\"b.insert\"", || false));
        let long = [b'x'; LONGEST + 1];
        assert!(decisions.of(google, &long, || true) && !decisions.of(google, &long, || false));
    }
}
