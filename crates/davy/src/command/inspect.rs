//! `davy inspect`: what a file is, how it was read, and what became of each record of it.

use std::{cell::RefCell, collections::BTreeSet, fs, io::Write};

use anyhow::{Result, bail};
use decode::{Caps, Decoded, Decoder, End, Sight, Wanted, Which};
use detect::plural;

use crate::{
    Ending,
    cli::{Format, inspect::Inspect},
    files::{self, File},
    show::{
        self,
        inspect::{Inspected, Record, Reject},
        text,
    },
    story::{self, Story},
};

/// Records listed of a file on a screen, or shown in full.
const SHOWN: usize = 20;

/// Records listed in all.
const MOST_LISTED: usize = 100_000;

/// Rejects listed of a file.
const REJECTS: usize = 100;

/// Ways to a record that are told apart in one file.
const WAYS: usize = 100;

/// Bytes kept of a record that is shown in full.
const RAW_BYTES: usize = 256 << 10;

const EXCERPT_BYTES: usize = 160;

pub fn run(options: &Inspect, out: &mut dyn Write) -> Result<Ending> {
    let found = files::find(&options.paths);
    let wanted = wanted(options)?;
    let mut files: Vec<Inspected> = found.rejects.iter().map(Inspected::not_there).collect();
    let mut room = MOST_LISTED;
    for file in &found.files {
        let inspected = inspect(file, options, &wanted, room);
        room -= inspected.records.len();
        files.push(inspected);
    }
    write(out, &files, options)?;
    let rejects: u64 = files.iter().map(|file| file.rejects_total).sum();
    Ok(if options.strict && rejects > 0 { Ending::Rejects } else { Ending::Quiet })
}

/// A record that is named is decoded whatever it is; otherwise what a scan decodes, or all.
fn wanted(options: &Inspect) -> Result<Wanted> {
    let Story { detections, scoring, plan } = story::load(options.detections.as_deref())?;
    let is_all = options.all || options.event.is_some();
    let which = if is_all { Which::Everything } else { story::which(&detections, &plan, Some(&scoring)) };
    Ok(Wanted { which, instances: true, until: None })
}

fn inspect(file: &File, options: &Inspect, wanted: &Wanted, room: usize) -> Inspected {
    let name = file.name();
    let is_short = options.format == Format::Table || options.event.is_some();
    let limit = options.limit.unwrap_or(if is_short { SHOWN } else { MOST_LISTED });
    let look = RefCell::new(Look {
        asked: options.event.as_deref(),
        room: limit.min(room),
        inspected: Inspected::new(&name),
        ways: BTreeSet::new(),
    });
    let watcher = |sight: &Sight<'_>| look.borrow_mut().at(sight);
    let mut decoder = Decoder::watched(Caps::DEFAULT, &watcher);
    let mut add = |part: Decoded| look.borrow_mut().inspected.add(part);
    let last = match file {
        File::Path { path, .. } => fs::File::open(path).map(|file| decoder.seek(&name, file, wanted, &mut add)),
        File::StandardInput => file.open().map(|source| decoder.stream(&name, source, wanted, &mut add)),
    };
    let last = last.map(|last| (last.verdict, add(last)));
    let mut inspected = look.into_inner().inspected;
    match last {
        Ok((verdict, ())) => inspected.settle(verdict),
        Err(error) => inspected.refuse(&format!("cannot be read: {error}")),
    }
    inspected
}

/// Sees every record of one file, and keeps what is to be shown.
struct Look<'o> {
    asked: Option<&'o str>,
    room: usize,
    inspected: Inspected,
    ways: BTreeSet<Vec<&'static str>>,
}

impl Look<'_> {
    fn at(&mut self, sight: &Sight<'_>) {
        self.count(sight);
        if let End::Rejected(reason) | End::Damaged(reason) = sight.end
            && self.inspected.rejects.len() < REJECTS
        {
            self.inspected.rejects.push(Reject {
                path: sight.path.to_owned(),
                offset: sight.offset,
                reason: reason.to_owned(),
                excerpt: beginning(sight.bytes, EXCERPT_BYTES),
            });
        }
        if self.is_asked_for(sight) {
            if self.inspected.records.len() < self.room {
                self.inspected.records.push(self.record(sight));
            } else {
                self.inspected.unlisted += 1;
            }
        }
    }

    fn count(&mut self, sight: &Sight<'_>) {
        if matches!(sight.end, End::Damaged(_)) {
            return;
        }
        if !self.ways.contains(sight.through) && self.ways.len() < WAYS {
            self.ways.insert(sight.through.to_vec());
        }
        let way = if self.ways.contains(sight.through) { show::inspect::way(sight.through) } else { "more".to_owned() };
        *self.inspected.through.entry(way).or_default() += 1;
        if let Some(product) = sight.product {
            *self.inspected.products.entry(product).or_default() += 1;
        }
    }

    fn is_asked_for(&self, sight: &Sight<'_>) -> bool {
        match (self.asked, sight.end) {
            (None, end) => matches!(end, End::Event(_)),
            (Some(asked), End::Event(event)) => is_named(&event.id.to_string(), asked) || holds(sight, asked),
            (Some(asked), _) => holds(sight, asked),
        }
    }

    fn record(&self, sight: &Sight<'_>) -> Record {
        let raw = self.asked.map(|_| beginning(sight.bytes, RAW_BYTES));
        Record::new(sight, raw)
    }
}

/// An id that is unique has more behind it than the record says.
fn is_named(id: &str, asked: &str) -> bool {
    id == asked || id.strip_prefix(asked).is_some_and(|rest| rest.starts_with('@'))
}

fn holds(sight: &Sight<'_>, asked: &str) -> bool {
    let length = sight.bytes.len().max(1) as u64;
    asked.parse().is_ok_and(|byte: u64| (sight.offset..sight.offset + length).contains(&byte))
}

fn beginning(bytes: &[u8], most: usize) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(most)]);
    if bytes.len() > most { format!("{head}…") } else { head.into_owned() }
}

fn write(out: &mut dyn Write, files: &[Inspected], options: &Inspect) -> Result<()> {
    if let Some(asked) = &options.event
        && files.iter().all(|file| file.records.is_empty())
    {
        let read = plural(files.iter().map(|file| file.counts.read).sum(), "record");
        bail!("no record `{asked}` among {read}\nhint: `davy inspect --all` lists them");
    }
    match options.format {
        Format::Table => write_screens(out, files, options)?,
        Format::Json => show::inspect::write_document(out, files)?,
        Format::Jsonl => files.iter().try_for_each(|file| show::inspect::write_lines(out, file))?,
        Format::Csv => {
            let records: Vec<&Record> = files.iter().flat_map(|file| &file.records).collect();
            show::inspect::write_csv(out, &records)?;
        }
    }
    Ok(())
}

fn write_screens(out: &mut dyn Write, files: &[Inspected], options: &Inspect) -> Result<()> {
    for (index, file) in files.iter().enumerate() {
        if index > 0 && options.event.is_none() {
            writeln!(out)?;
        }
        if options.event.is_none() {
            show::inspect::write_file(out, file, super::columns())?;
            next(out, file, options.all)?;
        } else {
            file.records.iter().try_for_each(|record| show::inspect::write_record(out, record))?;
        }
    }
    Ok(())
}

/// What to ask next: all of a list that was cut, or one record in full.
fn next(out: &mut dyn Write, file: &Inspected, all: bool) -> Result<()> {
    let path = super::scan::shell_word(&file.path);
    let all = if all { " --all" } else { "" };
    let command = match file.records.first() {
        _ if file.unlisted > 0 => {
            let more = text::number(file.unlisted);
            format!("davy inspect {path}{all} --limit {} ({more} more)", file.records.len() as u64 + file.unlisted)
        }
        Some(record) => format!("davy inspect {path} --event {}", record.offset),
        None if file.counts.filtered > 0 => format!("davy inspect {path} --all"),
        None => return Ok(()),
    };
    Ok(show::summary::label(out, "next", &command)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_record_is_named_by_its_id_as_it_stands_there() {
        for (id, asked, expected) in
            [("a", "a", true), ("a@2026/p", "a", true), ("a@2026/p", "a@2026/p", true), ("ab", "a", false)]
        {
            assert_eq!(super::is_named(id, asked), expected, "{id} {asked}");
        }
    }
}
