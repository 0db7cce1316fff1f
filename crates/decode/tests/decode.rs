//! Files, good and bad, and what comes out of them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;

use decode::{Caps, Decoded, Verdict, Wanted, Which};
use flate2::{Compression, write::GzEncoder};

const EVERYTHING: Wanted = Wanted { which: Which::Everything, instances: false, until: None };

fn record(name: &str, id: usize) -> String {
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/a","accountId":"111122223333"}},"eventTime":"2024-08-01T11:30:{:02}Z","eventSource":"ec2.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","requestParameters":{{"list":[{{"a":1}},{{"b":"}}"}}]}},"responseElements":null,"eventID":"{id}","recipientAccountId":"111122223333"}}"#,
        id % 60
    )
}

fn records(count: usize) -> Vec<String> {
    (0..count).map(|id| record("RunInstances", id)).collect()
}

fn trail(records: &[String]) -> String {
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Decodes, and checks what must hold of any file.
fn decode_with(content: &[u8], wanted: &Wanted) -> Decoded {
    let decoded = decode::decode("file", content, wanted, &Caps::default());
    let records = decoded.records;
    assert_eq!(records.read, records.kept + records.filtered + records.rejected);
    assert_eq!(records.kept, decoded.events.len() as u64);
    assert!(decoded.rejected_total >= records.rejected);
    decoded
}

/// Compares the ids of the events, and what each reject says up to where the expectation ends.
#[track_caller]
fn check(content: impl AsRef<[u8]>, ids: &[usize], rejects: &[&str]) -> Decoded {
    let decoded = decode_with(content.as_ref(), &EVERYTHING);
    let expected: Vec<String> = ids.iter().map(usize::to_string).collect();
    assert_eq!(decoded.events.iter().map(stated_id).collect::<Vec<_>>(), expected);
    let reasons: Vec<&str> = decoded.rejects.iter().map(|reject| &*reject.reason).collect();
    assert_eq!(reasons.len(), rejects.len(), "{reasons:?}");
    assert!(reasons.iter().zip(rejects).all(|(reason, start)| reason.starts_with(start)), "{reasons:?}");
    decoded
}

/// As it stands in the record: what is no UUID is made unique by the content.
fn stated_id(event: &model::Event) -> String {
    event.id.to_string().split('@').next().unwrap_or_default().to_owned()
}

#[test]
fn every_container_is_read() {
    let r = records(3);
    let all = [0, 1, 2];
    let pretty =
        |text: &str| serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(text).unwrap()).unwrap();
    check(trail(&r), &all, &[]);
    check(pretty(&trail(&r)), &all, &[]);
    check(r.join("\n"), &all, &[]);
    check(r.join("\r\n") + "\r\n", &all, &[]);
    check(r.concat(), &all, &[]);
    check(r.iter().map(|record| pretty(record)).collect::<Vec<_>>().join("\n"), &all, &[]);
    check(format!("[{}]", r.join(",\n")), &all, &[]);
    check(format!("[{}]\n[{},{}]", r[0], r[1], r[2]), &all, &[]);
    check(format!("{}\n{}{}", trail(&r[..1]), trail(&[]), trail(&r[1..])), &all, &[]);
    check(format!("[{},{}]", trail(&r[..2]), trail(&r[2..])), &all, &[]);
    check(
        format!(r#"{{"count":{{"a":3}},"Records":[{}],"next":[1],"Records":[{}]}}"#, r[0], r[1..].join(",")),
        &all,
        &[],
    );
    check(&r[0], &[0], &[]);
}

#[test]
fn every_envelope_is_opened() {
    let r = records(4);
    let [one, two] = [trail(&r[..2]), trail(&r[2..])].map(String::into_bytes);
    check(gzip(&one), &[0, 1], &[]);
    check([gzip(&one), gzip(&two)].concat(), &[0, 1, 2, 3], &[]);
    let whole = trail(&r).into_bytes();
    let (head, tail) = whole.split_at(whole.len() / 2);
    check([gzip(head), gzip(tail)].concat(), &[0, 1, 2, 3], &[]);
    let zstd = |content: &[u8]| zstd::encode_all(content, 1).unwrap();
    check([zstd(&one), zstd(&two)].concat(), &[0, 1, 2, 3], &[]);
    check(["\u{feff}".as_bytes(), &one].concat(), &[0, 1], &[]);
}

#[test]
fn slips_of_the_pen_cost_nothing() {
    let r = records(3);
    check(format!("[{},{},{},]", r[0], r[1], r[2]), &[0, 1, 2], &[]);
    check(format!(r#"{{"Records":[{},,{},],}}"#, r[0], r[1]), &[0, 1], &[]);
    check(format!("[{}}},{}}}}},{}]", r[0], r[1], r[2]), &[0, 1, 2], &[]);
    check(format!("{},\n{},\n{}", r[0], r[1], r[2]), &[0, 1, 2], &[]);
    check(format!("\u{a0}{}\u{a0}\n", r[0]), &[0], &[]);
    check(r[0].replace(r#"{"b":"}"}]"#, r#"{"b":"}",},]"#), &[0], &[]);
}

#[test]
fn a_broken_record_costs_only_itself() {
    let whole = record("RunInstances", 1);
    let broken = [
        whole.replace(r#""eu-west-1""#, "\"eu-west\u{1}-1\""),
        whole.replace(r#""eventName":"#, r#""eventName:"#),
        whole.replace(r#""awsRegion":"#, r"awsRegion:"),
        whole.replace("}]}", "}]"),
        whole.replace("}]}", "}}"),
        whole.replace(r#""list":["#, r#""list":[{"#),
        whole.replace("null", "nil x"),
        whole[..whole.len() / 2].to_owned(),
        whole[..whole.len() - 1].to_owned(),
        whole[..40].to_owned(),
    ];
    for broken in &broken {
        let three = [record("RunInstances", 0), broken.clone(), record("RunInstances", 2)];
        check(trail(&three), &[0, 2], &["broken record"]);
        check(format!("[\n{}\n]", three.join(",\n")), &[0, 2], &["broken record"]);
        check(three.join("\n"), &[0, 2], &["broken record"]);
        let four = [record("RunInstances", 0), broken.clone(), broken.clone(), record("RunInstances", 2)];
        check(trail(&four), &[0, 2], &["broken record", "broken record"]);
        check(four.join("\n"), &[0, 2], &["broken record", "broken record"]);
    }
}

#[test]
fn a_file_that_ends_early_says_so() {
    let r = records(3);
    let whole = trail(&r);
    check(&whole[..whole.len() - 300], &[0, 1], &["broken record: ends early"]);
    check(&whole[..whole.len() - 2], &[0, 1, 2], &["the list of records is not closed"]);
    check(&r.join("\n")[..whole.len() - 300], &[0, 1], &["broken record: ends early"]);
    let packed = gzip(trail(&records(500)).as_bytes());
    let decoded = decode_with(&packed[..packed.len() * 3 / 4], &EVERYTHING);
    assert!(decoded.records.kept > 100 && decoded.verdict == Verdict::Read);
    assert!(decoded.rejects.iter().any(|reject| reject.reason.starts_with("gzip stream ends early after")));
}

#[test]
fn what_is_no_event_log_is_named() {
    let verdict = |content: &str, reasons: &[&str]| check(content, &[], reasons).verdict;
    assert_eq!(verdict("", &[]), Verdict::Skipped("empty file"));
    assert_eq!(verdict(" \n\u{feff}", &[]), Verdict::Skipped("empty file"));
    assert_eq!(decode_with(&gzip(b""), &EVERYTHING).verdict, Verdict::Skipped("empty file"));
    assert_eq!(verdict("[]", &[]), Verdict::Read);
    assert_eq!(verdict(r#"{"Records":[]}"#, &[]), Verdict::Read);
    let digest = r#"{"awsAccountId":"1","digestStartTime":"2024-08-01T11:30:23Z","digestS3Object":"x","logFiles":[]}"#;
    assert_eq!(verdict(digest, &[]), Verdict::Skipped("CloudTrail digest file"));
    assert_eq!(verdict("1.2.3.4 - - [01/Jan/2024] \"GET /\"\n1.2.3.4", &["not JSON"]), Verdict::Rejected);
    assert_eq!(verdict("a,b,c\n1,2,3\n", &["not JSON"]), Verdict::Rejected);
    assert_eq!(verdict("{", &["broken record: ends early"]), Verdict::Rejected);
    assert_eq!(verdict(r#"[1,"a",[{}],null]"#, &["expected an"; 4]), Verdict::Rejected);
    assert_eq!(verdict("{}", &["expected an audit record"]), Verdict::Rejected);
    assert_eq!(verdict(r#"{"insertId":"1","protoPayload":{}}"#, &["Google Cloud log entry"]), Verdict::Rejected);
}

#[test]
fn text_between_records_is_rejected() {
    let r = records(2);
    let decoded = check(format!("{}\nnot a record\n{}", r[0], r[1]), &[0, 1], &["not JSON"]);
    assert_eq!((decoded.records.read, decoded.records.rejected), (3, 1));
    assert_eq!(decoded.rejects[0].offset, r[0].len() as u64 + 1);
    assert_eq!(decoded.rejects[0].path, "file");
}

#[test]
fn look_alikes_are_no_records() {
    let notification = r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","eventTime":"2024-08-01T11:30:23.123Z","awsRegion":"eu-west-1","s3":{}}]}"#;
    let decoded = check(notification, &[], &["S3 event notification, not a CloudTrail record"]);
    assert!(decoded.coverage.is_empty());
    let insight = r#"{"Records":[{"eventVersion":"1.07","eventTime":"2024-08-01T11:30:23Z","awsRegion":"eu-west-1","eventType":"AwsCloudTrailInsight","eventCategory":"Insight","recipientAccountId":"1"}]}"#;
    let decoded = check(insight, &[], &[]);
    assert_eq!((decoded.verdict, decoded.records.filtered), (Verdict::Read, 1));
    assert!(decoded.coverage.is_empty());
}

#[test]
fn impossible_times_are_quoted() {
    let with = |time: &str| record("RunInstances", 1).replace("\"2024-08-01T11:30:01Z\"", time);
    check(with("\"2024-13-01T00:00:00Z\""), &[], &["impossible eventTime `2024-13-01T00:00:00Z`"]);
    check(with("\"1970-01-01T00:00:00Z\""), &[], &["impossible eventTime"]);
    check(with("1722511823"), &[], &["impossible eventTime `1722511823`"]);
    check(with("null"), &[], &["impossible eventTime `null`"]);
    check(with("\"2024-08-01 11:30:23.123456789+02:00\""), &[1], &[]);
}

#[test]
fn bombs_do_not_go_off() {
    // 300 MB of zeros in 300 KB, as 300 members.
    let zeros = gzip(&vec![0; 1_000_000]).repeat(300);
    assert!(zeros.len() < 400_000);
    check(&zeros, &[], &["not JSON"]);
    let brackets = "[".repeat(100_000);
    check(&brackets, &[], &["broken record: ends early"]);
    let objects = r#"{"a":"#.repeat(100_000);
    check(&objects, &[], &["broken record: ends early"]);
    let closed = format!("{}{}", &objects, "1".to_owned() + &"}".repeat(100_000));
    let r = records(2);
    check(format!("[{},{closed},{}]", r[0], r[1]), &[0, 1], &["record is nested too deep"]);
    check(format!("[{},{brackets}{},{}]", r[0], "]".repeat(100_000), r[1]), &[0, 1], &["record is nested too deep"]);
    // Each bracket looks like the beginning of a record that never ends.
    let many = "[{\"a\":".repeat(200_000);
    let decoded = decode_with(many.as_bytes(), &EVERYTHING);
    assert!(decoded.rejects.iter().any(|reject| reject.reason.starts_with("too damaged")));
}

#[test]
fn a_long_string_is_one_string() {
    let long = record("RunInstances", 0).replace("eu-west-1", &"x".repeat(100_000_000));
    let wanted = Wanted { which: Which::commands(["StopInstances"]), instances: false, until: None };
    assert_eq!(decode_with(format!("[{long},{long}]").as_bytes(), &wanted).records.filtered, 2);
    let kept =
        decode_with(record("RunInstances", 0).replace("eu-west-1", &"x".repeat(5_000_000)).as_bytes(), &EVERYTHING);
    assert_eq!(kept.events[0].vendor_region.as_ref().map(model::Text::len), Some(4096));
}

#[test]
fn caps_are_kept() {
    let content = trail(&records(100));
    let caps = Caps { unpacked_bytes: content.len() as u64 / 2 + 100, rejects: 1, ..Caps::default() };
    let none = Wanted { which: Which::commands(["StopInstances"]), instances: false, until: None };
    for packed in [content.clone().into_bytes(), gzip(content.as_bytes())] {
        let decoded = decode::decode("file", &packed, &none, &caps);
        assert_eq!(decoded.unpacked_bytes, caps.unpacked_bytes);
        assert_eq!(decoded.records.filtered, 50);
        // The record that was cut, and the rest of the file; one is kept.
        assert_eq!((decoded.rejects.len(), decoded.rejected_total), (1, 2));
    }
    let tiny = r#"{"eventName":"A","eventTime":"2024-08-01T11:30:23Z"}"#.repeat(10_000);
    let caps = Caps { unpacked_bytes: tiny.len() as u64, ..Caps::default() };
    let decoded = decode::decode("file", tiny.as_bytes(), &EVERYTHING, &caps);
    assert!(decoded.records.kept > 100 && decoded.records.kept < 3000);
    assert_eq!(decoded.records.kept + decoded.records.rejected, 10_000);
    let caps = Caps { rejects: 0, ..Caps::default() };
    let decoded = decode::decode("file", b"[1,2,3]", &EVERYTHING, &caps);
    assert_eq!((decoded.rejects.len(), decoded.rejected_total), (0, 3));
    let shallow = Caps { depth: 2, ..Caps::default() };
    let decoded = decode::decode("file", content.as_bytes(), &EVERYTHING, &shallow);
    assert_eq!((decoded.records.kept, decoded.records.rejected), (0, 100));
}

#[test]
fn bytes_that_are_no_text_do_not_hide_a_record() {
    let text = trail(&records(3));
    let mut content = text.into_bytes();
    let at = content.windows(9).rposition(|window| window == b"eu-west-1").unwrap();
    content[at] = 0xff;
    let decoded = check(content, &[0, 1, 2], &[]);
    assert_eq!(decoded.events[2].vendor_region.as_deref(), Some("\u{fffd}u-west-1"));
    assert_eq!(decoded.events[1].vendor_region.as_deref(), Some("eu-west-1"));
}

#[test]
fn wanted_records_are_kept_and_others_counted() {
    let policy = record("PutRolePolicy", 1).replace(r#""list""#, r#""doc":"{\"eventName\":\"RunInstances\"}","list""#);
    let escaped = record("RunInstances", 2).replace(r#""RunInstances""#, r#""\u0052unInstances""#);
    let key = record("RunInstances", 3).replace(r#""eventName""#, r#""event\u004eame""#);
    let twice = record("RunInstances", 4).replace(r#""eventID""#, r#""eventName":"StopInstances","eventID""#);
    let content = trail(&[record("RunInstances", 0), policy, escaped, key, twice]);
    let ids = |which: Which| {
        let decoded = decode_with(content.as_bytes(), &Wanted { which, instances: false, until: None });
        assert_eq!(decoded.coverage.total().map(|span| span.records), Some(5));
        decoded.events.iter().map(stated_id).collect::<Vec<_>>().join(" ")
    };
    let commands = |name: &str| Which::commands([name]);
    assert_eq!(ids(commands("RunInstances")), "0 2 3 4");
    assert_eq!(ids(commands("StopInstances")), "4");
    assert_eq!(ids(commands("PutRolePolicy")), "1");
    assert_eq!(ids(Which::commands([""; 0])), "");
    assert_eq!(ids(Which::Region("eu-west-1".into())), "0 1 2 3 4");
    assert_eq!(ids(Which::Region("eu-west-2".into())), "");
    assert_eq!(ids(Which::Mentioning("\"eventName\":\"RunInstances\"}".into())), "1");
    assert_eq!(ids(Which::Everything), "0 1 2 3 4");
}

#[test]
fn coverage_is_by_account_and_region() {
    let record = |account: &str, region: &str, second: usize| {
        record("RunInstances", second)
            .replace(r#","recipientAccountId":"111122223333""#, account)
            .replace("eu-west-1", region)
    };
    let content = [
        record(r#","recipientAccountId":"1""#, "a", 5),
        record(r#","recipientAccountId":"1""#, "a", 3),
        record(r#","recipientAccountId":"1""#, "b", 4),
        record("", "a", 9),
        record(r#","recipientAccountId":"1""#, "a", 7),
    ];
    let decoded = decode_with(content.join("\n").as_bytes(), &EVERYTHING);
    let shown: Vec<String> = decoded
        .coverage
        .product(model::VendorProduct::AwsCloudTrail)
        .expect("CloudTrail was read")
        .iter()
        .map(|(account, region, span)| {
            format!("{account} {region} {} {} {}", span.first_time, span.last_time, span.records)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "1 a 2024-08-01T11:30:03Z 2024-08-01T11:30:07Z 3",
            "1 b 2024-08-01T11:30:04Z 2024-08-01T11:30:04Z 1",
            "111122223333 a 2024-08-01T11:30:09Z 2024-08-01T11:30:09Z 1",
        ]
    );
}

#[test]
fn an_operation_that_is_new_is_told_though_nobody_asked_for_it() {
    let names = ["RunInstancesV2", "DescribeInstances", "CreateFleetV3", "RunInstancesV2", "RunInstances"];
    let records: Vec<String> = names.iter().enumerate().map(|(id, name)| record(name, id)).collect();
    let launches = Which::commands(["RunInstances"]);
    let wanted = Wanted { which: launches, instances: false, until: None };
    let quoted = serde_json::to_string(&records[0]).unwrap();
    for which in [&EVERYTHING, &wanted] {
        let content = trail(&records);
        let decoded = decode_with(content.as_bytes(), which);
        let told: Vec<_> = decoded.drifts.iter().map(|drift| (&*drift.what, drift.records)).collect();
        let expected = [
            ("operation `CreateFleetV3`, which may start machines", 1),
            ("operation `RunInstancesV2`, which may start machines", 2),
        ];
        assert_eq!(told, expected);
        let first = &decoded.drifts[1];
        assert!(content[usize::try_from(first.offset).unwrap()..].starts_with(&first.sample));
        assert_eq!(first.sample, records[0]);
        let commands = decoded.coverage.product(model::VendorProduct::AwsCloudTrail).unwrap();
        let counted: Vec<_> = commands.commands().map(|(name, span)| (name, span.records)).collect();
        assert_eq!(
            counted,
            [("CreateFleetV3", 1), ("DescribeInstances", 1), ("RunInstances", 1), ("RunInstancesV2", 2)]
        );

        let inner = decode_with(format!(r#"{{"_raw":{quoted}}}"#).as_bytes(), which);
        assert_eq!(inner.drifts.len(), 1);
    }
}
