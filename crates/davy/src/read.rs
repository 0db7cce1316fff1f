//! Files in, decoded batches out: several threads decode, and one hands on in file order.
//!
//! The order makes a run repeatable: whichever thread is faster, the same record is the
//! duplicate and the same reject comes first.

use std::{
    collections::BTreeMap,
    io::{self, ErrorKind, Read as _},
    num::NonZeroUsize,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use decode::{Caps, Decoded, Decoder, Verdict, Wanted};
use detect::Batch;
use jiff::Timestamp;
use model::{Coverage, Reject};

use crate::{
    cli::Input,
    files::{self, File},
    show::progress::Progress,
    tally::Tally,
};

/// Decoded files in flight, a thread. More would only hide that the receiver is slow.
const QUEUE: usize = 4;

/// Room behind the end of a file, in which its end is noticed; a pipe is read in such pieces.
const PROBE_BYTES: usize = 64 << 10;

/// Reads all of `input`, hands every batch to `take` in the order of the files, and says what
/// became of each file and record. Events at or after `until` are left out.
pub fn read(
    input: &Input,
    wanted: &Wanted,
    until: Option<Timestamp>,
    mut take: impl FnMut(Batch),
) -> anyhow::Result<Tally> {
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
            if let Some(until) = until {
                leave_out_from(&mut decoded, until);
            }
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
    let mut decoder = Decoder::new(caps);
    let mut packed = Packed::default();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(file) = files.get(index) else { return };
        let decoded = match packed.read(file, caps.unpacked_bytes) {
            Ok(bytes) => decoder.decode(&file.name(), bytes, wanted),
            Err(error) => unreadable(file, &error),
        };
        if sender.send((index, decoded)).is_err() {
            return;
        }
    }
}

/// Memory for a file as it is on disk, used again for every file.
#[derive(Default)]
struct Packed {
    bytes: Vec<u8>,
}

impl Packed {
    /// The whole file, but no more than one byte beyond `most`, which the decoder will say.
    ///
    /// The size is known from the walk, so that one read fetches the file and one finds its end.
    fn read(&mut self, file: &File, most: u64) -> io::Result<&[u8]> {
        let mut source = file.open()?;
        let most = usize::try_from(most).unwrap_or(usize::MAX).saturating_add(1);
        let expected = usize::try_from(file.size()).unwrap_or(usize::MAX);
        let mut length = 0;
        while length < most {
            let room = expected.max(length).saturating_add(PROBE_BYTES).min(most);
            if self.bytes.len() < room {
                self.bytes.resize(room, 0);
            }
            let end = self.bytes.len().min(most);
            match source.read(&mut self.bytes[length..end]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.bytes[..length])
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

/// As if the logs had ended at `until`: what came later was kept, and is now filtered out.
fn leave_out_from(decoded: &mut Decoded, until: Timestamp) {
    let before = decoded.events.len();
    decoded.events.retain(|event| event.time < until);
    let left_out = (before - decoded.events.len()) as u64;
    decoded.records.kept -= left_out;
    decoded.records.filtered += left_out;
}
