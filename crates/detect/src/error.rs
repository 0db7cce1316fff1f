//! What can be wrong with what people hand to the detector.

use thiserror::Error;

/// Each variant says what was being done to what; the source says why it failed.
#[derive(Debug, Error)]
pub enum Error {
    #[error("cannot read detection `{detection}`")]
    Toml { detection: String, source: Box<toml::de::Error> },
    #[error("detection `{detection}`: {problem}")]
    Detection { detection: String, problem: String },
    #[error("unknown time zone `{name}`\nhint: use an IANA name such as `UTC` or `Europe/Berlin`")]
    TimeZone { name: String, source: jiff::Error },
    #[error("cannot read baseline")]
    Baseline { source: serde_json::Error },
    #[error(
        "baseline has format `{format}` version {version}\nhint: this davy reads `{expected}` up to version {supported}"
    )]
    Format { format: String, version: u32, expected: &'static str, supported: u32 },
    #[error("cannot read lookup table")]
    Csv { source: csv::Error },
    #[error(
        "lookup table has no column `{column}`\nhint: expected `{key}`, `firstTimeSeen`, `lastTimeSeen` and, if there, `enough_data`"
    )]
    Column { column: String, key: String },
    #[error("lookup table, line {line}: `{value}` in column `{column}` is not a time in seconds since 1970")]
    Seconds { line: u64, column: &'static str, value: String },
    #[error("cannot read change calendar")]
    WindowsToml { source: Box<toml::de::Error> },
    #[error("change calendar, window {number}: {problem}")]
    Window { number: usize, problem: String },
    #[error("cannot read verdicts")]
    VerdictsToml { source: Box<toml::de::Error> },
    #[error("cannot write verdict")]
    VerdictWrite { source: toml::ser::Error },
    #[error("verdict {number}: {problem}")]
    Verdict { number: usize, problem: String },
    #[error("cannot read catalogue file `catalog.toml`")]
    CatalogToml { source: Box<toml::de::Error> },
    #[error("cannot read catalogue file `{file}`")]
    CatalogCsv { file: String, source: csv::Error },
    #[error("catalogue file `{file}`: {problem}")]
    Catalog { file: String, problem: String },
}
