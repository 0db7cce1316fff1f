//! Who is charged with what: identities that were made, given rights, or borrowed, and what
//! launches by itself. How each cloud says so is the decoders' business.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

#[allow(dead_code, reason = "every test binary uses its own part of the world")]
mod tale;
mod world;

use model::{Begotten, Severity};

use tale::{REGIONS, Tale, Who, role, user};

fn empowered(who: &Who) -> Begotten {
    Begotten::Empowered(who.id.into())
}

/// Enough machines to be believed, minute by minute.
fn sweep(tale: &mut Tale, who: &Who) {
    for (minute, region) in REGIONS.iter().enumerate() {
        tale.launch(&format!("2026-02-18 04:0{minute}"), who, region).ty("g4dn.12xlarge").count(4);
    }
}

fn has_term(tale: &Tale, who: &Who, signal: &str) -> bool {
    tale.incident_of(who).score_terms.iter().any(|term| &*term.signal == signal)
}

#[test]
fn who_was_never_seen_belongs_to_whoever_gave_him_rights() {
    let (thief, hand) = (user("svc-backup"), role("miner"));
    let mut tale = Tale::of_ordinary_life();
    tale.begets("2026-02-18 03:00", &thief, empowered(&hand));
    sweep(&mut tale, &hand);
    let incident = tale.incident_of(&thief);
    assert!(incident.severity >= Severity::High, "{:#?}", incident.score_terms);
    assert_eq!(incident.instances.launched, 24);
    assert!(tale.told(&hand).is_none());
    assert!(!has_term(&tale, &thief, "fresh_identity"), "nobody knows how old it is");
    let mut late = Tale::of_ordinary_life();
    late.begets("2026-02-10 03:00", &thief, empowered(&hand));
    sweep(&mut late, &hand);
    assert!(late.told(&thief).is_none() && late.told(&hand).is_some(), "it is nobody's after a week");
}

#[test]
fn who_has_launched_before_stays_his_own_whoever_gives_him_rights() {
    for known in [role("miner"), user("carol")] {
        let mut before = Tale::of_ordinary_life();
        before.launch("2026-01-20 10:00", &known, "us-east-1").ty("m5.large");
        let mut after = Tale::default();
        after.begets("2026-03-10 03:00", &user("admin"), empowered(&known));
        for (minute, region) in REGIONS.iter().enumerate() {
            after.launch(&format!("2026-03-10 04:0{minute}"), &known, region).ty("g4dn.12xlarge").count(4);
        }
        let roots: Vec<_> =
            before.then_in_another_run(&after).into_iter().map(|incident| incident.principal.to_string()).collect();
        assert_eq!(roots, [known.id], "in another run, too");
    }
}

#[test]
fn rights_that_the_provider_hands_out_tie_nobody() {
    let mut tale = Tale::of_ordinary_life();
    tale.begets("2026-02-18 03:00", &tale::SCALING, empowered(&role("miner")));
    sweep(&mut tale, &role("miner"));
    assert_eq!(tale.incident_of(&role("miner")).instances.launched, 24);
}

#[test]
fn rights_do_not_take_anybody_from_his_maker() {
    let (thief, made) = (user("svc-backup"), user("made"));
    let mut tale = Tale::of_ordinary_life();
    tale.begets("2026-02-18 03:00", &thief, Begotten::Principal(made.id.into()));
    tale.begets("2026-02-18 03:10", &user("admin"), empowered(&made));
    tale.begets("2026-02-18 03:20", &made, empowered(&thief));
    sweep(&mut tale, &made);
    assert_eq!(tale.incident_of(&thief).instances.launched, 24);
    assert!(has_term(&tale, &thief, "fresh_identity"));
    assert!(tale.told(&user("admin")).is_none());
}

#[test]
fn who_borrows_an_identity_is_who_acts() {
    let (thief, lent) = (user("svc-backup"), role("ci"));
    let mut tale = Tale::of_ordinary_life();
    sweep(&mut tale, &lent.clone().lent_to(&thief));
    let incident = tale.incident_of(&thief);
    assert_eq!((incident.instances.launched, incident.principals.len()), (24, 1));
    let names = incident.objects.iter().filter(|object| &*object.category == "principal");
    assert_eq!(names.map(|object| &*object.id).collect::<Vec<_>>(), [lent.id, thief.id], "both are locked out");
    assert!(tale.told(&lent).is_none() && !has_term(&tale, &thief, "fresh_identity"));
}

#[test]
fn a_borrower_who_was_made_belongs_to_his_maker() {
    let (thief, hand, lent) = (user("svc-backup"), user("hand"), role("deploy"));
    let mut tale = Tale::of_ordinary_life();
    tale.begets("2026-02-18 03:00", &thief, Begotten::Principal(hand.id.into()));
    tale.begets("2026-02-18 03:01", &thief, Begotten::Principal(lent.id.into()));
    sweep(&mut tale, &lent.lent_to(&hand));
    assert_eq!(tale.incident_of(&thief).instances.launched, 24);
    assert!(has_term(&tale, &thief, "fresh_identity"), "it acts under what its own lineage made");
    let mut other = Tale::of_ordinary_life();
    let made = role("deploy");
    other.begets("2026-02-18 03:00", &role("terraform"), Begotten::Principal(made.id.into()));
    sweep(&mut other, &made.lent_to(&thief));
    assert!(other.told(&role("terraform")).is_none(), "its maker did nothing");
    assert!(!has_term(&other, &thief, "fresh_identity"));
}

#[test]
fn a_path_is_found_wherever_the_record_of_what_is_behind_it_says_it_was() {
    let cluster = "/subscriptions/s/resourcegroups/g/clusters/c";
    let nodes = |parent: &str| {
        let mut tale = Tale::of_ordinary_life();
        tale.makes("2026-02-18 03:00", &user("svc-backup"), "", "cluster", &[cluster, "/subscriptions/s/pool"]);
        tale.launch("2026-02-18 03:10", &tale::SCALING, "eu-north-1").ty("g4dn.12xlarge").count(9).of(parent);
        tale
    };
    for parent in [cluster, "/subscriptions/s/pool"] {
        assert_eq!(nodes(parent).incident_of(&user("svc-backup")).instances.launched, 9, "{parent}");
    }
    assert_eq!(nodes("c").incident_of(&user("svc-backup")).instances.launched, 0, "a bare name is of its region");
}

#[test]
fn a_set_of_machines_is_the_parent_of_more_and_a_machine_is_not() {
    let grown = |most: Option<u32>| {
        let mut tale = Tale::of_ordinary_life();
        tale.launch("2026-02-18 03:00", &user("svc-backup"), "eu-north-1").ty("g4dn.12xlarge").count(2).may_run(most);
        let set = tale.last_object();
        tale.launch("2026-02-18 03:10", &tale::SCALING, "eu-north-1").ty("g4dn.12xlarge").count(9).of(&set);
        tale.incident_of(&user("svc-backup")).instances.launched
    };
    assert_eq!((grown(Some(40)), grown(None)), (11, 2));
}

#[test]
fn what_a_service_makes_for_something_old_is_as_old() {
    let through_new_group = |cluster_is_new: bool| {
        let mut tale = Tale::of_ordinary_life();
        if cluster_is_new {
            tale.makes("2026-02-18 02:00", &user("svc-backup"), "eu-north-1", "cluster", &["c"]);
        }
        tale.makes("2026-02-18 03:00", &tale::SCALING, "eu-north-1", "autoscaling_group", &["c-nodes"]);
        tale.of("cluster:c");
        tale.launch("2026-02-18 03:10", &tale::SCALING, "eu-north-1").ty("g4dn.12xlarge").count(9).of_group("c-nodes");
        tale
    };
    assert!(has_term(&through_new_group(false), &tale::SCALING, "context_old_parent"));
    assert_eq!(through_new_group(true).incident_of(&user("svc-backup")).instances.launched, 9);
}

#[test]
fn cutting_repeating_and_mixing_changes_nobodys_maker() {
    let (thief, hand) = (user("svc-backup"), role("miner"));
    let mut tale = Tale::of_ordinary_life();
    tale.begets("2026-02-18 03:00", &thief, empowered(&hand));
    sweep(&mut tale, &hand);
    sweep(&mut tale, &role("ci").lent_to(&user("mallory")));
    let plain = tale.incidents();
    assert_eq!(plain.len(), 2);
    for pieces in [2, 7, 50] {
        assert_eq!(Tale::incidents_of(tale.in_pieces(pieces)), plain, "{pieces} pieces");
    }
    assert_eq!(Tale::incidents_of(tale.backwards_and_twice()), plain);
}
