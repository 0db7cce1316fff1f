//! Text in UTF-16, which is what `>` writes in the shell of Windows, as UTF-8.

use std::io::{self, ErrorKind, Read};

const PIECE_BYTES: usize = 64 << 10;

/// A reader of the same text in UTF-8. Half a surrogate pair becomes a replacement character.
pub(crate) struct Narrowed<R> {
    source: R,
    is_big_endian: bool,
    wide: Vec<u8>,
    length: usize,
    narrow: Vec<u8>,
    given: usize,
}

impl<R: Read> Narrowed<R> {
    pub(crate) fn new(source: R, is_big_endian: bool) -> Self {
        Self { source, is_big_endian, wide: vec![0; PIECE_BYTES], length: 0, narrow: Vec::new(), given: 0 }
    }

    /// Goes on by one piece; false at the end.
    fn narrow_more(&mut self) -> io::Result<bool> {
        let read = loop {
            match self.source.read(&mut self.wide[self.length..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.length += read;
        let has_ended = read == 0;
        let whole = if has_ended { self.length } else { self.whole_characters() };
        let units = self.wide[..whole].chunks(2).map(|unit| self.unit(unit));
        self.narrow = char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect::<String>()
            .into();
        self.given = 0;
        self.wide.copy_within(whole..self.length, 0);
        self.length -= whole;
        Ok(!has_ended || whole > 0)
    }

    /// Without half a unit, or half a pair, at the end.
    fn whole_characters(&self) -> usize {
        let whole = self.length & !1;
        let is_half = whole >= 2 && matches!(self.unit(&self.wide[whole - 2..whole]), 0xD800..=0xDBFF);
        if is_half { whole - 2 } else { whole }
    }

    fn unit(&self, bytes: &[u8]) -> u16 {
        match *bytes {
            [high, low] if self.is_big_endian => u16::from_be_bytes([high, low]),
            [low, high] => u16::from_le_bytes([low, high]),
            // The text ends within a unit.
            _ => 0xFFFD,
        }
    }
}

impl<R: Read> Read for Narrowed<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.given == self.narrow.len() {
            if !self.narrow_more()? {
                return Ok(0);
            }
        }
        let length = bytes.len().min(self.narrow.len() - self.given);
        bytes[..length].copy_from_slice(&self.narrow[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            let length = bytes.len().min(self.1);
            self.0.read(&mut bytes[..length])
        }
    }

    proptest! {
        #[test]
        fn a_text_stays_the_same(text in any::<String>(), is_big_endian in any::<bool>(), at_once in 1..9_usize) {
            let bytes = |unit: u16| if is_big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() };
            let wide: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            let mut narrow = String::new();
            Narrowed::new(Slow(&wide, at_once), is_big_endian).read_to_string(&mut narrow).unwrap();
            prop_assert_eq!(narrow, text);
        }

        #[test]
        fn any_bytes_are_some_text(wide in any::<Vec<u8>>(), at_once in 1..9_usize) {
            let mut narrow = String::new();
            Narrowed::new(Slow(&wide, at_once), false).read_to_string(&mut narrow).unwrap();
            prop_assert_eq!(narrow.is_empty(), wide.is_empty());
        }
    }
}
