//! Files in, decoded batches out: several threads decode, and one hands on in file order.
//!
//! The order makes a run repeatable: whichever thread is faster, the same record is the
//! duplicate and the same reject comes first.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use decode::{Caps, Decoded, Verdict, Wanted};
use detect::Batch;
use model::{Coverage, Reject};

use crate::{
    cli::Input,
    files::{self, File},
    show::progress::Progress,
    tally::Tally,
};

/// Decoded files in flight, a thread. More would only hide that the receiver is slow.
const QUEUE: usize = 4;

/// Reads all of `input`, hands every batch to `take` in the order of the files, and says what
/// became of each file and record.
pub fn read(input: &Input, wanted: &Wanted, mut take: impl FnMut(Batch)) -> anyhow::Result<Tally> {
    let found = files::find(&input.paths);
    if found.files.is_empty() && found.rejects.len() == input.paths.len() {
        return Err(nothing_to_read(&input.paths, &found.rejects));
    }
    let mut tally = Tally::new(found.rejects);
    let progress = Progress::new(&found.files);
    let threads = threads(input).min(found.files.len().max(1));
    let (sender, receiver) = bounded(threads * QUEUE);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, files, next) = (sender.clone(), &found.files, &next);
            scope.spawn(move || work(files, next, wanted, &sender));
        }
        drop(sender);
        for (file, mut decoded) in in_order(&receiver) {
            tally.add(&mut decoded);
            progress.advance(&found.files[file], &decoded);
            take(Batch { events: decoded.events, coverage: decoded.coverage });
        }
    });
    progress.finish();
    Ok(tally)
}

fn threads(input: &Input) -> usize {
    let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    input.threads.map_or_else(cores, usize::from)
}

fn nothing_to_read(paths: &[PathBuf], rejects: &[Reject]) -> anyhow::Error {
    let reasons: Vec<_> = rejects.iter().map(|reject| format!("`{}` {}", reject.path, reject.reason)).collect();
    let hint = if paths.len() == 1 { "is the path right?" } else { "are the paths right?" };
    anyhow::anyhow!("nothing to read: {}\nhint: {hint}", reasons.join(", "))
}

/// Takes one file after the other until there are none left, or nobody listens.
fn work(files: &[File], next: &AtomicUsize, wanted: &Wanted, sender: &Sender<(usize, Decoded)>) {
    let caps = Caps::default();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(file) = files.get(index) else { return };
        let decoded = match file.read(caps.unpacked_bytes) {
            Ok(bytes) => decode::decode(&file.name(), &bytes, wanted, &caps),
            Err(error) => unreadable(file, &error),
        };
        if sender.send((index, decoded)).is_err() {
            return;
        }
    }
}

fn unreadable(file: &File, error: &std::io::Error) -> Decoded {
    let reject = Reject { path: file.name(), offset: 0, reason: format!("cannot be read: {error}") };
    Decoded {
        verdict: Verdict::Rejected,
        events: Vec::new(),
        records: decode::Records::default(),
        coverage: Coverage::default(),
        rejects: vec![reject],
        rejected_total: 1,
        unpacked_bytes: 0,
    }
}

/// Holds back what came early, until its turn.
fn in_order(receiver: &Receiver<(usize, Decoded)>) -> impl Iterator<Item = (usize, Decoded)> {
    let mut early = BTreeMap::new();
    (0..).map_while(move |turn| {
        while !early.contains_key(&turn) {
            let (index, decoded) = receiver.recv().ok()?;
            early.insert(index, decoded);
        }
        early.remove(&turn).map(|decoded| (turn, decoded))
    })
}
