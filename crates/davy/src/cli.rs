//! The one definition of the commands. Help, completions and man pages all come from it.

pub mod catalog;
pub mod inspect;
pub mod verdict;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};
use jiff::Timestamp;
use model::VendorProduct;

use crate::when;

/// Where verdicts are written, unless it is said where.
pub const VERDICTS: &str = "davy-verdicts.toml";
const PATHS: &str = "Files or folders of CloudTrail logs, plain, gzip or zstd; `-` is standard input";

/// Finds cryptomining in cloud audit logs.
///
/// Davy reads AWS CloudTrail, learns what is normal from it in event order, and says which
/// launches of instances are not: by whom, where, how many, and why.
#[derive(Debug, Parser)]
#[command(
    name = "davy",
    version,
    max_term_width = 100,
    after_help = "Exit status: 0 nothing found, or all of it closed by verdicts; 1 findings; 2 error"
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find abnormal launches in a folder of logs
    Scan(Scan),
    /// Say why an incident or a finding is there, and what to do about it
    Explain(Explain),
    /// Say what an incident was; show and withdraw what was said
    Verdict {
        #[command(subcommand)]
        command: verdict::Verdict,
    },
    /// Build, read, move and mend what is known as normal
    Baseline {
        #[command(subcommand)]
        command: Baseline,
    },
    /// Look closer: what a user, a region or an instance did
    Investigate {
        #[command(subcommand)]
        command: Investigate,
    },
    /// See how files are read: what they are, and what becomes of each record
    Inspect(inspect::Inspect),
    /// What machines are and cost, of when, and from where
    Catalog(catalog::Catalog),
    /// Print the completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Print a man page, or write all of them to a folder
    Man {
        /// Folder to write a page for every command to
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct Scan {
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub rules: Rules,
    #[command(flatten)]
    pub filter: Filter,
    /// Start from what is known already; see `davy baseline build`
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// How to write what was found
    #[arg(long, value_enum, default_value_t = ScanFormat::Table)]
    pub format: ScanFormat,
    /// Names, accounts, addresses and keys as pseudonyms, to share what was found
    #[arg(long)]
    pub redact: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScanFormat {
    /// Aligned, for people
    Table,
    /// One JSON document
    Json,
    /// One JSON object a line
    Jsonl,
    /// The findings comma-separated, for spreadsheets
    Csv,
    /// One page with pictures, to be handed on
    Html,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// Id of an incident or a finding, or its first six characters or more
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub id: String,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub rules: Rules,
    /// Judge as if the logs ended then
    #[arg(long, value_name = "TIME", value_parser = when::parse)]
    pub until: Option<Timestamp>,
    /// Start from what is known already, as the scan did
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
    /// Names, accounts, addresses and keys as pseudonyms; only for a page
    #[arg(long)]
    pub redact: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// In sentences, for people
    Text,
    /// One JSON document
    Json,
    /// The incident as one page with pictures, to be handed on
    Html,
}

/// What is read.
#[derive(Debug, Args)]
pub struct Input {
    #[arg(required = true, value_name = "PATH", help = PATHS)]
    pub paths: Vec<PathBuf>,
    /// Threads that unpack and decode [default: up to four more than cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,
    /// End with an error if anything could not be read
    #[arg(long)]
    pub strict: bool,
}

/// What it is judged by.
#[derive(Debug, Args)]
pub struct Rules {
    /// Folder of detections, `scoring.toml` and `containment.toml`: they join the story's, or replace those of the same name
    #[arg(long, value_name = "DIR")]
    pub detections: Option<PathBuf>,
    /// Time zone of days, weekends and hours of the day
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub time_zone: String,
    #[command(flatten)]
    pub catalog: catalog::CatalogFolder,
    /// Change calendar (TOML): load tests and drills that were declared count for less
    #[arg(long, value_name = "FILE")]
    pub windows: Option<PathBuf>,
    /// What people made of incidents (TOML); see `davy verdict`
    #[arg(long, value_name = "FILE", env = "DAVY_VERDICTS")]
    pub verdicts: Option<PathBuf>,
}

/// What of it is reported. Filters never change what is learned.
#[derive(Debug, Args)]
pub struct Filter {
    /// Report only incidents and findings since then: a date, a time, or a span such as `7d`
    #[arg(long, value_name = "TIME", value_parser = when::parse)]
    pub since: Option<Timestamp>,
    /// Judge as if the logs ended then
    #[arg(long, value_name = "TIME", value_parser = when::parse)]
    pub until: Option<Timestamp>,
    /// Report only incidents and findings in this account; may be repeated
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub account: Vec<String>,
    /// Report only incidents and findings that touch this region; may be repeated
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub region: Vec<String>,
    /// Report only incidents and findings of at least this risk score
    #[arg(long, value_name = "SCORE", default_value_t = 0)]
    pub min_risk: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned, for people
    Table,
    /// One JSON document
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated, for spreadsheets
    Csv,
}

/// Whose logs. What is normal is known for each product apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Product {
    /// AWS CloudTrail
    Aws,
    /// Azure Activity Log
    Azure,
    /// Google Cloud Audit Logs
    Google,
}

impl From<Product> for VendorProduct {
    fn from(product: Product) -> Self {
        match product {
            Product::Aws => Self::AwsCloudTrail,
            Product::Azure => Self::AzureActivityLog,
            Product::Google => Self::GoogleCloudAuditLogs,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Baseline {
    /// Learn from logs, without judging them; merges into the file if it is there
    Build(BaselineBuild),
    /// Who knows what, since when, how often
    Show(BaselineShow),
    /// Write one of the story's lookup tables as CSV
    Export(BaselineExport),
    /// Learn one of the story's lookup tables from CSV, as exported by Splunk or by Davy
    Import(BaselineImport),
    /// Unlearn a value
    Forget(BaselineForget),
}

/// Where the baseline is.
#[derive(Debug, Args)]
pub struct BaselineFile {
    /// The baseline
    #[arg(long, value_name = "FILE", default_value = "davy-baseline.json", env = "DAVY_BASELINE")]
    pub baseline: PathBuf,
}

#[derive(Debug, Args)]
pub struct BaselineBuild {
    #[command(flatten)]
    pub file: BaselineFile,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub rules: Rules,
    /// Begin anew instead of merging into what the file knows
    #[arg(long)]
    pub fresh: bool,
}

#[derive(Debug, Args)]
pub struct BaselineShow {
    #[command(flatten)]
    pub file: BaselineFile,
    /// Only this value, e.g. `p3.16xlarge`
    #[arg(long)]
    pub value: Option<String>,
    /// Only this detection, by its file name
    #[arg(long, value_name = "NAME")]
    pub detection: Option<String>,
    /// Only what this account knows
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    #[command(flatten)]
    pub rules: Rules,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct BaselineExport {
    #[command(flatten)]
    pub file: BaselineFile,
    /// The lookup table, e.g. `previously_seen_cloud_regions`
    pub lookup: String,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Whose logs the table is about
    #[arg(long, value_enum, default_value_t = Product::Aws, value_name = "PRODUCT")]
    pub vendor_product: Product,
    #[command(flatten)]
    pub rules: Rules,
}

#[derive(Debug, Args)]
pub struct BaselineImport {
    #[command(flatten)]
    pub file: BaselineFile,
    /// The lookup table, e.g. `previously_seen_cloud_regions`
    pub lookup: String,
    /// The CSV file; `-` is standard input
    #[arg(value_name = "CSV")]
    pub table: PathBuf,
    /// Whose logs the table is about
    #[arg(long, value_enum, default_value_t = Product::Aws, value_name = "PRODUCT")]
    pub vendor_product: Product,
    #[command(flatten)]
    pub rules: Rules,
}

#[derive(Debug, Args)]
pub struct BaselineForget {
    #[command(flatten)]
    pub file: BaselineFile,
    /// The value to unlearn
    #[arg(long, required_unless_present = "principal")]
    pub value: Option<String>,
    /// Unlearn what this user or role taught, by its stable name, mostly an ARN
    #[arg(long, value_name = "ARN", requires = "since", conflicts_with = "value")]
    pub principal: Option<String>,
    /// What the principal taught from then on
    #[arg(long, value_name = "TIME", requires = "principal", value_parser = when::parse)]
    pub since: Option<Timestamp>,
    /// Only for this detection, by its file name
    #[arg(long, value_name = "NAME")]
    pub detection: Option<String>,
    /// Only in this account
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// Only of this product's logs
    #[arg(long, value_enum, value_name = "PRODUCT")]
    pub vendor_product: Option<Product>,
}

#[derive(Debug, Subcommand)]
pub enum Investigate {
    /// Everything a user or role did, by its ARN
    User {
        /// ARN of a user, a role, or one session of a role
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        arn: String,
        #[command(flatten)]
        options: InvestigateOptions,
    },
    /// What was done in a region, and by whom
    Region {
        /// Name of the region, e.g. `ap-south-1`
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        region: String,
        #[command(flatten)]
        options: InvestigateOptions,
    },
    /// How an instance was launched: by whom, with which image, key and addresses
    Launch {
        /// Id of the instance
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        instance_id: String,
        #[command(flatten)]
        options: InvestigateOptions,
    },
    /// What an instance is and what became of it
    Instance {
        /// Id of the instance
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        instance_id: String,
        #[command(flatten)]
        options: InvestigateOptions,
    },
    /// The findings that name a user, an account, an instance, an image or an address
    Findings {
        /// Any of them, in full
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        entity: String,
        #[command(flatten)]
        options: InvestigateOptions,
        #[command(flatten)]
        rules: Rules,
        /// Start from what is known already
        #[arg(long, value_name = "FILE")]
        baseline: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct InvestigateOptions {
    #[command(flatten)]
    pub input: Input,
    /// Only events since then: a date, a time, or a span such as `7d`
    #[arg(long, value_name = "TIME", value_parser = when::parse)]
    pub since: Option<Timestamp>,
    /// Only events before then
    #[arg(long, value_name = "TIME", value_parser = when::parse)]
    pub until: Option<Timestamp>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_holds_together() {
        super::Cli::command().debug_assert();
    }
}
