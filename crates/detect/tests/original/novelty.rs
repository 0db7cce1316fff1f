//! The four tables of the original and the four rules that look into them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan as _};

use super::{Alert, Change, Midnights, hour_of};

/// The five rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    User,
    Region,
    Image,
    Type,
    Count,
}

/// What one baseline knows, by the value of its key.
pub(crate) type Table = BTreeMap<String, Row>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) first_time: Timestamp,
    pub(crate) last_time: Timestamp,
    /// Absent after the Initial search of the user table, which never wrote it.
    pub(crate) enough_data: Option<bool>,
}

impl Rule {
    pub(crate) const NOVELTY: [Self; 4] = [Self::User, Self::Region, Self::Image, Self::Type];

    pub(crate) fn table(self) -> usize {
        Self::NOVELTY.iter().position(|rule| *rule == self).expect("the count rule has a model, not a table")
    }

    pub(crate) fn warm_up_days(self) -> i64 {
        if matches!(self, Self::Region | Self::Type) { 14 } else { 7 }
    }

    /// What a row of the rule is about: no row for a null, nor for an image or type `unknown`.
    fn value(self, change: &Change) -> Option<&str> {
        let known = |field: &'_ Option<String>| field.as_deref().is_some_and(|value| value != "unknown");
        match self {
            Self::User | Self::Count => Some(&change.user),
            Self::Region => change.vendor_region.as_deref(),
            Self::Image => change.image_id.as_deref().filter(|_| known(&change.image_id)),
            Self::Type => change.instance_type.as_deref().filter(|_| known(&change.instance_type)),
        }
    }

    /// Only the baseline of users asks for instances; the rule beside it does not.
    fn learns(self, change: &Change) -> bool {
        if self == Self::User { change.is_created_instance() } else { change.is_created() }
    }

    /// What else the rule groups by.
    fn beside(self, change: &Change) -> String {
        match self {
            // The macro fills an absent region with this word.
            Self::User => change.vendor_region.clone().unwrap_or_else(|| "null".to_owned()),
            _ => change.user.clone(),
        }
    }

    fn dest(self, change: &Change) -> &[String] {
        if self == Self::User { &change.object } else { &change.object_id }
    }
}

/// "Initial": the table as the window has it. Whatever it held before is gone.
pub(crate) fn initial(rule: Rule, window: &[&Change], warm_up: Timestamp) -> Table {
    let mut table = sightings(rule, window);
    if rule != Rule::User {
        spread_enough_data(&mut table, warm_up);
    }
    table
}

/// "Update": the window and the old table, what was seen within 90 days.
pub(crate) fn update(rule: Rule, table: &Table, window: &[&Change], midnights: &Midnights) -> Table {
    let mut updated = sightings(rule, window);
    for (value, row) in table {
        let seen = updated.entry(value.clone()).or_insert_with(|| row.clone());
        seen.first_time = seen.first_time.min(row.first_time);
        seen.last_time = seen.last_time.max(row.last_time);
    }
    updated.retain(|_, row| row.last_time > midnights.forget);
    spread_enough_data(&mut updated, midnights.warm_up);
    updated
}

fn sightings(rule: Rule, window: &[&Change]) -> Table {
    let mut table = Table::new();
    for change in window.iter().filter(|change| rule.learns(change)) {
        let Some(value) = rule.value(change) else { continue };
        let once = Row { first_time: change.time, last_time: change.time, enough_data: None };
        let row = table.entry(value.to_owned()).or_insert(once);
        row.first_time = row.first_time.min(change.time);
        row.last_time = row.last_time.max(change.time);
    }
    table
}

/// Every row bears the same mark: whether the oldest row that was kept is old enough.
fn spread_enough_data(table: &mut Table, warm_up: Timestamp) {
    let oldest = table.values().map(|row| row.first_time).min();
    for row in table.values_mut() {
        row.enough_data = Some(oldest.is_some_and(|oldest| oldest <= warm_up));
    }
}

/// One run of a novelty rule.
pub(crate) fn run(rule: Rule, table: &Table, window: &[&Change], now: Timestamp) -> Vec<Alert> {
    let groups = groups(rule, window);
    // The mark comes from the rows of this run that were found in the table, and only from them.
    let enough = groups.keys().any(|(value, _)| table.get(value).is_some_and(|row| row.enough_data == Some(true)));
    if !enough {
        return Vec::new();
    }
    let yesterday = hour_of(now - 24.hours());
    let is_new = |value: &str| table.get(value).is_none_or(|row| row.first_time > yesterday);
    let new = groups.iter().filter(|((value, _), _)| is_new(value));
    new.map(|((value, beside), changes)| alert(rule, value, beside, changes, now)).collect()
}

fn groups<'c>(rule: Rule, window: &[&'c Change]) -> BTreeMap<(String, String), Vec<&'c Change>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for change in window.iter().filter(|change| change.is_created()) {
        if let Some(value) = rule.value(change) {
            groups.entry((value.to_owned(), rule.beside(change))).or_default().push(*change);
        }
    }
    groups
}

fn alert(rule: Rule, value: &str, beside: &str, changes: &[&Change], now: Timestamp) -> Alert {
    let dest: BTreeSet<String> = changes.iter().flat_map(|change| rule.dest(change)).cloned().collect();
    let (user, vendor_region) = match rule {
        Rule::User => (value, Some(beside.to_owned())),
        Rule::Region => (beside, Some(value.to_owned())),
        _ => (beside, None),
    };
    let dest: Vec<String> = dest.into_iter().collect();
    let message = message(rule, user, &dest.join(" "), value);
    Alert {
        run: now,
        rule,
        value: value.to_owned(),
        user: user.to_owned(),
        vendor_region,
        count: changes.len() as u64,
        dest,
        expected_upper_threshold: None,
        message,
    }
}

/// The facts that each rule's message names, in words of our own: no region, and no image.
fn message(rule: Rule, user: &str, dest: &str, value: &str) -> String {
    let detail = if rule == Rule::Type { format!(" type={value}") } else { String::new() };
    format!("user={user} dest={dest}{detail}")
}
