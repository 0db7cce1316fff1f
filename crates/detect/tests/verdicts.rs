//! What people made of incidents, and what is learnt by that: in one run, and in the runs after it.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

#[allow(dead_code, reason = "every test binary uses its own part of the world")]
mod tale;
mod world;

use detect::{Batch, Judgement, Memory, Verdicts};
use jiff::SignedDuration;
use model::{Incident, IncidentStatus, Outcome, Severity, Verdict};

use tale::{REGIONS, Tale, Who, role, user};
use world::{AWS, COUNT_BY_USER, REGION, at};

const THIEF: &str = "svc-backup";

/// Runs one after the other, with nothing between them but the file.
#[derive(Default)]
struct Runs {
    file: Option<Vec<u8>>,
    verdicts: String,
}

impl Runs {
    fn memory(&self) -> Memory {
        self.file.as_ref().map_or_else(Memory::default, |file| detect::read_memory(file).unwrap())
    }

    fn read(&mut self, tale: &Tale) -> Vec<Incident> {
        self.read_pieces([tale.batch()])
    }

    fn read_pieces(&mut self, pieces: impl IntoIterator<Item = Batch>) -> Vec<Incident> {
        let verdicts = Verdicts::parse(&self.verdicts).unwrap();
        let (detector, mut memory) = (tale::detector(None).with_verdicts(verdicts), self.memory());
        for piece in pieces {
            detector.fold(&mut memory, piece);
        }
        detector.finish(&mut memory);
        let incidents = detector.incidents(&mut memory);
        let mut file = Vec::new();
        detect::write_memory(&memory, &mut file).unwrap();
        self.file = Some(file);
        incidents
    }

    fn judge(&mut self, incident: &Incident, verdict: Verdict) {
        self.verdicts.push_str(&judgement(incident, verdict).to_toml().unwrap());
    }

    /// Whether a region is known to the organization.
    fn knows(&self, region: &str) -> bool {
        let memory = self.memory();
        memory
            .baseline(AWS, REGION)
            .is_some_and(|baseline| baseline.entries().iter().any(|entry| *entry.value == *region))
    }

    /// What somebody is known to have launched.
    fn counted(&self, who: &Who) -> u64 {
        let memory = self.memory();
        let entries = memory.counts(AWS, COUNT_BY_USER).map(detect::Counts::entries).unwrap_or_default();
        entries.iter().filter(|entry| *entry.value == *who.id).map(|entry| entry.seen.events).sum()
    }
}

fn judgement(incident: &Incident, verdict: Verdict) -> Judgement {
    Judgement {
        incident: incident.id,
        verdict,
        withdrawn: false,
        principal: incident.principal.clone(),
        severity: incident.severity,
        until: incident.last_time,
        by: "alice".into(),
        at: at("2026-06-01 09:00"),
        reason: "load test".into(),
    }
}

/// Six weeks, and four new regions in a night.
fn night() -> Tale {
    let mut tale = Tale::of_ordinary_life();
    for (minute, region) in REGIONS[..4].iter().enumerate() {
        tale.launch(&format!("2026-02-18 03:0{minute}"), &user(THIEF), region).ty("p4d.24xlarge").count(5);
    }
    tale
}

#[track_caller]
fn of<'i>(incidents: &'i [Incident], who: &Who) -> &'i Incident {
    incidents.iter().find(|incident| *incident.principal == *who.id).unwrap_or_else(|| panic!("{incidents:#?}"))
}

fn points_for_region(incidents: &[Incident]) -> bool {
    let mut terms = incidents.iter().flat_map(|incident| &incident.score_terms);
    terms.any(|term| &*term.signal == "compute_created_in_unused_region")
}

#[test]
fn what_a_person_cleared_is_told_as_it_was_and_is_known_from_then_on() {
    for verdict in [Verdict::Benign, Verdict::FalsePositive] {
        let mut tale = night();
        let mut runs = Runs::default();
        let before = of(&runs.read(&tale), &user(THIEF)).clone();
        assert!(before.severity >= Severity::High && !runs.knows(REGIONS[1]), "{:#?}", before.score_terms);
        assert_eq!(runs.counted(&user(THIEF)), 0);
        tale.launch("2026-02-25 03:00", &user("svc-web"), REGIONS[1]).ty("m5.large");
        assert!(points_for_region(&Runs::default().read(&tale)[1..]), "without a verdict it is new");
        runs = Runs::default();
        runs.judge(&before, verdict);
        let incidents = runs.read(&tale);
        let after = of(&incidents, &user(THIEF));
        assert_eq!(after.status, IncidentStatus::Closed);
        assert_eq!(after.verdict.as_ref().unwrap().verdict, verdict);
        assert_eq!((&after.score_terms, &after.findings), (&before.score_terms, &before.findings));
        let others: Vec<Incident> = incidents.iter().filter(|incident| incident.id != before.id).cloned().collect();
        assert!(!points_for_region(&others), "{others:#?}");
        assert!(runs.knows(REGIONS[1]));
        assert_eq!(runs.counted(&user(THIEF)), 20);
    }
}

#[test]
fn what_comes_after_a_verdict_counts_in_full() {
    let mut tale = night();
    let mut runs = Runs::default();
    let judged = of(&runs.read(&tale), &user(THIEF)).clone();
    runs = Runs { verdicts: judgement(&judged, Verdict::Benign).to_toml().unwrap(), ..Runs::default() };
    for (minute, region) in REGIONS[4..].iter().enumerate() {
        tale.launch(&format!("2026-02-18 05:0{minute}"), &user(THIEF), region).ty("p5.48xlarge").count(50);
    }
    let incidents = runs.read(&tale);
    let again = of(&incidents, &user(THIEF));
    let reopened = again.verdict.as_ref().unwrap().reopened.as_ref().unwrap();
    assert!(again.id == judged.id && again.status != IncidentStatus::Closed, "{again:#?}");
    assert!(reopened.time > judged.last_time && reopened.reason.contains("by itself"), "{reopened:?}");
    assert!(REGIONS.iter().all(|region| !runs.knows(region)), "an incident that is open again teaches nothing");
    // Judged once more, with all that came.
    runs = Runs { verdicts: runs.verdicts, ..Runs::default() };
    runs.judge(again, Verdict::Benign);
    assert_eq!(of(&runs.read(&tale), &user(THIEF)).status, IncidentStatus::Closed);
    assert!(REGIONS.iter().all(|region| runs.knows(region)));
}

#[test]
fn what_goes_on_as_it_was_judged_stays_judged() {
    let mut tale = night();
    let mut runs = Runs::default();
    let judged = of(&runs.read(&tale), &user(THIEF)).clone();
    runs = Runs { verdicts: judgement(&judged, Verdict::Benign).to_toml().unwrap(), ..Runs::default() };
    tale.launch("2026-02-18 06:00", &user(THIEF), REGIONS[0]).ty("p4d.24xlarge").count(1);
    let incidents = runs.read(&tale);
    assert_eq!(of(&incidents, &user(THIEF)).status, IncidentStatus::Closed, "{incidents:#?}");
    assert_eq!(runs.counted(&user(THIEF)), 21);
}

#[test]
fn a_leak_that_is_found_after_a_verdict_reopens_it() {
    let mut tale = night();
    let mut runs = Runs::default();
    let judged = of(&runs.read(&tale), &user(THIEF)).clone();
    runs = Runs { verdicts: judgement(&judged, Verdict::Benign).to_toml().unwrap(), ..Runs::default() };
    tale.quarantine("2026-02-18 09:00", THIEF);
    let incidents = runs.read(&tale);
    let again = of(&incidents, &user(THIEF));
    assert!(again.verdict.as_ref().unwrap().reopened.is_some() && again.status != IncidentStatus::Closed);
    assert!(!runs.knows(REGIONS[1]), "what the verdict taught is taken back");
}

#[test]
fn what_is_worse_than_what_was_judged_is_not_cleared() {
    let mut runs = Runs::default();
    let mut judged = of(&runs.read(&night()), &user(THIEF)).clone();
    judged.severity = Severity::Low;
    runs = Runs { verdicts: judgement(&judged, Verdict::Benign).to_toml().unwrap(), ..Runs::default() };
    let incidents = runs.read(&night());
    let reopened = of(&incidents, &user(THIEF)).verdict.as_ref().unwrap().reopened.clone().unwrap();
    assert!(reopened.reason.starts_with("it was low when it was judged"), "{reopened:?}");
    assert!(!runs.knows(REGIONS[1]));
}

#[test]
fn nobody_hides_behind_a_verdict_of_yesterday() {
    let mut tale = night();
    let mut runs = Runs::default();
    let judged = of(&runs.read(&tale), &user(THIEF)).clone();
    runs = Runs { verdicts: judgement(&judged, Verdict::Benign).to_toml().unwrap(), ..Runs::default() };
    // Enough is said in the evening for it to stay open, had nobody judged it.
    tale.launch("2026-02-18 20:00", &user(THIEF), REGIONS[0]).ty("p4d.24xlarge").count(1);
    tale.launch("2026-02-19 10:00", &user(THIEF), REGIONS[5]).ty("p5.48xlarge").count(50);
    let incidents = runs.read(&tale);
    let of_thief: Vec<_> = incidents.iter().filter(|incident| *incident.principal == *user(THIEF).id).collect();
    let [yesterday, today] = &*of_thief else { panic!("{of_thief:#?}") };
    assert_eq!((yesterday.id, yesterday.status), (judged.id, IncidentStatus::Closed));
    assert!(today.verdict.is_none() && today.severity >= Severity::Medium, "{today:#?}");
    assert!(runs.knows(REGIONS[0]) && !runs.knows(REGIONS[5]));
}

#[test]
fn a_verdict_that_comes_when_all_is_over_is_learnt_in_the_next_run_and_unlearnt_without_it() {
    let mut runs = Runs::default();
    let judged = of(&runs.read(&night()), &user(THIEF)).clone();
    assert!(runs.memory().incidents().iter().any(|known| known.id == judged.id), "it can be judged by the file alone");
    let mut quiet = Tale::default();
    quiet.launch("2026-03-20 10:00", &role("ci"), "us-east-1").ty("m5.large");
    runs.judge(&judged, Verdict::Benign);
    runs.read(&quiet.clone().called("a"));
    assert!(runs.knows(REGIONS[1]) && runs.counted(&user(THIEF)) == 20);
    let learnt = runs.file.clone();
    runs.read(&quiet.clone().called("a"));
    assert!(runs.file == learnt, "a verdict takes effect once");
    runs.verdicts.clear();
    runs.read(&quiet.called("b"));
    assert!(!runs.knows(REGIONS[1]), "nobody vouches for it any more");
    assert_eq!(runs.counted(&user(THIEF)), 0);
}

#[test]
fn what_a_thief_does_is_not_learnt_while_the_accusation_stands() {
    let mut tale = Tale::of_ordinary_life();
    tale.launch("2026-02-18 03:00", &user(THIEF), REGIONS[0]).ty("m5.large");
    let mut runs = Runs::default();
    let small = of(&runs.read(&tale), &user(THIEF)).clone();
    assert!(small.severity <= Severity::Low && runs.knows(REGIONS[0]), "small things are learnt: {small:#?}");
    runs = Runs { verdicts: judgement(&small, Verdict::TruePositive).to_toml().unwrap(), ..Runs::default() };
    tale.launch("2026-02-21 03:00", &user(THIEF), REGIONS[1]).ty("m5.large");
    tale.launch("2026-02-27 03:00", &user(THIEF), REGIONS[2]).ty("m5.large");
    let incidents = runs.read(&tale);
    let told = incidents.iter().find(|incident| incident.id == small.id).unwrap();
    assert_eq!(told.verdict.as_ref().unwrap().verdict, Verdict::TruePositive);
    let known = [0, 1, 2].map(|place| runs.knows(REGIONS[place]));
    assert_eq!(known, [false, false, true], "a week later he is as anybody else");
}

#[test]
fn a_theft_that_two_runs_cut_is_one_incident_and_is_not_learnt() {
    let mut tale = night();
    for (minute, region) in REGIONS[4..].iter().enumerate() {
        tale.launch(&format!("2026-02-18 03:1{minute}"), &user(THIEF), region).ty("m5.large");
    }
    let (first, second) = tale.clone().cut("2026-02-18 03:05");
    let mut runs = Runs::default();
    let begun = of(&runs.read(&first), &user(THIEF)).clone();
    let incidents = runs.read(&second);
    let goes_on = of(&incidents, &user(THIEF));
    assert_eq!((goes_on.id, goes_on.first_time), (begun.id, begun.first_time));
    assert_eq!(goes_on.counted_since, Some(begun.last_time));
    assert_eq!(goes_on.instances.launched, 2, "the others were told by the first run");
    assert!(REGIONS.iter().all(|region| !runs.knows(region)));
    let whole = Runs::default().read(&tale);
    assert_eq!(of(&whole, &user(THIEF)).severity, goes_on.severity);
}

#[test]
fn wherever_two_runs_cut_a_theft_nothing_of_it_is_learnt() {
    for cut in
        ["2026-02-18 02:00", "2026-02-18 03:00:30", "2026-02-18 03:01:30", "2026-02-18 03:02:30", "2026-02-18 04:00"]
    {
        let (first, second) = night().cut(cut);
        let mut runs = Runs::default();
        runs.read(&first);
        runs.read(&second);
        let learnt: Vec<&str> = REGIONS.into_iter().filter(|region| runs.knows(region)).collect();
        assert_eq!(learnt, Vec::<&str>::new(), "{cut}");
        assert_eq!(runs.counted(&user(THIEF)), 0, "{cut}");
    }
}

#[test]
fn a_small_thing_that_proves_to_be_a_theft_is_unlearnt_when_it_is_long_over() {
    let mut tale = Tale::of_ordinary_life();
    tale.launch("2026-02-18 03:00", &user(THIEF), REGIONS[0]).ty("m5.large");
    let mut runs = Runs::default();
    let small = of(&runs.read(&tale), &user(THIEF)).clone();
    let mut quiet = Tale::default();
    quiet.launch("2026-03-20 10:00", &role("ci"), "us-east-1").ty("m5.large");
    runs.judge(&small, Verdict::TruePositive);
    assert!(runs.knows(REGIONS[0]));
    runs.read(&quiet.clone().called("a"));
    assert!(!runs.knows(REGIONS[0]));
    runs.verdicts.clear();
    runs.read(&quiet.called("b"));
    assert!(runs.knows(REGIONS[0]), "and learnt again when nobody says so any more");
}

#[test]
fn a_theft_that_was_small_where_it_was_cut_is_taken_back_whole() {
    let mut tale = Tale::of_ordinary_life();
    for (minute, region) in REGIONS[..4].iter().enumerate() {
        tale.launch(&format!("2026-02-18 03:0{minute}"), &user(THIEF), region).ty("m5.large");
    }
    let (first, second) = tale.cut("2026-02-18 03:01");
    let mut runs = Runs::default();
    assert!(of(&runs.read(&first), &user(THIEF)).severity < Severity::Medium);
    assert!(runs.knows(REGIONS[0]), "nobody could know yet");
    assert!(of(&runs.read(&second), &user(THIEF)).severity >= Severity::Medium);
    assert!(REGIONS.iter().all(|region| !runs.knows(region)));
}

#[test]
fn who_was_accused_in_one_run_is_met_in_the_next() {
    let mut tale = Tale::of_ordinary_life();
    tale.quarantine("2026-02-18 02:56", THIEF);
    tale.launch("2026-02-18 03:00", &user(THIEF), "us-east-1").ty("m5.large").ended(Outcome::Denied);
    let (leak, use_of_it) = tale.cut("2026-02-18 02:58");
    let mut runs = Runs::default();
    runs.read(&leak);
    let incidents = runs.read(&use_of_it);
    assert_eq!(of(&incidents, &user(THIEF)).severity, Severity::High, "{incidents:#?}");
}

#[test]
fn an_incident_of_which_nothing_new_is_said_is_not_told_again() {
    let mut runs = Runs::default();
    runs.read(&night());
    let mut quiet = Tale::default();
    quiet.launch("2026-02-21 10:00", &role("ci"), "us-east-1").ty("m5.large");
    assert_eq!(runs.read(&quiet.called("next")), vec![]);
}

#[test]
fn cutting_repeating_and_mixing_changes_nothing_that_a_verdict_does() {
    let mut tale = night();
    let mut runs = Runs::default();
    let judged = of(&runs.read(&tale), &user(THIEF)).clone();
    let verdicts = judgement(&judged, Verdict::Benign).to_toml().unwrap();
    tale.launch("2026-02-18 06:00", &user(THIEF), REGIONS[0]).ty("p4d.24xlarge").count(1);
    tale.launch("2026-02-20 03:00", &user("svc-web"), REGIONS[1]).ty("m5.large");
    let read = |pieces: Vec<Batch>| {
        let mut runs = Runs { verdicts: verdicts.clone(), ..Runs::default() };
        let incidents = runs.read_pieces(pieces);
        (incidents, runs.file)
    };
    let plain = read(vec![tale.batch()]);
    for pieces in [2, 7, 50] {
        assert!(read(tale.in_pieces(pieces)) == plain, "{pieces} pieces");
    }
    assert!(read(tale.backwards_and_twice()) == plain);
}

#[test]
fn what_is_held_ends_when_it_is_out_of_every_window() {
    let mut runs = Runs::default();
    runs.read(&night());
    let held = |runs: &Runs| String::from_utf8(runs.file.clone().unwrap()).unwrap().contains("\"held\"");
    assert!(held(&runs));
    let mut later = Tale::default();
    let year = at("2026-02-18 03:00") + SignedDuration::from_hours(365 * 24);
    later.launch_at(year, &role("ci"), "us-east-1").ty("m5.large");
    runs.read(&later.called("later"));
    assert!(!held(&runs), "{:#?}", runs.memory().incidents());
}

#[test]
fn a_run_without_events_changes_nothing() {
    let mut runs = Runs::default();
    runs.read(&night());
    let before = runs.file.clone();
    assert_eq!(runs.read(&Tale::default()), vec![]);
    assert!(runs.file == before);
    let (mut memory, mut file) = (Memory::default(), Vec::new());
    memory.baseline_mut(AWS, REGION);
    detect::write_memory(&memory, &mut file).unwrap();
    let mut imported = Runs { file: Some(file), ..Runs::default() };
    assert_eq!(imported.read(&Tale::default()), vec![], "nothing but a table was ever read");
}
