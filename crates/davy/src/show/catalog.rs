//! The catalogue, and what it answers, for people and programs.

use std::io::{self, Write};

use detect::catalog::{Accelerator, Ask, Basis, Catalog, CatalogFile, Place, Quote, Range, Service};
use model::VendorProduct;
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::{rows::Row, summary::label, table::Align, text};

/// One file of the catalogue.
#[derive(Debug, Serialize)]
pub struct FileRow<'a> {
    rows: usize,
    #[serde(flatten)]
    file: &'a CatalogFile,
}

impl<'a> From<(&'a CatalogFile, usize)> for FileRow<'a> {
    fn from((file, rows): (&'a CatalogFile, usize)) -> Self {
        Self { rows, file }
    }
}

impl Row for FileRow<'_> {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("cloud", Align::Left),
        ("table", Align::Left),
        ("rows", Align::Right),
        ("dated", Align::Left),
        ("file", Align::Left),
        ("license", Align::Left),
        ("source", Align::Left),
    ];

    fn cells(&self) -> Vec<String> {
        let file = self.file;
        vec![
            file.vendor_product.to_string(),
            file.table.as_str().to_owned(),
            text::number(self.rows as u64),
            file.dated.to_string(),
            file.name.to_string(),
            file.license.to_string(),
            file.source.to_string(),
        ]
    }
}

/// Where the prices are of, and what of them is assumed.
pub fn write_rules(out: &mut dyn Write, catalog: &Catalog) -> io::Result<()> {
    label(out, "prices", "USD an hour, on demand, Linux")?;
    for rules in catalog.rules() {
        let of = format!("{} for {}", text::safe(&rules.region), rules.vendor_product);
        label(out, "region", &of)?;
    }
    for rules in catalog.rules() {
        label(out, "assumed", &format!("{}: {}", rules.vendor_product, text::safe(&rules.assumed)))?;
    }
    Ok(())
}

/// What was asked for, and the answer.
#[derive(Debug, Serialize)]
pub struct Answer<'a> {
    /// Absent when nobody's names look so.
    pub vendor_product: Option<VendorProduct>,
    #[serde(serialize_with = "asked")]
    pub asked: Ask<'a>,
    /// The region that the prices are of.
    #[serde(skip)]
    pub home: Option<&'a str>,
    #[serde(flatten)]
    pub quote: Quote<'a>,
}

/// What is attached is in the answer anyway.
fn asked<S: Serializer>(ask: &Ask<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut asked = serializer.serialize_struct("Ask", 3)?;
    asked.serialize_field("instance_type", ask.instance_type)?;
    asked.serialize_field("region", &ask.region)?;
    asked.serialize_field("spot", &ask.spot)?;
    asked.end()
}

impl Row for Answer<'_> {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("type", Align::Left),
        ("cloud", Align::Left),
        ("vcpu", Align::Right),
        ("memory_gib", Align::Right),
        ("accelerators", Align::Left),
        ("usd_per_hour_low", Align::Right),
        ("usd_per_hour_high", Align::Right),
        ("basis", Align::Left),
        ("dated", Align::Left),
        ("source", Align::Left),
    ];

    fn cells(&self) -> Vec<String> {
        let quote = &self.quote;
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let accelerators: Vec<String> = quote.accelerators.iter().map(accelerator).collect();
        vec![
            self.asked.instance_type.to_owned(),
            self.vendor_product.map_or_else(String::new, |cloud| cloud.to_string()),
            number(quote.vcpu),
            number(quote.memory_gib),
            accelerators.join(" + "),
            number(quote.usd_per_hour.map(|usd| usd.low)),
            number(quote.usd_per_hour.map(|usd| usd.high)),
            basis(quote.basis),
            quote.source.map_or_else(String::new, |source| source.dated.to_string()),
            quote.source.map_or_else(String::new, |source| source.source.to_string()),
        ]
    }
}

impl Answer<'_> {
    /// A labelled line a subject.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let quote = &self.quote;
        label(out, "type", &text::safe(quote.instance_type.unwrap_or(self.asked.instance_type)))?;
        let Some(cloud) = self.vendor_product else {
            label(out, "price", "not known, and nothing like it is")?;
            return label(out, "next", "davy catalog update FILE adds it");
        };
        label(out, "cloud", cloud.as_str())?;
        label(out, "vcpu", &known(quote.vcpu.map(amount)))?;
        label(out, "memory", &known(quote.memory_gib.map(|gib| format!("{} GiB", amount(gib)))))?;
        for inside in &quote.accelerators {
            label(out, "with", &text::safe(&accelerator(inside)))?;
        }
        label(out, "price", &known(quote.usd_per_hour.map(price)))?;
        label(out, "basis", &text::safe(&basis(quote.basis)))?;
        label(out, "region", &text::safe(&self.region()))?;
        if let Some(Service { prefix, factor: takes }) = quote.service {
            let line = format!("{}, {} times the machine without it", text::safe(prefix), factor(takes));
            label(out, "service", &line)?;
        }
        if self.asked.spot {
            label(out, "market", &format!("spot, {} times the list price", factor(quote.market)))?;
        }
        if let Some(source) = quote.source {
            label(out, "source", &text::safe(&format!("{}, {}", source.source, source.dated)))?;
        }
        Ok(())
    }

    fn region(&self) -> String {
        let name = self.asked.region.unwrap_or("not stated");
        let times =
            format!("{} times the price in {}", factor(self.quote.region.factor()), self.home.unwrap_or_default());
        match self.quote.region {
            Place::Base => format!("{name}, which the prices are of"),
            Place::Listed(_) => format!("{name}, {times}"),
            Place::Elsewhere(_) => format!("{name}, hence {times}"),
        }
    }
}

fn known(value: Option<String>) -> String {
    value.unwrap_or_else(|| "not known".to_owned())
}

/// At most two digits behind the point, and none that say nothing.
fn amount(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn factor(range: Range) -> String {
    let [low, high] = [range.low, range.high].map(amount);
    if low == high { low } else { format!("{low} to {high}") }
}

fn price(usd: Range) -> String {
    let day = Range { low: usd.low * 24.0, high: usd.high * 24.0 };
    format!("{} USD an hour, {} a day", money(usd), money(day))
}

/// Cents of a machine, parts of them of a small one. Both ends alike, so that they compare.
fn money(usd: Range) -> String {
    let digits = match usd.high {
        high if high >= 1000.0 => 0,
        high if high >= 1.0 => 2,
        _ => 4,
    };
    let [low, high] = [usd.low, usd.high].map(|usd| format!("{usd:.digits$}"));
    if low == high { low } else { format!("{low} to {high}") }
}

fn accelerator(accelerator: &Accelerator<'_>) -> String {
    let Accelerator { name, count, priced } = accelerator;
    let unpriced = if *priced { "" } else { ", not in the price" };
    match count {
        None => format!("{name}, how many is not known{unpriced}"),
        Some(0) => format!("a part of a {name}{unpriced}"),
        Some(count) => format!("{count} x {name}{unpriced}"),
    }
}

fn basis(basis: Basis<'_>) -> String {
    match basis {
        Basis::Exact => "in the table".to_owned(),
        Basis::Rates(family) => format!("the rates of {family}, by vCPU and memory"),
        Basis::Family(family) => format!("estimated from the next sizes of {family}"),
        Basis::Accelerator(name) => format!("estimated from other machines with {name}"),
        Basis::Letter(letters) => format!("estimated from all families in {letters}, by vCPU"),
        Basis::Unknown => "not known".to_owned(),
    }
}
