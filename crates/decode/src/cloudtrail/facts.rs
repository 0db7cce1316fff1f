//! Where a fact stands in a record, said as a path: `request.instances.instanceGroups.instanceCount`.
//!
//! The services write the same things in several ways. A path leads through all of them, so that
//! the tables of paths need not know them:
//!
//! - a list, the `items` or `item` that EC2 puts around one, or its only element standing alone;
//! - the object `CreateFleetRequest` around the whole request, and its twin around the response;
//! - names that begin with a capital, as in newer requests of EC2;
//! - a value with its number in the list: `{"tag":1,"content":"subnet-1"}`.
//!
//! `a|b` is both members; `tags[key=Name].value` is the value of the tag of that key.

use std::{borrow::Cow, collections::BTreeSet};

use model::Text;

use crate::tree::Value;

/// Most distinct values kept of one fact.
const DISTINCT: usize = 1000;

/// Most places that one path leads to.
const PLACES: usize = 10_000;

/// What stands where a value is kept out of the log.
const WITHHELD: [&str; 2] = ["<sensitiveDataRemoved>", "HIDDEN_DUE_TO_SECURITY_REASONS"];

/// The request and the response of one record.
pub(super) struct Facts<'a> {
    request: Option<Value<'a>>,
    response: Option<Value<'a>>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(request: Option<Value<'a>>, response: Option<Value<'a>>) -> Self {
        let open = |value: Option<Value<'a>>, end| value.map(|value| opened(value, end));
        Self { request: open(request, "Request"), response: open(response, "Response") }
    }

    /// What the first of these paths says that says anything: each thing once, in the order of
    /// the log.
    pub(super) fn texts(&self, paths: &[&str]) -> Vec<Text> {
        let stated = self.stated(paths);
        // Most say one thing, or none.
        if let [text] = &stated[..] {
            return vec![Text::from(&**text)];
        }
        let mut seen = BTreeSet::new();
        stated.iter().filter(|text| seen.insert(&***text)).take(DISTINCT).map(|text| Text::from(&**text)).collect()
    }

    /// The sum of the numbers that the first of these paths leads to; or, if none of them is
    /// one, the first thing there that is not.
    pub(super) fn number(&self, paths: &[&str], read: impl Fn(&str) -> Option<u64>) -> Option<Result<u64, Text>> {
        let stated = self.stated(paths);
        let sum = stated.iter().filter_map(|text| read(text)).reduce(u64::saturating_add);
        sum.map(Ok).or_else(|| stated.into_iter().next().map(|text| Err(text.into())))
    }

    /// All that the first of these paths leads to that leads to anything.
    pub(super) fn stated(&self, paths: &[&str]) -> Vec<Cow<'a, str>> {
        paths.iter().map(|path| self.scalars(path)).find(|texts| !texts.is_empty()).unwrap_or_default()
    }

    /// All that a path leads to, unless it is kept out of the log.
    pub(super) fn scalars(&self, path: &str) -> Vec<Cow<'a, str>> {
        let mut texts = Vec::new();
        let (root, path) = match path.strip_prefix("response") {
            Some(path) => (self.response, path),
            None => (self.request, path.strip_prefix("request").unwrap_or(path)),
        };
        if let Some(root) = root {
            follow(root, path.strip_prefix('.').unwrap_or(path), &mut texts);
        }
        texts
    }
}

/// What stands at a place, if it is not kept out of the log.
fn said(place: Value<'_>) -> Option<Cow<'_, str>> {
    let text = place.object().value("content").unwrap_or(place).str()?;
    (!WITHHELD.contains(&&*text)).then_some(text)
}

/// What is inside the object that some requests of EC2 consist of.
fn opened<'a>(value: Value<'a>, end: &str) -> Value<'a> {
    // Beside it there may be the id of the call, which is no part of what was asked.
    let mut members = value.object().members().filter(|(name, _)| **name != *b"requestId");
    match members.next() {
        Some((name, inner)) if inner.is_object() && name.ends_with(end.as_bytes()) && members.next().is_none() => inner,
        _ => value,
    }
}

/// Goes where a path leads to, as deep as the path is long.
fn follow<'a>(place: Value<'a>, path: &str, texts: &mut Vec<Cow<'a, str>>) {
    let Some((step, behind)) = Step::first(path) else {
        texts.extend(said(place).filter(|_| texts.len() < PLACES));
        return;
    };
    for name in step.names.as_bytes().split(|&byte| byte == b'|') {
        let Some(member) = place.object().value_in_either_case(name).map(listed) else { continue };
        if member.is_list() {
            let allowed = member.elements().take(PLACES).filter(|value| step.allows(*value));
            allowed.for_each(|value| follow(value, behind, texts));
        } else if step.allows(member) {
            follow(member, behind, texts);
        }
    }
}

/// Whatever stands for a list; everything else stands for a list of one.
fn listed(value: Value<'_>) -> Value<'_> {
    match value.object().only() {
        Some((name, inner)) if matches!(&*name, b"items" | b"item" | b"member") => inner,
        _ => value,
    }
}

/// One name of a path, or several, with what the objects there must say to be followed.
struct Step<'p> {
    names: &'p str,
    having: Option<(&'p str, &'p str)>,
}

impl<'p> Step<'p> {
    /// The first step of a path, and what is behind it.
    fn first(path: &'p str) -> Option<(Self, &'p str)> {
        let end = path.bytes().position(|byte| matches!(byte, b'.' | b'['));
        let (names, behind) = path.split_at(end.unwrap_or(path.len()));
        let (having, behind) = match behind.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((having, behind)) => (having.split_once('='), behind),
            None => (None, behind),
        };
        (!names.is_empty()).then(|| (Self { names, having }, behind.strip_prefix('.').unwrap_or(behind)))
    }

    fn allows(&self, value: Value<'_>) -> bool {
        let Some((key, expected)) = self.having else { return true };
        value.object().value_in_either_case(key.as_bytes()).and_then(Value::str).as_deref() == Some(expected)
    }
}

/// A number of things. Of a fraction all of it counts; what is taken away is none.
pub(super) fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    if fraction.is_empty() || !fraction.bytes().all(|digit| digit.is_ascii_digit()) || unsigned.is_empty() {
        return None;
    }
    let begun = u64::from(fraction.bytes().any(|digit| digit != b'0'));
    Some(if unsigned.len() == text.len() { whole.saturating_add(begun) } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    fn texts(request: &str, path: &str) -> Vec<String> {
        let record = format!(r#"{{"requestParameters":{request},"responseElements":{{"FooResponse":{{"id":"r"}}}}}}"#);
        let mut tree = Tree::default();
        let record = tree.read(record.as_bytes()).unwrap().object();
        Facts::of(record.value("requestParameters"), record.value("responseElements"))
            .texts(&[path])
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_path_leads_through_every_way_of_writing_a_list() {
        for list in [
            r#"[{"b":"x"},{"b":"y"},{"b":"x"}]"#,
            r#"{"items":[{"b":"x"},{"b":"y"}]}"#,
            r#"{"item":[{"B":"x"},{"B":"y"}]}"#,
            r#"[{"tag":1,"b":["x","y"]}]"#,
            r#"{"b":[{"tag":1,"content":"x"},{"tag":2,"content":"y"}]}"#,
        ] {
            assert_eq!(texts(&format!(r#"{{"a":{list}}}"#), "request.a.b"), ["x", "y"], "{list}");
            assert_eq!(texts(&format!(r#"{{"SomeRequest":{{"A":{list}}}}}"#), "request.a.b"), ["x", "y"], "{list}");
        }
        assert_eq!(texts(r#"{"a":{"items":{"b":"x"}}}"#, "request.a.b"), ["x"]);
        assert_eq!(texts("null", "response.id"), ["r"]);
        let beside = |name: &str| format!(r#"{{"SomeRequest":{{"a":"x"}},"{name}":"y"}}"#);
        assert_eq!(texts(&beside("requestId"), "request.a"), ["x"]);
        assert!(texts(&beside("other"), "request.a").is_empty());
    }

    #[test]
    fn members_are_chosen_by_name_and_by_what_they_say() {
        let tags = r#"{"t":[{"key":"a.b/c","value":"x"},{"Key":"aws:d","Value":"y"}],"u":1,"v":2}"#;
        assert_eq!(texts(tags, "request.t[key=a.b/c].value"), ["x"]);
        assert_eq!(texts(tags, "request.t[key=aws:d].value"), ["y"]);
        assert_eq!(texts(tags, "request.u|w|v"), ["1", "2"]);
        // Beside the number of an element in its list, `tag`, there may be a list of that name.
        assert_eq!(texts(r#"{"s":{"tag":1,"Tag":[{"Key":"k","Value":"z"}]}}"#, "request.s.Tag[key=k].value"), ["z"]);
    }

    #[test]
    fn what_is_not_said_is_absent() {
        for request in ["null", "7", "[]", r#""text""#, "{}", r#"{"a":{}}"#, r#"{"a":null}"#, r#"{"a":""}"#] {
            assert!(texts(request, "request.a").is_empty() && texts(request, "request.a.b").is_empty(), "{request}");
        }
        assert!(texts(r#"{"a":"<sensitiveDataRemoved>"}"#, "request.a").is_empty());
        assert!(texts(r#"{"omitted":true,"originalSize":9,"reason":"x"}"#, "request.a").is_empty());
    }

    #[test]
    fn numbers_are_read_as_written() {
        let check = |text: &str, expected: Option<u64>| assert_eq!(number(text), expected, "{text:?}");
        check("20", Some(20));
        check(" 7 ", Some(7));
        check("2.0", Some(2));
        check("0.25", Some(1));
        check(".5", Some(1));
        check("-3", Some(0));
        check("18446744073709551615", Some(u64::MAX));
        for text in ["", "-", ".", "many", "1e3", "1.", "1.x", "true", "99999999999999999999"] {
            check(text, None);
        }
    }
}
