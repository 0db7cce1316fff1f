//! The words of a command line: plain ones, `--flag`, and `--name value`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use anyhow::{Result, anyhow, bail};

#[derive(Debug, Default)]
pub(crate) struct Words {
    plain: Vec<String>,
    values: BTreeMap<String, String>,
    flags: BTreeSet<String>,
}

impl Words {
    /// `flags` are the names that take no value.
    pub(crate) fn parse(words: &[&str], flags: &[&str]) -> Result<Self> {
        let mut parsed = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                None => parsed.plain.push((*word).to_owned()),
                Some(name) if flags.contains(&name) => {
                    parsed.flags.insert(name.to_owned());
                }
                Some(name) => {
                    let Some(value) = words.next() else { bail!("`{word}` takes a value") };
                    parsed.values.insert(name.to_owned(), (*value).to_owned());
                }
            }
        }
        Ok(parsed)
    }

    /// Fails on a name that means nothing here: a misspelt one must not be a default.
    pub(crate) fn allow(&self, names: &[&str]) -> Result<()> {
        match self.values.keys().find(|name| !names.contains(&name.as_str())) {
            Some(name) => bail!("there is no option `--{name}`\nhint: `help` behind the name of the chore lists them"),
            None => Ok(()),
        }
    }

    pub(crate) fn plain(&self) -> &[String] {
        &self.plain
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.flags.contains(name)
    }

    pub(crate) fn value<T: FromStr<Err: Display>>(&self, name: &str, default: T) -> Result<T> {
        match self.values.get(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|error| anyhow!("`--{name} {text}`: {error}")),
        }
    }

    /// Several values, with commas between them.
    pub(crate) fn list(&self, name: &str, default: &str) -> Result<Vec<usize>> {
        let text = self.values.get(name).map_or(default, String::as_str);
        text.split(',').map(|one| one.parse().map_err(|error| anyhow!("`--{name} {text}`: {error}"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn words_are_sorted_out() {
        let words = Words::parse(&["a", "--rounds", "3", "--write", "b"], &["write"]).unwrap();
        assert_eq!(words.plain(), ["a", "b"]);
        assert_eq!((words.value("rounds", 5).unwrap(), words.value("bytes", 7).unwrap()), (3, 7));
        assert!(words.flag("write") && !words.flag("quick"));
        assert_eq!(words.list("threads", "1,2").unwrap(), [1, 2]);
        assert!(words.allow(&["rounds"]).is_ok() && words.allow(&["bytes"]).is_err());
        assert!(Words::parse(&["--rounds"], &[]).is_err());
    }
}
