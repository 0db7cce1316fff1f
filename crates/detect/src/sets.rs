//! Lists of values under one name, for what many detections select: `sets.toml` of a story.
//!
//! `object_category = ["$compute"]` stands for all that `compute` lists. A name that nothing
//! lists is an error: a detection that selects nothing would look like one that is content.

use std::collections::{BTreeMap, BTreeSet};

use model::Selection;

use crate::Error;

/// Values by the name of their set.
#[derive(Debug, Clone, Default)]
pub struct Sets(BTreeMap<String, BTreeSet<String>>);

impl Sets {
    /// Reads the texts of files such as `sets.toml`: a list of a later one replaces that of the
    /// same name. A set may name others.
    pub fn parse<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, Error> {
        let mut written = Self::default();
        for text in texts {
            let lists: BTreeMap<String, BTreeSet<String>> = toml::from_str(text)
                .map_err(|source| Error::Toml { detection: "sets".to_owned(), source: Box::new(source) })?;
            written.0.extend(lists);
        }
        let sets: Result<_, String> =
            written.0.iter().map(|(name, values)| Ok((name.clone(), written.values(values, DEPTH)?))).collect();
        sets.map(Self).map_err(|problem| Error::Detection { detection: "sets".to_owned(), problem })
    }

    /// The selection with the values of the sets that it names.
    pub(crate) fn expand(&self, selection: &Selection) -> Result<Selection, String> {
        let terms: Result<Vec<_>, String> = selection
            .fields()
            .filter_map(|field| Some((field, selection.values(field)?)))
            .map(|(field, values)| Ok((field, self.values(values, DEPTH)?)))
            .collect();
        Ok(Selection::new(terms?))
    }

    fn values(&self, written: &BTreeSet<String>, depth: u8) -> Result<BTreeSet<String>, String> {
        let mut values = BTreeSet::new();
        for value in written {
            match value.strip_prefix('$') {
                Some(name) => values.extend(self.set(name, depth)?),
                None => _ = values.insert(value.clone()),
            }
        }
        Ok(values)
    }

    fn set(&self, name: &str, depth: u8) -> Result<BTreeSet<String>, String> {
        let listed = self.0.get(name).ok_or_else(|| format!("there is no set `${name}`"))?;
        let depth =
            depth.checked_sub(1).ok_or_else(|| format!("set `${name}` is made of sets of sets, or of itself"))?;
        self.values(listed, depth)
    }
}

/// Sets of sets of sets are enough.
const DEPTH: u8 = 3;

#[cfg(test)]
mod tests {
    use model::Field;

    use super::*;

    #[test]
    fn a_name_stands_for_what_it_lists() {
        let sets =
            Sets::parse(["machines = ['x']\ncompute = ['$machines', 'ecs_task']", "machines = ['instance']"]).unwrap();
        let named = Selection::new([(Field::ObjectCategory, BTreeSet::from(["$compute".to_owned(), "y".to_owned()]))]);
        let values = sets.expand(&named).unwrap();
        let values: Vec<&str> = values.values(Field::ObjectCategory).unwrap().iter().map(|value| &**value).collect();
        assert_eq!(values, ["ecs_task", "instance", "y"]);
    }

    #[test]
    fn a_set_that_is_not_there_or_never_ends_is_an_error() {
        for (text, problem) in [
            ("a = ['$b']", "there is no set `$b`"),
            ("a = ['$b']\nb = ['$a']", "is made of sets of sets, or of itself"),
        ] {
            assert!(Sets::parse([text]).unwrap_err().to_string().contains(problem), "{text}");
        }
    }
}
