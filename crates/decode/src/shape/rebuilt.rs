//! Writes a record anew, from what an export has made of it.

use std::borrow::Cow;

use crate::lenient::{self, Scalar};

/// An object in the making. What is absent or says nothing is left out.
#[derive(Debug, Default)]
pub(super) struct Rebuilt(Vec<u8>);

impl Rebuilt {
    /// A value as it is written in the export.
    pub(super) fn raw(&mut self, name: &str, value: Option<&[u8]>) {
        if let Some(value) = value.filter(|value| says_something(value)) {
            self.key(name.as_bytes());
            self.0.extend_from_slice(value);
        }
    }

    /// A value of a member whose name is the export's.
    pub(super) fn member(&mut self, name: &[u8], value: &[u8]) {
        self.key(name);
        self.0.extend_from_slice(value);
    }

    /// A text that is not JSON yet.
    pub(super) fn text(&mut self, name: &str, value: Option<&[u8]>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.key(name.as_bytes());
            self.0.extend(quoted(value));
        }
    }

    /// A value that some exports write as JSON in a text.
    pub(super) fn json(&mut self, name: &str, value: Option<&[u8]>) {
        let document = value.and_then(document);
        self.raw(name, document.as_deref().or(value));
    }

    pub(super) fn object(&mut self, name: &str, value: Self) {
        if !value.0.is_empty() {
            let value = value.finish();
            self.raw(name, Some(&value));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.0.is_empty() {
            self.0.push(b'{');
        }
        self.0.push(b'}');
        self.0
    }

    fn key(&mut self, name: &[u8]) {
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
        self.0.extend(quoted(name));
        self.0.push(b':');
    }
}

fn says_something(raw: &[u8]) -> bool {
    !matches!(raw, b"null" | b"\"\"" | b"")
}

/// A JSON text of this content.
pub(super) fn quoted(content: &[u8]) -> Vec<u8> {
    serde_json::Value::from(String::from_utf8_lossy(content)).to_string().into_bytes()
}

/// The object or list that a value is, or holds as a text; whole, or nothing. What is torn
/// would tear the record that it is put into.
pub(super) fn document(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    match raw {
        [b'{' | b'[', ..] => Some(Cow::Borrowed(raw)),
        [b'"', ..] => {
            let text = Scalar::of(raw)?.into_bytes();
            let is_document = matches!(text.trim_ascii_start().first(), Some(b'{' | b'['));
            (is_document && lenient::valid(&text).is_ok_and(|valid| *valid == *text)).then_some(text)
        }
        _ => None,
    }
}
