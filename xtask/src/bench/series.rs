//! `cargo xtask bench run`: corpora, one after the other, and the programs on each.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::contender::{self, Contender, Role};
use super::corpus::{Cloud, Shape};
use super::rounds::{self, Runs};
use super::words::Words;
use super::{build, micro, peers, profile, report};

/// One corpus and what every program took on it.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) kind: Kind,
    pub(crate) facts: Facts,
    pub(crate) runs: Vec<Runs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Mixed,
    Small,
    Big,
    /// Of another cloud than AWS.
    OtherCloud,
    /// Somebody's own logs.
    Given,
}

/// As the floor and Davy count them.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) files: u64,
    pub(crate) packed_bytes: u64,
    pub(crate) unpacked_bytes: u64,
    /// Of the largest file, packed and unpacked.
    pub(crate) largest_bytes: u64,
    pub(crate) records: u64,
    pub(crate) kept: u64,
}

/// All that goes into the report.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) sections: Vec<Section>,
    pub(crate) start: Vec<Runs>,
    pub(crate) micro: String,
    pub(crate) profile: String,
}

/// Measures the folders that are named, or the whole set.
pub(crate) fn run(words: &Words) -> Result<()> {
    words.allow(&["rounds", "threads", "bytes"])?;
    let bench = Bench::new(words)?;
    let series = if words.plain().is_empty() { bench.set(words)? } else { bench.given(words.plain())? };
    let text = report::markdown(&series);
    println!("{text}");
    if words.flag("write") { report::write(&text) } else { Ok(()) }
}

/// Writes a corpus from a process of its own: what that needs must not count as a child's; see `process`.
pub(crate) fn write(folder: &Path, cloud: Cloud, bytes: u64, shape: Shape) -> Result<()> {
    let folder = folder.to_str().context("the folder for temporary files has a strange name")?;
    let (cloud, bytes, shape) = (cloud.to_string(), bytes.to_string(), shape.to_string());
    let words = ["corpus", folder, "--cloud", &cloud, "--bytes", &bytes, "--file-records", &shape];
    build::optimised("bench", &words)
}

struct Bench {
    programs: build::Programs,
    peers: peers::Peers,
    rounds: usize,
    threads: Vec<usize>,
}

impl Bench {
    fn new(words: &Words) -> Result<Self> {
        Ok(Self {
            programs: build::programs()?,
            peers: peers::Peers::new(words.flag("peers"))?,
            rounds: words.value("rounds", ROUNDS)?,
            threads: words.list("threads", "1,2")?,
        })
    }

    fn given(&self, folders: &[String]) -> Result<Series> {
        let sections = folders.iter().map(|folder| {
            let path = PathBuf::from(folder);
            self.section(format!("`{folder}`"), Kind::Given, &path, contender::engines(&self.peers, &path))
        });
        let sections = sections.collect::<Result<_>>()?;
        Ok(Series { sections, start: Vec::new(), micro: String::new(), profile: String::new() })
    }

    fn set(&self, words: &Words) -> Result<Series> {
        let quick = words.flag("quick");
        let mut sections = Vec::new();
        for part in parts(quick, words.value("bytes", LARGEST)?) {
            sections.push(self.part(&part)?);
        }
        let micro = if quick { String::new() } else { micro::run()? };
        Ok(Series { sections, start: self.start()?, micro, profile: profile::run()? })
    }

    fn part(&self, part: &Part) -> Result<Section> {
        let folder = tempfile::tempdir().context("making a folder for the corpus")?;
        write(folder.path(), part.cloud, part.bytes, part.shape)?;
        let mut others = Vec::new();
        if part.engines {
            others.extend(contender::engines(&self.peers, folder.path()));
        }
        if part.everything {
            others.extend(contender::investigations(&self.programs, folder.path()));
            others.extend(contender::searchers(folder.path()));
        }
        self.section(part.title.clone(), part.kind, folder.path(), others)
    }

    fn section(&self, title: String, kind: Kind, folder: &Path, others: Vec<Contender>) -> Result<Section> {
        eprintln!("measuring {title}");
        let ours = contender::ours(&self.programs, folder, &self.threads);
        let runs = rounds::in_turn(ours.into_iter().chain(others).collect(), self.rounds)?;
        Ok(Section { title, kind, facts: facts(&runs)?, runs })
    }

    /// How long it takes to say something.
    fn start(&self) -> Result<Vec<Runs>> {
        let folder = tempfile::tempdir().context("making a folder for the corpus")?;
        write(folder.path(), Cloud::Aws, 1, Shape::Records(200))?;
        let davy = || self.programs.davy.clone().into();
        let contender =
            |name: &str, words| Contender { name: name.to_owned(), words, role: Role::Peer, most_rounds: usize::MAX };
        let version = contender("`davy --version`", vec![davy(), "--version".into()]);
        let scan =
            contender("`davy scan` of one file of 200 records", vec![davy(), "scan".into(), folder.path().into()]);
        rounds::in_turn(vec![version, scan], STARTS)
    }
}

/// A corpus of the set.
struct Part {
    title: String,
    kind: Kind,
    cloud: Cloud,
    bytes: u64,
    shape: Shape,
    engines: bool,
    /// Also what answers less, or something else.
    everything: bool,
}

fn parts(quick: bool, largest: u64) -> Vec<Part> {
    let part = |title: &str, kind, bytes, shape| {
        let title = format!("{title}, {} of JSON", report::size(bytes));
        Part { title, kind, cloud: Cloud::Aws, bytes, shape, engines: false, everything: false }
    };
    let other = |name: &str, cloud, bytes| {
        let title = format!("{name}, mixed files");
        Part { cloud, ..part(&title, Kind::OtherCloud, bytes, Shape::Mixed) }
    };
    if quick {
        return vec![
            part("Mixed files", Kind::Mixed, 60_000_000, Shape::Mixed),
            part("Small files", Kind::Small, 30_000_000, Shape::Small),
            part("Big files", Kind::Big, 90_000_000, Shape::Big),
            other("Google Cloud", Cloud::Google, 60_000_000),
            other("Azure", Cloud::Azure, 60_000_000),
        ];
    }
    let mixed = |bytes| part("Mixed files", Kind::Mixed, bytes, Shape::Mixed);
    let mut parts = vec![Part { engines: true, everything: true, ..mixed(500_000_000) }];
    parts.extend([LARGEST, largest].iter().filter(|bytes| **bytes <= largest).map(|bytes| mixed(*bytes)));
    parts.dedup_by_key(|part| part.bytes);
    parts[1..].iter_mut().for_each(|part| part.engines = part.bytes <= LARGEST);
    parts.push(Part { engines: true, ..part("Small files", Kind::Small, 300_000_000, Shape::Small) });
    parts.push(Part { engines: true, ..part("Big files", Kind::Big, 400_000_000, Shape::Big) });
    parts.extend([other("Google Cloud", Cloud::Google, 400_000_000), other("Azure", Cloud::Azure, 400_000_000)]);
    parts
}

/// The floor prints files, packed and unpacked bytes, and those of the largest file; the last line of Davy's output is its summary.
fn facts(runs: &[Runs]) -> Result<Facts> {
    let mut facts = Facts::default();
    for one in runs {
        match one.contender.role {
            Role::Floor(_) => {
                let numbers: Vec<u64> =
                    one.last_line().split_whitespace().filter_map(|word| word.parse().ok()).collect();
                let [files, packed_bytes, unpacked_bytes, largest_bytes] = numbers[..] else { continue };
                facts = Facts { files, packed_bytes, unpacked_bytes, largest_bytes, ..facts };
            }
            Role::Davy(_) => {
                let summary: Value =
                    serde_json::from_str(one.last_line()).context("reading the summary of `davy scan`")?;
                let records = |of: &str| summary["records"][of].as_u64().unwrap_or_default();
                facts = Facts { records: records("read"), kept: records("kept"), ..facts };
            }
            Role::Investigation | Role::Peer => {}
        }
    }
    Ok(facts)
}

const ROUNDS: usize = 5;
/// Starting is short and noisy.
const STARTS: usize = 25;
const LARGEST: u64 = 2_000_000_000;
