//! How a request ended. Failures are evidence, and they differ in what they are evidence of.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Text, text};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Ok,
    /// The caller only asked whether it would be allowed, and it would.
    DryRun,
    /// The caller may not do this.
    Denied,
    /// A limit of the account was reached.
    Quota,
    /// The provider has no such machines left there.
    Capacity,
    /// The provider holds the account or region back until it has been checked.
    Verification,
    /// Refused for another reason; `result_id` names it.
    Other,
    /// Accepted; how it ended is not in the log yet.
    Pending,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        self.as_text()
    }

    pub(crate) fn as_text(self) -> &'static Text {
        match self {
            Self::Ok => text!("ok"),
            Self::DryRun => text!("dry_run"),
            Self::Denied => text!("denied"),
            Self::Quota => text!("quota"),
            Self::Capacity => text!("capacity"),
            Self::Verification => text!("verification"),
            Self::Other => text!("other"),
            Self::Pending => text!("pending"),
        }
    }

    /// The CIM `status`: everything that did not happen is a failure, and what has not ended yet
    /// is neither.
    pub fn status(self) -> &'static str {
        self.status_text()
    }

    pub(crate) fn status_text(self) -> &'static Text {
        match self {
            Self::Ok => text!("success"),
            Self::Pending => text!("pending"),
            _ => text!("failure"),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
