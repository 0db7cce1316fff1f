//! Envelopes that hold the record as it is, as an object, as JSON in a text or in base64:
//! queues, streams, topics, searches and pages.

use std::borrow::Cow;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::Shape;
use crate::lenient::{Object, Scalar};

/// How the record is written in its envelope.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// An object or a list, or a text that holds one.
    Json,
    /// The same, and perhaps packed.
    Base64,
}

/// Who has the record where; the first that is there and holds something.
const PLACES: [(&str, &[&str], Form); 18] = [
    // A row of LookupEvents.
    ("LookupEvents", &["CloudTrailEvent"], Form::Json),
    // What is put into CloudTrail Lake.
    ("CloudTrail Lake", &["eventData"], Form::Json),
    // Splunk, Cribl and others; Splunk's rows of a search have it below `result`.
    ("`_raw`", &["_raw"], Form::Json),
    ("`_raw`", &["result", "_raw"], Form::Json),
    ("search result", &["result"], Form::Json),
    // SNS, and SNS to a function.
    ("SNS", &["Message"], Form::Json),
    ("SNS", &["Sns", "Message"], Form::Json),
    // SQS to a function, and as it is received.
    ("SQS", &["body"], Form::Json),
    ("SQS", &["Body"], Form::Json),
    // CloudWatch Logs to a function.
    ("CloudWatch Logs", &["awslogs", "data"], Form::Base64),
    // Kinesis to a function.
    ("Kinesis", &["kinesis", "data"], Form::Base64),
    // Pub/Sub, pushed and pulled.
    ("Pub/Sub", &["message", "data"], Form::Base64),
    // CloudEvents and Event Grid; Firehose has base64 in it.
    ("`data`", &["data"], Form::Json),
    ("`data`", &["data"], Form::Base64),
    ("CloudEvents", &["data_base64"], Form::Base64),
    // Events of CloudWatch Logs, and of agents that ship logs.
    ("log message", &["message"], Form::Json),
    // Private wrappers.
    ("`event`", &["event"], Form::Json),
    ("Elastic", &["hits", "hits"], Form::Json),
];

/// How CloudWatch Logs tries whether somebody listens.
const CONTROL: &[u8] = b"\"CWL CONTROL MESSAGE";

/// Standard or for addresses, with padding or without: services differ.
const STANDARD: GeneralPurpose = base64_of(&alphabet::STANDARD);
const URL_SAFE: GeneralPurpose = base64_of(&alphabet::URL_SAFE);

pub(super) fn open<'a>(object: &Object<'a>) -> Option<Shape<'a>> {
    if object.raw("message").is_some_and(|message| message.starts_with(CONTROL)) {
        return Some(Shape::Envelope { name: "CloudWatch Logs", texts: Vec::new() });
    }
    PLACES.iter().find_map(|(name, path, form)| Some(Shape::envelope(name, at(object, path, *form)?)))
}

fn at<'a>(object: &Object<'a>, path: &[&str], form: Form) -> Option<Cow<'a, [u8]>> {
    let [name] = path else {
        let (outer, rest) = path.split_first()?;
        return at(&object.object(outer), rest, form);
    };
    let raw = object.raw(name)?;
    match (form, raw) {
        (Form::Json, [b'{' | b'[', ..]) => Some(Cow::Borrowed(raw)),
        (Form::Json, _) => Scalar::of(raw).map(Scalar::into_bytes).filter(|text| begins_as_json(text)),
        (Form::Base64, _) => from_base64(&Scalar::of(raw)?).map(Cow::Owned),
    }
}

fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let content = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()?;
    (begins_as_json(&content) || crate::envelope::is_packed(&content)).then_some(content)
}

fn begins_as_json(text: &[u8]) -> bool {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
}

const fn base64_of(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config)
}
