//! Bytes to events. It never fails and never panics: what cannot be read is a reject, with
//! the place and the reason.
//!
//! ```text
//! packed bytes → envelope → container → header → cloudtrail → events
//!                gzip, zstd  finds the   filters   parses what
//!                            records               is wanted
//! ```

mod cloudtrail;
mod container;
mod envelope;
mod header;
mod judge;
mod lenient;
mod reason;
mod scan;
mod tally;
mod time;
mod wanted;

use model::{Coverage, Event, Reject};

use container::{Piece, Walk};
use envelope::{Unpacked, Unpacker};
use judge::{Fate, judge};
use tally::Tally;
use wanted::Filter;

pub use tally::Records;
pub use wanted::{Wanted, Which};

/// Limits on what one file may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Bytes a file may unpack to.
    pub unpacked_bytes: u64,
    /// Levels of nesting in one record.
    pub depth: usize,
    /// Rejects kept of one file; the count is always exact.
    pub rejects: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self { unpacked_bytes: 1 << 30, depth: 512, rejects: 100 }
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

/// All that came out of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    pub verdict: Verdict,
    pub events: Vec<Event>,
    pub records: Records,
    /// Every record that was kept or filtered.
    pub coverage: Coverage,
    pub rejects: Vec<Reject>,
    pub rejected_total: u64,
    pub unpacked_bytes: u64,
}

/// Reads one file after the other, and uses its memory again for each. One thread has one.
pub struct Decoder {
    caps: Caps,
    unpacker: Unpacker,
}

impl Decoder {
    pub fn new(caps: Caps) -> Self {
        Self { caps, unpacker: Unpacker::new() }
    }

    /// Reads the content of one file. `path` only names it in rejects.
    pub fn decode(&mut self, path: &str, packed: &[u8], wanted: &Wanted) -> Decoded {
        let decoded =
            decode_unpacked(path, &self.unpacker.unpack(packed, self.caps.unpacked_bytes), wanted, &self.caps);
        self.unpacker.shrink();
        decoded
    }
}

/// Reads the content of a single file.
pub fn decode(path: &str, packed: &[u8], wanted: &Wanted, caps: &Caps) -> Decoded {
    Decoder::new(*caps).decode(path, packed, wanted)
}

fn decode_unpacked(path: &str, unpacked: &Unpacked<'_>, wanted: &Wanted, caps: &Caps) -> Decoded {
    let content = unpacked.content;
    let filter = Filter::new(&wanted.which);
    let mut tally = Tally::new(path, caps);
    for piece in Walk::new(content, caps.depth) {
        match piece {
            Piece::Record { offset, bytes, header } => {
                tally.record(offset, judge(bytes, &header, &filter, wanted));
            }
            Piece::BadRecord { offset, reason } => tally.record(offset, Fate::Rejected(reason.to_owned())),
            Piece::Damage { offset, reason } => tally.damage(offset, reason.to_owned()),
            // A stream that breaks off has been said already to end too early.
            Piece::Unclosed { .. } if unpacked.incomplete.is_some() => {}
            Piece::Unclosed { offset } => tally.damage(offset, "the list of records is not closed".to_owned()),
        }
    }
    if let Some(reason) = &unpacked.incomplete {
        tally.damage(content.len(), reason.clone());
    }
    finish(tally, content)
}

fn finish(mut tally: Tally<'_>, content: &[u8]) -> Decoded {
    Decoded {
        verdict: verdict(&tally, content),
        coverage: tally.coverage(),
        events: tally.events,
        records: tally.records,
        rejects: tally.rejects,
        rejected_total: tally.rejected_total,
        unpacked_bytes: content.len() as u64,
    }
}

fn verdict(tally: &Tally<'_>, content: &[u8]) -> Verdict {
    let understood = tally.records.kept + tally.records.filtered;
    if understood == 0 && tally.rejected_total > 0 {
        Verdict::Rejected
    } else if tally.records.read == 0 && tally.digests > 0 {
        Verdict::Skipped("CloudTrail digest file")
    } else if container::is_empty(content) {
        Verdict::Skipped("empty file")
    } else {
        Verdict::Read
    }
}
