//! How fast files are decoded on one core:
//! `cargo run --release -p davy-decode --example throughput -- FOLDER [COMMAND...]`
//!
//! Files are unpacked first, so that inflating and decoding are seen apart. Without a command
//! every record is parsed.
#![expect(clippy::print_stdout, reason = "this is a program")]

use std::{
    error::Error,
    fs,
    io::Read,
    path::{Path, PathBuf},
    time::Instant,
};

use decode::{Caps, Decoded, Wanted, Which, decode};

const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("expected a folder of log files")?;
    let commands: Vec<String> = arguments.collect();
    let which = match &commands[..] {
        [] => Which::Everything,
        names => Which::commands(names.iter().map(String::as_str)),
    };
    let wanted = Wanted { which, instances: false, until: None };
    let packed = files_below(Path::new(&folder))?.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    let plain: Vec<Vec<u8>> = packed.iter().map(|file| inflate(file)).collect();
    measure("packed", &packed, &wanted);
    measure("plain", &plain, &wanted);
    Ok(())
}

fn measure(name: &str, files: &[Vec<u8>], wanted: &Wanted) {
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let decoded: Vec<Decoded> = files.iter().map(|file| decode("", file, wanted, &Caps::default())).collect();
        let seconds = start.elapsed().as_secs_f64();
        let bytes: u64 = decoded.iter().map(|file| file.unpacked_bytes).sum();
        let read: u64 = decoded.iter().map(|file| file.records.read).sum();
        let kept: u64 = decoded.iter().map(|file| file.records.kept).sum();
        let speed = bytes as f64 / seconds / 1e6;
        println!("{name}: {speed:.0} MB/s of JSON, {read} records, {kept} kept");
    }
}

fn inflate(file: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match flate2::bufread::MultiGzDecoder::new(file).read_to_end(&mut plain) {
        Ok(_) => plain,
        Err(_) => file.to_vec(),
    }
}

fn files_below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
    }
    files.sort();
    Ok(files)
}
