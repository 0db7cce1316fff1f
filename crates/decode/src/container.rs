//! Finds the records in a text, whatever they are wrapped in.
//!
//! The text is a sequence of JSON values, so that one object a line, objects one after the
//! other and pretty-printed objects are the same thing. Arrays and lists named `Records` hold
//! records; any other object is one. Commas and closing brackets too many are passed over,
//! and a broken record costs itself only.

use crate::{
    header::{self, Cut, Header},
    scan::{self, Fault, FaultKind, Key, Next},
};

/// Looking for the next record after a broken one may read the text this many times over.
/// Without a limit a crafted file would be read once for each of its brackets.
const SEARCH_FACTOR: usize = 8;

/// CloudTrail begins every record with this key. Known, two broken records in a row are seen
/// as two.
const FIRST_KEY: &[u8] = b"\"eventVersion\"";

/// A part of the text, in order.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    /// An object where a record is expected.
    Record { offset: usize, bytes: &'a [u8], header: Header<'a> },
    /// Something else where a record is expected, or a record that cannot be cut.
    BadRecord { offset: usize, reason: &'static str },
    /// Damage that is not a record.
    Damage { offset: usize, reason: &'static str },
    /// The text ends inside a list, between two records.
    Unclosed { offset: usize },
}

/// An iterator over the pieces of a text.
pub(crate) struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    frames: Vec<Frame>,
    found_any: bool,
    search_bytes_left: usize,
    gave_up_at: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// An array: its elements are records.
    List,
    /// The object around a list named `Records`.
    Document,
}

impl Frame {
    fn closing(self) -> u8 {
        match self {
            Self::List => b']',
            Self::Document => b'}',
        }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            self.at = skip_filling(self.text, self.at);
            let Some(&byte) = self.text.get(self.at) else { return self.finish() };
            if let Some(piece) = self.step(byte) {
                return Some(piece);
            }
        }
    }
}

impl<'a> Walk<'a> {
    pub(crate) fn new(text: &'a [u8], depth: usize) -> Self {
        let search_bytes_left = text.len().saturating_mul(SEARCH_FACTOR);
        Self { text, at: 0, depth, frames: Vec::new(), found_any: false, search_bytes_left, gave_up_at: None }
    }

    /// Moves on by one token or value, which may be a piece.
    fn step(&mut self, byte: u8) -> Option<Piece<'a>> {
        match (byte, self.frames.last()) {
            (b',', _) => self.at += 1,
            (b'}' | b']', frame) => {
                if frame.is_some_and(|frame| frame.closing() == byte) {
                    self.frames.pop();
                }
                self.at += 1;
            }
            (b'{', _) => return self.object(),
            (b'[', None) => self.enter(&[Frame::List], self.at),
            (b'"', Some(Frame::Document)) => return self.member(),
            (_, Some(Frame::List)) => return Some(self.other_element(byte)),
            (_, None | Some(Frame::Document)) => return Some(self.rubbish()),
        }
        None
    }

    /// A record, or a document around a list of records.
    fn object(&mut self) -> Option<Piece<'a>> {
        let offset = self.at;
        match header::cut(self.text, offset, self.depth) {
            Ok(Cut::Record { end, header }) => {
                self.at = end;
                self.found_any = true;
                Some(Piece::Record { offset, bytes: &self.text[offset..end], header })
            }
            Ok(Cut::List { bracket }) => {
                self.enter(&[Frame::Document, Frame::List], bracket);
                None
            }
            Err(fault) => Some(self.refuse(fault)),
        }
    }

    /// A member of a document behind its list. It may be a second list.
    fn member(&mut self) -> Option<Piece<'a>> {
        let end = match scan::next_key(self.text, self.at) {
            Ok(Next::Key(Key { raw: b"Records", value, .. })) if self.text.get(value) == Some(&b'[') => {
                self.enter(&[Frame::List], value);
                return None;
            }
            Ok(Next::Key(key)) => scan::value_end(self.text, key.value, self.depth),
            Ok(Next::End(end)) => Ok(end),
            Err(fault) => Err(fault),
        };
        match end {
            Ok(end) => {
                self.at = end;
                None
            }
            Err(fault) => Some(self.refuse(fault)),
        }
    }

    /// An element of a list that is no object.
    fn other_element(&mut self, byte: u8) -> Piece<'a> {
        let offset = self.at;
        let reason = match byte {
            b'"' => "expected an object, found a text",
            b'[' => "expected an object, found an array",
            _ => "expected an object, found a number or a word",
        };
        match scan::value_end(self.text, offset, self.depth) {
            Ok(end) => {
                self.at = end;
                Piece::BadRecord { offset, reason }
            }
            Err(fault) => self.refuse(fault),
        }
    }

    /// Something between values that is no value.
    fn rubbish(&mut self) -> Piece<'a> {
        let offset = self.at;
        self.search();
        let nothing_else = !self.found_any && self.at == self.text.len();
        let reason = "not JSON";
        if nothing_else { Piece::Damage { offset, reason } } else { Piece::BadRecord { offset, reason } }
    }

    /// Leaves a value that cannot be cut, for what comes after it.
    fn refuse(&mut self, fault: Fault) -> Piece<'a> {
        let offset = self.at;
        self.found_any = true;
        if fault.kind == FaultKind::TooDeep {
            self.at = fault.at;
        } else {
            self.spend(fault.at - offset);
            self.search();
        }
        Piece::BadRecord { offset, reason: fault.reason() }
    }

    /// Goes to the next place where a record seems to begin, else to the end.
    fn search(&mut self) {
        let start = self.at;
        let mut at = start + 1;
        while let Some(distance) = memchr::memchr(b'{', &self.text[at..]) {
            let open = at + distance;
            if self.search_bytes_left == 0 {
                self.gave_up_at = Some(open);
                break;
            }
            let Some(later) = self.no_record_before(open) else {
                self.at = open;
                return;
            };
            at = later;
        }
        self.at = self.text.len();
        self.frames.clear();
    }

    /// Where to search on, or `None` when a record seems to begin at `open`.
    ///
    /// What a thief wrote cannot look like one: inside a string, quotes are escaped.
    fn no_record_before(&mut self, open: usize) -> Option<usize> {
        if !self.is_separated(open) {
            return Some(open + 1);
        }
        let begins_line = self.frames.is_empty() && self.text[..open].ends_with(b"\n");
        let inner = scan::skip_blank(self.text, open + 1);
        if begins_line || self.text[inner..].starts_with(FIRST_KEY) {
            return None;
        }
        let (end, later) = match header::cut(self.text, open, self.depth) {
            Ok(Cut::Record { header, .. }) if header.is_record() => return None,
            Ok(Cut::List { .. }) => return None,
            Ok(Cut::Record { end, .. }) => (end, end),
            Err(fault) if fault.kind == FaultKind::TooDeep => (fault.at, fault.at),
            Err(fault) => (fault.at, open + 1),
        };
        self.spend(end - open);
        Some(later)
    }

    /// Whether a value can begin at `open`: behind a comma, a bracket or the end of a line,
    /// but not behind the colon of a member.
    fn is_separated(&self, open: usize) -> bool {
        let before = self.text[..open].trim_ascii_end();
        let blank = &self.text[before.len()..open];
        match before.last() {
            None | Some(b',' | b'[' | b'}' | b']') => true,
            Some(b':') => false,
            Some(_) => blank.contains(&b'\n'),
        }
    }

    fn spend(&mut self, bytes: usize) {
        self.search_bytes_left = self.search_bytes_left.saturating_sub(bytes);
    }

    fn enter(&mut self, frames: &[Frame], bracket: usize) {
        self.frames.extend_from_slice(frames);
        self.found_any = true;
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
        Some(Piece::Unclosed { offset: self.text.len() })
    }
}

/// Whether there is nothing at all in a text.
pub(crate) fn is_empty(text: &[u8]) -> bool {
    skip_filling(text, 0) == text.len()
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
