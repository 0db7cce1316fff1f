//! The change calendar: load tests and drills that somebody declared. It lowers what keeps within
//! the declaration, and never hides it; what exceeds it counts in full.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::{Event, Outcome, Text, Usd};
use serde::{Deserialize, Deserializer, de::Error as _};
use toml::value::Datetime;

use crate::Error;

/// A longer window is a habit, and habits are learned.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Who may launch how much, where, until when, and why.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The principal, as incidents name it, or its bare name.
    pub who: Text,
    /// None: in any account.
    #[serde(default)]
    pub accounts: Vec<Text>,
    /// None: in any region.
    #[serde(default)]
    pub regions: Vec<Text>,
    #[serde(deserialize_with = "time")]
    pub from: Timestamp,
    #[serde(deserialize_with = "time")]
    pub until: Timestamp,
    /// Launched in all, within the window.
    pub machines: u64,
    pub usd_per_hour: Option<f64>,
    pub why: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    window: Vec<Window>,
}

impl Window {
    /// Checks the text of a change calendar.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, Error> {
        let file: File = toml::from_str(text).map_err(|source| Error::WindowsToml { source: Box::new(source) })?;
        for (index, window) in file.window.iter().enumerate() {
            window.check().map_err(|problem| Error::Window { number: index + 1, problem })?;
        }
        Ok(file.window)
    }

    fn check(&self) -> Result<(), String> {
        let said = |name: &str, text: &str| {
            if text.trim().is_empty() { Err(format!("`{name}` says nothing")) } else { Ok(()) }
        };
        said("who", &self.who)?;
        said("why", &self.why)?;
        if self.until <= self.from {
            return Err("`until` is not after `from`".to_owned());
        }
        if self.until.duration_since(self.from) > LONGEST {
            return Err("it is longer than 31 days".to_owned());
        }
        if self.machines == 0 {
            return Err("`machines` is 0: nothing would be declared".to_owned());
        }
        if self.usd_per_hour.is_some_and(|usd| !usd.is_finite() || usd <= 0.0) {
            return Err("`usd_per_hour` is not above 0".to_owned());
        }
        Ok(())
    }

    fn covers(&self, root: &Text, event: &Event) -> bool {
        let is = |name: &Text| *name == self.who;
        let has = |wanted: &[Text], stated: &Option<Text>| {
            wanted.is_empty() || stated.as_ref().is_some_and(|stated| wanted.contains(stated))
        };
        (is(root) || is(&event.user.id) || event.user.name.as_ref().is_some_and(is))
            && (self.from..self.until).contains(&event.time)
            && has(&self.accounts, &event.vendor_account)
            && has(&self.regions, &event.vendor_region)
    }
}

/// A time of TOML, or a text that holds one; with its zone, for nobody should have to guess.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Time(Datetime),
        Text(String),
    }
    let text = match Written::deserialize(deserializer)? {
        Written::Time(time) => time.to_string(),
        Written::Text(text) => text,
    };
    text.parse().map_err(|_| D::Error::custom(format!("`{text}` is no time with a zone, such as 2026-03-07T02:00:00Z")))
}

/// How far one incident is what was declared.
#[derive(Debug, Clone, Default)]
pub(super) struct Declared {
    /// Machines launched, by the number of the window.
    launched: BTreeMap<usize, u64>,
    /// Something of it was not declared.
    exceeded: bool,
}

impl Declared {
    /// Takes in an event that launches, or that a detection had something to say of.
    pub(super) fn note(&mut self, windows: &[Window], root: &Text, event: &Event) {
        let Some(number) = windows.iter().position(|window| window.covers(root, event)) else {
            self.exceeded = true;
            return;
        };
        let launched = self.launched.entry(number).or_default();
        if event.is_launch() && event.outcome == Outcome::Ok {
            *launched = launched.saturating_add(u64::from(event.count));
        }
    }

    /// Why it was declared, as long as all of it was.
    pub(super) fn reason<'w>(&self, windows: &'w [Window], usd_per_hour: Usd) -> Option<&'w Window> {
        let mut used = self.launched.iter().filter_map(|(number, launched)| Some((windows.get(*number)?, *launched)));
        let within = |(window, launched): (&Window, u64)| {
            launched <= window.machines && window.usd_per_hour.is_none_or(|most| usd_per_hour.high <= most)
        };
        let first = self.launched.keys().next().and_then(|number| windows.get(*number))?;
        (!self.exceeded && used.all(within)).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: &str = r#"
        [[window]]
        who = "load-test"
        regions = ["eu-west-1"]
        from = "2026-03-07T00:00:00Z"
        until = "2026-03-08T00:00:00Z"
        machines = 40
        why = "Black Friday rehearsal, CHG-1234"
    "#;

    fn problem(from: &str, to: &str) -> String {
        let error = Window::parse_all(&WINDOW.replace(from, to)).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error}\n{source}")
    }

    #[test]
    fn a_window_is_checked_when_it_is_read() {
        assert_eq!(Window::parse_all(WINDOW).unwrap().len(), 1);
        for (from, to, expected) in [
            ("2026-03-08", "2026-03-06", "change calendar, window 1: `until` is not after `from`"),
            ("2026-03-08", "2026-08-08", "longer than 31 days"),
            ("machines = 40", "machines = 0", "nothing would be declared"),
            ("\"load-test\"", "\" \"", "`who` says nothing"),
            ("why = \"Black Friday rehearsal, CHG-1234\"", "", "missing field `why`"),
            ("\"2026-03-07T00:00:00Z\"", "2026-03-07", "`2026-03-07` is no time with a zone"),
            ("regions", "regoins", "unknown field `regoins`"),
            ("machines = 40", "machines = 40\nusd_per_hour = -1.0", "`usd_per_hour` is not above 0"),
        ] {
            assert!(problem(from, to).contains(expected), "{to}: {}", problem(from, to));
        }
    }
}
