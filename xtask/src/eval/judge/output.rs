//! The lines of `davy scan --format jsonl`, read as leniently as they can be.

use jiff::Timestamp;
use serde::Deserialize;

use crate::eval::label::Severity;

/// What a scan said.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) incidents: Vec<Incident>,
    /// Findings are told apart from incidents: they are the terms of one, and no alert.
    pub(crate) findings: u64,
    /// Lines that are an incident and cannot be understood: the contract is broken.
    pub(crate) broken: u64,
}

/// One incident. Fields that are not there say nothing, and earn nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Incident {
    pub(crate) id: String,
    pub(crate) severity: String,
    pub(crate) principal: Option<String>,
    pub(crate) first_time: Option<Timestamp>,
    pub(crate) crossings: Vec<Crossing>,
    pub(crate) event_ids: Vec<String>,
    pub(crate) usd_per_hour: Option<Range>,
}

/// When the severity rose to this.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Crossing {
    pub(crate) severity: String,
    pub(crate) time: Timestamp,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Output {
    pub(crate) fn read(text: &str) -> Self {
        let mut output = Self::default();
        for line in text.lines() {
            let kind = serde_json::from_str::<Kind>(line).map(|line| line.kind).unwrap_or_default();
            match &*kind {
                "incident" => match serde_json::from_str(line) {
                    Ok(incident) => output.incidents.push(incident),
                    Err(_) => output.broken += 1,
                },
                "finding" => output.findings += 1,
                _ => {}
            }
        }
        output
    }
}

impl Incident {
    pub(crate) fn severity(&self) -> Severity {
        Severity::from_word(&self.severity)
    }

    /// When it first was at least so severe.
    pub(crate) fn crossed(&self, severity: Severity) -> Option<Timestamp> {
        let high_enough = self.crossings.iter().filter(|crossing| Severity::from_word(&crossing.severity) >= severity);
        high_enough.map(|crossing| crossing.time).min()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Kind {
    kind: String,
}
