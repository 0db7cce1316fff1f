//! Micro-benchmarks of decoding, on unpacked bytes: `cargo bench -p davy-decode`.
//!
//! What is wanted decides what is done: of nothing, records are only cut, searched and counted;
//! of everything, each is parsed.

use std::{fs, io::Read, path::Path};

use decode::{Caps, Decoded, Wanted, Which, decode};
use divan::{Bencher, counter::BytesCount};

fn main() {
    divan::main();
}

#[divan::bench]
fn cut_and_search(bencher: Bencher) {
    run(bencher, &["NoSuchCommand"]);
}

#[divan::bench]
fn cut_and_search_for_a_hundred(bencher: Bencher) {
    let names: Vec<String> = (0..100).map(|number| format!("NoSuchCommand{number}")).collect();
    run(bencher, &names.iter().map(String::as_str).collect::<Vec<_>>());
}

#[divan::bench]
fn parse_launches(bencher: Bencher) {
    run(bencher, &["RunInstances", "CopyImage"]);
}

#[divan::bench]
fn parse_everything(bencher: Bencher) {
    measure(bencher, &Wanted { which: Which::Everything, instances: false, until: None });
}

#[divan::bench]
fn parse_everything_with_instances(bencher: Bencher) {
    measure(bencher, &Wanted { which: Which::Everything, instances: true, until: None });
}

fn run(bencher: Bencher, names: &[&str]) {
    let which = Which::commands(names.iter().copied());
    measure(bencher, &Wanted { which, instances: false, until: None });
}

fn measure(bencher: Bencher, wanted: &Wanted) {
    let file = sample();
    bencher
        .counter(BytesCount::new(file.len()))
        .bench(|| -> Decoded { decode("", divan::black_box(&file), wanted, &Caps::default()) });
}

/// All records of the sample as one file.
fn sample() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample");
    let mut records = Vec::new();
    for text in texts(&folder) {
        let Some(list) = text.strip_prefix(r#"{"Records":["#).and_then(|text| text.strip_suffix("]}")) else {
            continue;
        };
        records.push(list.to_owned());
    }
    format!(r#"{{"Records":[{}]}}"#, records.join(",")).into_bytes()
}

fn texts(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).expect("the sample is part of the repository") {
        let path = entry.expect("the sample can be listed").path();
        if path.is_dir() {
            texts.extend(self::texts(&path));
        } else if let Ok(packed) = fs::read(&path) {
            let mut text = String::new();
            if flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).is_ok() {
                texts.push(text);
            }
        }
    }
    texts
}
