//! Asking the catalogue, a question at a time: `cargo bench -p davy-detect --bench catalog`.

use std::{alloc::System, fs, path::Path};

use detect::catalog::{Ask, Catalog, CatalogTexts, Quote};
use divan::{AllocProfiler, Bencher, counter::ItemsCount};
use model::{Accelerator, VendorProduct};

#[global_allocator]
static ALLOCATOR: AllocProfiler<System> = AllocProfiler::new(System);

fn main() {
    divan::main();
}

#[divan::bench]
fn check_the_whole(bencher: Bencher) {
    let texts = texts();
    bencher.bench(|| Catalog::parse(divan::black_box(&texts)));
}

#[divan::bench]
fn every_type_of_aws(bencher: Bencher) {
    every_type(bencher, VendorProduct::AwsCloudTrail, "us-east-1");
}

#[divan::bench]
fn every_size_of_azure(bencher: Bencher) {
    every_type(bencher, VendorProduct::AzureActivityLog, "swedencentral");
}

#[divan::bench]
fn a_predefined_machine_of_google(bencher: Bencher) {
    let attached = [Accelerator { name: "nvidia-tesla-t4".into(), count: 4 }];
    let ask = Ask { attached: &attached, ..ask("zones/us-central1-a/machineTypes/n1-standard-4") };
    one(bencher, VendorProduct::GoogleCloudAuditLogs, &ask);
}

#[divan::bench]
fn an_unknown_size(bencher: Bencher) {
    one(bencher, VendorProduct::AwsCloudTrail, &ask("c5.7xlarge"));
}

fn every_type(bencher: Bencher, vendor_product: VendorProduct, region: &str) {
    let catalog = catalog();
    let names: Vec<&str> = catalog.sizes(vendor_product).map(|size| &*size.name).collect();
    bencher.counter(ItemsCount::new(names.len())).bench(|| {
        for name in &names {
            let ask = Ask { region: Some(region), ..ask(name) };
            divan::black_box(catalog.quote(vendor_product, &ask));
        }
    });
}

fn one(bencher: Bencher, vendor_product: VendorProduct, ask: &Ask<'_>) {
    let catalog = catalog();
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench(|| -> Quote<'_> { catalog.quote(vendor_product, divan::black_box(ask)) });
}

fn ask(instance_type: &str) -> Ask<'_> {
    Ask { instance_type, ..Ask::default() }
}

fn catalog() -> Catalog {
    Catalog::parse(&texts()).expect("the catalogue is sound")
}

fn texts() -> CatalogTexts {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let entries = fs::read_dir(folder).expect("the catalogue is part of the repository");
    entries
        .map(|entry| {
            let path = entry.expect("the catalogue can be listed").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("the catalogue is text"))
        })
        .collect()
}
