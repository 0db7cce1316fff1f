//! The catalogue of the repository: complete, right where reports say what was billed, near where it
//! estimates, and unmoved by names that thieves write.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{fmt::Write as _, fs, path::Path};

use detect::catalog::{
    Accelerator, Ask, Basis, Catalog, CatalogFile, CatalogTexts, MANIFEST, Place, Quote, TableKind, layer,
};
use model::VendorProduct::{self, AwsCloudTrail as Aws, AzureActivityLog as Azure, GoogleCloudAuditLogs as Google};
use proptest::prelude::*;

fn texts() -> CatalogTexts {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let read = |path: &Path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap());
    fs::read_dir(folder).unwrap().map(|entry| read(&entry.unwrap().path())).collect()
}

fn catalog() -> Catalog {
    Catalog::parse(&texts()).unwrap()
}

fn ask(instance_type: &str) -> Ask<'_> {
    Ask { instance_type, ..Ask::default() }
}

/// In the region that the prices are of.
fn at_home<'a>(catalog: &'a Catalog, cloud: VendorProduct, instance_type: &'a str) -> Quote<'a> {
    catalog.quote(cloud, &Ask { region: Some(home(cloud)), ..ask(instance_type) })
}

fn home(cloud: VendorProduct) -> &'static str {
    match cloud {
        Aws => "us-east-1",
        Azure => "eastus",
        Google => "us-central1",
    }
}

/// `vcpu, GiB, accelerators, USD an hour, basis`
fn shown(quote: &Quote<'_>) -> String {
    let optional = |value: Option<f64>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    let mut line = format!("{} vcpu, {} gib, ", optional(quote.vcpu), optional(quote.memory_gib));
    for Accelerator { name, count, priced } in &quote.accelerators {
        let count = count.map_or_else(|| "?".to_owned(), |count| count.to_string());
        let unpriced = if *priced { "" } else { " unpriced" };
        write!(line, "{count} {name}{unpriced}, ").unwrap();
    }
    match quote.usd_per_hour {
        None => line.push_str("no price"),
        Some(usd) if (usd.high - usd.low).abs() < 1e-9 => write!(line, "{:.4}", usd.low).unwrap(),
        Some(usd) => write!(line, "{:.3} to {:.3}", usd.low, usd.high).unwrap(),
    }
    line + &match quote.basis {
        Basis::Exact => ", exact".to_owned(),
        Basis::Rates(by) => format!(", rates of {by}"),
        Basis::Family(by) => format!(", family {by}"),
        Basis::Accelerator(by) => format!(", accelerator {by}"),
        Basis::Letter(by) => format!(", letters {by}"),
        Basis::Unknown => ", unknown".to_owned(),
    }
}

#[test]
fn bills_that_were_reported_come_out() {
    let catalog = catalog();
    let usd = |name: &str| at_home(&catalog, Aws, name).usd_per_hour.unwrap().high;
    for (count, name, hours, reported) in
        [(42.0, "c5.metal", 24.0, 4113.0), (6000.0, "t3.micro", 24.0, 1498.0), (280.0, "g4dn.12xlarge", 1.0, 1095.0)]
    {
        let billed: f64 = count * usd(name) * hours;
        assert!((billed - reported).abs() < 1.0, "{count} x {name}: {billed}");
    }
    assert!((520.0 * usd("fargate-16-32768") - 411.0).abs() < 1.0);
}

#[test]
fn machines_are_quoted() {
    let catalog = catalog();
    let check = |cloud, name: &str, expected: &str| println!("{name} => {}", shown(&at_home(&catalog, cloud, name)));
    for (name, expected) in [
        ("g4dn.12xlarge", "48 vcpu, 192 gib, 4 t4, 3.9120, exact"),
        ("p3.16xlarge", "64 vcpu, 488 gib, 8 v100, 24.4800, exact"),
        ("ml.g4dn.12xlarge", "x"),
        ("C5.METAL", "x"),
        ("c5.7xlarge", "x"),
        ("c5.huge", "x"),
        ("c6g.metal", "x"),
        ("g4dn.24xlarge", "x"),
        ("c99z.8xlarge", "x"),
        ("p9.48xlarge", "x"),
        ("p5e.48xlarge", "x"),
        ("trn2.48xlarge", "x"),
        ("x8aedz.12xlarge", "x"),
        ("hpc8a.96xlarge", "x"),
        ("g6f.large", "x"),
        ("fargate-0.25-512", "x"),
        ("qq9.large", "x"),
        ("n1-standard-4", "x"),
    ] {
        check(Aws, name, expected);
    }
    for (name, expected) in [
        ("Standard_NC64as_T4_v3", "x"),
        ("standard_b1s", "x"),
        ("Standard_E64-16s_v4", "x"),
        ("Standard_NV6ads_A10_v5", "x"),
        ("Standard_D40s_v5", "x"),
        ("Standard_D8s_v99", "x"),
        ("Standard_ND96isr_H200_v5", "x"),
        ("Standard_NC32as_T4_v3", "x"),
        ("Standard_D99999999999s_v5", "x"),
        ("Standard_Q8_v9", "x"),
    ] {
        check(Azure, name, expected);
    }
    for (name, expected) in [
        ("n1-standard-4", "x"),
        ("projects/p/zones/us-central1-a/machineTypes/n2d-highcpu-224", "x"),
        ("custom-4-8192", "x"),
        ("n2-custom-8-16384-ext", "x"),
        ("e2-micro", "x"),
        ("a2-highgpu-8g", "x"),
        ("a2-highgpu-3g", "x"),
        ("g2-standard-20", "x"),
        ("g2-custom-8-32768", "x"),
        ("a3-highgpu-8g", "x"),
        ("c4-highcpu-96", "x"),
        ("m3-ultramem-32", "x"),
        ("zz9-standard-8", "x"),
    ] {
        check(Google, name, expected);
    }
}
