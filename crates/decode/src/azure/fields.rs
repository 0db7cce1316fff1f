//! The members of an object, whatever the spelling of their names.
//!
//! The same field is `eventDataId`, `event_data_id`, `EventDataId` and, in Log Analytics,
//! `Properties_d` for `properties`. So a name is asked for in small letters and without
//! underscores, and every spelling of it answers.

use std::borrow::Cow;

use model::Text;

use super::inner::Texts;
use crate::{
    lenient::{self, ITEMS, Scalar},
    tree::{Object, Value},
};

/// Empty when the value is something else than an object.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Fields<'a>(Object<'a>);

impl<'a> Fields<'a> {
    pub(super) fn of(value: Value<'a>) -> Self {
        Self(value.object())
    }

    /// The first of these names that states anything. Of a name that is there twice the last
    /// one counts, as in every JSON parser.
    pub(super) fn value(self, names: &[&str]) -> Option<Value<'a>> {
        names.iter().find_map(|name| self.all(name).last())
    }

    /// The first of these that is a text which says something, a number, or such a `value` of
    /// an object: `{"value": …, "localizedValue": …}`.
    pub(super) fn scalar(self, names: &[&str]) -> Option<Value<'a>> {
        names.iter().find_map(|name| self.all(name).filter_map(plain_value).last())
    }

    pub(super) fn str(self, names: &[&str]) -> Option<Cow<'a, str>> {
        self.scalar(names)?.str()
    }

    /// The same, to be kept.
    pub(super) fn text(self, names: &[&str]) -> Option<Text> {
        self.str(names).map(Text::from)
    }

    /// A number, also one written as text.
    pub(super) fn number(self, name: &str) -> Option<u64> {
        self.str(&[name])?.trim().parse().ok()
    }

    /// The object at the end of a path.
    pub(super) fn at(self, path: &[&str]) -> Self {
        path.iter().fold(self, |fields, name| fields.value(&[name]).map(Self::of).unwrap_or_default())
    }

    /// The objects of a list.
    pub(super) fn list(self, name: &str) -> Vec<Self> {
        self.value(&[name]).into_iter().flat_map(Value::elements).take(ITEMS).map(Self::of).collect()
    }

    /// The members in their order.
    pub(super) fn iter(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Value<'a>)> {
        self.0.members()
    }

    fn all(self, name: &str) -> impl Iterator<Item = Value<'a>> {
        self.0.spelled(name, move |key| is(key, name))
    }
}

/// A scalar that says something, or the `value` of an object that does.
pub(super) fn plain_value(value: Value<'_>) -> Option<Value<'_>> {
    let is_value = |(key, _): &(Cow<'_, [u8]>, Value<'_>)| is(key, "value");
    let scalar = if value.is_object() { value.object().members().filter(is_value).last()?.1 } else { value };
    scalar.says_something().then_some(scalar)
}

/// Most underscores that a spelling of a name has.
pub(super) const MOST_UNDERSCORES: usize = 5;

/// Whether a key is a spelling of this name.
pub(super) fn is(key: &[u8], name: &str) -> bool {
    if key.len() == name.len() {
        return *key == *name.as_bytes() || key.eq_ignore_ascii_case(name.as_bytes());
    }
    // Nearly all keys are of another length, and this is asked of every key.
    let has_length = (1..=MOST_UNDERSCORES).contains(&key.len().wrapping_sub(name.len()));
    has_length && key.iter().filter(|byte| **byte != b'_').map(u8::to_ascii_lowercase).eq(name.bytes())
}

/// The same of a value as written.
pub(super) fn plain(raw: &[u8]) -> Option<&[u8]> {
    let scalar = if raw.first() == Some(&b'{') {
        lenient::members(raw).filter(|(key, _)| is(key, "value")).last()?.1
    } else {
        raw
    };
    Scalar::says_something(scalar).then_some(scalar)
}

/// An object that stands in the log as one, or as a text.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Opened<'a> {
    value: Option<Value<'a>>,
    is_broken: bool,
}

impl<'a> Opened<'a> {
    /// What stands in a text is read among `texts`.
    pub(super) fn of(value: Option<Value<'a>>, texts: &'a Texts) -> Self {
        match value {
            Some(object) if object.is_object() => Self { value, is_broken: false },
            Some(text) if text.is_text() => {
                let (value, is_broken) = texts.open(text);
                Self { value, is_broken }
            }
            _ => Self::default(),
        }
    }

    pub(super) fn value(self) -> Option<Value<'a>> {
        self.value
    }

    pub(super) fn fields(self) -> Fields<'a> {
        self.value.map(Fields::of).unwrap_or_default()
    }

    /// An object inside of this one.
    pub(super) fn open(self, names: &[&str], texts: &'a Texts) -> Self {
        Self::of(self.fields().value(names), texts)
    }

    /// It cannot be read as JSON to its end. What can be read of it, is.
    pub(super) fn is_broken(self) -> bool {
        self.is_broken
    }

    pub(super) fn is_empty(self) -> bool {
        self.value.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'t>(texts: &'t Texts, text: &str) -> Value<'t> {
        texts.read(text.as_bytes()).unwrap()
    }

    #[test]
    fn every_spelling_of_a_name_answers() {
        let texts = Texts::default();
        for key in ["eventDataId", "event_data_id", "EventDataId", "EVENTDATAID", "_eventDataId"] {
            let object = format!(r#"{{"{key}":{{"value":"1","localizedValue":"2"}}}}"#);
            assert_eq!(Fields::of(read(&texts, &object)).text(&["eventdataid"]).as_deref(), Some("1"), "{key}");
        }
        let fields = Fields::of(read(&texts, r#"{"a":"","A":"1","b":null,"B":{"Value":""},"c":7}"#));
        assert_eq!(fields.text(&["b", "a"]).as_deref(), Some("1"));
        assert_eq!((fields.text(&["b"]), fields.number("c")), (None, Some(7)));
    }

    #[test]
    fn an_object_is_one_also_as_a_text() {
        let texts = Texts::default();
        let of = |raw: &str| Opened::of(Some(read(&texts, raw)), &texts);
        for raw in [r#"{"a":{"b":"1"}}"#, r#""{\"a\":{\"b\":\"1\"}}""#, r#"" {\"a\":\"{\\\"b\\\":1,}\"} ""#] {
            let opened = of(raw);
            assert_eq!(opened.open(&["a"], &texts).fields().text(&["b"]).as_deref(), Some("1"), "{raw}");
            assert!(!opened.is_broken());
        }
        let torn = of(r#""{\"a\":1,\"b\":{\"c""#);
        assert!(torn.is_broken() && torn.fields().text(&["a"]).is_some());
        assert!(of("7").is_empty());
    }
}
