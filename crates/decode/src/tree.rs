//! A record read once: whether it is JSON, and where in it every value stands.
//!
//! Values lie in the order of the text, so that what is inside one stands right behind it, and to
//! step over all of that is one addition. Nothing of the text is copied: a record of which five
//! fields are asked for costs one look at each byte, and five searches among names.
#![expect(
    clippy::inline_always,
    reason = "all of the reader must become one loop, which keeps where it is in registers"
)]

use std::{borrow::Cow, mem, slice, str};

use model::Text;

use crate::{
    keys::{ESCAPED, Key, Keys, mark, tail},
    lenient::{self, ITEMS, Scalar, TEXT_BYTES},
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
    /// Itself and all that is inside of it. Of one that is still open: the one that it is in.
    size: u32,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// One with escapes in it.
    Escaped,
    /// A number or a truth value.
    Word,
    Null,
    Object,
    List,
}

impl Kind {
    #[inline]
    fn is_open(self) -> bool {
        matches!(self, Self::Object | Self::List)
    }
}

/// The name of a member, between the quotes; of what has none, nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Name {
    start: u32,
    length: u32,
    mark: u64,
}

impl Name {
    /// Whether it may be this one, or this one with its first letter in the other case. The mark
    /// of a longer name holds no first letter.
    #[inline]
    fn may_be_in_either_case(&self, name: &[u8]) -> bool {
        let is_like = if name.len() > 4 { self.mark == mark(name) } else { self.length as usize == name.len() };
        is_like || self.mark == ESCAPED
    }

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
    quotes: Quotes<'n>,
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
        let quotes = Quotes::new(quotes);
        let mut reader = Self { text, quotes, at: 0, nodes, parent: NOTHING, in_object: false };
        let is_read = if has_escapes { reader.values::<true>() } else { reader.values::<false>() };
        is_read.is_some() && reader.next().is_none()
    }

    /// One value, and all that is inside. There is no recursion: whoever nests deep gains nothing.
    /// Most records have no escapes, and none are looked for in them.
    #[inline(always)]
    fn values<const ESCAPES: bool>(&mut self) -> Option<()> {
        let mut name = Name::default();
        loop {
            let (first, start) = (self.next()?, self.at);
            let kind = self.begin::<ESCAPES>(first)?;
            let size = if kind.is_open() { self.open(kind) } else { 1 };
            self.nodes.push(Node { name, start: start as u32, end: self.at as u32, size, kind });
            let goes_in = kind.is_open() && !self.closes();
            // Whatever is open ends here, until a comma says that it goes on.
            while !goes_in && self.parent != NOTHING && !self.passes(b',') {
                self.closes().then_some(())?;
            }
            if self.parent == NOTHING {
                return Some(());
            }
            name = if self.in_object { self.name::<ESCAPES>()? } else { Name::default() };
        }
    }

    /// Passes what begins with this byte: all of it, or the bracket.
    #[inline(always)]
    fn begin<const ESCAPES: bool>(&mut self, first: u8) -> Option<Kind> {
        let (kind, length) = match first {
            b'"' => return Some(if self.string::<ESCAPES>()? { Kind::Escaped } else { Kind::Text }),
            b'{' => (Kind::Object, 1),
            b'[' => (Kind::List, 1),
            _ => word(&self.text[self.at..], first)?,
        };
        self.at += length;
        Some(kind)
    }

    /// The next value is the innermost; hands back the one that it is in.
    #[inline(always)]
    fn open(&mut self, kind: Kind) -> u32 {
        self.in_object = kind == Kind::Object;
        mem::replace(&mut self.parent, self.nodes.len() as u32)
    }

    /// Whether the innermost that is open ends here.
    #[inline(always)]
    fn closes(&mut self) -> bool {
        let is_end = self.passes(if self.in_object { b'}' } else { b']' });
        if is_end {
            self.close();
        }
        is_end
    }

    #[inline(always)]
    fn close(&mut self) {
        let size = self.nodes.len() as u32 - self.parent;
        let node = &mut self.nodes[self.parent as usize];
        node.end = self.at as u32;
        self.parent = mem::replace(&mut node.size, size);
        let around = self.nodes.get(self.parent as usize);
        self.in_object = around.is_some_and(|around| around.kind == Kind::Object);
    }

    /// The name of a member; its colon is passed.
    #[inline(always)]
    fn name<const ESCAPES: bool>(&mut self) -> Option<Name> {
        self.next().filter(|&byte| byte == b'"')?;
        let start = self.at + 1;
        let is_escaped = self.string::<ESCAPES>()?;
        let written = &self.text[start..self.at - 1];
        let mark = if is_escaped { ESCAPED } else { mark(written) };
        let name = Name { start: start as u32, length: written.len() as u32, mark };
        self.passes(b':').then_some(name)
    }

    /// Passes a string, and says whether it has escapes.
    #[inline(always)]
    fn string<const ESCAPES: bool>(&mut self) -> Option<bool> {
        let (opening, closing) = (self.quotes.next()?, self.quotes.next()?);
        debug_assert_eq!(opening, self.at, "whatever is passed between strings has no quotes");
        self.at = closing + 1;
        if ESCAPES { are_escapes(&self.text[opening + 1..closing]) } else { Some(false) }
    }

    /// Whether this is the next byte; then it is passed.
    #[inline(always)]
    fn passes(&mut self, byte: u8) -> bool {
        if self.text.get(self.at) != Some(&byte) && self.next() != Some(byte) {
            return false;
        }
        self.at += 1;
        true
    }

    /// The next byte that is not blank, and goes there.
    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        if let Some(&byte) = self.text.get(self.at)
            && byte > b' '
        {
            return Some(byte);
        }
        self.at = scan::skip_blank(self.text, self.at);
        self.text.get(self.at).copied()
    }
}

/// The quotes that strings begin and end with, as the swift cutter tells them. Whoever passes all
/// strings has the next one before him.
struct Quotes<'n> {
    words: slice::Iter<'n, u64>,
    /// Those of the word that was taken last which are still to come, and where its first bit is.
    left: u64,
    base: usize,
}

impl<'n> Quotes<'n> {
    fn new(words: &'n [u64]) -> Self {
        let mut words = words.iter();
        Self { left: words.next().copied().unwrap_or_default(), words, base: 0 }
    }

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.left = *self.words.next()?;
            self.base += 64;
        }
        let place = self.base + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(place)
    }
}

/// The same in small letters; of others than letters, something that is the same for the same.
#[inline]
fn small(tail: u32) -> u32 {
    tail | 0x2020_2020
}

/// What else than a text begins with this byte, and how long it is.
fn word(text: &[u8], first: u8) -> Option<(Kind, usize)> {
    match first {
        b't' => (text.first_chunk()? == b"true").then_some((Kind::Word, 4)),
        b'f' => (text.first_chunk()? == b"false").then_some((Kind::Word, 5)),
        b'n' => (text.first_chunk()? == b"null").then_some((Kind::Null, 4)),
        _ => Some((Kind::Word, number_length(text)?)),
    }
}

/// Whether there are escapes; `None` if behind one of the backslashes there is what JSON does not
/// allow there.
fn are_escapes(inner: &[u8]) -> Option<bool> {
    let mut rest = inner;
    while let Some(backslash) = memchr::memchr(b'\\', rest) {
        let escape = &rest[backslash + 1..];
        let length = match escape {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 1,
            [b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) => 5,
            _ => return None,
        };
        rest = &escape[length..];
    }
    Some(rest.len() < inner.len())
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
    #[inline]
    pub(crate) fn str(self) -> Option<Cow<'t, str>> {
        let Node { start, end, kind, .. } = self.nodes[0];
        let said = match kind {
            Kind::Text => &self.text[start as usize + 1..end as usize - 1],
            Kind::Word => &self.text[start as usize..end as usize],
            Kind::Escaped => return self.escaped_str(),
            Kind::Null | Kind::Object | Kind::List => return None,
        };
        match said.len() {
            0 => None,
            1..=TEXT_BYTES => Some(Cow::Borrowed(said)),
            _ => Some(lenient::capped(Cow::Borrowed(said))),
        }
    }

    #[cold]
    fn escaped_str(self) -> Option<Cow<'t, str>> {
        let said = Scalar::of(self.raw().as_bytes())?.into_bytes();
        Some(lenient::capped(Cow::Owned(String::from_utf8_lossy(&said).into_owned())))
    }

    /// Whether [`Value::str`] says anything.
    pub(crate) fn says_something(self) -> bool {
        let Node { start, end, kind, .. } = self.nodes[0];
        match kind {
            Kind::Text => end - start > 2,
            Kind::Escaped | Kind::Word => true,
            Kind::Null | Kind::Object | Kind::List => false,
        }
    }

    pub(crate) fn is_null(self) -> bool {
        self.nodes[0].kind == Kind::Null
    }

    pub(crate) fn is_text(self) -> bool {
        matches!(self.nodes[0].kind, Kind::Text | Kind::Escaped)
    }

    pub(crate) fn is_object(self) -> bool {
        self.nodes[0].kind == Kind::Object
    }

    pub(crate) fn is_list(self) -> bool {
        self.nodes[0].kind == Kind::List
    }

    /// Its members, if it is an object.
    #[inline]
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

    #[inline]
    fn is_spelled(self, key: &Key<'_>) -> bool {
        let name = self.written_name();
        if self.nodes[0].name.mark == ESCAPED { lenient::unescape(name) == key.name() } else { key.is_same(name) }
    }

    /// Most names have another mark, and none has escapes.
    #[inline]
    fn is_named(self, key: &Key<'_>) -> bool {
        let mark = self.nodes[0].name.mark;
        (mark == key.mark() || mark == ESCAPED) && self.is_spelled(key)
    }
}

impl<'t> Object<'t> {
    /// Names without escapes, and values.
    pub(crate) fn members(self) -> impl Iterator<Item = (Cow<'t, [u8]>, Value<'t>)> {
        siblings(self.text, self.nodes).map(|value| (value.name(), value))
    }

    /// The last value of this name, as in every JSON parser. `null` is absent.
    pub(crate) fn value(self, name: &str) -> Option<Value<'t>> {
        let key = Key::new(name.as_bytes());
        let mut found = None;
        for value in siblings(self.text, self.nodes) {
            if value.is_named(&key) {
                found = Some(value);
            }
        }
        found.filter(is_something)
    }

    /// The same of several names, in one going over.
    pub(crate) fn values<const N: usize>(self, keys: &Keys<N>) -> [Option<Value<'t>>; N] {
        let mut found = [None; N];
        for value in siblings(self.text, self.nodes) {
            let mark = value.nodes[0].name.mark;
            let place = if mark == ESCAPED { keys.place_by_name(&value.name()) } else { keys.place(mark) };
            if value.is_named(keys.key(place)) {
                found[place] = Some(value).filter(is_something);
            }
        }
        found
    }

    /// The same, or else under this name with its first letter in the other case.
    pub(crate) fn value_in_either_case(self, name: &[u8]) -> Option<Value<'t>> {
        let (mut exact, mut alike) = (None, None);
        for value in siblings(self.text, self.nodes) {
            if value.nodes[0].name.may_be_in_either_case(name) {
                let own = value.name();
                if *own == *name {
                    (exact, alike) = (Some(value), Some(value));
                } else if own.get(1..) == name.get(1..) && own.eq_ignore_ascii_case(name) {
                    alike = Some(value);
                }
            }
        }
        exact.filter(is_something).or_else(|| alike.filter(is_something))
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
#[inline]
fn is_something(value: &Value<'_>) -> bool {
    !value.is_null()
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
