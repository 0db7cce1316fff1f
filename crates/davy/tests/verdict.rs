//! Verdicts as the user meets them: given, shown, withdrawn, and what scans and baselines make of
//! them from then on.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;
mod trail;

use std::{
    fs,
    path::{Path, PathBuf},
};

use program::{Run, check_golden, davy, repository};
use serde_json::Value;
use tempfile::TempDir;
use trail::{Launch, file_of, ordinary_days, put, theft_after_ordinary_days};

const LOAD_TEST: [&str; 6] = ["--reason", "load test, CHG-1234", "--by", "alice", "--at", "2026-03-22T09:00:00Z"];

/// A folder of logs, and beside it the verdicts and the baseline.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn of(records: &[Value]) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        put(desk.folder.path(), "logs/trail.json", file_of(records));
        desk
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn logs(&self) -> String {
        self.path("logs")
    }

    fn verdicts(&self) -> String {
        self.path("verdicts.toml")
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let verdicts = self.verdicts();
        davy(arguments.iter().copied().chain(["--verdicts", &verdicts]))
    }

    fn scan(&self, more: &[&str]) -> Run {
        self.run(&[&["scan", &self.logs(), "--format", "jsonl"], more].concat())
    }

    fn scan_without(&self) -> Run {
        davy(["scan", &self.logs(), "--format", "jsonl"]).found()
    }

    /// The worst, without what people said.
    fn first(&self) -> Value {
        self.scan_without().incidents().remove(0)
    }

    fn give(&self, id: &str, verdict: &str, more: &[&str]) -> Run {
        self.run(&[&["verdict", "give", id, verdict], more, &LOAD_TEST].concat())
    }

    /// Gives a verdict on the first incident of the logs.
    fn judge(&self, verdict: &str) -> Value {
        let first = self.first();
        self.give(first["id"].as_str().unwrap(), verdict, &[&self.logs()]).quiet();
        first
    }

    fn withdraw(&self, id: &str) -> Run {
        self.run(&[&["verdict", "withdraw", id], &LOAD_TEST[..]].concat())
    }

    fn baseline(&self, arguments: &[&str]) -> Run {
        let known = self.path("known.json");
        davy(["baseline", arguments[0], "--baseline", &known].iter().chain(&arguments[1..]))
    }

    fn knows(&self, value: &str) -> bool {
        !self.baseline(&["show", "--value", value, "--format", "jsonl"]).quiet().stdout.is_empty()
    }
}

/// The theft, and two days later somebody else in the same region with the same machines.
fn theft_and_a_colleague() -> Vec<Value> {
    let colleague = Launch { user: "ci".to_owned(), count: 1, ..Launch::theft("2026-03-23T10:00:00Z") };
    theft_after_ordinary_days().into_iter().chain([colleague.record()]).collect()
}

fn of_region(run: &Run) -> Vec<Value> {
    let at = |finding: &Value| (finding["time"].as_str() > Some("2026-03-22")).then(|| finding["value"].clone());
    let mut values: Vec<Value> = run.findings().iter().filter(|f| f["risk_score"] != 0).filter_map(at).collect();
    values.retain(|value| value == "ap-south-1" || value == "p3.16xlarge");
    values
}

#[test]
fn what_was_judged_is_told_calmly_and_is_known_from_then_on() {
    let desk = Desk::of(&theft_and_a_colleague());
    let before = desk.scan_without();
    assert_eq!(of_region(&before).len(), 2, "without a verdict it is new again");
    let first = desk.judge("benign");
    let after = desk.scan(&[]);
    assert_eq!(of_region(&after), Vec::<Value>::new());
    let judged = after.incidents().into_iter().find(|incident| incident["id"] == first["id"]).unwrap();
    assert_eq!((&judged["status"], &judged["severity"]), (&"closed".into(), &first["severity"]), "not hidden");
    assert_eq!(judged["score_terms"], first["score_terms"], "and it is what it was");
    for key in ["by", "reason"] {
        assert!(LOAD_TEST.contains(&judged["verdict"][key].as_str().unwrap()), "{judged}");
    }
}

#[test]
fn a_scan_of_which_all_was_judged_asks_for_nobody() {
    let desk = Desk::of(&theft_after_ordinary_days());
    desk.judge("false-positive");
    desk.scan(&[]).quiet();
    let screen = desk.run(&["scan", &desk.logs()]).quiet().stdout;
    let [id, logs] = [desk.first()["id"].as_str().unwrap()[..8].to_owned(), desk.logs()];
    let screen = screen.replace(&id, "ID").replace(&logs, "LOGS");
    check_golden("verdict-closed.txt", &screen);
    assert!(screen.lines().all(|line| !line.contains("p3.16xlarge")), "no row of what is closed: {screen}");
}

#[test]
fn a_true_positive_is_told_as_loudly_as_before() {
    let desk = Desk::of(&theft_after_ordinary_days());
    let first = desk.judge("true-positive");
    let run = desk.scan(&[]).found();
    assert_eq!(run.incidents()[0]["status"], first["status"]);
    let screen = desk.run(&["scan", &desk.logs()]).found().stdout;
    assert!(screen.contains("  verdict   true positive, by alice on 2026-03-22: load test"), "{screen}");
}

#[test]
fn what_comes_later_reopens_it_and_is_said() {
    let mut records = theft_after_ordinary_days();
    let desk = Desk::of(&records);
    let first = desk.judge("benign");
    for (minute, region) in [(1, "sa-east-1"), (2, "eu-north-1"), (3, "ca-central-1")] {
        let at = format!("2026-03-21T06:0{minute}:00Z");
        records.push(Launch { region, ..Launch::theft(&at) }.record());
    }
    put(desk.folder.path(), "logs/trail.json", file_of(&records));
    let run = desk.scan(&[]).found();
    let incident = run.incidents().into_iter().find(|incident| incident["id"] == first["id"]).unwrap();
    assert_ne!(incident["status"], "closed");
    let reason = incident["verdict"]["reopened"]["reason"].as_str().unwrap();
    assert!(reason.contains("after it was judged"), "{reason}");
    let id = first["id"].as_str().unwrap();
    let text = desk.run(&["explain", id, &desk.logs()]).quiet().stdout;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&format!("reopened at 2026-03-21 06:01:00: {reason}")), "{text}");
}

#[test]
fn the_file_is_only_added_to_and_can_be_reviewed() {
    let desk = Desk::of(&theft_after_ordinary_days());
    let first = desk.judge("benign");
    let id = first["id"].as_str().unwrap();
    let once = fs::read_to_string(desk.verdicts()).unwrap();
    // Somebody adds a comment, and no newline.
    let commented = format!("{once}# seen by bob");
    fs::write(desk.verdicts(), &commented).unwrap();
    assert!(desk.withdraw(&id[..8]).quiet().stdout.starts_with("withdrawn benign on incident"));
    assert!(fs::read_to_string(desk.verdicts()).unwrap().starts_with(&commented));
    desk.scan(&[]).found();
    desk.withdraw(id).failed(&format!(
        "error: no verdict is on an incident that begins with `{id}`\nhint: `davy verdict show` lists those that hold"
    ));
    desk.give(id, "true-positive", &[&desk.logs()]).quiet();
    let rows = desk.run(&["verdict", "show", "--format", "json"]).quiet().json();
    let rows: Vec<(&Value, &Value)> =
        rows.as_array().unwrap().iter().map(|row| (&row["verdict"], &row["holds"])).collect();
    let (benign, theft) = (Value::from("benign"), Value::from("true_positive"));
    assert_eq!(rows, [(&benign, &false.into()), (&benign, &false.into()), (&theft, &true.into())]);
    let screen = desk.run(&["verdict", "show"]).quiet().stdout;
    assert!(screen.contains("not benign") && screen.ends_with("verdicts  3 entries, 1 in force\n"), "{screen}");
}

#[test]
fn what_cannot_be_judged_is_said() {
    let desk = Desk::of(&theft_after_ordinary_days());
    desk.give("ffffffff", "benign", &[&desk.logs()]).failed(
        "error: no incident begins with `ffffffff`\nhint: `davy scan --format jsonl` names them all; are the logs and the settings the same?",
    );
    desk.give("abc", "benign", &[&desk.logs()])
        .failed("error: `abc` is too short for an id\nhint: 6 characters or more");
    desk.give("ffffffff", "benign", &[]).failed(
        "error: nothing is named in which `ffffffff` could be\nhint: name the logs that it was found in, or `--baseline FILE`",
    );
    desk.give("ffffffff", "benign", &["-"]).failed(
        "error: a verdict is on logs that can be read again, and standard input cannot\nhint: save it to a file",
    );
    let id = desk.first()["id"].as_str().unwrap().to_owned();
    let signed = |reason: &str, at: &str| {
        let logs = desk.logs();
        desk.run(&["verdict", "give", &id, "benign", &logs, "--by", "alice", "--reason", reason, "--at", at])
    };
    signed(" ", "2026-03-22").failed("error: `reason` says nothing");
    signed("x", "2026-03-20").failed("error: `until` is after `at`: nobody can judge what is still to come");
    assert!(!Path::new(&desk.verdicts()).exists(), "and nothing is written");
}

#[test]
fn a_file_that_is_broken_is_an_error_and_is_left_alone() {
    let desk = Desk::of(&theft_after_ordinary_days());
    let id = desk.first()["id"].as_str().unwrap().to_owned();
    desk.judge("benign");
    let good = fs::read_to_string(desk.verdicts()).unwrap();
    for (text, words) in [
        ("\u{0}".to_owned(), "cannot read verdicts"),
        (good.replace("[[verdict]]", "[[verdict"), "cannot read verdicts"),
        (good.replace("2026-03-21T03:00:00Z", "2999-01-01T00:00:00Z"), "verdict 1: `until` is after `at`"),
        (good.replace("\"benign\"", "\"\u{1b}[2Jbenign\""), "cannot read verdicts"),
        (good.replace("reason", "raeson"), "raeson"),
    ] {
        put(desk.folder.path(), "verdicts.toml", &text);
        for run in [desk.scan(&[]), desk.give(&id, "benign", &[&desk.logs()]), desk.withdraw(&id)] {
            assert_eq!((run.status, &*run.stdout), (2, ""), "{text}");
            assert!(
                run.stderr.starts_with("error: cannot use verdicts") && run.stderr.contains(words),
                "{}",
                run.stderr
            );
            assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
        }
        assert_eq!(fs::read_to_string(desk.verdicts()).unwrap(), text);
    }
    fs::remove_file(desk.verdicts()).unwrap();
    let run = desk.scan(&[]);
    assert!(run.status == 2 && run.stderr.ends_with("hint: `davy verdict give` makes one\n"), "{}", run.stderr);
}

#[test]
fn no_name_breaks_out_of_the_file() {
    let user = "x\"\n[[verdict]]\nverdict = \"benign\u{1b}[2J\u{202e}";
    let theft = Launch { user: user.to_owned(), ..Launch::theft("2026-03-21T03:00:00Z") };
    let days = ordinary_days("2026-03-01T09:00:00Z", 20);
    let desk = Desk::of(&days.iter().chain([&theft]).map(Launch::record).collect::<Vec<_>>());
    desk.judge("true-positive");
    let text = fs::read_to_string(desk.verdicts()).unwrap();
    assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.lines().filter(|line| *line == "[[verdict]]").count() == 1);
    assert_eq!(desk.run(&["verdict", "show", "--format", "jsonl"]).quiet().lines().len(), 1);
}

#[test]
fn who_judged_has_a_pseudonym_too() {
    let desk = Desk::of(&theft_after_ordinary_days());
    desk.judge("true-positive");
    let run = desk.scan(&["--redact"]).found();
    assert!(
        !run.stdout.contains("alice") && run.incidents()[0]["verdict"]["by"].as_str().unwrap().starts_with("user-")
    );
}

#[test]
fn verdicts_on_other_logs_are_counted() {
    let desk = Desk::of(&theft_after_ordinary_days());
    desk.judge("true-positive");
    put(desk.folder.path(), "logs/trail.json", file_of(&theft_after_ordinary_days()[..20]));
    let screen = desk.run(&["scan", &desk.logs()]).stdout;
    assert!(screen.contains("verdicts  1 = 0 on incidents of these logs + 1 on others"), "{screen}");
}

/// The way of every day: the night's run has learnt before anybody has looked.
#[test]
fn a_baseline_learns_what_was_judged_after_it_had_read_it_and_unlearns_what_was_withdrawn() {
    let desk = Desk::of(&theft_after_ordinary_days());
    let id = desk.first()["id"].as_str().unwrap().to_owned();
    let screen = desk.baseline(&["build", &desk.logs()]).quiet().stdout;
    assert!(!desk.knows("ap-south-1"), "what an incident did is not learnt");
    assert!(
        screen.contains(&format!("held      what high incident {id} of arn:aws:iam::111122223333:user/thief did\n"))
    );
    let known = desk.path("known.json");
    assert!(screen.contains(&format!("davy verdict give ID benign --reason TEXT --baseline {known}\n")), "{screen}");
    desk.give(&id[..8], "benign", &["--baseline", &known]).quiet();
    let build = |verdicts: Option<&str>| {
        let logs = desk.logs();
        let verdicts = verdicts.map(|path| ["--verdicts", path]);
        let arguments: Vec<&str> = ["build", &logs].into_iter().chain(verdicts.into_iter().flatten()).collect();
        desk.baseline(&arguments).quiet();
    };
    build(Some(&desk.verdicts()));
    assert!(desk.knows("ap-south-1") && desk.knows("p3.16xlarge"));
    let once = fs::read_to_string(&known).unwrap();
    build(Some(&desk.verdicts()));
    assert!(fs::read_to_string(&known).unwrap() == once, "once is enough");
    desk.withdraw(&id).quiet();
    build(Some(&desk.verdicts()));
    assert!(!desk.knows("ap-south-1") && desk.knows("us-east-1"));
}

#[test]
fn a_theft_that_is_cut_by_two_builds_is_not_learnt() {
    let mut records = theft_after_ordinary_days();
    let desk = Desk::of(&records);
    desk.baseline(&["build", &desk.logs()]).quiet();
    let goes_on = |minute: u8, region| {
        let at = format!("2026-03-21T03:{minute:02}:00Z");
        Launch { region, instance_type: "m5.large", count: 1, ..Launch::theft(&at) }.record()
    };
    records.extend([goes_on(20, "sa-east-1"), goes_on(40, "eu-north-1")]);
    let next: PathBuf = put(desk.folder.path(), "next/trail.json", file_of(&records[21..]));
    let (known, next) = (desk.path("known.json"), next.to_str().unwrap().to_owned());
    let told = davy(["scan", "--baseline", &known, &next, "--format", "jsonl"]).found().incidents();
    assert_eq!(told[0]["id"], desk.first()["id"], "it goes on under its id");
    assert_eq!(told[0]["counted_since"], "2026-03-21T03:00:00Z");
    desk.baseline(&["build", &next]).quiet();
    for region in ["ap-south-1", "sa-east-1", "eu-north-1"] {
        assert!(!desk.knows(region), "{region}");
    }
}

#[test]
fn the_sample_can_be_judged() {
    let desk = Desk::of(&[]);
    let sample = repository().join("sample");
    let run = desk.give("3154cd4b", "false-positive", &[sample.to_str().unwrap()]).quiet();
    check_golden("verdict-give.txt", &run.stdout.replace(&desk.verdicts(), "verdicts.toml"));
}
