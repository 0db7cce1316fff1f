//! Hands on what several threads have decoded in the order of the files.
//!
//! The order makes a run repeatable: whichever thread is faster, the same record is the
//! duplicate and the same reject comes first. Threads that are ahead wait, so that what is held
//! for later has a limit; whoever has the file whose turn it is never waits.

use std::{
    collections::{BTreeMap, VecDeque},
    iter, mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use crossbeam_channel::{Receiver, bounded};
use decode::Decoded;

/// Batches in flight, a thread. More would only hide that the receiver is slow.
const QUEUE: usize = 4;

/// Small files are handed on together: to wake the other thread for each costs as much as to
/// decode it.
const BATCH_PARTS: usize = 32;

/// What may be held of files whose turn has not come.
const HELD_BYTES: usize = 8 << 20;

/// What a file, an event and a reject weigh, rounded up.
const WEIGHT: usize = 1 << 10;

/// What came out of a file, or out of one part of a large one.
pub struct Part {
    /// Its place in the order.
    pub file: usize,
    pub decoded: Decoded,
    /// No more of this file is to come.
    pub is_last: bool,
}

impl Part {
    /// Roughly the bytes that it holds.
    fn weight(&self) -> usize {
        WEIGHT * (1 + self.decoded.events.len() + self.decoded.rejects.len())
    }
}

/// How far the threads are ahead of the file whose turn it is.
///
/// While one of them reads a file of gigabytes the others could read all the rest, and all
/// that would have to be held until its turn comes.
#[derive(Default)]
pub struct Turns {
    held: Mutex<Held>,
    moved: Condvar,
}

#[derive(Default)]
struct Held {
    turn: usize,
    bytes: usize,
    waiting: usize,
}

impl Turns {
    /// A sender to be cloned for each thread, and the parts in order. They end when all
    /// senders are gone.
    pub fn channel(&self, threads: usize) -> (Sender<'_>, impl Iterator<Item = Part> + '_) {
        let (queue, receiver) = bounded(threads * QUEUE);
        (Sender { queue, turns: self, batch: Vec::new() }, in_order(receiver, self))
    }

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

/// Where one thread hands on what it has decoded. The files it takes come in rising order.
pub struct Sender<'a> {
    queue: crossbeam_channel::Sender<Vec<Part>>,
    turns: &'a Turns,
    batch: Vec<Part>,
}

impl Clone for Sender<'_> {
    /// For another thread, which has decoded nothing yet.
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone(), turns: self.turns, batch: Vec::new() }
    }
}

impl Sender<'_> {
    /// False when nobody listens any more. A part of a large file goes on at once.
    pub fn send(&mut self, part: Part) -> bool {
        let is_due = !part.is_last || self.batch.len() + 1 >= BATCH_PARTS || part.weight() > WEIGHT * BATCH_PARTS;
        self.batch.push(part);
        !is_due || self.flush()
    }

    /// What is first in the batch is what this thread has longest, so that a thread never
    /// waits with the part in hand that the others wait for.
    fn flush(&mut self) -> bool {
        let batch = mem::take(&mut self.batch);
        let Some(first) = batch.first() else { return true };
        self.turns.wait(first.file, batch.iter().map(Part::weight).sum());
        self.queue.send(batch).is_ok()
    }
}

impl Drop for Sender<'_> {
    fn drop(&mut self) {
        // If nobody listens, nobody misses it.
        self.flush();
    }
}

/// Holds back what came early, until its turn.
fn in_order(receiver: Receiver<Vec<Part>>, turns: &Turns) -> impl Iterator<Item = Part> + '_ {
    let mut early: BTreeMap<usize, VecDeque<Part>> = BTreeMap::new();
    let mut turn = 0;
    iter::from_fn(move || {
        let part = loop {
            if let Some(part) = early.get_mut(&turn).and_then(VecDeque::pop_front) {
                break part;
            }
            for part in receiver.recv().ok()? {
                early.entry(part.file).or_default().push_back(part);
            }
        };
        if part.is_last {
            early.remove(&turn);
            turn += 1;
        }
        turns.passed(part.weight(), part.is_last);
        Some(part)
    })
}
