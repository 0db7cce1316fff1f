//! A record of any cloud, ready to be laid into a file, with its label.

use jiff::Timestamp;

use super::label::Label;
use crate::sample::record::Record;

/// One record as its provider writes it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) place: Place,
    pub(crate) time: Timestamp,
    /// When the provider has delivered it.
    pub(crate) arrival: Timestamp,
    pub(crate) event_id: String,
    pub(crate) operation_id: Option<String>,
    /// As the provider names it.
    pub(crate) operation: String,
    pub(crate) read_only: bool,
    pub(crate) text: String,
    pub(crate) label: Label,
}

/// Whose log it stands in; each provider has a folder for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Aws { account: &'static str, region: &'static str },
    Google { project: &'static str },
    Azure { subscription: &'static str },
}

impl Entry {
    pub(crate) fn aws(record: &Record, label: Label) -> Self {
        let mut text = serde_json::to_string(&record.body).expect("records are made of plain values");
        if text.contains(FROM_A_BROWSER) {
            // The console says so behind all other fields.
            text.pop();
            text += r#","sessionCredentialFromConsole":"true"}"#;
        }
        Self {
            place: Place::Aws { account: record.account, region: record.region },
            time: record.at,
            arrival: record.at,
            event_id: record.body.event_id().to_owned(),
            operation_id: None,
            operation: record.body.event_name().to_owned(),
            read_only: record.body.is_read_only(),
            text,
            label,
        }
    }
}

const FROM_A_BROWSER: &str = r#""userAgent":"Mozilla/"#;
