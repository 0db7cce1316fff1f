//! `davy verdict`: what people made of incidents, given, shown and withdrawn.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::Path,
};

use anyhow::{Context as _, Result, anyhow, bail};
use detect::{Judgement, Memory, Remembered, Verdicts, plural};
use jiff::{Timestamp, Unit};
use model::{Incident, IncidentId};

use super::{Setup, scan};
use crate::{
    Ending,
    cli::{
        Filter, Format, Input, VERDICTS,
        verdict::{Give, Show, Signature, Verdict, Withdraw},
    },
    show::{self, incidents::word, summary::label, text},
    story,
};

/// Fewer characters of an id could be those of another one tomorrow.
const PREFIX: usize = 6;
const HEADING: &str = "# What people made of incidents, written by `davy verdict`. Entries are only ever added; of each\n\
# incident the last one holds.\n";

pub fn run(command: &Verdict, out: &mut dyn Write) -> Result<Ending> {
    match command {
        Verdict::Give(options) => give(options, out),
        Verdict::Show(options) => show(options, out),
        Verdict::Withdraw(options) => withdraw(options, out),
    }
}

fn give(options: &Give, out: &mut dyn Write) -> Result<Ending> {
    let path = options.rules.verdicts.as_deref().unwrap_or(Path::new(VERDICTS));
    let verdicts = if path.exists() { story::verdicts(path)? } else { Verdicts::default() };
    let setup = super::setup_with(&options.rules, verdicts)?;
    let found = find(&options.id, known(options, &setup)?, |incident| incident.id, "incident", HINT)?;
    let entry = Judgement {
        incident: found.id,
        verdict: options.verdict.into(),
        withdrawn: false,
        principal: text::safe(&found.principal).into(),
        severity: found.severity,
        until: found.last_time,
        by: options.signature.by.as_str().into(),
        at: at(&options.signature)?,
        reason: options.signature.reason.as_str().into(),
    };
    add(path, &entry)?;
    tell(out, &entry, path)?;
    Ok(Ending::Quiet)
}

const HINT: &str = "`davy scan --format jsonl` names them all; are the logs and the settings the same?";

fn tell(out: &mut dyn Write, entry: &Judgement, path: &Path) -> Result<()> {
    let Judgement { incident, verdict, principal, severity, until, .. } = entry;
    label(out, "verdict", &format!("{}: {severity} incident {incident} of {principal}", word(*verdict)))?;
    let covers = format!("what it did until {} UTC; what comes later counts in full", show::findings::time(*until));
    label(out, "covers", &covers)?;
    let path = scan::shell_word(&path.to_string_lossy());
    label(out, "written", &path)?;
    label(out, "next", &format!("davy scan --verdicts {path} PATH..., and so with davy baseline build"))?;
    Ok(())
}

/// The incidents that can be judged: those of the logs, and those that the baseline knows of.
fn known(options: &Give, setup: &Setup) -> Result<Vec<Remembered>> {
    if options.paths.iter().any(|path| path.as_os_str() == "-") {
        bail!("a verdict is on logs that can be read again, and standard input cannot\nhint: save it to a file");
    }
    let (incidents, memory) = match (&*options.paths, &options.baseline) {
        ([], None) => bail!(
            "nothing is named in which `{}` could be\nhint: name the logs that it was found in, or `--baseline FILE`",
            options.id
        ),
        ([], Some(baseline)) => (Vec::new(), scan::load(baseline)?),
        _ => judge(options, setup)?,
    };
    let mut known: Vec<Remembered> = incidents.iter().map(remembered).collect();
    let more = memory.incidents().into_iter().filter(|more| incidents.iter().all(|told| told.id != more.id));
    known.extend(more);
    Ok(known)
}

fn judge(options: &Give, setup: &Setup) -> Result<(Vec<Incident>, Memory)> {
    let input = Input { paths: options.paths.clone(), threads: None, strict: false };
    let filter = Filter { since: None, until: options.until, account: vec![], region: vec![], min_risk: 0 };
    let (report, memory) = scan::judge(&input, &filter, setup, options.baseline.as_deref())?;
    Ok((report.incidents, memory))
}

fn remembered(incident: &Incident) -> Remembered {
    Remembered {
        id: incident.id,
        principal: incident.principal.clone(),
        severity: incident.severity,
        first_time: incident.first_time,
        last_time: incident.last_time,
        withheld: false,
    }
}

/// The one whose id begins so.
fn find<T>(id: &str, known: Vec<T>, id_of: impl Fn(&T) -> IncidentId, what: &str, hint: &str) -> Result<T> {
    if id.chars().count() < PREFIX {
        bail!("`{id}` is too short for an id\nhint: {PREFIX} characters or more");
    }
    let begins = |one: &T| id_of(one).to_string().starts_with(&id.to_ascii_lowercase());
    let mut found: Vec<T> = known.into_iter().filter(begins).collect();
    match (found.pop(), found.len()) {
        (Some(one), 0) => Ok(one),
        (None, _) => bail!("no {what} begins with `{id}`\nhint: {hint}"),
        (Some(_), others) => bail!("{} ids begin with `{id}`\nhint: more characters tell them apart", others + 1),
    }
}

fn at(signature: &Signature) -> Result<Timestamp> {
    Ok(signature.at.map_or_else(|| Timestamp::now().round(Unit::Second), Ok)?)
}

/// Adds an entry at the end: what stands there is never touched.
fn add(path: &Path, entry: &Judgement) -> Result<()> {
    entry.check().map_err(|problem| anyhow!("{problem}"))?;
    let context = || format!("cannot write verdicts `{}`", path.display());
    let before = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.with_context(context)?,
    };
    let between = match () {
        () if before.is_empty() => HEADING,
        () if before.ends_with('\n') => "",
        () => "\n",
    };
    let added = format!("{between}\n{}", entry.to_toml()?);
    Verdicts::parse(&format!("{before}{added}")).with_context(context)?;
    let mut file = OpenOptions::new().create(true).append(true).open(path).with_context(context)?;
    file.write_all(added.as_bytes()).and_then(|()| file.sync_all()).with_context(context)
}

fn show(options: &Show, out: &mut dyn Write) -> Result<Ending> {
    let verdicts = story::verdicts(&options.file.verdicts)?;
    show::verdicts::write(out, &verdicts, options.format, super::columns())?;
    if options.format == Format::Table {
        let (all, hold) = (plural(verdicts.entries().len() as u64, "entry"), verdicts.len());
        label(out, "verdicts", &format!("{all}, {hold} in force"))?;
    }
    Ok(Ending::Quiet)
}

fn withdraw(options: &Withdraw, out: &mut dyn Write) -> Result<Ending> {
    let path = &*options.file.verdicts;
    let verdicts = story::verdicts(path)?;
    let holding: Vec<&Judgement> = verdicts.entries().iter().filter(|entry| verdicts.holds(entry)).collect();
    let hint = "`davy verdict show` lists those that hold";
    let entry = find(&options.id, holding, |entry| entry.incident, "verdict is on an incident that", hint)?;
    let (by, reason) = (options.signature.by.as_str().into(), options.signature.reason.as_str().into());
    add(path, &Judgement { withdrawn: true, by, at: at(&options.signature)?, reason, ..entry.clone() })?;
    let line = format!("{} on incident {} of {}", word(entry.verdict), entry.incident, text::safe(&entry.principal));
    label(out, "withdrawn", &line)?;
    Ok(Ending::Quiet)
}
