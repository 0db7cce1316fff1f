//! Counts by hour, in one small list: nearly all that is counted is counted in the latest hour.

use std::ops::Range;

use crate::calendar::Hour;

/// Hours in order, each with its count. Empty hours are not stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hours(Vec<(Hour, u64)>);

impl Hours {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, hour: Hour) -> u64 {
        match self.0.last() {
            Some((last, count)) if *last == hour => *count,
            _ => self.place(hour).map_or(0, |index| self.0[index].1),
        }
    }

    pub(crate) fn add(&mut self, hour: Hour, units: u64) {
        match self.0.last_mut() {
            Some((last, count)) if *last == hour => *count += units,
            Some((last, _)) if *last > hour => self.add_late(hour, units),
            _ => self.0.push((hour, units)),
        }
    }

    fn add_late(&mut self, hour: Hour, units: u64) {
        match self.place(hour) {
            Ok(index) => self.0[index].1 += units,
            Err(index) => self.0.insert(index, (hour, units)),
        }
    }

    pub(crate) fn take_back(&mut self, hour: Hour, units: u64) {
        if let Ok(index) = self.place(hour) {
            self.0[index].1 = self.0[index].1.saturating_sub(units);
        }
    }

    /// Lets go of the hours before this one.
    pub(crate) fn forget_before(&mut self, hour: Hour) {
        // Most have nothing that old.
        if self.0.first().is_some_and(|(first, _)| *first < hour) {
            let old = self.place(hour).unwrap_or_else(|index| index);
            self.0.drain(..old);
        }
    }

    /// Takes the hours from this one on out.
    pub(crate) fn split_off(&mut self, hour: Hour) -> Self {
        let first = self.place(hour).unwrap_or_else(|index| index);
        Self(self.0.split_off(first))
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (Hour, u64)> {
        self.0.iter().copied()
    }

    pub(crate) fn within(&self, hours: &Range<Hour>) -> impl Iterator<Item = (Hour, u64)> {
        let (start, end) = (hours.start, hours.end);
        let first = self.place(start).unwrap_or_else(|index| index);
        self.0[first..].iter().copied().take_while(move |(hour, _)| *hour < end)
    }

    fn place(&self, hour: Hour) -> Result<usize, usize> {
        self.0.binary_search_by_key(&hour, |(hour, _)| *hour)
    }
}

impl FromIterator<(Hour, u64)> for Hours {
    fn from_iter<I: IntoIterator<Item = (Hour, u64)>>(counts: I) -> Self {
        counts.into_iter().fold(Self::default(), |mut hours, (hour, count)| {
            hours.add(hour, count);
            hours
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_stay_in_order_however_they_come() {
        let hour = Hour::from_number;
        let mut hours: Hours = [(hour(5), 1), (hour(3), 2), (hour(9), 4), (hour(5), 8)].into_iter().collect();
        assert_eq!(hours.iter().collect::<Vec<_>>(), [(hour(3), 2), (hour(5), 9), (hour(9), 4)]);
        assert_eq!(hours.within(&(hour(4)..hour(9))).collect::<Vec<_>>(), [(hour(5), 9)]);
        hours.take_back(hour(5), 10);
        hours.forget_before(hour(4));
        assert_eq!((hours.len(), hours.get(hour(3)), hours.get(hour(5)), hours.get(hour(9))), (2, 0, 0, 4));
    }
}
