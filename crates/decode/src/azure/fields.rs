//! The members of an object, whatever the spelling of their names.
//!
//! The same field is `eventDataId`, `event_data_id`, `EventDataId` and, in Log Analytics,
//! `Properties_d` for `properties`. So a name is asked for in small letters and without
//! underscores, and every spelling of it answers.

use std::rc::Rc;

use model::Text;

use crate::lenient::{self, ITEMS, Object, Scalar};

/// Empty when the value is something else than an object. Taken apart once, and shared.
#[derive(Debug, Default, Clone)]
pub(super) struct Fields<'a>(Rc<Object<'a>>);

impl<'a> Fields<'a> {
    pub(super) fn of(raw: &'a [u8]) -> Self {
        Self(Rc::new(Object::of(raw)))
    }

    /// The first of these names that states anything. Of a name that is there twice the last
    /// one counts, as in every JSON parser.
    pub(super) fn raw(&self, names: &[&str]) -> Option<&'a [u8]> {
        names.iter().find_map(|name| self.all(name).next())
    }

    /// The first of these that is a text which says something, a number, or such a `value` of
    /// an object: `{"value": …, "localizedValue": …}`.
    pub(super) fn scalar(&self, names: &[&str]) -> Option<&'a [u8]> {
        names.iter().find_map(|name| self.all(name).find_map(plain))
    }

    pub(super) fn text(&self, names: &[&str]) -> Option<Text> {
        self.scalar(names).map(Scalar::text_of)
    }

    /// A number, also one written as text.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.text(&[name])?.trim().parse().ok()
    }

    /// The object at the end of a path.
    pub(super) fn at(&self, path: &[&str]) -> Self {
        let Some((first, rest)) = path.split_first() else { return self.clone() };
        let next = self.raw(&[first]).map(Self::of).unwrap_or_default();
        if rest.is_empty() { next } else { next.at(rest) }
    }

    /// The objects of a list.
    pub(super) fn list(&self, name: &str) -> Vec<Self> {
        let elements = self.raw(&[name]).into_iter().flat_map(lenient::elements);
        elements.take(ITEMS).map(Self::of).collect()
    }

    /// The members in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &'a [u8])> {
        self.0.members()
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let spelled = self.0.members().rev().filter(move |(key, _)| is(key, name));
        spelled.map(|(_, value)| value).filter(|value| *value != b"null")
    }
}

/// Whether a key is a spelling of this name.
pub(super) fn is(key: &[u8], name: &str) -> bool {
    if key.len() == name.len() {
        return key.eq_ignore_ascii_case(name.as_bytes());
    }
    // Nearly all keys are of another length, and this is asked of every key.
    let has_length = (name.len() + 1..name.len() + 6).contains(&key.len());
    has_length && key.iter().filter(|byte| **byte != b'_').map(u8::to_ascii_lowercase).eq(name.bytes())
}

/// A scalar that says something, or the `value` of an object that does.
pub(super) fn plain(raw: &[u8]) -> Option<&[u8]> {
    let scalar = if raw.first() == Some(&b'{') {
        lenient::members(raw).filter(|(key, _)| is(key, "value")).last()?.1
    } else {
        raw
    };
    Scalar::says_something(scalar).then_some(scalar)
}

/// An object that stands in the log as one, or as a text.
#[derive(Debug, Clone)]
pub(super) enum Opened<'a> {
    Object(Fields<'a>),
    /// `is_broken`: it cannot be read as JSON to its end. What can be read of it, is.
    Text {
        text: Vec<u8>,
        is_broken: bool,
    },
}

impl Default for Opened<'_> {
    fn default() -> Self {
        Self::Text { text: Vec::new(), is_broken: false }
    }
}

impl<'a> Opened<'a> {
    pub(super) fn of(raw: Option<&'a [u8]>) -> Self {
        match raw {
            Some(object @ [b'{', ..]) => Self::Object(Fields::of(object)),
            Some(other) => Self::of_other(other),
            None => Self::default(),
        }
    }

    /// Of what stands in a text, and does not last.
    fn of_inner(raw: Option<&[u8]>) -> Self {
        match raw {
            Some(object @ [b'{', ..]) => Self::Text { text: object.to_owned(), is_broken: false },
            Some(other) => Self::of_other(other),
            None => Self::default(),
        }
    }

    fn of_other(raw: &[u8]) -> Self {
        let text = Scalar::of(raw).filter(|_| raw.starts_with(b"\""));
        text.map(|text| Self::of_text(text.trim_ascii())).unwrap_or_default()
    }

    fn of_text(text: &[u8]) -> Self {
        match lenient::valid(text) {
            Ok(valid) => Self::Text { text: valid.into_owned(), is_broken: false },
            Err(_) => Self::Text { text: text.to_owned(), is_broken: !text.is_empty() },
        }
    }

    pub(super) fn fields(&self) -> Fields<'_> {
        match self {
            Self::Object(fields) => fields.clone(),
            Self::Text { text, .. } => Fields::of(text),
        }
    }

    /// An object inside of this one.
    pub(super) fn open(&self, names: &[&str]) -> Self {
        match self {
            Self::Object(fields) => Self::of(fields.raw(names)),
            Self::Text { text, .. } => Self::of_inner(Fields::of(text).raw(names)),
        }
    }

    pub(super) fn is_broken(&self) -> bool {
        matches!(self, Self::Text { is_broken: true, .. })
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Text { text, .. } if text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_name_answers() {
        for key in ["eventDataId", "event_data_id", "EventDataId", "EVENTDATAID", "_eventDataId"] {
            let object = format!(r#"{{"{key}":{{"value":"1","localizedValue":"2"}}}}"#);
            assert_eq!(Fields::of(object.as_bytes()).text(&["eventdataid"]).as_deref(), Some("1"), "{key}");
        }
        let fields = Fields::of(br#"{"a":"","A":"1","b":null,"B":{"Value":""},"c":7}"#);
        assert_eq!(fields.text(&["b", "a"]).as_deref(), Some("1"));
        assert_eq!((fields.text(&["b"]), fields.number("c")), (None, Some(7)));
    }

    #[test]
    fn an_object_is_one_also_as_a_text() {
        for raw in [r#"{"a":{"b":"1"}}"#, r#""{\"a\":{\"b\":\"1\"}}""#, r#"" {\"a\":\"{\\\"b\\\":1,}\"} ""#] {
            let opened = Opened::of(Some(raw.as_bytes()));
            assert_eq!(opened.open(&["a"]).fields().text(&["b"]).as_deref(), Some("1"), "{raw}");
            assert!(!opened.is_broken());
        }
        let torn = Opened::of(Some(br#""{\"a\":1,\"b\":{\"c""#));
        assert!(torn.is_broken() && torn.fields().text(&["a"]).is_some());
        assert!(Opened::of(Some(b"7")).is_empty());
    }
}
