//! Bytes to events. It never fails and never panics: what cannot be read is a reject, with
//! the place and the reason.
//!
//! ```text
//! packed bytes → envelope → container → header → cloudtrail → events
//!                gzip, zstd  finds the   filters   parses what
//!                            records               is wanted
//! ```
//!
//! What holds others is opened on the way, as often as it takes: `layers` has archives and
//! tables, around a text; `shape` has what services and exports put around a record. Nothing is
//! told from the name of a file.
//!
//! A file of ordinary size is unpacked whole, and walked once. A larger one comes in blocks:
//! the same walk stops where a block ends and goes on in the next, so that no file is too
//! large, and memory stays small.

mod archive;
mod azure;
mod before;
mod beginnings;
mod blocks;
mod cloudtrail;
mod container;
mod content;
mod content_name;
mod decoder;
mod envelope;
mod google;
mod gunzip;
mod header;
mod judge;
mod keys;
mod layers;
mod lenient;
mod masks;
mod members;
mod names;
mod operations;
mod oversize;
mod own_keys;
mod principals;
mod reason;
mod recall;
mod rows;
mod scan;
mod shape;
mod swift;
mod tally;
mod time;
mod tree;
mod wanted;
mod watch;
mod wide;

use model::{Coverage, Drift, Event, Reject};

pub use decoder::Decoder;
pub use tally::Records;
pub use wanted::{Wanted, Which};
pub use watch::{End, Sight, Watcher};

/// Limits on what one file may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Bytes a file may unpack to where it is decoded whole.
    pub unpacked_bytes: u64,
    /// Bytes of a file that `Decoder::read` decodes whole; a larger one it reads in blocks.
    pub whole_bytes: usize,
    /// Bytes of a block, which are read at a time and of which not much more is kept.
    pub block_bytes: usize,
    /// Bytes of one record of a file that is read in blocks.
    pub record_bytes: usize,
    /// Bytes in a row of a file that is read in blocks, without any record. Then no more is
    /// read: a stream that only unpacks to rubbish must end.
    pub idle_bytes: u64,
    /// Levels of nesting in one record.
    pub depth: usize,
    /// Rejects kept of one file; the count is always exact.
    pub rejects: usize,
}

impl Caps {
    pub const DEFAULT: Self = Self {
        unpacked_bytes: 1 << 30,
        whole_bytes: 16 << 20,
        block_bytes: 256 << 10,
        record_bytes: 16 << 20,
        idle_bytes: 256 << 20,
        depth: 512,
        rejects: 100,
    };
}

impl Default for Caps {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// An event log, perhaps partly broken.
    Read,
    /// Something that belongs there and holds no events.
    Skipped(&'static str),
    /// Nothing in it could be read as events.
    Rejected,
}

/// All that came out of one file, or of one part of it. The verdict on a part is that on
/// everything up to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    pub verdict: Verdict,
    pub events: Vec<Event>,
    pub records: Records,
    /// Every record that was kept or filtered.
    pub coverage: Coverage,
    pub rejects: Vec<Reject>,
    pub rejected_total: u64,
    /// What was met in events that were kept, and not known; each thing once, with its count.
    pub drifts: Vec<Drift>,
    pub unpacked_bytes: u64,
}

impl Decoded {
    /// Adds the part that follows. The verdict on it is that on both.
    fn add(&mut self, part: Self, caps: &Caps) {
        self.verdict = part.verdict;
        self.events.extend(part.events);
        self.records.add(part.records);
        self.coverage.merge(&part.coverage);
        self.rejects.extend(part.rejects);
        self.rejects.truncate(caps.rejects);
        self.rejected_total += part.rejected_total;
        self.drifts.extend(part.drifts);
        self.unpacked_bytes += part.unpacked_bytes;
    }
}

/// Reads the content of a single file.
pub fn decode(path: &str, packed: &[u8], wanted: &Wanted, caps: &Caps) -> Decoded {
    Decoder::new(*caps).decode(path, packed, wanted)
}

/// For the fuzz target, which sees no module: panics where the swift cutter breaks its law.
#[cfg(fuzzing)]
pub fn assert_swift_law(text: &[u8]) {
    swift::assert_law(text);
}
