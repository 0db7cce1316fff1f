//! The page of a detection is its proof: these tests run it.
//!
//! A page holds three sorts of blocks, of CloudTrail records, one a line. `json history` is read
//! first, and must be silent. Each `json fires` block is then judged on its own after the history,
//! and must give a finding of the page's detection; each `json quiet` block must give none. Behind
//! `fires` may stand what the finding must say: `risk=21`, `scopes=account+organization`, `value=…`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use decode::{Caps, Wanted, Which};
use detect::{
    AbnormalCount, Batch, Calendar, Detection, Detector, Given, Kind, Memory, Model, NewValue, Score, Sets, Within,
    catalog::Catalog, plural,
};
use model::{Finding, Scope};

const SECTIONS: [&str; 6] =
    ["## Why it matters", "## How it decides", DIFFERS, "## Known friends", "## What to do next", "## Proof"];

/// The original has no signals.
const DIFFERS: &str = "## Where it differs from the original";

const TECHNIQUES: [(&str, &str); 17] = [
    ("T1078", "Valid Accounts"),
    ("T1078.004", "Valid Accounts: Cloud Accounts"),
    ("T1098", "Account Manipulation"),
    ("T1098.001", "Account Manipulation: Additional Cloud Credentials"),
    ("T1098.003", "Account Manipulation: Additional Cloud Roles"),
    ("T1136.003", "Create Account: Cloud Account"),
    ("T1484", "Domain or Tenant Policy Modification"),
    ("T1496.001", "Resource Hijacking: Compute Hijacking"),
    ("T1535", "Unused/Unsupported Cloud Regions"),
    ("T1552.001", "Unsecured Credentials: Credentials In Files"),
    ("T1562.001", "Impair Defenses: Disable or Modify Tools"),
    ("T1562.008", "Impair Defenses: Disable or Modify Cloud Logs"),
    ("T1578.002", "Modify Cloud Compute Infrastructure: Create Cloud Instance"),
    ("T1578.005", "Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations"),
    ("T1580", "Cloud Infrastructure Discovery"),
    ("T1610", "Deploy Container"),
    ("T1648", "Serverless Execution"),
];

#[test]
fn every_detection_has_a_page_that_proves_it() {
    let detections = detections();
    assert_eq!(detections.len(), 6);
    for detection in detections {
        let name = format!("{}.md", detection.detection);
        check(&Page { text: &read(&name), name, detection });
    }
}

#[test]
fn every_signal_has_a_page_that_proves_it() {
    let signals = signals();
    assert!(signals.len() > 40, "{}", signals.len());
    for detection in signals {
        let name = format!("signals/{}.md", detection.detection);
        assert!(detection.is_signal(), "{name}: a signal has points and no risk");
        check(&Page { text: &read(&name), name, detection });
    }
}

#[test]
fn the_sixth_detection_of_the_front_page_is_proved_too() {
    let front_page = read("README.md");
    let toml = only(&front_page, "toml");
    let page = only(&front_page, "markdown");
    let detection = Detection::parse("cloud_compute_instance_created_by_previously_unseen_service", &toml.body);
    let detection = detection.expect("the example on the front page is a detection");
    check(&Page { name: "README.md (its example)".to_owned(), text: &page.body, detection });
}

#[test]
fn the_front_page_names_every_detection() {
    let front_page = read("README.md");
    let detections = detections();
    let of_signals = signals();
    let rows = detections.iter().map(row_of_front_page).chain(of_signals.iter().map(row_of_signal));
    let rows: Vec<String> = rows.collect();
    let missing: Vec<&String> = rows.iter().filter(|row| !front_page.contains(&***row)).collect();
    assert!(missing.is_empty(), "README.md lacks {missing:#?}");
}

fn row_of_front_page(detection: &Detection) -> String {
    let risk = detection.risk;
    format!(
        "| [{}]({}.md) | `{}` | {} / {} / {} |",
        detection.name, detection.detection, detection.id, risk.ok, risk.refused, risk.dry_run
    )
}

fn row_of_signal(detection: &Detection) -> String {
    let Score { points, refused, group, .. } = detection.score.as_ref().expect("a signal has points");
    format!(
        "| [{}](signals/{}.md) | `{}` | {points} / {refused} | {} |",
        detection.name,
        detection.detection,
        detection.id,
        group.as_str()
    )
}

struct Page<'a> {
    name: String,
    text: &'a str,
    detection: Detection,
}

fn check(page: &Page<'_>) {
    check_headings(page);
    check_facts(page);
    check_links(page);
    let proof = Proof::of(page);
    check_history(page, &proof);
    proof.fires.iter().for_each(|block| check_fires(page, &proof, block));
    proof.quiet.iter().for_each(|block| check_quiet(page, &proof, block));
}

fn check_headings(page: &Page<'_>) {
    let name = &page.name;
    let title = format!("# {}", page.detection.name);
    let sections = SECTIONS.into_iter().filter(|section| *section != DIFFERS || !page.detection.is_signal());
    let expected: Vec<&str> = std::iter::once(&*title).chain(sections).collect();
    assert_eq!(headings(page.text), expected, "{name}: its headings, in order");
    let summary = page.text.lines().skip(1).find(|line| !line.is_empty()).unwrap_or_default();
    assert!(!summary.starts_with(['|', '#', '`']), "{name}: a sentence must follow the title");
}

/// Lines that look like headings, outside of code.
fn headings(text: &str) -> Vec<&str> {
    let mut headings = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(ticks) = fence_of(line) {
            lines.by_ref().find(|line| *line == ticks);
        } else if line.starts_with('#') {
            headings.push(line);
        }
    }
    headings
}

fn check_facts(page: &Page<'_>) {
    for (fact, value) in facts(&page.detection) {
        let row = format!("| {fact} | {value} |");
        assert!(page.text.lines().any(|line| line == row), "{}: its facts lack the row\n{row}", page.name);
    }
}

fn facts(detection: &Detection) -> Vec<(&'static str, String)> {
    let risk = detection.risk;
    let mut facts = vec![
        ("Detection", format!("`{}`", detection.detection)),
        ("Id", format!("`{}`", detection.id)),
        ("ATT&CK", techniques(detection)),
    ];
    if !detection.is_signal() {
        facts.push(("Risk", format!("{} ok, {} refused, {} dry run", risk.ok, risk.refused, risk.dry_run)));
    }
    facts.extend(match &detection.kind {
        Kind::NewValue(rule) => facts_of_new_value(rule),
        Kind::AbnormalCount(rule) => facts_of_count(rule),
        Kind::Within(rule) => facts_of_within(rule),
    });
    facts.extend(detection.score.as_ref().map(|score| ("Score", fact_of_score(score))));
    facts
}

fn facts_of_new_value(rule: &NewValue) -> Vec<(&'static str, String)> {
    let scopes: Vec<&str> = rule.scopes.iter().map(|scope| scope.as_str()).collect();
    vec![
        ("Kind", "`new_value`".to_owned()),
        ("Field", format!("`{}`", rule.field)),
        ("Scopes", scopes.join(", ")),
        ("Warm-up", format!("{} days", rule.warm_up_days)),
        ("Forgets after", format!("{} days", rule.forget_after_days)),
    ]
}

fn facts_of_count(rule: &AbnormalCount) -> Vec<(&'static str, String)> {
    let (scope, model) = match rule.model {
        Model::Exponential => (Scope::Organization, "exponential"),
        Model::NegativeBinomial => (Scope::Account, "negative_binomial"),
    };
    vec![
        ("Kind", "`abnormal_count`".to_owned()),
        ("Field", format!("`{}`", rule.by)),
        ("Scopes", scope.to_string()),
        ("Warm-up", format!("{} hours", rule.min_rows)),
        ("Forgets after", format!("{} days", rule.window_days)),
        ("Model", format!("`{model}`, threshold {}", rule.threshold)),
        ("Unit", plural(2, rule.unit.noun()).trim_start_matches("2 ").to_owned()),
    ]
}

fn facts_of_within(rule: &Within) -> Vec<(&'static str, String)> {
    let kind = match (rule.at_least, rule.of) {
        (1, _) => "match",
        (_, Some(_)) => "spread",
        (_, None) => "burst",
    };
    let mut facts = vec![("Kind", format!("`{kind}`")), ("By", format!("`{}`", rule.by))];
    if rule.at_least > 1 {
        let what = match rule.of {
            Some(of) => format!("{} different `{of}`", rule.at_least),
            None => plural(rule.at_least, rule.unit.noun()),
        };
        facts.push(("At least", format!("{what} in {} minutes", rule.minutes)));
    }
    facts.extend(rule.given.as_ref().map(|given| match given {
        Given::Spoken(detection) => ("Given", format!("`{detection}`")),
        Given::Learning(detection) => ("While learning", format!("`{detection}`")),
    }));
    facts
}

fn fact_of_score(score: &Score) -> String {
    let Score { group, points, refused, certain, .. } = score;
    let certain = if *certain { ", certain" } else { "" };
    format!("{points} of {}, {refused} refused{certain}", group.as_str())
}

fn techniques(detection: &Detection) -> String {
    let named = detection.mitre_attack_id.iter().map(|id| {
        let known = TECHNIQUES.iter().find(|(known, _)| **known == **id);
        let (id, name) = known.unwrap_or_else(|| panic!("{}: what is `{id}`?", detection.detection));
        format!("{id} {name}")
    });
    named.collect::<Vec<_>>().join("; ")
}

/// The deviations that a page names are there, under the headings it links to.
fn check_links(page: &Page<'_>) {
    let deviations = read("deviations.md");
    let anchors: Vec<String> = headings(&deviations).into_iter().map(anchor).collect();
    for link in page.text.split("](deviations.md#").skip(1) {
        let target = link.split(')').next().unwrap_or_default();
        assert!(anchors.iter().any(|anchor| anchor == target), "{}: deviations.md has no `#{target}`", page.name);
    }
}

/// What a heading is called in a link.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
    kept.map(|char| if char == ' ' { '-' } else { char }).collect()
}

/// The blocks of a page.
struct Proof {
    history: Fence,
    fires: Vec<Fence>,
    quiet: Vec<Fence>,
}

impl Proof {
    fn of(page: &Page<'_>) -> Self {
        let of_kind = |kind: &str| -> Vec<Fence> {
            fences(page.text).into_iter().filter(|fence| fence.words().take(2).eq(["json", kind])).collect()
        };
        let (mut histories, fires, quiet) = (of_kind("history"), of_kind("fires"), of_kind("quiet"));
        assert_eq!(histories.len(), 1, "{}: one `json history` block", page.name);
        assert!(!fires.is_empty(), "{}: at least one `json fires` block", page.name);
        assert!(!quiet.is_empty(), "{}: at least one `json quiet` block", page.name);
        let proof = Self { history: histories.remove(0), fires, quiet };
        for block in proof.blocks() {
            assert!(block.explained, "{}: a sentence must precede the block", place(page, block));
        }
        proof
    }

    fn blocks(&self) -> impl Iterator<Item = &Fence> {
        std::iter::once(&self.history).chain(&self.fires).chain(&self.quiet)
    }
}

fn check_history(page: &Page<'_>, proof: &Proof) {
    let mut memory = Memory::default();
    let findings = feed(page, &mut memory, &proof.history);
    // What speaks while another learns has nothing else to learn from.
    let is_silent = findings.is_empty() || speaks_while_learning(&page.detection);
    assert!(is_silent, "{}: a history is silent, but\n{}", place(page, &proof.history), said(&findings));
    let first = memory.coverage().total().map(|span| span.first_time);
    let spans = proof.blocks().filter_map(|block| decoded(page, block).coverage.total());
    let last = spans.map(|span| span.first_time).max();
    let days = first.zip(last).map_or(0, |(first, last)| last.duration_since(first).as_hours() / 24);
    assert!(days >= 15, "{}: it reaches back {days} days, at least 15 are needed", place(page, &proof.history));
}

fn speaks_while_learning(detection: &Detection) -> bool {
    matches!(&detection.kind, Kind::Within(Within { given: Some(Given::Learning(_)), .. }))
}

fn check_fires(page: &Page<'_>, proof: &Proof, block: &Fence) {
    let findings = judge(page, proof, block);
    assert!(!findings.is_empty(), "{}: must fire, but is quiet", place(page, block));
    let expected: Vec<&str> = block.words().skip(2).collect();
    let met = findings.iter().any(|finding| expected.iter().all(|word| says(finding, word)));
    assert!(met, "{}: no finding says {expected:?}, only\n{}", place(page, block), said(&findings));
}

fn check_quiet(page: &Page<'_>, proof: &Proof, block: &Fence) {
    let findings = judge(page, proof, block);
    assert!(findings.is_empty(), "{}: must be quiet, but\n{}", place(page, block), said(&findings));
}

/// What a block gives on its own after the history.
fn judge(page: &Page<'_>, proof: &Proof, block: &Fence) -> Vec<Finding> {
    let mut memory = Memory::default();
    feed(page, &mut memory, &proof.history);
    let findings = feed(page, &mut memory, block);
    assert_eq!(memory.duplicates(), 0, "{}: an event id occurs twice", place(page, block));
    findings
}

/// What the page's detection says; the one that it is about is there too.
fn feed(page: &Page<'_>, memory: &mut Memory, block: &Fence) -> Vec<Finding> {
    let decoded = decoded(page, block);
    let detector = Detector::new(judges(page), Calendar::utc(), None).with_catalog(CATALOG.clone());
    let mut findings = detector.fold(memory, Batch { events: decoded.events, coverage: decoded.coverage });
    findings.extend(detector.finish(memory));
    findings.retain(|finding| finding.detection == page.detection.detection);
    findings
}

fn judges(page: &Page<'_>) -> Vec<Detection> {
    let given = page.detection.given().map(|name| {
        let found = detections().into_iter().chain(signals()).find(|signal| signal.detection == *name);
        found.unwrap_or_else(|| panic!("{}: there is no detection `{name}`", page.name))
    });
    given.into_iter().chain([page.detection.clone()]).collect()
}

/// Every line must be a record, and none may be rejected.
fn decoded(page: &Page<'_>, block: &Fence) -> decode::Decoded {
    let judges = judges(page);
    let selections = judges.iter().flat_map(Detection::selections);
    let wanted = Wanted { which: Which::of(selections), instances: false, until: None };
    let place = place(page, block);
    let decoded = decode::decode(&place, block.body.as_bytes(), &wanted, &Caps::default());
    assert!(decoded.rejects.is_empty(), "{place}: {:?}", decoded.rejects);
    let lines = block.body.lines().count() as u64;
    assert!(lines > 0, "{place}: is empty");
    assert_eq!(decoded.coverage.total().map(|span| span.records), Some(lines), "{place}: one record a line");
    decoded
}

fn says(finding: &Finding, word: &str) -> bool {
    match word.split_once('=') {
        Some(("risk", risk)) => finding.risk_score.to_string() == risk,
        Some(("scopes", scopes)) => finding.scopes.iter().map(|scope| scope.as_str()).eq(scopes.split('+')),
        Some(("value", value)) => *finding.value == *value,
        _ => panic!("`{word}` is none of `risk=`, `scopes=`, `value=`"),
    }
}

fn said(findings: &[Finding]) -> String {
    let line = |finding: &Finding| format!("  risk {}, {}: {:?}", finding.risk_score, finding.message, finding.because);
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn place(page: &Page<'_>, block: &Fence) -> String {
    format!("{}:{} `{}`", page.name, block.line, block.info)
}

/// A block of code.
struct Fence {
    /// Of the opening fence.
    line: usize,
    info: String,
    body: String,
    /// Prose stands right before it.
    explained: bool,
}

impl Fence {
    fn words(&self) -> impl Iterator<Item = &str> {
        self.info.split_whitespace()
    }
}

/// The outermost blocks of code; a block of four ticks may hold blocks of three.
fn fences(text: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut lines = text.lines().enumerate();
    let mut before = "";
    while let Some((index, line)) = lines.next() {
        if let Some(ticks) = fence_of(line) {
            let body: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != ticks).collect();
            let body = body.join("\n");
            let explained = !before.is_empty() && !before.starts_with(['#', '|']);
            fences.push(Fence { line: index + 1, info: line[ticks.len()..].to_owned(), body, explained });
            before = "";
        } else if !line.is_empty() {
            before = line;
        }
    }
    fences
}

/// The ticks that a line begins with, if there are enough of them.
fn fence_of(line: &str) -> Option<&str> {
    let ticks = line.len() - line.trim_start_matches('`').len();
    (ticks >= 3).then(|| &line[..ticks])
}

fn only(text: &str, info: &str) -> Fence {
    let mut found: Vec<Fence> = fences(text).into_iter().filter(|fence| fence.info == info).collect();
    assert_eq!(found.len(), 1, "README.md: one `{info}` block");
    found.remove(0)
}

fn detections() -> Vec<Detection> {
    in_folder("")
}

fn signals() -> Vec<Detection> {
    in_folder("signals")
}

fn in_folder(name: &str) -> Vec<Detection> {
    let entries = fs::read_dir(folder().join(name)).expect("the folder of the story can be read");
    let paths = entries.map(|entry| entry.expect("the folder of the story can be read").path());
    let mut files: Vec<PathBuf> = paths.filter(|path| is_detection(path)).collect();
    files.sort();
    files.iter().map(|path| detection(path)).collect()
}

/// Not what the story is, how incidents are scored, what to do about them, and the lists.
fn is_detection(path: &Path) -> bool {
    let others = ["story.toml", "scoring.toml", "containment.toml", "sets.toml"];
    path.extension().is_some_and(|ending| ending == "toml") && !others.iter().any(|other| path.ends_with(other))
}

fn detection(path: &Path) -> Detection {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let text = fs::read_to_string(path).expect("a detection of the story can be read");
    Detection::parse_with(&SETS, &name, &text).expect("a detection of the story is sound")
}

static SETS: LazyLock<Sets> = LazyLock::new(|| Sets::parse([&*read("sets.toml")]).expect("the sets are sound"));

/// What machines are and cost, without which no signal speaks of either.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let entries = fs::read_dir(folder().join("../../catalog")).expect("the catalogue can be read");
    let paths = entries.map(|entry| entry.expect("the catalogue can be read").path());
    let texts = paths.filter(|path| path.extension().is_some_and(|ending| ending == "csv" || ending == "toml"));
    let texts: BTreeMap<String, String> = texts
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("the catalogue can be read"))
        })
        .collect();
    Catalog::parse(&texts).expect("the catalogue is sound")
});

fn read(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read `{}`: {error}", path.display()))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stories/cloud-cryptomining")
}
