//! What was made of a file and of each record, for people who write parsers and reports of bugs.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use anyhow::Result;
use decode::{Decoded, End, Records, Sight, Verdict};
use model::{Drift, Text, VendorProduct};
use serde::Serialize;

use super::{
    fields::Fields,
    findings::time,
    json, pretty, rows,
    rows::Row,
    summary::label,
    table::{Align, Table},
    text,
};
use crate::cli::Format;

/// Places of a screen where each thing is told: all of them are in the JSON formats.
const SHOWN: usize = 5;

/// Kinds of drift told apart in one file.
const DRIFTS: usize = 100;

/// One file.
#[derive(Debug, Serialize)]
pub struct Inspected {
    pub path: String,
    /// What it turned out to be.
    pub verdict: &'static str,
    pub because: Option<&'static str>,
    pub unpacked_bytes: u64,
    /// Records by what they were in, from the outside to the inside.
    pub through: BTreeMap<String, u64>,
    pub products: BTreeMap<VendorProduct, u64>,
    pub counts: Counts,
    pub rejects_total: u64,
    pub rejects: Vec<Reject>,
    pub drifts: Vec<Drift>,
    /// Lines of their own, or in a document under this name.
    #[serde(skip)]
    pub records: Vec<Record>,
    /// Records that belong into the list and found no room.
    pub unlisted: u64,
}

/// `read = kept + filtered + rejected`.
#[derive(Debug, Default, Serialize)]
pub struct Counts {
    pub read: u64,
    pub kept: u64,
    pub filtered: u64,
    pub rejected: u64,
}

/// What could not be read.
#[derive(Debug, Serialize)]
pub struct Reject {
    pub path: String,
    pub offset: u64,
    pub reason: String,
    /// How it begins, if that is known.
    pub excerpt: String,
}

/// One record.
#[derive(Debug, Serialize)]
pub struct Record {
    pub path: String,
    pub offset: u64,
    pub bytes: u64,
    pub through: Vec<&'static str>,
    pub end: &'static str,
    pub because: Option<String>,
    pub event: Option<Fields>,
    pub unknown: Vec<Text>,
    /// As it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line<'a> {
    InspectedRecord(&'a Record),
    InspectedFile(&'a Inspected),
}

/// A file with its records.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    file: &'a Inspected,
    records: &'a [Record],
}

/// `gzip › Records › EventBridge`
pub fn way(through: &[&str]) -> String {
    if through.is_empty() { "as it is".to_owned() } else { through.join(" › ") }
}

impl Inspected {
    pub fn new(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            verdict: "read",
            because: None,
            unpacked_bytes: 0,
            through: BTreeMap::new(),
            products: BTreeMap::new(),
            counts: Counts::default(),
            rejects_total: 0,
            rejects: Vec::new(),
            drifts: Vec::new(),
            records: Vec::new(),
            unlisted: 0,
        }
    }

    /// A path that could not even be listed.
    pub fn not_there(reject: &model::Reject) -> Self {
        let mut inspected = Self::new(&reject.path);
        inspected.refuse(&reject.reason);
        inspected
    }

    pub fn refuse(&mut self, reason: &str) {
        self.verdict = "rejected";
        self.rejects_total += 1;
        let (path, reason) = (self.path.clone(), reason.to_owned());
        self.rejects.push(Reject { path, offset: 0, reason, excerpt: String::new() });
    }

    /// Counts a part in. Its events were seen one by one.
    pub fn add(&mut self, part: Decoded) {
        let Records { read, kept, filtered, rejected } = part.records;
        self.counts.read += read;
        self.counts.kept += kept;
        self.counts.filtered += filtered;
        self.counts.rejected += rejected;
        self.unpacked_bytes += part.unpacked_bytes;
        self.rejects_total += part.rejected_total;
        for drift in part.drifts {
            let known = self.drifts.iter().position(|known| known.what == drift.what);
            match known {
                Some(at) => self.drifts[at].records += drift.records,
                None if self.drifts.len() < DRIFTS => self.drifts.push(drift),
                // A thief may write them. The records that have them are listed all the same.
                None => {}
            }
        }
    }

    pub fn settle(&mut self, verdict: Verdict) {
        (self.verdict, self.because) = match verdict {
            Verdict::Read => ("read", None),
            Verdict::Skipped(because) => ("skipped", Some(because)),
            Verdict::Rejected => ("rejected", None),
        };
    }
}

impl Record {
    pub fn new(sight: &Sight<'_>, raw: Option<String>) -> Self {
        let (end, because, event) = match sight.end {
            End::Event(event) => ("event", None, Some(Fields::of(event))),
            End::Filtered => ("filtered", None, None),
            End::Rejected(reason) => ("rejected", Some(reason.to_owned()), None),
            End::Damaged(reason) => ("damaged", Some(reason.to_owned()), None),
            End::Digest => ("digest", None, None),
        };
        Self {
            path: sight.path.to_owned(),
            offset: sight.offset,
            bytes: sight.bytes.len() as u64,
            through: sight.through.to_vec(),
            end,
            because,
            event,
            unknown: sight.unknowns.clone(),
            raw,
        }
    }

    fn says(&self, field: &str) -> String {
        self.event.as_ref().and_then(|event| event.text(field)).unwrap_or_else(|| "-".to_owned())
    }

    /// Who acted, shortly: the name, else the last part of the id.
    fn who(&self) -> String {
        let id = self.says("user");
        let name = self.event.as_ref().and_then(|event| event.text("user_name"));
        name.unwrap_or_else(|| id.rsplit(['/', ':']).next().unwrap_or_default().to_owned())
    }

    fn time(&self) -> String {
        self.event.as_ref().map_or_else(|| "-".to_owned(), |event| time(event.time))
    }
}

/// As a spreadsheet wants it. On a screen the product is left out where there is one only.
impl Row for &Record {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("path", Align::Left),
        ("byte", Align::Right),
        ("time (utc)", Align::Left),
        ("product", Align::Left),
        ("command", Align::Left),
        ("action", Align::Left),
        ("category", Align::Left),
        ("outcome", Align::Left),
        ("count", Align::Right),
        ("type", Align::Left),
        ("image", Align::Left),
        ("region", Align::Left),
        ("account", Align::Left),
        ("user", Align::Left),
        ("id", Align::Left),
    ];

    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.path.clone(), self.offset.to_string(), self.time()];
        let fields = ["vendor_product", "command", "action", "object_category", "outcome", "count", "instance_type"];
        cells.extend(fields.map(|field| self.says(field)));
        cells.extend(["image_id", "vendor_region", "vendor_account", "user", "id"].map(|field| self.says(field)));
        cells
    }
}

pub fn write_csv(out: &mut dyn Write, records: &[&Record]) -> Result<()> {
    rows::write(out, records, Format::Csv, None)
}

/// A line for each record, and one for the file, without them.
pub fn write_lines(out: &mut dyn Write, file: &Inspected) -> io::Result<()> {
    for record in &file.records {
        json::write_line(out, &Line::InspectedRecord(record))?;
    }
    json::write_line(out, &Line::InspectedFile(file))
}

pub fn write_document(out: &mut dyn Write, files: &[Inspected]) -> io::Result<()> {
    let documents: Vec<Document<'_>> = files.iter().map(|file| Document { file, records: &file.records }).collect();
    json::write_document(out, &documents)
}

/// What a file is, and a table of what is in it.
pub fn write_file(out: &mut dyn Write, file: &Inspected, columns: Option<usize>) -> io::Result<()> {
    label(out, "file", &text::safe(&file.path))?;
    let because = file.because.map(|because| format!(": {because}")).unwrap_or_default();
    label(out, "verdict", &format!("{}{because}", file.verdict))?;
    let Counts { read, kept, filtered, rejected } = file.counts;
    let [read, kept, filtered, rejected] = [read, kept, filtered, rejected].map(text::number);
    label(out, "records", &format!("{read} = {kept} kept + {filtered} filtered out + {rejected} rejected"))?;
    for (product, records) in &file.products {
        label(out, "product", &format!("{product}, {}", detect::plural(*records, "record")))?;
    }
    let through = file.through.iter().map(|(way, records)| (text::number(*records), way));
    for (records, way) in through.take(SHOWN) {
        label(out, "through", &format!("{way}, {records}"))?;
    }
    more(out, "through", file.through.len())?;
    if !file.records.is_empty() {
        writeln!(out)?;
        write_table(out, file, columns)?;
        writeln!(out)?;
    }
    write_trouble(out, file)
}

fn write_table(out: &mut dyn Write, file: &Inspected, columns: Option<usize>) -> io::Result<()> {
    let products: BTreeSet<String> = file.records.iter().map(|record| record.says("vendor_product")).collect();
    let mixed = products.len() > 1;
    let product = mixed.then_some(("product", Align::Left));
    let mut table = Table::new(COLUMNS[..2].iter().copied().chain(product).chain(COLUMNS[2..].iter().copied()));
    for record in &file.records {
        let product = mixed.then(|| record.says("vendor_product"));
        let first = [text::number(record.offset), record.time()];
        let fields = ["outcome", "count", "instance_type", "vendor_region", "vendor_account"];
        let rest = fields.map(|field| record.says(field));
        let last = ["action", "object_category", "image_id"].map(|field| record.says(field));
        let cells = first.into_iter().chain(product).chain([record.says("command"), record.who()]);
        table.row(cells.chain(rest).chain(last));
    }
    table.write(out, "", columns)
}

/// What matters most first, for a narrow screen cuts off the rest.
const COLUMNS: [(&str, Align); 12] = [
    ("byte", Align::Right),
    ("time (utc)", Align::Left),
    ("command", Align::Left),
    ("who", Align::Left),
    ("outcome", Align::Left),
    ("count", Align::Right),
    ("type", Align::Left),
    ("region", Align::Left),
    ("account", Align::Left),
    ("action", Align::Left),
    ("category", Align::Left),
    ("image", Align::Left),
];

/// What was rejected and what was not known, each with its place.
fn write_trouble(out: &mut dyn Write, file: &Inspected) -> io::Result<()> {
    for reject in file.rejects.iter().take(SHOWN) {
        let member = if reject.path == file.path { String::new() } else { format!("{}, ", text::safe(&reject.path)) };
        let place = format!("{member}byte {}", text::number(reject.offset));
        label(out, "rejected", &format!("{place}: {}", text::safe(&reject.reason)))?;
        if !reject.excerpt.is_empty() {
            label(out, "", &text::fit(&text::safe(&reject.excerpt), EXCERPT_COLUMNS))?;
        }
    }
    more(out, "rejected", usize::try_from(file.rejects_total).unwrap_or(usize::MAX))?;
    for drift in file.drifts.iter().take(SHOWN) {
        let (records, at) = (detect::plural(drift.records, "record"), text::number(drift.offset));
        label(out, "unknown", &format!("{}, in {records}: see byte {at}", text::safe(&drift.what)))?;
    }
    more(out, "unknown", file.drifts.len())
}

/// What fits on a line of eighty columns behind its label.
const EXCERPT_COLUMNS: usize = 70;

fn more(out: &mut dyn Write, name: &str, all: usize) -> io::Result<()> {
    match all.saturating_sub(SHOWN) as u64 {
        0 => Ok(()),
        more => label(out, name, &format!("and {} more; `--format json` lists them", text::number(more))),
    }
}

/// One record in full: where it is, what it means, and what it says.
pub fn write_record(out: &mut dyn Write, record: &Record) -> io::Result<()> {
    let place = format!("{}, byte {}", text::safe(&record.path), text::number(record.offset));
    label(out, "record", &format!("{place}, {} bytes", text::number(record.bytes)))?;
    label(out, "through", &way(&record.through))?;
    let because = record.because.as_ref().map(|because| format!(": {}", text::safe(because))).unwrap_or_default();
    label(out, "end", &format!("{}{because}", record.end))?;
    for what in &record.unknown {
        label(out, "unknown", &text::safe(what))?;
    }
    writeln!(out)?;
    if let Some(event) = &record.event {
        event.write(out)?;
        writeln!(out)?;
    }
    match record.raw.as_deref() {
        None | Some("") => Ok(()),
        Some(raw) => writeln!(out, "{}\n", text::lines(&pretty::json(raw))),
    }
}
