//! Unpacks gzip as it is read, in constant memory.
//!
//! `fdeflate` inflates nearly as fast as libdeflate, without a line of unsafe code, and takes
//! its input in pieces. It knows zlib and not gzip, so that it is told a zlib header, its idea
//! of a checksum is ignored, and what gzip has around the deflated data is read here.

use std::io::{self, Error, ErrorKind, Read};

use fdeflate::Decompressor;
use libdeflater::Crc;

/// A stream of deflate refers back this far.
const WINDOW_BYTES: usize = 32 << 10;

/// What is unpacked in one go. Of a corrupt stream this much may be lost before the break.
const PIECE_BYTES: usize = 64 << 10;

const PACKED_BYTES: usize = 128 << 10;

/// The inflater reads ahead, by up to seven bytes, and does not say how many.
const AHEAD_BYTES: usize = 7;

/// The checksum, which the inflater has taken for its own, and the length.
const TRAILER_BYTES: usize = 8;

const CHECKSUM_BYTES: usize = 4;

/// What of the packed bytes is kept behind the inflater.
const BEHIND_BYTES: usize = AHEAD_BYTES + CHECKSUM_BYTES;

const ZLIB_HEADER: [u8; 2] = [0x78, 0x01];

/// A reader of the content of a gzip, of all its members.
pub(crate) struct Gunzip<R> {
    source: R,
    packed: Vec<u8>,
    /// The part of `packed` that is still to be inflated.
    next: usize,
    end: usize,
    source_has_ended: bool,
    member: Option<Member>,
    /// A window of what was given, and then what is to be given.
    unpacked: Vec<u8>,
    given: usize,
    filled: usize,
}

struct Member {
    inflater: Box<Decompressor>,
    /// libdeflate's: that of zlib-rs took a sixth of a whole scan.
    crc: Crc,
    length: u32,
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.given == self.filled {
            if !self.unpack_more()? {
                return Ok(0);
            }
        }
        let length = bytes.len().min(self.filled - self.given);
        bytes[..length].copy_from_slice(&self.unpacked[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

impl<R: Read> Gunzip<R> {
    pub(crate) fn new(source: R) -> Self {
        Self {
            source,
            packed: vec![0; PACKED_BYTES],
            next: 0,
            end: 0,
            source_has_ended: false,
            member: None,
            unpacked: vec![0; 2 * WINDOW_BYTES + PIECE_BYTES],
            given: 0,
            filled: 0,
        }
    }

    /// Goes on by one piece or one member; false at the end.
    fn unpack_more(&mut self) -> io::Result<bool> {
        let Some(mut member) = self.member.take() else { return self.begin_member() };
        if member.inflater.is_done() {
            // All of it has been given, so that it is kept even if its checksum is wrong.
            self.end_member(&member)?;
            return Ok(true);
        }
        if self.next == self.end {
            self.fetch()?;
        }
        let produced = self.inflate(&mut member)?;
        if produced == 0 && self.next == self.end && self.source_has_ended && !member.inflater.is_done() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.member = Some(member);
        Ok(true)
    }

    fn inflate(&mut self, member: &mut Member) -> io::Result<usize> {
        if self.filled + PIECE_BYTES > self.unpacked.len() {
            self.unpacked.copy_within(self.filled - WINDOW_BYTES..self.filled, 0);
            self.filled = WINDOW_BYTES;
        }
        let start = self.filled;
        self.given = start;
        let room = &mut self.unpacked[..start + PIECE_BYTES];
        let (consumed, produced) = member
            .inflater
            .read(&self.packed[self.next..self.end], room, start, false)
            .map_err(|error| corrupt(&format!("{error:?}")))?;
        self.next += consumed;
        self.filled += produced;
        member.crc.update(&self.unpacked[start..self.filled]);
        // The trailer has the length modulo 2^32, and a piece is short.
        member.length = member.length.wrapping_add(u32::try_from(produced).unwrap_or_default());
        Ok(produced)
    }

    /// Passes over the header of the next member; false when there is none.
    fn begin_member(&mut self) -> io::Result<bool> {
        let length = loop {
            match header_length(&self.packed[self.next..self.end]) {
                Some(length) => break length?,
                None if self.source_has_ended && self.next == self.end => return Ok(false),
                None if self.source_has_ended => return Err(ErrorKind::UnexpectedEof.into()),
                None if self.end - self.next > PACKED_BYTES / 2 => return Err(corrupt("endless header")),
                None => self.fetch()?,
            }
        };
        self.next += length;
        let mut inflater = Box::new(Decompressor::new());
        inflater.ignore_adler32();
        inflater.read(&ZLIB_HEADER, &mut [], 0, false).map_err(|error| corrupt(&format!("{error:?}")))?;
        self.member = Some(Member { inflater, crc: Crc::new(), length: 0 });
        (self.given, self.filled) = (0, 0);
        Ok(true)
    }

    /// Checks what stands behind the deflated data. Where that begins is found by its being
    /// right: the inflater has read ahead by a few bytes. Behind an empty member stand eight
    /// zeros, so that there a zero of the data may pass for one that is cut off.
    fn end_member(&mut self, member: &Member) -> io::Result<()> {
        while self.end - self.next < TRAILER_BYTES && !self.source_has_ended {
            self.fetch()?;
        }
        let trailer = (u64::from(member.length) << 32 | u64::from(member.crc.sum())).to_le_bytes();
        let latest = self.next.saturating_sub(CHECKSUM_BYTES);
        let places = latest.saturating_sub(AHEAD_BYTES)..=latest;
        let known = &self.packed[..self.end];
        match places.clone().rev().find(|&at| known[at..].starts_with(&trailer)) {
            Some(at) => self.next = at + TRAILER_BYTES,
            None if places.into_iter().any(|at| trailer.starts_with(&known[at..])) => {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            None => return Err(corrupt("checksum or length does not match")),
        }
        Ok(())
    }

    /// Reads more of the packed bytes, and forgets those that are no longer needed.
    fn fetch(&mut self) -> io::Result<()> {
        let kept = self.next.saturating_sub(BEHIND_BYTES);
        self.packed.copy_within(kept..self.end, 0);
        self.next -= kept;
        self.end -= kept;
        let read = loop {
            match self.source.read(&mut self.packed[self.end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.end += read;
        self.source_has_ended = read == 0;
        Ok(())
    }
}

fn corrupt(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

/// How long the header of a member is; `None` when it is not all there.
fn header_length(packed: &[u8]) -> Option<io::Result<usize>> {
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    const CHECKSUM: u8 = 2;
    let mark = [0x1f, 0x8b, 0x08];
    if !packed.iter().zip(&mark).all(|(byte, expected)| byte == expected) {
        return Some(Err(corrupt("no header of a gzip member")));
    }
    let flags = *packed.get(3)?;
    let mut length = 10;
    if flags & EXTRA != 0 {
        let extra = packed.get(length..)?.first_chunk()?;
        length += 2 + usize::from(u16::from_le_bytes(*extra));
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            length += memchr::memchr(0, packed.get(length..)?)? + 1;
        }
    }
    if flags & CHECKSUM != 0 {
        length += 2;
    }
    (packed.len() >= length).then_some(Ok(length))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, GzBuilder, bufread::MultiGzDecoder};
    use proptest::{collection::vec, prelude::*, sample::Index};

    use super::*;

    /// Gives as many bytes at a time as it is told.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            let length = bytes.len().min(self.1);
            self.0.read(&mut bytes[..length])
        }
    }

    fn gzip(content: &[u8], level: u32, is_named: bool) -> Vec<u8> {
        let builder = if is_named {
            GzBuilder::new().filename("a name").comment("a comment").extra(vec![0; 300])
        } else {
            GzBuilder::new()
        };
        let mut encoder = builder.write(Vec::new(), Compression::new(level));
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(source: impl Read) -> (Vec<u8>, Option<ErrorKind>) {
        let mut content = Vec::new();
        let error = Gunzip::new(source).read_to_end(&mut content).err();
        (content, error.map(|error| error.kind()))
    }

    fn content() -> impl Strategy<Value = Vec<u8>> {
        let run = prop_oneof![
            vec(any::<u8>(), 0..200),
            (any::<u8>(), 0..100_000_usize).prop_map(|(byte, length)| vec![byte; length]),
            (0..3000_usize).prop_map(|times| b"{\"eventName\":\"RunInstances\",".repeat(times)),
        ];
        vec(run, 0..6).prop_map(|runs| runs.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_unpacks_as_another_does(
            members in vec((content(), 0..10_u32, any::<bool>()), 1..4),
            at_once in prop_oneof![1..20_usize, Just(usize::MAX)],
            end in any::<Index>(),
        ) {
            let packed: Vec<u8> =
                members.iter().flat_map(|(content, level, is_named)| gzip(content, *level, *is_named)).collect();
            let whole: Vec<u8> = members.iter().flat_map(|(content, ..)| content.clone()).collect();
            let mut other = Vec::new();
            MultiGzDecoder::new(&packed[..]).read_to_end(&mut other).unwrap();
            prop_assert!(other == whole);
            let (unpacked, error) = unpack(Slow(&packed, at_once));
            prop_assert_eq!(error, None);
            prop_assert!(unpacked == whole);
            // Cut anywhere but between two members it ends early.
            let cut = &packed[..end.index(packed.len())];
            let mut other = Vec::new();
            let expected = MultiGzDecoder::new(cut).read_to_end(&mut other).err().map(|error| error.kind());
            let (unpacked, error) = unpack(Slow(cut, at_once));
            let lacks_zeros = packed[cut.len()..].first() == Some(&0) && other.len() == unpacked.len();
            if error.is_some() || !lacks_zeros {
                prop_assert_eq!(error, expected.filter(|_| !cut.is_empty()));
            }
            // The inflater waits for bits that it does not need yet, so that the last symbols may be
            // missing: sixty-four bits of them at most, and no symbol stands for more than 258 bytes.
            prop_assert!(whole.starts_with(&unpacked) && unpacked.len() + 64 * 258 >= other.len());
        }

        #[test]
        fn no_bytes_make_it_panic(
            content in content(),
            level in 0..10_u32,
            damage in vec((any::<Index>(), any::<u8>()), 1..5),
        ) {
            let mut packed = gzip(&content, level, false);
            for (at, byte) in damage {
                let at = at.index(packed.len());
                packed[at] = byte;
            }
            let (unpacked, error) = unpack(&packed[..]);
            prop_assert!(error.is_some() || unpacked == content || MultiGzDecoder::new(&packed[..]).header().is_some());
        }
    }

    #[test]
    fn what_follows_a_member_is_another_or_corrupt() {
        let member = gzip(b"{}", 6, false);
        assert_eq!(unpack(&member.repeat(3)[..]), (b"{}{}{}".to_vec(), None));
        assert_eq!(unpack(&[&member[..], b"x"].concat()[..]), (b"{}".to_vec(), Some(ErrorKind::InvalidData)));
        assert_eq!(unpack(&[&member[..], &[0x1f]].concat()[..]).1, Some(ErrorKind::UnexpectedEof));
        let mut wrong = member.clone();
        let length = wrong.len();
        wrong[length - 6] ^= 1;
        assert_eq!(unpack(&wrong[..]), (b"{}".to_vec(), Some(ErrorKind::InvalidData)));
    }
}
