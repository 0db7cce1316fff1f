//! What Davy must reach, and whether it does: ratios of programs that ran in turn.

use std::fmt::Write as _;

use super::contender::Role;
use super::report::MEBIBYTE;
use super::rounds::{Runs, floor_of};
use super::series::{Kind, Section, Series};

/// One bar.
struct Bar {
    what: String,
    limit: String,
    found: String,
    reached: bool,
}

/// All bars that this series can judge.
pub(crate) fn table(series: &Series) -> String {
    let sections = &series.sections;
    let mut bars = Vec::new();
    if let Some(largest) = sections
        .iter()
        .filter(|section| !matches!(section.kind, Kind::Big | Kind::OtherCloud))
        .max_by_key(|section| section.facts.unpacked_bytes)
    {
        bars.extend(on_the_largest(largest));
    }
    bars.extend(sections.iter().filter(|section| section.kind == Kind::OtherCloud).filter_map(other_cloud));
    bars.extend(sections.iter().filter_map(memory));
    bars.extend(sections.iter().filter(|section| section.kind == Kind::Small).filter_map(small_files));
    bars.extend(growth(sections));
    bars.extend(sections.iter().flat_map(investigations));
    bars.extend(sections.iter().flat_map(against_engines));
    bars.extend(series.start.iter().zip([10.0, 30.0]).map(|(runs, limit)| start(runs, limit)));
    render(&bars)
}

fn render(bars: &[Bar]) -> String {
    let mut text = "\n### What it must reach\n\n| | bar | found | |\n| --- | --- | --- | --- |\n".to_owned();
    for bar in bars {
        let verdict = if bar.reached { "reached" } else { "**missed**" };
        let _ = writeln!(text, "| {} | {} | {} | {verdict} |", bar.what, bar.limit, bar.found);
    }
    text
}

/// CPU against the floor, and two threads against one.
fn on_the_largest(section: &Section) -> Vec<Bar> {
    let davies = section.runs.iter().filter(|runs| matches!(runs.contender.role, Role::Davy(_)));
    let mut bars: Vec<Bar> = davies.filter_map(|davy| against_floor(section, davy)).collect();
    if let (Some(one), Some(two)) = (davy(section, 1), davy(section, 2)) {
        let more = two.ratio_to(one);
        bars.push(Bar {
            what: "CPU of two threads against one".into(),
            limit: "≤ 1.05 ×".into(),
            found: format!("{more:.2} ×; wall {:.2} × faster", one.wall() / two.wall()),
            reached: more <= 1.05,
        });
    }
    bars
}

fn against_floor(section: &Section, davy: &Runs) -> Option<Bar> {
    within(section, davy, 1.5)
}

/// At least 0.6 of the speed of unpacking.
fn other_cloud(section: &Section) -> Option<Bar> {
    within(section, davy(section, 1)?, 1.67)
}

fn within(section: &Section, davy: &Runs, limit: f64) -> Option<Bar> {
    let ratio = davy.ratio_to(floor_of(&section.runs, davy.contender.role)?);
    Some(Bar {
        what: format!("CPU against unpacking only: {}, {}", davy.contender.name.trim_matches('*'), section.title),
        limit: format!("≤ {limit} ×"),
        found: format!("{ratio:.2} ×"),
        reached: ratio <= limit,
    })
}

/// What an event takes until it is judged, which in a scan is at its end: "Parts of it" has it counted.
const WAITING_BYTES: u64 = 320;

/// The bar is the same for any corpus; what grows with the events that are kept is said beside it.
fn memory(section: &Section) -> Option<Bar> {
    let davy = davy(section, 2)?;
    let largest_file = section.facts.largest_bytes as f64 / MEBIBYTE;
    let (limit, peak) = (32.0 + 2.0 * largest_file, davy.peak_bytes() as f64 / MEBIBYTE);
    let kept = section.facts.kept;
    let waiting = (kept * WAITING_BYTES) as f64 / MEBIBYTE;
    Some(Bar {
        what: format!("memory with two threads: {}", section.title),
        limit: format!("≤ 32 MiB + 2 × largest file = {limit:.0} MiB"),
        found: format!("{peak:.0} MiB, of which {kept} kept events at {WAITING_BYTES} bytes are {waiting:.0} MiB"),
        reached: peak <= limit,
    })
}

fn small_files(section: &Section) -> Option<Bar> {
    let rate = section.facts.files as f64 / davy(section, 1)?.cpu();
    Some(Bar {
        what: "small files".into(),
        limit: "≥ 18 000 a second and core".into(),
        found: format!("{rate:.0}"),
        reached: rate >= 18_000.0,
    })
}

/// CPU for each GB, over all mixed corpora.
fn growth(sections: &[Section]) -> Option<Bar> {
    let mixed = sections.iter().filter(|section| section.kind == Kind::Mixed);
    let cost = |section: &Section| Some(davy(section, 1)?.cpu() / section.facts.unpacked_bytes as f64 * 1e9);
    let costs: Vec<f64> = mixed.filter_map(cost).collect();
    let (least, most) =
        (costs.iter().copied().fold(f64::NAN, f64::min), costs.iter().copied().fold(f64::NAN, f64::max));
    (costs.len() > 1).then(|| Bar {
        what: "CPU for each GB, from the smallest mixed corpus to the largest".into(),
        limit: "flat within 10 %".into(),
        found: costs.iter().map(|cost| format!("{cost:.3} s")).collect::<Vec<_>>().join(", "),
        reached: most / least <= 1.1,
    })
}

/// As fast as the scan, give or take a tenth.
fn investigations(section: &Section) -> Vec<Bar> {
    let Some(scan) = davy(section, 1) else { return Vec::new() };
    let asked = section.runs.iter().filter(|runs| runs.contender.role == Role::Investigation);
    asked
        .map(|runs| {
            let ratio = runs.ratio_to(scan);
            Bar {
                what: format!("CPU of {} against the scan's: {}", runs.contender.name, section.title),
                limit: "≤ 1.1 ×".into(),
                found: format!("{ratio:.2} ×"),
                reached: ratio <= 1.1,
            }
        })
        .collect()
}

fn against_engines(section: &Section) -> Vec<Bar> {
    let Some(davy) = davy(section, 2) else { return Vec::new() };
    let engines = section.runs.iter().filter_map(|runs| Some((runs, limit(&runs.contender.name)?)));
    engines
        .map(|(engine, limit)| {
            let ratio = engine.ratio_to(davy);
            Bar {
                what: format!("CPU of {} against Davy's: {}", engine.contender.name, section.title),
                limit: format!("≥ {limit:.0} ×"),
                found: format!("{ratio:.1} ×"),
                reached: ratio >= limit,
            }
        })
        .collect()
}

fn limit(engine: &str) -> Option<f64> {
    match engine.split(' ').next()? {
        "ClickHouse" => Some(5.0),
        "DuckDB" => Some(8.0),
        _ => None,
    }
}

fn start(runs: &Runs, limit: f64) -> Bar {
    let wall = runs.wall() * 1e3;
    Bar {
        what: runs.contender.name.clone(),
        limit: format!("< {limit:.0} ms"),
        found: format!("{wall:.1} ms"),
        reached: wall < limit,
    }
}

fn davy(section: &Section, threads: usize) -> Option<&Runs> {
    section.runs.iter().find(|runs| runs.contender.role == Role::Davy(threads))
}
