//! Incidents over histories written by hand: thefts that are known from reports, and the ordinary
//! life that looks like them.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

#[allow(dead_code, reason = "every test binary uses its own part of the world")]
mod tale;
mod world;

use model::{Action, IncidentStatus, Outcome, Severity};

use tale::{REGIONS, Tale, role, user};

#[test]
fn a_leaked_key_that_walks_through_the_regions_is_high_at_its_third() {
    let mut tale = Tale::of_ordinary_life();
    for (minute, region) in REGIONS.iter().enumerate() {
        tale.launch(&format!("2026-02-18 03:0{minute}"), &user("svc-backup"), region).ty("c5a.24xlarge").count(4);
    }
    let incident = tale.incident_of(&user("svc-backup"));
    assert!(incident.severity >= Severity::High, "{:#?}", incident.score_terms);
    assert_eq!((incident.instances.launched, incident.regions.len()), (24, 6));
    let high = incident.crossings.iter().find(|crossing| crossing.severity >= Severity::High).unwrap();
    assert!(high.time <= world::at("2026-02-18 03:02"), "{:?}", incident.crossings);
    assert!(incident.usd_per_hour.low > 80.0);
}

#[test]
fn a_quarantined_key_that_only_fails_is_high_at_its_first_try() {
    let mut tale = Tale::of_ordinary_life();
    tale.quarantine("2026-02-18 02:56", "svc-backup");
    assert_eq!(tale.clone().incidents()[0].severity, Severity::Low, "a leak alone is worth a look");
    tale.launch("2026-02-18 03:00", &user("svc-backup"), "us-east-1").ty("m5.large").ended(Outcome::Denied);
    let incident = tale.incident_of(&user("svc-backup"));
    assert_eq!(incident.severity, Severity::High, "{:#?}", incident.score_terms);
    assert_eq!(incident.first_time, world::at("2026-02-18 02:56"));
    assert_eq!(incident.instances.launched, 0);
}

#[test]
fn what_a_group_launches_is_charged_to_whoever_made_it() {
    let mut tale = Tale::of_ordinary_life();
    tale.group("2026-02-18 03:00", &user("svc-backup"), "eu-north-1", "web", 999);
    for minute in 1..6 {
        let time = format!("2026-02-18 03:0{minute}");
        tale.launch(&time, &tale::SCALING, "eu-north-1").ty("g4dn.12xlarge").count(4).of_group("web");
    }
    let incident = tale.incident_of(&user("svc-backup"));
    assert!(incident.severity >= Severity::High, "{:#?}", incident.score_terms);
    assert_eq!(incident.instances.launched, 20);
    assert!(incident.principals.contains(&tale::SCALING.id.into()));
    assert!(incident.score_terms.iter().all(|term| &*term.group != "context"));
    assert!(tale.told(&tale::SCALING).is_none(), "the service is not to blame");
}

#[test]
fn an_old_group_that_grows_is_ordinary() {
    let mut tale = Tale::of_ordinary_life();
    for minute in 0..10 {
        let time = format!("2026-02-18 12:0{minute}");
        tale.launch(&time, &tale::SCALING, "us-east-1").ty("m5.large").count(20).of_group("shop");
    }
    assert!(tale.incidents().is_empty());
}

#[test]
fn a_controller_that_tries_all_types_every_day_is_ordinary() {
    let controller = role("karpenter");
    let mut tale = Tale::of_ordinary_life();
    for day in 6..31 {
        tale.launch(&format!("2026-01-{day:02} 10:00"), &controller, "us-east-1").ty("m5.large");
    }
    for (hour, ty) in ["c6a.24xlarge", "m6i.8xlarge", "r6i.4xlarge", "c5.9xlarge", "m5.12xlarge"].iter().enumerate() {
        let time = |minute: u8| format!("2026-02-18 {:02}:{minute:02}", 8 + hour);
        tale.launch(&time(0), &controller, "us-east-1").ty(ty).ended(Outcome::DryRun);
        tale.launch(&time(1), &controller, "us-east-1").ty(ty).ended(Outcome::Capacity);
        tale.launch(&time(2), &controller, "us-east-1").ty(ty);
    }
    assert!(tale.incidents().is_empty(), "{:#?}", tale.incidents());
}

#[test]
fn a_stolen_role_that_makes_keys_is_one_incident_with_what_the_keys_did() {
    let mut tale = Tale::of_ordinary_life();
    let stolen = role("web-server");
    for minute in 0..6 {
        let time = format!("2026-02-18 03:0{minute}");
        tale.launch(&time, &stolen, "us-east-1").ty("c5.metal").ended(Outcome::Denied);
    }
    tale.makes_key("2026-02-18 03:09", &stolen, "AKIAEXAMPLETHIEF");
    let admin = user("joe").with_key("AKIAEXAMPLETHIEF");
    tale.launch("2026-02-18 03:25", &admin, "us-east-1").ty("c5.metal").count(14);
    tale.launch("2026-02-18 03:26", &admin, "us-east-1").ty("r5a.4xlarge").count(28);
    let incident = tale.incident_of(&stolen);
    assert!(incident.severity >= Severity::High, "{:#?}", incident.score_terms);
    assert_eq!(incident.principals.len(), 2);
    assert!(incident.score_terms.iter().any(|term| &*term.signal == "fresh_identity"));
    assert!(tale.told(&admin).is_none(), "Joe did nothing");
}

#[test]
fn a_first_machine_of_a_new_colleague_is_worth_no_alarm() {
    let mut tale = Tale::of_ordinary_life();
    tale.launch("2026-02-18 10:00", &role("colleague"), "us-east-1").ty("t3.medium");
    assert!(tale.incidents().iter().all(|incident| incident.severity <= Severity::Low));
}

#[test]
fn what_an_incident_did_is_not_learned() {
    let mut tale = Tale::of_ordinary_life();
    let thief = user("svc-backup");
    for (minute, region) in REGIONS[..4].iter().enumerate() {
        tale.launch(&format!("2026-02-18 03:0{minute}"), &thief, region).ty("p4d.24xlarge");
    }
    tale.launch("2026-02-25 03:00", &user("svc-web"), REGIONS[1]).ty("m5.large");
    let next = tale.incident_of(&user("svc-web"));
    let signals: Vec<&str> = next.score_terms.iter().map(|term| &*term.signal).collect();
    assert!(signals.contains(&"compute_created_in_unused_region"), "{signals:?}");
}

#[test]
fn small_things_do_not_add_up_over_weeks() {
    let mut tale = Tale::of_ordinary_life();
    let colleague = role("colleague");
    tale.launch("2026-02-10 10:00", &colleague, "us-east-1").ty("t3.medium");
    for (day, region) in [(12, REGIONS[0]), (15, REGIONS[1]), (18, REGIONS[2])] {
        tale.launch(&format!("2026-02-{day} 10:00"), &colleague, region).ty("t3.medium");
    }
    assert!(tale.incidents().iter().all(|incident| incident.severity <= Severity::Low));
}

#[test]
fn a_request_of_several_records_is_asked_for_once() {
    let mut tale = Tale::of_ordinary_life();
    let thief = user("svc-backup");
    tale.launch("2026-02-18 03:00", &thief, REGIONS[0]).ty("p4d.24xlarge").count(8).in_two_records();
    let incident = tale.incident_of(&thief);
    assert_eq!((incident.instances.requested, incident.instances.launched, incident.instances.alive), (8, 8, 8));
    assert_eq!(incident.event_ids.len(), 1);
}

#[test]
fn machines_that_somebody_else_stops_cost_no_more() {
    let mut tale = Tale::of_ordinary_life();
    let thief = user("svc-backup");
    tale.launch("2026-02-18 03:00", &thief, REGIONS[0]).ty("p4d.24xlarge").count(2);
    tale.terminates_all("2026-02-18 05:00", &role("responder"));
    tale.launch("2026-02-19 05:00", &role("ci"), "us-east-1").ty("m5.large");
    let incident = tale.incident_of(&thief);
    assert_eq!((incident.status, incident.instances.alive), (IncidentStatus::Contained, 0));
    assert!((80.0..100.0).contains(&incident.usd_so_far.low), "{:?}", incident.usd_so_far);
}

#[test]
fn a_hundred_thousand_principals_are_not_a_hundred_thousand_incidents() {
    let mut tale = Tale::of_ordinary_life();
    for number in 0..2000 {
        let time = world::at("2026-02-18 03:00") + jiff::SignedDuration::from_secs(number);
        tale.launch_at(time, &user(&format!("u{number}")), "us-east-1").ty("m5.large").ended(Outcome::Denied);
    }
    tale.launch("2026-02-21 03:00", &role("ci"), "us-east-1").ty("m5.large");
    assert!(tale.incidents().iter().all(|incident| incident.severity == Severity::Low));
}

#[test]
fn cutting_repeating_and_mixing_changes_no_incident() {
    let mut tale = Tale::of_ordinary_life();
    let thief = user("svc-backup");
    tale.quarantine("2026-02-18 02:56", "svc-backup");
    tale.group("2026-02-18 03:00", &thief, "eu-north-1", "web", 999);
    tale.launch("2026-02-18 03:01", &tale::SCALING, "eu-north-1").ty("g4dn.12xlarge").count(4).of_group("web");
    for (minute, region) in REGIONS.iter().enumerate() {
        tale.launch(&format!("2026-02-18 03:1{minute}"), &thief, region).ty("c5a.24xlarge");
    }
    let plain = tale.incidents();
    assert!(!plain.is_empty());
    for pieces in [2, 3, 7, 50] {
        assert_eq!(Tale::incidents_of(tale.in_pieces(pieces)), plain, "{pieces} pieces");
    }
    assert_eq!(Tale::incidents_of(tale.backwards_and_twice()), plain);
}

#[test]
fn who_has_launched_for_long_is_still_known_to_the_next_run() {
    let controller = role("karpenter");
    let (mut before, mut after) = (Tale::of_ordinary_life(), Tale::default());
    for day in 6..31 {
        before.launch(&format!("2026-01-{day:02} 10:00"), &controller, "us-east-1").ty("m5.large");
    }
    after.launch("2026-03-10 10:00", &controller, "us-east-1").ty("c5.metal").count(30);
    let incidents = before.then_in_another_run(&after);
    let terms = incidents.iter().flat_map(|incident| &incident.score_terms);
    let points: i32 = terms.clone().map(|term| term.points).sum();
    assert!(
        terms.clone().any(|term| &*term.signal == "context_seasoned_automation"),
        "{terms:#?}",
        terms = terms.collect::<Vec<_>>()
    );
    assert!(points > 15, "{points}");
}

#[test]
fn a_service_runs_at_the_size_of_its_description_until_it_wants_no_tasks_or_is_gone() {
    let thief = user("wordpress-media");
    let mut tale = Tale::of_ordinary_life();
    tale.describes("2026-02-18 03:00", &thief, "task_definition", "worker", "fargate-16-32768");
    // Of one second nobody knows the order.
    tale.serves("2026-02-18 03:00", &thief, Action::Created, &["a", "worker:1"], 25);
    tale.serves("2026-02-18 03:01", &thief, Action::Created, &["b", "worker"], 10);
    tale.serves("2026-02-18 03:02", &thief, Action::Created, &["c", "unheard-of"], 5);
    let usd = |tasks: f64| tasks * (16.0 * 0.040_48 + 32.0 * 0.004_445);
    let runs = |tale: &Tale| {
        let incident = tale.incident_of(&thief);
        (incident.instances.alive, incident.usd_per_hour.low)
    };
    let (alive, low) = runs(&tale);
    assert_eq!(alive, 40);
    assert!((low - usd(35.0)).abs() < 0.01, "{low}");
    tale.serves("2026-02-18 04:00", &user("alice"), Action::Modified, &["a"], 0);
    let (alive, low) = runs(&tale);
    assert_eq!(alive, 15);
    assert!((low - usd(10.0)).abs() < 0.01, "{low}");
    tale.serves("2026-02-18 04:01", &thief, Action::Modified, &["b"], 30);
    assert_eq!(runs(&tale).0, 35);
    for name in ["a", "b", "c"] {
        tale.serves("2026-02-18 05:00", &user("alice"), Action::Deleted, &[name], 0);
    }
    let incident = tale.incident_of(&thief);
    assert_eq!((incident.instances.alive, incident.status), (0, IncidentStatus::Contained));
    assert!(incident.usd_per_hour.high.abs() < f64::EPSILON);
    assert!(incident.usd_so_far.low > usd(25.0), "an hour of the first");
}

#[test]
fn that_somebody_is_new_to_compute_counts_once() {
    let mut tale = Tale::of_ordinary_life();
    tale.launch("2026-02-18 03:00", &user("frank"), "eu-north-1").ty("g5.12xlarge").count(2);
    tale.serves("2026-02-18 03:10", &user("frank"), Action::Created, &["a", "unheard-of"], 1);
    let terms = tale.incident_of(&user("frank")).score_terms;
    assert_eq!(terms.iter().filter(|term| &*term.title == "new user").count(), 1, "{terms:#?}");
}

#[test]
fn what_is_gone_again_and_cost_nothing_needs_nobody_unless_it_was_believed() {
    let baker = role("baker");
    let bake = |ty: &str| {
        let mut tale = Tale::of_ordinary_life();
        for (minute, region) in REGIONS[..2].iter().enumerate() {
            tale.launch(&format!("2026-02-18 03:0{minute}"), &baker, region).ty(ty);
        }
        tale
    };
    let mut small = bake("m5.large");
    assert_eq!(small.incident_of(&baker).severity, Severity::Low);
    small.terminates_all("2026-02-18 03:20", &baker);
    assert!(small.told(&baker).is_none());
    let mut large = bake("p5.48xlarge");
    let before = large.incident_of(&baker).severity;
    large.terminates_all("2026-02-18 03:20", &baker);
    assert!(before >= Severity::Medium);
    assert_eq!(large.incident_of(&baker).severity, before);
}

#[test]
fn who_grows_an_old_group_is_to_blame_only_beyond_what_it_was_allowed() {
    let grown = |most: Option<u32>| {
        let mut tale = Tale::of_ordinary_life();
        tale.resizes("2026-02-18 12:00", &user("svc-backup"), "shop", 200, most);
        for minute in 1..9 {
            let time = format!("2026-02-18 12:0{minute}");
            tale.launch(&time, &tale::SCALING, "us-east-1").ty("c5.4xlarge").count(25).of_group("shop");
        }
        tale
    };
    assert!(grown(None).incidents().is_empty(), "{:#?}", grown(None).incidents());
    assert!(grown(Some(999)).incident_of(&user("svc-backup")).instances.launched >= 200);
}

#[test]
fn without_history_a_sweep_of_large_machines_is_high_and_one_of_small_ones_is_not() {
    let sweep = |ty: &str| {
        let mut tale = Tale::default();
        for (minute, region) in REGIONS.iter().enumerate() {
            tale.launch(&format!("2026-02-18 03:0{minute}"), &user("svc-backup"), region).ty(ty);
        }
        tale.incident_of(&user("svc-backup"))
    };
    assert!(sweep("c5a.24xlarge").severity >= Severity::High, "{:#?}", sweep("c5a.24xlarge").score_terms);
    assert!(sweep("c5a.24xlarge").provisional);
    assert!(sweep("m5.large").severity < Severity::High, "{:#?}", sweep("m5.large").score_terms);
}
