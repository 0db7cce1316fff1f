//! Adds up what became of the records of one file.

use std::{collections::BTreeMap, mem};

use model::{Coverage, Drift, Event, Reject, Span};

use crate::{
    Caps, Decoded, Verdict,
    judge::{Fate, Place},
    operations::Operations,
    reason,
    recall::Recall,
    watch::Watch,
};

/// Kinds of drift that are told apart in one part of a file; all are counted.
const DRIFTS: usize = 100;

/// What an event takes, with the texts that are its own.
const EVENT_BYTES: u64 = 320;

/// What the kinds beyond that are counted under.
const MORE_DRIFT: &str = "more unknown things than are listed";

/// How many records there were, and what became of them.
/// `read == kept + filtered + rejected`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Records {
    pub read: u64,
    pub kept: u64,
    pub filtered: u64,
    pub rejected: u64,
}

impl Records {
    pub(crate) fn add(&mut self, more: Self) {
        self.read += more.read;
        self.kept += more.kept;
        self.filtered += more.filtered;
        self.rejected += more.rejected;
    }
}

/// The sums of one part of a file.
pub(crate) struct Tally<'a> {
    path: &'a str,
    caps: &'a Caps,
    pub(crate) events: Vec<Event>,
    records: Records,
    rejects: Vec<Reject>,
    rejected_total: u64,
    digests: u64,
    inner_bytes: u64,
    drifts: BTreeMap<String, Drift>,
    ground: Ground<'a>,
    pub(crate) recall: Recall,
    past: Past,
    pub(crate) watch: Watch<'a>,
}

/// What the parts of a file that were handed on already came to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Past {
    pub(crate) read: u64,
    pub(crate) understood: u64,
    pub(crate) rejected_total: u64,
    rejects: usize,
    pub(crate) digests: u64,
    /// What was unpacked inside of envelopes.
    pub(crate) inner_bytes: u64,
}

impl<'a> Tally<'a> {
    pub(crate) fn new(path: &'a str, caps: &'a Caps, past: Past, watch: Watch<'a>) -> Self {
        Self {
            path,
            caps,
            events: Vec::new(),
            records: Records::default(),
            rejects: Vec::new(),
            rejected_total: 0,
            digests: 0,
            inner_bytes: 0,
            drifts: BTreeMap::new(),
            ground: Ground::default(),
            recall: Recall::default(),
            past,
            watch,
        }
    }

    /// All that the file came to up to here.
    pub(crate) fn so_far(&self) -> Past {
        Past {
            read: self.past.read + self.records.read,
            understood: self.past.understood + self.records.kept + self.records.filtered,
            rejected_total: self.past.rejected_total + self.rejected_total,
            rejects: self.past.rejects + self.rejects.len(),
            digests: self.past.digests + self.digests,
            inner_bytes: self.past.inner_bytes + self.inner_bytes,
        }
    }

    /// Hands on what there is, and begins the next part.
    pub(crate) fn part(&mut self, verdict: Verdict, unpacked_bytes: u64) -> Decoded {
        let next = Self::new(self.path, self.caps, self.so_far(), mem::take(&mut self.watch));
        let next = Self { recall: mem::take(&mut self.recall), ..next };
        let part = mem::replace(self, next);
        let coverage = part.ground.finish(&mut self.recall.operations);
        Decoded {
            verdict,
            events: part.events,
            records: part.records,
            coverage,
            rejects: part.rejects,
            rejected_total: part.rejected_total,
            drifts: part.drifts.into_values().collect(),
            unpacked_bytes,
        }
    }

    /// Counts a record of the text in.
    pub(crate) fn record(&mut self, offset: u64, bytes: &[u8], fate: Fate<'a>) {
        if let Some(place) = self.settle(offset, bytes, fate) {
            self.operation(&place, offset, bytes);
            self.ground.add(place);
        }
    }

    /// Counts a record in that was taken out of a text within the text, and does not last.
    pub(crate) fn inner_record(&mut self, offset: u64, bytes: &[u8], fate: Fate<'_>) {
        if let Some(place) = self.settle(offset, bytes, fate) {
            self.operation(&place, offset, bytes);
            self.ground.add_apart(&place, Span::at(place.time));
        }
    }

    #[inline]
    fn operation(&mut self, place: &Place<'_>, offset: u64, bytes: &[u8]) {
        if let Some(what) = self.recall.operations.count(place, Span::at(place.time)) {
            self.drift(what.to_string(), offset, bytes);
        }
    }

    fn settle<'p>(&mut self, offset: u64, bytes: &[u8], fate: Fate<'p>) -> Option<Place<'p>> {
        self.watch.record(self.path, offset, bytes, &fate);
        if !matches!(fate, Fate::Digest) {
            self.records.read += 1;
        }
        match fate {
            Fate::Kept(..) if !self.has_room() => {
                self.records.rejected += 1;
                self.damage(offset, "more events than the limit on unpacked bytes allows".to_owned());
                None
            }
            Fate::Kept(event, place, unknowns) => {
                self.records.kept += 1;
                self.events.push(*event);
                for what in unknowns {
                    self.drift(what, offset, bytes);
                }
                Some(place)
            }
            Fate::Filtered(place) => {
                self.records.filtered += 1;
                Some(place)
            }
            Fate::FilteredUnseen => {
                self.records.filtered += 1;
                None
            }
            Fate::Rejected(reason) => {
                self.records.rejected += 1;
                self.reject(offset, reason);
                None
            }
            Fate::Digest => {
                self.digests += 1;
                None
            }
        }
    }

    /// Something in a record that was not known, and so may have been missed.
    fn drift(&mut self, what: String, offset: u64, bytes: &[u8]) {
        let is_listed = self.drifts.len() < DRIFTS || self.drifts.contains_key(&what);
        let what = if is_listed { what } else { MORE_DRIFT.to_owned() };
        let first = || Drift {
            what: what.clone(),
            records: 0,
            path: self.path.to_owned(),
            offset,
            sample: reason::sample(bytes),
        };
        self.drifts.entry(what.clone()).or_insert_with(first).records += 1;
    }

    /// What may still be unpacked inside of envelopes. Each may unpack to a thousand times its
    /// size, and hold others that do.
    pub(crate) fn inner_room(&self) -> u64 {
        self.caps.unpacked_bytes.saturating_sub(self.past.inner_bytes + self.inner_bytes)
    }

    pub(crate) fn take_inner_room(&mut self, bytes: usize) {
        self.inner_bytes += bytes as u64;
    }

    /// Something that could not be read and is no record.
    pub(crate) fn damage(&mut self, offset: u64, reason: String) {
        self.watch.damage(self.path, offset, &reason);
        self.reject(offset, reason);
    }

    fn reject(&mut self, offset: u64, reason: String) {
        self.rejected_total += 1;
        if self.past.rejects + self.rejects.len() < self.caps.rejects {
            self.rejects.push(Reject { path: self.path.to_owned(), offset, reason });
        }
    }

    /// A real record is larger than its event. Only a crafted file has millions of tiny ones,
    /// which would grow to many times what they were unpacked to.
    fn has_room(&self) -> bool {
        (self.events.len() as u64 + 1) * EVENT_BYTES <= self.caps.unpacked_bytes
    }
}

/// Coverage in the making. Records of one account and region stand together in a file, so the
/// maps are touched only where that changes.
#[derive(Default)]
struct Ground<'a> {
    coverage: Coverage,
    current: Option<(Place<'a>, Span)>,
}

impl<'a> Ground<'a> {
    #[inline]
    fn add(&mut self, place: Place<'a>) {
        let span = Span::at(place.time);
        match &mut self.current {
            Some((current, sum)) if current.is_beside(&place) => sum.merge(span),
            _ => {
                self.settle();
                self.current = Some((place, span));
            }
        }
    }

    fn add_apart(&mut self, place: &Place<'_>, span: Span) {
        self.coverage.product_mut(place.product).add(&place.account(), &place.region(), span);
    }

    fn settle(&mut self) {
        let Some((place, span)) = self.current.take() else { return };
        self.add_apart(&place, span);
    }

    fn finish(mut self, operations: &mut Operations) -> Coverage {
        self.settle();
        operations.settle(&mut self.coverage);
        self.coverage
    }
}
