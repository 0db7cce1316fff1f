//! Unpacks gzip and zstd, recognised by content, within a limit. What was unpacked before a
//! stream broke is kept.

use std::{
    borrow::Cow,
    io::{self, ErrorKind, Read},
};

use flate2::bufread::MultiGzDecoder;

/// Deflate packs no better than this, so a promise of more is a lie.
const DEFLATE_MOST: usize = 1032;

/// How far to look for a first bracket before the rest is unpacked: a gzip of zeros must not
/// cost its thousandfold.
const GLANCE_BYTES: usize = 64 << 10;

const PIECE_BYTES: usize = 256 << 10;

/// Small pieces lose less when a stream turns out to be corrupt, and cost more.
const CAREFUL_PIECE_BYTES: usize = 64;

/// What was in the envelope.
pub(crate) struct Unpacked<'a> {
    pub(crate) content: Cow<'a, [u8]>,
    /// Why this is not all of it. It belongs to the end of `content`.
    pub(crate) incomplete: Option<String>,
}

pub(crate) fn unpack(packed: &[u8], most: u64) -> Unpacked<'_> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    match packed {
        [0x1f, 0x8b, ..] => unpack_gzip(packed, most),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => unpack_zstd(packed, most),
        _ => plain(packed, most),
    }
}

fn plain(content: &[u8], most: usize) -> Unpacked<'_> {
    let within = &content[..content.len().min(most)];
    let incomplete = (content.len() > most).then(|| format!("larger than {most} bytes: the rest is not read"));
    Unpacked { content: within.into(), incomplete }
}

fn unpack_gzip(packed: &[u8], most: usize) -> Unpacked<'static> {
    let expected = expected_bytes(packed);
    let read_in = |piece| read_all("gzip", MultiGzDecoder::new(packed), Limits { expected, most, piece });
    let (unpacked, corrupt) = read_in(PIECE_BYTES);
    // A decoder that meets corrupt data drops what it made of the same piece before.
    if corrupt { read_in(CAREFUL_PIECE_BYTES).0 } else { unpacked }
}

fn unpack_zstd(packed: &[u8], most: usize) -> Unpacked<'static> {
    match zstd::stream::read::Decoder::with_buffer(packed) {
        Ok(stream) => read_all("zstd", stream, Limits { expected: packed.len(), most, piece: PIECE_BYTES }).0,
        Err(error) => {
            Unpacked { content: Cow::Borrowed(&[]), incomplete: Some(format!("zstd stream cannot be opened: {error}")) }
        }
    }
}

/// What the last member of a gzip says of its length; it may lie, or not be the only one.
fn expected_bytes(packed: &[u8]) -> usize {
    let stated = packed.last_chunk().map_or(0, |length| u32::from_le_bytes(*length));
    usize::try_from(stated).unwrap_or(usize::MAX).min(packed.len().saturating_mul(DEFLATE_MOST))
}

#[derive(Clone, Copy)]
struct Limits {
    expected: usize,
    most: usize,
    piece: usize,
}

/// Reads to the end of a stream, or to where it breaks, and tells whether it was corrupt.
fn read_all(name: &str, mut stream: impl Read, limits: Limits) -> (Unpacked<'static>, bool) {
    let mut content = Vec::new();
    let (incomplete, corrupt) = match read_within(&mut stream, &mut content, limits) {
        Ok(End::All) => (None, false),
        Ok(End::Limit) => (Some(format!("unpacks to more than {} bytes: the rest is not read", limits.most)), false),
        Ok(End::NotJson) => {
            content.clear();
            (Some("not JSON".to_owned()), false)
        }
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            (Some(format!("{name} stream ends early after {} bytes", content.len())), false)
        }
        Err(error) => (Some(format!("{name} stream is corrupt after {} bytes: {error}", content.len())), true),
    };
    (Unpacked { content: content.into(), incomplete }, corrupt)
}

enum End {
    All,
    Limit,
    NotJson,
}

fn read_within(stream: &mut impl Read, content: &mut Vec<u8>, limits: Limits) -> io::Result<End> {
    let glance = GLANCE_BYTES.min(limits.most);
    while content.len() < glance {
        if read_piece(stream, content, limits.piece.min(glance - content.len()))? == 0 {
            return Ok(End::All);
        }
    }
    if content.len() == GLANCE_BYTES && !may_be_json(content) {
        return Ok(End::NotJson);
    }
    content.reserve_exact(limits.expected.min(limits.most).saturating_sub(content.len()));
    while content.len() < limits.most {
        if read_piece(stream, content, limits.piece.min(limits.most - content.len()))? == 0 {
            return Ok(End::All);
        }
    }
    let more = stream.read(&mut [0])? > 0;
    Ok(if more { End::Limit } else { End::All })
}

fn may_be_json(glance: &[u8]) -> bool {
    memchr::memchr2(b'{', b'[', glance).is_some() || glance.trim_ascii().is_empty()
}

fn read_piece(stream: &mut impl Read, content: &mut Vec<u8>, most: usize) -> io::Result<usize> {
    let start = content.len();
    content.resize(start + most, 0);
    let result = stream.read(&mut content[start..]);
    content.truncate(start + result.as_ref().map_or(0, |length| *length));
    result
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
            let unpacked = unpack(packed, 1 << 30);
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
            let unpacked = unpack(packed, 1 << 30);
            let incomplete = unpacked.incomplete.unwrap();
            assert!(incomplete.starts_with(reason), "{incomplete}");
            assert!(unpacked.content.len() >= at_least && noise(300_000).starts_with(&unpacked.content));
        };
        let whole = gzip(&noise(300_000));
        check(&whole[..whole.len() / 2], 140_000, "gzip stream ends early after 1");
        check(&whole[..whole.len() - 1], 300_000, "gzip stream ends early after 300000 bytes");
        check(&[&whole[..], b"no member of a gzip"].concat(), 300_000, "gzip stream is corrupt after 300000 bytes");
        check(&[0x1f, 0x8b], 0, "gzip stream ends early after 0 bytes");
        let mut corrupt = whole.clone();
        let middle = corrupt.len() / 2;
        corrupt[middle..middle + 200].fill(0xff);
        let unpacked = unpack(&corrupt, 1 << 30);
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
                let unpacked = unpack(&packed, most as u64);
                assert_eq!(unpacked.content.len(), most);
                assert!(unpacked.incomplete.is_some(), "{most}");
            }
            assert_eq!(unpack(&packed, 300_000).incomplete, None);
        }
    }

    #[test]
    fn a_promise_of_length_is_not_believed() {
        assert_eq!(expected_bytes(&[0xff; 20]), 20 * DEFLATE_MOST);
        assert_eq!(expected_bytes(b""), 0);
    }
}
