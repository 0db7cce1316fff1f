//! The state machine of novelty and the hourly counts, fact by fact.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod world;

use detect::{Detection, Kind, LookupOf, MAX_EVIDENCE, export_lookup, import_lookup};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use model::{Event, Finding, Outcome, Scope};

use world::{
    AWS, COUNT, COUNT_BY_USER, IMAGE, MAIN, OTHER, REGION, Reader, START, TYPE, USER, World, at, batch, detection,
    story, user,
};

fn reader() -> Reader {
    Reader::new(story(), None)
}

/// Reads the whole world with the story's detections.
fn read(world: &World) -> Reader {
    let mut reader = reader();
    reader.scan(world);
    reader
}

/// Two months of ordinary life.
fn ordinary() -> World {
    World::new().ordinary_life(60)
}

/// A log that has been read since a moment, and in which nothing was launched.
fn covered_since(start: &str) -> World {
    World::new().request(start, "GetObject", "alice", "us-east-1")
}

// Bounds, to the second.

#[track_caller]
fn check_warm_up(detection: &str, value: &str, covered: &str, launched: &str, expected: usize) {
    let findings = covered_since(covered).launch(launched, "alice", "us-east-1").davy();
    assert_eq!(findings.about(detection, value).len(), expected, "covered since {covered}, launched {launched}");
}

#[test]
fn a_warm_up_ends_at_a_midnight() {
    let alice = user(MAIN, "alice");
    for (detection, value, bound) in [
        (USER, &*alice, "2026-02-11"),
        (IMAGE, "ami-base", "2026-02-11"),
        (REGION, "us-east-1", "2026-02-04"),
        (TYPE, "m5.large", "2026-02-04"),
    ] {
        for launched in ["2026-02-18 00:00:00", "2026-02-18 23:59:59"] {
            check_warm_up(detection, value, &format!("{bound} 00:00:00"), launched, 1);
            check_warm_up(detection, value, &format!("{bound} 00:00:01"), launched, 0);
        }
        check_warm_up(detection, value, &format!("{bound} 23:59:59"), "2026-02-19 00:00:00", 1);
    }
}

#[test]
fn a_value_is_forgotten_when_it_was_last_seen_at_the_bound_or_before() {
    for (last_seen, expected) in
        [("2026-01-06 23:59:59", 1), ("2026-01-07 00:00:00", 1), ("2026-01-07 00:00:01", 0), ("2026-01-08 12:00", 0)]
    {
        for again in ["2026-04-07 00:00:00", "2026-04-07 23:59:59"] {
            let world = covered_since("2025-12-01 00:00").launch(last_seen, "alice", "eu-north-1");
            let findings = world.launch(again, "alice", "eu-north-1").davy();
            let told = findings.times(REGION, "eu-north-1").into_iter().filter(|time| *time == at(again)).count();
            assert_eq!(told, expected, "last seen {last_seen}, again {again}");
        }
    }
}

#[test]
fn a_forgotten_value_begins_a_new_life() {
    let world = covered_since("2025-12-01 00:00").launch("2026-01-05 12:00", "alice", "eu-north-1").launch(
        "2026-06-05 12:00",
        "bob",
        "eu-north-1",
    );
    let reader = read(&world);
    let told = reader.findings.about(REGION, "eu-north-1");
    let because = told[1].because.join("\n");
    assert!(because.contains("last seen in the organization on 2026-01-05, 151 days before"), "{because}");
    let entries = reader.memory.baseline(AWS, REGION).unwrap().entries();
    let lives: Vec<_> = entries.iter().map(|entry| (entry.seen.first_seen, entry.seen.events)).collect();
    assert_eq!(lives, [(at("2026-06-05 12:00"), 1); 2]);
}

// Scopes.

#[track_caller]
fn check_scopes(world: &World, detection: &str, value: &str, expected: &[Scope]) {
    let findings = world.davy();
    let told = findings.about(detection, value);
    let scopes: Vec<&[Scope]> = told.iter().map(|finding| &*finding.scopes).collect();
    assert_eq!(scopes, if expected.is_empty() { vec![] } else { vec![expected] });
}

#[test]
fn a_finding_names_the_scopes_in_which_its_value_is_new() {
    let both = ordinary().quiet_life(OTHER, 60).launch("2026-02-18 09:20", "alice", "eu-north-1").account(OTHER);
    check_scopes(&both, REGION, "eu-north-1", &[Scope::Account, Scope::Organization]);
    // Known in the organization, new in the account.
    let known = ordinary().quiet_life(OTHER, 60).launch("2026-02-18 09:20", "bob", "us-east-1").account(OTHER);
    check_scopes(&known, TYPE, "m5.large", &[Scope::Account]);
    // The account is read since today; the organization has been for long.
    let young = ordinary().launch("2026-02-18 09:20", "bob", "eu-north-1").account(OTHER);
    check_scopes(&young, REGION, "eu-north-1", &[Scope::Organization]);
    let young_and_known = ordinary().launch("2026-02-18 09:20", "bob", "us-east-1").account(OTHER);
    check_scopes(&young_and_known, REGION, "us-east-1", &[]);
}

#[test]
fn each_account_has_its_own_finding() {
    let world = ordinary()
        .quiet_life(OTHER, 60)
        .launch("2026-02-18 09:20", "alice", "eu-north-1")
        .launch("2026-02-18 09:30", "alice", "eu-north-1")
        .account(OTHER);
    let findings = world.davy();
    let told = findings.about(REGION, "eu-north-1");
    let places: Vec<_> = told.iter().map(|finding| (finding.vendor_account.as_deref(), finding.scopes.len())).collect();
    assert_eq!(places, [(Some(MAIN), 2), (Some(OTHER), 1)], "by then the organization knows it");
}

#[test]
fn a_finding_gives_its_reasons() {
    let findings = ordinary().launch("2026-02-18 09:20", "alice", "eu-north-1").davy();
    let because = findings.one(REGION, "eu-north-1").because.join("\n");
    assert!(because.contains("never seen in the organization in 44 days of logs"), "{because}");
}

#[test]
fn a_judgement_in_warm_up_is_counted() {
    let reader = read(&World::new().ordinary_life(3));
    assert!(reader.findings.of(REGION).is_empty());
    assert_eq!(reader.memory.baseline(AWS, REGION).unwrap().learning(), 1, "the first launch there");
}

// Joining.

#[test]
fn a_finding_takes_in_what_follows_for_a_day() {
    let world = ordinary()
        .launch("2026-02-18 10:00:00", "alice", "eu-north-1")
        .count(2)
        .launch("2026-02-19 09:59:59", "bob", "eu-north-1")
        .count(3)
        .launch("2026-02-19 10:00:00", "bob", "eu-north-1");
    let findings = world.davy();
    let finding = findings.one(REGION, "eu-north-1");
    assert_eq!((finding.count, finding.requests, finding.object_id.len()), (5, 2, 5));
    assert_eq!((finding.first_time, finding.last_time), (at("2026-02-18 10:00:00"), at("2026-02-19 09:59:59")));
    assert_eq!(&*finding.user, user(MAIN, "alice"), "who opened it");
}

#[test]
fn what_never_becomes_known_is_told_once_a_day() {
    let tries = ["2026-02-18 10:00", "2026-02-18 23:00", "2026-02-19 09:59", "2026-02-19 10:00", "2026-02-20 11:00"];
    let refused = tries
        .iter()
        .fold(ordinary(), |world, time| world.launch(time, "alice", "eu-north-1").ended(Outcome::Verification));
    let opened = ["2026-02-18 10:00", "2026-02-19 10:00", "2026-02-20 11:00"].map(at);
    let findings = refused.davy();
    assert_eq!(findings.times(REGION, "eu-north-1"), opened);
    assert_eq!(findings.about(REGION, "eu-north-1")[0].requests, 3);
    let nobody = tries.iter().fold(ordinary(), |world, time| world.launch(time, "service", "us-east-1"));
    let reader = read(&nobody);
    let service = format!("aws:{MAIN}:AWSService");
    assert_eq!(reader.findings.times(USER, &service), opened);
    assert!(reader.memory.baseline(AWS, USER).unwrap().entries().iter().all(|entry| *entry.value != *service));
    let because = reader.findings.about(USER, &service)[0].because.join("\n");
    assert!(because.contains("does not say who acted"), "{because}");
}

#[test]
fn a_success_upgrades_the_finding_that_failures_opened() {
    let world = ordinary()
        .launch("2026-02-18 10:00", "alice", "eu-north-1")
        .ended(Outcome::DryRun)
        .launch("2026-02-18 10:01", "alice", "eu-north-1")
        .count(100)
        .ended(Outcome::Quota);
    let tried = world.davy();
    let tried = tried.one(REGION, "eu-north-1");
    assert_eq!(
        (tried.outcome, tried.count, tried.requests, tried.risk_score),
        (Outcome::DryRun, 101, 2, 21),
        "the gravest of its requests"
    );
    let world = world
        .launch("2026-02-18 10:02", "alice", "eu-north-1")
        .count(8)
        .launch("2026-02-18 10:03", "alice", "eu-north-1")
        .count(100)
        .ended(Outcome::Quota);
    let findings = world.davy();
    let done = findings.one(REGION, "eu-north-1");
    assert_eq!(done.id, tried.id);
    assert_eq!((done.outcome, done.count, done.requests, done.risk_score), (Outcome::Ok, 8, 4, 42));
    let outcomes: Vec<_> = done.outcomes.iter().map(|(outcome, requests)| (*outcome, *requests)).collect();
    assert_eq!(outcomes, [(Outcome::Ok, 1), (Outcome::DryRun, 1), (Outcome::Quota, 2)]);
    assert_eq!(done.object_id.len(), 8, "what ran");
}

#[test]
fn evidence_stops_at_a_limit_and_counts_do_not() {
    let start = at("2026-02-18 10:00");
    let flood = (0..12).fold(ordinary(), |world, nth| {
        world.launch_at(start + SignedDuration::from_secs(nth), "alice", "eu-north-1").count(1000)
    });
    let findings = flood.davy();
    let finding = findings.one(REGION, "eu-north-1");
    assert_eq!((finding.count, finding.object_id.len(), finding.evidence_truncated), (12_000, MAX_EVIDENCE, true));
}

// Several values in one launch, and values that stand for others.

/// The events of a world, the last of them changed.
fn with_last_event(world: &World, change: impl FnOnce(&mut Event)) -> Reader {
    let mut reader = reader();
    let mut batch = batch(&world.records);
    change(batch.events.last_mut().unwrap());
    reader.read(batch);
    reader.finish();
    reader
}

#[test]
fn a_launch_of_two_new_types_has_a_finding_for_each() {
    let world = ordinary().launch("2026-02-18 09:20", "alice", "us-east-1");
    let reader = with_last_event(&world, |event| {
        event.instance_type = ["p3.16xlarge", "m5.large", "g5.48xlarge"].map(Into::into).into();
    });
    for value in ["p3.16xlarge", "g5.48xlarge"] {
        assert_eq!(reader.findings.one(TYPE, value).instance_type.len(), 3);
    }
    let since = at("2026-02-18 00:00");
    assert_eq!(reader.findings.of(TYPE).iter().filter(|finding| finding.time > since).count(), 2);
}

fn copy(world: World, time: &str, of: &str, to: &str) -> World {
    world.request(time, "CopyImage", "alice", "us-east-1").image(of).made(to)
}

#[test]
fn a_copy_stands_for_its_original() {
    let world = copy(ordinary(), "2026-02-10 08:00", "ami-base", "ami-copy");
    let world = copy(world, "2026-02-10 08:01", "ami-copy", "ami-copy-of-copy");
    let world = copy(world, "2026-02-10 08:02", "ami-miner", "ami-miner-copy");
    let world = copy(world, "2026-02-10 08:03", "ami-base", "ami-refused").ended(Outcome::Denied);
    let world = ["ami-copy", "ami-copy-of-copy", "ami-miner-copy", "ami-refused", "ami-miner"]
        .into_iter()
        .fold(world, |world, image| world.launch("2026-02-18 09:20", "alice", "us-east-1").image(image));
    let findings = world.davy();
    let told: Vec<&str> =
        findings.of(IMAGE).iter().filter(|finding| finding.time > at("2026-02-10 00:00")).map(|f| &*f.value).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    let finding = findings.one(IMAGE, "ami-miner-copy");
    assert_eq!(finding.requests, 2, "the image itself joins its copy");
    assert!(finding.because.iter().any(|reason| reason == "a copy of ami-miner"), "{:?}", finding.because);
    findings.one(IMAGE, "ami-refused");
}

#[test]
fn a_copy_vouches_only_from_when_it_was_made() {
    let world = ordinary().launch("2026-02-18 09:20", "alice", "us-east-1").image("ami-copy");
    let world = copy(world, "2026-02-18 10:00", "ami-base", "ami-copy");
    assert_eq!(world.davy().about(IMAGE, "ami-copy").len(), 1);
}

#[test]
fn two_copies_in_one_launch_are_one_request() {
    let world =
        copy(ordinary(), "2026-02-10 08:00", "ami-miner", "ami-copy").launch("2026-02-18 09:20", "alice", "us-east-1");
    let reader = with_last_event(&world, |event| event.image_id = ["ami-miner", "ami-copy"].map(Into::into).into());
    let finding = reader.findings.one(IMAGE, "ami-miner");
    assert_eq!((finding.requests, finding.count, finding.event_ids.len()), (1, 1, 1));
}

// Late and repeated events.

fn told_of(told: &[Finding], detection: &str) -> usize {
    told.iter().filter(|finding| &*finding.detection == detection).count()
}

#[test]
fn an_event_waits_for_older_ones() {
    let mut reader = Reader::new(story(), Some(SignedDuration::from_hours(1)));
    reader.read(batch(&ordinary().records));
    let launch = |time: &str| World::new().launch(time, "alice", "eu-north-1");
    let mut piece = |time: &str, id: &str| {
        let mut world = launch(time);
        world.records[0].id = id.to_owned();
        reader.read(batch(&world.records))
    };
    // Ordinary life ends on 5 March.
    assert_eq!(told_of(&piece("2026-03-10 10:00:00", "second"), REGION), 0, "it waits");
    assert_eq!(told_of(&piece("2026-03-10 09:00:01", "first"), REGION), 0);
    let told = piece("2026-03-10 12:00:00", "third");
    assert_eq!(told_of(&told, REGION), 1);
    let finding = told.iter().find(|finding| &*finding.detection == REGION).unwrap();
    assert_eq!((finding.time, finding.requests), (at("2026-03-10 09:00:01"), 2));
}

#[test]
fn an_event_beyond_the_bound_widens_what_is_known_and_opens_nothing() {
    let mut reader = Reader::new(story(), Some(SignedDuration::from_hours(1)));
    reader.read(batch(&ordinary().records));
    let piece = |time: &str, id: &str| {
        let mut world = World::new().launch(time, "alice", "eu-north-1");
        world.records[0].id = id.to_owned();
        batch(&world.records)
    };
    reader.read(piece("2026-03-10 10:00", "known"));
    reader.read(piece("2026-03-12 10:00", "later"));
    reader.read(piece("2026-03-08 10:00", "late"));
    // The later one has spoken, and takes it in.
    assert_eq!(reader.findings.times(REGION, "eu-north-1"), [at("2026-03-10 10:00")]);
    let entries = reader.memory.baseline(AWS, REGION).unwrap().entries();
    let first_seen = entries.iter().filter(|entry| &*entry.value == "eu-north-1").map(|entry| entry.seen.first_seen);
    assert_eq!(first_seen.collect::<Vec<_>>(), [at("2026-03-08 10:00"); 2]);
}

/// What [`Reader::written`] holds besides the number of records read, which counts what is read.
fn learned(reader: &Reader) -> serde_json::Value {
    let mut file: serde_json::Value = serde_json::from_str(&reader.written()).unwrap();
    file["coverage"].take();
    file
}

#[test]
fn reading_the_same_log_again_changes_nothing() {
    let world = ordinary().launch("2026-02-18 09:20", "mallory", "eu-north-1").count(50);
    let mut reader = reader();
    assert!(!reader.scan(&world).is_empty());
    let before = learned(&reader);
    let events = batch(&world.records).events.len() as u64;
    assert!(reader.scan(&world).is_empty());
    assert_eq!((learned(&reader), reader.memory.duplicates()), (before.clone(), events));
    let mut again = reader.restart();
    assert!(again.scan(&world).is_empty());
    assert_eq!(learned(&again), before);
}

/// Ids are let go when no window holds their events any more; a model that is a week old has
/// the longest of them.
#[test]
fn no_hour_counts_twice_when_a_long_log_is_read_again() {
    let world = World::new().hourly_life(START, 130, |hour| i64::from(hour % 6 == 0));
    let mut reader = reader();
    reader.scan(&world);
    let mut again = reader.restart();
    again.scan(&world);
    let counts = learned(&again)["products"]["AWS CloudTrail"]["counts"][COUNT]["total"].clone();
    let twice = counts.as_object().unwrap().values().filter(|count| **count != 1).count();
    assert_eq!(twice, 0);
}

#[test]
fn the_same_log_gives_the_same_ids() {
    let world = ordinary().launch("2026-02-18 09:20", "mallory", "eu-north-1").count(50);
    assert_eq!(world.davy(), world.davy());
}

#[test]
fn what_waits_is_not_lost_in_a_restart() {
    let world = ordinary().launch("2026-03-10 10:00", "alice", "eu-north-1");
    let mut reader = Reader::new(story(), Some(SignedDuration::from_hours(1)));
    reader.read(batch(&world.records));
    let mut reader = reader.restart();
    reader.scan(&world);
    assert_eq!(reader.findings.about(REGION, "eu-north-1").len(), 1);
}

#[test]
fn ordinary_life_is_quiet() {
    let findings = read(&ordinary()).findings;
    assert_eq!(findings.0.len(), 0, "{:#?}", findings.0.values().map(|finding| &finding.message).collect::<Vec<_>>());
}

#[test]
fn memory_read_back_finds_the_same() {
    let before = ordinary().launch("2026-02-18 09:20", "alice", "ap-south-1");
    let mut attack = World::new()
        .launch("2026-03-10 03:10", "mallory", "eu-north-1")
        .count(50)
        .image("ami-miner")
        .launch("2026-03-10 09:10", "alice", "us-east-1")
        .launch("2026-03-10 09:20", "alice", "ap-south-1");
    for (number, record) in attack.records.iter_mut().enumerate() {
        record.id = format!("attack-{number}");
    }
    let mut awake = read(&before);
    let mut restarted = read(&before).restart();
    assert_eq!(restarted.written(), awake.written(), "the file is read back as it was");
    let told = awake.scan(&attack);
    assert!(told.len() > 4, "{told:#?}");
    assert_eq!(restarted.scan(&attack), told);
    assert_eq!(restarted.written(), awake.written());
}

#[test]
fn a_file_of_another_kind_is_refused() {
    for (text, expected) in [
        (r#"{"format":"davy-baseline","version":3}"#, "version 3"),
        (r#"{"format":"something","version":1}"#, "format `something`"),
        ("{", "cannot read baseline"),
    ] {
        let error = detect::read_memory(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

// The original's tables.

fn import(reader: &mut Reader, name: &str, table: &str) -> usize {
    let detection = detection(name);
    let calendar = reader.detector.calendar().clone();
    import_lookup(&mut reader.memory, &lookup_of(&detection), &calendar, table.as_bytes()).unwrap()
}

fn lookup_of(detection: &Detection) -> LookupOf<'_> {
    let Kind::NewValue(rule) = &detection.kind else { panic!("{} has no lookup", detection.name) };
    let lookup = rule.lookup.as_ref().unwrap();
    LookupOf { vendor_product: AWS, detection: &detection.detection, rule, lookup }
}

/// One row, seen from the first to the last time.
fn table(key: &str, value: &str, first: &str, last: &str, enough_data: u8) -> String {
    let (first, last) = (at(first).as_second(), at(last).as_second());
    format!(
        "{key},firstTimeSeen,lastTimeSeen,enough_data\n{value},{first}.000000,{last},{enough_data}\nunknown,1,2,0\n"
    )
}

#[test]
fn an_imported_table_opens_the_gate_and_vouches() {
    // Davy has read nothing but this one day.
    let world =
        World::new().launch("2026-02-18 09:20", "alice", "us-east-1").launch("2026-02-18 09:30", "alice", "eu-north-1");
    let regions = |enough| table("vendor_region", "us-east-1", "2025-12-01 00:00", "2026-02-17 12:00", enough);
    for (enough, expected) in [(1, vec!["eu-north-1"]), (0, vec![])] {
        let mut reader = reader();
        assert_eq!(import(&mut reader, REGION, &regions(enough)), 1, "`unknown` is nobody's region");
        reader.scan(&world);
        let told: Vec<&str> = reader.findings.of(REGION).iter().map(|finding| &*finding.value).collect();
        assert_eq!(told, expected, "enough_data {enough}");
        assert!(reader.findings.of(REGION).iter().all(|finding| finding.scopes == [Scope::Organization]));
    }
}

#[test]
fn an_imported_name_vouches_for_its_principals() {
    let world = World::new()
        .launch("2026-02-18 09:20", "alice", "us-east-1")
        .launch("2026-02-18 09:30", "role/ci:build", "us-east-1")
        .launch("2026-02-18 09:40", "mallory", "us-east-1");
    let mut reader = reader();
    for name in ["alice", "ci"] {
        import(&mut reader, USER, &table("user", name, "2025-12-01 00:00", "2026-02-17 12:00", 1));
    }
    let mut reader = reader.restart();
    reader.scan(&world);
    let told: Vec<String> = reader.findings.of(USER).iter().map(|finding| finding.value.to_string()).collect();
    assert_eq!(told, [user(MAIN, "mallory")]);
}

#[test]
fn a_table_goes_out_as_it_came_in() {
    let reader = read(&ordinary());
    let detection = detection(REGION);
    let mut file = Vec::new();
    export_lookup(&reader.memory, &lookup_of(&detection), reader.detector.calendar(), &mut file).unwrap();
    let (first, last) = (at("2026-01-05 09:15").as_second(), at("2026-03-05 14:15").as_second());
    let expected = format!("vendor_region,firstTimeSeen,lastTimeSeen,enough_data\nus-east-1,{first},{last},1\n");
    assert_eq!(String::from_utf8(file).unwrap(), expected);
}

// A sixth detection.

#[test]
fn a_detection_is_a_file() {
    let text = r#"
        name = "Cloud Compute Instance Created By Previously Unseen Tool"
        id = "4d1f0b52-5b0e-4c3c-9d0f-0d9f6b7f7c11"
        title = "new tool"
        kind = "new_value"
        message = "{user} {did} {instances} with {value} (new to the {scopes})"

        [where]
        action = ["created"]
        object_category = ["instance"]
        outcome = ["ok"]

        [risk]
        ok = 20
        refused = 0
        dry_run = 0

        [new_value]
        field = "user_agent"
        scopes = ["organization"]
        warm_up_days = 3
        forget_after_days = 30
    "#;
    let detection = Detection::parse("new_tool", text).unwrap();
    let world = covered_since("2026-02-01 00:00")
        .launch("2026-02-02 09:00", "alice", "us-east-1")
        .agent("console")
        .launch("2026-02-18 09:00", "alice", "us-east-1")
        .agent("console")
        .launch("2026-02-18 10:00", "alice", "us-east-1")
        .agent("Boto3/1.0")
        .launch("2026-02-18 11:00", "alice", "us-east-1")
        .launch("2026-02-18 12:00", "alice", "us-east-1")
        .agent("curl")
        .ended(Outcome::Denied);
    let mut reader = Reader::new(vec![detection], None);
    reader.scan(&world);
    let told: Vec<&str> = reader.findings.0.values().map(|finding| &*finding.message).collect();
    let alice = user(MAIN, "alice");
    assert_eq!(told, [format!("{alice} launched 1 instance (i-e000003-0) with Boto3/1.0 (new to the organization)")]);
}

// Counts.

/// Six weeks in which every even hour sees a request: a mean of a half, a bound of 2.65.
fn busy() -> World {
    World::new().hourly_life(START, 42, |hour| i64::from(hour % 2 == 0))
}

/// `count` single launches, a minute apart.
fn burst(world: World, start: Timestamp, who: &str, count: i64) -> World {
    (0..count).fold(world, |world, minute| world.launch_at(start + SignedDuration::from_mins(minute), who, "us-east-1"))
}

#[test]
fn a_count_is_told_with_the_event_that_crosses() {
    let world = burst(busy(), at("2026-02-16 09:10"), "mallory", 5);
    let mut reader = Reader::new(story(), Some(SignedDuration::ZERO));
    let mut told = Vec::new();
    for record in &world.records {
        let now = reader.read(batch([record]));
        told.extend(now.into_iter().filter(|finding| &*finding.detection == COUNT && record.who == "mallory"));
    }
    let seen: Vec<_> = told.iter().map(|finding| (finding.last_time, finding.count, finding.event_ids.len())).collect();
    assert_eq!(seen, [(at("2026-02-16 09:12"), 3, 3), (at("2026-02-16 09:13"), 4, 4), (at("2026-02-16 09:14"), 5, 5)]);
    assert!(told.iter().all(|finding| finding.id == told[0].id && finding.first_time == at("2026-02-16 09:10")));
    let distance = told[2].distance_from_threshold.unwrap();
    assert!((distance - (5.0 - 0.5 * 200_f64.ln())).abs() < 1e-9, "{distance}");
}

#[test]
fn bursts_within_a_day_are_one_finding() {
    let bursts = ["2026-02-16 09:10", "2026-02-16 12:10", "2026-02-17 09:09", "2026-02-17 09:20"];
    let world = bursts.iter().fold(busy(), |world, start| burst(world, at(start), "mallory", 4));
    let findings = world.davy();
    let told = findings.about(COUNT, &user(MAIN, "mallory"));
    let told: Vec<_> = told.iter().map(|finding| (finding.time, finding.first_time, finding.count)).collect();
    // The third burst crosses at 09:11, within the day; its fourth event comes when the day is over.
    assert_eq!(
        told,
        [(at("2026-02-16 09:12"), at("2026-02-16 09:10"), 11), (at("2026-02-17 09:12"), at("2026-02-17 09:12"), 5),]
    );
}

#[test]
fn refused_launches_are_not_counted() {
    let world = (0..9).fold(busy(), |world, minute| {
        world.launch_at(at("2026-02-16 09:10") + minute.minutes(), "mallory", "us-east-1").ended(Outcome::Quota)
    });
    assert!(world.davy().about(COUNT, &user(MAIN, "mallory")).is_empty());
}

#[test]
fn a_sparse_user_and_a_nightly_batch_are_held_to_their_own() {
    let day = |day: i64| at(START) + SignedDuration::from_hours(24 * day);
    let world = (0..40).fold(World::new().quiet_life(MAIN, 42), |world, number| {
        let nightly = world.launch_at(day(number) + 2.hours(), "role/nightly:batch", "us-east-1").count(80);
        if number % 5 == 0 { nightly.launch_at(day(number) + 10.hours(), "carol", "us-east-1") } else { nightly }
    });
    let world = world.launch_at(day(40) + 2.hours(), "role/nightly:batch", "us-east-1").count(85);
    let world = world.launch_at(day(40) + 11.hours(), "carol", "us-east-1").count(20);
    let findings = world.davy();
    let since =
        |value: &str| findings.times(COUNT_BY_USER, value).into_iter().filter(|time| *time >= day(14)).collect();
    let nightly: Vec<Timestamp> = since(&format!("arn:aws:iam::{MAIN}:role/nightly"));
    assert_eq!(nightly, []);
    assert_eq!(since(&user(MAIN, "carol")), [day(40) + 11.hours()]);
}

#[test]
fn a_model_is_rebuilt_at_the_midnight_that_begins_a_week() {
    // Ordinary for three weeks; from then on, four times as much.
    let requests = |hour: i64| if hour < 21 * 24 { 1 } else { 4 };
    let world = World::new().hourly_life(START, 35, |hour| i64::from(hour % 2 == 0) * requests(hour));
    let mut reader = Reader::new(vec![detection(COUNT)], Some(SignedDuration::ZERO));
    let mut means: Vec<(String, String)> = Vec::new();
    for record in &world.records {
        reader.read(batch([record]));
        let counts = reader.memory.counts(AWS, COUNT).unwrap();
        let Some((_, fit)) = counts.fits().find(|(group, _)| group.hour_of_day == 8 && !group.weekend) else {
            continue;
        };
        let mean = format!("{:.3} of {}", fit.mean(), fit.rows);
        if means.last().is_none_or(|(_, last)| *last != mean) {
            means.push((record.time.strftime("%a %d %b").to_string(), mean));
        }
    }
    let days: Vec<&str> = means.iter().map(|(day, _)| &**day).collect();
    // Every midnight that adds a weekday for a fortnight from the first Sunday on, then on Sundays.
    let daily = ["Tue 06 Jan", "Wed 07 Jan", "Thu 08 Jan", "Fri 09 Jan", "Sat 10 Jan"];
    assert_eq!(days[..5], daily);
    assert_eq!(days[days.len() - 2..], ["Sun 01 Feb", "Sun 08 Feb"], "{days:?}");
}

#[test]
fn a_burst_across_a_restart_is_one_burst() {
    let mut reader = read(&burst(busy(), at("2026-02-16 09:10"), "mallory", 2)).restart();
    let mut rest = burst(World::new(), at("2026-02-16 09:20"), "mallory", 2);
    for record in &mut rest.records {
        record.id = format!("rest-{}", record.id);
    }
    let told = reader.scan(&rest);
    assert_eq!(told_of(&told, COUNT), 1);
}

/// In Kolkata a day begins in the middle of an hour of absolute time.
#[test]
fn an_hour_across_a_midnight_is_one_hour() {
    let world = World::new().hourly_life(START, 42, |hour| i64::from(hour % 2 == 0));
    let world = burst(world, at("2026-02-14 18:28"), "mallory", 4); // Sunday begins at 18:30
    let findings = world.davy_in(detect::Calendar::new("Asia/Kolkata").unwrap());
    let counted: Vec<u64> = findings.about(COUNT, &user(MAIN, "mallory")).iter().map(|finding| finding.count).collect();
    assert_eq!(counted, [4]);
}

#[test]
fn what_is_unlearned_is_new_again() {
    let mut reader = read(&ordinary());
    assert_eq!(reader.memory.baseline_mut(AWS, REGION).forget("us-east-1", None), 2);
    let mut world = World::new().launch("2026-03-10 09:20", "alice", "us-east-1");
    world.records[0].id = "again".to_owned();
    let told = reader.scan(&world);
    assert_eq!(told_of(&told, REGION), 1);
}
