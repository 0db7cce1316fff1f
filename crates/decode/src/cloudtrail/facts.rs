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

use std::collections::BTreeSet;

use model::Text;

use crate::{
    lenient::{self, Object, Scalar},
    scan::{self, Next},
};

/// Most distinct values kept of one fact.
const DISTINCT: usize = 1000;

/// Most places that one path leads to.
const PLACES: usize = 10_000;

/// What stands where a value is kept out of the log.
const WITHHELD: [&str; 2] = ["<sensitiveDataRemoved>", "HIDDEN_DUE_TO_SECURITY_REASONS"];

/// The request and the response of one record.
pub(super) struct Facts<'a> {
    request: &'a [u8],
    response: &'a [u8],
}

impl<'a> Facts<'a> {
    pub(super) fn of(record: &Object<'a>) -> Self {
        let open = |name, end| opened(record.raw(name).unwrap_or_default(), end);
        Self { request: open("requestParameters", "Request"), response: open("responseElements", "Response") }
    }

    /// What the first of these paths says that says anything: each thing once, in the order of
    /// the log.
    pub(super) fn texts(&self, paths: &[&str]) -> Vec<Text> {
        let mut seen = BTreeSet::new();
        self.stated(paths).into_iter().filter(|text| seen.insert(text.clone())).take(DISTINCT).collect()
    }

    /// The sum of the numbers that the first of these paths leads to; or, if none of them is
    /// one, the first thing there that is not.
    pub(super) fn number(&self, paths: &[&str], read: impl Fn(&str) -> Option<u64>) -> Option<Result<u64, Text>> {
        let stated = self.stated(paths);
        let sum = stated.iter().filter_map(|text| read(text)).reduce(u64::saturating_add);
        sum.map(Ok).or_else(|| stated.into_iter().next().map(Err))
    }

    /// All that the first of these paths leads to that leads to anything.
    pub(super) fn stated(&self, paths: &[&str]) -> Vec<Text> {
        paths.iter().map(|path| self.scalars(path)).find(|texts| !texts.is_empty()).unwrap_or_default()
    }

    /// All that a path leads to, unless it is kept out of the log.
    pub(super) fn scalars(&self, path: &str) -> Vec<Text> {
        let texts = self.places(path).into_iter().filter_map(|place| Scalar::of(content(place)));
        let texts = texts.filter(|scalar| !scalar.is_empty()).map(|scalar| scalar.text());
        texts.filter(|text| !WITHHELD.contains(&&**text)).collect()
    }

    fn places(&self, path: &str) -> Vec<&'a [u8]> {
        let (root, path) = path.split_once('.').unwrap_or((path, ""));
        let root = if root == "response" { self.response } else { self.request };
        steps(path).fold(vec![root], |places, step| {
            places.into_iter().flat_map(|place| step.from(place)).take(PLACES).collect()
        })
    }
}

/// What is inside the object that some requests of EC2 consist of. The first name tells that
/// nearly all others do not, without a look at the rest: the response of a launch is long.
fn opened<'a>(raw: &'a [u8], end: &str) -> &'a [u8] {
    let first = raw.starts_with(b"{").then(|| scan::next_key(raw, 1));
    if !matches!(first, Some(Ok(Next::Key(key))) if key.raw.ends_with(end.as_bytes())) {
        return raw;
    }
    let object = Object::of(raw);
    // Beside it there may be the id of the call, which is no part of what was asked.
    let mut members = object.members().filter(|(name, _)| *name != b"requestId");
    match (members.next(), members.next()) {
        (Some((name, inner @ [b'{', ..])), None) if name.ends_with(end.as_bytes()) => inner,
        _ => raw,
    }
}

/// The elements of whatever stands for a list; everything else is a list of one.
fn each(raw: &[u8]) -> Vec<&[u8]> {
    let raw = match Object::of(raw).only() {
        Some((b"items" | b"item" | b"member", inner)) => inner,
        _ => raw,
    };
    match raw {
        [b'[', ..] => lenient::elements(raw).take(PLACES).collect(),
        _ => vec![raw],
    }
}

fn content(raw: &[u8]) -> &[u8] {
    match raw {
        [b'{', ..] => lenient::member(raw, b"content").unwrap_or(raw),
        _ => raw,
    }
}

/// One name of a path, with what the objects there must say to be followed.
struct Step<'p> {
    names: &'p str,
    having: Option<(&'p str, &'p str)>,
}

impl Step<'_> {
    fn from<'a>(&self, place: &'a [u8]) -> Vec<&'a [u8]> {
        let object = Object::of(place);
        let members = self.names.split('|').filter_map(|name| named(&object, name));
        let mut values: Vec<_> = members.flat_map(each).collect();
        if let Some((key, expected)) = self.having {
            let says = |value: &&[u8]| named(&Object::of(value), key).map(Scalar::text_of).as_deref() == Some(expected);
            values.retain(says);
        }
        values
    }
}

fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    let mut rest = path;
    std::iter::from_fn(move || {
        let (names, behind) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
        let (having, behind) = match behind.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((having, behind)) => (having.split_once('='), behind),
            None => (None, behind),
        };
        rest = behind.strip_prefix('.').unwrap_or(behind);
        (!names.is_empty()).then_some(Step { names, having })
    })
}

/// A member under this name; or under the same with its first letter in the other case.
fn named<'a>(object: &Object<'a>, name: &str) -> Option<&'a [u8]> {
    object.raw(name).or_else(|| {
        let mut other = name.to_owned();
        let first = other.get_mut(..1)?;
        if first.as_bytes()[0].is_ascii_lowercase() {
            first.make_ascii_uppercase();
        } else {
            first.make_ascii_lowercase();
        }
        object.raw(&other)
    })
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

    fn texts(request: &str, path: &str) -> Vec<String> {
        let record = format!(r#"{{"requestParameters":{request},"responseElements":{{"FooResponse":{{"id":"r"}}}}}}"#);
        let record = Object::of(record.as_bytes());
        Facts::of(&record).texts(&[path]).iter().map(ToString::to_string).collect()
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
