//! Files in, decoded batches out: several threads decode, and one hands on in file order.

use std::{
    fs,
    io::{self, ErrorKind, Read},
    num::NonZeroUsize,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use decode::{Caps, Decoded, Decoder, Verdict, Wanted};
use detect::Batch;
use model::{Coverage, Reject};

use crate::{
    cli::Input,
    files::{self, File},
    show::progress::Progress,
    tally::Tally,
    turns::{self, Part, Turns},
};

const CAPS: Caps = Caps::DEFAULT;

/// Threads beside one for each core. Each may hold a file in memory.
const MOST_WAITING: usize = 4;

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
    let (next, turns) = (AtomicUsize::new(0), Turns::default());
    thread::scope(|scope| {
        let (sender, parts) = turns.channel(threads);
        for _ in 0..threads {
            let (sender, files, next) = (sender.clone(), &found.files, &next);
            scope.spawn(move || work(files, next, wanted, sender));
        }
        drop(sender);
        for Part { file, mut decoded, is_last } in parts {
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

/// A few more than there are cores, because some wait for the disk: files that have to be
/// fetched from it take three fifths of the time, and others as long as before.
fn threads(input: &Input) -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    input.threads.map_or(cores + cores.min(MOST_WAITING), usize::from)
}

fn nothing_to_read(paths: &[PathBuf], rejects: &[Reject]) -> anyhow::Error {
    let reasons: Vec<_> = rejects.iter().map(|reject| format!("`{}` {}", reject.path, reject.reason)).collect();
    let hint = if paths.len() == 1 { "is the path right?" } else { "are the paths right?" };
    anyhow::anyhow!("nothing to read: {}\nhint: {hint}", reasons.join(", "))
}

/// Takes one file after the other until there are none left, or nobody listens.
fn work(files: &[File], next: &AtomicUsize, wanted: &Wanted, mut sender: turns::Sender<'_>) {
    let mut reader = Reader { decoder: Decoder::new(CAPS), packed: Vec::new() };
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(file) = files.get(index) else { return };
        let mut hand_on = |decoded| {
            // It is noticed with the last part if nobody listens.
            sender.send(Part { file: index, decoded, is_last: false });
        };
        let last = reader.read(file, wanted, &mut hand_on).unwrap_or_else(|error| unreadable(file, &error));
        if !sender.send(Part { file: index, decoded: last, is_last: true }) {
            return;
        }
    }
}

/// What one thread reads with: memory that is used again for every file.
struct Reader {
    decoder: Decoder<'static>,
    packed: Vec<u8>,
}

impl Reader {
    /// A file of ordinary size is fetched whole; a large one, or one without an end, never is.
    fn read(&mut self, file: &File, wanted: &Wanted, take: &mut dyn FnMut(Decoded)) -> io::Result<Decoded> {
        let name = file.name();
        if let File::Path { path, size } = file
            && *size > CAPS.whole_bytes as u64
        {
            return Ok(self.decoder.seek(&name, fs::File::open(path)?, wanted, take));
        }
        let mut source = file.open()?;
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
        drifts: Vec::new(),
        unpacked_bytes: 0,
    }
}
