//! Somebody who looks on while a file is read, to say why it was read as it was: of each record,
//! where it stands, what it came through and what became of it.
//!
//! The ordinary path pays for it with one question a record, whether there is anybody.

use model::{Event, Text, VendorProduct};

use crate::{
    judge::{Fate, unknown_operation},
    layers::Within,
};

/// A record, or a place that could not be read.
#[derive(Debug)]
pub struct Sight<'a> {
    /// The file, or the member of an archive.
    pub path: &'a str,
    /// Where it begins, in bytes of the unpacked content. Of a record in an envelope: where the
    /// envelope does.
    pub offset: u64,
    /// As it was read; empty where it could not be cut.
    pub bytes: &'a [u8],
    /// What it was in, from the outside to the inside: packings, lists, envelopes.
    pub through: &'a [&'static str],
    /// `None` where it is a record of no product that is read.
    pub product: Option<VendorProduct>,
    pub end: End<'a>,
    /// What was met in it and not known.
    pub unknowns: Vec<Text>,
}

/// What became of it.
#[derive(Debug, Clone, Copy)]
pub enum End<'a> {
    Event(&'a Event),
    /// Understood as far as it had to be, and not asked for.
    Filtered,
    /// A record that is none, or is broken; why.
    Rejected(&'a str),
    /// A place that is no record; why.
    Damaged(&'a str),
    /// The list of files that CloudTrail signs.
    Digest,
}

/// Is shown everything.
pub type Watcher<'w> = &'w dyn Fn(&Sight<'_>);

/// The one who looks on, if there is one, and what is around what is being read.
#[derive(Clone, Default)]
pub(crate) struct Watch<'w> {
    watcher: Option<Watcher<'w>>,
    through: Vec<&'static str>,
}

impl<'w> Watch<'w> {
    pub(crate) fn of(within: &Within<'w>) -> Self {
        Self { watcher: within.watcher, through: within.names.clone() }
    }

    /// Goes into what has these names. To be left again by as many as it says.
    #[inline]
    pub(crate) fn enter(&mut self, names: impl IntoIterator<Item = &'static str>) -> usize {
        if self.watcher.is_none() { 0 } else { self.enter_all(names) }
    }

    /// Far from where all other records go by.
    #[cold]
    #[inline(never)]
    fn enter_all(&mut self, names: impl IntoIterator<Item = &'static str>) -> usize {
        let before = self.through.len();
        self.through.extend(names);
        self.through.len() - before
    }

    #[inline]
    pub(crate) fn leave(&mut self, names: usize) {
        if names > 0 {
            self.through.truncate(self.through.len() - names);
        }
    }

    #[inline]
    pub(crate) fn record(&self, path: &str, offset: u64, bytes: &[u8], fate: &Fate<'_>) {
        if let Some(watcher) = self.watcher {
            self.show(watcher, path, offset, bytes, fate);
        }
    }

    #[cold]
    #[inline(never)]
    fn show(&self, watcher: Watcher<'_>, path: &str, offset: u64, bytes: &[u8], fate: &Fate<'_>) {
        watcher(&self.sight(path, offset, bytes, fate));
    }

    pub(crate) fn damage(&self, path: &str, offset: u64, reason: &str) {
        if let Some(watcher) = self.watcher {
            let (through, end) = (&self.through[..], End::Damaged(reason));
            watcher(&Sight { path, offset, bytes: &[], through, product: None, end, unknowns: Vec::new() });
        }
    }

    fn sight<'a>(&'a self, path: &'a str, offset: u64, bytes: &'a [u8], fate: &'a Fate<'_>) -> Sight<'a> {
        let (end, place) = match fate {
            Fate::Kept(event, place, _) => (End::Event(event), Some(place)),
            Fate::Filtered(place) => (End::Filtered, Some(place)),
            Fate::FilteredUnseen => (End::Filtered, None),
            Fate::Rejected(reason) => (End::Rejected(reason), None),
            Fate::Digest => (End::Digest, None),
        };
        let known = if let Fate::Kept(_, _, unknowns) = fate { &unknowns[..] } else { &[] };
        let operation = place.and_then(|place| unknown_operation(place.product, place.command));
        let unknowns = known.iter().map(|what| Text::from(&**what)).chain(operation).collect();
        let product = place.map(|place| place.product);
        Sight { path, offset, bytes, through: &self.through, product, end, unknowns }
    }
}
