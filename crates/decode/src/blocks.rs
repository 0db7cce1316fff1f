//! The one block of a text that is in memory.

use crate::{Caps, envelope::Stream};

/// A block that grew beyond this, for one large record, is given back once its file is done.
const KEPT_BYTES: usize = 4 << 20;

/// A buffer that is read into at its end, and forgotten from its beginning.
#[derive(Default)]
pub(crate) struct Blocks {
    bytes: Vec<u8>,
    length: usize,
}

impl Blocks {
    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }

    pub(crate) fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Fills the block, and says how many bytes are new. What was kept is at least doubled, so
    /// that a large record is not looked at again for every few bytes of it.
    pub(crate) fn read(&mut self, stream: &mut Stream<'_>, caps: &Caps) -> usize {
        let kept = self.length;
        let target =
            caps.block_bytes.max(kept.saturating_mul(2)).min(caps.record_bytes.saturating_add(caps.block_bytes));
        let target = target.max(kept + 1);
        if self.bytes.len() < target {
            self.bytes.resize(target, 0);
        }
        self.length += stream.fill(&mut self.bytes[kept..target]);
        self.length - kept
    }

    /// Keeps the last `length` bytes.
    pub(crate) fn keep(&mut self, length: usize) {
        self.bytes.copy_within(self.length - length..self.length, 0);
        self.length = length;
    }

    pub(crate) fn shrink(&mut self) {
        if self.bytes.len() > KEPT_BYTES {
            *self = Self::default();
        }
    }
}
