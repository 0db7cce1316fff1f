//! Files in, decoded batches out: several threads decode, and one hands on in file order.
//!
//! The order makes a run repeatable: whichever thread is faster, the same record is the
//! duplicate and the same reject comes first.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{self, ErrorKind, Read},
    iter,
    num::NonZeroUsize,
    path::PathBuf,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use decode::{Caps, Decoded, Decoder, Verdict, Wanted};
use detect::Batch;
use model::{Coverage, Reject};

use crate::{
    cli::Input,
    files::{self, File},
    show::progress::Progress,
    tally::Tally,
};

const CAPS: Caps = Caps::DEFAULT;

/// Decoded files in flight, a thread. More would only hide that the receiver is slow.
const QUEUE: usize = 4;

/// What may be held of files whose turn has not come.
const HELD_BYTES: usize = 8 << 20;

/// What a file, an event and a reject weigh, rounded up.
const WEIGHT: usize = 1 << 10;

/// Room behind the end of a file, in which its end is noticed; a pipe is read in such pieces.
const PROBE_BYTES: usize = 64 << 10;

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
    let (next, lead) = (AtomicUsize::new(0), Lead::default());
    thread::scope(|scope| {
        for _ in 0..threads {
            let sender = Sending { sender: sender.clone(), lead: &lead };
            let (files, next) = (&found.files, &next);
            scope.spawn(move || work(files, next, wanted, &sender));
        }
        drop(sender);
        for Part { file, mut decoded, is_last } in in_order(&receiver, &lead) {
            if is_last {
                tally.add_file(decoded.verdict);
            }
            tally.add(&mut decoded);
            progress.advance(&found.files[file], &decoded, is_last);
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
fn work(files: &[File], next: &AtomicUsize, wanted: &Wanted, sending: &Sending<'_>) {
    let mut reader = Reader { decoder: Decoder::new(CAPS), packed: Vec::new() };
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(file) = files.get(index) else { return };
        let mut hand_on = |decoded| {
            // It is noticed with the last part if nobody listens.
            sending.send(Part { file: index, decoded, is_last: false });
        };
        let last = reader.read(file, wanted, &mut hand_on).unwrap_or_else(|error| unreadable(file, &error));
        if !sending.send(Part { file: index, decoded: last, is_last: true }) {
            return;
        }
    }
}

/// What one thread reads with: memory that is used again for every file.
struct Reader {
    decoder: Decoder,
    packed: Vec<u8>,
}

impl Reader {
    /// A file of ordinary size is fetched whole; a large one, or one without an end, never is.
    fn read(&mut self, file: &File, wanted: &Wanted, take: &mut dyn FnMut(Decoded)) -> io::Result<Decoded> {
        let (name, mut source) = (file.name(), file.open()?);
        if file.size() > CAPS.whole_bytes as u64 {
            return Ok(self.decoder.stream(&name, source, wanted, take));
        }
        let expected = usize::try_from(file.size()).unwrap_or(CAPS.whole_bytes);
        let length = fetch(&mut source, &mut self.packed, expected)?;
        let packed = &self.packed[..length];
        Ok(if length <= CAPS.whole_bytes {
            self.decoder.read(&name, packed, wanted, take)
        } else {
            self.decoder.stream(&name, packed.chain(source), wanted, take)
        })
    }
}

/// Reads to the end, or some bytes beyond what is decoded whole.
///
/// The size is known from the walk, so that one read fetches the file and one finds its end.
fn fetch(source: &mut impl Read, packed: &mut Vec<u8>, expected: usize) -> io::Result<usize> {
    let mut length = 0;
    while length <= CAPS.whole_bytes {
        let end = expected.max(length) + PROBE_BYTES;
        if packed.len() < end {
            packed.resize(end, 0);
        }
        match source.read(&mut packed[length..end]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
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

/// What came out of a file, or out of one part of a large one.
struct Part {
    file: usize,
    decoded: Decoded,
    is_last: bool,
}

impl Part {
    /// Roughly the bytes that it holds.
    fn weight(&self) -> usize {
        WEIGHT * (1 + self.decoded.events.len() + self.decoded.rejects.len())
    }
}

/// Where the threads hand on what they have read.
struct Sending<'a> {
    sender: Sender<Part>,
    lead: &'a Lead,
}

impl Sending<'_> {
    /// False when nobody listens any more.
    fn send(&self, part: Part) -> bool {
        self.lead.wait(part.file, part.weight());
        self.sender.send(part).is_ok()
    }
}

/// How far the threads are ahead of the file whose turn it is.
///
/// While one of them reads a file of gigabytes the others could read all the rest, and all
/// that would have to be held until its turn comes.
#[derive(Default)]
struct Lead {
    held: Mutex<Held>,
    moved: Condvar,
}

#[derive(Default)]
struct Held {
    turn: usize,
    bytes: usize,
    waiting: usize,
}

impl Lead {
    /// Waits until there is room for what is not yet due. What is due never waits.
    fn wait(&self, file: usize, bytes: usize) {
        let mut held = self.held();
        held.waiting += 1;
        while file > held.turn && held.bytes > HELD_BYTES {
            held = self.moved.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        held.waiting -= 1;
        held.bytes += bytes;
    }

    fn passed(&self, bytes: usize, is_last: bool) {
        let mut held = self.held();
        held.bytes -= bytes;
        held.turn += usize::from(is_last);
        if held.waiting > 0 {
            self.moved.notify_all();
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holds back what came early, until its turn.
fn in_order<'a>(receiver: &'a Receiver<Part>, lead: &'a Lead) -> impl Iterator<Item = Part> + 'a {
    let mut early: BTreeMap<usize, VecDeque<Part>> = BTreeMap::new();
    let mut turn = 0;
    iter::from_fn(move || {
        let part = loop {
            if let Some(part) = early.get_mut(&turn).and_then(VecDeque::pop_front) {
                break part;
            }
            let part = receiver.recv().ok()?;
            early.entry(part.file).or_default().push_back(part);
        };
        if part.is_last {
            early.remove(&turn);
            turn += 1;
        }
        lead.passed(part.weight(), part.is_last);
        Some(part)
    })
}
