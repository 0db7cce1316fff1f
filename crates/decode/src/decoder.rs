//! Reads files, whole or in blocks: what is found in the text is judged, and added up.

use std::io::Read;

use crate::{
    Caps, Decoded, Verdict,
    blocks::Blocks,
    container::{Piece, Walk},
    envelope::{self, Stream, Unpacked, Unpacker},
    header::Header,
    judge::{Court, Fate, judge},
    shape::Shape,
    tally::{Past, Tally},
    wanted::{Filter, Wanted},
};

/// Events of a part that is handed on; more than a block of ordinary records has. A crafted
/// file has more of them than it has kilobytes.
const PART_EVENTS: usize = 4096;

/// Envelopes around one record. A queue in a queue in a stream is real; a thousand are not.
const MOST_ENVELOPES: usize = 8;

/// Reads one file after the other, and uses its memory again for each. A thread has one.
pub struct Decoder {
    caps: Caps,
    unpacker: Unpacker,
    blocks: Blocks,
}

impl Decoder {
    pub fn new(caps: Caps) -> Self {
        Self { caps, unpacker: Unpacker::new(), blocks: Blocks::default() }
    }

    /// Reads the content of one file whole. `path` only names it in rejects.
    pub fn decode(&mut self, path: &str, packed: &[u8], wanted: &Wanted) -> Decoded {
        let unpacked = self.unpacker.unpack(packed, self.caps.unpacked_bytes);
        let decoded = Reading::new(path, &self.caps, wanted, None).whole(&unpacked);
        self.unpacker.shrink();
        decoded
    }

    /// Reads the content of one file whole if it is small enough, and else as `stream` does.
    pub fn read(&mut self, path: &str, packed: &[u8], wanted: &Wanted, take: &mut dyn FnMut(Decoded)) -> Decoded {
        if envelope::stated_bytes(packed) <= self.caps.whole_bytes {
            let unpacked = self.unpacker.unpack(packed, self.caps.whole_bytes as u64);
            if !unpacked.is_beyond_limit {
                return Reading::new(path, &self.caps, wanted, Some(take)).whole(&unpacked);
            }
        }
        self.stream(path, packed, wanted, take)
    }

    /// Reads a file block by block, in memory that does not depend on its length. The parts
    /// are handed to `take` in order, except for the last one, which is returned: its verdict
    /// is that on the file.
    ///
    /// Together they are what `decode` makes of the file, wherever the blocks end. It differs
    /// only for records larger than `Caps::record_bytes`, for rubbish longer than
    /// `Caps::idle_bytes`, in how much of a stream is kept that turns out to be corrupt, and
    /// in when the search for a next record is given up in a file that was crafted for that.
    pub fn stream(&mut self, path: &str, packed: impl Read, wanted: &Wanted, take: &mut dyn FnMut(Decoded)) -> Decoded {
        let mut stream = Stream::open(packed);
        let last = Reading::new(path, &self.caps, wanted, Some(take)).blocks(&mut stream, &mut self.blocks);
        self.blocks.shrink();
        last
    }
}

/// One file that is being read.
struct Reading<'r> {
    path: &'r str,
    caps: &'r Caps,
    court: Court<'r>,
    /// Gets the parts, if parts are asked for.
    take: Option<&'r mut dyn FnMut(Decoded)>,
}

impl<'r> Reading<'r> {
    fn new(path: &'r str, caps: &'r Caps, wanted: &'r Wanted, take: Option<&'r mut dyn FnMut(Decoded)>) -> Self {
        Self { path, caps, court: Court { wanted, filter: Filter::new(&wanted.which) }, take }
    }

    fn whole(mut self, unpacked: &Unpacked<'_>) -> Decoded {
        let mut tally = Tally::new(self.path, self.caps, Past::default());
        let mut walk = Walk::new(unpacked.content, self.caps.depth);
        self.walk(&mut walk, &mut tally, unpacked.incomplete.is_some());
        let length = unpacked.content.len() as u64;
        if let Some(reason) = &unpacked.incomplete {
            tally.damage(length, reason.clone());
        }
        let verdict = verdict(tally.so_far(), walk.is_empty());
        tally.part(verdict, length)
    }

    fn blocks(mut self, stream: &mut Stream<'_>, blocks: &mut Blocks) -> Decoded {
        blocks.clear();
        let mut paused = Walk::in_blocks(self.caps.depth, self.caps.record_bytes as u64);
        let (mut earlier, mut idle_since) = (Past::default(), 0);
        loop {
            let new_bytes = blocks.read(stream, self.caps);
            let mut walk = paused.resume(blocks.text(), new_bytes, !stream.has_ended());
            let mut tally = Tally::new(self.path, self.caps, earlier);
            self.walk(&mut walk, &mut tally, stream.incomplete().is_some());
            let offset = stream.offset();
            let so_far = tally.so_far();
            if so_far.understood + so_far.digests > earlier.understood + earlier.digests {
                idle_since = offset;
            }
            let is_idle = !walk.has_ended() && offset - idle_since > self.caps.idle_bytes;
            if is_idle {
                tally.damage(offset, format!("no record in {} bytes: the rest is not read", self.caps.idle_bytes));
            } else if let Some(reason) = stream.incomplete() {
                tally.damage(offset, reason.to_owned());
            }
            earlier = tally.so_far();
            let part = tally.part(verdict(earlier, walk.is_empty()), new_bytes as u64);
            if is_idle || walk.has_ended() {
                return part;
            }
            self.hand_on(part);
            let (rest, walk) = walk.pause();
            paused = walk;
            let rest = rest.len();
            blocks.keep(rest);
        }
    }

    /// Goes on to the end of the text that the walk is on.
    fn walk<'a>(&mut self, walk: &mut Walk<'a>, tally: &mut Tally<'a>, breaks_off: bool)
    where
        'r: 'a,
    {
        loop {
            while let Some(piece) = walk.next() {
                self.piece(piece, walk.header(), tally, breaks_off);
                if self.take.is_some() && tally.events.len() >= PART_EVENTS {
                    let part = tally.part(verdict(tally.so_far(), false), 0);
                    self.hand_on(part);
                }
            }
            if walk.rest() < self.caps.record_bytes || walk.has_ended() {
                return;
            }
            if let Some(piece) = walk.give_up_value() {
                self.piece(piece, walk.header(), tally, breaks_off);
            }
        }
    }

    fn piece<'a>(&self, piece: Piece<'a>, header: &Header<'a>, tally: &mut Tally<'a>, breaks_off: bool) {
        match piece {
            Piece::Record { offset, bytes } => match Shape::of(bytes, header) {
                Shape::Envelope(texts) => texts.iter().for_each(|text| self.inner(text, offset, tally, 1)),
                shape => {
                    let fate = judge(&shape, bytes, header, &self.court, &mut tally.clock);
                    tally.record(offset, bytes, fate);
                }
            },
            Piece::BadRecord { offset, reason } => tally.record(offset, &[], Fate::Rejected(reason.to_owned())),
            Piece::Oversize { offset } => {
                let reason = format!("record larger than {} bytes", self.caps.record_bytes);
                tally.record(offset, &[], Fate::Rejected(reason));
            }
            Piece::Damage { offset, reason } => tally.damage(offset, reason.to_owned()),
            // A stream that breaks off is said to end too early.
            Piece::Unclosed { .. } if breaks_off => {}
            Piece::Unclosed { offset } => tally.damage(offset, "the list of records is not closed".to_owned()),
        }
    }

    /// Walks over a text that was taken out of the record at `offset`.
    fn inner(&self, text: &[u8], offset: u64, tally: &mut Tally<'_>, level: usize) {
        let mut walk = Walk::new(text, self.caps.depth);
        while let Some(piece) = walk.next() {
            let bytes = match piece {
                Piece::Record { bytes, .. } => bytes,
                Piece::BadRecord { reason, .. } | Piece::Damage { reason, .. } => {
                    tally.inner_record(offset, text, Fate::Rejected(format!("in an envelope: {reason}")));
                    continue;
                }
                // It is whole, or it would not have been cut.
                Piece::Oversize { .. } | Piece::Unclosed { .. } => continue,
            };
            match Shape::of(bytes, walk.header()) {
                Shape::Envelope(_) if level == MOST_ENVELOPES => {
                    let reason = format!("more than {MOST_ENVELOPES} envelopes around a record");
                    tally.inner_record(offset, bytes, Fate::Rejected(reason));
                }
                Shape::Envelope(texts) => texts.iter().for_each(|text| self.inner(text, offset, tally, level + 1)),
                shape => {
                    let fate = judge(&shape, bytes, walk.header(), &self.court, &mut tally.clock);
                    tally.inner_record(offset, bytes, fate);
                }
            }
        }
    }

    fn hand_on(&mut self, part: Decoded) {
        if let Some(take) = &mut self.take {
            take(part);
        }
    }
}

fn verdict(file: Past, is_empty: bool) -> Verdict {
    if file.understood == 0 && file.rejected_total > 0 {
        Verdict::Rejected
    } else if file.read == 0 && file.digests > 0 {
        Verdict::Skipped("CloudTrail digest file")
    } else if is_empty {
        Verdict::Skipped("empty file")
    } else {
        Verdict::Read
    }
}
