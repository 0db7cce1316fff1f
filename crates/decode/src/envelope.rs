//! Unpacks gzip and zstd, recognised by content, within a limit. What was unpacked before a
//! stream broke is kept.
//!
//! A whole gzip file goes through libdeflate, which is twice as fast as what reads a stream,
//! and silent about what it did not read. So it is asked only where nothing can be missed, and
//! believed only where all is as the file says; whatever is odd about a file is left to the
//! stream, which says how far it came and why not further.

use std::io::{self, BufReader, Cursor, ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;
use libdeflater::Decompressor;

use crate::{content::Content, gunzip::Gunzip, rows::Rows};

/// Every member of a gzip begins like this.
const GZIP_MEMBER: [u8; 3] = [0x1f, 0x8b, 0x08];

const ZSTD_FRAME: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Deflate packs no better than this, so a promise of more is a lie.
const DEFLATE_MOST: usize = 1032;

/// Larger files are read as a stream even where all of them is kept: their promise of length
/// would have to be paid for in advance.
const AT_ONCE_BYTES: usize = 64 << 20;

/// How far to look for a first bracket before the rest is unpacked: a gzip of zeros must not
/// cost its thousandfold.
const GLANCE_BYTES: usize = 64 << 10;

const PIECE_BYTES: usize = 256 << 10;

/// Small pieces lose less when a stream turns out to be corrupt, and cost more.
const CAREFUL_PIECE_BYTES: usize = 64;

/// What may be lost of a corrupt stream where nothing can be read twice.
const STREAM_PIECE_BYTES: usize = 64 << 10;

/// A buffer that grew beyond this is given back once its file is done.
const KEPT_BYTES: usize = 32 << 20;

/// What was in the envelope.
pub(crate) struct Unpacked<'a> {
    pub(crate) content: &'a [u8],
    /// Why this is not all of it. It belongs to the end of `content`.
    pub(crate) incomplete: Option<String>,
    /// It is not all because there is more than the limit.
    pub(crate) is_beyond_limit: bool,
}

/// What is used again for every file. Fresh memory costs a page fault for each 4 KiB, which
/// small files feel more than the unpacking itself.
pub(crate) struct Unpacker {
    inflater: Decompressor,
    room: Room,
}

impl Unpacker {
    pub(crate) fn new() -> Self {
        Self { inflater: Decompressor::new(), room: Room::default() }
    }

    pub(crate) fn unpack<'a>(&'a mut self, packed: &'a [u8], most: u64) -> Unpacked<'a> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.room.clear();
        if packed.starts_with(&GZIP_MEMBER[..2]) {
            self.unpack_gzip(packed, most)
        } else if packed.starts_with(&ZSTD_FRAME) {
            self.unpack_zstd(packed, most)
        } else {
            plain(packed, most)
        }
    }

    fn unpack_gzip(&mut self, packed: &[u8], most: usize) -> Unpacked<'_> {
        if let Some(incomplete) = self.inflate_at_once(packed, most) {
            return self.unpacked(incomplete, false);
        }
        let expected = expected_bytes(packed);
        let mut read_in =
            |piece| self.room.read_all("gzip", MultiGzDecoder::new(packed), Limits { expected, most, piece });
        let (mut incomplete, mut end) = read_in(PIECE_BYTES);
        if matches!(end, End::Corrupt) {
            // A decoder that meets corrupt data drops what it made of the same piece before.
            (incomplete, end) = read_in(CAREFUL_PIECE_BYTES);
        }
        self.unpacked(incomplete, matches!(end, End::Limit))
    }

    /// `None` where the stream has to be asked: the file is large, has a second member, or is
    /// not as it says.
    #[expect(clippy::option_option, reason = "the inner one is that of `Unpacked`")]
    fn inflate_at_once(&mut self, packed: &[u8], most: usize) -> Option<Option<String>> {
        let expected = expected_bytes(packed);
        if expected > most.min(AT_ONCE_BYTES) || may_end_within(packed) {
            return None;
        }
        let length = self.inflater.gzip_decompress(packed, self.room.at_least(expected)).ok()?;
        if length != expected {
            return None;
        }
        self.room.length = length;
        Some(self.room.refuse_what_is_not_json())
    }

    fn unpack_zstd(&mut self, packed: &[u8], most: usize) -> Unpacked<'_> {
        let (incomplete, end) = match zstd::stream::read::Decoder::with_buffer(packed) {
            Ok(stream) => {
                let limits = Limits { expected: packed.len(), most, piece: PIECE_BYTES };
                self.room.read_all("zstd", stream, limits)
            }
            Err(error) => (Some(format!("zstd stream cannot be opened: {error}")), End::Corrupt),
        };
        self.unpacked(incomplete, matches!(end, End::Limit))
    }

    fn unpacked(&self, incomplete: Option<String>, is_beyond_limit: bool) -> Unpacked<'_> {
        Unpacked { content: self.room.content(), incomplete, is_beyond_limit }
    }

    /// Gives back what one large file needed and no other will.
    pub(crate) fn shrink(&mut self) {
        if self.room.bytes.len() > KEPT_BYTES {
            self.room = Room::default();
        }
    }
}

fn plain(content: &[u8], most: usize) -> Unpacked<'_> {
    let within = &content[..content.len().min(most)];
    let is_beyond_limit = content.len() > most;
    let incomplete = is_beyond_limit.then(|| format!("larger than {most} bytes: the rest is not read"));
    Unpacked { content: within, incomplete, is_beyond_limit }
}

/// Whether a member may end before the end, behind what says its length: as it says the same as
/// the last four bytes, or was not unpacked, only these have to be looked for. They occur by
/// chance once in 4 GB; the three bytes that a member begins with do so in one large file of
/// fifty, which was unpacked at half the speed for it.
fn may_end_within(packed: &[u8]) -> bool {
    packed
        .split_last_chunk::<4>()
        .is_some_and(|(before, stated)| memchr::memmem::find(&packed[..before.len() + 3], stated).is_some())
}

/// How long a content says that it is. It may be longer.
pub(crate) fn stated_bytes(packed: &[u8]) -> usize {
    if packed.starts_with(&GZIP_MEMBER[..2]) { expected_bytes(packed) } else { packed.len() }
}

/// What the last member of a gzip says of its length; it may lie, or not be the only one.
fn expected_bytes(packed: &[u8]) -> usize {
    let stated = packed.last_chunk().map_or(0, |length| u32::from_le_bytes(*length));
    usize::try_from(stated).unwrap_or(usize::MAX).min(packed.len().saturating_mul(DEFLATE_MOST))
}

/// Whether it is gzip or zstd.
pub(crate) fn is_packed(content: &[u8]) -> bool {
    packing(content).is_some()
}

/// What it is packed in, if that is gzip or zstd.
pub(crate) fn packing(content: &[u8]) -> Option<&'static str> {
    if content.starts_with(&GZIP_MEMBER) {
        Some("gzip")
    } else if content.starts_with(&ZSTD_FRAME) {
        Some("zstd")
    } else {
        None
    }
}

/// Whether a content that begins like this can hold a record.
fn may_hold_a_record(glance: &[u8]) -> bool {
    let is_json = || memchr::memchr2(b'{', b'[', glance).is_some() || glance.trim_ascii().is_empty();
    is_json() || Content::of(glance) != Content::Text
}

#[derive(Clone, Copy)]
struct Limits {
    expected: usize,
    most: usize,
    piece: usize,
}

enum End {
    All,
    Limit,
    NotJson,
    Early,
    Corrupt,
}

/// Memory that is cleared once, when it grows, and then written over.
#[derive(Default)]
struct Room {
    bytes: Vec<u8>,
    length: usize,
}

impl Room {
    fn content(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn clear(&mut self) {
        self.length = 0;
    }

    /// The first `length` bytes, whatever they hold.
    fn at_least(&mut self, length: usize) -> &mut [u8] {
        if self.bytes.len() < length {
            // Given back first: nothing of it is carried over. Fresh memory costs as it is touched.
            self.bytes = Vec::new();
            self.bytes = vec![0; length.next_power_of_two()];
        }
        &mut self.bytes[..length]
    }

    fn refuse_what_is_not_json(&mut self) -> Option<String> {
        let refused = self.length >= GLANCE_BYTES && !may_hold_a_record(&self.bytes[..GLANCE_BYTES]);
        refused.then(|| {
            self.clear();
            "not JSON".to_owned()
        })
    }

    /// Reads to the end of a stream, or to where it breaks, and says why that is not all.
    fn read_all(&mut self, name: &str, mut stream: impl Read, limits: Limits) -> (Option<String>, End) {
        self.clear();
        let end = self.read_within(&mut stream, limits);
        let incomplete = match &end {
            Ok(End::Limit) => Some(format!("unpacks to more than {} bytes: the rest is not read", limits.most)),
            Ok(End::NotJson) => self.refuse_what_is_not_json(),
            Ok(_) => None,
            Err(error) => Some(broken(name, self.length as u64, error)),
        };
        (incomplete, end.unwrap_or_else(|error| if is_early(&error) { End::Early } else { End::Corrupt }))
    }

    fn read_within(&mut self, stream: &mut impl Read, limits: Limits) -> io::Result<End> {
        let glance = GLANCE_BYTES.min(limits.most);
        while self.length < glance {
            if self.read_piece(stream, limits.piece.min(glance - self.length))? == 0 {
                return Ok(End::All);
            }
        }
        if self.length == GLANCE_BYTES && !may_hold_a_record(self.content()) {
            return Ok(End::NotJson);
        }
        self.grow(limits.expected.min(limits.most));
        while self.length < limits.most {
            if self.read_piece(stream, limits.piece.min(limits.most - self.length))? == 0 {
                return Ok(End::All);
            }
        }
        let more = stream.read(&mut [0])? > 0;
        Ok(if more { End::Limit } else { End::All })
    }

    fn read_piece(&mut self, stream: &mut impl Read, most: usize) -> io::Result<usize> {
        let end = self.length + most;
        if self.bytes.len() < end {
            self.grow(end.max(self.bytes.len() * 2));
        }
        let read = stream.read(&mut self.bytes[self.length..end])?;
        self.length += read;
        Ok(read)
    }

    fn grow(&mut self, length: usize) {
        if self.bytes.len() < length {
            self.bytes.resize(length, 0);
        }
    }
}

/// How a stream that breaks off is described.
fn broken(name: &str, after: u64, error: &io::Error) -> String {
    if error.raw_os_error().is_some() || name.is_empty() {
        format!("cannot be read after {after} bytes: {error}")
    } else if is_early(error) {
        format!("{name} stream ends early after {after} bytes")
    } else {
        format!("{name} stream is corrupt after {after} bytes: {error}")
    }
}

fn is_early(error: &io::Error) -> bool {
    error.kind() == ErrorKind::UnexpectedEof
}

/// The content of a file that is unpacked as it is read.
pub(crate) struct Stream<'r> {
    name: &'static str,
    source: Box<dyn Read + 'r>,
    /// What had to be read to judge of the rest, and why it could not be read on.
    glance: Cursor<Vec<u8>>,
    glance_error: Option<io::Error>,
    offset: u64,
    has_ended: bool,
    incomplete: Option<String>,
}

impl<'r> Stream<'r> {
    pub(crate) fn open(mut packed: impl Read + 'r) -> Self {
        let mut mark = [0; ZSTD_FRAME.len()];
        let mut length = 0;
        let error = fill(&mut packed, &mut mark, &mut length).err();
        let is_gzip = mark.starts_with(&GZIP_MEMBER[..2]) && length >= 2;
        let packed = BufReader::with_capacity(PIECE_BYTES, Cursor::new(mark).take(length as u64).chain(packed));
        if let Some(error) = error {
            return Self::of("", Box::new(packed), Some(error));
        }
        if is_gzip {
            Self::of("gzip", Box::new(Gunzip::new(packed)), None).glance()
        } else if mark == ZSTD_FRAME && length == mark.len() {
            match zstd::stream::read::Decoder::with_buffer(packed) {
                Ok(stream) => Self::of("zstd", Box::new(stream), None).glance(),
                Err(error) => Self::of("zstd", Box::new(io::empty()), Some(error)),
            }
        } else {
            Self::of("", Box::new(packed), None).glance()
        }
    }

    /// What it is packed in.
    pub(crate) fn packing(&self) -> Option<&'static str> {
        (!self.name.is_empty()).then_some(self.name)
    }

    /// What the content is, by what was seen of it.
    pub(crate) fn content(&self) -> Content {
        Content::of(self.glance.get_ref())
    }

    /// The content from its beginning, for somebody else to read.
    pub(crate) fn into_reader(self) -> Box<dyn Read + 'r> {
        Box::new(self.glance.chain(Failing(self.glance_error)).chain(self.source))
    }

    /// The rows of a table, as JSON.
    pub(crate) fn rows(self, delimiter: u8, most: usize) -> Self {
        Self::of("", Box::new(Rows::new(self.into_reader(), delimiter, most)), None)
    }

    fn of(name: &'static str, source: Box<dyn Read + 'r>, glance_error: Option<io::Error>) -> Self {
        let glance = Cursor::default();
        Self { name, source, glance, glance_error, offset: 0, has_ended: false, incomplete: None }
    }

    /// Looks at the beginning, and refuses what is packed and does not begin as JSON does, as
    /// where a file is unpacked whole.
    fn glance(mut self) -> Self {
        let mut glance = vec![0; GLANCE_BYTES];
        let mut length = 0;
        self.glance_error = fill(&mut self.source, &mut glance, &mut length).err();
        glance.truncate(length);
        if length == GLANCE_BYTES && !self.name.is_empty() && !may_hold_a_record(&glance) {
            self.end(Some("not JSON".to_owned()));
        } else {
            self.glance = Cursor::new(glance);
        }
        self
    }

    /// Fills `bytes` as far as there is content, and says how far.
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) -> usize {
        let mut length = 0;
        while length < bytes.len() && !self.has_ended {
            // A decoder that meets corrupt data drops what it made of the same piece before.
            let end = bytes.len().min(length + STREAM_PIECE_BYTES);
            match self.read_piece(&mut bytes[length..end]) {
                Ok(0) => self.end(None),
                Ok(read) => {
                    length += read;
                    self.offset += read as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.end(Some(broken(self.name, self.offset, &error))),
            }
        }
        length
    }

    fn read_piece(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match (self.glance.read(bytes)?, self.glance_error.take()) {
            (0, Some(error)) => Err(error),
            (0, None) => self.source.read(bytes),
            (read, error) => {
                self.glance_error = error;
                Ok(read)
            }
        }
    }

    fn end(&mut self, incomplete: Option<String>) {
        self.has_ended = true;
        self.incomplete = incomplete;
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// How much was read.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Why this is not all of it, once it has ended.
    pub(crate) fn incomplete(&self) -> Option<&str> {
        self.incomplete.as_deref()
    }
}

/// Fails once, if there is a reason.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Reads until `bytes` are full or there is no more.
fn fill(source: &mut impl Read, bytes: &mut [u8], length: &mut usize) -> io::Result<()> {
    while *length < bytes.len() {
        match source.read(&mut bytes[*length..]) {
            Ok(0) => break,
            Ok(read) => *length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(content: &[u8]) -> Vec<u8> {
        zstd::encode_all(content, 1).unwrap()
    }

    /// Text that packs badly, so that a stream has a middle.
    fn noise(bytes: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            b"{[0123456789abcdefghijklmnopqrst"[(state >> 59) as usize]
        };
        std::iter::repeat_with(&mut next).take(bytes).collect()
    }

    #[test]
    fn whole_streams_are_unpacked() {
        let check = |packed: &[u8], expected: &[u8]| {
            let mut opener = Unpacker::new();
            let unpacked = opener.unpack(packed, 1 << 30);
            assert_eq!(unpacked.incomplete, None);
            assert!(unpacked.content == expected);
        };
        let noise = noise(300_000);
        check(b"", b"");
        check(b"{}", b"{}");
        check(&gzip(b""), b"");
        check(&gzip(b"{}"), b"{}");
        check(&gzip(&noise), &noise);
        check(&zstd(&noise), &noise);
        check(&[gzip(b"{}"), gzip(b""), gzip(b"[]")].concat(), b"{}[]");
        check(&[zstd(b"{}"), zstd(b"[]")].concat(), b"{}[]");
    }

    #[test]
    fn a_broken_stream_gives_what_came_before_the_break() {
        let check = |packed: &[u8], at_least: usize, reason: &str| {
            let mut opener = Unpacker::new();
            let unpacked = opener.unpack(packed, 1 << 30);
            let incomplete = unpacked.incomplete.unwrap();
            assert!(incomplete.starts_with(reason), "{incomplete}");
            assert!(unpacked.content.len() >= at_least && noise(300_000).starts_with(unpacked.content));
        };
        let whole = gzip(&noise(300_000));
        check(&whole[..whole.len() / 2], 140_000, "gzip stream ends early after 1");
        check(&whole[..whole.len() - 1], 300_000, "gzip stream ends early after 300000 bytes");
        check(&[&whole[..], b"no member of a gzip"].concat(), 300_000, "gzip stream is corrupt after 300000 bytes");
        check(&[0x1f, 0x8b], 0, "gzip stream ends early after 0 bytes");
        let mut corrupt = whole.clone();
        let middle = corrupt.len() / 2;
        corrupt[middle..middle + 200].fill(0xff);
        let mut opener = Unpacker::new();
        let unpacked = opener.unpack(&corrupt, 1 << 30);
        assert!(unpacked.incomplete.unwrap().starts_with("gzip stream is corrupt after"));
        assert!(unpacked.content[..140_000] == noise(300_000)[..140_000]);
        let whole = zstd(&noise(300_000));
        check(&whole[..whole.len() / 2], 100_000, "zstd stream ends early after 1");
    }

    #[test]
    fn nothing_unpacks_beyond_the_limit() {
        let noise = noise(300_000);
        for packed in [gzip(&noise), zstd(&noise), noise.clone()] {
            for most in [0, 1, 70_000, 299_999] {
                let mut opener = Unpacker::new();
                let unpacked = opener.unpack(&packed, most as u64);
                assert_eq!(unpacked.content.len(), most);
                assert!(unpacked.incomplete.is_some(), "{most}");
            }
            assert_eq!(Unpacker::new().unpack(&packed, 300_000).incomplete, None);
        }
    }

    #[test]
    fn a_promise_of_length_is_not_believed() {
        assert_eq!(expected_bytes(&[0xff; 20]), 20 * DEFLATE_MOST);
        assert_eq!(expected_bytes(b""), 0);
    }

    /// What is asked of libdeflate is never less than what the stream would give.
    #[test]
    fn no_member_is_missed() {
        let (first, second) = (noise(5000), noise(3000));
        let both = [&first[..], &second].concat();
        let members = [gzip(&first), gzip(&second)].concat();
        // The last member says 3000, and so does the first: that of all is no use.
        let same = [gzip(&second), gzip(&second)].concat();
        let mut opener = Unpacker::new();
        assert!(opener.unpack(&members, 1 << 30).content == both);
        assert!(opener.unpack(&same, 1 << 30).content == second.repeat(2));
        assert!(opener.unpack(&gzip(&second), 1 << 30).content == second, "nothing is left of the file before");
        let mut liar = gzip(&first);
        let length = liar.len();
        liar[length - 4..].copy_from_slice(&4999_u32.to_le_bytes());
        let unpacked = opener.unpack(&liar, 1 << 30);
        assert!(unpacked.incomplete.unwrap().starts_with("gzip stream is corrupt after"));
        assert!(unpacked.content == first);
    }

    /// Bytes that look like a second member send a file to the stream, and cost nothing else.
    #[test]
    fn the_length_of_a_member_may_occur_by_chance() {
        let content = [&noise(1000)[..], &1004_u32.to_le_bytes()].concat();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
        encoder.write_all(&content).unwrap();
        let packed = encoder.finish().unwrap();
        assert!(Unpacker::new().inflate_at_once(&packed, 1 << 30).is_none());
        is_whole(&packed, &content);
    }

    #[track_caller]
    fn is_whole(packed: &[u8], content: &[u8]) {
        let mut opener = Unpacker::new();
        let unpacked = opener.unpack(packed, 1 << 30);
        assert_eq!(unpacked.incomplete, None);
        assert!(unpacked.content == content);
    }

    #[test]
    fn what_stands_between_two_members_is_noticed() {
        let member = gzip(&noise(3000));
        for between in [&b"x"[..], b"rubbish"] {
            let (packed, mut opener) = ([&member[..], between, &member].concat(), Unpacker::new());
            let unpacked = opener.unpack(&packed, 1 << 30);
            assert!(unpacked.incomplete.is_some() && unpacked.content == noise(3000));
        }
    }

    #[test]
    fn the_mark_of_a_member_may_occur_by_chance() {
        let content = [&noise(1000)[..], &GZIP_MEMBER, &noise(10)].concat();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
        encoder.write_all(&content).unwrap();
        let packed = encoder.finish().unwrap();
        assert!(Unpacker::new().inflate_at_once(&packed, 1 << 30).is_some());
        is_whole(&packed, &content);
    }

    #[test]
    fn zeros_are_no_json_either_way() {
        let mut opener = Unpacker::new();
        for packed in [gzip(&vec![0; 1 << 20]), gzip(&vec![0; 1 << 20]).repeat(2), zstd(&vec![0; 1 << 20])] {
            let unpacked = opener.unpack(&packed, 1 << 30);
            assert_eq!((unpacked.content.len(), unpacked.incomplete.as_deref()), (0, Some("not JSON")));
        }
    }

    #[test]
    fn a_large_buffer_is_given_back() {
        let mut opener = Unpacker::new();
        let large = gzip(&vec![b' '; KEPT_BYTES + 1]);
        for (packed, kept) in [(&large, 0), (&gzip(b"{}"), 2)] {
            opener.unpack(packed, 1 << 30);
            opener.shrink();
            assert_eq!(opener.room.bytes.len(), kept);
        }
    }
}
