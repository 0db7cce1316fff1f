//! The lexical layer: where strings, values and objects end. It checks brackets, strings and
//! the bytes between them, and leaves the rest of the grammar to a parser, so that a record
//! that nobody asked for costs one look at each byte.
//!
//! Every function takes the whole text and a position in it, and never reads before it; a
//! position behind the end is the end.

/// Why a value could not be cut out of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) kind: FaultKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// JSON forbids raw control characters in strings: the closing quote is missing.
    ControlCharacter,
    UnexpectedByte,
    Brackets,
    EndsEarly,
    /// The value is whole, and ends at `Fault::at`, but no record is built like that.
    TooDeep,
}

impl Fault {
    fn new(kind: FaultKind, at: usize) -> Self {
        Self { at, kind }
    }

    pub(crate) fn reason(self) -> &'static str {
        match self.kind {
            FaultKind::ControlCharacter => "broken record: control character inside a string",
            FaultKind::UnexpectedByte => "broken record: not JSON",
            FaultKind::Brackets => "broken record: brackets do not match",
            FaultKind::EndsEarly => "broken record: ends early",
            FaultKind::TooDeep => "record is nested too deep",
        }
    }
}

/// What comes next in an object.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Next<'a> {
    Key(Key<'a>),
    /// The object ends before this position.
    End(usize),
}

/// A key of an object, and where its value begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'a> {
    /// Between the quotes, as written.
    pub(crate) raw: &'a [u8],
    pub(crate) escaped: bool,
    pub(crate) value: usize,
}

/// The next key of the object that `at` is in. Commas are not insisted on: one too many must
/// not cost the record.
#[inline]
pub(crate) fn next_key(text: &[u8], mut at: usize) -> Result<Next<'_>, Fault> {
    loop {
        at = skip_blank(text, at);
        match text.get(at) {
            Some(b'"') => return key(text, at).map(Next::Key),
            Some(b',') => at += 1,
            Some(b'}') => return Ok(Next::End(at + 1)),
            Some(b'{' | b'[' | b']') => return Err(Fault::new(FaultKind::Brackets, at)),
            Some(_) => return Err(Fault::new(FaultKind::UnexpectedByte, at)),
            None => return Err(Fault::new(FaultKind::EndsEarly, text.len())),
        }
    }
}

#[inline]
fn key(text: &[u8], quote: usize) -> Result<Key<'_>, Fault> {
    let (end, escaped) = string_end(text, quote)?;
    let colon = skip_blank(text, end);
    match text.get(colon) {
        Some(b':') => Ok(Key { raw: &text[quote + 1..end - 1], escaped, value: skip_blank(text, colon + 1) }),
        Some(_) => Err(Fault::new(FaultKind::UnexpectedByte, colon)),
        None => Err(Fault::new(FaultKind::EndsEarly, text.len())),
    }
}

/// Where the value that begins at `at` ends.
#[inline]
pub(crate) fn value_end(text: &[u8], at: usize, depth: usize) -> Result<usize, Fault> {
    match text.get(at) {
        Some(b'"') => Ok(string_end(text, at)?.0),
        Some(b'{' | b'[') => nested_end(text, at, depth),
        Some(_) => scalar_end(text, at),
        None => Err(Fault::new(FaultKind::EndsEarly, text.len())),
    }
}

/// Where the string that begins at `quote` ends, and whether it holds escapes.
#[inline]
pub(crate) fn string_end(text: &[u8], quote: usize) -> Result<(usize, bool), Fault> {
    let mut at = quote + 1;
    let mut escaped = false;
    loop {
        at = next_special(text, at);
        match text.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            // The escaped character is skipped unless it is a control character itself.
            Some(b'\\') => at += if text.get(at + 1).is_some_and(|&byte| byte >= b' ') { 2 } else { 1 },
            Some(_) => return Err(Fault::new(FaultKind::ControlCharacter, at)),
            None => return Err(Fault::new(FaultKind::EndsEarly, text.len())),
        }
        escaped = true;
    }
}

#[inline]
pub(crate) fn skip_blank(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(|&byte| is_blank(byte)) {
        at += 1;
    }
    at
}

#[inline]
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The last byte before `at` that is not blank.
#[inline]
pub(crate) fn byte_before(text: &[u8], at: usize) -> Option<u8> {
    text[..at].iter().rev().copied().find(|&byte| !is_blank(byte))
}

/// Whether numbers, `true`, `false` and `null` are made of it.
#[inline]
pub(crate) fn is_of_scalar(byte: u8) -> bool {
    CLASS[usize::from(byte)] == Class::Scalar
}

fn scalar_end(text: &[u8], at: usize) -> Result<usize, Fault> {
    let length = text[at..].iter().position(|&byte| CLASS[usize::from(byte)] != Class::Scalar);
    match length {
        Some(0) => Err(Fault::new(FaultKind::UnexpectedByte, at)),
        Some(length) => Ok(at + length),
        None => Ok(text.len()),
    }
}

/// Where the object or array that begins at `open` ends.
///
/// The bytes between strings are checked because a lost quote turns the text inside out, and
/// would otherwise swallow everything up to the end of the file.
fn nested_end(text: &[u8], open: usize, depth: usize) -> Result<usize, Fault> {
    let mut brackets = Brackets::default();
    brackets.open(text[open] == b'[');
    let mut at = open + 1;
    loop {
        let Some(&byte) = text.get(at) else { return Err(Fault::new(FaultKind::EndsEarly, text.len())) };
        match CLASS[usize::from(byte)] {
            Class::Quote => {
                at = string_end(text, at)?.0;
                continue;
            }
            Class::Scalar | Class::Between => {}
            Class::Open if brackets.depth >= depth => return too_deep_end(text, at, brackets.depth),
            Class::Open if brackets.may_open(byte_before(text, at)) => brackets.open(byte == b'['),
            Class::Close if brackets.close(byte == b']') => {
                if brackets.depth == 0 {
                    return Ok(at + 1);
                }
            }
            Class::Open | Class::Close => return Err(Fault::new(FaultKind::Brackets, at)),
            Class::Other => return Err(Fault::new(FaultKind::UnexpectedByte, at)),
        }
        at += 1;
    }
}

/// Beyond the limit brackets are only counted: enough to find the end, in constant memory.
fn too_deep_end(text: &[u8], mut at: usize, mut depth: usize) -> Result<usize, Fault> {
    while let Some(&byte) = text.get(at) {
        match CLASS[usize::from(byte)] {
            Class::Quote => {
                at = string_end(text, at)?.0;
                continue;
            }
            Class::Open => depth += 1,
            Class::Close => depth -= 1,
            Class::Other => return Err(Fault::new(FaultKind::UnexpectedByte, at)),
            Class::Scalar | Class::Between => {}
        }
        at += 1;
        if depth == 0 {
            return Err(Fault::new(FaultKind::TooDeep, at));
        }
    }
    Err(Fault::new(FaultKind::EndsEarly, text.len()))
}

/// The open brackets, one bit each: set for an array.
#[derive(Default)]
struct Brackets {
    /// The innermost 64 levels at most; the others are in `outer`.
    levels: u64,
    outer: Vec<u64>,
    depth: usize,
}

impl Brackets {
    #[inline]
    fn open(&mut self, array: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.levels);
        }
        self.levels = self.levels << 1 | u64::from(array);
        self.depth += 1;
    }

    /// False when the bracket is not the one that is due.
    #[inline]
    fn close(&mut self, array: bool) -> bool {
        let due = self.levels & 1 == u64::from(array);
        self.levels >>= 1;
        self.depth -= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.levels = self.outer.pop().unwrap_or_default();
        }
        due
    }

    /// Whether a bracket can open here, given the byte before it. A record that lacks its
    /// closing brackets is found out by this where the next record begins.
    #[inline]
    fn may_open(&self, before: Option<u8>) -> bool {
        if self.levels & 1 == 1 { matches!(before, Some(b',' | b'[')) } else { before == Some(b':') }
    }
}

/// The first quote, backslash or control character from `at` on.
///
/// Eight bytes at a time: strings in audit logs are some 15 bytes long, too short to pay for
/// the call of a vectorised search.
#[inline]
fn next_special(text: &[u8], at: usize) -> usize {
    let mut rest = text.get(at..).unwrap_or_default();
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let marks = special_marks(u64::from_le_bytes(*chunk));
        if marks != 0 {
            return text.len() - rest.len() + (marks.trailing_zeros() / 8) as usize;
        }
        rest = tail;
    }
    let length = rest.iter().position(|&byte| byte < b' ' || matches!(byte, b'"' | b'\\'));
    text.len() - rest.len() + length.unwrap_or(rest.len())
}

/// The high bit of each special byte. A borrow can only spoil bytes above a true mark, so the
/// lowest mark is always right, and only that one is used.
#[inline]
fn special_marks(bytes: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let quote = bytes ^ (ONES * u64::from(b'"'));
    let backslash = bytes ^ (ONES * u64::from(b'\\'));
    let zero_in_quote = quote.wrapping_sub(ONES) & !quote;
    let zero_in_backslash = backslash.wrapping_sub(ONES) & !backslash;
    let control = bytes.wrapping_sub(ONES * u64::from(b' ')) & !bytes;
    (zero_in_quote | zero_in_backslash | control) & HIGH
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Quote,
    Open,
    Close,
    /// Blanks, commas and colons.
    Between,
    /// Numbers, `true`, `false` and `null` are made of these.
    Scalar,
    Other,
}

const CLASS: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let sets: [(&[u8], Class); 5] = [
        (b"\"", Class::Quote),
        (b"{[", Class::Open),
        (b"}]", Class::Close),
        (b" \t\n\r,:", Class::Between),
        (b"0123456789+-.Eaeflnrstu", Class::Scalar),
    ];
    let mut set = 0;
    while set < sets.len() {
        let mut at = 0;
        while at < sets[set].0.len() {
            classes[sets[set].0[at] as usize] = sets[set].1;
            at += 1;
        }
        set += 1;
    }
    classes
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_where_it_ends() {
        let check = |text: &str, expected: &str| {
            let end = value_end(text.as_bytes(), 0, 4).map(|end| &text[..end]);
            assert_eq!(end, Ok(expected), "{text}");
        };
        check(r#""a" , "b""#, r#""a""#);
        check(r#""a\"b" ]"#, r#""a\"b""#);
        check(r#""a\\" ]"#, r#""a\\""#);
        check(r#""a string longer than eight bytes\n and on","#, r#""a string longer than eight bytes\n and on""#);
        check("12e-3,", "12e-3");
        check("null}", "null");
        check("-1", "-1");
        check(r#"{"a":[{"b":"}"}, []]} , {}"#, r#"{"a":[{"b":"}"}, []]}"#);
        check("[ ] ]", "[ ]");
        check("[[[[]]]]]", "[[[[]]]]");
    }

    #[test]
    fn a_broken_value_is_found_out_early() {
        let check = |text: &str, kind, at| {
            assert_eq!(value_end(text.as_bytes(), 0, 4), Err(Fault { at, kind }), "{text}");
        };
        check("\"a\nb\"", FaultKind::ControlCharacter, 2);
        check("\"12345678\u{1}\"", FaultKind::ControlCharacter, 9);
        check("\"a\\\n\"", FaultKind::ControlCharacter, 3);
        check("\"a", FaultKind::EndsEarly, 2);
        check("\"a\\", FaultKind::EndsEarly, 3);
        check("[1,2", FaultKind::EndsEarly, 4);
        check("[1,2}", FaultKind::Brackets, 4);
        check(r#"{"a":1 {"b":2}"#, FaultKind::Brackets, 7);
        check(r#"{"a":{"b":1},{"c":2}}"#, FaultKind::Brackets, 13);
        check(r#"{"a":"x,"b":"y"},{"a":"x","b":"y"}"#, FaultKind::UnexpectedByte, 9);
        check("[x]", FaultKind::UnexpectedByte, 1);
        check("x", FaultKind::UnexpectedByte, 0);
        check("[[[[[]]]]] ", FaultKind::TooDeep, 10);
    }

    #[test]
    fn brackets_are_remembered_beyond_one_word() {
        for depth in [63, 64, 65, 128, 129, 500] {
            let open: String = (0..depth).map(|level| if level % 3 == 0 { "[" } else { r#"{"a":"# }).collect();
            let close: String = (0..depth).rev().map(|level| if level % 3 == 0 { "]" } else { "}" }).collect();
            // An object cannot open in an array without more ado, but arrays and objects can.
            let text = format!("{open}1{close}");
            assert_eq!(value_end(text.as_bytes(), 0, 512), Ok(text.len()), "{depth}");
        }
    }

    #[test]
    fn marks_agree_with_the_plain_rule() {
        for byte in 0..=255_u8 {
            for place in 0..8 {
                let mut bytes = [b'x'; 8];
                bytes[place] = byte;
                let special = byte < b' ' || byte == b'"' || byte == b'\\';
                let expected = if special { place } else { 8 };
                assert_eq!(next_special(&bytes, 0), expected, "{byte} at {place}");
            }
        }
    }
}
