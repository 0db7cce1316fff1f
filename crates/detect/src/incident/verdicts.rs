//! What people made of incidents: a file that is only ever added to, so that it can be reviewed
//! line by line. Of each incident the last entry holds.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{IncidentId, Severity, Text, Verdict};
use serde::{Deserialize, Serialize};

use super::declared::time;
use crate::Error;

/// One entry: what was judged, as what, by whom, when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    pub incident: IncidentId,
    pub verdict: Verdict,
    /// The verdict was taken back.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
    /// Who began it: for whoever reviews the file, because the id says it already.
    pub principal: Text,
    /// The severity that was judged. What proves to be more severe is judged anew.
    pub severity: Severity,
    /// Event time of the last that was judged. What comes later counts in full.
    #[serde(deserialize_with = "time")]
    pub until: Timestamp,
    pub by: Text,
    #[serde(deserialize_with = "time")]
    pub at: Timestamp,
    pub reason: Text,
}

/// All entries, and which of them hold.
#[derive(Debug, Clone, Default)]
pub struct Verdicts {
    entries: Vec<Judgement>,
    /// By incident; the place of the entry.
    holding: BTreeMap<IncidentId, usize>,
    /// Those that hold, in the order of `until`.
    by_until: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    verdict: Vec<Judgement>,
}

impl Verdicts {
    /// Checks the text of a file of verdicts.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|source| Error::VerdictsToml { source: Box::new(source) })?;
        for (index, entry) in file.verdict.iter().enumerate() {
            entry.check().map_err(|problem| Error::Verdict { number: index + 1, problem })?;
        }
        Ok(Self::of(file.verdict))
    }

    fn of(entries: Vec<Judgement>) -> Self {
        let mut holding = BTreeMap::new();
        for (place, entry) in entries.iter().enumerate() {
            if entry.withdrawn {
                holding.remove(&entry.incident);
            } else {
                holding.insert(entry.incident, place);
            }
        }
        let mut by_until: Vec<usize> = holding.values().copied().collect();
        by_until.sort_by_key(|place| (entries[*place].until, entries[*place].incident));
        Self { entries, holding, by_until }
    }

    /// As they were given, those too that hold no more.
    pub fn entries(&self) -> &[Judgement] {
        &self.entries
    }

    /// The verdict on an incident, if there is one that holds.
    pub fn on(&self, incident: IncidentId) -> Option<&Judgement> {
        self.holding.get(&incident).map(|place| &self.entries[*place])
    }

    /// Whether an entry is the one that holds of its incident.
    pub fn holds(&self, entry: &Judgement) -> bool {
        self.on(entry.incident).is_some_and(|holding| std::ptr::eq(holding, entry))
    }

    /// How many hold.
    pub fn len(&self) -> usize {
        self.holding.len()
    }

    pub fn is_empty(&self) -> bool {
        self.holding.is_empty()
    }

    /// In the order in which they take effect.
    pub(super) fn nth(&self, number: usize) -> Option<&Judgement> {
        self.by_until.get(number).map(|place| &self.entries[*place])
    }
}

impl Judgement {
    /// As it is added to a file.
    pub fn to_toml(&self) -> Result<String, Error> {
        let file = File { verdict: vec![self.clone()] };
        toml::to_string(&file).map_err(|source| Error::VerdictWrite { source })
    }

    /// Checks an entry before it is added, as one that is read is checked.
    pub fn check(&self) -> Result<(), String> {
        for (name, text) in [("by", &self.by), ("reason", &self.reason)] {
            if text.trim().is_empty() {
                return Err(format!("`{name}` says nothing"));
            }
        }
        if self.until > self.at {
            return Err("`until` is after `at`: nobody can judge what is still to come".to_owned());
        }
        Ok(())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"
        [[verdict]]
        incident = "3154cd4b-4a45-5c88-a92a-6f2a7d8e7d6b"
        verdict = "benign"
        principal = "arn:aws:iam::111122223333:role/load-test"
        severity = "high"
        until = 2026-03-07T03:17:40Z
        by = "alice"
        at = "2026-03-08T09:00:00Z"
        reason = "load test, CHG-1234"
    "#;

    fn problem(from: &str, to: &str) -> String {
        let error = Verdicts::parse(&ENTRY.replace(from, to)).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error}\n{source}")
    }

    #[test]
    fn an_entry_is_checked_when_it_is_read() {
        assert_eq!(Verdicts::parse(ENTRY).unwrap().len(), 1);
        assert!(Verdicts::parse("").unwrap().is_empty());
        for (from, to, expected) in [
            ("2026-03-07T03:17:40Z", "2099-03-07T03:17:40Z", "verdict 1: `until` is after `at`"),
            ("\"alice\"", "\" \"", "verdict 1: `by` says nothing"),
            ("reason = \"load test, CHG-1234\"", "", "missing field `reason`"),
            ("3154cd4b-4a45", "3154cd4b", "incident"),
            ("\"benign\"", "\"fine\"", "unknown variant `fine`"),
            ("severity", "severty", "unknown field `severty`"),
            ("\"2026-03-08T09:00:00Z\"", "2026-03-08", "`2026-03-08` is no time with a zone"),
            ("[[verdict]]", "[verdict]", "invalid type"),
        ] {
            assert!(problem(from, to).contains(expected), "{to}: {}", problem(from, to));
        }
    }

    #[test]
    fn the_last_entry_of_an_incident_holds() {
        let other = ENTRY.replace("benign", "true_positive");
        let withdrawn = format!("{ENTRY}withdrawn = true\n");
        let verdict = |text: &str| {
            let verdicts = Verdicts::parse(text).unwrap();
            let incident = verdicts.entries()[0].incident;
            verdicts.on(incident).map(|entry| entry.verdict)
        };
        assert_eq!(verdict(&format!("{ENTRY}{other}")), Some(Verdict::TruePositive));
        assert_eq!(verdict(&format!("{ENTRY}{withdrawn}")), None);
        assert_eq!(verdict(&format!("{ENTRY}{withdrawn}{other}")), Some(Verdict::TruePositive));
    }

    #[test]
    fn whatever_a_name_or_a_reason_holds_is_read_as_it_was_written() {
        let mut entry = Verdicts::parse(ENTRY).unwrap().entries()[0].clone();
        entry.reason = "\"\"\"\n[[verdict]]\nincident = 1 # \\ \u{1b}[2J '''".into();
        entry.principal = "x\"\n[[verdict]]".into();
        let text = entry.to_toml().unwrap();
        assert_eq!(Verdicts::parse(&format!("{text}{text}")).unwrap().entries(), [entry.clone(), entry]);
    }
}
