//! Reading JSON that has been cut already, and taking whatever is there: a field of an
//! unexpected shape is absent, it never costs the record.
//!
//! Nothing here is built that is not asked for. An object is a list of slices, and a level
//! below it is opened only when a field of it is wanted.

use std::{borrow::Cow, ops::Deref};

use model::Text;

use crate::{
    scan::{self, Next},
    swift,
};

/// Longest text taken from a log, in bytes. Real fields end far below it.
pub(crate) const TEXT_BYTES: usize = 4096;

/// Most elements taken of one list; one request can start a thousand instances.
pub(crate) const ITEMS: usize = 10_000;

/// Bytes from which on an object is taken apart in blocks: in two of them it has some four members.
const WORTH_A_PASS: usize = 128;

/// Values inside one record are cut once more with this limit: the record itself has passed
/// the limit of the caller, whatever that was.
const ANY_DEPTH: usize = usize::MAX;

/// The members of an object, as written. Empty when the value is something else.
#[derive(Debug, Default, Clone)]
pub(crate) struct Object<'a>(Vec<Member<'a>>);

/// A name without escapes, and a value as written.
pub(crate) type Member<'a> = (Cow<'a, [u8]>, &'a [u8]);

impl<'a> Object<'a> {
    pub(crate) fn of(raw: &'a [u8]) -> Self {
        if raw.len() < WORTH_A_PASS {
            return Self(members(raw).collect());
        }
        // What an event is made of seldom has more.
        let mut known = Vec::with_capacity(16);
        if swift::members(raw, |(name, value)| known.push((Cow::Borrowed(name), value))).is_none() {
            known.clear();
            known.extend(members(raw));
        }
        Self(known)
    }

    /// Of a record whose members are known, or else are looked for.
    pub(crate) fn of_cut(record: &'a [u8], members: &[(&'a [u8], &'a [u8])]) -> Self {
        if members.is_empty() {
            return Self::of(record);
        }
        Self(members.iter().map(|(name, value)| (Cow::Borrowed(*name), *value)).collect())
    }

    /// The last value of this name, as in every JSON parser. `null` is absent.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a [u8]> {
        let (_, value) = self.0.iter().rev().find(|(key, _)| **key == *name.as_bytes())?;
        (*value != b"null").then_some(value)
    }

    /// The members in order, names without escapes.
    pub(crate) fn members(&self) -> impl DoubleEndedIterator<Item = (&[u8], &'a [u8])> + Clone {
        self.0.iter().map(|(name, value)| (&**name, *value))
    }

    pub(crate) fn object(&self, name: &str) -> Self {
        self.raw(name).map(Self::of).unwrap_or_default()
    }

    /// A text that says something, or a number as text.
    pub(crate) fn text(&self, name: &str) -> Option<Text> {
        let scalar = Scalar::of(self.raw(name)?)?;
        (!scalar.is_empty()).then(|| scalar.text())
    }

    /// A number, also one written as text.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.trim().parse().ok()
    }
}

/// A string without its quotes and escapes, a number or a truth value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Scalar<'a>(Cow<'a, [u8]>);

impl<'a> Scalar<'a> {
    pub(crate) fn of(raw: &'a [u8]) -> Option<Self> {
        match raw {
            [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => Some(Self(Cow::Borrowed(inner))),
            [b'"', inner @ .., b'"'] => Some(Self(Cow::Owned(unescape(inner)))),
            b"null" | [b'"' | b'{' | b'[', ..] | [] => None,
            scalar => Some(Self(Cow::Borrowed(scalar))),
        }
    }

    /// Whether there is a scalar, and it is not empty.
    pub(crate) fn says_something(raw: &'a [u8]) -> bool {
        matches!(raw, [b'"', _, .., b'"']) || Self::of(raw).is_some_and(|scalar| !scalar.is_empty())
    }

    pub(crate) fn text(&self) -> Text {
        // The lossy reading of what needs none is slow.
        std::str::from_utf8(&self.0).map_or_else(|_| cap(&String::from_utf8_lossy(&self.0)), cap)
    }

    pub(crate) fn into_bytes(self) -> Cow<'a, [u8]> {
        self.0
    }

    /// What a value says, or nothing.
    pub(crate) fn text_of(raw: &[u8]) -> Text {
        Scalar::of(raw).map(|scalar| scalar.text()).unwrap_or_default()
    }
}

impl Deref for Scalar<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// A record that was cut, as JSON: with bytes that are no text replaced, and without commas
/// that nothing follows. Neither may hide a record.
pub(crate) fn valid(record: &[u8]) -> Result<Cow<'_, [u8]>, serde_json::Error> {
    // The lossy reading of what needs none is slow.
    let text = std::str::from_utf8(record).map_or_else(|_| String::from_utf8_lossy(record), Cow::Borrowed);
    let Err(error) = check(&text) else { return Ok(bytes_of(text)) };
    let repaired = without_trailing_commas(&text);
    check(&repaired).map_err(|_| error)?;
    Ok(Cow::Owned(repaired.into_bytes()))
}

/// Why a text is no JSON.
pub(crate) fn fault_of(text: &str) -> serde_json::Error {
    check(text).err().unwrap_or_else(|| serde::de::Error::custom("a document that is none"))
}

fn check(text: &str) -> serde_json::Result<()> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).map(drop)
}

fn bytes_of(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// Without the commas that nothing follows.
pub(crate) fn without_trailing_commas(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut kept = String::with_capacity(text.len());
    let (mut from, mut at) = (0, 0);
    while let Some(found) = memchr::memchr2(b'"', b',', &bytes[at..]) {
        at += found;
        if bytes[at] == b'"' {
            at = scan::string_end(bytes, at).map_or(bytes.len(), |(end, _)| end);
        } else if matches!(bytes.get(scan::skip_blank(bytes, at + 1)), Some(b'}' | b']')) {
            kept.push_str(&text[from..at]);
            (from, at) = (at + 1, at + 1);
        } else {
            at += 1;
        }
    }
    kept.push_str(&text[from..]);
    kept
}

/// The last value of `name` in an object, without collecting the others.
pub(crate) fn member<'a>(object: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    members(object).filter(|(key, _)| **key == *name).last().map(|(_, value)| value)
}

/// The text between the quotes of a string, unescaped.
///
/// Half a surrogate pair is valid JSON and no valid text. Whoever sends one in his user agent
/// loses that character, not the field.
pub(crate) fn unescape(inner: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(backslash) = memchr::memchr(b'\\', rest) {
        plain.extend_from_slice(&rest[..backslash]);
        let (length, character) = escaped(&rest[backslash..]);
        plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[backslash + length..];
    }
    plain.extend_from_slice(rest);
    plain
}

/// A text of bounded length; one that was cut says so.
pub(crate) fn cap(text: &str) -> Text {
    const MARK: &str = "…";
    if text.len() <= TEXT_BYTES {
        return text.into();
    }
    let end = text.floor_char_boundary(TEXT_BYTES - MARK.len());
    format!("{}{MARK}", &text[..end]).into()
}

/// The same, without a copy of one that is short enough.
pub(crate) fn capped(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.len() <= TEXT_BYTES { text } else { Cow::Owned(cap(&text).to_string()) }
}

/// The names and values of an object, in its order; of anything else, none.
pub(crate) fn members(object: &[u8]) -> Members<'_> {
    Members { object, at: usize::from(object.first() == Some(&b'{')) }
}

pub(crate) struct Members<'a> {
    object: &'a [u8],
    at: usize,
}

impl<'a> Members<'a> {
    /// What has not been gone over.
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.object[self.at..]
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    #[inline]
    fn next(&mut self) -> Option<Member<'a>> {
        if self.at == 0 {
            return None;
        }
        let Ok(Next::Key(key)) = scan::next_key(self.object, self.at) else { return None };
        self.at = value_end(self.object, key.value)?;
        let name = if key.escaped { Cow::Owned(unescape(key.raw)) } else { Cow::Borrowed(key.raw) };
        Some((name, &self.object[key.value..self.at]))
    }
}

/// The values of a list; of anything else, none.
pub(crate) fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = usize::from(list.first() == Some(&b'['));
    std::iter::from_fn(move || {
        if at == 0 {
            return None;
        }
        at = scan::skip_blank(list, at);
        while list.get(at) == Some(&b',') {
            at = scan::skip_blank(list, at + 1);
        }
        let start = at;
        at = value_end(list, start)?;
        Some(&list[start..at])
    })
}

/// Where a value of a record that has been cut ends.
pub(crate) fn value_end(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'{' | b'[' => swift::nested_end(text, at),
        _ => scan::value_end(text, at, ANY_DEPTH).ok(),
    }
}

/// How long the escape at the beginning of `text` is, and what it stands for.
fn escaped(text: &[u8]) -> (usize, char) {
    let character = match text.get(1) {
        Some(b'u') => return escaped_unicode(text),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(&byte @ (b'"' | b'\\' | b'/')) => byte.into(),
        // Not an escape: the backslash stands for itself.
        _ => return (1, '\\'),
    };
    (2, character)
}

fn escaped_unicode(text: &[u8]) -> (usize, char) {
    let Some(first) = code_unit(text) else { return (1, '\\') };
    if let Some(character) = char::from_u32(first) {
        return (6, character);
    }
    match code_unit(&text[6..]) {
        Some(second @ 0xDC00..=0xDFFF) if first < 0xDC00 => {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            (12, char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
        }
        _ => (6, char::REPLACEMENT_CHARACTER),
    }
}

fn code_unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, &digit| Some(unit * 16 + char::from(digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unescaped(inner: &str) -> String {
        String::from_utf8(unescape(inner.as_bytes())).unwrap()
    }

    #[test]
    fn escapes_become_what_they_stand_for() {
        assert_eq!(unescaped(r"\u0052unInstances"), "RunInstances");
        assert_eq!(unescaped(r#"\"\\\/\b\f\n\r\t"#), "\"\\/\u{8}\u{c}\n\r\t");
        assert_eq!(unescaped(r"\ud83d\ude00!"), "😀!");
        assert_eq!(unescaped(r"\ud83d!\ude00\ud83d"), "\u{fffd}!\u{fffd}\u{fffd}");
        assert_eq!(unescaped(r"\x \u12 \"), r"\x \u12 \");
    }

    #[test]
    fn a_field_of_another_shape_is_absent() {
        let text = r#"{"a":null,"b":{},"c":"","d":7,"e":"7","f":[1],"g":{"items":[{"h":1},{"h":2},]},"h":1,"h":2}"#;
        let object = Object::of(text.as_bytes());
        assert_eq!(object.text("a"), None);
        assert_eq!(object.text("b"), None);
        assert_eq!(object.text("c"), None);
        assert_eq!(object.text("d").as_deref(), Some("7"));
        assert_eq!(object.number("e"), Some(7));
        assert_eq!(object.text("f"), None);
        assert_eq!(object.number("h"), Some(2));
        assert!(["[]", "", "7", "{"].iter().all(|text| Object::of(text.as_bytes()).0.is_empty()));
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let text = cap(&"ü".repeat(4000));
        assert!(text.len() <= TEXT_BYTES && text.ends_with("ü…"));
        assert_eq!(&*cap("short"), "short");
    }

    proptest! {
        #[test]
        fn unescaping_agrees_with_the_parser(text in any::<String>()) {
            let quoted = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescaped(&quoted[1..quoted.len() - 1]), text);
        }
    }
}
