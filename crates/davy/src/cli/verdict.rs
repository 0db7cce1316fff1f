//! `davy verdict`, as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};
use jiff::Timestamp;

use super::{Format, Rules};
use crate::when;

#[derive(Debug, Subcommand)]
pub enum Verdict {
    /// Say what an incident was
    Give(Give),
    /// What was said of which incident, by whom, and why
    Show(Show),
    /// Take a verdict back; the entry stays, and one is added
    Withdraw(Withdraw),
}

#[derive(Debug, Args)]
pub struct Give {
    /// Id of the incident, or its first six characters or more
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub id: String,
    /// What it was
    #[arg(value_enum)]
    pub verdict: Word,
    /// The logs that it was found in; may be left out if `--baseline` knows the incident
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub signature: Signature,
    /// Start from what is known already, as the scan did
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Judge what it was when the logs had got so far
    #[arg(long, value_name = "TIME", value_parser = when::parse)]
    pub until: Option<Timestamp>,
    #[command(flatten)]
    pub rules: Rules,
}

/// In the words of OCSF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Word {
    /// It happened, and was meant to: it is learnt
    Benign,
    /// It is not what it was taken for: it is learnt
    FalsePositive,
    /// It is a theft: it is never learnt, nor what its principal does in the week after
    TruePositive,
}

impl From<Word> for model::Verdict {
    fn from(word: Word) -> Self {
        match word {
            Word::Benign => Self::Benign,
            Word::FalsePositive => Self::FalsePositive,
            Word::TruePositive => Self::TruePositive,
        }
    }
}

/// Who says so, when, and why.
#[derive(Debug, Args)]
pub struct Signature {
    /// Why; whoever reads the file next year should understand it
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", hide_env_values = true)]
    pub by: String,
    /// When it was said [default: now]
    #[arg(long, value_name = "TIME", value_parser = when::parse)]
    pub at: Option<Timestamp>,
}

/// Where the verdicts are.
#[derive(Debug, Args)]
pub struct VerdictFile {
    /// The verdicts
    #[arg(long, value_name = "FILE", default_value = super::VERDICTS, env = "DAVY_VERDICTS")]
    pub verdicts: PathBuf,
}

#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    pub file: VerdictFile,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct Withdraw {
    /// Id of the incident, or its first six characters or more
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub id: String,
    #[command(flatten)]
    pub signature: Signature,
    #[command(flatten)]
    pub file: VerdictFile,
}
