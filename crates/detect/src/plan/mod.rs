//! What to do about an incident: a plan that is data, filled in with the real ids.
//!
//! Text → checked plan → the commands for one incident. Nothing is run here, and nothing that a
//! thief named can run when a command is pasted: see `template`.

mod fill;
mod template;

use std::collections::BTreeSet;

use model::{Text, VendorProduct};
use serde::{Deserialize, Serialize};

use crate::Error;

pub use fill::{Containment, Measure};
use template::Template;

/// What can be done about the incidents of a story: `containment.toml`, checked.
#[derive(Debug, Clone)]
pub struct Plan {
    /// In the order of their phases, and of the file within one.
    steps: Vec<Step>,
}

/// One thing to do about one kind of object.
#[derive(Debug, Clone)]
pub struct Step {
    pub vendor_product: VendorProduct,
    pub phase: Phase,
    pub matches: Matches,
    command: Template,
    pub does: Text,
    pub breaks: Text,
    /// One command for many, of one account and region.
    pub together: bool,
    /// Of so many objects at most.
    pub most: Option<usize>,
}

/// Which objects a step is about.
#[derive(Debug, Clone)]
pub struct Matches {
    pub category: Text,
    /// The provider's kind of identity.
    pub kind: Option<Text>,
    pub id_begins: Option<Text>,
    /// Only what cannot be terminated before that is lifted.
    pub if_protected: bool,
}

/// When something is done, in this order: what would launch again comes before what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    StopRelaunch,
    Deny,
    Snapshot,
    Terminate,
    Revoke,
}

impl Phase {
    pub const ALL: [Self; 5] = [Self::StopRelaunch, Self::Deny, Self::Snapshot, Self::Terminate, Self::Revoke];

    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::StopRelaunch => "stop what launches again",
            Self::Deny => "lock out who does it",
            Self::Snapshot => "keep what the inquiry needs",
            Self::Terminate => "end what runs",
            Self::Revoke => "take back what was left behind",
        }
    }
}

impl Plan {
    /// Checks the text of a plan.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text)
            .map_err(|source| Error::Toml { detection: "containment".to_owned(), source: Box::new(source) })?;
        let steps = file.step.into_iter().map(StepFile::check).collect::<Result<Vec<_>, _>>();
        let mut steps = steps.map_err(|problem| Error::Detection { detection: "containment".to_owned(), problem })?;
        steps.sort_by_key(|step| step.phase);
        Ok(Self { steps })
    }

    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The kinds of object that the plan knows what to do about.
    pub fn categories(&self) -> BTreeSet<&str> {
        self.steps.iter().map(|step| &*step.matches.category).collect()
    }
}

/// A plan as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    step: Vec<StepFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    vendor_product: VendorProduct,
    phase: Phase,
    #[serde(rename = "for")]
    category: Text,
    kind: Option<Text>,
    id_begins: Option<Text>,
    #[serde(default)]
    if_protected: bool,
    #[serde(default)]
    together: bool,
    most: Option<usize>,
    command: String,
    does: Text,
    breaks: Text,
}

impl StepFile {
    fn check(self) -> Result<Step, String> {
        let command = Template::parse(&self.command).map_err(|problem| format!("`{}`: {problem}", self.command))?;
        if command.names_many() != self.together {
            return Err(format!("`{}`: `together` goes with `{{ids}}`, and only with it", self.command));
        }
        Ok(Step {
            vendor_product: self.vendor_product,
            phase: self.phase,
            matches: Matches {
                category: self.category,
                kind: self.kind,
                id_begins: self.id_begins,
                if_protected: self.if_protected,
            },
            command,
            does: self.does,
            breaks: self.breaks,
            together: self.together,
            most: self.most,
        })
    }
}
