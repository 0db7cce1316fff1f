//! The `intended` profile of `density_expon.json`: fits, bounds and verdicts of the count rule.
//!
//! The file lies beside the repository, not in it. Where it is absent, the cases written down
//! here are all that is tested; they have the same shapes.

#![allow(clippy::print_stdout, reason = "whoever lacks the file is told")]
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod original;
mod world;

use std::{collections::BTreeMap, env, fs, path::PathBuf};

use detect::{Batch, Calendar, Detection, Fit, Hour, HourGroup, Kind, fit_groups};
use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};
use model::{Coverage, Span};
use serde::Deserialize;

use original::model::{self as toolkit, CountModel};
use world::{COUNT, Reader, Record};

#[derive(Deserialize)]
struct Vectors {
    pure_fit: Vec<PureFit>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct PureFit {
    name: String,
    data: Vec<f64>,
    loc: f64,
    scale: f64,
    degenerate: bool,
    /// By threshold.
    upper: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    timezone: String,
    threshold: f64,
    min_cardinality: u32,
    training: Training,
    expected_model: Profile<BTreeMap<String, Group>, Toolkit>,
    queries: Vec<Query>,
}

#[derive(Deserialize)]
struct Training {
    start: Timestamp,
    counts: Vec<Option<u32>>,
}

#[derive(Deserialize)]
struct Profile<T, U> {
    intended: T,
    /// As the original's toolkit has it.
    mltk_5_7: Option<U>,
}

#[derive(Deserialize)]
struct Toolkit {
    model: String,
    groups: BTreeMap<String, ToolkitGroup>,
}

#[derive(Deserialize)]
struct ToolkitGroup {
    cardinality: usize,
    min: f64,
    scale: f64,
    upper_unrounded: f64,
}

#[derive(Deserialize)]
struct Group {
    cardinality: u32,
    mean: f64,
    loc: f64,
    scale: f64,
    fit: String,
    eligible: bool,
    upper: f64,
}

#[derive(Deserialize)]
struct Query {
    user: String,
    hour_start: Timestamp,
    count: u32,
    group: String,
    expected: Profile<Verdict, Verdict>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Verdict {
    result: String,
    upper: Option<f64>,
    distance: Option<f64>,
}

/// The file, or nothing where it is not.
fn vectors() -> Option<Vectors> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/density_expon.json");
    let file = env::var_os("DAVY_VECTORS").map_or(beside, PathBuf::from);
    if !file.exists() {
        println!("no conformance vectors at {}; set DAVY_VECTORS to test them", file.display());
        return None;
    }
    let text = fs::read(&file).unwrap();
    Some(serde_json::from_slice(&text).unwrap())
}

/// Relative 1e-9 or absolute 1e-9, whichever is looser.
fn close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9_f64.max(1e-9 * right.abs())
}

#[track_caller]
fn check_close(what: &str, actual: f64, expected: f64) {
    assert!(close(actual, expected), "{what}: {actual} instead of {expected}");
}

fn check_pure_fit(case: &PureFit) {
    for (threshold, upper) in &case.upper {
        let fit = Fit::of(case.data.iter().copied(), threshold.parse().unwrap()).unwrap();
        assert_eq!(fit.rows as usize, case.data.len(), "{}", case.name);
        assert_eq!(fit.is_degenerate(), case.degenerate, "{}", case.name);
        check_close(&case.name, fit.location, case.loc);
        check_close(&case.name, fit.scale, case.scale);
        check_close(&case.name, fit.upper, *upper);
    }
}

impl Case {
    fn rows(&self, calendar: &Calendar) -> Vec<(HourGroup, f64)> {
        let hours = Hour::each(Hour::of(self.training.start)..Hour::from_number(i64::MAX));
        let counts = self.training.counts.iter().map(|count| f64::from(count.unwrap_or(0)));
        hours.zip(counts).map(|(hour, count)| (calendar.group(hour), count)).collect()
    }

    fn check_model(&self) {
        let calendar = Calendar::new(&self.timezone).unwrap();
        let fits = fit_groups(self.rows(&calendar), self.threshold);
        let expected = &self.expected_model.intended;
        let names: Vec<String> = fits.keys().map(|group| key(*group)).collect();
        assert_eq!(names, expected.keys().cloned().collect::<Vec<_>>(), "{}", self.id);
        for (group, fit) in &fits {
            let what = format!("{} {}", self.id, key(*group));
            let expected = &expected[&key(*group)];
            assert_eq!(fit.rows, expected.cardinality, "{what}");
            assert_eq!(fit.is_degenerate(), expected.fit == "degenerate", "{what}");
            assert_eq!(fit.rows >= self.min_cardinality, expected.eligible, "{what}");
            check_close(&what, fit.mean(), expected.mean);
            check_close(&what, fit.location, expected.loc);
            check_close(&what, fit.scale, expected.scale);
            check_close(&what, fit.upper, expected.upper);
        }
        for query in &self.queries {
            self.check_query(&calendar, &fits, query);
        }
    }

    fn check_query(&self, calendar: &Calendar, fits: &BTreeMap<HourGroup, Fit>, query: &Query) {
        let group = calendar.group(Hour::of(query.hour_start));
        assert_eq!(key(group), query.group, "{}", self.id);
        let count = f64::from(query.count);
        let verdict = match fits.get(&group) {
            None => Verdict { result: "no_model".into(), upper: None, distance: None },
            Some(fit) if fit.rows < self.min_cardinality => {
                Verdict { result: "not_enough_data".into(), upper: None, distance: None }
            }
            Some(fit) => {
                let result = if count > fit.upper { "outlier" } else { "normal" };
                Verdict { result: result.into(), upper: Some(fit.upper), distance: Some(count - fit.upper) }
            }
        };
        let expected = &query.expected.intended;
        let what = format!("{} {} {} x {}", self.id, query.user, query.hour_start, query.count);
        assert_eq!(verdict.result, expected.result, "{what}");
        assert_eq!(verdict.upper.is_some(), expected.upper.is_some(), "{what}");
        for (actual, expected) in [(verdict.upper, expected.upper), (verdict.distance, expected.distance)] {
            check_close(&what, actual.unwrap_or_default(), expected.unwrap_or_default());
        }
    }

    /// The original of `tests/original`, which the deviations are shown on, fits as the toolkit did.
    fn check_original(&self) {
        let zone = TimeZone::get(&self.timezone).unwrap();
        let hours = (0_i64..).zip(&self.training.counts).filter_map(|(hour, count)| {
            Some((self.training.start + SignedDuration::from_hours(hour), f64::from((*count)?)))
        });
        let model = CountModel::fit_hours(&toolkit::pad(&hours.collect()), &zone);
        let expected = self.expected_model.mltk_5_7.as_ref().unwrap();
        assert_eq!(model.is_some(), expected.model == "ok", "{}", self.id);
        for ((hour_of_day, weekend), fit) in model.iter().flat_map(|model| &model.0) {
            let name = format!("{hour_of_day:02}_{}", u8::from(*weekend));
            let (what, expected) = (format!("{} {name}", self.id), &expected.groups[&name]);
            assert_eq!(fit.cardinality, expected.cardinality, "{what}");
            check_close(&what, fit.min, expected.min);
            check_close(&what, fit.scale, expected.scale);
            check_close(&what, fit.upper(), expected.upper_unrounded);
        }
        for query in &self.queries {
            let count = f64::from(query.count);
            let outlier = model.as_ref().is_some_and(|model| model.is_outlier(query.hour_start, count, &zone));
            let expected = query.expected.mltk_5_7.as_ref().unwrap();
            assert_eq!(outlier, expected.result == "outlier", "{} {} x {count}", self.id, query.hour_start);
        }
    }

    /// Whole weeks from a Monday on: their last Sunday can be put before them, and then they
    /// end where the weekly rebuild does, with the same hours in every group.
    fn is_whole_weeks(&self) -> bool {
        let monday: Timestamp = "2026-01-05T00:00:00Z".parse().unwrap();
        self.timezone == "UTC" && self.training.start == monday && self.training.counts.len().is_multiple_of(7 * 24)
    }

    /// The same verdicts from the whole detector, fed with launches.
    fn check_detector(&self) {
        let start = self.training.start - 24.hours();
        let mut counts = self.training.counts.clone();
        counts.rotate_right(24);
        let week = start + SignedDuration::from_hours(i64::try_from(counts.len()).unwrap());
        let mut records: Vec<Record> = (0_i64..)
            .zip(&counts)
            .filter_map(|(hour, count)| Some(launch(start + SignedDuration::from_hours(hour), "estate", (*count)?)))
            .collect();
        for (number, query) in self.queries.iter().enumerate() {
            let hour = into_week(query.hour_start, week);
            records.push(launch(hour, &format!("{}-{number}", query.user), query.count));
        }
        let mut reader = Reader::new(vec![self.detection()], None);
        let mut coverage = Coverage::default();
        coverage.product_mut(model::VendorProduct::AwsCloudTrail).add(world::MAIN, "us-east-1", Span::at(start));
        reader.read(Batch { events: records.iter().filter_map(Record::event).collect(), coverage });
        reader.finish();
        for (number, query) in self.queries.iter().enumerate() {
            let user = world::user(world::MAIN, &format!("{}-{number}", query.user));
            let expected = &query.expected.intended;
            let told = reader.findings.about(COUNT, &user);
            assert_eq!(!told.is_empty(), expected.result == "outlier", "{} {user} x {}", self.id, query.count);
            for finding in told {
                check_close(&user, finding.expected_upper_threshold.unwrap(), expected.upper.unwrap());
                check_close(&user, finding.distance_from_threshold.unwrap(), expected.distance.unwrap());
            }
        }
    }

    fn detection(&self) -> Detection {
        let mut detection = world::detection(COUNT);
        let Kind::AbnormalCount(rule) = &mut detection.kind else { panic!("{COUNT} counts") };
        rule.threshold = self.threshold;
        rule.min_rows = self.min_cardinality;
        detection
    }
}

fn key(group: HourGroup) -> String {
    format!("{:02}_{}", group.hour_of_day, u8::from(group.weekend))
}

fn launch(hour: Timestamp, who: &str, count: u32) -> Record {
    let time = hour + 10.minutes();
    let mut record = Record::new(0, time, "RunInstances", who, "us-east-1");
    record.id = format!("{time} {who}");
    record.instances = count;
    record
}

/// The same hour of the same weekday in the week that begins with `week`.
fn into_week(hour: Timestamp, week: Timestamp) -> Timestamp {
    let week_seconds = 7 * 24 * 3600;
    week + SignedDuration::from_secs((hour.as_second() - week.as_second()).rem_euclid(week_seconds))
}

#[test]
fn the_intended_pure_fits_hold() {
    for case in vectors().into_iter().flat_map(|vectors| vectors.pure_fit) {
        check_pure_fit(&case);
    }
}

#[test]
fn the_intended_models_and_verdicts_hold() {
    for case in vectors().into_iter().flat_map(|vectors| vectors.cases) {
        case.check_model();
    }
}

#[test]
fn the_whole_detector_gives_the_intended_verdicts() {
    let Some(vectors) = vectors() else { return };
    let cases: Vec<Case> = vectors.cases.into_iter().filter(Case::is_whole_weeks).collect();
    assert!(cases.iter().any(|case| case.id == "c02_four_weeks"));
    for case in cases {
        case.check_detector();
    }
}

#[test]
fn the_original_under_test_is_the_original() {
    let cases = vectors().into_iter().flat_map(|vectors| vectors.cases);
    for case in cases.filter(|case| toolkit::THRESHOLD.to_string() == case.threshold.to_string()) {
        case.check_original();
    }
}

#[test]
fn fits_worked_out_by_hand_hold() {
    let ln_200 = 5.298_317_366_548_036;
    let cases: [(&str, Vec<f64>, f64, f64, bool); 5] = [
        ("nothing but zeros", vec![0.0; 16], 0.0, 0.0, true),
        ("one spike among zeros", [vec![0.0; 99], vec![100.0]].concat(), 0.0, 1.0, false),
        ("never an empty hour", vec![5.0, 5.0, 5.0, 6.0, 9.0], 5.0, 1.0, false),
        ("equal and above zero", vec![7.0; 20], 7.0, 0.0, true),
        ("mean of two", (0..20).map(|row| f64::from(row % 5)).collect(), 0.0, 2.0, false),
    ];
    for (name, data, loc, scale, degenerate) in cases {
        let upper = BTreeMap::from([("0.005".to_owned(), loc + scale * ln_200)]);
        check_pure_fit(&PureFit { name: name.to_owned(), data, loc, scale, degenerate, upper });
    }
    assert_eq!(Fit::of([], 0.005), None);
}

/// Four weeks in which every even hour of a weekday sees one launch, and weekends none.
fn weekdays_only() -> Case {
    let start: Timestamp = "2026-01-05T00:00:00Z".parse().unwrap();
    let weekday = |hour: u32| hour / 24 % 7 < 5;
    let counts = (0..28 * 24).map(|hour| (weekday(hour) && hour % 2 == 0).then_some(1)).collect();
    let group = |name: &str| {
        let weekend = name.ends_with("_1");
        let scale = if weekend { 0.0 } else { 0.5 };
        Group {
            cardinality: if weekend { 32 } else { 80 },
            mean: scale,
            loc: 0.0,
            scale,
            fit: if weekend { "degenerate" } else { "ok" }.to_owned(),
            eligible: true,
            upper: scale * 200_f64.ln(),
        }
    };
    let names = (0..6).flat_map(|block| (0..2).map(move |weekend| format!("{:02}_{weekend}", block * 4)));
    Case {
        id: "weekdays_only".to_owned(),
        timezone: "UTC".to_owned(),
        threshold: 0.005,
        min_cardinality: 16,
        training: Training { start, counts },
        expected_model: Profile { intended: names.map(|name| (name.clone(), group(&name))).collect(), mltk_5_7: None },
        queries: [("2026-02-03T13:00:00Z", 2), ("2026-02-03T13:00:00Z", 3), ("2026-02-07T03:00:00Z", 1)]
            .map(|(hour, count)| query(hour, count))
            .into(),
    }
}

fn query(hour: &str, count: u32) -> Query {
    let hour_start: Timestamp = hour.parse().unwrap();
    let group = Calendar::utc().group(Hour::of(hour_start));
    let upper = if group.weekend { 0.0 } else { 0.5 * 200_f64.ln() };
    let result = if f64::from(count) > upper { "outlier" } else { "normal" };
    let intended = Verdict { result: result.to_owned(), upper: Some(upper), distance: Some(f64::from(count) - upper) };
    Query {
        user: "mallory".to_owned(),
        hour_start,
        count,
        group: key(group),
        expected: Profile { intended, mltk_5_7: None },
    }
}

#[test]
fn a_case_of_our_own_holds() {
    let case = weekdays_only();
    assert_eq!(
        case.queries.iter().map(|query| &*query.expected.intended.result).collect::<Vec<_>>(),
        ["normal", "outlier", "outlier"]
    );
    case.check_model();
    case.check_detector();
}
