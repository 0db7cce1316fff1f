//! One cloud's figures: rows joined, families and letters worked out once.

use std::collections::BTreeMap;

use model::Text;

use super::{
    FileIndex, Key,
    estimate::Classes,
    manifest::CloudRules,
    names::{Amount, Normal, Parts, letters, root},
    quote::{Place, Range, Service},
    table::{AcceleratorRow, RateRow, RegionRow, Rows, ShapeRow, TypeRow},
};

/// The figures of one cloud.
#[derive(Debug, Clone)]
pub(super) struct Cloud {
    pub(super) rules: CloudRules,
    pub(super) sizes: BTreeMap<Key, Size>,
    pub(super) rates: BTreeMap<Key, Rate>,
    pub(super) attachable: BTreeMap<Key, Attachable>,
    pub(super) families: BTreeMap<Key, Family>,
    /// USD a vCPU by the letters that families begin with, and by letters and shape.
    pub(super) letters: Classes,
    /// GiB a vCPU, by shape and then by family.
    shapes: BTreeMap<Key, BTreeMap<Key, f64>>,
    regions: BTreeMap<Key, f64>,
    elsewhere: Range,
}

/// A machine that has a row of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Size {
    /// As the cloud writes it.
    pub name: Text,
    pub vcpu: Option<f64>,
    pub memory_gib: Option<f64>,
    pub accelerator: Option<Text>,
    /// Zero is a part of one.
    pub accelerator_count: Option<u32>,
    /// In the region of the tables.
    pub usd_per_hour: Option<f64>,
    /// Median of the regions that offer it, for want of a price in the region of the tables.
    elsewhere: Option<f64>,
    pub(super) file: FileIndex,
}

/// What a family asks for a vCPU and for a GiB.
#[derive(Debug, Clone)]
pub(super) struct Rate {
    pub(super) usd_per_vcpu: f64,
    pub(super) usd_per_gib: f64,
    pub(super) spot: Option<f64>,
    pub(super) file: FileIndex,
    /// Its machines hold accelerators, which the rates do not count.
    pub(super) accelerated: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Attachable {
    pub(super) usd: f64,
    pub(super) usd_spot: Option<f64>,
    pub(super) file: FileIndex,
}

/// Sizes of a family that have a price, by how much of it they are.
#[derive(Debug, Clone)]
pub(super) struct Family {
    /// As the cloud would write it, with `#` for the size.
    pub(super) name: Text,
    pub(super) members: Vec<Member>,
}

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) units: f64,
    pub(super) usd: f64,
    pub(super) key: Key,
}

impl Cloud {
    pub(super) fn new(rules: CloudRules) -> Self {
        Self {
            rules,
            sizes: BTreeMap::new(),
            rates: BTreeMap::new(),
            attachable: BTreeMap::new(),
            families: BTreeMap::new(),
            letters: Classes::default(),
            shapes: BTreeMap::new(),
            regions: BTreeMap::new(),
            elsewhere: Range::ONE,
        }
    }

    /// Joins the rows of a file to those before it.
    pub(super) fn add(&mut self, file: FileIndex, rows: Rows) {
        match rows {
            Rows::Types(rows) => rows.into_iter().for_each(|row| self.add_size(file, row)),
            Rows::Rates(rows) => self.rates.extend(rows.into_iter().map(|row| rate(file, &row))),
            Rows::Shapes(rows) => rows.into_iter().for_each(|row| self.add_shape(&row)),
            Rows::Accelerators(rows) => self.attachable.extend(rows.into_iter().map(|row| attachable(file, &row))),
            Rows::Regions(rows) => {
                self.regions.extend(rows.into_iter().map(|RegionRow { region, factor }| (lower(&region), factor)));
            }
        }
    }

    fn add_size(&mut self, file: FileIndex, row: TypeRow) {
        let size = self.sizes.entry(lower(&row.name)).or_insert_with(|| Size::empty(file, row.name.clone()));
        if row.usd_per_hour.or(row.usd_per_hour_elsewhere).is_some() {
            size.file = file;
        }
        size.vcpu = row.vcpu.or(size.vcpu);
        size.memory_gib = row.memory_gib.or(size.memory_gib);
        size.accelerator = row.accelerator.or(size.accelerator.take());
        size.accelerator_count = row.accelerator_count.or(size.accelerator_count);
        size.usd_per_hour = row.usd_per_hour.or(size.usd_per_hour);
        size.elsewhere = row.usd_per_hour_elsewhere.or(size.elsewhere);
    }

    fn add_shape(&mut self, row: &ShapeRow) {
        self.shapes.entry(lower(&row.shape)).or_default().insert(lower(&row.family), row.gib_per_vcpu);
    }

    /// What follows from the rows, once all are there.
    pub(super) fn settle(&mut self) {
        let factors = self.regions.values().copied();
        self.elsewhere = self.rules.elsewhere.or_else(|| Range::around(factors)).unwrap_or(Range::ONE);
        self.price_what_is_sold_elsewhere_only();
        self.find_families();
        self.letters = Classes::of(self.per_vcpu());
    }

    /// A median over regions is the price here times the median of what regions cost.
    fn price_what_is_sold_elsewhere_only(&mut self) {
        let mut factors: Vec<f64> = self.regions.values().copied().collect();
        factors.sort_by(f64::total_cmp);
        let typical = factors.get(factors.len() / 2).copied().unwrap_or(1.0);
        for size in self.sizes.values_mut() {
            size.usd_per_hour = size.usd_per_hour.or(size.elsewhere.map(|usd| usd / typical));
        }
    }

    fn find_families(&mut self) {
        let mut families: BTreeMap<Key, Family> = BTreeMap::new();
        for (key, size) in &self.sizes {
            let (Some(parts), Some(usd)) = (self.read(key), size.usd_per_hour) else { continue };
            if size.accelerator.is_some()
                && let Some(rate) = self.rates.get_mut(parts.root)
            {
                rate.accelerated = true;
            }
            if let (Some(units), false) = (units(&parts, size), parts.constrained) {
                let as_written = || self.read(&size.name).map_or_else(|| parts.family.clone(), |parts| parts.family);
                let empty = || Family { name: as_written().into(), members: Vec::new() };
                let family = families.entry(parts.family.as_str().into()).or_insert_with(empty);
                family.members.push(Member { units, usd, key: key.clone() });
            }
        }
        for family in families.values_mut() {
            family.members.sort_by(|a, b| a.units.total_cmp(&b.units));
        }
        self.families = families;
    }

    /// Each price of a vCPU, under the letters of its family, and under letters and shape.
    fn per_vcpu(&self) -> Vec<(String, f64, FileIndex)> {
        let sizes = self.sizes.iter().filter_map(|(key, size)| {
            let parts = self.read(key)?;
            let vcpu = if parts.constrained { None } else { size.vcpu };
            Some((parts.letters().to_owned(), parts.shape.to_owned(), size.usd_per_hour? / vcpu?, size.file))
        });
        let rates = self.rates.iter().filter(|(_, rate)| !rate.accelerated).flat_map(|(family, rate)| {
            self.shapes.keys().filter_map(move |shape| {
                let usd = rate.usd_per_vcpu + rate.usd_per_gib * self.gib_per_vcpu(family, shape)?;
                Some((letters(family).to_owned(), shape.to_string(), usd, rate.file))
            })
        });
        let both = |(letters, shape, usd, file): (String, String, f64, FileIndex)| {
            let narrow = (!shape.is_empty()).then(|| (format!("{letters}-{shape}"), usd, file));
            narrow.into_iter().chain([(letters, usd, file)])
        };
        sizes.chain(rates).flat_map(both).collect()
    }

    /// Each price of a whole accelerator with the machine around it, under its model.
    pub(super) fn per_accelerator(&self) -> impl Iterator<Item = (String, f64, FileIndex)> {
        self.sizes.values().filter_map(|size| {
            let count = size.accelerator_count.filter(|count| *count > 0)?;
            let model = model(size.accelerator.as_deref()?).to_ascii_lowercase();
            Some((model, size.usd_per_hour? / f64::from(count), size.file))
        })
    }

    pub(super) fn read<'n>(&self, name: &'n str) -> Option<Parts<'n>> {
        self.rules.names.read(name, &self.rules.sizes)
    }

    pub(super) fn gib_per_vcpu(&self, family: &str, shape: &str) -> Option<f64> {
        let families = self.shapes.get(shape)?;
        families.get(family).or_else(|| families.get("*")).copied()
    }

    /// The service that sells the machine, and the name without it.
    pub(super) fn service<'n>(&self, name: &'n str) -> (Option<Service<'_>>, &'n str) {
        let mut services = self.rules.services.iter();
        let found = services.find_map(|(prefix, factor)| Some((prefix, *factor, name.strip_prefix(&**prefix)?)));
        found.map_or((None, name), |(prefix, factor, name)| (Some(Service { prefix, factor }), name))
    }

    /// What spot costs of the list price; some families say it themselves.
    pub(super) fn spot(&self, name: &str) -> Range {
        self.rates.get(root(name)).and_then(|rate| rate.spot).map_or(self.rules.spot, Range::exactly)
    }

    pub(super) fn place(&self, region: Option<&str>) -> Place {
        let Some(region) = region.and_then(Normal::without_blanks) else { return Place::Elsewhere(self.elsewhere) };
        let region = region.as_str();
        if is_in(region, &self.rules.region) {
            return Place::Base;
        }
        self.regions.get(region).map_or(Place::Elsewhere(self.elsewhere), |factor| Place::Listed(*factor))
    }
}

impl Size {
    fn empty(file: FileIndex, name: Text) -> Self {
        Self {
            name,
            vcpu: None,
            memory_gib: None,
            accelerator: None,
            accelerator_count: None,
            usd_per_hour: None,
            elsewhere: None,
            file,
        }
    }
}

/// `us-east-1` and its zone `us-east-1a`; `us-central1` and its zone `us-central1-a`.
fn is_in(region: &str, base: &str) -> bool {
    let zone = region.strip_prefix(base).map(|zone| zone.strip_prefix('-').unwrap_or(zone).as_bytes());
    matches!(zone, Some([] | [b'a'..=b'z']))
}

/// The largest of a family says only by its vCPU how much it is.
fn units(parts: &Parts<'_>, size: &Size) -> Option<f64> {
    match parts.size? {
        Amount::Units(units) => Some(units),
        Amount::Largest => size.vcpu,
    }
}

fn rate(file: FileIndex, row: &RateRow) -> (Key, Rate) {
    let rate = Rate {
        usd_per_vcpu: row.usd_per_vcpu_hour,
        usd_per_gib: row.usd_per_gib_hour,
        spot: row.spot_ratio,
        file,
        accelerated: false,
    };
    (lower(&row.family), rate)
}

fn attachable(file: FileIndex, row: &AcceleratorRow) -> (Key, Attachable) {
    (lower(&row.accelerator), Attachable { usd: row.usd_per_hour, usd_spot: row.usd_per_hour_spot, file })
}

/// `nvidia-h100-80gb` and `h100` are one model: clouds put the maker in front, and the memory behind.
pub(super) fn model(accelerator: &str) -> &str {
    let bare = accelerator.strip_prefix("nvidia-").unwrap_or(accelerator);
    let bare = bare.strip_prefix("tesla-").unwrap_or(bare);
    let bare = bare.strip_suffix("-vws").unwrap_or(bare);
    let bare = bare.strip_suffix("gb").and_then(|bare| bare.rsplit_once('-')).map_or(bare, |(bare, _)| bare);
    bare.strip_suffix("-mega").unwrap_or(bare)
}

fn lower(name: &str) -> Key {
    name.to_ascii_lowercase().into()
}
