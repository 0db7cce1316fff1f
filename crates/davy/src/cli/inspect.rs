//! `davy inspect` on the command line.

use std::path::PathBuf;

use clap::{Args, builder::NonEmptyStringValueParser};

use super::Format;

#[derive(Debug, Args)]
pub struct Inspect {
    /// Files or folders of audit logs; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Show one record in full: by its id, or by a byte of the unpacked file that it holds
    #[arg(long, value_name = "ID|BYTE", allow_hyphen_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub event: Option<String>,
    /// List every record, not only those that a detection asks for
    #[arg(long)]
    pub all: bool,
    /// Most records listed of a file [default: 20 on a screen, all elsewhere]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Folder of detections (`*.toml`): they join the story's, or replace those of the same name
    #[arg(long, value_name = "DIR")]
    pub detections: Option<PathBuf>,
    /// End with an error if anything could not be read
    #[arg(long)]
    pub strict: bool,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}
