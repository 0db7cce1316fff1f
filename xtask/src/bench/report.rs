//! The report, as Markdown.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};

use super::bars;
use super::machine;
use super::rounds::{Runs, floor_of};
use super::series::{Section, Series};
use crate::repository;

/// Machine, bars, a table for each corpus, and where the rest goes.
pub(crate) fn markdown(series: &Series) -> String {
    let mut text = format!("Measured on {}.\n{}.\n", machine::description(), machine::occasion());
    text += &bars::table(series);
    for section in &series.sections {
        text += &section_table(section);
    }
    if !series.start.is_empty() {
        text += &start_table(&series.start);
    }
    if !series.micro.is_empty() {
        let _ = write!(text, "\n### Parts of it\n\n```text\n{}\n```\n", series.micro);
    }
    if !series.profile.is_empty() {
        let _ = write!(
            text,
            "\n### Where the rest goes\n\n| instructions | function |\n| ---: | --- |\n{}\n",
            series.profile
        );
    }
    text
}

/// Puts the text between the marks of `BENCHMARKS.md`.
pub(crate) fn write(text: &str) -> Result<()> {
    let path = repository::root().join(FILE);
    let page = fs::read_to_string(&path).with_context(|| format!("reading `{FILE}`"))?;
    let (before, rest) = page.split_once(BEGIN).with_context(|| format!("`{FILE}` has no line `{BEGIN}`"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("`{FILE}` has no line `{END}`"))?;
    fs::write(&path, format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", text.trim()))
        .with_context(|| format!("writing `{FILE}`"))
}

fn section_table(section: &Section) -> String {
    let facts = &section.facts;
    let mut text = format!("\n### {}\n\n", section.title);
    let _ = writeln!(
        text,
        "{} files, {} records of {:.0} bytes, {} launches and copies of images; {} packed, {:.1} ×.\n",
        facts.files,
        facts.records,
        facts.unpacked_bytes as f64 / facts.records.max(1) as f64,
        facts.kept,
        size(facts.packed_bytes),
        facts.unpacked_bytes as f64 / facts.packed_bytes.max(1) as f64,
    );
    text += "| | CPU s | wall s | MB/s/core | k records/s/core | files/s/core | peak MiB | × floor |\n";
    text += "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for runs in &section.runs {
        text += &row(section, runs);
    }
    text
}

fn row(section: &Section, runs: &Runs) -> String {
    let (cpu, facts) = (runs.cpu(), &section.facts);
    let floor = floor_of(&section.runs, runs.contender.role).map_or(f64::NAN, |floor| runs.ratio_to(floor));
    format!(
        "| {} | {cpu:.3} | {:.3} | {:.0} | {:.0} | {:.0} | {:.0} | {floor:.2} |\n",
        runs.contender.name,
        runs.wall(),
        facts.unpacked_bytes as f64 / cpu / 1e6,
        facts.records as f64 / cpu / 1e3,
        facts.files as f64 / cpu,
        runs.peak_bytes() as f64 / MEBIBYTE,
    )
}

fn start_table(start: &[Runs]) -> String {
    let mut text = "\n### Start\n\n| | wall ms | CPU ms | peak MiB |\n| --- | ---: | ---: | ---: |\n".to_owned();
    for runs in start {
        let peak = runs.peak_bytes() as f64 / MEBIBYTE;
        let (wall, cpu) = (runs.wall() * 1e3, runs.cpu() * 1e3);
        let _ = writeln!(text, "| {} | {wall:.1} | {cpu:.1} | {peak:.0} |", runs.contender.name);
    }
    text
}

/// `500 MB`, `2 GB`.
pub(crate) fn size(bytes: u64) -> String {
    let bytes = bytes as f64;
    if bytes >= 1e9 { format!("{:.1} GB", bytes / 1e9).replace(".0 ", " ") } else { format!("{:.0} MB", bytes / 1e6) }
}

pub(crate) const MEBIBYTE: f64 = 1_048_576.0;
const FILE: &str = "BENCHMARKS.md";
const BEGIN: &str = "<!-- written by `cargo xtask bench run --write` -->";
const END: &str = "<!-- end of what is written -->";
