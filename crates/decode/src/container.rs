//! Finds the records in a text, whatever they are wrapped in.
//!
//! The text is a sequence of JSON values, so that one object a line, objects one after the
//! other and pretty-printed objects are the same thing. Arrays hold records, and so do the
//! lists that `header::is_list` knows by name, and texts that are JSON again; any other object
//! is one. Commas and closing brackets too many are passed over, so are the times that
//! CloudWatch Logs writes before each line, and a broken record costs itself only.
//!
//! A text may come in blocks. A walk then stops where it cannot go on without seeing more, and
//! goes on from there in the next block. What it says is the same wherever the text is cut,
//! because nothing is decided by an end that may not be one: of a value that was cut, only
//! `FaultKind::EndsEarly` could change if more followed.

use crate::{
    before::Before,
    beginnings::Beginnings,
    header::{self, Cut, Header},
    oversize::{Oversize, Passed},
    scan::{self, Fault, FaultKind, Next},
    shape,
};

/// Looking for the next record after a broken one may read the text this many times over.
/// Without a limit a crafted file would be read once for each of its brackets.
const SEARCH_FACTOR: u64 = 8;

/// Lists in lists. Pages put together in a list are real; a thousand brackets are not.
const MOST_FRAMES: usize = 16;

/// CloudTrail begins every record with this key. Known, two broken records in a row are seen
/// as two.
const FIRST_KEY: &[u8] = b"\"eventVersion\"";

/// How much is shown of a record that cannot be cut.
const BEGINNING_BYTES: usize = 256;

/// A part of the text, in order.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece<'a> {
    /// An object where a record is expected. Its header is that of the walk.
    Record { offset: u64, bytes: &'a [u8] },
    /// A text where a record is expected, with its quotes: it may hold one.
    Text { offset: u64, raw: &'a [u8] },
    /// Something else where a record is expected, or a record that cannot be cut.
    BadRecord { offset: u64, reason: &'static str, beginning: &'a [u8] },
    /// A record that is larger than what can be held.
    Oversize { offset: u64 },
    /// Damage that is not a record.
    Damage { offset: u64, reason: &'static str },
    /// The text ends inside a list, between two records.
    Unclosed { offset: u64 },
}

/// An iterator over the pieces of a text, or of one block of it.
pub(crate) struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    /// Where `text` begins in the whole text, and what stood before it.
    base: u64,
    before: Before,
    /// There is more behind `text`.
    more: bool,
    /// Nothing can be said without it.
    starved: bool,
    task: Task,
    depth: usize,
    frames: Vec<Frame>,
    found: Found,
    search_bytes_left: u64,
    gave_up_at: Option<u64>,
    header: Header<'a>,
    beginnings: Beginnings,
}

/// What a text is known to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    Nothing,
    Bytes,
    /// A record, a list, or what was to be one.
    Value,
}

/// What a walk is at.
#[derive(Debug, Clone, Copy)]
enum Task {
    /// Going from one value to the next.
    Step,
    /// Looking for the next record after a broken one.
    Search,
    /// The same, after something that is no value and began at `offset`.
    SearchAfterRubbish { offset: u64 },
    /// Passing over a value that is too large to be held.
    PassOver(Oversize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// An array: its elements are records. It has a name where it is a member of a document.
    List(Option<&'static str>),
    /// The object around a list of records.
    Document,
}

impl Frame {
    fn closing(self) -> u8 {
        match self {
            Self::List(_) => b']',
            Self::Document => b'}',
        }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        while !self.starved {
            let piece = match self.task {
                Task::Step => {
                    self.at = skip_filling(self.text, self.at);
                    match self.text.get(self.at) {
                        Some(_) if self.more && self.is_cut_filling() => self.starve(),
                        Some(&byte) => self.step(byte),
                        None if self.more => self.starve(),
                        None => return self.finish(),
                    }
                }
                Task::Search | Task::SearchAfterRubbish { .. } => self.search(),
                Task::PassOver(oversize) => self.pass_over(oversize),
            };
            if piece.is_some() {
                return piece;
            }
        }
        None
    }
}

impl<'a> Walk<'a> {
    /// Walks over a whole text.
    pub(crate) fn new(text: &'a [u8], depth: usize) -> Self {
        Walk::in_blocks(depth, 0).resume(text, text.len(), false)
    }

    /// Walks over a text of which nothing is there yet. Searching may read as far as in a text
    /// of `searched` bytes, and further as more is read.
    pub(crate) fn in_blocks(depth: usize, searched: u64) -> Walk<'static> {
        Walk {
            text: &[],
            at: 0,
            base: 0,
            before: Before::default(),
            more: true,
            starved: true,
            task: Task::Step,
            depth,
            frames: Vec::new(),
            found: Found::Nothing,
            search_bytes_left: SEARCH_FACTOR.saturating_mul(searched),
            gave_up_at: None,
            header: Header::default(),
            beginnings: Beginnings::default(),
        }
    }

    /// Lets go of the block: what of it has to be shown again, and the walk without it.
    pub(crate) fn pause(mut self) -> (&'a [u8], Walk<'static>) {
        let (done, rest) = self.text.split_at(self.at);
        self.before.pass(done);
        self.base += done.len() as u64;
        (rest, self.over(&[]))
    }

    /// Goes on over the rest of the last block and `new_bytes` more.
    pub(crate) fn resume(mut self, text: &[u8], new_bytes: usize, more: bool) -> Walk<'_> {
        self.more = more;
        self.search_bytes_left = self.search_bytes_left.saturating_add(SEARCH_FACTOR.saturating_mul(new_bytes as u64));
        self.over(text)
    }

    /// The same walk over other text; a lifetime cannot be exchanged in fewer words.
    fn over(self, text: &[u8]) -> Walk<'_> {
        let Self { base, before, more, task, depth, frames, found, search_bytes_left, gave_up_at, .. } = self;
        let (at, starved, header, beginnings) = (0, false, Header::default(), Beginnings::default());
        #[rustfmt::skip]
        let walk = Walk { text, at, base, before, more, starved, task, depth, frames, found, search_bytes_left, gave_up_at, header, beginnings };
        walk
    }

    /// The header of the record that was handed out last.
    pub(crate) fn header(&self) -> &Header<'a> {
        &self.header
    }

    /// Whether there was nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.found == Found::Nothing
    }

    /// The lists around the last piece, from the outside to the inside.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &'static str> {
        self.frames.iter().filter_map(|frame| match frame {
            Frame::List(name) => Some(name.unwrap_or("array")),
            Frame::Document => None,
        })
    }

    /// The end was reached, or given up to be reached.
    pub(crate) fn has_ended(&self) -> bool {
        !self.more
    }

    /// Bytes of the text that a value was not found to end in.
    pub(crate) fn rest(&self) -> usize {
        self.text.len() - self.at
    }

    /// The value that did not fit is given up, and passed over as more comes in.
    pub(crate) fn give_up_value(&mut self) -> Option<Piece<'a>> {
        self.starved = false;
        let &byte = self.text.get(self.at)?;
        if !matches!(self.task, Task::Step) {
            // What only might begin a record does not.
            self.spend(self.text.len() - self.at);
            self.at += 1;
            return None;
        }
        let offset = self.offset(self.at);
        self.task = Task::PassOver(Oversize::default());
        self.found = Found::Value;
        let is_member = byte == b'"' && self.frames.last() == Some(&Frame::Document);
        if is_member && let Ok(Next::Key(key)) = scan::next_key(self.text, self.at) {
            self.at = key.value;
        }
        let reason = "value larger than a record may be";
        Some(if is_member { Piece::Damage { offset, reason } } else { Piece::Oversize { offset } })
    }

    fn pass_over(&mut self, mut oversize: Oversize) -> Option<Piece<'a>> {
        let (end, passed) = oversize.pass(&self.text[self.at..]);
        self.at += end;
        match passed {
            Passed::All => self.task = Task::Step,
            Passed::Part if self.more => {
                self.task = Task::PassOver(oversize);
                self.starved = true;
            }
            Passed::Part | Passed::Broken => self.task = Task::Search,
        }
        None
    }

    fn starve(&mut self) -> Option<Piece<'a>> {
        self.starved = true;
        None
    }

    fn offset(&self, at: usize) -> u64 {
        self.base + at as u64
    }

    /// Whether the first bytes of a mark that is filling end the block.
    fn is_cut_filling(&self) -> bool {
        matches!(self.text[self.at..], [0xef | 0xc2] | [0xef, 0xbb])
    }

    /// Moves on by one token or value, which may be a piece.
    fn step(&mut self, byte: u8) -> Option<Piece<'a>> {
        self.found = self.found.max(Found::Bytes);
        match (byte, self.frames.last()) {
            (b',', _) => self.at += 1,
            (b'}' | b']', frame) => {
                if frame.is_some_and(|frame| frame.closing() == byte) {
                    self.frames.pop();
                }
                self.at += 1;
            }
            (b'{', _) => return self.object(),
            (b'[', None) => self.enter(&[Frame::List(None)], self.at),
            (b'[', Some(Frame::List(_))) if self.frames.len() < MOST_FRAMES => {
                self.enter(&[Frame::List(None)], self.at);
            }
            (b'"', Some(Frame::Document)) => return self.member(),
            (_, Some(Frame::List(_))) => return self.other_element(byte),
            (b'"', None) => return self.line_of_text(),
            (b'0'..=b'9', None) => return self.stamp(),
            (_, None | Some(Frame::Document)) => self.rubbish(),
        }
        None
    }

    fn rubbish(&mut self) {
        self.task = Task::SearchAfterRubbish { offset: self.offset(self.at) };
        self.at += 1;
    }

    /// The time that an export of CloudWatch Logs has before each line.
    fn stamp(&mut self) -> Option<Piece<'a>> {
        match stamp(&self.text[self.at..]) {
            Stamp::Before(length) => self.at += length,
            Stamp::Cut if self.more => return self.starve(),
            Stamp::Cut | Stamp::None => self.rubbish(),
        }
        None
    }

    /// A text that is JSON itself may stand alone on a line.
    fn line_of_text(&mut self) -> Option<Piece<'a>> {
        match self.text.get(self.at + 1) {
            Some(b'{' | b'[') => self.other_element(b'"'),
            None if self.more => self.starve(),
            _ => {
                self.rubbish();
                None
            }
        }
    }

    /// A record, or a document around a list of records.
    fn object(&mut self) -> Option<Piece<'a>> {
        let open = self.at;
        match header::cut(&mut self.beginnings, self.text, open, self.depth, &mut self.header, self.more) {
            Ok(Cut::Record { end }) => {
                self.at = end;
                self.found = Found::Value;
                Some(Piece::Record { offset: self.offset(open), bytes: &self.text[open..end] })
            }
            Ok(Cut::List { bracket, name }) => {
                self.enter(&[Frame::Document, Frame::List(header::list_name(name))], bracket);
                None
            }
            Err(fault) => self.refuse(fault),
        }
    }

    /// A member of a document behind its list. It may be a second list.
    fn member(&mut self) -> Option<Piece<'a>> {
        let end = match scan::next_key(self.text, self.at) {
            Ok(Next::Key(key)) if header::is_list(key.raw, self.text.get(key.value)) => {
                self.enter(&[Frame::List(header::list_name(key.raw))], key.value);
                return None;
            }
            Ok(Next::Key(key)) => scan::value_end(self.text, key.value, self.depth),
            Ok(Next::End(end)) => Ok(end),
            Err(fault) => Err(fault),
        };
        match end {
            Ok(end) if self.may_go_on(end) => self.starve(),
            Ok(end) => {
                self.at = end;
                None
            }
            Err(fault) => self.refuse(fault),
        }
    }

    /// An element of a list that is no object.
    fn other_element(&mut self, byte: u8) -> Option<Piece<'a>> {
        let (start, offset) = (self.at, self.offset(self.at));
        let reason = match byte {
            b'[' => "expected an object, found an array",
            _ => "expected an object, found a number or a word",
        };
        match scan::value_end(self.text, self.at, self.depth) {
            Ok(end) if self.may_go_on(end) => self.starve(),
            Ok(end) => {
                self.at = end;
                self.found = Found::Value;
                let raw = &self.text[start..end];
                let bad = Piece::BadRecord { offset, reason, beginning: raw };
                Some(if byte == b'"' { Piece::Text { offset, raw } } else { bad })
            }
            Err(fault) => self.refuse(fault),
        }
    }

    /// Whether a value that ends with the block may be the first half of a number or a word.
    fn may_go_on(&self, end: usize) -> bool {
        self.more && end == self.text.len()
    }

    /// Some bytes from here on, for whoever has to find out what is wrong.
    fn beginning(&self) -> &'a [u8] {
        &self.text[self.at..self.text.len().min(self.at + BEGINNING_BYTES)]
    }

    /// Leaves a value that cannot be cut, for what comes after it.
    fn refuse(&mut self, fault: Fault) -> Option<Piece<'a>> {
        if self.more && fault.kind == FaultKind::EndsEarly {
            return self.starve();
        }
        let (offset, beginning) = (self.offset(self.at), self.beginning());
        self.found = Found::Value;
        if fault.kind == FaultKind::TooDeep {
            self.at = fault.at;
        } else {
            self.spend(fault.at - self.at);
            self.at += 1;
            self.task = Task::Search;
        }
        Some(Piece::BadRecord { offset, reason: fault.reason(), beginning })
    }

    /// Goes to the next place where a record seems to begin, else to the end.
    fn search(&mut self) -> Option<Piece<'a>> {
        while let Some(distance) = memchr::memchr(b'{', &self.text[self.at..]) {
            self.at += distance;
            if self.search_bytes_left == 0 {
                self.gave_up_at = Some(self.offset(self.at));
                self.more = false;
                break;
            }
            match self.no_record_before(self.at) {
                Some(later) => self.at = later,
                None if self.starved => return None,
                None => return self.end_search(),
            }
        }
        if self.gave_up_at.is_none() && self.more {
            self.at = self.text.len();
            return self.starve();
        }
        self.at = self.text.len();
        self.frames.clear();
        self.end_search()
    }

    fn end_search(&mut self) -> Option<Piece<'a>> {
        let Task::SearchAfterRubbish { offset } = std::mem::replace(&mut self.task, Task::Step) else { return None };
        let nothing_else = self.found < Found::Value && self.at == self.text.len();
        let reason = "not JSON";
        Some(if nothing_else {
            Piece::Damage { offset, reason }
        } else {
            Piece::BadRecord { offset, reason, beginning: &[] }
        })
    }

    /// Where to search on, or `None` when a record seems to begin at `open`, or nothing can be
    /// said yet.
    ///
    /// What a thief wrote cannot look like one: inside a string, quotes are escaped.
    fn no_record_before(&mut self, open: usize) -> Option<usize> {
        if !self.is_separated(open) {
            return Some(open + 1);
        }
        let begins_line = self.frames.is_empty() && self.before.ends_line(&self.text[..open]);
        let inner = scan::skip_blank(self.text, open + 1);
        if begins_line || self.text[inner..].starts_with(FIRST_KEY) {
            return None;
        }
        let (end, later) =
            match header::cut(&mut self.beginnings, self.text, open, self.depth, &mut self.header, self.more) {
                Ok(Cut::Record { .. }) if self.header.is_record() => return None,
                Ok(Cut::Record { end }) if shape::begins_like_a_record(&self.text[open..end]) => return None,
                Ok(Cut::List { name, .. }) if self.frames.is_empty() || name == b"Records" => return None,
                // In a broken record it may be a list of anything: what is in it is looked at.
                Ok(Cut::List { bracket, .. }) => (bracket, bracket),
                Ok(Cut::Record { end }) => (end, end),
                Err(fault) if fault.kind == FaultKind::TooDeep => (fault.at, fault.at),
                Err(fault) if self.more && fault.kind == FaultKind::EndsEarly => {
                    self.starved = true;
                    return None;
                }
                Err(fault) => (fault.at, open + 1),
            };
        self.spend(end - open);
        Some(later)
    }

    /// Whether a value can begin at `open`: behind a comma, a bracket, the end of a line or the
    /// time that stands before one, but not behind the colon of a member.
    fn is_separated(&self, open: usize) -> bool {
        let before = self.before.and(&self.text[..open]);
        match before.last {
            None | Some(b',' | b'[' | b'}' | b']' | b'Z') => true,
            Some(b':') => false,
            Some(_) => before.new_line,
        }
    }

    fn spend(&mut self, bytes: usize) {
        self.search_bytes_left = self.search_bytes_left.saturating_sub(bytes as u64);
    }

    fn enter(&mut self, frames: &[Frame], bracket: usize) {
        self.frames.extend_from_slice(frames);
        self.found = Found::Value;
        self.at = bracket + 1;
    }

    /// What there is to say at the end of the text, each once.
    fn finish(&mut self) -> Option<Piece<'a>> {
        if let Some(offset) = self.gave_up_at.take() {
            return Some(Piece::Damage { offset, reason: "too damaged to find the next record: the rest is not read" });
        }
        if self.frames.is_empty() {
            return None;
        }
        self.frames.clear();
        Some(Piece::Unclosed { offset: self.offset(self.text.len()) })
    }
}

enum Stamp {
    /// A time, and behind it a value at this distance.
    Before(usize),
    None,
    /// It may be one, if more follows.
    Cut,
}

/// `2026-01-01T00:00:00.000Z {`
fn stamp(line: &[u8]) -> Stamp {
    const FORM: &[u8] = b"0000-00-00T00:00:00.000Z ";
    let fits = |(byte, form): (&u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form };
    if !line.iter().zip(FORM).all(fits) {
        return Stamp::None;
    }
    match line.get(FORM.len()) {
        Some(b'{' | b'[') => Stamp::Before(FORM.len()),
        Some(_) => Stamp::None,
        None => Stamp::Cut,
    }
}

/// Blanks, byte order marks and no-break spaces: editors and shells put them between values.
fn skip_filling(text: &[u8], mut at: usize) -> usize {
    loop {
        at = scan::skip_blank(text, at);
        at += match text.get(at..).unwrap_or_default() {
            [0xef, 0xbb, 0xbf, ..] => 3,
            [0xc2, 0xa0, ..] => 2,
            _ => return at,
        };
    }
}
