//! What is known by name, where there are so many names that each look-up waits for memory.
//!
//! The hash of a name is kept beside it: a table that grows reads no name again. And what is known of
//! several names can be fetched at a time, so that they are waited for together.

use std::{array, hash::BuildHasher as _, hint::black_box};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use model::Text;

/// Values by name. The hash is seeded afresh for each table, and no order is taken from it.
#[derive(Debug, Clone)]
pub(crate) struct Table<V> {
    entries: HashTable<Entry<V>>,
    hasher: RandomState,
}

#[derive(Debug, Clone)]
struct Entry<V> {
    hash: u64,
    name: Text,
    value: V,
}

/// What is smaller stays in the cache by itself.
const LARGE: usize = 10_000;

/// Names that are fetched together.
const TOGETHER: usize = 32;

impl<V> Table<V> {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&self, name: &Text) -> Option<&V> {
        self.find(self.hash(name), name)
    }

    pub(crate) fn get_mut(&mut self, name: &Text) -> Option<&mut V> {
        let hash = self.hash(name);
        self.entries.find_mut(hash, |entry| entry.is(hash, name)).map(|entry| &mut entry.value)
    }

    pub(crate) fn get_or_insert_with(&mut self, name: &Text, make: impl FnOnce() -> V) -> &mut V {
        let hash = self.hash(name);
        let place = self.entries.entry(hash, |entry| entry.is(hash, name), |entry| entry.hash);
        let place = place.or_insert_with(|| Entry { hash, name: name.clone(), value: make() });
        &mut place.into_mut().value
    }

    pub(crate) fn remove(&mut self, name: &Text) -> Option<V> {
        let hash = self.hash(name);
        let place = self.entries.find_entry(hash, |entry| entry.is(hash, name)).ok()?;
        Some(place.remove().0.value)
    }

    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(&Text, &mut V) -> bool) {
        self.entries.retain(|entry| is_kept(&entry.name, &mut entry.value));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Text, &V)> {
        self.entries.iter().map(|entry| (&entry.name, &entry.value))
    }

    /// Brings what is known of these names into the cache; `touch` reads whatever a value has
    /// elsewhere. Whoever looks them up one after the other waits for each: for the name, for its
    /// place in the table, for what stands there, and for what that points to. Here each of these
    /// is asked for of all names before the next.
    pub(crate) fn fetch<'n>(&self, names: impl Iterator<Item = &'n Text>, touch: impl Fn(&V) -> u64) {
        if self.entries.len() < LARGE {
            return;
        }
        let mut hashed = names.map(|name| (self.hash(name), name)).fuse();
        loop {
            // On the stack: a list that grows each time was a seventh of what a launch costs.
            let some: [Option<(u64, &Text)>; TOGETHER] = array::from_fn(|_| hashed.next());
            let is_last = some.last().is_none_or(Option::is_none);
            let found = some.map(|name| name.and_then(|(hash, name)| self.find(hash, name)));
            black_box(found.into_iter().flatten().map(&touch).fold(0, u64::wrapping_add));
            if is_last {
                break;
            }
        }
    }

    fn find(&self, hash: u64, name: &Text) -> Option<&V> {
        self.entries.find(hash, |entry| entry.is(hash, name)).map(|entry| &entry.value)
    }

    fn hash(&self, name: &Text) -> u64 {
        self.hasher.hash_one(&**name)
    }
}

impl<V> Entry<V> {
    fn is(&self, hash: u64, name: &Text) -> bool {
        self.hash == hash && self.name == *name
    }
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { entries: HashTable::new(), hasher: RandomState::default() }
    }
}

impl<V> FromIterator<(Text, V)> for Table<V> {
    fn from_iter<I: IntoIterator<Item = (Text, V)>>(values: I) -> Self {
        let mut table = Self::default();
        for (name, value) in values {
            table.get_or_insert_with(&name, || value);
        }
        table
    }
}
