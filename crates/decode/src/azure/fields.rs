//! The members of an object, whatever the spelling of their names.
//!
//! The same field is `eventDataId`, `event_data_id`, `EventDataId` and, in Log Analytics,
//! `Properties_d` for `properties`. So a name is asked for in small letters and without
//! underscores, and every spelling of it answers.

use std::borrow::Cow;

use model::Text;

use crate::lenient::{self, ITEMS, Object, Scalar};

/// Empty when the value is something else than an object.
#[derive(Debug, Default, Clone)]
pub(super) struct Fields<'a>(Object<'a>);

impl<'a> Fields<'a> {
    pub(super) fn of(raw: &'a [u8]) -> Self {
        Self(Object::of(raw))
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
    // Nearly all keys are of another length, and this is asked of every key.
    if key.len() == name.len() {
        return key.eq_ignore_ascii_case(name.as_bytes());
    }
    let has_length = (name.len()..name.len() + 6).contains(&key.len());
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
#[derive(Debug, Clone, Default)]
pub(super) struct Opened<'a> {
    text: Cow<'a, [u8]>,
    /// It is a text that cannot be read as JSON to its end. What can be read of it, is.
    pub(super) is_broken: bool,
}

impl<'a> Opened<'a> {
    pub(super) fn of(raw: Option<&'a [u8]>) -> Self {
        match raw {
            Some(object @ [b'{', ..]) => Self { text: Cow::Borrowed(object), is_broken: false },
            Some(text @ [b'"', ..]) => Scalar::of(text).map(|text| Self::of_text(&text)).unwrap_or_default(),
            _ => Self::default(),
        }
    }

    fn of_text(text: &[u8]) -> Self {
        let text = text.trim_ascii();
        match lenient::valid(text) {
            Ok(valid) => Self { text: Cow::Owned(valid.into_owned()), is_broken: false },
            Err(_) => Self { text: Cow::Owned(text.to_owned()), is_broken: !text.is_empty() },
        }
    }

    pub(super) fn fields(&self) -> Fields<'_> {
        Fields::of(&self.text)
    }

    /// An object inside of this one.
    pub(super) fn open(&self, names: &[&str]) -> Self {
        match &self.text {
            Cow::Borrowed(text) => Opened::of(Fields::of(text).raw(names)),
            Cow::Owned(text) => Opened::of(Fields::of(text).raw(names)).into_owned(),
        }
    }

    fn into_owned<'b>(self) -> Opened<'b> {
        Opened { text: Cow::Owned(self.text.into_owned()), is_broken: self.is_broken }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
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
            assert!(!opened.is_broken);
        }
        let torn = Opened::of(Some(br#""{\"a\":1,\"b\":{\"c""#));
        assert!(torn.is_broken && torn.fields().text(&["a"]).is_some());
        assert!(Opened::of(Some(b"7")).is_empty());
    }
}
