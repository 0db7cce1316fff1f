//! Reads files, whole or in blocks: what is found in the text is judged, and added up.

use std::{
    borrow::Cow,
    io::{Cursor, Read, Seek},
    mem,
};

use crate::{
    Caps, Decoded, Verdict,
    blocks::Blocks,
    container::{Piece, Walk},
    content::Content,
    envelope::{self, Stream, Unpacked, Unpacker},
    header::Header,
    judge::{Court, Fate, judge},
    layers::{Layer, Within},
    lenient::Scalar,
    recall::Recall,
    shape::Shape,
    tally::{Past, Tally},
    wanted::{Filter, Wanted},
    watch::{Watch, Watcher},
};

/// Events of a part that is handed on; more than a block of ordinary records has. A crafted
/// file has more of them than it has kilobytes.
const PART_EVENTS: usize = 4096;

/// Envelopes around one record. A queue in a queue in a stream is real; a thousand are not.
const MOST_ENVELOPES: usize = 8;

const UNCLOSED: &str = "the list of records is not closed";

/// Reads one file after the other, and uses its memory again for each. A thread has one.
pub struct Decoder<'w> {
    caps: Caps,
    unpacker: Unpacker,
    blocks: Blocks,
    recall: Recall,
    within: Within<'w>,
}

impl<'w> Decoder<'w> {
    pub fn new(caps: Caps) -> Self {
        Self::inside(caps, Within::default())
    }

    /// One whose every record is shown to somebody, beside what comes out.
    pub fn watched(caps: Caps, watcher: Watcher<'w>) -> Self {
        Self::inside(caps, Within::watched(watcher))
    }

    /// For what is inside of something else.
    pub(crate) fn inside(caps: Caps, within: Within<'w>) -> Self {
        Self { caps, unpacker: Unpacker::new(), blocks: Blocks::default(), recall: Recall::default(), within }
    }

    /// Who looks on at this level.
    pub(crate) fn watch(&self) -> Watch<'w> {
        Watch::of(&self.within)
    }

    /// Reads the content of one file whole. `path` only names it in rejects.
    pub fn decode(&mut self, path: &str, packed: &[u8], wanted: &Wanted) -> Decoded {
        let unpacked = self.unpacker.unpack(packed, self.caps.unpacked_bytes);
        if Content::of(unpacked.content) == Content::Text {
            let within = self.within.named(envelope::packing(packed));
            let decoded = Reading::new(path, &self.caps, wanted, None, within).whole(&unpacked, &mut self.recall);
            self.unpacker.shrink();
            return decoded;
        }
        let mut parts = Vec::new();
        let last = self.seek(path, Cursor::new(packed), wanted, &mut |part| parts.push(part));
        parts.push(last);
        self.whole(parts)
    }

    /// Reads the content of one file whole if it is small enough, and else as `stream` does.
    pub fn read(&mut self, path: &str, packed: &[u8], wanted: &Wanted, take: &mut dyn FnMut(Decoded)) -> Decoded {
        if envelope::stated_bytes(packed) <= self.caps.whole_bytes {
            let unpacked = self.unpacker.unpack(packed, self.caps.whole_bytes as u64);
            if !unpacked.is_beyond_limit && Content::of(unpacked.content) == Content::Text {
                let within = self.within.named(envelope::packing(packed));
                let reading = Reading::new(path, &self.caps, wanted, Some(take), within);
                return reading.whole(&unpacked, &mut self.recall);
            }
        }
        self.seek(path, Cursor::new(packed), wanted, take)
    }

    /// Reads a file as `stream` does, except for a zip, which has to be read from its end.
    pub fn seek(
        &mut self,
        path: &str,
        mut packed: impl Read + Seek,
        wanted: &Wanted,
        take: &mut dyn FnMut(Decoded),
    ) -> Decoded {
        let mut head = [0; 4];
        let is_zip = packed.read_exact(&mut head).is_ok() && Content::of(&head) == Content::Zip;
        match packed.rewind() {
            Ok(()) if is_zip => self.layer(path, wanted, take, None).zip(packed),
            Ok(()) => self.stream(path, packed, wanted, take),
            Err(_) => self.stream(path, head.chain(packed), wanted, take),
        }
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
        let stream = Stream::open(packed);
        let (content, packing) = (stream.content(), stream.packing());
        let mut stream = match content {
            Content::Text => stream,
            Content::Rows(delimiter) => stream.rows(delimiter, self.caps.record_bytes),
            content => return self.layer(path, wanted, take, packing).stream(content, stream.into_reader()),
        };
        let within = self.within.named(packing).named(content.name());
        let reading = Reading::new(path, &self.caps, wanted, Some(take), within);
        let last = reading.blocks(&mut stream, &mut self.blocks, &mut self.recall);
        self.blocks.shrink();
        last
    }

    fn layer<'l>(
        &'l self,
        path: &'l str,
        wanted: &'l Wanted,
        take: &'l mut dyn FnMut(Decoded),
        packing: Option<&'static str>,
    ) -> Layer<'l> {
        Layer { path, caps: &self.caps, within: self.within.named(packing), wanted, take }
    }

    fn whole(&self, parts: Vec<Decoded>) -> Decoded {
        let mut whole = Tally::new("", &self.caps, Past::default(), Watch::default()).part(Verdict::Read, 0);
        for part in parts {
            whole.add(part, &self.caps);
        }
        whole
    }
}

/// One file that is being read.
struct Reading<'r> {
    path: &'r str,
    caps: &'r Caps,
    court: Court<'r>,
    /// Gets the parts, if parts are asked for.
    take: Option<&'r mut dyn FnMut(Decoded)>,
    within: Within<'r>,
}

impl<'r> Reading<'r> {
    fn new(
        path: &'r str,
        caps: &'r Caps,
        wanted: &'r Wanted,
        take: Option<&'r mut dyn FnMut(Decoded)>,
        within: Within<'r>,
    ) -> Self {
        Self { path, caps, court: Court { wanted, filter: Filter::new(&wanted.which) }, take, within }
    }

    fn whole(mut self, unpacked: &Unpacked<'_>, recall: &mut Recall) -> Decoded {
        recall.begin(self.court.wanted);
        let mut tally = Tally::new(self.path, self.caps, Past::default(), Watch::of(&self.within));
        tally.recall = mem::take(recall);
        let mut walk = Walk::new(unpacked.content, self.caps.depth);
        self.walk(&mut walk, &mut tally, unpacked.incomplete.is_some());
        let length = unpacked.content.len() as u64;
        if let Some(reason) = &unpacked.incomplete {
            tally.damage(length, reason.clone());
        }
        let verdict = verdict(tally.so_far(), walk.is_empty());
        let part = tally.part(verdict, length);
        *recall = tally.recall;
        part
    }

    fn blocks(mut self, stream: &mut Stream<'_>, blocks: &mut Blocks, recall: &mut Recall) -> Decoded {
        blocks.clear();
        recall.begin(self.court.wanted);
        let mut paused = Walk::in_blocks(self.caps.depth, self.caps.record_bytes as u64);
        let (mut earlier, mut idle_since) = (Past::default(), 0);
        loop {
            let new_bytes = blocks.read(stream, self.caps);
            let mut walk = paused.resume(blocks.text(), new_bytes, !stream.has_ended());
            let mut tally = Tally::new(self.path, self.caps, earlier, Watch::of(&self.within));
            tally.recall = mem::take(recall);
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
            *recall = tally.recall;
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
                let lists = tally.watch.enter(walk.lists());
                self.piece(piece, walk.header(), tally, breaks_off);
                tally.watch.leave(lists);
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
            // By reference: what is known of an entry of Google Cloud is large.
            Piece::Record { offset, bytes } => match &Shape::of(bytes, header) {
                Shape::Envelope { name, texts } => self.envelope(name, texts, offset, tally, 1),
                shape => {
                    let fate = judge(shape, bytes, header, &self.court, &mut tally.recall);
                    tally.record(offset, bytes, fate);
                }
            },
            Piece::Text { offset, raw } => self.text(raw, offset, tally, 1),
            Piece::BadRecord { offset, reason, beginning } => {
                tally.record(offset, beginning, Fate::Rejected(reason.to_owned()));
            }
            Piece::Oversize { offset } => {
                let reason = format!("record larger than {} bytes", self.caps.record_bytes);
                tally.record(offset, &[], Fate::Rejected(reason));
            }
            Piece::Damage { offset, reason } => tally.damage(offset, reason.to_owned()),
            // A stream that breaks off is said to end too early.
            Piece::Unclosed { .. } if breaks_off => {}
            Piece::Unclosed { offset } => tally.damage(offset, UNCLOSED.to_owned()),
        }
    }

    /// A text where a record is expected.
    fn text(&self, raw: &[u8], offset: u64, tally: &mut Tally<'_>, level: usize) {
        match Scalar::of(raw).filter(|text| matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))) {
            Some(text) => self.inner(&text, offset, tally, level),
            None => tally.inner_record(offset, raw, Fate::Rejected("expected an object, found a text".to_owned())),
        }
    }

    /// What is in an envelope.
    fn envelope(&self, name: &'static str, texts: &[Cow<'_, [u8]>], offset: u64, tally: &mut Tally<'_>, level: usize) {
        let entered = tally.watch.enter([name]);
        for text in texts {
            self.inner(text, offset, tally, level);
        }
        tally.watch.leave(entered);
    }

    /// Walks over a text that was taken out of the record at `offset`.
    fn inner(&self, text: &[u8], offset: u64, tally: &mut Tally<'_>, level: usize) {
        if level > MOST_ENVELOPES {
            let reason = format!("more than {MOST_ENVELOPES} envelopes around a record");
            tally.inner_record(offset, text, Fate::Rejected(reason));
        } else if envelope::is_packed(text) {
            self.packed(text, offset, tally, level);
        } else {
            let mut walk = Walk::new(text, self.caps.depth);
            while let Some(piece) = walk.next() {
                let lists = tally.watch.enter(walk.lists());
                self.inner_piece(piece, walk.header(), text, offset, tally, level);
                tally.watch.leave(lists);
            }
        }
    }

    /// Unpacks a text that was packed before it was put into the record at `offset`.
    fn packed(&self, packed: &[u8], offset: u64, tally: &mut Tally<'_>, level: usize) {
        let most = tally.inner_room().min(self.caps.record_bytes as u64);
        let mut unpacker = Unpacker::new();
        let Unpacked { content, incomplete, .. } = unpacker.unpack(packed, most);
        tally.take_inner_room(content.len());
        if let Some(reason) = incomplete {
            tally.damage(offset, format!("in an envelope: {reason}"));
        }
        let entered = tally.watch.enter(envelope::packing(packed));
        self.inner(content, offset, tally, level + 1);
        tally.watch.leave(entered);
    }

    fn inner_piece<'t>(
        &self,
        piece: Piece<'t>,
        header: &Header<'t>,
        text: &[u8],
        offset: u64,
        tally: &mut Tally<'_>,
        level: usize,
    ) {
        match piece {
            Piece::Record { bytes, .. } => match &Shape::of(bytes, header) {
                Shape::Envelope { name, texts } => self.envelope(name, texts, offset, tally, level + 1),
                shape => {
                    let fate = judge(shape, bytes, header, &self.court, &mut tally.recall);
                    tally.inner_record(offset, bytes, fate);
                }
            },
            Piece::Text { raw, .. } => self.text(raw, offset, tally, level + 1),
            Piece::BadRecord { reason, .. } | Piece::Damage { reason, .. } => {
                tally.inner_record(offset, text, Fate::Rejected(format!("in an envelope: {reason}")));
            }
            Piece::Unclosed { .. } => tally.damage(offset, format!("in an envelope: {UNCLOSED}")),
            // Only a walk in blocks gives up a value.
            Piece::Oversize { .. } => {}
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
