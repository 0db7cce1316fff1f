//! The scoreboard as data: what `eval/scoreboard.json` holds.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::measure::Measure;
use super::summary::Summary;
use crate::eval::original::Verdict;
use crate::repository;

/// Everything that one run measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Board {
    pub(crate) days: i64,
    pub(crate) seeds: Vec<u64>,
    /// By disturbance.
    pub(crate) davy: BTreeMap<String, Summary>,
    /// Undisturbed, every telling.
    pub(crate) tellings: Vec<Measure>,
    /// The published story, taken literally, over the same records.
    pub(crate) original: Vec<Verdict>,
    pub(crate) original_alerts_per_account_week: f64,
}

impl Board {
    pub(crate) fn read() -> Result<Self> {
        let path = repository::root().join(FILE);
        let text = fs::read_to_string(&path).with_context(|| format!("reading `{FILE}`"))?;
        serde_json::from_str(&text).with_context(|| format!("understanding `{FILE}`"))
    }

    pub(crate) fn write(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(self).context("writing the scoreboard as JSON")?;
        fs::write(repository::root().join(FILE), text + "\n").with_context(|| format!("writing `{FILE}`"))
    }
}

const FILE: &str = "eval/scoreboard.json";
