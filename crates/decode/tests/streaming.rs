//! A file that is read in blocks gives what it gives when it is read whole, wherever the
//! blocks end.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{self, Read, Write};

use decode::{Caps, Decoded, Decoder, Verdict, Wanted, Which};
use flate2::{Compression, write::GzEncoder};
use proptest::{collection::vec, prelude::*, sample::Index};

const EVERYTHING: Wanted = Wanted { which: Which::Everything, instances: true, until: None };

/// Kinds of `text`.
const KINDS: usize = 9;

fn record(id: usize) -> String {
    let name = if id.is_multiple_of(3) { "RunInstances" } else { "StopInstances" };
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accountId":"{}"}},"eventTime":"2024-08-01T11:30:{:02}Z","eventSource":"ec2.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-{}","userAgent":"a \"b\" \u00e9 \\","n":[1,{{"b":"}}"}},[]],"eventID":"{id}"}}"#,
        id % 4,
        id % 60,
        id % 2
    )
}

fn text(kind: usize, records: usize) -> String {
    let records: Vec<String> = (0..records).map(record).collect();
    match kind {
        0 => format!(r#"{{"Records":[{}]}}"#, records.join(",")),
        1 => format!("\u{feff}[\n{}\n]\n\u{feff}", records.join(",\n")),
        2 => records.join("\n"),
        3 => records.concat(),
        4 => format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"1","logEvents":[{}],"a":[1]}}"#,
            records.iter().map(|record| message(record)).collect::<Vec<_>>().join(",")
        ),
        5 => records.iter().flat_map(|record| ["2026-01-01T00:00:00.000Z ", record, "\n"]).collect(),
        6 => format!(
            "[[{}],{}]\n{}\n",
            records[..1].join(","),
            records[1..].iter().map(|record| quoted(record)).collect::<Vec<_>>().join(",\n"),
            quoted(&records[0])
        ),
        7 => format!(r#"{{"count":1,"value":[{}],"nextLink":"x"}}"#, records.join(",")),
        _ => format!(
            r#"{{"count":{{"a":3}},"Records":[{},7,"x",[{{}}],null],"next":[1],"n":12,"Records":[{}]}} {{"Records":[]}}"#,
            records[..1].join(","),
            records[1..].join(" , ")
        ),
    }
}

/// JSON in a text.
fn quoted(record: &str) -> String {
    serde_json::Value::from(record).to_string()
}

fn message(record: &str) -> String {
    format!(r#"{{"id":"1","timestamp":1,"message":{}}}"#, quoted(record))
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// As it is, and in two members or frames.
fn packed(content: &[u8], kind: usize) -> Vec<u8> {
    let (first, second) = content.split_at(content.len() / 3);
    match kind {
        0 => content.to_owned(),
        1 => [gzip(first), gzip(second)].concat(),
        _ => [zstd::encode_all(first, 1).unwrap(), zstd::encode_all(second, 1).unwrap()].concat(),
    }
}

fn small_blocks(block_bytes: usize) -> Caps {
    Caps { block_bytes, ..Caps::default() }
}

/// The parts of a file, put together again.
fn stream(packed: impl Read, wanted: &Wanted, caps: &Caps) -> Decoded {
    let mut parts = Vec::new();
    let last = Decoder::new(*caps).stream("file", packed, wanted, &mut |part| parts.push(part));
    whole(parts, last)
}

fn whole(parts: Vec<Decoded>, last: Decoded) -> Decoded {
    let verdict = last.verdict;
    parts.into_iter().chain([last]).reduce(add).map(|decoded| Decoded { verdict, ..decoded }).unwrap()
}

fn add(mut sum: Decoded, part: Decoded) -> Decoded {
    sum.events.extend(part.events);
    sum.coverage.merge(&part.coverage);
    sum.rejects.extend(part.rejects);
    sum.rejected_total += part.rejected_total;
    sum.unpacked_bytes += part.unpacked_bytes;
    sum.records.read += part.records.read;
    sum.records.kept += part.records.kept;
    sum.records.filtered += part.records.filtered;
    sum.records.rejected += part.records.rejected;
    sum
}

#[track_caller]
fn check(content: &[u8], wanted: &Wanted, block_bytes: usize) {
    let expected = decode::decode("file", content, wanted, &Caps::default());
    let streamed = stream(content, wanted, &small_blocks(block_bytes));
    assert!(streamed == expected, "{block_bytes}: {streamed:#?}\nis not {expected:#?}");
}

fn launches() -> Wanted {
    Wanted { which: Which::commands(["RunInstances"]), instances: true, until: None }
}

/// Gives a few bytes at a time, and is interrupted in between.
struct Slow<'a>(&'a [u8], bool);

impl Read for Slow<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = bytes.len().min(3);
        self.0.read(&mut bytes[..length])
    }
}

#[test]
fn every_block_size_gives_the_same() {
    for kind in 0..KINDS {
        let text = text(kind, 4);
        for block_bytes in 1..text.len() + 2 {
            check(text.as_bytes(), &EVERYTHING, block_bytes);
        }
    }
}

#[test]
fn every_envelope_gives_the_same() {
    for kind in 0..KINDS {
        let text = text(kind, 700);
        for envelope in 0..3 {
            let packed = packed(text.as_bytes(), envelope);
            for block_bytes in [1, 700, 4096, 1 << 16, 1 << 20] {
                check(&packed, &launches(), block_bytes);
                check(&packed[..packed.len() * 2 / 3], &launches(), block_bytes);
            }
        }
    }
}

#[test]
fn a_slow_source_gives_the_same() {
    let text = text(0, 100);
    for envelope in 0..3 {
        let packed = packed(text.as_bytes(), envelope);
        let expected = decode::decode("file", text.as_bytes(), &EVERYTHING, &Caps::default());
        assert!(stream(Slow(&packed, false), &EVERYTHING, &small_blocks(1000)) == expected);
    }
}

#[test]
fn what_is_no_log_is_named_alike() {
    let digest = r#"{"digestStartTime":"2026-03-02T00:00:00Z","digestS3Object":"x"}"#;
    for text in
        ["", " \n\u{feff} ", "hello", "[", "[[[[", "]", "{}", "7", digest, "\u{feff}", "\"", "{\"Records\":[", "x {"]
    {
        for envelope in 0..3 {
            for block_bytes in 1..20 {
                check(&packed(text.as_bytes(), envelope), &EVERYTHING, block_bytes);
            }
        }
    }
    for packed in [gzip(&vec![0; 1 << 20]), zstd::encode_all(&vec![0; 1 << 20][..], 1).unwrap(), vec![0x1f, 0x8b]] {
        check(&packed, &EVERYTHING, 1000);
    }
}

/// Of corrupt data less may be unpacked, by one piece of the stream.
#[test]
fn a_corrupt_stream_gives_what_came_before() {
    let text = text(2, 3000);
    let mut packed = gzip(text.as_bytes());
    let middle = packed.len() * 3 / 4;
    packed[middle..middle + 200].fill(0xff);
    let caps = Caps { rejects: 10_000, ..small_blocks(4096) };
    let expected = decode::decode("file", &packed, &EVERYTHING, &caps);
    let streamed = stream(&packed[..], &EVERYTHING, &caps);
    assert!(expected.unpacked_bytes - streamed.unpacked_bytes <= 64 << 10);
    assert!(expected.events.starts_with(&streamed.events) && streamed.events.len() > 1000);
    let reason = &streamed.rejects.last().unwrap().reason;
    assert!(reason.starts_with("gzip stream is corrupt after "), "{reason}");
}

/// In a list, alone on a line, and as a member beside the records.
#[test]
fn a_record_is_bounded() {
    let large = format!(r#"{{"eventName":"X","eventTime":"","a":["{}\"}}",{{}}]}}"#, "long ".repeat(2000));
    let caps = Caps { block_bytes: 1000, record_bytes: 3000, ..Caps::default() };
    let check = |text: String, records: u64| {
        let decoded = stream(text.as_bytes(), &EVERYTHING, &caps);
        assert_eq!(decoded.records.kept, 2, "{:?}", decoded.rejects);
        assert_eq!((decoded.records.rejected, decoded.rejected_total), (records, 1), "{:?}", decoded.rejects);
        assert_eq!(Some(decoded.rejects[0].offset), text.find(&large[..20]).map(|at| at as u64));
        decoded.rejects[0].reason.clone()
    };
    let (first, second) = (record(0), record(1));
    let reason = "record larger than 3000 bytes";
    assert_eq!(check(format!(r#"{{"Records":[{first},{large},{second}]}}"#), 1), reason);
    assert_eq!(check(format!("{first}\n{large}\n{second}\n"), 1), reason);
    assert_eq!(check(format!("{large}{first}{second}"), 1), reason);
    assert_eq!(check(format!("[{first},{second},{large}]"), 1), reason);
    // It breaks off: the next line is found again.
    let torn = &large[..8000];
    let decoded = stream(format!("{first}\n{torn}\n{second}\n").as_bytes(), &EVERYTHING, &caps);
    assert_eq!((decoded.records.kept, decoded.records.rejected), (2, 1), "{:?}", decoded.rejects);
    // It has no end.
    let decoded = stream(format!("{first}\n{second}{torn}").as_bytes(), &EVERYTHING, &caps);
    assert_eq!((decoded.records.kept, decoded.records.rejected), (2, 1), "{:?}", decoded.rejects);
}

#[test]
fn a_member_beside_the_records_is_bounded() {
    let caps = Caps { block_bytes: 1000, record_bytes: 3000, ..Caps::default() };
    let large = "x".repeat(10_000);
    for large in [format!(r#""{large}""#), format!(r#"["{large}"]"#), "1".repeat(10_000)] {
        let text = format!(r#"{{"Records":[{}],"a":{large},"Records":[{}]}}"#, record(0), record(1));
        let decoded = stream(text.as_bytes(), &EVERYTHING, &caps);
        assert_eq!((decoded.records.kept, decoded.records.rejected), (2, 0), "{:?}", decoded.rejects);
        assert_eq!(decoded.rejects[0].reason, "value larger than a record may be");
        assert_eq!(decoded.rejected_total, 1, "{:?}", decoded.rejects);
    }
}

/// Bombs of what is never a record; each would go on for ever.
#[test]
fn rubbish_comes_to_an_end() {
    let caps = Caps { idle_bytes: 1 << 20, record_bytes: 1 << 16, ..Caps::default() };
    for filling in
        ["\0", " ", "\n", ",", "[", "]", "{", "\"", "x", "1", "{},", "{\"a\":", "[7,", "\u{feff}", "{\"a\":\"x\"}"]
    {
        let head = record(0) + "\n";
        let endless = head.as_bytes().chain(Endless(filling.as_bytes(), 0));
        let decoded = stream(endless, &EVERYTHING, &caps);
        assert_eq!(decoded.records.kept, 1, "{filling}");
        assert_eq!(decoded.verdict, Verdict::Read);
        assert!(decoded.unpacked_bytes < 3 << 20, "{filling}: {}", decoded.unpacked_bytes);
        assert!(decoded.rejected_total > 0, "{filling}");
    }
}

struct Endless<'a>(&'a [u8], usize);

impl Read for Endless<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        for byte in &mut *bytes {
            *byte = self.0[self.1 % self.0.len()];
            self.1 += 1;
        }
        Ok(bytes.len())
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(5))
        }
    }
    for envelope in 0..3 {
        let text = text(2, 10);
        let packed = packed(text.as_bytes(), envelope);
        let decoded = stream(packed.chain(Broken), &EVERYTHING, &small_blocks(1000));
        assert_eq!(decoded.records.kept, 10);
        let reason = &decoded.rejects[0].reason;
        assert!(reason.starts_with("cannot be read after "), "{reason}");
    }
    assert_eq!(stream(Broken, &EVERYTHING, &Caps::default()).verdict, Verdict::Rejected);
}

#[test]
fn rejects_are_kept_up_to_the_limit_in_all_parts_together() {
    let caps = Caps { rejects: 3, block_bytes: 10, ..Caps::default() };
    let decoded = stream(&b"[1,2,3,4,5,6,7,8,9]"[..], &EVERYTHING, &caps);
    assert_eq!((decoded.rejects.len(), decoded.rejected_total), (3, 9));
}

/// Tiny records are worth more in memory than in the file: they are handed on in time.
#[test]
fn parts_are_small() {
    let text = r#"{"eventName":"X","eventTime":"2024-08-01T11:30:23Z"}"#.repeat(20_000);
    for packed in [text.as_bytes(), &gzip(text.as_bytes())] {
        let (mut events, mut most) = (0, 0);
        let last = Decoder::new(Caps::default()).read("file", packed, &EVERYTHING, &mut |part| {
            events += part.events.len();
            most = most.max(part.events.len());
        });
        assert_eq!(events + last.events.len(), 20_000);
        assert!(most <= 4096 && last.events.len() <= 4096);
    }
}

#[test]
fn a_file_is_read_whole_or_in_blocks_by_its_size() {
    let caps = Caps { whole_bytes: 10_000, block_bytes: 1000, ..Caps::default() };
    let mut decoder = Decoder::new(caps);
    for (records, is_whole) in [(10, true), (100, false)] {
        let text = text(2, records);
        for envelope in 0..3 {
            let packed = packed(text.as_bytes(), envelope);
            let mut parts = Vec::new();
            let last = decoder.read("file", &packed, &EVERYTHING, &mut |part| parts.push(part));
            assert_eq!(parts.is_empty(), is_whole);
            assert!(whole(parts, last) == decode::decode("file", text.as_bytes(), &EVERYTHING, &caps));
        }
    }
}

const OF_AN_ACCOUNT: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"Root","accountId":"1"},"eventTime":"2024-08-01T11:30:23Z","eventSource":"ec2.amazonaws.com","eventName":"StopInstances","awsRegion":"eu-west-1","requestParameters":{"a":[1,{}]},"readOnly":false,"responseElements":null,"eventID":"1","recipientAccountId":"111122223333"}"#;

fn damage() -> impl Strategy<Value = Vec<(Index, u8)>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"{}[],:\"\\\n 1".to_vec())];
    vec((any::<Index>(), byte), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_of_any_size_give_what_the_whole_gives(
        kind in 0..KINDS,
        records in 1..12_usize,
        damage in damage(),
        end in prop::option::of(any::<Index>()),
        block_bytes in prop_oneof![1..50_usize, 1..6000_usize],
    ) {
        let mut content = text(kind, records).into_bytes();
        for (at, byte) in damage {
            let at = at.index(content.len());
            content[at] = byte;
        }
        if let Some(end) = end {
            content.truncate(end.index(content.len()));
        }
        check(&content, &EVERYTHING, block_bytes);
    }

    /// Records that name their account are cut swiftly, which is less strict than to cut them
    /// byte by byte: that must not depend on where a block ends.
    #[test]
    fn broken_records_that_name_their_account_are_judged_alike(
        damage in vec((any::<Index>(), prop::sample::select(b"{}[],:\"\\ 1x\n".to_vec())), 1..4),
        lost in any::<Index>(),
        separator in prop::sample::select(vec![",", "\n", ""]),
        block_bytes in prop_oneof![1..50_usize, 1..1500_usize],
    ) {
        let mut content = OF_AN_ACCOUNT.repeat(3).replace("}{", &format!("}}{separator}{{")).into_bytes();
        content.remove(lost.index(content.len()));
        for (at, byte) in damage {
            let at = at.index(content.len());
            content[at] = byte;
        }
        check(&content, &EVERYTHING, block_bytes);
        check(&content, &launches(), block_bytes);
    }

    #[test]
    fn json_like_text_in_blocks_gives_what_the_whole_gives(
        content in r#"([{}\[\],:"\\\n ]|"eventName":|"eventTime":"2024-08-01T11:30:23Z"|\{"eventVersion":|"Records":|"value":|"logEvents":\[|"message":"|"_raw":"\{|2026-01-01T00:00:00.000Z |"\{\\"|null|7|\x00|é|\xa0|\u{feff}){0,100}"#,
        block_bytes in 1..60_usize,
    ) {
        check(content.as_bytes(), &EVERYTHING, block_bytes);
    }
}
