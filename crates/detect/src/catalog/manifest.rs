//! `catalog.toml`: which clouds, which files, from where, of when.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use model::{Text, VendorProduct};
use serde::{Deserialize, Serialize};

use super::{MANIFEST, names::Names, quote::Range};
use crate::Error;

/// The whole of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    #[serde(rename = "cloud")]
    pub(super) clouds: Vec<CloudRules>,
    #[serde(rename = "file")]
    pub(super) files: Vec<CatalogFile>,
}

/// How the names of a cloud are read, and what is assumed of its prices where no table says more.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudRules {
    pub vendor_product: VendorProduct,
    pub(super) names: Names,
    /// Where the prices of its files hold.
    pub region: Text,
    /// Regions that no table names, against `region`. Left out: as wide as the table.
    pub elsewhere: Option<Range>,
    /// What spot costs of the list price.
    pub spot: Range,
    /// What a custom machine costs of a predefined one.
    #[serde(default = "Range::one")]
    pub custom: Range,
    /// Prefixes of services that sell the same machines dearer.
    #[serde(default)]
    pub services: BTreeMap<Text, Range>,
    /// How much of its family a size is, by its word.
    #[serde(default)]
    pub sizes: BTreeMap<Text, f64>,
    /// What of all this is an assumption.
    pub assumed: Text,
}

/// One file of figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogFile {
    pub name: Text,
    pub table: TableKind,
    pub vendor_product: VendorProduct,
    pub dated: Dated,
    pub source: Text,
    pub license: Text,
    #[serde(default)]
    pub note: Text,
}

/// What the rows of a file are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// A machine a row.
    Types,
    /// A family a row, priced by vCPU and memory.
    Rates,
    /// How much memory the predefined machines of a family have.
    Shapes,
    /// What can be attached to a machine.
    Accelerators,
    /// What a region costs against the one of the other files.
    Regions,
}

impl TableKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Types => "types",
            Self::Rates => "rates",
            Self::Shapes => "shapes",
            Self::Accelerators => "accelerators",
            Self::Regions => "regions",
        }
    }

    /// The table that a CSV with this heading is.
    pub(super) fn of(heading: &BTreeSet<&str>) -> Option<Self> {
        let has = |column| heading.contains(column);
        match () {
            () if has("type") => Some(Self::Types),
            () if has("shape") => Some(Self::Shapes),
            () if has("family") => Some(Self::Rates),
            () if has("accelerator") => Some(Self::Accelerators),
            () if has("region") => Some(Self::Regions),
            () => None,
        }
    }
}

/// A day, a month or a year: sources do not always say more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "Text")]
pub struct Dated(Text);

impl TryFrom<Text> for Dated {
    type Error = String;

    fn try_from(text: Text) -> Result<Self, String> {
        let full = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            _ => text.to_string(),
        };
        match full.parse::<jiff::civil::Date>() {
            Ok(_) if full.len() == 10 => Ok(Self(text)),
            _ => Err(format!("`{text}` is not a day, month or year, such as `2026-07-20`")),
        }
    }
}

impl From<Dated> for Text {
    fn from(dated: Dated) -> Self {
        dated.0
    }
}

impl fmt::Display for Dated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Manifest {
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let manifest: Self = toml::from_str(text).map_err(|source| Error::CatalogToml { source: Box::new(source) })?;
        manifest.check().map_err(problem)?;
        Ok(manifest)
    }

    pub(super) fn to_text(&self) -> Result<String, Error> {
        toml::to_string(self).map_err(|error| problem(error.to_string()))
    }

    fn check(&self) -> Result<(), String> {
        self.clouds.iter().try_for_each(CloudRules::check)?;
        let mut names = BTreeSet::new();
        for file in &self.files {
            file.check()?;
            if !names.insert(&file.name) {
                return Err(format!("file `{}` is named twice", file.name));
            }
        }
        Ok(())
    }
}

impl CloudRules {
    fn check(&self) -> Result<(), String> {
        let named = [Some(self.spot), self.elsewhere, Some(self.custom)].into_iter().flatten();
        let all = named.chain(self.services.values().copied());
        let sizes = self.sizes.values().map(|size| Range::exactly(*size));
        match all.chain(sizes).find(|range| !range.is_factor()) {
            Some(Range { low, high }) => {
                Err(format!("{}: {low} to {high} is not a factor between 0 and 100", self.vendor_product))
            }
            None => Ok(()),
        }
    }
}

impl CatalogFile {
    /// A name from a catalogue becomes a path: it must not lead anywhere else.
    fn check(&self) -> Result<(), String> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if self.name.ends_with(".csv") && !self.name.starts_with('.') && self.name.chars().all(is_plain) {
            return Ok(());
        }
        Err(format!("`{}` is not the plain name of a file that ends in `.csv`", self.name))
    }

    pub(super) fn of_no_cloud(&self) -> Error {
        problem(format!("file `{}` is of `{}`, which is no `[[cloud]]` here", self.name, self.vendor_product))
    }
}

pub(super) fn twice(vendor_product: VendorProduct) -> Error {
    problem(format!("cloud `{vendor_product}` is named twice"))
}

fn problem(problem: String) -> Error {
    Error::Catalog { file: MANIFEST.to_owned(), problem }
}
