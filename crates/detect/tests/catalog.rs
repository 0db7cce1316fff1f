//! The catalogue of the repository: complete, right where reports say what was billed, near where it
//! estimates, and unmoved by names that thieves write.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{fmt::Write as _, fs, path::Path};

use detect::catalog::{
    Accelerator, Ask, Basis, Catalog, CatalogFile, CatalogTexts, MANIFEST, Place, Quote, TableKind, layer,
};
use jiff::Timestamp;
use model::VendorProduct::{AwsCloudTrail as Aws, AzureActivityLog as Azure, GoogleCloudAuditLogs as Google};
use model::{Compute, Event, EventId, Principal, VendorProduct};
use proptest::prelude::*;

fn texts() -> CatalogTexts {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let read =
        |path: &Path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap());
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
    let check =
        |cloud, name: &str, expected: &str| assert_eq!(shown(&at_home(&catalog, cloud, name)), expected, "{name}");
    for (name, expected) in [
        ("g4dn.12xlarge", "48 vcpu, 192 gib, 4 t4, 3.9120, exact"),
        ("p3.16xlarge", "64 vcpu, 488 gib, 8 v100, 24.4800, exact"),
        ("ml.g4dn.12xlarge", "48 vcpu, 192 gib, 4 t4, 4.499 to 4.890, exact"),
        ("C5.METAL", "96 vcpu, 192 gib, 4.0800, exact"),
        ("c5.7xlarge", "28 vcpu, 56 gib, 1.1900, family c5"),
        ("c5.huge", "? vcpu, ? gib, 0.085 to 4.080, family c5"),
        ("c6g.metal", "64 vcpu, 128 gib, 2.3066, exact"),
        ("g6.metal", "192 vcpu, 768 gib, 8 l4, 13.3504, family g6"),
        ("g4dn.24xlarge", "96 vcpu, 384 gib, 8 t4, 7.8240, family g4dn"),
        ("c99z.8xlarge", "32 vcpu, ? gib, 1.229 to 2.080, letters c"),
        ("p9.48xlarge", "192 vcpu, ? gib, 43.200 to 113.933, letters p"),
        ("p5e.48xlarge", "192 vcpu, 2048 gib, 8 h200, 63.296 to 91.334, accelerator h200"),
        ("trn2.48xlarge", "192 vcpu, 2048 gib, 16 trainium2, 32.250 to 37.170, letters trn"),
        ("x8aedz.12xlarge", "48 vcpu, 1536 gib, 4.008 to 10.008, letters x"),
        ("hpc8a.96xlarge", "192 vcpu, 768 gib, 5.050 to 20.198, letters hpc"),
        ("g6f.large", "2 vcpu, 8 gib, 0 l4, 0.2020, exact"),
        ("fargate-0.25-512", "0.25 vcpu, 0.5 gib, 0.0123, rates of fargate"),
        ("qq9.large", "2 vcpu, ? gib, no price, unknown"),
        ("n1-standard-4", "? vcpu, ? gib, no price, unknown"),
    ] {
        check(Aws, name, expected);
    }
    for (name, expected) in [
        ("Standard_NC64as_T4_v3", "64 vcpu, ? gib, 4 t4, 4.3520, exact"),
        ("standard_b1s", "1 vcpu, ? gib, 0.0104, exact"),
        ("Standard_E64-16s_v4", "16 vcpu, ? gib, 4.0320, exact"),
        ("Standard_NV6ads_A10_v5", "6 vcpu, ? gib, 0 a10, 0.4540, exact"),
        ("Standard_D40s_v5", "40 vcpu, ? gib, 1.9200, family Standard_D#s_v5"),
        ("Standard_D8s_v99", "8 vcpu, ? gib, 0.312 to 0.616, letters d"),
        ("Standard_ND96isr_H200_v5", "96 vcpu, ? gib, 8 h200, 91.3339, exact"),
        ("Standard_NC32as_T4_v3", "32 vcpu, ? gib, 2 t4, 2.176 to 2.408, family Standard_NC#as_T4_v3"),
        ("Standard_D99999999999s_v5", "? vcpu, ? gib, 0.096 to 4.608, family Standard_D#s_v5"),
        ("Standard_Q8_v9", "8 vcpu, ? gib, no price, unknown"),
    ] {
        check(Azure, name, expected);
    }
    for (name, expected) in [
        ("n1-standard-4", "4 vcpu, 15 gib, 0.1900, rates of n1"),
        ("projects/p/zones/us-central1-a/machineTypes/n2d-highcpu-224", "224 vcpu, 224 gib, 6.9861, rates of n2d"),
        ("custom-4-8192", "4 vcpu, 8 gib, 0.160 to 0.168, rates of n1"),
        ("n2-custom-8-16384-ext", "8 vcpu, 16 gib, 0.321 to 0.337, rates of n2"),
        ("e2-micro", "2 vcpu, 1 gib, 0.0084, exact"),
        ("a2-highgpu-8g", "96 vcpu, 680 gib, 8 nvidia-tesla-a100, 29.3871, exact"),
        ("a2-highgpu-3g", "36 vcpu, 255 gib, 3 nvidia-tesla-a100, 11.0202, family a2-highgpu"),
        ("g2-standard-20", "20 vcpu, 80 gib, 2 nvidia-l4, 1.500 to 1.758, family g2-standard"),
        ("g2-custom-8-32768", "8 vcpu, 32 gib, 0.206 to 1.520, letters g"),
        ("a3-highgpu-8g", "208 vcpu, 1872 gib, 8 nvidia-h100-80gb, 55.040 to 98.320, accelerator h100"),
        ("c4-highcpu-96", "96 vcpu, 96 gib, 3.597 to 4.138, letters c-highcpu"),
        ("m3-ultramem-32", "32 vcpu, ? gib, 5.043 to 6.490, letters m-ultramem"),
        ("zz9-standard-8", "8 vcpu, 32 gib, no price, unknown"),
    ] {
        check(Google, name, expected);
    }
}

fn attach(name: &str, count: u32) -> model::Accelerator {
    model::Accelerator { name: name.into(), count }
}

/// What a vCPU of a family nobody knows costs in the middle, as counted by others from the same prices.
#[test]
fn letters_say_what_a_new_family_costs() {
    let catalog = catalog();
    for (name, usd) in [
        ("c99.xlarge", 0.049),
        ("m99.xlarge", 0.059),
        ("r99.xlarge", 0.076),
        ("x99.xlarge", 0.109),
        ("i99.xlarge", 0.094),
    ] {
        let quote = at_home(&catalog, Aws, name);
        let range = quote.usd_per_hour.unwrap();
        assert!(range.low / 4.0 < usd && usd < range.high / 4.0, "{name}: {range:?}");
        assert!(range.high < 4.0 * range.low, "{name}: {range:?}");
        assert!(matches!(quote.basis, Basis::Letter(_)), "{name}");
    }
}

#[test]
fn an_event_is_asked_about_as_it_is() {
    let (id, time) = (EventId::from("1"), Timestamp::UNIX_EPOCH);
    let mut event = Event::new(id, time, Google, "v1.compute.instances.insert".into(), somebody());
    event.vendor_region = Some("us-central1".into());
    let accelerators = vec![attach("nvidia-tesla-t4", 4)];
    event.compute = Compute { accelerators, spot: true, ..Compute::default() }.into();
    let catalog = catalog();
    let quote = catalog.quote(event.vendor_product, &Ask::of(&event, "n1-standard-4"));
    assert_eq!(shown(&quote), "4 vcpu, 15 gib, 4 nvidia-tesla-t4, 0.4800, rates of n1");
}

fn somebody() -> Principal {
    Principal {
        id: "user@example.com".into(),
        name: None,
        kind: None,
        session: None,
        access_key_id: None,
        borrower: None,
        invoked_by: None,
        service_linked: false,
        class: model::UserClass::User,
        attributed: true,
    }
}

#[test]
fn what_is_attached_adds_up_and_what_is_inside_is_counted_once() {
    let catalog = catalog();
    let check = |instance_type: &str, attached: &[(&str, u32)], spot: bool, expected: &str| {
        let list: Vec<_> = attached.iter().map(|(name, count)| attach(name, *count)).collect();
        let ask = Ask { instance_type, region: Some("us-central1-a"), attached: &list, spot };
        assert_eq!(shown(&catalog.quote(Google, &ask)), expected, "{instance_type} {attached:?}");
    };
    check("n1-standard-4", &[("nvidia-tesla-t4", 4)], false, "4 vcpu, 15 gib, 4 nvidia-tesla-t4, 1.5900, rates of n1");
    check(
        "n1-standard-4",
        &[("projects/p/zones/z/acceleratorTypes/nvidia-tesla-t4", 4)],
        true,
        "4 vcpu, 15 gib, 4 nvidia-tesla-t4, 0.4800, rates of n1",
    );
    check("n1-standard-4", &[("nvidia-l40s", 1)], false, "4 vcpu, 15 gib, 1 nvidia-l40s, 2.051 to 7.767, rates of n1");
    check(
        "n1-standard-4",
        &[("nvidia-q1", 2), ("", 1), ("nvidia-tesla-t4", 0)],
        false,
        "4 vcpu, 15 gib, 2 nvidia-q1 unpriced, 1  unpriced, 0.1900, rates of n1",
    );
    check("a2-highgpu-8g", &[("nvidia-tesla-a100", 8)], false, "96 vcpu, 680 gib, 8 nvidia-tesla-a100, 29.3871, exact");
    check(
        "zz9-standard-8",
        &[("nvidia-tesla-v100", 8)],
        false,
        "8 vcpu, 32 gib, 8 nvidia-tesla-v100, 19.8400, accelerator nvidia-tesla-v100",
    );
    check(
        "n1-standard-4",
        &[("nvidia-tesla-t4", u32::MAX)],
        false,
        "4 vcpu, 15 gib, 4294967295 nvidia-tesla-t4 unpriced, 0.1900, rates of n1",
    );
}

#[test]
fn spot_and_regions_widen_the_price() {
    let catalog = catalog();
    let check = |cloud, instance_type: &str, region: Option<&str>, spot: bool, expected: &str| {
        let ask = Ask { instance_type, region, spot, ..Ask::default() };
        let quote = catalog.quote(cloud, &ask);
        let place = match quote.region {
            Place::Base => "base".to_owned(),
            Place::Listed(factor) => format!("listed {factor}"),
            Place::Elsewhere(range) => format!("elsewhere {} to {}", range.low, range.high),
        };
        assert_eq!(format!("{}, {place}", shown(&quote)), expected, "{instance_type} {region:?}");
    };
    check(Aws, "c5.large", Some("us-east-1"), false, "2 vcpu, 4 gib, 0.0850, exact, base");
    check(Aws, "c5.large", Some("us-east-1f"), true, "2 vcpu, 4 gib, 0.026 to 0.043, exact, base");
    check(Aws, "c5.large", Some("us-east-1-bos-1a"), false, "2 vcpu, 4 gib, 0.085 to 0.136, exact, elsewhere 1 to 1.6");
    check(Aws, "c5.large", Some("eu-north-1"), false, "2 vcpu, 4 gib, 0.085 to 0.136, exact, elsewhere 1 to 1.6");
    check(Aws, "c5.large", None, false, "2 vcpu, 4 gib, 0.085 to 0.136, exact, elsewhere 1 to 1.6");
    check(Azure, "Standard_D2s_v5", Some("swedencentral"), false, "2 vcpu, ? gib, 0.1024, exact, listed 1.067");
    check(Azure, "Standard_D2s_v5", Some("Sweden Central"), true, "2 vcpu, ? gib, 0.031 to 0.051, exact, listed 1.067");
    check(
        Azure,
        "Standard_D2s_v5",
        Some("atlantis"),
        false,
        "2 vcpu, ? gib, 0.096 to 0.199, exact, elsewhere 1 to 2.074",
    );
    check(Google, "e2-standard-4", Some("us-central1-b"), true, "4 vcpu, 16 gib, 0.0402, rates of e2, base");
    check(
        Google,
        "a2-highgpu-1g",
        Some("southamerica-east1"),
        true,
        "12 vcpu, 85 gib, 1 nvidia-tesla-a100, 1.102 to 1.763, exact, elsewhere 1 to 1.6",
    );
}

/// Every price of every file is what the quote says, in the words of the catalogue's own figures.
#[test]
fn every_machine_with_a_price_is_quoted_exactly() {
    let catalog = catalog();
    let mut machines = 0;
    for cloud in [Aws, Azure, Google] {
        for size in catalog.sizes(cloud) {
            let quote = at_home(&catalog, cloud, &size.name);
            assert_eq!(quote.instance_type, Some(&*size.name));
            assert_eq!(
                (quote.vcpu, quote.memory_gib),
                (size.vcpu.or(quote.vcpu), size.memory_gib.or(quote.memory_gib))
            );
            let Some(usd) = size.usd_per_hour else { continue };
            let range = quote.usd_per_hour.unwrap();
            assert_eq!((quote.basis, range.low, range.high), (Basis::Exact, usd, usd), "{}", size.name);
            assert!(quote.source.is_some_and(|source| source.vendor_product == cloud));
            machines += 1;
        }
    }
    assert_eq!(machines, 3149);
}

/// Without a machine, its family tells what it costs: nearly always nearly right.
#[test]
fn a_size_that_is_left_out_is_estimated_by_its_family() {
    for (cloud, file, at_least, median, ninetieth) in
        [(Aws, "aws_types.csv", 1300, 0.01, 0.15), (Azure, "azure_sizes.csv", 1600, 0.01, 0.18)]
    {
        let mut errors = errors_by_family(cloud, file);
        errors.sort_by(f64::total_cmp);
        let at = |percent: usize| errors[(errors.len() - 1) * percent / 100];
        println!("{file}: {} estimated, median {:.4}, 90th {:.4}, 99th {:.4}", errors.len(), at(50), at(90), at(99));
        assert!(errors.len() >= at_least, "{file}: only {} estimated", errors.len());
        assert!(at(50) <= median && at(90) <= ninetieth, "{file}: median {}, 90th {}", at(50), at(90));
    }
}

/// How far off each estimate is, as a part of the true price. One row in sixteen is left out at a time.
fn errors_by_family(cloud: VendorProduct, file: &str) -> Vec<f64> {
    let whole = catalog();
    let texts = texts();
    let lines: Vec<&str> = texts[file].lines().collect();
    let mut errors = Vec::new();
    for turn in 0..16 {
        let is_left_out = |row: usize| row > 0 && row % 16 == turn;
        let kept: Vec<&str> =
            lines.iter().enumerate().filter(|(row, _)| !is_left_out(*row)).map(|(_, line)| *line).collect();
        let mut texts = texts.clone();
        texts.insert(file.to_owned(), kept.join("\n"));
        let catalog = Catalog::parse(&texts).unwrap();
        for (_, line) in lines.iter().enumerate().filter(|(row, _)| is_left_out(*row)) {
            let name = line.split(',').next().unwrap();
            let (truth, guess) = (at_home(&whole, cloud, name), at_home(&catalog, cloud, name));
            if let (Basis::Exact, Basis::Family(_)) = (truth.basis, guess.basis) {
                let truth = truth.usd_per_hour.unwrap().low;
                errors.push((guess.usd_per_hour.unwrap().middle() / truth - 1.0).abs());
            }
        }
    }
    errors
}

/// The tables that this catalogue was made from, where `DAVY_CATALOG_SOURCE` says they are.
#[test]
fn nothing_of_the_source_is_lost() {
    let Some(folder) = std::env::var_os("DAVY_CATALOG_SOURCE") else { return };
    let folder = Path::new(&folder);
    let catalog = catalog();
    let mut rows = 0;
    for (file, cloud, name, usd) in [
        ("aws_instance_types.csv", Aws, "instance_type", "usd_per_hour"),
        ("azure_vm_sizes.csv", Azure, "vm_size", "usd_per_hour_eastus"),
        ("gcp_machine_types.csv", Google, "machine_type", "usd_per_hour"),
    ] {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(folder.join(file)).unwrap();
        let heading = reader.headers().unwrap().clone();
        let column = |name: &str| heading.iter().position(|column| column == name).unwrap();
        let (name, usd) = (column(name), column(usd));
        for row in reader.records() {
            let row = row.unwrap();
            let quote = at_home(&catalog, cloud, &row[name]);
            assert_eq!(quote.instance_type, Some(&row[name]));
            // A price of nothing is of a size that is not sold yet.
            if let Some(usd) = row[usd].parse::<f64>().ok().filter(|usd| *usd > 0.0) {
                let range = quote.usd_per_hour.unwrap();
                assert!((range.low - usd).abs() < 1e-9 && (range.high - usd).abs() < 1e-9, "{}", &row[name]);
            }
            rows += 1;
        }
    }
    assert_eq!(rows, 1385 + 1778 + 30);
}

#[test]
fn a_file_more_overrules_what_it_names_and_nothing_else() {
    let file = CatalogFile {
        name: "ours.csv".into(),
        table: TableKind::Types,
        vendor_product: Aws,
        dated: model::Text::from("2026-11").try_into().unwrap(),
        source: "our contract".into(),
        license: "ours".into(),
        note: "".into(),
    };
    let text = "type,usd_per_hour\nc5.large,0.05\nc99.xlarge,1.5\n";
    let (texts, catalog) = layer(&texts(), file.clone(), text).unwrap();
    assert_eq!(shown(&at_home(&catalog, Aws, "c5.large")), "2 vcpu, 4 gib, 0.0500, exact");
    assert_eq!(at_home(&catalog, Aws, "c5.large").source, Some(&file));
    assert_eq!(shown(&at_home(&catalog, Aws, "c99.xlarge")), "? vcpu, ? gib, 1.5000, exact");
    assert_eq!(shown(&at_home(&catalog, Aws, "c5.xlarge")), "4 vcpu, 8 gib, 0.1700, exact");
    let (texts, catalog) = layer(&texts, file, "type,usd_per_hour\nc5.large,0.06\n").unwrap();
    assert_eq!(catalog.files().filter(|(file, _)| &*file.name == "ours.csv").count(), 1, "the same name replaces");
    assert_eq!(shown(&at_home(&catalog, Aws, "c5.large")), "2 vcpu, 4 gib, 0.0600, exact");
    assert!(Catalog::parse(&texts).is_ok());
}

#[test]
fn a_broken_catalogue_is_named_with_its_line() {
    let check = |file: &str, from: &str, to: &str, expected: &str| {
        let mut texts = texts();
        let text = texts.get_mut(file).unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        let error = Catalog::parse(&texts).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(format!("{error}: {source}").contains(expected), "{to}: {error}: {source}");
    };
    check(
        "aws_types.csv",
        "a1.medium,1,2,,,0.0255",
        "a1.medium,1,2,,,-1",
        "`aws_types.csv`: line 2: `usd_per_hour` is -1",
    );
    check("aws_types.csv", "a1.medium,1,2,,,0.0255", "a1.medium,1,2,,,NaN", "`usd_per_hour` is NaN");
    check(
        "aws_types.csv",
        "a1.medium,1,",
        "a1.medium,many,",
        "`aws_types.csv`: CSV deserialize error: record 1 (line: 2",
    );
    check("aws_types.csv", "a1.medium", "a1 medium", "`type` is not a name");
    check("aws_types.csv", "usd_per_hour", "euro", "unknown field `euro`");
    check("azure_regions.csv", "eastus,1", "eastus,0", "`factor` is 0");
    check(MANIFEST, "\"aws_types.csv\"", "\"../aws_types.csv\"", "not the plain name of a file");
    check(MANIFEST, "\"aws_types.csv\"", "\"gcp_types.csv\"", "named twice");
    check(MANIFEST, "2026-07-20", "last summer", "is not a day, month or year");
    check(MANIFEST, "low = 0.3", "low = -0.3", "is not a factor");
    check(MANIFEST, "\"azure_sizes.csv\"", "\"nowhere.csv\"", "`nowhere.csv`: the file is not there");
    check(MANIFEST, "table = \"types\"", "table = \"tapes\"", "unknown variant `tapes`");
}

fn clouds() -> impl Strategy<Value = VendorProduct> {
    prop_oneof![Just(Aws), Just(Azure), Just(Google)]
}

/// Near enough to a real name to get beyond the first look.
fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,80}",
        "[a-z]{0,3}[0-9]{0,12}[a-z]?\\.(metal|metal-)?-?[0-9]{0,30}(xlarge|xl|large|nano)?",
        "(ml\\.)?(Standard|Basic)_[A-Z]{0,3}[0-9]{0,30}(-[0-9]{0,30})?[a-z]{0,3}(_T4)?(_v[0-9]{0,12})?",
        "([a-z][0-9][a-z]?-)?(custom|standard|highmem|highgpu)(-[0-9.]{0,30}g?){0,3}(-ext|-lssd)?",
        "fargate-[0-9.]{0,20}-[0-9.]{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_is_more_than_a_machine(
        cloud in clouds(),
        instance_type in names(),
        region in proptest::option::of(".{0,80}"),
        accelerator in names(),
        count in any::<u32>(),
        spot in any::<bool>(),
    ) {
        static CATALOG: std::sync::OnceLock<Catalog> = std::sync::OnceLock::new();
        let catalog = CATALOG.get_or_init(catalog);
        let attached = [attach(&accelerator, count)];
        let ask = Ask { instance_type: &instance_type, region: region.as_deref(), attached: &attached, spot };
        let quote = catalog.quote(cloud, &ask);
        if let Some(usd) = quote.usd_per_hour {
            prop_assert!(usd.low.is_finite() && usd.high.is_finite() && 0.0 < usd.low && usd.low <= usd.high, "{usd:?}");
        }
        prop_assert!(quote.vcpu.is_none_or(|vcpu| 0.0 < vcpu && vcpu <= 100_000.0), "{:?}", quote.vcpu);
        prop_assert_eq!(quote.usd_per_hour.is_none(), quote.basis == Basis::Unknown);
        prop_assert_eq!(quote.source.is_none(), quote.basis == Basis::Unknown);
    }
}
