//! `davy catalog` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};
use detect::catalog::Dated;
use model::{Accelerator, VendorProduct};

use super::Format;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Catalog {
    #[command(subcommand)]
    pub command: Option<CatalogCommand>,
    #[command(flatten)]
    pub overview: CatalogOverview,
}

#[derive(Debug, Args)]
pub struct CatalogOverview {
    #[command(flatten)]
    pub folder: CatalogFolder,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// Where the catalogue is.
#[derive(Debug, Args)]
pub struct CatalogFolder {
    /// Folder with a catalogue, instead of the one that is built in
    #[arg(long, value_name = "DIR")]
    pub catalog: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// What a machine is and costs
    Show(CatalogShow),
    /// Add a file of sizes or prices: checks it, and writes a folder for `--catalog`
    Update(CatalogUpdate),
}

#[derive(Debug, Args)]
pub struct CatalogShow {
    /// The machine as logs name it, e.g. `g4dn.12xlarge`, `Standard_NC64as_T4_v3` or `n1-standard-4`
    #[arg(value_name = "TYPE", value_parser = NonEmptyStringValueParser::new())]
    pub instance_type: String,
    /// Whose machine it is [default: whose names look so]
    #[arg(long, value_enum)]
    pub cloud: Option<Cloud>,
    /// Where it runs
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub region: Option<String>,
    /// What is attached to it, e.g. `nvidia-tesla-t4=4`; may be repeated
    #[arg(long, value_name = "NAME=COUNT", value_parser = attached)]
    pub accelerator: Vec<Accelerator>,
    /// At the price of spot, which can be taken away at any time
    #[arg(long)]
    pub spot: bool,
    #[command(flatten)]
    pub folder: CatalogFolder,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct CatalogUpdate {
    /// A CSV with the columns of one of the catalogue's tables, or some of them; an empty cell says nothing
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Folder to write the catalogue to; one that is there is added to
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// Whose machines the file is about
    #[arg(long, value_enum)]
    pub cloud: Cloud,
    /// From when its figures are: a day, a month or a year
    #[arg(long, value_name = "DATE", value_parser = dated)]
    pub dated: Dated,
    /// Where they are from; shown with every price that comes of them
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub source: String,
    /// On what terms they may be used
    #[arg(long, value_name = "TEXT", default_value = "not stated")]
    pub license: String,
    /// What else there is to know of them
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub note: String,
    #[command(flatten)]
    pub folder: CatalogFolder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Cloud {
    Aws,
    Azure,
    Gcp,
}

impl From<Cloud> for VendorProduct {
    fn from(cloud: Cloud) -> Self {
        match cloud {
            Cloud::Aws => Self::AwsCloudTrail,
            Cloud::Azure => Self::AzureActivityLog,
            Cloud::Gcp => Self::GoogleCloudAuditLogs,
        }
    }
}

/// `nvidia-tesla-t4=4`, or one of it without a count.
fn attached(text: &str) -> Result<Accelerator, String> {
    let (name, count) = text.split_once('=').unwrap_or((text, "1"));
    let count = count.parse().map_err(|_| format!("`{count}` is not a count"))?;
    if name.is_empty() {
        Err("the accelerator has no name".to_owned())
    } else {
        Ok(Accelerator { name: name.into(), count })
    }
}

fn dated(text: &str) -> Result<Dated, String> {
    Dated::try_from(model::Text::from(text))
}
