//! A list that nearly always has one value or none.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    slice,
};

use thin_vec::{IntoIter, ThinVec};

/// None, one or several. One stands in the list itself, in two words, and allocates nothing:
/// hundreds of thousands of events wait for their turn, each with three such lists.
#[derive(Clone)]
pub struct Few<T>(List<T>);

#[derive(Clone)]
enum List<T> {
    One(T),
    /// Or none: an empty one allocates nothing either.
    Several(ThinVec<T>),
}

impl<T> Few<T> {
    pub const fn new() -> Self {
        Self(List::Several(ThinVec::new()))
    }

    pub fn push(&mut self, value: T) {
        match &mut self.0 {
            List::Several(values) if values.is_empty() => self.0 = List::One(value),
            List::Several(values) => values.push(value),
            List::One(_) => {
                let mut values = ThinVec::with_capacity(2);
                values.extend(std::mem::take(self));
                values.push(value);
                self.0 = List::Several(values);
            }
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            List::One(value) => slice::from_ref(value),
            List::Several(values) => values,
        }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            List::One(value) => slice::from_mut(value),
            List::Several(values) => values,
        }
    }
}

impl<T> Extend<T> for Few<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut few = Self::new();
        few.extend(values);
        few
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<T, const N: usize> From<[T; N]> for Few<T> {
    fn from(values: [T; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = std::iter::Chain<std::option::IntoIter<T>, IntoIter<T>>;

    fn into_iter(self) -> Self::IntoIter {
        let (one, several) = match self.0 {
            List::One(value) => (Some(value), ThinVec::new()),
            List::Several(values) => (None, values),
        };
        one.into_iter().chain(several)
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Few<T> {
    type Item = &'a mut T;
    type IntoIter = slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}

/// However each has come about.
impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: PartialEq<U>, U, const N: usize> PartialEq<[U; N]> for Few<T> {
    fn eq(&self, other: &[U; N]) -> bool {
        **self == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_list_like_any_other() {
        for length in 0..4 {
            let list: Vec<u32> = (0..length).collect();
            let few: Few<u32> = list.iter().copied().collect();
            assert_eq!(*few, *list);
            assert_eq!(few.clone().into_iter().collect::<Vec<_>>(), list);
            assert_eq!(Few::from(list.clone()), few);
            assert_eq!(format!("{few:?}"), format!("{list:?}"));
        }
        assert_ne!(Few::from([1]), Few::from([1, 2]));
        assert_eq!(Few::<u32>::default(), []);
    }

    #[test]
    fn one_value_stands_in_the_list_itself() {
        assert_eq!(size_of::<Few<crate::Text>>(), 16);
        let few = Few::from([7_u64]);
        let place = std::ptr::from_ref(&few).addr();
        assert!((place..place + size_of_val(&few)).contains(&few.as_ptr().addr()));
    }

    #[test]
    fn values_can_be_changed_where_they_stand() {
        for mut few in [Few::from([1]), Few::from([1, 2])] {
            for value in &mut few {
                *value += 1;
            }
            assert_eq!(few[0], 2);
        }
    }
}
