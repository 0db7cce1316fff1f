//! A record read once: whether it is JSON, and where in it every value stands.
//!
//! Values lie in the order of the text, so that what is inside one stands right behind it, and to
//! step over all of that is one addition. Nothing of the text is copied: a record of which five
//! fields are asked for costs one look at each byte, and five searches among names.

use std::{borrow::Cow, str};

use model::Text;

use crate::{
    lenient::{self, ITEMS, Scalar},
    scan, swift,
};

/// Memory in which one record after the other is read.
#[derive(Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    quotes: Vec<u64>,
    repaired: String,
}

/// A value. Places are of the text.
#[derive(Debug, Clone, Copy)]
struct Node {
    name: Name,
    start: u32,
    end: u32,
    /// It is a text with escapes in it.
    is_escaped: bool,
    /// Itself and all that is inside of it. Of one that is still open: the one that it is in.
    size: u32,
}

/// The name of a member, between the quotes; of what has none, nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Name {
    start: u32,
    length: u32,
    mark: u64,
}

/// Of a name: its length and its last bytes, in which names mostly differ.
#[inline]
const fn mark(name: &[u8]) -> u64 {
    match name.last_chunk::<4>() {
        Some(tail) => (name.len() as u64) << 32 | u32::from_le_bytes(*tail) as u64,
        None => (name.len() as u64) << 32,
    }
}

/// The last bytes of a name, by its mark; nothing if it has fewer.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn tail(mark: u64) -> u32 {
    mark as u32
}

/// The mark of a name with escapes, which stands for another.
const ESCAPED: u64 = u64::MAX;

/// A name that is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'k> {
    name: &'k [u8],
    mark: u64,
}

impl<'k> Key<'k> {
    pub(crate) const fn new(name: &'k str) -> Self {
        Self { name: name.as_bytes(), mark: mark(name.as_bytes()) }
    }
}

impl Name {
    /// Whether it may be a spelling of a name of this length that ends so.
    #[inline]
    fn may_spell(&self, name: &[u8]) -> bool {
        let (own, tail) = (tail(self.mark), small(tail(mark(name))));
        match (self.length as usize).checked_sub(name.len()) {
            _ if self.mark == ESCAPED => true,
            None => false,
            Some(0) => small(own) == tail,
            Some(_) => own == 0 || small(own) >> 24 == tail >> 24 || own >> 24 == u32::from(b'_'),
        }
    }
}

/// A value, and what is inside of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'t> {
    text: &'t str,
    /// Its own, and those of what is inside.
    nodes: &'t [Node],
}

/// The members of an object. Of what is none, and of what is not there, it has none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Object<'t> {
    text: &'t str,
    nodes: &'t [Node],
}

impl Tree {
    /// Reads a record; or, if it is no JSON for bytes that are no text or for commas that nothing
    /// follows, reads it without them: neither may hide a record.
    pub(crate) fn read<'t>(&'t mut self, record: &'t [u8]) -> Result<Value<'t>, serde_json::Error> {
        let Self { nodes, quotes, repaired } = self;
        // The lossy reading of what needs none is slow.
        let text = str::from_utf8(record).map_or_else(|_| String::from_utf8_lossy(record), Cow::Borrowed);
        if let Cow::Borrowed(text) = text
            && Reader::read(text, quotes, nodes)
        {
            return Ok(Value { text, nodes });
        }
        *repaired = lenient::without_trailing_commas(&text);
        if Reader::read(repaired, quotes, nodes) {
            Ok(Value { text: repaired, nodes })
        } else {
            Err(lenient::fault_of(&text))
        }
    }
}

/// A text that stood in a record, and what is in it.
#[derive(Debug)]
pub(crate) struct Document {
    text: String,
    nodes: Vec<Node>,
}

impl Document {
    /// Reads it as [`Tree::read`] reads a record.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        // The lossy reading of what needs none is slow.
        let text = str::from_utf8(text).map_or_else(|_| String::from_utf8_lossy(text), Cow::Borrowed);
        let (mut quotes, mut nodes) = (Vec::new(), Vec::new());
        if Reader::read(&text, &mut quotes, &mut nodes) {
            return Some(Self { text: text.into_owned(), nodes });
        }
        let text = lenient::without_trailing_commas(&text);
        Reader::read(&text, &mut quotes, &mut nodes).then_some(Self { text, nodes })
    }

    pub(crate) fn value(&self) -> Value<'_> {
        Value { text: &self.text, nodes: &self.nodes }
    }
}

/// Reads a text from its first byte to its last.
struct Reader<'t, 'n> {
    text: &'t [u8],
    /// As the swift cutter tells them.
    quotes: &'n [u64],
    has_escapes: bool,
    at: usize,
    nodes: &'n mut Vec<Node>,
    /// The innermost value that is open, and whether it is an object.
    parent: u32,
    in_object: bool,
}

/// No value is in it.
const NOTHING: u32 = u32::MAX;

#[expect(clippy::cast_possible_truncation, reason = "the length of the text was looked at")]
impl<'t, 'n> Reader<'t, 'n> {
    /// Whether it is JSON.
    fn read(text: &'t str, quotes: &'n mut Vec<u64>, nodes: &'n mut Vec<Node>) -> bool {
        nodes.clear();
        let text = text.as_bytes();
        let has_room = text.len() < NOTHING as usize;
        let Some(has_escapes) = swift::quotes(text, quotes).filter(|_| has_room) else { return false };
        let mut reader = Self { text, quotes, has_escapes, at: 0, nodes, parent: NOTHING, in_object: false };
        reader.values().is_some() && reader.next() == text.len()
    }

    /// One value, and all that is inside. There is no recursion: whoever nests deep gains nothing.
    fn values(&mut self) -> Option<()> {
        let mut name = Name::default();
        loop {
            let start = self.next();
            let byte = *self.text.get(start)?;
            let is_open = matches!(byte, b'{' | b'[');
            let (end, is_escaped) = if is_open { (start + 1, false) } else { self.scalar_end(start, byte)? };
            self.at = end;
            self.nodes.push(Node { name, start: start as u32, end: end as u32, is_escaped, size: 1 });
            if is_open {
                self.open(byte == b'{');
            }
            match self.behind(is_open)? {
                Behind::Member => name = self.name()?,
                Behind::Element => name = Name::default(),
                Behind::Nothing => return Some(()),
            }
        }
    }

    fn open(&mut self, is_object: bool) {
        let parent = std::mem::replace(&mut self.parent, self.nodes.len() as u32 - 1);
        if let Some(node) = self.nodes.last_mut() {
            node.size = parent;
        }
        self.in_object = is_object;
    }

    /// What comes behind a value, or as the first in one that was opened just now.
    fn behind(&mut self, mut is_first: bool) -> Option<Behind> {
        while self.parent != NOTHING {
            let place = self.next();
            let next = if self.in_object { Behind::Member } else { Behind::Element };
            match (*self.text.get(place)?, self.in_object) {
                (b'}', true) | (b']', false) => self.close(place + 1),
                _ if is_first => return Some(next),
                (b',', _) => {
                    self.at = place + 1;
                    return Some(next);
                }
                _ => return None,
            }
            is_first = false;
        }
        Some(Behind::Nothing)
    }

    fn close(&mut self, end: usize) {
        let count = self.nodes.len() as u32;
        let node = &mut self.nodes[self.parent as usize];
        (node.end, self.at) = (end as u32, end);
        let size = count - self.parent;
        self.parent = std::mem::replace(&mut node.size, size);
        let around = self.nodes.get(self.parent as usize);
        self.in_object = around.is_some_and(|around| self.text[around.start as usize] == b'{');
    }

    /// The name of a member; its colon is passed.
    fn name(&mut self) -> Option<Name> {
        let quote = self.next();
        if self.text.get(quote) != Some(&b'"') {
            return None;
        }
        let (end, is_escaped) = self.string_end(quote)?;
        self.at = end;
        let colon = self.next();
        self.at = colon + 1;
        let mark = if is_escaped { ESCAPED } else { mark(&self.text[quote + 1..end - 1]) };
        let name = Name { start: quote as u32 + 1, length: (end - quote) as u32 - 2, mark };
        (self.text.get(colon) == Some(&b':')).then_some(name)
    }

    /// The next byte that is not blank.
    fn next(&self) -> usize {
        scan::skip_blank(self.text, self.at)
    }

    /// Where it ends, and whether it has escapes.
    fn scalar_end(&self, start: usize, first: u8) -> Option<(usize, bool)> {
        let rest = &self.text[start..];
        let word = |word: &[u8]| rest.starts_with(word).then_some(word.len());
        let length = match first {
            b'"' => return self.string_end(start),
            b't' => word(b"true")?,
            b'f' => word(b"false")?,
            b'n' => word(b"null")?,
            _ => number_length(rest)?,
        };
        Some((start + length, false))
    }

    /// Where a string ends, and whether it has escapes.
    fn string_end(&self, quote: usize) -> Option<(usize, bool)> {
        let closing = self.next_quote(quote + 1)?;
        let inner = &self.text[quote + 1..closing];
        let is_escaped = self.has_escapes && memchr::memchr(b'\\', inner).is_some();
        (!is_escaped || are_escapes(inner)).then_some((closing + 1, is_escaped))
    }

    /// The first quote from `at` on that is not escaped.
    fn next_quote(&self, at: usize) -> Option<usize> {
        let mut word = at / 64;
        let mut quotes = self.quotes.get(word)? & (u64::MAX << (at % 64));
        while quotes == 0 {
            word += 1;
            quotes = *self.quotes.get(word)?;
        }
        Some(word * 64 + quotes.trailing_zeros() as usize)
    }
}

/// The same in small letters; of others than letters, something that is the same for the same.
#[inline]
fn small(tail: u32) -> u32 {
    tail | 0x2020_2020
}

/// What comes behind a value.
enum Behind {
    Member,
    Element,
    Nothing,
}

/// Whether behind every backslash there is what JSON allows there.
fn are_escapes(inner: &[u8]) -> bool {
    let mut rest = inner;
    while let Some(backslash) = memchr::memchr(b'\\', rest) {
        let escape = &rest[backslash + 1..];
        let length = match escape {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 1,
            [b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) => 5,
            _ => return false,
        };
        rest = &escape[length..];
    }
    true
}

/// How long the number is that a text begins with.
fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(text.first() == Some(&b'-'));
    let whole = digits(sign);
    if whole == 0 || (whole > 1 && text[sign] == b'0') {
        return None;
    }
    let mut at = sign + whole;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        at += 1 + fraction;
        (fraction > 0).then_some(())?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        at += 1 + sign + exponent;
        (exponent > 0).then_some(())?;
    }
    Some(at)
}

impl<'t> Value<'t> {
    /// As written.
    pub(crate) fn raw(self) -> &'t str {
        let node = &self.nodes[0];
        &self.text[node.start as usize..node.end as usize]
    }

    /// What a text, a number or a truth value says, if it says anything.
    pub(crate) fn str(self) -> Option<Cow<'t, str>> {
        let raw = self.raw();
        let said = match raw.as_bytes() {
            [b'"', ..] if self.nodes[0].is_escaped => return self.escaped_str(),
            [b'"', .., b'"'] => &raw[1..raw.len() - 1],
            [b'{' | b'[' | b'n', ..] => "",
            _ => raw,
        };
        (!said.is_empty()).then(|| lenient::capped(Cow::Borrowed(said)))
    }

    #[cold]
    fn escaped_str(self) -> Option<Cow<'t, str>> {
        let said = Scalar::of(self.raw().as_bytes())?.into_bytes();
        Some(lenient::capped(Cow::Owned(String::from_utf8_lossy(&said).into_owned())))
    }

    /// Whether [`Value::str`] says anything.
    pub(crate) fn says_something(self) -> bool {
        !matches!(self.raw().as_bytes(), [b'{' | b'[' | b'n', ..] | b"\"\"")
    }

    pub(crate) fn is_null(self) -> bool {
        self.raw().starts_with('n')
    }

    pub(crate) fn is_text(self) -> bool {
        self.raw().starts_with('"')
    }

    pub(crate) fn is_object(self) -> bool {
        self.raw().starts_with('{')
    }

    pub(crate) fn is_list(self) -> bool {
        self.raw().starts_with('[')
    }

    /// Its members, if it is an object.
    pub(crate) fn object(self) -> Object<'t> {
        let nodes = if self.is_object() { &self.nodes[1..] } else { &[] };
        Object { text: self.text, nodes }
    }

    /// The values of a list; of anything else, none.
    pub(crate) fn elements(self) -> impl Iterator<Item = Self> {
        let nodes = if self.is_list() { &self.nodes[1..] } else { &[] };
        siblings(self.text, nodes)
    }

    fn name(self) -> Cow<'t, [u8]> {
        let (name, written) = (&self.nodes[0].name, self.written_name());
        if name.mark == ESCAPED { Cow::Owned(lenient::unescape(written)) } else { Cow::Borrowed(written) }
    }

    fn written_name(self) -> &'t [u8] {
        let Name { start, length, .. } = self.nodes[0].name;
        &self.text.as_bytes()[start as usize..][..length as usize]
    }

    /// Most names have another mark, and none has escapes.
    #[inline]
    fn is_named(self, key: &Key<'_>) -> bool {
        let mark = self.nodes[0].name.mark;
        mark == key.mark && *self.written_name() == *key.name || mark == ESCAPED && *self.name() == *key.name
    }
}

impl<'t> Object<'t> {
    /// Names without escapes, and values.
    pub(crate) fn members(self) -> impl Iterator<Item = (Cow<'t, [u8]>, Value<'t>)> {
        siblings(self.text, self.nodes).map(|value| (value.name(), value))
    }

    /// The last value of this name, as in every JSON parser. `null` is absent.
    pub(crate) fn value(self, name: &str) -> Option<Value<'t>> {
        let [value] = self.values(&[Key::new(name)]);
        value
    }

    /// The same of several names, in one going over.
    pub(crate) fn values<const N: usize>(self, keys: &[Key<'_>; N]) -> [Option<Value<'t>>; N] {
        let mut found = [None; N];
        let mut rest = self.nodes;
        while let [first, ..] = rest {
            let (mark, nodes) = (first.name.mark, &rest[..first.size as usize]);
            rest = &rest[nodes.len()..];
            // Of the marks of all keys most often none is this one.
            for (place, key) in found.iter_mut().zip(keys).filter(|(_, key)| key.mark == mark || mark == ESCAPED) {
                let value = Value { text: self.text, nodes };
                if value.is_named(key) {
                    *place = Some(value);
                }
            }
        }
        found.map(|value| value.filter(is_something))
    }

    /// The same, or else under this name with its first letter in the other case.
    pub(crate) fn value_in_either_case(self, name: &str) -> Option<Value<'t>> {
        let name = name.as_bytes();
        let is_alike = |value: &Value<'t>| {
            let own = value.nodes[0].name;
            (own.length as usize == name.len() || own.mark == ESCAPED) && value.name().eq_ignore_ascii_case(name)
        };
        let alike = || siblings(self.text, self.nodes).filter(is_alike);
        let exact = alike().filter(|value| *value.name() == *name).last().filter(is_something);
        exact.or_else(|| alike().filter(|value| value.name().get(1..) == name.get(1..)).last().filter(is_something))
    }

    /// All values that are not `null`, and whose names are spellings of this one: in other
    /// letters, or longer by underscores. Most names are seen not to be by their length and end.
    pub(crate) fn spelled(self, name: &str, is_it: impl Fn(&[u8]) -> bool) -> impl Iterator<Item = Value<'t>> {
        let values = siblings(self.text, self.nodes);
        let values = values.filter(move |value| value.nodes[0].name.may_spell(name.as_bytes()));
        values.filter(move |value| is_it(&value.name()) && !value.is_null())
    }

    pub(crate) fn object(self, name: &str) -> Self {
        self.value(name).map(Value::object).unwrap_or_default()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.nodes.is_empty()
    }

    /// Its member, if it has no other.
    pub(crate) fn only(self) -> Option<(Cow<'t, [u8]>, Value<'t>)> {
        let mut members = self.members();
        members.next().filter(|_| members.next().is_none())
    }

    /// A text that says something, or a number as text.
    pub(crate) fn str(self, name: &str) -> Option<Cow<'t, str>> {
        self.value(name)?.str()
    }

    /// The same, to be kept.
    pub(crate) fn text(self, name: &str) -> Option<Text> {
        self.str(name).map(Text::from)
    }

    /// A number, also one written as text.
    pub(crate) fn number(self, name: &str) -> Option<u64> {
        self.str(name)?.trim().parse().ok()
    }

    /// The objects of a list.
    pub(crate) fn objects(self, name: &str) -> impl Iterator<Item = Self> {
        self.value(name).into_iter().flat_map(Value::elements).take(ITEMS).map(Value::object)
    }

    /// A truth value, also one written as text.
    pub(crate) fn flag(self, name: &str) -> bool {
        self.str(name).is_some_and(|said| said.eq_ignore_ascii_case("true"))
    }

    /// The objects of `name.items`. A converter from XML writes a single one without a list.
    pub(crate) fn items(self, name: &str) -> Vec<Self> {
        self.object(name).list("items")
    }

    /// The objects of the list of this name, or the one that stands there without a list.
    pub(crate) fn list(self, name: &str) -> Vec<Self> {
        match self.value(name) {
            Some(list) if list.is_list() => list.elements().take(ITEMS).map(Value::object).collect(),
            Some(single) if single.is_object() => vec![single.object()],
            _ => Vec::new(),
        }
    }
}

/// `null` is absent.
fn is_something(value: &Value<'_>) -> bool {
    value.raw() != "null"
}

/// Values that stand beside each other.
fn siblings<'t>(text: &'t str, nodes: &'t [Node]) -> impl Iterator<Item = Value<'t>> {
    let mut rest = nodes;
    std::iter::from_fn(move || {
        let (nodes, behind) = rest.split_at_checked(rest.first()?.size as usize)?;
        rest = behind;
        Some(Value { text, nodes })
    })
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample};

    use super::*;

    fn is_json(text: &[u8]) -> bool {
        serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
    }

    /// A value as another parser has it, to be compared.
    fn rebuilt(value: Value<'_>) -> String {
        if value.is_object() {
            let member = |(name, value): (Cow<'_, [u8]>, Value<'_>)| {
                format!("{}:{}", serde_json::to_string(&String::from_utf8_lossy(&name)).unwrap(), rebuilt(value))
            };
            format!("{{{}}}", value.object().members().map(member).collect::<Vec<_>>().join(","))
        } else if value.is_list() {
            format!("[{}]", value.elements().map(rebuilt).collect::<Vec<_>>().join(","))
        } else {
            value.raw().to_owned()
        }
    }

    /// Accepts what the parser accepts, and finds there what it finds.
    fn check(text: &str) -> Result<(), TestCaseError> {
        let (mut quotes, mut nodes) = (Vec::new(), Vec::new());
        let is_read = Reader::read(text, &mut quotes, &mut nodes);
        prop_assert_eq!(is_read, is_json(text.as_bytes()), "{}", text);
        if is_read {
            let value = Value { text, nodes: &nodes };
            let parsed: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
            let again: serde_json::Value = serde_json::from_str(&rebuilt(value)).unwrap_or_default();
            prop_assert_eq!(again, parsed);
        }
        Ok(())
    }

    const PARTS: [&str; 30] = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        " ",
        "\\",
        "\n",
        "\"a\"",
        "\"a\":",
        "\"b\":",
        "{}",
        "[]",
        "1",
        "-0",
        "01",
        "1.5",
        "2.",
        "3e5",
        "4E-7",
        "true",
        "nul",
        "null",
        "false",
        "\"\\u00e9\"",
        "\"\\u12\"",
        "\"\u{1}\"",
        "\"ü\\n\"",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn it_reads_what_the_parser_reads(parts in vec(sample::select(&PARTS[..]), 0..12)) {
            check(&parts.concat())?;
        }

        #[test]
        fn whatever_is_damaged_is_found_out(place in any::<sample::Index>(), byte in sample::select(&b"{}[]\":,\\ 0e.\n"[..])) {
            const RECORD: &str = r#"{"a":{"b":[1,{"c":null},[]],"d":"\u0041\n"},"e":-1.5e+3,"f":"x","f":true ,"g" : [ ] }"#;
            check(RECORD)?;
            let mut text = RECORD.as_bytes().to_vec();
            *place.get_mut(&mut text) = byte;
            check(&String::from_utf8(text).unwrap())?;
        }
    }

    #[test]
    fn whoever_nests_deep_gains_nothing() {
        let text = "[".repeat(200_000) + &"]".repeat(200_000);
        assert!(Tree::default().read(text.as_bytes()).is_ok());
        assert!(Tree::default().read(&text.as_bytes()[1..]).is_err());
    }

    #[test]
    fn a_comma_too_many_and_bytes_that_are_no_text_hide_nothing() {
        let mut tree = Tree::default();
        let record = tree.read(b"{\"a\":\"\xff\",\"b\":[1,],}").unwrap().object();
        assert_eq!(record.str("a").as_deref(), Some("\u{fffd}"));
        assert_eq!(record.value("b").map(Value::raw), Some("[1]"));
        assert!(tree.read(b"{\"a\":1,,\"b\":2}").is_err());
    }

    #[test]
    fn a_field_of_another_shape_is_absent() {
        let text = r#"{"a":null,"b":{},"c":"","d":7,"e":"7","f":[1],"g":{"items":[{"h":1},{"h":2}]},"h":1,"h":2,"i":{"items":{"j":1}},"\u006b":"l"}"#;
        let mut tree = Tree::default();
        let object = tree.read(text.as_bytes()).unwrap().object();
        assert_eq!(["a", "b", "c", "f", "z"].map(|name| object.str(name)), [const { None }; 5]);
        assert_eq!(["d", "e", "h"].map(|name| object.number(name)), [Some(7), Some(7), Some(2)]);
        assert_eq!(["f", "g", "i"].map(|name| object.items(name).len()), [0, 2, 1]);
        assert_eq!(object.object("i").items("items").len(), 0);
        assert_eq!(object.text("k").as_deref(), Some("l"));
        assert!(object.object("f").is_empty() && object.only().is_none());
        assert!(object.object("i").only().is_some());
    }
}
