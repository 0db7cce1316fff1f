//! Texts of a record that are documents themselves, each read once: `responseBody`, and whatever
//! an export has made a text of.

use std::cell::OnceCell;

use crate::{
    lenient::{self, Scalar},
    tree::{Document, Value},
};

/// Those of one record. They stay where they are, so that what was read of them may be kept
/// beside the record.
#[derive(Debug, Default)]
pub(super) struct Texts(OnceCell<Box<Inner>>);

#[derive(Debug)]
struct Inner {
    document: Document,
    next: Texts,
}

impl Texts {
    /// What stands in a text, and whether it is broken; nothing of one that is empty.
    pub(super) fn open(&self, text: Value<'_>) -> (Option<Value<'_>>, bool) {
        let Some(scalar) = Scalar::of(text.raw().as_bytes()) else { return (None, false) };
        let text = scalar.trim_ascii();
        match self.read(text) {
            Some(value) => (Some(value), false),
            None if text.is_empty() => (None, false),
            None => (self.read(mended(text).as_bytes()), true),
        }
    }

    /// Reads a document and keeps it.
    pub(super) fn read(&self, text: &[u8]) -> Option<Value<'_>> {
        Document::read(text).map(|document| self.keep(document).value())
    }

    fn keep(&self, document: Document) -> &Document {
        let mut texts = self;
        while let Some(inner) = texts.0.get() {
            texts = &inner.next;
        }
        &texts.0.get_or_init(|| Box::new(Inner { document, next: Self::default() })).document
    }
}

/// Levels of a broken text that are looked at; real ones have a third of that.
const DEPTH: usize = 32;

/// All that is whole of a text that breaks off, or that is no JSON for another reason.
fn mended(text: &[u8]) -> String {
    let mut json = String::with_capacity(text.len());
    mend(text, DEPTH, &mut json);
    json
}

fn mend(raw: &[u8], depth: usize, json: &mut String) {
    match raw.first() {
        Some(b'{') if depth > 0 => {
            let members = lenient::members(raw);
            between(json, ['{', '}'], members, |json, (name, value)| {
                write_text(json, &name);
                json.push(':');
                mend(value, depth - 1, json);
            });
        }
        Some(b'[') if depth > 0 => {
            between(json, ['[', ']'], lenient::elements(raw), |json, element| mend(element, depth - 1, json));
        }
        _ => match Scalar::of(raw) {
            Some(scalar) => write_text(json, &scalar),
            None => json.push_str("null"),
        },
    }
}

/// Writes what is inside of brackets.
fn between<T>(
    json: &mut String,
    [open, close]: [char; 2],
    inside: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    json.push(open);
    for (at, one) in inside.enumerate() {
        if at > 0 {
            json.push(',');
        }
        write(json, one);
    }
    json.push(close);
}

fn write_text(json: &mut String, text: &[u8]) {
    json.push_str(&serde_json::Value::from(String::from_utf8_lossy(text)).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_whole_is_kept() {
        let check = |torn: &str, expected: &str| assert_eq!(mended(torn.as_bytes()), expected, "{torn}");
        check(r#"{"a":1,"b":{"c":[true,"x"],},"d":{"e"#, r#"{"a":"1","b":{"c":["true","x"]}}"#);
        check(r#"{"a":tru,"b":"\x\"","c":null,"d":"1"#, r#"{"a":"tru","b":"\\x\"","c":null}"#);
        check("no document", r#""no document""#);
    }

    #[test]
    fn a_broken_giant_is_read_in_part() {
        let deep = format!("{}1,{}x", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
        assert!(mended(deep.as_bytes()).len() < 1000);
        let texts = Texts::default();
        for _ in 0..100 {
            assert!(texts.read(b"[1]").is_some());
        }
    }
}
