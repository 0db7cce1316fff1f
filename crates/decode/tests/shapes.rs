//! Every container and export that is read, each by a file written by hand, with what comes out
//! of it beside. `DAVY_BLESS=1` writes what comes out.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod archives;

use std::{env, fmt::Write as _, fs, path::PathBuf};

use decode::{Caps, Decoded, Decoder, Wanted, Which};
use model::Event;
use proptest::{collection::vec, prelude::*, sample::Index};

const EVERYTHING: Wanted = Wanted { which: Which::Everything, instances: true, until: None };

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/shapes")
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

fn fixtures() -> Vec<String> {
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.filter(|name| !name.ends_with(".expected")).collect();
    names.sort();
    names
}

/// Decodes, and checks what must hold of any file, however it is read.
fn decode(name: &str, content: &[u8]) -> Decoded {
    let whole = decode::decode(name, content, &EVERYTHING, &Caps::default());
    let records = whole.records;
    assert_eq!(records.read, records.kept + records.filtered + records.rejected, "{name}");
    assert_eq!(records.kept, whole.events.len() as u64, "{name}");
    let caps = Caps { block_bytes: 37, ..Caps::default() };
    let (mut events, mut rejects) = (Vec::new(), Vec::new());
    let mut take = |part: Decoded| {
        events.extend(part.events);
        rejects.extend(part.rejects);
    };
    let last = Decoder::new(caps).stream(name, content, &EVERYTHING, &mut take);
    assert_eq!(last.verdict, whole.verdict, "{name}");
    take(last);
    assert!(events == whole.events && rejects == whole.rejects, "{name}: {rejects:#?} is not {:#?}", whole.rejects);
    whole
}

fn shown(decoded: &Decoded) -> String {
    let mut text = format!("{:?}, {:?}\n", decoded.verdict, decoded.records);
    for reject in &decoded.rejects {
        writeln!(text, "rejected at {}: {}", reject.offset, reject.reason).unwrap();
    }
    for event in &decoded.events {
        show(&mut text, event);
    }
    text
}

fn show(text: &mut String, event: &Event) {
    let Event { id, time, vendor_product, command, outcome, user, count, .. } = event;
    let said = |value: &Option<model::Text>| value.as_deref().unwrap_or("-").to_owned();
    let [account, region, src, agent] =
        [&event.vendor_account, &event.vendor_region, &event.src, &event.user_agent].map(said);
    writeln!(text, "{time} {vendor_product} {command} {outcome:?} {account} {region} {id}").unwrap();
    let [name, session, key] = [&user.name, &user.session, &user.access_key_id].map(said);
    writeln!(text, "  by {} {name} {session} {key} from {src} with {agent}", user.id).unwrap();
    let Event { object_id, image_id, instance_type, .. } = event;
    writeln!(text, "  {count} {object_id:?} {image_id:?} {instance_type:?}").unwrap();
    for (name, value) in [("lent to", &user.borrower), ("belongs to", &event.compute.parent)] {
        if let Some(value) = value {
            writeln!(text, "  {name} {value}").unwrap();
        }
    }
    for begotten in &event.begets {
        writeln!(text, "  begets {begotten:?}").unwrap();
    }
}

#[test]
fn every_shape_gives_what_is_beside_it() {
    let mut stale = Vec::new();
    for name in fixtures() {
        let shown = shown(&decode(&name, &fixture(&name)));
        let path = folder().join(format!("{name}.expected"));
        if env::var_os("DAVY_BLESS").is_some_and(|bless| bless == "1") {
            fs::write(&path, &shown).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if shown != expected {
            stale.push(format!("{name} gives\n{shown}and not\n{expected}"));
        }
    }
    assert!(stale.is_empty(), "{}\nhint: if it should be so, run with DAVY_BLESS=1", stale.join("\n"));
}

/// An export changes nothing, whatever it calls things.
#[test]
fn an_export_gives_the_event_of_the_bare_record() {
    let bare = decode("bare", &fixture("cloudtrail.json")).events.remove(0);
    for name in fixtures().iter().filter(|name| is_of_the_bare_record(name)) {
        let decoded = decode(name, &fixture(name));
        assert!(!decoded.events.is_empty(), "{name}");
        for event in &decoded.events {
            assert!(*event == bare, "{name}: {event:#?}\nis not {bare:#?}");
        }
    }
}

fn is_of_the_bare_record(name: &str) -> bool {
    let others = ["google", "azure", "neighbours", "decoys", "broken", "flow_log", "mixture"];
    let without_events = ["cloudwatch_logs_control.json", "eventbridge_other.json", "ocsf_other.ndjson"];
    // The role is named by the last part of its ARN, if at all.
    let has_lost_something = ["ocsf.json"];
    !others.iter().any(|other| name.starts_with(other))
        && !without_events.contains(&name)
        && !has_lost_something.contains(&name)
}

/// A wrapper within a wrapper is real; a thousand are a crafted file.
#[test]
fn envelopes_within_envelopes_end() {
    let record = String::from_utf8(fixture("cloudtrail.json")).unwrap();
    let wrapped =
        |times: usize| (0..times).fold(record.clone(), |inner, _| format!(r#"{{"detail":{inner},"_raw":{inner}}}"#));
    let deep = |times: usize| (0..times).fold(record.clone(), |inner, _| format!(r#"{{"data":{inner}}}"#));
    assert_eq!(decode("1", wrapped(1).as_bytes()).events.len(), 1);
    assert_eq!(decode("8", deep(8).as_bytes()).events.len(), 1);
    let decoded = decode("9", deep(9).as_bytes());
    assert_eq!((decoded.records.read, decoded.records.rejected), (1, 1));
    assert_eq!(decoded.rejects[0].reason, "more than 8 envelopes around a record");
    decode("500", deep(500).as_bytes());
    let lists = (0..300).fold(record.clone(), |inner, _| format!(r#"{{"a":[{inner}]}}"#));
    assert_eq!(decode("lists", lists.as_bytes()).records.rejected, 1);
}

/// Texts in base64 may be packed, hold others that are, and so on: all of it has one limit.
#[test]
fn what_unpacks_inside_is_bounded() {
    let bomb = archives::gzip(&vec![b' '; 1 << 20]);
    let data = archives::base64(&bomb);
    let records = vec![format!(r#"{{"kinesis":{{"data":"{data}"}}}}"#); 20].join(",");
    let caps = Caps { unpacked_bytes: 4 << 20, ..Caps::default() };
    let decoded = decode::decode("bomb", format!("[{records}]").as_bytes(), &EVERYTHING, &caps);
    assert_eq!(decoded.rejected_total, 16, "{:?}", decoded.rejects.first());
    assert!(decoded.rejects[0].reason.starts_with("in an envelope: unpacks to more than 0 bytes"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing is lost in silence, wherever a file is damaged, and blocks give what the whole gives.
    #[test]
    fn damage_loses_no_count(
        name in any::<Index>(),
        damage in vec((any::<Index>(), prop_oneof![any::<u8>(), prop::sample::select(b"{}[],:\"\\\n 1".to_vec())]), 0..6),
        end in prop::option::of(any::<Index>()),
    ) {
        let name = name.get(&fixtures()).clone();
        let mut content = fixture(&name);
        for (at, byte) in damage {
            let at = at.index(content.len());
            content[at] = byte;
        }
        if let Some(end) = end {
            content.truncate(end.index(content.len()));
        }
        let decoded = decode(&name, &content);
        prop_assert!(decoded.rejected_total >= decoded.records.rejected);
        let launches = Wanted { which: Which::commands(["RunInstances"]), ..EVERYTHING };
        let filtered = decode::decode(&name, &content, &launches, &Caps::default());
        prop_assert_eq!(filtered.records.read, decoded.records.read);
    }
}
