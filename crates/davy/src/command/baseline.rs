//! `davy baseline`: what is known as normal, built, read, moved and mended.

use std::{
    cmp::Reverse,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use detect::{Detection, Detector, Entry, Forget, Forgotten, Kind, LookupOf, Memory, NewValue, Remembered, plural};
use model::VendorProduct;

use super::scan::{load, shell_word};
use crate::{
    Ending,
    cli::{Baseline, BaselineBuild, BaselineExport, BaselineForget, BaselineImport, BaselineShow, Format},
    read::read,
    show::{self, baseline::Row, text},
};

/// Incidents named of which something is held; `--format jsonl` of a scan has all.
const SHOWN_INCIDENTS: usize = 5;

pub fn run(command: &Baseline, out: &mut dyn Write) -> Result<Ending> {
    match command {
        Baseline::Build(options) => build(options, out),
        Baseline::Show(options) => show(options, out),
        Baseline::Export(options) => export(options, out),
        Baseline::Import(options) => import(options, out),
        Baseline::Forget(options) => forget(options, out),
    }
}

/// The loop of a scan, with nobody to tell. A rebuild merges: the original's replaced, and
/// lost what the week had taught (D7).
fn build(options: &BaselineBuild, out: &mut dyn Write) -> Result<Ending> {
    let setup = super::setup(&options.rules)?;
    let detector = &setup.detector;
    let path = &*options.file.baseline;
    let mut memory = if options.fresh || !path.exists() { Memory::default() } else { load(path)? };
    check_writable(path)?;
    let mut tally = read(&options.input, &setup.wanted(None), |batch| {
        detector.fold(&mut memory, batch);
    })?;
    detector.finish(&mut memory);
    tally.settle_duplicates(&memory);
    save(&memory, path)?;
    let records = text::number(tally.records.read);
    show::summary::label(
        out,
        "read",
        &format!("{records} records, {} launch-related", text::number(tally.records.kept)),
    )?;
    for (detection, rule) in new_values(detector).filter(|(detection, _)| !detection.is_signal()) {
        let baselines = memory.products().filter_map(|product| memory.baseline(product, &detection.detection));
        let known: usize = baselines.map(|baseline| baseline.entries().len()).sum();
        let line = format!("{} of {}", plural(known as u64, "entry"), rule.field);
        show::summary::label(out, "known", &line)?;
    }
    held(out, &memory, path)?;
    show::summary::label(out, "baseline", &text::safe(&path.display().to_string()))?;
    show::summary::label(out, "next", "davy scan --baseline FILE PATH, or davy baseline show")?;
    Ok(if options.input.strict && tally.rejects_total > 0 { Ending::Rejects } else { Ending::Quiet })
}

/// What incidents did is not learnt before somebody has said what they were.
fn held(out: &mut dyn Write, memory: &Memory, path: &Path) -> io::Result<()> {
    let mut incidents: Vec<Remembered> = memory.incidents().into_iter().filter(|known| known.withheld).collect();
    incidents.sort_by_key(|incident| (Reverse((incident.severity, incident.last_time)), incident.id));
    for incident in incidents.iter().take(SHOWN_INCIDENTS) {
        let (severity, who) = (incident.severity, text::safe(&incident.principal));
        show::summary::label(out, "held", &format!("what {severity} incident {} of {who} did", incident.id))?;
    }
    let more = incidents.len().saturating_sub(SHOWN_INCIDENTS) as u64;
    if more > 0 {
        show::summary::label(out, "held", &format!("and what {} did", plural(more, "other incident")))?;
    }
    if !incidents.is_empty() {
        let path = shell_word(&path.to_string_lossy());
        let give = format!("learnt with: davy verdict give ID benign --reason TEXT --baseline {path}");
        show::summary::label(out, "", &give)?;
    }
    Ok(())
}

fn new_values(detector: &Detector) -> impl Iterator<Item = (&Detection, &NewValue)> {
    detector.detections().iter().filter_map(|detection| match &detection.kind {
        Kind::NewValue(rule) => Some((detection, rule)),
        Kind::AbnormalCount(_) | Kind::Within(_) => None,
    })
}

/// The old file stays until the new one is whole. Each process writes a new one of its own.
fn save(memory: &Memory, path: &Path) -> Result<()> {
    let context = || format!("cannot write baseline `{}`", path.display());
    let unfinished = unfinished(path);
    let written = write_whole(memory, &unfinished).and_then(|()| Ok(fs::rename(&unfinished, path)?));
    if written.is_err() {
        // It may never have been made; the error to tell of is the one before.
        let _ = fs::remove_file(&unfinished);
    }
    written.with_context(context)
}

fn write_whole(memory: &Memory, path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    detect::write_memory(memory, &mut file)?;
    Ok(file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?)
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.unfinished", std::process::id()));
    name.into()
}

/// Hours of reading should not end with a folder that is not there.
fn check_writable(path: &Path) -> Result<()> {
    let unfinished = unfinished(path);
    File::create(&unfinished).with_context(|| format!("cannot write baseline `{}`", path.display()))?;
    Ok(fs::remove_file(unfinished)?)
}

fn show(options: &BaselineShow, out: &mut dyn Write) -> Result<Ending> {
    let detector = super::setup(&options.rules)?.detector;
    check_detection(&detector, options.detection.as_deref())?;
    let memory = load(&options.file.baseline)?;
    let mut rows = Vec::new();
    let asked = || detector.detections().iter().filter(|detection| is_asked(options.detection.as_ref(), detection));
    for product in memory.products() {
        for detection in asked() {
            let (field, entries) = known(&memory, product, detection);
            let row =
                |entry| Row { vendor_product: product, detection: &detection.detection, field: field.clone(), entry };
            rows.extend(entries.into_iter().map(row));
        }
    }
    rows.retain(|row| {
        options.value.as_ref().is_none_or(|value| *row.entry.value == **value)
            && options.account.as_ref().is_none_or(|account| row.entry.account.as_deref() == Some(account))
    });
    let (entries, mixed) = (rows.len() as u64, memory.products().count() > 1);
    show::baseline::write(out, rows, mixed, options.format, super::columns())?;
    if options.format == Format::Table {
        show::summary::label(out, "known", &plural(entries, "entry"))?;
    }
    Ok(Ending::Quiet)
}

/// What a detection knows of one product's logs, and in which terms.
fn known(memory: &Memory, product: VendorProduct, detection: &Detection) -> (String, Vec<Entry>) {
    let name = &*detection.detection;
    let (field, entries) = match &detection.kind {
        Kind::NewValue(rule) => (rule.field.to_string(), memory.baseline(product, name).map(detect::Baseline::entries)),
        Kind::AbnormalCount(rule) => {
            let field = format!("{}s by {}", rule.unit.noun(), rule.by);
            (field, memory.counts(product, name).map(detect::Counts::entries))
        }
        // Nothing is learned for it.
        Kind::Within(rule) => (rule.by.to_string(), None),
    };
    (field, entries.unwrap_or_default())
}

/// A name with a typo in it would look like a baseline that knows nothing.
fn check_detection(detector: &Detector, asked: Option<&str>) -> Result<()> {
    let Some(asked) = asked else { return Ok(()) };
    let names: Vec<&str> = detector.detections().iter().map(|detection| &*detection.detection).collect();
    if !names.contains(&asked) {
        bail!("no detection is called `{asked}`\nhint: there are `{}`", names.join("`, `"));
    }
    Ok(())
}

fn is_asked(asked: Option<&String>, detection: &Detection) -> bool {
    asked.is_none_or(|asked| **asked == *detection.detection)
}

fn export(options: &BaselineExport, out: &mut dyn Write) -> Result<Ending> {
    let detector = super::setup(&options.rules)?.detector;
    let of = find_lookup(&detector, &options.lookup, options.vendor_product.into())?;
    let memory = load(&options.file.baseline)?;
    let mut table = Vec::new();
    let rows = detect::export_lookup(&memory, &of, detector.calendar(), &mut table)?;
    match &options.out {
        None => out.write_all(&table)?,
        Some(path) => {
            fs::write(path, table).with_context(|| format!("cannot write `{}`", path.display()))?;
            show::summary::label(out, "exported", &plural(rows as u64, "row"))?;
        }
    }
    Ok(Ending::Quiet)
}

fn import(options: &BaselineImport, out: &mut dyn Write) -> Result<Ending> {
    let detector = super::setup(&options.rules)?.detector;
    let of = find_lookup(&detector, &options.lookup, options.vendor_product.into())?;
    let path = &*options.file.baseline;
    let mut memory = if path.exists() { load(path)? } else { Memory::default() };
    let table: Box<dyn io::Read> = if options.table.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        let file = File::open(&options.table).with_context(|| format!("cannot read `{}`", options.table.display()))?;
        Box::new(BufReader::new(file))
    };
    let rows = detect::import_lookup(&mut memory, &of, detector.calendar(), table)
        .with_context(|| format!("cannot import `{}`", options.table.display()))?;
    save(&memory, path)?;
    show::summary::label(out, "imported", &format!("{} of {}", plural(rows as u64, "row"), options.lookup))?;
    Ok(Ending::Quiet)
}

fn find_lookup<'d>(detector: &'d Detector, name: &str, vendor_product: VendorProduct) -> Result<LookupOf<'d>> {
    let all = || new_values(detector).filter_map(|(detection, rule)| Some((detection, rule, rule.lookup.as_ref()?)));
    let found = all().find(|(.., lookup)| lookup.name == name);
    let Some((detection, rule, lookup)) = found else {
        let names: Vec<_> = all().map(|(.., lookup)| format!("`{}`", lookup.name)).collect();
        bail!("no lookup table is called `{name}`\nhint: there are {}", names.join(", "));
    };
    Ok(LookupOf { vendor_product, detection: &detection.detection, rule, lookup })
}

fn forget(options: &BaselineForget, out: &mut dyn Write) -> Result<Ending> {
    let path = &*options.file.baseline;
    let mut memory = load(path)?;
    let what = match (&options.value, &options.principal, options.since) {
        (_, Some(principal), Some(since)) => Forgotten::Taught { principal, since },
        (value, ..) => Forgotten::Value(value.as_deref().unwrap_or_default()),
    };
    let gone = memory.forget(&Forget {
        what,
        detection: options.detection.as_deref(),
        account: options.account.as_deref(),
        vendor_product: options.vendor_product.map(VendorProduct::from),
    });
    if gone == 0 {
        match what {
            Forgotten::Value(value) => bail!("`{value}` is not known\nhint: `davy baseline show` lists what is"),
            Forgotten::Taught { principal, .. } => bail!(
                "`{principal}` has taught nothing since then\nhint: users and roles are named by their ARN, mostly"
            ),
        }
    }
    let what = match what {
        Forgotten::Value(value) => value.to_owned(),
        Forgotten::Taught { principal, .. } => format!("what {principal} taught"),
    };
    save(&memory, path)?;
    show::summary::label(out, "forgot", &format!("{} of {}", plural(gone as u64, "entry"), text::safe(&what)))?;
    Ok(Ending::Quiet)
}
