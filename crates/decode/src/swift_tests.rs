//! The law of the swift cutter: where it answers, the exact one gives the same, or finds no JSON.

use std::borrow::Cow;

use proptest::{collection::vec, prelude::*, sample};

use super::*;
use crate::{
    header::{Cut, cut_exactly},
    lenient::Object,
    own_keys::OWN_BLOCKS,
    scan::FaultKind,
};

const RECORD: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"Root","eventName":"Decoy"},"eventTime":"2026-03-07T03:12:38Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","awsRegion":"eu-west-1","requestParameters":{"policy":"{\"eventName\":\"Decoy\"}","items":[{"a":1},{"b":[]}]},"recipientAccountId":"111122223333","eventType":"AwsApiCall"}"#;

const ENTRY: &str = r#"{"insertId":"-1","logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","protoPayload":{"authorizationInfo":[{"granted":true,"resourceAttributes":{}}],"methodName":"v1.compute.instances.insert","request":{"policy":"{\"methodName\":\"Decoy\"}"}},"receiveTimestamp":"2026-03-07T03:12:39Z","resource":{"labels":{"project_id":"p"}},"severity":"NOTICE","timestamp":"2026-03-07T03:12:38.5Z"}"#;

const AZURE: &str = r#"{"time":"2026-03-07T03:12:38Z", "resourceId":"/SUBSCRIPTIONS/1","operationName":"MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE","durationMs":0,"identity":{"authorization":{"scope":"/"},"claims":{}} ,"properties":{"responseBody":"{\"value\":[]}","records":[1,{}]},"level":null}"#;

/// One with an identity as long as real ones.
const SESSION: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLEEXAMPLE111:i-0123456789abcdef0","arn":"arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0","sessionContext":{"attributes":{"mfaAuthenticated":"false"}}},"eventTime":"2026-03-07T03:12:38Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","awsRegion":"eu-west-1","requestParameters":{"items":[{"a":1}]},"recipientAccountId":"111122223333"}"#;

#[test]
fn a_session_is_known_when_it_is_met_again() {
    let (text, mut beginnings, mut header) = (SESSION.repeat(3), Beginnings::default(), Header::default());
    let (text, second, third) = (text.as_bytes(), SESSION.len(), 2 * SESSION.len());
    for (open, known) in [(0, 0), (second, 0), (third, SESSION.find("\"eventTime\"").unwrap())] {
        assert_eq!(beginnings.known(text, open), known, "{open}");
        cut(&mut beginnings, text, open, 512, &mut header).unwrap();
    }
    let other = [&text[..third], SESSION.replacen("false", "true", 1).as_bytes()].concat();
    assert_eq!(beginnings.known(&other, third), 0);
}

type Cutter = for<'a> fn(&'a [u8], usize, usize, &mut Header<'a>) -> Result<usize, Left>;
type Answer<'a> = Option<(usize, [Option<&'a [u8]>; 7])>;

/// The one that is chosen here, the one for AVX2, and the portable one.
fn cutters() -> Vec<Cutter> {
    let mut cutters: Vec<Cutter> = vec![
        |text, open, depth, header| cut(&mut Beginnings::default(), text, open, depth, header),
        |text, open, depth, header| cut_portable(&mut Beginnings::default(), text, open, depth, header),
        |text, open, depth, header| {
            header.expects_entry = true;
            cut(&mut Beginnings::default(), text, open, depth, header)
        },
    ];
    #[cfg(target_arch = "x86_64")]
    if ["avx2", "bmi1", "lzcnt", "popcnt", "pclmulqdq"].iter().all(|feature| is_detected(feature)) {
        #[allow(unsafe_code, reason = "the processor has been asked")]
        cutters.push(|text, open, depth, header| unsafe {
            cut_avx2::<0>(&mut Beginnings::default(), text, open, depth, header)
        });
    }
    cutters
}

#[cfg(target_arch = "x86_64")]
fn is_detected(feature: &str) -> bool {
    match feature {
        "avx2" => is_x86_feature_detected!("avx2"),
        "bmi1" => is_x86_feature_detected!("bmi1"),
        "lzcnt" => is_x86_feature_detected!("lzcnt"),
        "popcnt" => is_x86_feature_detected!("popcnt"),
        _ => is_x86_feature_detected!("pclmulqdq"),
    }
}

/// A header that another record has been noted in, as a walk has it.
fn used_header() -> Header<'static> {
    let old = Some(&b"\"of the record before\""[..]);
    Header {
        event_name: old,
        recipient_account_id: old,
        aws_region: old,
        members: vec![(b"a", b"1")],
        ..Header::default()
    }
}

fn all(text: &[u8], depth: usize) -> Vec<Answer<'_>> {
    let answer = |cutter: Cutter| {
        let mut header = used_header();
        cutter(text, 0, depth, &mut header).ok().map(|end| (end, header.summary()))
    };
    cutters().into_iter().map(answer).collect()
}

fn exact(text: &[u8], depth: usize) -> Result<Answer<'_>, FaultKind> {
    let mut header = used_header();
    match cut_exactly(text, 0, depth, &mut header) {
        Ok(Cut::Record { end }) => Ok(Some((end, header.summary()))),
        Ok(Cut::List { .. }) => Ok(None),
        Err(fault) => Err(fault.kind),
    }
}

#[test]
fn an_ordinary_record_is_cut_like_the_exact_cutter_cuts_it() {
    for padding in ["", " ", ",", &",{}".repeat(40)] {
        let text = format!("{RECORD}{padding}");
        let expected = exact(text.as_bytes(), 512).unwrap();
        assert!(expected.is_some_and(|(end, _)| end == RECORD.len()));
        assert!(all(text.as_bytes(), 512).into_iter().all(|answer| answer == expected));
    }
}

#[test]
fn records_of_other_clouds_are_cut_and_their_members_are_known() {
    for record in [ENTRY, AZURE] {
        let text = format!("{record}\n{RECORD}");
        for cutter in cutters() {
            let mut header = used_header();
            assert_eq!(cutter(text.as_bytes(), 0, 512, &mut header), Ok(record.len()));
            assert!(!header.is_record() && !header.members.is_empty());
        }
        check_law(text.as_bytes(), 512).unwrap();
    }
}

/// The law of this file, on any bytes.
fn check_law(text: &[u8], depth: usize) -> Result<(), TestCaseError> {
    let answers = all(text, depth);
    prop_assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let Some((end, _)) = answers[0] else { return Ok(()) };
    match exact(text, depth) {
        Ok(None) => prop_assert!(false, "a document was cut as a record"),
        Ok(exact) => {
            prop_assert_eq!(answers[0], exact);
            check_members(text, &text[..end], depth)?;
        }
        Err(_) => prop_assert!(serde_json::from_slice::<serde_json::Value>(&text[..end]).is_err()),
    }
    Ok(())
}

/// The exact cutter gives the same, or the record is no JSON.
fn check_exact(text: &[u8], open: usize, end: usize, header: &Header<'_>) -> Result<(), TestCaseError> {
    let mut exact = used_header();
    match cut_exactly(text, open, 512, &mut exact) {
        Ok(cut) => prop_assert_eq!((cut, exact.summary()), (Cut::Record { end }, header.summary())),
        Err(_) => prop_assert!(serde_json::from_slice::<serde_json::Value>(&text[open..end]).is_err()),
    }
    Ok(())
}

/// What is found by the keys is what is found by reading.
fn check_members(text: &[u8], record: &[u8], depth: usize) -> Result<(), TestCaseError> {
    let is_json = serde_json::from_slice::<serde_json::Value>(record).is_ok();
    for cutter in cutters().into_iter().filter(|_| is_json) {
        let mut header = used_header();
        let _ = cutter(text, 0, depth, &mut header);
        let [found, read] = [Object::of_cut(record, &header.members), Object::of(record)];
        prop_assert!(found.members().eq(read.members()), "{found:?}");
        for (_, part) in read.members() {
            let known = header.members_of(part);
            prop_assert!(known.is_none_or(|known| lenient::members(part).eq(borrowed(known))), "{known:?}");
        }
    }
    Ok(())
}

fn borrowed<'a>(members: &[Written<'a>]) -> impl Iterator<Item = lenient::Member<'a>> {
    members.iter().map(|(name, value)| (Cow::Borrowed(*name), *value))
}

/// An object taken apart in blocks has the members that it has byte by byte.
fn check_object(text: &[u8]) -> Result<(), TestCaseError> {
    let (mut swift, mut portable) = (Vec::new(), Vec::new());
    let is_known = members(text, |member| swift.push(member)).is_some();
    let is_known_elsewhere = members_by(&PORTABLE, text, |member| portable.push(member)).is_some();
    prop_assert_eq!((is_known, &swift), (is_known_elsewhere, &portable));
    prop_assert!(!is_known || lenient::members(text).eq(borrowed(&swift)), "{swift:?}");
    Ok(())
}

#[test]
fn the_parts_of_an_entry_are_looked_into_if_one_is_expected() {
    let mut header = Header { expects_entry: true, ..used_header() };
    let text = format!("{ENTRY}\n{RECORD}");
    cut(&mut Beginnings::default(), text.as_bytes(), 0, 512, &mut header).unwrap();
    let part = |name: &[u8]| header.members.iter().find(|(key, _)| *key == name).unwrap().1;
    let payload = header.members_of(part(b"protoPayload")).unwrap();
    assert!(payload.contains(&(b"methodName", b"\"v1.compute.instances.insert\"")));
    assert_eq!(header.members_of(part(b"resource")).unwrap().len(), 1);
    assert!(header.members_of(part(b"insertId")).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn the_law_holds_for_damaged_records(
        record in sample::select(&[RECORD, ENTRY, AZURE][..]),
        changes in vec((0..RECORD.len() * 2, sample::select(&b"{}[]\":,\\ \n\x01ae0\xff"[..])), 0..4),
        cuts in vec((0..RECORD.len() * 2, 0..40_usize), 0..2),
        gap in sample::select(&["", ",", " ,\n"][..]),
    ) {
        let mut text = format!("{record}{gap}{record}").into_bytes();
        for (place, byte) in changes {
            let place = place % text.len();
            text[place] = byte;
        }
        for (place, length) in cuts {
            let place = place % text.len();
            text.drain(place..(place + length).min(text.len()));
        }
        if text.first() == Some(&b'{') {
            check_law(&text, 512)?;
            check_object(&text[..text.len() / 2])?;
        }
    }

    #[test]
    fn the_law_holds_for_text_made_of_json(parts in vec(sample::select(&PARTS[..]), 0..60), depth in 0..5_usize) {
        let text = format!("{{{}", parts.concat());
        check_law(text.as_bytes(), [512, 512, 512, 2, 4][depth])?;
        check_object(text.as_bytes())?;
        check_object(format!("{text}}}").as_bytes())?;
    }

    /// Brackets that are taken in at once, and those that must not be: the same depth is
    /// reached in many ways, of which most leave out or exchange some bracket.
    #[test]
    fn the_law_holds_wherever_brackets_are(
        parts in vec(sample::select(&NESTED[..]), 1..40),
        lead in 0..70_usize,
        depth in sample::select(&[512, 60, 12, 4, 2][..]),
    ) {
        let lead = "x".repeat(lead);
        let tail = r#","eventName":"E","recipientAccountId":"1"}"#;
        check_law(format!(r#"{{"eventTime":"{lead}"{}{tail},{RECORD}"#, parts.concat()).as_bytes(), depth)?;
    }

    /// What begins like a record before it is cut as if that had not been there.
    #[test]
    fn what_is_known_of_a_beginning_changes_nothing(
        changes in vec((0..2 * SESSION.len(), sample::select(&b"{}[]\":,\\ e0"[..])), 0..3),
        gap in sample::select(&["", ",", " ,\n"][..]),
    ) {
        let mut text = format!(" {SESSION}{gap}{SESSION}{gap}{SESSION}").into_bytes();
        for (place, byte) in changes {
            text[1 + SESSION.len() + place] = byte;
        }
        let mut beginnings = Beginnings::default();
        for open in 0..3 {
            let open = 1 + open * (SESSION.len() + gap.len());
            let (mut knowing, mut anew) = (used_header(), used_header());
            let end = cut(&mut beginnings, &text, open, 512, &mut knowing);
            // Either may be thrown off by what stands behind the record.
            match (end, cut(&mut Beginnings::default(), &text, open, 512, &mut anew)) {
                (Ok(end), Ok(again)) => {
                    prop_assert_eq!(end, again);
                    prop_assert_eq!((knowing.summary(), &knowing.members), (anew.summary(), &anew.members));
                }
                (Ok(end), Err(_)) => check_exact(&text, open, end, &knowing)?,
                (Err(_), Ok(end)) => check_exact(&text, open, end, &anew)?,
                (Err(_), Err(_)) => {}
            }
        }
    }

    /// A record that was cut short, and goes on with the next one, does not swallow it.
    #[test]
    fn what_a_broken_record_lacks_is_found_out_where_the_next_begins(
        lost in vec(any::<prop::sample::Index>(), 1..4),
        separator in sample::select(&[",", "\n", ",\n"][..]),
    ) {
        let closing: Vec<usize> = RECORD.match_indices(['}', ']']).map(|(place, _)| place).collect();
        let mut broken = RECORD.as_bytes().to_vec();
        let lost: std::collections::BTreeSet<usize> = lost.iter().map(|index| *index.get(&closing)).collect();
        lost.into_iter().rev().for_each(|place| { broken.remove(place); });
        let text = [&broken, separator.as_bytes(), RECORD.as_bytes()].concat();
        for (end, _) in all(&text, 512).into_iter().flatten() {
            prop_assert!(end <= broken.len());
        }
    }
}

const PARTS: [&str; 35] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    " ",
    "\\",
    "\\\"",
    "\n",
    "1",
    "null",
    "x",
    "\"a\":",
    "\"a\"",
    "\"eventName\":",
    "\"eventName\":\"RunInstances\"",
    "\"eventTime\":\"2026\",",
    "\"Records\":[",
    "\"value\":[",
    "\"_raw\":\"{}\"",
    "\"value\"",
    "\"logEvents\":[{",
    "\"Events\" : [",
    "\"recipientAccountId\":\"1\"",
    "\"eventN\\u0061me\":\"x\"",
    "                                                              ",
    "\"b\":{},",
    "\"userIdentity\":{",
    "\"insertId\":\"-1\",",
    "\"protoPayload\":{\"methodName\":\"x\"},",
    "\"operationName\": \"x\" ",
    ",\"time\" : 7",
    "\"receiveTimestamp\":\"\"",
];

/// A member each, whole or with something wrong about its brackets.
const NESTED: [&str; 16] = [
    r#","a":{}"#,
    r#","a":{"b":{"c":{"d":1}}}"#,
    r#","a":{"b":{"c":{"#,
    "}}}",
    "}",
    "}}",
    r#","a":{"b":1},"c":{"d":{}},"e":{"f":{"g":{}}}"#,
    r#","a":[{"b":{}},{"c":[]}]"#,
    r#","a":[{"b":{"#,
    "}}]",
    "]",
    r#","a": {"b" :{}}"#,
    r#","a":{"b":[1,2,{"c":"}}]]"}]}"#,
    r#",{"a":1}"#,
    r#","eventName":"Other""#,
    r#","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":{"eventName":"Decoy"}"#,
];

#[test]
fn a_nested_value_ends_where_the_exact_cutter_ends_it() {
    let text = RECORD.as_bytes();
    for (open, _) in text.iter().enumerate().filter(|(_, byte)| b"{[".contains(byte)) {
        let Ok(end) = scan::value_end(text, open, 512) else { continue };
        let portable = nested_end_by(text, open, masks::portable, masks::portable_kinds, masks::portable_prefix_xor);
        assert_eq!([nested_end(text, open), portable], [Some(end); 2], "{open}");
    }
}

#[test]
fn whatever_is_unusual_is_left_to_the_exact_cutter() {
    for (from, to) in [
        ("eventName\":\"RunInstances", "eventN\\u0061me\":\"RunInstances"),
        ("eventName\":\"RunInstances", "eventName\":\"Run\\u0049nstances"),
        ("\"eventType\":\"AwsApiCall\"", "\"eventName\":\"Other\""),
        ("\"eventName\":\"RunInstances\"", "\"eventName\" : \"RunInstances\""),
        ("\"recipientAccountId\":\"111122223333\",", ""),
        ("\"eventType\":\"AwsApiCall\"", "\"Records\":[]"),
        ("{", "{\"Events\":[],"),
        ("{", "{\"_raw\":\"\","),
        ("{", "{\"_raw\": \"\","),
        ("{", "{\"value\"\n:[],"),
        ("{\"a\":1}", "{\"a\":1]"),
        ("{\"a\":1}", "{\"a\":1"),
        ("\"a\":1", "\"a\":x"),
        ("\"a\":1", "\"a\":\"\u{1}\""),
        ("\"b\":[]", "\"b\"[]"),
    ] {
        let text = RECORD.replacen(from, to, 1);
        assert_ne!(text, RECORD, "{from}");
        assert!(all(text.as_bytes(), 512).iter().all(Option::is_none), "{to}");
    }
}

#[test]
fn more_keys_than_a_record_has_are_left_to_the_exact_cutter() {
    for (times, expected) in [(OWN_BLOCKS - 9, true), (OWN_BLOCKS + 40, false)] {
        let many = format!("\"key\":\"{}\",", "x".repeat(60)).repeat(times);
        let text = RECORD.replacen("\"eventTime\"", &format!("{many}\"eventTime\""), 1);
        for answer in all(text.as_bytes(), 512) {
            assert_eq!(answer.is_some(), expected, "{times}");
            assert!(answer.is_none() || answer == exact(text.as_bytes(), 512).unwrap());
        }
    }
}
