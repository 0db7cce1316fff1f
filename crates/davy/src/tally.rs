//! Counts that add up: of every file and every record, what became of it.

use std::collections::BTreeMap;

use decode::{Decoded, Verdict};
use detect::Memory;
use model::{Coverage, Drift, Reject};
use serde::Serialize;

/// Rejects that are kept to be shown. All are counted.
const SHOWN_REJECTS: usize = 1000;

/// Kinds of drift that are kept to be shown.
const SHOWN_DRIFTS: usize = 100;

/// `found = read + skipped + rejected`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Files {
    pub found: u64,
    /// Yielded their records, or what was whole of them.
    pub read: u64,
    /// Empty, or known to hold no events, such as digests.
    pub skipped: u64,
    pub rejected: u64,
}

/// `read = kept + filtered + duplicate + rejected`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Records {
    pub read: u64,
    pub kept: u64,
    /// No detection asks for them: counted for coverage, and left alone.
    pub filtered: u64,
    /// Kept before, by their event id.
    pub duplicate: u64,
    pub rejected: u64,
}

#[derive(Debug, Default)]
pub struct Tally {
    pub files: Files,
    pub records: Records,
    /// Unpacked.
    pub bytes: u64,
    pub coverage: Coverage,
    pub rejects: Vec<Reject>,
    pub rejects_total: u64,
    /// By what was not known.
    pub drifts: BTreeMap<String, Drift>,
    pub drifts_total: u64,
}

impl Tally {
    /// Begins with the paths that could not even be listed.
    pub fn new(rejects: Vec<Reject>) -> Self {
        let count = rejects.len() as u64;
        let files = Files { found: count, rejected: count, ..Files::default() };
        Self { files, rejects, rejects_total: count, ..Self::default() }
    }

    /// Counts a file in; its last part knows what became of it.
    pub fn add_file(&mut self, verdict: Verdict) {
        self.files.found += 1;
        match verdict {
            Verdict::Read => self.files.read += 1,
            Verdict::Skipped(_) => self.files.skipped += 1,
            Verdict::Rejected => self.files.rejected += 1,
        }
    }

    /// Counts the records of a part in, and takes its rejects.
    pub fn add(&mut self, decoded: &mut Decoded) {
        self.records.read += decoded.records.read;
        self.records.kept += decoded.records.kept;
        self.records.filtered += decoded.records.filtered;
        self.records.rejected += decoded.records.rejected;
        self.bytes += decoded.unpacked_bytes;
        self.coverage.merge(&decoded.coverage);
        self.rejects_total += decoded.rejected_total;
        let room = SHOWN_REJECTS.saturating_sub(self.rejects.len());
        self.rejects.extend(decoded.rejects.drain(..).take(room));
        for drift in decoded.drifts.drain(..) {
            self.add_drift(drift);
        }
    }

    /// The sample is of the first; the kinds are bounded, for a thief may write them.
    fn add_drift(&mut self, drift: Drift) {
        self.drifts_total += drift.records;
        if let Some(known) = self.drifts.get_mut(&drift.what) {
            known.records += drift.records;
        } else if self.drifts.len() < SHOWN_DRIFTS {
            self.drifts.insert(drift.what.clone(), drift);
        }
    }

    /// The detector knows which of the kept records had been there before.
    pub fn settle_duplicates(&mut self, memory: &Memory) {
        let duplicate = memory.duplicates();
        self.records.kept -= duplicate;
        self.records.duplicate += duplicate;
    }
}
