//! One organisation in several clouds: a baseline for each, and nothing that one says of another.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod world;

use detect::{Forget, Forgotten};
use model::{Scope, VendorProduct};
use proptest::{collection::vec, prelude::*, sample::Index};

use world::{
    AWS, COUNT, GOOGLE, MAIN, REGION, Reader, Record, TYPE, USER, World, at, batch,
    history::{LATENESS, arrivals, cases, cut, history},
    story, user,
};

const PROJECT: &str = "example-project";

/// What happened, in Google's logs.
fn in_google(world: World) -> Vec<Record> {
    let moved = |record: Record| Record {
        id: format!("google-{}", record.id),
        account: PROJECT.to_owned(),
        product: GOOGLE,
        ..record
    };
    world.records.into_iter().map(moved).collect()
}

fn scan(records: &[Record]) -> Reader {
    let mut reader = Reader::new(story(), None);
    reader.read(batch(records));
    reader.finish();
    reader
}

#[test]
fn months_of_one_cloud_do_not_end_the_warm_up_of_another() {
    let mut records = World::new().ordinary_life(60).records;
    // Read since 20 February: a region needs two weeks.
    records.extend(in_google(
        World::new()
            .request("2026-02-20 00:00", "GetObject", "alice", "us-east-1")
            .launch("2026-02-25 09:20", "alice", "europe-west1")
            .launch("2026-03-05 23:59:59", "alice", "europe-west2")
            .launch("2026-03-06 00:00:00", "alice", "europe-west3"),
    ));
    let findings = scan(&records).findings;
    for (region, told) in [("europe-west1", 0), ("europe-west2", 0), ("europe-west3", 1)] {
        assert_eq!(findings.about(REGION, region).len(), told, "{region}");
    }
    let finding = findings.one(REGION, "europe-west3");
    assert_eq!(finding.vendor_product, GOOGLE);
    assert_eq!(finding.scopes, [Scope::Account, Scope::Organization]);
    assert!(finding.because[0].contains("never seen in the organization in 14 days of logs"), "{:?}", finding.because);
}

#[test]
fn what_is_known_in_one_cloud_is_new_in_another() {
    let mut records = World::new().ordinary_life(60).records;
    let quiet = World::new().quiet_life(MAIN, 44);
    records.extend(in_google(quiet.launch("2026-02-18 09:20", "alice", "us-east-1")));
    let findings = scan(&records).findings;
    for (detection, value) in [(REGION, "us-east-1"), (TYPE, "m5.large"), (USER, &*user(PROJECT, "alice"))] {
        assert_eq!(findings.one(detection, value).vendor_product, GOOGLE);
    }
}

#[test]
fn the_estate_of_a_model_is_of_one_cloud() {
    // AWS is busy in every hour; to Google, three machines in one are many.
    let mut records = World::new().hourly_life(world::START, 42, |_| 6).records;
    let google = World::new().hourly_life(world::START, 42, |hour| i64::from(hour % 2 == 0));
    records.extend(in_google((0..3).fold(google, |world, minute| {
        let time = at("2026-02-11 09:10") + jiff::SignedDuration::from_mins(minute);
        world.launch_at(time, "mallory", "us-east-1")
    })));
    let findings = scan(&records).findings;
    assert_eq!(findings.one(COUNT, &user(PROJECT, "mallory")).count, 3);
}

#[test]
fn a_value_is_unlearned_in_one_cloud_or_in_all() {
    let mut records = World::new().ordinary_life(10).records;
    records.extend(in_google(World::new().ordinary_life(10)));
    let mut reader = scan(&records);
    assert_eq!(reader.memory.products().collect::<Vec<_>>(), [AWS, GOOGLE]);
    let all = Forget { what: Forgotten::Value("us-east-1"), detection: None, account: None, vendor_product: None };
    assert_eq!(reader.memory.forget(&Forget { vendor_product: Some(GOOGLE), ..all }), 2);
    assert_eq!(reader.memory.baseline(GOOGLE, REGION).unwrap().entries(), []);
    assert_eq!(reader.memory.forget(&all), 2);
}

#[test]
fn all_clouds_are_in_one_file() {
    let mut records = World::new().ordinary_life(10).records;
    records.extend(in_google(World::new().ordinary_life(10)));
    let reader = scan(&records);
    let written = reader.written();
    let restarted = reader.restart();
    assert_eq!(restarted.written(), written);
    assert_eq!(restarted.memory.baseline(GOOGLE, REGION).unwrap().entries().len(), 2);
}

fn product() -> impl Strategy<Value = VendorProduct> {
    prop::sample::select(&VendorProduct::ALL[..])
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn clouds_read_together_are_clouds_read_apart(
        history in history(),
        products in vec(product(), 1..30),
        cuts in vec(any::<Index>(), 0..20),
    ) {
        let records: Vec<Record> =
            history.into_iter().zip(products.iter().cycle()).map(|(record, product)| Record { product: *product, ..record }).collect();
        let mut together = Reader::new(story(), Some(LATENESS));
        for piece in cut(&arrivals(&records), &cuts) {
            together.read(piece);
        }
        together.finish();
        let mut apart = world::Findings::default();
        for product in VendorProduct::ALL {
            let of: Vec<Record> = records.iter().filter(|record| record.product == product).cloned().collect();
            let reader = scan(&of);
            for detection in [REGION, USER, TYPE] {
                let known = |reader: &Reader| reader.memory.baseline(product, detection).map(detect::Baseline::entries).unwrap_or_default();
                prop_assert_eq!(known(&together), known(&reader));
            }
            apart.0.extend(reader.findings.0);
        }
        prop_assert_eq!(together.findings, apart);
    }
}
