//! What a machine is and costs: vCPU, memory, accelerators, USD an hour.
//!
//! The catalogue is data, as detections are: texts that are checked once, then asked. Prices age and
//! new sizes come, so that an answer says from when its price is, and how it was come by: read from
//! the table, worked out from rates, or estimated from the next of kin.

mod cloud;
mod estimate;
mod manifest;
mod names;
mod quote;
mod table;

use std::collections::{BTreeMap, btree_map::Entry};

use model::{Text, VendorProduct};

use self::{cloud::Cloud, estimate::Classes, manifest::Manifest, table::Rows};
use crate::Error;

pub use cloud::Size;
pub use manifest::{CatalogFile, CloudRules, Dated, TableKind};
pub use quote::{Accelerator, Ask, Basis, Place, Quote, Range, Service};

/// The texts of a catalogue, by file name; `catalog.toml` among them.
pub type CatalogTexts = BTreeMap<String, String>;

/// The file that says what the others are.
pub const MANIFEST: &str = "catalog.toml";

/// A catalogue that has been checked.
#[derive(Debug, Clone)]
pub struct Catalog {
    manifest: Manifest,
    /// Rows of each file, in the order of the manifest.
    rows: Vec<usize>,
    clouds: BTreeMap<VendorProduct, Cloud>,
    /// What one accelerator of a class costs with the machine around it, in any cloud.
    accelerators: Classes,
}

impl Catalog {
    /// Checks the texts of a catalogue.
    pub fn parse(texts: &CatalogTexts) -> Result<Self, Error> {
        let manifest = Manifest::parse(text_of(texts, MANIFEST)?)?;
        let mut clouds: BTreeMap<VendorProduct, Cloud> = BTreeMap::new();
        for rules in &manifest.clouds {
            match clouds.entry(rules.vendor_product) {
                Entry::Vacant(entry) => entry.insert(Cloud::new(rules.clone())),
                Entry::Occupied(_) => return Err(manifest::twice(rules.vendor_product)),
            };
        }
        let mut rows = Vec::new();
        for (index, file) in manifest.files.iter().enumerate() {
            let table = Rows::parse(file, text_of(texts, &file.name)?)?;
            let cloud = clouds.get_mut(&file.vendor_product).ok_or_else(|| file.of_no_cloud())?;
            rows.push(table.len());
            cloud.add(index, table);
        }
        clouds.values_mut().for_each(Cloud::settle);
        let accelerators = Classes::of(clouds.values().flat_map(Cloud::per_accelerator));
        Ok(Self { manifest, rows, clouds, accelerators })
    }

    /// What the machine is that somebody asked for, and what it costs. Never fails: what cannot be
    /// told is absent, and [`Basis`] says so.
    pub fn quote<'a>(&'a self, vendor_product: VendorProduct, ask: &Ask<'a>) -> Quote<'a> {
        self.clouds.get(&vendor_product).map_or_else(Quote::unknown, |cloud| estimate::quote(self, cloud, ask))
    }

    /// The files it was read from, each with the number of its rows.
    pub fn files(&self) -> impl Iterator<Item = (&CatalogFile, usize)> {
        self.manifest.files.iter().zip(self.rows.iter().copied())
    }

    /// How the names of a cloud are read, and what is assumed of its prices.
    pub fn rules(&self) -> impl Iterator<Item = &CloudRules> {
        self.clouds.values().map(|cloud| &cloud.rules)
    }

    /// Every machine that has a row of its own, in the order of names.
    pub fn sizes(&self, vendor_product: VendorProduct) -> impl Iterator<Item = &Size> {
        self.clouds.get(&vendor_product).into_iter().flat_map(|cloud| cloud.sizes.values())
    }
}

/// `texts` with one file more, or with the one of that name anew, checked as a whole.
pub fn layer(texts: &CatalogTexts, file: CatalogFile, text: &str) -> Result<(CatalogTexts, Catalog), Error> {
    let mut manifest = Manifest::parse(text_of(texts, MANIFEST)?)?;
    let mut layered = texts.clone();
    layered.insert(file.name.to_string(), text.to_owned());
    match manifest.files.iter_mut().find(|other| other.name == file.name) {
        Some(other) => *other = file,
        None => manifest.files.push(file),
    }
    layered.insert(MANIFEST.to_owned(), manifest.to_text()?);
    let catalog = Catalog::parse(&layered)?;
    Ok((layered, catalog))
}

fn text_of<'t>(texts: &'t CatalogTexts, name: &str) -> Result<&'t str, Error> {
    let problem = || Error::Catalog { file: name.to_owned(), problem: "the file is not there".to_owned() };
    texts.get(name).map(String::as_str).ok_or_else(problem)
}

/// Which file a figure is from, by its place in the manifest.
type FileIndex = usize;

/// Names as keys: lower case.
type Key = Text;
