//! Laws: no bytes make the decoder panic or lose count, and the filter decides as a parser
//! would.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fmt::Write as _, io::Write as _};

use decode::{Caps, Decoded, Wanted, Which};
use flate2::{Compression, write::GzEncoder};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::Value;

fn wanted(which: Which) -> Wanted {
    Wanted { which, instances: true, until: None }
}

fn launches() -> Wanted {
    wanted(Which::commands(["RunInstances", "compute.instances.insert"]))
}

fn decode(content: &[u8], wanted: &Wanted) -> Decoded {
    let decoded = decode::decode("file", content, wanted, &Caps::default());
    let records = decoded.records;
    assert_eq!(records.read, records.kept + records.filtered + records.rejected);
    assert_eq!(records.kept, decoded.events.len() as u64);
    assert!(decoded.rejected_total >= records.rejected);
    assert!(decoded.rejects.len() as u64 <= decoded.rejected_total);
    decoded
}

fn decode_all_ways(content: &[u8]) {
    for which in [Which::Everything, Which::Region("eu-west-1".into()), Which::Mentioning("i-1".into())] {
        decode(content, &wanted(which));
    }
    decode(content, &launches());
}

const RECORD: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/r/s","accountId":"1","sessionContext":{"sessionIssuer":{}}},"eventTime":"2024-08-01T11:30:23Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","awsRegion":"eu-west-1","userAgent":"a \"b\" \u00e9 \\","requestParameters":{"instancesSet":{"items":[{"imageId":"ami-1","maxCount":2}]}},"responseElements":{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}},"eventID":"1"}"#;

const ENTRY: &str = r#"{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","status":{"code":8,"message":"QUOTA_EXCEEDED"},"authenticationInfo":{"principalEmail":"a@example.com","serviceAccountDelegationInfo":[{"firstPartyPrincipal":{"principalEmail":"b"}}]},"requestMetadata":{"callerIp":"203.0.113.7","callerSuppliedUserAgent":"a \"b\" \u00e9"},"serviceName":"compute.googleapis.com","methodName":"v1.compute.instances.bulkInsert","resourceName":"projects/p/zones/us-central1-a/instances/i-1","request":{"count":"3","namePattern":"i-#","machineType":"zones/z/machineTypes/n1-standard-1","disks":[{"boot":true,"initializeParams":{"sourceImage":"projects/p/global/images/i"}}],"guestAccelerators":[{"acceleratorType":"t","acceleratorCount":1}],"labels":[{"key":"goog-gke-node","value":""}],"metadata":{"items":[{"key":"created-by"}]}},"metadata":{"usedResources":{"attachedDisks":[{"sourceImage":"projects/1/global/images/i"}]}}},"insertId":"1","resource":{"type":"gce_instance","labels":{"instance_id":"7","project_id":"p","zone":"us-central1-a"}},"timestamp":"2024-08-01T11:30:23.123456Z","severity":"ERROR","operation":{"id":"operation-1","first":true},"logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity"}"#;

fn fixture(kind: usize) -> Vec<u8> {
    let text = match kind {
        0 => format!("{{\"Records\":[{RECORD},{RECORD},{RECORD}]}}"),
        1 => format!("[\n{RECORD},\n{RECORD}\n]"),
        2..=4 => format!("{RECORD}\n{RECORD}\n{RECORD}\n"),
        _ => format!("{ENTRY}\n{ENTRY}\n"),
    };
    if (3..5).contains(&kind) { packed(text.as_bytes(), kind) } else { text.into_bytes() }
}

fn packed(content: &[u8], kind: usize) -> Vec<u8> {
    if kind == 3 {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    } else {
        zstd::encode_all(content, 1).unwrap()
    }
}

/// JSON that means the same in other spellings: order of keys, blanks and escapes.
#[derive(Debug, Clone)]
struct Spelling {
    blanks: Vec<&'static str>,
    escapes: Vec<bool>,
    at: usize,
}

impl Spelling {
    fn blank(&mut self) -> &'static str {
        self.at += 1;
        self.blanks[self.at % self.blanks.len()]
    }

    fn text(&mut self, text: &str) -> String {
        let mut quoted = String::from("\"");
        for character in text.chars() {
            self.at += 1;
            if self.escapes[self.at % self.escapes.len()] {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(quoted, "\\u{unit:04x}").unwrap();
                }
            } else {
                let plain = serde_json::to_string(&character.to_string()).unwrap();
                quoted += &plain[1..plain.len() - 1];
            }
        }
        quoted + "\""
    }

    fn value(&mut self, value: &Value) -> String {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.padded(item)).collect();
                format!("[{}]", items.join(","))
            }
            Value::Object(fields) => {
                let fields = fields.iter().map(|(key, value)| (key.clone(), value.clone())).collect::<Vec<_>>();
                self.object(&fields)
            }
            other => other.to_string(),
        }
    }

    fn padded(&mut self, value: &Value) -> String {
        format!("{}{}{}", self.blank(), self.value(value), self.blank())
    }

    fn object(&mut self, fields: &[(String, Value)]) -> String {
        let fields = fields
            .iter()
            .map(|(key, value)| format!("{}{}{}:{}", self.blank(), self.text(key), self.blank(), self.padded(value)));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    }
}

fn spelling() -> impl Strategy<Value = Spelling> {
    let blanks = vec(prop::sample::select(vec!["", "", "", " ", "\n", "\t  "]), 1..20);
    let escapes = vec(prop::bool::weighted(0.1), 1..40);
    (blanks, escapes).prop_map(|(blanks, escapes)| Spelling { blanks, escapes, at: 0 })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from("RunInstances")),
        Just(Value::from("{\"eventName\":\"RunInstances\"}")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key(), inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![Just("eventName".to_owned()), Just("items".to_owned()), "[a-z\"\\\\{}\\[\\]é]{0,9}"]
}

/// The fields of a record, in any order, with neighbours that try to look like them.
fn any_record() -> impl Strategy<Value = Vec<(String, Value)>> {
    let name = prop_oneof![Just("RunInstances"), Just("runinstances"), Just("RunInstances "), Just("StopInstances")];
    let more = vec(("[a-zA-Z\"\\\\é{}]{1,12}", any_json()), 0..6);
    (name, any_json(), more).prop_flat_map(|(name, parameters, more)| {
        let fields = [
            ("eventName", Value::from(name)),
            ("eventTime", Value::from("2024-08-01T11:30:23Z")),
            ("eventSource", Value::from("ec2.amazonaws.com")),
            ("requestParameters", parameters),
        ];
        let fields = fields.map(|(key, value)| (key.to_owned(), value));
        Just(fields.into_iter().chain(more).collect::<Vec<_>>()).prop_shuffle()
    })
}

/// The members of an entry of Google Cloud, in any order, some of them twice, with neighbours
/// that try to look like them.
fn any_entry() -> impl Strategy<Value = Vec<(String, Value)>> {
    let beside = vec((prop_oneof![Just("methodName".to_owned()), key()], any_json()), 0..4);
    (any_payload(), beside).prop_flat_map(|(payload, beside)| {
        let beside = beside.into_iter().filter(|(key, _)| key != "eventName");
        let fields = [
            ("insertId".to_owned(), Value::from("1")),
            ("timestamp".to_owned(), Value::from("2024-08-01T11:30:23Z")),
            ("protoPayload".to_owned(), payload),
        ];
        Just(fields.into_iter().chain(beside).collect::<Vec<_>>()).prop_shuffle()
    })
}

fn any_payload() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "v1.compute.instances.insert",
        "beta.compute.instances.insert",
        "compute.instances.insert",
        "compute.v1beta2.instances.insert",
        "v1.compute.instances.insert ",
        "v1.compute.instances.stop",
        "xv1.compute.instances.insert",
        "RunInstances",
    ]);
    (name, any_json(), vec((key(), any_json()), 0..4)).prop_map(|(name, request, more)| {
        let named = [("methodName", Value::from(name)), ("request", request), ("serviceName", Value::from("x"))];
        let named = named.map(|(key, value)| (key.to_owned(), value));
        Value::Object(more.into_iter().chain(named).collect())
    })
}

/// The operation of an entry, as a parser finds it.
fn operation_of(entry: &str) -> String {
    let entry: Value = serde_json::from_str(entry).unwrap();
    let name = entry["protoPayload"]["methodName"].as_str().unwrap();
    let is_version = |part: &&str| matches!(*part, "v1" | "beta" | "v1beta2");
    name.split('.').filter(|part| !is_version(part)).collect::<Vec<_>>().join(".")
}

/// What is asked for by name, and what is not known and looks like a launch.
fn is_wanted(operation: &str) -> bool {
    matches!(operation, "compute.instances.insert" | "compute.instances.insert " | "RunInstances")
}

/// Not sampled but tried throughout: any single byte of a record is lost. Its remains may
/// count as several.
#[test]
fn one_lost_byte_costs_one_record() {
    for at in 1..RECORD.len() {
        let broken = format!("{}{}", &RECORD[..at], &RECORD[at + 1..]);
        for content in [
            format!("{{\"Records\":[{RECORD},{broken},{RECORD}]}}"),
            format!("[{RECORD},\n{broken},\n{RECORD}]"),
            format!("{RECORD}\n{broken}\n{RECORD}"),
        ] {
            let decoded = decode(content.as_bytes(), &wanted(Which::Everything));
            assert!(decoded.records.kept >= 2 && decoded.records.read >= 3, "{broken} {:?}", decoded.rejects);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(content in vec(any::<u8>(), 0..2000)) {
        decode_all_ways(&content);
    }

    #[test]
    fn no_json_like_text_makes_it_panic(content in r#"([{}\[\],:"\\\n ]|"eventName":|"eventTime":"2024-08-01T11:30:23Z"|\{"eventVersion":|"Records":|null|7|\x00|é){0,200}"#) {
        decode_all_ways(content.as_bytes());
    }

    #[test]
    fn no_damage_makes_it_panic(
        kind in 0..6_usize,
        damage in vec((any::<Index>(), prop_oneof![any::<u8>(), prop::sample::select(b"{}[],:\"\\\n".to_vec())]), 0..8),
        end in any::<Index>(),
        cut in any::<bool>(),
    ) {
        let mut content = fixture(kind);
        for (at, byte) in damage {
            let at = at.index(content.len());
            content[at] = byte;
        }
        if cut {
            content.truncate(end.index(content.len()));
        }
        decode_all_ways(&content);
    }

    #[test]
    fn the_filter_decides_as_a_parser_would(
        records in vec(any_record(), 1..6),
        spelling in spelling(),
        kind in 0..3_usize,
    ) {
        let mut spelling = spelling;
        let records: Vec<String> = records.iter().map(|record| spelling.object(record)).collect();
        let content = match kind {
            0 => format!("{{\"Records\":[{}]}}", records.join(",")),
            1 => format!("[{}]", records.join(",")),
            _ => records.join("\n"),
        };
        let is_launch = |record: &&String| {
            serde_json::from_str::<Value>(record).unwrap()["eventName"] == "RunInstances"
        };
        let expected = records.iter().filter(is_launch).count() as u64;
        let decoded = decode(content.as_bytes(), &launches());
        prop_assert_eq!(decoded.records.kept, expected);
        prop_assert_eq!(decoded.records.filtered, records.len() as u64 - expected);
        prop_assert!(decoded.events.iter().all(model::Event::is_launch));
        prop_assert_eq!(decoded.coverage.total().map(|span| span.records), Some(records.len() as u64));
    }

    #[test]
    fn the_filter_decides_on_entries_as_a_parser_would(entries in vec(any_entry(), 1..5), spelling in spelling(), kind in 0..2_usize) {
        let mut spelling = spelling;
        let entries: Vec<String> = entries.iter().map(|entry| spelling.object(entry)).collect();
        let content = if kind == 0 { format!("[{}]", entries.join(",")) } else { entries.join("\n") };
        let expected = entries.iter().filter(|entry| is_wanted(&operation_of(entry))).count() as u64;
        let decoded = decode(content.as_bytes(), &launches());
        prop_assert_eq!((decoded.records.kept, decoded.records.rejected), (expected, 0));
        prop_assert_eq!(decoded.coverage.total().map(|span| span.records), Some(entries.len() as u64));
        let all = decode(content.as_bytes(), &wanted(Which::Everything));
        let kept = all.events.into_iter().filter(|event| is_wanted(&event.command));
        prop_assert_eq!(decoded.events, kept.collect::<Vec<_>>());
    }

    /// A parser elsewhere may take the first of two values, or the last.
    #[test]
    fn an_operation_that_stands_there_twice_is_wanted_for_either(swapped in any::<bool>(), nested in any::<bool>()) {
        let mut names = ["v1.compute.instances.insert", "v1.compute.instances.stop"];
        if swapped {
            names.reverse();
        }
        let between = if nested { "},\"protoPayload\":{\"serviceName\":\"x\"," } else { "," };
        let entry = format!(
            r#"{{"protoPayload":{{"methodName":"{}"{between}"methodName":"{}"}},"insertId":"1","timestamp":"2024-08-01T11:30:23Z"}}"#,
            names[0], names[1]
        );
        prop_assert_eq!(decode(entry.as_bytes(), &launches()).records.kept, 1);
    }

    #[test]
    fn any_part_of_an_entry_may_be_anything(at in any::<Index>(), value in any_json(), spelling in spelling()) {
        let mut spelling = spelling;
        let mut entry: Value = serde_json::from_str(ENTRY).unwrap();
        let payload = entry["protoPayload"].as_object_mut().unwrap();
        let key = payload.keys().nth(at.index(payload.len())).unwrap().clone();
        payload[&key] = value;
        decode_all_ways(spelling.value(&entry).as_bytes());
    }
}
