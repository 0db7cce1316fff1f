//! What one detection knows: values, each with when and where it was seen.

use std::{cmp::Ordering, collections::BTreeMap};

use jiff::Timestamp;
use model::{Finding, IncidentId, Text};
use serde::{Deserialize, Serialize};

use crate::{held::HeldValues, memory::Map, names::Names, table::Table};

/// The learned values of one detection.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    pub(crate) values: Table<Known>,
    /// Values that stand for another, e.g. copies of an image.
    pub(crate) copies: Map<Text, Text>,
    /// From the original's lookup table, where its key is another field than ours.
    pub(crate) imported: Map<Text, Seen>,
    /// The imported table covers the time from here on.
    pub(crate) imported_since: Option<Timestamp>,
    /// The detection is younger than what else is remembered: it learns since then.
    pub(crate) learns_since: Option<Timestamp>,
    /// Judgements that stayed silent because a scope was still learning.
    pub(crate) learning: u64,
    /// The findings that are open: when they opened, on which value, in which account.
    pub(crate) open: Vec<(Timestamp, Text, Text)>,
    /// What incidents would have taught.
    pub(crate) held: HeldValues,
}

/// First and last sighting of a value in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    /// Events that showed it.
    pub events: u64,
    /// Whose event it was last.
    pub last_user: Text,
}

/// One value, in every scope. Kept together so that a judgement costs one look-up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub organization: Option<Seen>,
    /// Sorted by name.
    pub accounts: Vec<KnownInAccount>,
}

#[derive(Debug, Clone)]
pub(crate) struct KnownInAccount {
    pub account: Text,
    pub seen: Option<Seen>,
    /// The finding that events with this value join.
    pub open: Option<Box<Finding>>,
}

/// One line of what a baseline knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub value: Text,
    /// `None`: the whole organization.
    pub account: Option<Text>,
    #[serde(flatten)]
    pub seen: Seen,
}

impl Baseline {
    /// Everything known, by value, then the organization, then the accounts by name.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.values.iter().flat_map(|(value, known)| known.entries(value)).collect();
        entries.sort_by(|a, b| (&a.value, &a.account).cmp(&(&b.value, &b.account)));
        entries
    }

    /// Judgements that found something new but stayed silent, because a scope was still learning.
    pub fn learning(&self) -> u64 {
        self.learning
    }

    /// From when on an imported table vouches for the organization.
    pub fn imported_since(&self) -> Option<Timestamp> {
        self.imported_since
    }

    /// Values imported under another field's name, e.g. bare user names.
    pub fn imported(&self) -> BTreeMap<&str, &Seen> {
        self.imported.iter().map(|(value, seen)| (&**value, seen)).collect()
    }

    /// Unlearns a value, in one account or everywhere. Returns how many entries went.
    pub fn forget(&mut self, value: &str, account: Option<&str>) -> usize {
        // A copy is known under the name of what it was copied from.
        let value = &self.copies.get(value).cloned().unwrap_or_else(|| value.into());
        let Some(account) = account else {
            let values = self.values.remove(value).map_or(0, |known| known.entries(value).count());
            return values + usize::from(self.imported.remove(value).is_some());
        };
        let Some(known) = self.values.get_mut(value) else { return 0 };
        let before = known.accounts.len();
        known.accounts.retain(|known| &*known.account != account);
        before - known.accounts.len()
    }

    /// Takes back what these principals made known since then, and nobody has used after them;
    /// everywhere, or in `only` one account. Returns what went.
    pub fn unlearn(&mut self, principals: &[Text], since: Timestamp, only: Option<&str>) -> Vec<Entry> {
        let is_theirs = |seen: &Seen| seen.first_seen >= since && principals.contains(&seen.last_user);
        let mut taken = Vec::new();
        self.values.retain(|value, known| {
            taken.extend(known.take_if(value, only, is_theirs));
            !known.is_empty()
        });
        taken
    }

    /// Takes back the same, and keeps it for when the incident is judged.
    pub(crate) fn withhold(&mut self, incident: IncidentId, principals: &[Text], since: Timestamp) {
        let taken = self.unlearn(principals, since, None);
        self.held.keep(incident, taken);
    }

    /// Learns what was held of an incident, as far as it was seen last by `until`.
    pub(crate) fn release(&mut self, incident: IncidentId, until: Timestamp) {
        for Entry { value, account, seen } in self.held.release(incident, until) {
            self.put(&value, account.as_ref(), seen);
        }
    }

    /// Lets go of the findings opened before `time`: nothing can join them any more.
    pub(crate) fn close_before(&mut self, time: Timestamp) {
        let (closing, open): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.open).into_iter().partition(|(opened, ..)| *opened < time);
        self.open = open;
        for (_, value, account) in closing {
            self.close(&value, &account, time);
        }
    }

    fn close(&mut self, value: &Text, account: &Text, time: Timestamp) {
        let Some(known) = self.values.get_mut(value) else { return };
        let entry = known.account_mut(account);
        if entry.open.as_ref().is_some_and(|finding| finding.time < time) {
            entry.open = None;
        }
        known.accounts.retain(|entry| entry.seen.is_some() || entry.open.is_some());
        if known.is_empty() {
            self.values.remove(value);
        }
    }

    /// Learns an entry from elsewhere; what is known already is widened, never narrowed.
    pub(crate) fn put(&mut self, value: &Text, account: Option<&Text>, seen: Seen) {
        self.values.get_or_insert_with(value, Known::default).put(account, seen);
    }
}

impl Known {
    pub(crate) fn open_mut(&mut self, account: &Text) -> Option<&mut Finding> {
        self.open_at(self.position(account).ok())
    }

    /// The same where the place of the account is known.
    pub(crate) fn open_at(&mut self, place: Option<usize>) -> Option<&mut Finding> {
        self.accounts[place?].open.as_deref_mut()
    }

    /// Lets go of an open finding, if it is the one.
    pub(crate) fn end_open(&mut self, account: &Text, is_it: impl Fn(&Finding) -> bool) -> Option<Box<Finding>> {
        let index = self.position(account).ok()?;
        self.accounts[index].open.take_if(|open| is_it(open))
    }

    pub(crate) fn account_mut(&mut self, account: &Text) -> &mut KnownInAccount {
        let index = self.position(account).unwrap_or_else(|index| {
            if self.accounts.is_empty() {
                // Most values stay in one account.
                self.accounts.reserve_exact(1);
            }
            self.accounts.insert(index, KnownInAccount { account: account.clone(), seen: None, open: None });
            index
        });
        &mut self.accounts[index]
    }

    /// What is known already is widened, never narrowed.
    pub(crate) fn put(&mut self, account: Option<&Text>, seen: Seen) {
        let place = match account {
            None => &mut self.organization,
            Some(account) => &mut self.account_mut(account).seen,
        };
        match place {
            Some(place) => place.widen(&seen),
            None => *place = Some(seen),
        }
    }

    /// Takes out the sightings for which it is so, everywhere or in `only` one account.
    pub(crate) fn take_if(&mut self, value: &Text, only: Option<&str>, is_so: impl Fn(&Seen) -> bool) -> Vec<Entry> {
        let everywhere = self.organization.take_if(|seen| only.is_none() && is_so(seen)).map(|seen| (None, seen));
        let in_accounts = self.accounts.iter_mut().filter(|known| only.is_none_or(|only| *known.account == *only));
        let in_accounts = in_accounts
            .filter_map(|known| Some((Some(known.account.clone()), known.seen.take_if(|seen| is_so(seen))?)));
        let taken = everywhere.into_iter().chain(in_accounts);
        let taken = taken.map(|(account, seen)| Entry { value: value.clone(), account, seen }).collect();
        self.accounts.retain(|entry| entry.seen.is_some() || entry.open.is_some());
        taken
    }

    /// Nothing learned and nothing open: not worth remembering.
    pub(crate) fn is_empty(&self) -> bool {
        self.organization.is_none() && self.accounts.is_empty()
    }

    /// Reads what a judgement will read.
    pub(crate) fn touch(&self) -> u64 {
        let first = self.accounts.first().and_then(|known| known.seen.as_ref());
        first.map_or(0, |seen| seen.events)
    }

    /// The place of an account, or where it belongs.
    pub(crate) fn position(&self, account: &Text) -> Result<usize, usize> {
        // The same text is the same name: nearly always that is all there is to be looked at.
        let order = |known: &Text| if Text::ptr_eq(known, account) { Ordering::Equal } else { known.cmp(account) };
        self.accounts.binary_search_by(|known| order(&known.account))
    }

    fn entries(&self, value: &str) -> impl Iterator<Item = Entry> {
        let everywhere = self.organization.iter().map(|seen| (None, seen));
        let accounts =
            self.accounts.iter().filter_map(|known| Some((Some(known.account.clone()), known.seen.as_ref()?)));
        everywhere.chain(accounts).map(move |(account, seen)| Entry {
            value: value.into(),
            account,
            seen: seen.clone(),
        })
    }
}

impl Seen {
    pub(crate) fn once(time: Timestamp, user: &Text) -> Self {
        Self { first_seen: time, last_seen: time, events: 1, last_user: user.clone() }
    }

    /// The same, under a name that others share.
    pub(crate) fn named_by(self, names: &mut Names) -> Self {
        Self { last_user: names.kept(self.last_user), ..self }
    }

    pub(crate) fn widen(&mut self, other: &Self) {
        if other.last_seen >= self.last_seen {
            self.last_seen = other.last_seen;
            self.last_user.clone_from(&other.last_user);
        }
        self.first_seen = self.first_seen.min(other.first_seen);
        self.events += other.events;
    }

    /// One more sighting.
    pub(crate) fn again(&mut self, time: Timestamp, user: &Text) {
        self.events += 1;
        self.first_seen = self.first_seen.min(time);
        if time >= self.last_seen {
            self.last_seen = time;
            if !Text::ptr_eq(&self.last_user, user) {
                self.last_user = user.clone();
            }
        }
    }
}
