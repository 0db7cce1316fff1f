//! What is known as normal: built, looked at, carried from place to place, mended.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;
mod trail;

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use program::{Run, davy, names, repository, sample_files_between};
use serde_json::Value;
use tempfile::TempDir;
use trail::{Launch, file_of, ordinary_days};

const LOOKUPS: [(&str, &str); 4] = [
    ("previously_seen_cloud_compute_creations_by_user", "user"),
    ("previously_seen_cloud_compute_images", "image_id"),
    ("previously_seen_cloud_compute_instance_types", "instance_type"),
    ("previously_seen_cloud_regions", "vendor_region"),
];

/// A baseline of the first four weeks of the sample.
struct FourWeeks {
    folder: TempDir,
}

impl FourWeeks {
    fn new() -> Self {
        let new = Self { folder: tempfile::tempdir().unwrap() };
        new.build().quiet();
        new
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("known.json")
    }

    fn build(&self) -> Run {
        self.run(&["build"], sample_files_between("2026/02/01", "2026/03/02"))
    }

    fn run(&self, arguments: &[&str], paths: impl IntoIterator<Item = PathBuf>) -> Run {
        baseline(&self.path(), arguments, paths)
    }
}

fn baseline(known: &Path, arguments: &[&str], paths: impl IntoIterator<Item = PathBuf>) -> Run {
    let first = ["baseline", arguments[0], "--baseline"].map(OsString::from).into_iter().chain([known.into()]);
    davy(first.chain(arguments[1..].iter().map(OsString::from)).chain(paths.into_iter().map(Into::into)))
}

/// The fifth week of the sample, with and without what went before.
fn scan_fifth_week(known: Option<&Path>) -> Run {
    let known = known.map(|path| [OsString::from("--baseline"), path.into()]);
    let files = sample_files_between("2026/03/02", "2026/04/01").into_iter().map(OsString::from);
    davy(["scan", "--format", "jsonl"].map(OsString::from).into_iter().chain(known.into_iter().flatten()).chain(files))
}

#[test]
fn a_scan_that_starts_from_a_baseline_finds_what_the_whole_finds() {
    let whole = davy(["scan", "sample", "--format", "jsonl"]).found().findings();
    let expected: Vec<&Value> = whole.iter().filter(|finding| finding["time"].as_str() >= Some("2026-03-02")).collect();
    assert!(expected.len() > 10);
    let run = scan_fifth_week(Some(&FourWeeks::new().path())).found();
    assert_eq!(run.findings().iter().collect::<Vec<_>>(), expected);
}

#[test]
fn without_it_the_week_is_silent_and_says_why() {
    let run = scan_fifth_week(None).found();
    assert!(run.findings().iter().all(|finding| finding["risk_score"] == 0), "only facts speak, as signals");
    assert!(run.incidents().iter().all(|incident| incident["provisional"] == true));
    let gates = run.summary()["gates"].clone();
    assert!(gates.as_array().unwrap().iter().all(|gate| gate["open"] == false), "{gates}");
}

#[test]
fn who_knows_what_since_when_how_often() {
    let known = FourWeeks::new();
    let screen = known.run(&["show", "--value", "c5.xlarge"], []).quiet().stdout;
    let [_heading, organization, account, total] = &*screen.lines().collect::<Vec<_>>() else { panic!("{screen}") };
    for line in [organization, account] {
        assert!(line.contains("2026-02-02 08:31:13") && line.ends_with(":role/github-actions-build"), "{line}");
    }
    assert!(organization.contains("organization") && account.contains("444455556666"));
    assert!(total.starts_with("known     2 entries"));
    let rows = known.run(&["show", "--value", "c5.xlarge", "--format", "json"], []).quiet().json();
    let row = rows.as_array().unwrap().iter().find(|row| row["account"] == "444455556666").unwrap();
    assert_eq!(row["detection"], "cloud_compute_instance_created_with_previously_unseen_instance_type");
    assert_eq!((&row["value"], &row["events"]), (&"c5.xlarge".into(), &60.into()));
}

#[test]
fn the_lists_can_be_narrowed() {
    let known = FourWeeks::new();
    let count = |arguments: &[&str]| known.run(arguments, []).quiet().stdout.lines().count();
    let all = count(&["show", "--format", "jsonl"]);
    let region = "cloud_compute_instance_created_in_previously_unused_region";
    let regions = count(&["show", "--format", "jsonl", "--detection", region]);
    let account = count(&["show", "--format", "jsonl", "--account", "111122223333"]);
    assert!(0 < regions && regions < all && 0 < account && account < all, "{regions} {account} {all}");
    assert_eq!(count(&["show", "--format", "jsonl", "--value", "p3.16xlarge"]), 0);
    let run = known.run(&["show", "--detection", "a_typo"], []);
    assert!(run.status == 2 && run.stderr.contains("hint: there are `abnormally"), "{}", run.stderr);
}

#[test]
fn tables_go_out_and_come_back() {
    let (known, fresh) = (FourWeeks::new(), tempfile::tempdir().unwrap());
    let carried = fresh.path().join("carried.json");
    for (lookup, key) in LOOKUPS {
        let table = known.run(&["export", lookup], []).quiet().stdout;
        let mut lines = table.lines();
        assert_eq!(lines.next(), Some(&*format!("{key},firstTimeSeen,lastTimeSeen,enough_data")));
        assert!(table.lines().count() > 1 && lines.all(|line| line.ends_with(",1")), "{table}");
        let file = trail::put(fresh.path(), &format!("{lookup}.csv"), &table);
        let out = fresh.path().join("out.csv");
        known.run(&["export", lookup, "--out"], [out.clone()]).quiet();
        assert_eq!(fs::read_to_string(out).unwrap(), table);
        baseline(&carried, &["import", lookup], [file]).quiet();
        assert_eq!(baseline(&carried, &["export", lookup], []).quiet().stdout, table, "{lookup}");
    }
    check_nothing_is_learned_anew(&carried);
}

/// The theft of the fifth week is found, and nothing that the tables know.
#[track_caller]
fn check_nothing_is_learned_anew(carried: &Path) {
    let found = names(&scan_fifth_week(Some(carried)).found().findings());
    for (detection, value) in [
        ("user", "arn:aws:iam::444455556666:user/svc-backup"),
        ("region", "ap-south-1"),
        ("image", "ami-0d91c6e3f7b2a4508"),
        ("type", "g4dn.12xlarge"),
    ] {
        assert!(found.contains(&(detection.into(), value.into())), "{value} in {found:#?}");
    }
    for (_, value) in &found {
        assert!(!["us-east-1", "eu-west-1", "c5.xlarge", "m6i.large"].contains(&&**value), "{value}");
        assert!(!value.contains("nightly-batch") && !value.contains("github-actions-build"), "{value}");
    }
}

#[test]
fn tables_come_from_splunk_as_it_writes_them() {
    let folder = tempfile::tempdir().unwrap();
    let known = folder.path().join("known.json");
    let table = "\u{feff}vendor_region,enough_data,extra,lastTimeSeen,firstTimeSeen\r\n\
                 us-east-1,1,x,1772323200.000000,1769904000\r\n\"eu-west-1\",1,,1772323200,1769904000\r\n";
    let run = program::davy_reading(
        [
            "baseline".as_ref(),
            "import".as_ref(),
            "--baseline".as_ref(),
            known.as_os_str(),
            LOOKUPS[3].0.as_ref(),
            "-".as_ref(),
        ],
        table,
    );
    assert_eq!(run.quiet().stdout, "imported  2 rows of previously_seen_cloud_regions\n");
    let rows = baseline(&known, &["show", "--format", "json"], []).json();
    assert_eq!(rows[0]["first_seen"], "2026-02-01T00:00:00Z");
}

#[test]
fn a_table_that_is_none_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let known = folder.path().join("known.json");
    for (table, words) in [
        ("region,firstTimeSeen,lastTimeSeen\n", "`vendor_region`"),
        ("", "vendor_region"),
        ("vendor_region,firstTimeSeen,lastTimeSeen\nus-east-1,yesterday,1\n", "`yesterday`"),
        ("vendor_region,firstTimeSeen,lastTimeSeen\nus-east-1,1\n", "line"),
    ] {
        let file = trail::put(folder.path(), "table.csv", table);
        let run = baseline(&known, &["import", LOOKUPS[3].0], [file]);
        assert_eq!((run.status, &*run.stdout), (2, ""), "{table}");
        assert!(run.stderr.contains(words), "{table}: {}", run.stderr);
    }
    let run = baseline(&known, &["import", LOOKUPS[3].0], [folder.path().to_owned()]);
    assert_eq!(run.status, 2, "a folder is no table");
    assert!(!known.exists());
}

#[test]
fn what_is_forgotten_is_new_again() {
    let known = FourWeeks::new();
    assert!(known.run(&["forget", "--value", "c5.xlarge"], []).quiet().stdout.starts_with("forgot    2 entries"));
    assert_eq!(known.run(&["show", "--value", "c5.xlarge", "--format", "jsonl"], []).quiet().stdout, "");
    let found = names(&scan_fifth_week(Some(&known.path())).found().findings());
    assert!(found.contains(&("type".into(), "c5.xlarge".into())), "{found:#?}");
    known
        .run(&["forget", "--value", "c5.xlarge"], [])
        .failed("error: `c5.xlarge` is not known\nhint: `davy baseline show` lists what is");
}

#[test]
fn one_account_can_forget_what_others_know() {
    let known = FourWeeks::new();
    known.run(&["forget", "--value", "us-east-1", "--account", "111122223333"], []).quiet();
    let rows = known.run(&["show", "--value", "us-east-1", "--format", "json"], []).json();
    let accounts: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row["account"]).collect();
    assert!(!accounts.contains(&&"111122223333".into()) && accounts.contains(&&"444455556666".into()), "{rows}");
}

#[test]
fn building_again_from_the_same_files_changes_not_a_byte() {
    let known = FourWeeks::new();
    let once = fs::read_to_string(known.path()).unwrap();
    known.build().quiet();
    assert!(fs::read_to_string(known.path()).unwrap() == once, "the same files, twice, are the same baseline");
    known.run(&["build", "--fresh"], sample_files_between("2026/02/01", "2026/03/02")).quiet();
    assert!(fs::read_to_string(known.path()).unwrap() == once, "and so they are anew");
}

#[test]
fn building_in_parts_is_building_at_once() {
    let (known, parts) = (FourWeeks::new(), tempfile::tempdir().unwrap());
    let path = parts.path().join("parts.json");
    for (from, until) in [("2026/02/01", "2026/02/11"), ("2026/02/11", "2026/02/24"), ("2026/02/24", "2026/03/02")] {
        baseline(&path, &["build"], sample_files_between(from, until)).quiet();
    }
    assert!(fs::read_to_string(&path).unwrap() == fs::read_to_string(known.path()).unwrap());
    let left: Vec<_> = fs::read_dir(parts.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["parts.json"], "nothing unfinished is left behind");
}

/// Months that are out of every window come again, too, when somebody builds from the same folder.
#[test]
fn a_long_history_counts_once_however_often_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let history: Vec<Value> = ordinary_days("2025-06-01T09:00:00Z", 250).iter().map(Launch::record).collect();
    let log = trail::put(folder.path(), "log.json", file_of(&history));
    let known = folder.path().join("known.json");
    baseline(&known, &["build"], [log.clone()]).quiet();
    let once = baseline(&known, &["show", "--format", "jsonl"], []).stdout;
    baseline(&known, &["build"], [log]).quiet();
    assert_eq!(baseline(&known, &["show", "--format", "jsonl"], []).stdout, once);
}

#[test]
fn a_baseline_of_tomorrow_is_refused() {
    let known = FourWeeks::new();
    let text = fs::read_to_string(known.path()).unwrap();
    fs::write(known.path(), text.replacen("\"version\": 2", "\"version\": 3", 1)).unwrap();
    let message = format!(
        "error: cannot use baseline `{}`\n  caused by: baseline has format `davy-baseline` version 3\n\
         hint: this davy reads `davy-baseline` up to version 2",
        known.path().display()
    );
    known.run(&["show"], []).failed(&message);
    scan_fifth_week(Some(&known.path())).failed(&message);
    known.build().failed(&message);
}

#[test]
fn what_is_no_baseline_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    for text in ["", "{}", "[1,2]", "\u{0}", "{\"Records\":[]}"] {
        let path = trail::put(folder.path(), "notes.json", text);
        let run = baseline(&path, &["build"], [repository().join("sample")]);
        assert_eq!((run.status, &*run.stdout), (2, ""), "{text}");
        assert!(run.stderr.starts_with("error: cannot use baseline"), "{}", run.stderr);
        assert_eq!(fs::read_to_string(path).unwrap(), text);
    }
}

#[test]
fn a_place_where_nothing_can_be_written_is_said_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/known.json");
    let run = baseline(&path, &["build"], [folder.path().join("not there either")]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.starts_with(&format!("error: cannot write baseline `{}`", path.display())), "{}", run.stderr);
}

/// Two builds at once: one of them is the last, and each is whole.
#[test]
fn two_processes_do_not_mix_their_baselines() {
    let known = FourWeeks::new();
    let once = fs::read_to_string(known.path()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| known.run(&["build", "--fresh"], sample_files_between("2026/02/01", "2026/03/02")).quiet());
        }
    });
    assert!(fs::read_to_string(known.path()).unwrap() == once);
    assert_eq!(fs::read_dir(known.folder.path()).unwrap().count(), 1);
}

/// `testdata/baseline-v1.json` and its successors are kept for ever: whoever has one may use
/// every later davy.
#[test]
fn every_version_is_still_read() {
    let expected = of_the_story(&scan_fifth_week(Some(&FourWeeks::new().path())).found());
    for version in ["v1", "v2"] {
        let path = repository().join(format!("testdata/baseline-{version}.json"));
        if std::env::var_os("DAVY_BLESS").is_some_and(|bless| bless == "1") && !path.exists() {
            fs::copy(FourWeeks::new().path(), &path).unwrap();
        }
        let rows = baseline(&path, &["show", "--format", "jsonl"], []).quiet();
        let row = rows.lines().into_iter().find(|row| row["value"] == "c5.xlarge" && row["events"] == 60).unwrap();
        assert_eq!(row["vendor_product"], "AWS CloudTrail", "{version}");
        assert_eq!(of_the_story(&scan_fifth_week(Some(&path)).found()), expected, "{version}");
    }
}

/// What the detections found that every version knows; a signal that is younger than a baseline
/// learns first, so that incidents may differ.
fn of_the_story(run: &Run) -> Vec<Value> {
    let mut findings = run.findings();
    findings.retain(|finding| finding["risk_score"] != 0);
    for finding in &mut findings {
        finding["incident"].take();
    }
    findings
}

#[test]
fn what_is_known_is_known_of_one_product() {
    let folder = tempfile::tempdir().unwrap();
    let known = folder.path().join("known.json");
    let table = trail::put(
        folder.path(),
        "regions.csv",
        "vendor_region,firstTimeSeen,lastTimeSeen,enough_data\neurope-west1,1767225600,1772323200,1\n",
    );
    let lookup = "previously_seen_cloud_regions";
    baseline(&known, &["import", "--vendor-product", "google", lookup], [table.clone()]).quiet();
    assert!(!baseline(&known, &["show"], []).quiet().stdout.contains("PRODUCT"), "there is only one");
    baseline(&known, &["import", lookup], [table]).quiet();
    let screen = baseline(&known, &["show"], []).quiet().stdout;
    assert!(screen.contains("PRODUCT") && screen.contains("Google Cloud Audit Logs"), "{screen}");
    let export = |product: &str| baseline(&known, &["export", "--vendor-product", product, lookup], []).quiet().stdout;
    assert!(export("google").contains("europe-west1") && export("aws").contains("europe-west1"));
    let forget = ["forget", "--vendor-product", "google", "--value", "europe-west1"];
    baseline(&known, &forget, []).quiet();
    assert!(!export("google").contains("europe-west1") && export("aws").contains("europe-west1"));
}

const TERRAFORM: &str = "arn:aws:iam::111122223333:role/terraform-apply";

#[test]
fn what_somebody_taught_is_forgotten_at_once() {
    let known = FourWeeks::new();
    let of_one = |since: &str| ["forget", "--principal", TERRAFORM, "--since", since].map(str::to_owned);
    let run = |arguments: [String; 5]| known.run(&arguments.each_ref().map(String::as_str), []);
    let before = known.run(&["show", "--format", "jsonl"], []).quiet().lines().len();
    run(of_one("2099-01-01")).failed(&format!(
        "error: `{TERRAFORM}` has taught nothing since then\nhint: users and roles are named by their ARN, mostly"
    ));
    assert!(run(of_one("2026-01-01")).quiet().stdout.contains(&format!("entries of what {TERRAFORM} taught")));
    let rows = known.run(&["show", "--format", "jsonl"], []).quiet().lines();
    let rows: Vec<&Value> = rows.iter().collect();
    assert!(rows.len() < before, "{before}");
    assert!(!rows.iter().any(|row| row["value"] == TERRAFORM), "{rows:#?}");
}
