//! Where Davy departs from the original on purpose: each defect shown on the original, and
//! Davy's answer to the same log. The page is `stories/cloud-cryptomining/deviations.md`.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod original;
mod world;

use std::{collections::BTreeSet, fs};

use detect::Calendar;
use jiff::{SignedDuration, tz::TimeZone};
use model::{Outcome, Scope};

use original::{Original, Rule};
use world::{COUNT, COUNT_BY_USER, IMAGE, MAIN, OTHER, REGION, Reader, START, TYPE, USER, World, at, user};

/// Two months of ordinary life; what a test adds happens in their middle, between Mondays and Fridays.
fn ordinary() -> World {
    World::new().ordinary_life(60)
}

/// A busier estate: a request in every even hour, so that every group of hours has a model.
fn busy() -> World {
    World::new().hourly_life(START, 42, |hour| i64::from(hour % 2 == 0))
}

#[test]
fn d01_a_lone_launch_at_night_in_a_new_region() {
    let attack = |world: World| world.launch("2026-02-18 03:10", "alice", "ap-southeast-2");
    let world = attack(ordinary());
    assert!(world.original().about(Rule::Region, "ap-southeast-2").is_empty());
    assert_eq!(world.davy().times(REGION, "ap-southeast-2"), [at("2026-02-18 03:10")]);
    // An ordinary launch in the same hour would have opened the original's gate.
    let accompanied = attack(ordinary().launch("2026-02-18 03:20", "alice", "us-east-1"));
    assert_eq!(accompanied.original().about(Rule::Region, "ap-southeast-2").len(), 1);
}

#[test]
fn d02_a_bucket_or_a_user_is_not_a_launch() {
    let world = ordinary()
        .request("2026-02-18 09:20", "CreateBucket", "bob", "us-east-1")
        .request("2026-02-18 09:25", "CreateUser", "alice", "us-east-1")
        .made("newcomer");
    let heard = world.original();
    assert_eq!(heard.about(Rule::User, "bob").len(), 1);
    assert_eq!(heard.about(Rule::User, "newcomer").len(), 1, "who never did anything");
    let findings = world.davy();
    assert!(findings.about(USER, &user(MAIN, "bob")).is_empty());
    assert!(findings.about(USER, &user(MAIN, "newcomer")).is_empty());
}

#[test]
fn d03_a_log_group_does_not_make_a_region_used() {
    let world = ordinary().request("2026-02-10 09:20", "CreateLogGroup", "alice", "eu-north-1").launch(
        "2026-02-18 09:20",
        "alice",
        "eu-north-1",
    );
    let alerts: Vec<_> = world.original().about(Rule::Region, "eu-north-1").iter().map(|alert| alert.run).collect();
    assert_eq!(alerts, [at("2026-02-10 10:00")], "the log group wakes somebody, the launch does not");
    assert_eq!(world.davy().times(REGION, "eu-north-1"), [at("2026-02-18 09:20")]);
}

#[test]
fn d04_a_refused_launch_teaches_nothing() {
    let world = ordinary().launch("2026-02-16 09:20", "alice", "ap-southeast-2").ended(Outcome::Denied).launch(
        "2026-02-18 09:20",
        "alice",
        "ap-southeast-2",
    );
    let alerts: Vec<_> = world.original().about(Rule::Region, "ap-southeast-2").iter().map(|alert| alert.run).collect();
    assert_eq!(alerts, [at("2026-02-16 10:00")], "the success two days later is taken for normal");
    let findings = world.davy();
    let told: Vec<_> =
        findings.of(REGION).iter().map(|finding| (finding.time, finding.outcome, finding.risk_score)).collect();
    assert_eq!(told, [(at("2026-02-16 09:20"), Outcome::Denied, 21), (at("2026-02-18 09:20"), Outcome::Ok, 42)]);
}

#[test]
fn d05_a_launch_template_hides_image_and_type() {
    let world =
        ordinary().launch("2026-02-18 09:20", "alice", "us-east-1").image("ami-miner").ty("p3.16xlarge").by_template();
    let heard = world.original();
    assert!(heard.about(Rule::Image, "ami-miner").is_empty());
    assert!(heard.about(Rule::Type, "p3.16xlarge").is_empty());
    let findings = world.davy();
    assert_eq!(findings.one(IMAGE, "ami-miner").risk_score, 36);
    assert_eq!(findings.one(TYPE, "p3.16xlarge").risk_score, 30);
}

#[test]
fn d06_a_long_silence_is_not_a_new_beginning() {
    // Launches until 3 February, then none for 100 days; the log goes on.
    let world = World::new()
        .ordinary_life(30)
        .quiet_life(MAIN, 140)
        .launch("2026-05-14 09:15", "alice", "us-east-1")
        .launch("2026-05-18 09:15", "alice", "us-east-1")
        .launch("2026-05-18 09:30", "mallory", "ap-southeast-2");
    let heard = world.original();
    assert!(heard.about(Rule::User, "mallory").is_empty());
    assert!(heard.about(Rule::Region, "ap-southeast-2").is_empty());
    let enough: Vec<_> = heard.original.table(Rule::Region).values().map(|row| row.enough_data).collect();
    assert_eq!(enough, [Some(false), Some(false)], "the emptied table has gone back to warm-up");
    let findings = world.davy();
    findings.one(USER, &user(MAIN, "mallory"));
    findings.one(REGION, "ap-southeast-2");
}

#[test]
fn d07_the_weekly_rebuild_blinds_and_forgets() {
    let world = ordinary()
        .launch("2026-02-15 09:30", "mallory", "us-east-1") // a Sunday
        .launch("2026-02-14 09:30", "alice", "eu-north-1") // the Saturday before it
        .launch("2026-02-18 09:30", "alice", "eu-north-1");
    let heard = world.original();
    assert!(heard.about(Rule::User, "mallory").is_empty(), "no enough_data from Sunday 02:00 to Monday 00:10");
    let alerts: Vec<_> = heard.about(Rule::Region, "eu-north-1").iter().map(|alert| alert.run).collect();
    assert_eq!(alerts, [at("2026-02-14 10:00"), at("2026-02-18 10:00")], "Saturday's discovery is made again");
    let findings = world.davy();
    assert_eq!(findings.times(USER, &user(MAIN, "mallory")), [at("2026-02-15 09:30")]);
    assert_eq!(findings.times(REGION, "eu-north-1"), [at("2026-02-14 09:30")]);
}

#[test]
fn d08_an_hour_judged_in_two_pieces() {
    let burst = |minutes: [&str; 3]| {
        minutes
            .iter()
            .fold(busy(), |world, minute| world.launch(&format!("2026-02-11 09:{minute}"), "mallory", "us-east-1"))
    };
    let split = burst(["30", "45", "55"]);
    assert!(split.original().about(Rule::Count, "mallory").is_empty(), "two and one, never three");
    assert_eq!(burst(["10", "20", "30"]).original().about(Rule::Count, "mallory").len(), 1);
    let findings = split.davy();
    let finding = findings.one(COUNT, &user(MAIN, "mallory"));
    assert_eq!((finding.count, finding.last_time), (3, at("2026-02-11 09:55")));
}

#[test]
fn d09_fifty_instances_in_one_request() {
    let world = busy().launch("2026-02-11 09:30", "mallory", "us-east-1").count(50);
    assert!(world.original().about(Rule::Count, "mallory").is_empty(), "one request counts one");
    let findings = world.davy();
    let finding = findings.one(COUNT, &user(MAIN, "mallory"));
    assert_eq!((finding.count, finding.requests), (50, 1));
}

#[test]
fn d10_one_user_in_a_busy_estate() {
    let carol = |world: World, day: i64| {
        world.launch_at(at(START) + SignedDuration::from_mins(day * 1440 + 630), "carol", "us-east-1")
    };
    let estate = (0..28).fold(World::new().hourly_life(START, 28, |hour| 16 * (hour % 2)), carol);
    let world = (0..30).fold(estate, |world, minute| {
        world.launch_at(at("2026-02-01 10:00") + SignedDuration::from_mins(minute), "carol", "us-east-1")
    });
    assert!(world.original().about(Rule::Count, "carol").is_empty(), "far from five times the estate's mean");
    let findings = world.davy();
    let carol = user(MAIN, "carol");
    assert!(findings.about(COUNT, &carol).is_empty(), "the conforming rule asks the same question");
    assert_eq!(findings.one(COUNT_BY_USER, &carol).scopes, [Scope::Account]);
    let builder = format!("arn:aws:iam::{MAIN}:role/ci");
    assert!(findings.about(COUNT_BY_USER, &builder).iter().all(|finding| finding.time < at("2026-01-20 00:00")));
}

#[test]
fn d11_one_quiet_group_destroys_the_model() {
    // Nobody launches anything after eight in the evening.
    let estate = World::new().hourly_life(START, 42, |hour| i64::from(hour % 24 < 20 && hour % 2 == 0));
    let world = (0..40).fold(estate, |world, minute| {
        world.launch_at(at("2026-02-11 09:00") + SignedDuration::from_mins(minute), "mallory", "us-east-1")
    });
    let heard = world.original();
    assert!(heard.original.model.is_none());
    assert!(heard.about(Rule::Count, "mallory").is_empty());
    assert_eq!(world.davy().one(COUNT, &user(MAIN, "mallory")).count, 40);
}

#[test]
fn d12_the_hours_before_the_first_launch_are_hours_too() {
    // Six weeks of logs, the first two without a launch.
    let world = World::new()
        .quiet_life(MAIN, 42)
        .hourly_life("2026-01-19 00:00", 28, |hour| i64::from(hour % 2 == 0))
        .launch("2026-02-17 09:20", "mallory", "us-east-1")
        .launch("2026-02-17 09:30", "mallory", "us-east-1");
    let heard = world.original();
    assert!(heard.original.model.is_some());
    assert!(heard.about(Rule::Count, "mallory").is_empty(), "two are below a bound of 2.65");
    let findings = world.davy();
    let bound = findings.one(COUNT, &user(MAIN, "mallory")).expected_upper_threshold.unwrap();
    assert!((1.5..2.0).contains(&bound), "{bound}");
}

#[test]
fn d13_hours_belong_to_a_time_zone_somebody_chose() {
    // Quiet nights and busy days, in UTC.
    let requests =
        |hour: i64| if (8..20).contains(&(hour % 24)) { 6 * ((hour + 1) % 2) } else { i64::from(hour % 4 == 0) };
    let estate = World::new().hourly_life(START, 42, requests);
    let world = (0..5).fold(estate, |world, minute| {
        world.launch_at(at("2026-02-11 05:30") + SignedDuration::from_mins(minute), "mallory", "us-east-1")
    });
    let new_york = TimeZone::get("America/New_York").unwrap();
    let alerts = |zone: TimeZone| world.original_of(zone).about(Rule::Count, "mallory").len();
    assert_eq!((alerts(TimeZone::UTC), alerts(new_york)), (1, 0), "it depends on who saved the search");
    let told = |calendar: Calendar| world.davy_in(calendar).about(COUNT, &user(MAIN, "mallory")).len();
    assert_eq!(told(Calendar::utc()), 1, "unless said otherwise");
    assert_eq!(told(Calendar::new("America/New_York").unwrap()), 0, "said otherwise");
}

#[test]
fn d14_a_record_that_arrives_late() {
    let world = ordinary()
        .launch("2026-02-18 09:30", "mallory", "us-east-1")
        .arriving("2026-02-18 12:45")
        .launch("2026-02-19 14:30", "trudy", "us-east-1")
        .arriving("2026-02-20 00:20");
    let heard = world.original();
    assert!(heard.about(Rule::User, "mallory").is_empty(), "no run looked at both that hour and that record");
    assert!(heard.about(Rule::User, "trudy").is_empty());
    let mut original = Original::new(TimeZone::UTC);
    original.run(&world.changes(), at(START), at("2026-02-21 23:00"));
    assert!(!original.table(Rule::User).contains_key("trudy"), "nor did an Update learn it");
    // Even for a bound on lateness that both exceed.
    let mut reader = Reader::new(world::story(), Some(SignedDuration::from_hours(1)));
    for record in world.arrivals() {
        reader.read(world::batch([record]));
    }
    for name in ["mallory", "trudy"] {
        reader.findings.one(USER, &user(MAIN, name));
    }
}

#[test]
fn d15_one_finding_instead_of_a_day_of_alerts() {
    let world = (0..24).fold(ordinary(), |world, hour| {
        let time = at("2026-02-17 10:20") + SignedDuration::from_hours(hour);
        let world = world.launch_at(time, "alice", "ap-southeast-2");
        world.launch_at(time, "alice", "us-east-1")
    });
    let alerts = world.original().about(Rule::Region, "ap-southeast-2").len();
    assert!(alerts >= 23, "{alerts}");
    assert_eq!(world.davy().one(REGION, "ap-southeast-2").requests, 24);
}

#[test]
fn d16_a_bare_name_is_not_a_person() {
    let world = ordinary()
        .quiet_life(OTHER, 60)
        .launch("2026-02-10 09:20", "service", "us-east-1")
        .launch("2026-02-18 09:20", "alice", "us-east-1")
        .account(OTHER)
        .launch("2026-02-19 09:20", "root", "us-east-1");
    let heard = world.original();
    assert_eq!(heard.about(Rule::User, "alice"), Vec::<&original::Alert>::new(), "another account's alice");
    let unknown: Vec<_> = heard.about(Rule::User, "unknown").iter().map(|alert| alert.run).collect();
    assert_eq!(unknown, [at("2026-02-10 10:00")], "a service has vouched for the root");
    let findings = world.davy();
    assert_eq!(findings.one(USER, &user(OTHER, "alice")).vendor_account.as_deref(), Some(OTHER));
    findings.one(USER, &format!("arn:aws:iam::{MAIN}:root"));
    // Sessions of a role stay one user, and the session is told.
    let session = ordinary().launch("2026-02-18 09:20", "role/admin:mallory", "us-east-1").davy();
    let finding = session.one(USER, &format!("arn:aws:iam::{MAIN}:role/admin"));
    assert_eq!(finding.session.as_deref(), Some("mallory"));
}

#[test]
fn d17_a_region_normal_elsewhere() {
    let world = ordinary().quiet_life(OTHER, 60).launch("2026-02-18 09:20", "alice", "us-east-1").account(OTHER);
    assert!(world.original().about(Rule::Region, "us-east-1").is_empty());
    let findings = world.davy();
    let told: Vec<_> = findings.about(REGION, "us-east-1");
    assert_eq!(told.len(), 1);
    assert_eq!((&*told[0].scopes, told[0].vendor_account.as_deref()), (&[Scope::Account][..], Some(OTHER)));
}

#[test]
fn d18_a_launch_without_a_region() {
    let world = ordinary().launch("2026-02-18 09:20", "mallory", "us-east-1").without_region();
    let heard = world.original();
    let regions: Vec<_> =
        heard.about(Rule::User, "mallory").iter().map(|alert| alert.vendor_region.as_deref()).collect();
    assert_eq!(regions, [Some("null")], "a region of that name");
    assert!(heard.alerts.iter().all(|alert| alert.rule != Rule::Region), "and one rule that never heard of it");
    let findings = world.davy();
    assert_eq!(findings.one(USER, &user(MAIN, "mallory")).vendor_region, None);
    assert!(findings.of(REGION).iter().all(|finding| finding.time < at("2026-02-18 00:00")));
    assert!(findings.about(REGION, "").is_empty());
}

#[test]
fn d19_where_a_refused_launch_took_place() {
    let world = ordinary().launch("2026-02-18 09:20", "mallory", "ap-southeast-2").ended(Outcome::Quota);
    let heard = world.original();
    let dest = |rule: Rule, value: &str| heard.about(rule, value)[0].dest.clone();
    assert_eq!(dest(Rule::User, "mallory"), ["ec2.amazonaws.com"]);
    assert_eq!(dest(Rule::Region, "ap-southeast-2"), ["unknown"]);
    let findings = world.davy();
    for finding in [findings.one(USER, &user(MAIN, "mallory")), findings.one(REGION, "ap-southeast-2")] {
        assert_eq!(finding.object_id.len(), 0, "nothing was made, nothing is named");
        assert_eq!(finding.outcome, Outcome::Quota);
    }
}

#[test]
fn d20_a_message_that_says_something() {
    let world = (0..4).fold(busy(), |world, minute| {
        world.launch_at(at("2026-02-11 09:10") + SignedDuration::from_mins(minute), "mallory", "us-east-1")
    });
    let heard = world.original();
    assert_eq!(heard.about(Rule::Count, "mallory")[0].message, "tbd");
    let findings = world.davy();
    let finding = findings.one(COUNT, &user(MAIN, "mallory"));
    for fact in ["user/mallory", MAIN, "us-east-1", "4 instances", "i-e", "at most 2.6"] {
        assert!(finding.message.contains(fact), "`{fact}` in {}", finding.message);
    }
    assert!(finding.because.iter().any(|reason| reason.contains("weekdays 08:00-12:00")), "{:?}", finding.because);
}

#[test]
fn d21_a_copied_image_is_the_same_image() {
    let world = ordinary()
        .request("2026-02-17 12:00", "CopyImage", "alice", "eu-north-1")
        .image("ami-base")
        .made("ami-copy")
        .launch("2026-02-18 09:20", "alice", "us-east-1")
        .image("ami-copy");
    assert_eq!(world.original().about(Rule::Image, "ami-copy").len(), 1);
    assert!(world.davy().about(IMAGE, "ami-copy").is_empty());
}

#[test]
fn d22_ninety_days_end_when_they_end() {
    // Last seen in the middle of 5 January: forgotten from midnight of 6 April on.
    let world = World::new().quiet_life(MAIN, 120).launch("2026-01-05 12:00", "alice", "us-east-1").image("ami-old");
    let mut original = Original::new(TimeZone::UTC);
    original.run(&world.changes(), at(START), at("2026-04-06 00:09"));
    assert!(original.table(Rule::Image).contains_key("ami-old"), "expired, and in the table until the next Update");
    original.run(&world.changes(), at("2026-04-05 23:00"), at("2026-04-06 00:10"));
    assert!(!original.table(Rule::Image).contains_key("ami-old"));
    for (again, told) in [("2026-04-05 23:59:59", 0), ("2026-04-06 00:00:00", 1)] {
        let findings = world.clone().launch(again, "alice", "us-east-1").image("ami-old").davy();
        let told_now = findings.times(IMAGE, "ami-old").into_iter().filter(|time| *time == at(again)).count();
        assert_eq!(told_now, told, "{again}");
    }
}

#[test]
fn the_page_and_the_tests_name_each_other() {
    let page = fs::read_to_string(world::story_folder().join("deviations.md")).unwrap();
    let tests: BTreeSet<&str> = include_str!("deviations.rs").lines().filter_map(test_name).collect();
    let named: BTreeSet<&str> = page.split('`').skip(1).step_by(2).filter(|code| is_test_name(code)).collect();
    assert_eq!(named, tests);
    let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## D")).collect();
    assert_eq!(sections.len(), tests.len());
    for (number, section) in (1..).zip(sections) {
        assert!(section.starts_with(&format!("{number}. ")), "D{section} is out of order");
    }
}

fn test_name(line: &str) -> Option<&str> {
    let name = line.strip_prefix("fn ")?.split_once('(')?.0;
    is_test_name(name).then_some(name)
}

/// `d01_…`
fn is_test_name(name: &str) -> bool {
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    name.strip_prefix('d').and_then(|rest| rest.split_once('_')).is_some_and(|(number, _)| digits(number))
}
