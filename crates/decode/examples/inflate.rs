//! The floor: reads and unpacks every file below a folder, and does nothing with it.
//! `cargo run --release -p davy-decode --example inflate -- FOLDER [--threads N]`
//!
//! What Davy takes beyond this is Davy's own; see `BENCHMARKS.md`. It expects one gzip member a
//! file, as the corpus of the benchmarks has.
#![expect(clippy::print_stdout, reason = "this is a program")]

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use libdeflater::Decompressor;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, threads) = match &arguments[..] {
        [folder] => (folder, 1),
        [folder, option, threads] if option == "--threads" => (folder, threads.parse()?),
        _ => return Err("expected FOLDER [--threads N]".into()),
    };
    let files = files_below(Path::new(folder))?;
    let sums = inflate_all(&files, threads)?;
    println!("{} {} {} {}", files.len(), sums.packed, sums.unpacked, sums.largest);
    Ok(())
}

/// Bytes of all files, and of the largest file packed and unpacked together.
#[derive(Default)]
struct Sums {
    packed: u64,
    unpacked: u64,
    largest: u64,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.packed += other.packed;
        self.unpacked += other.unpacked;
        self.largest = self.largest.max(other.largest);
    }
}

/// Each thread takes one file after the other.
fn inflate_all(files: &[PathBuf], threads: usize) -> Result<Sums> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| inflate_some(files, &next))).collect();
        let mut sums = Sums::default();
        for worker in workers {
            sums.add(&worker.join().map_err(|_| "a thread panicked")??);
        }
        Ok(sums)
    })
}

fn inflate_some(files: &[PathBuf], next: &AtomicUsize) -> Result<Sums> {
    let mut decompressor = Decompressor::new();
    let mut content = Vec::new();
    let mut sums = Sums::default();
    while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
        let packed = fs::read(file)?;
        let size = size_of_content(&packed);
        // Grown once and used again: fresh pages cost more than what is written to them.
        if content.len() < size {
            content.resize(size, 0);
        }
        let unpacked = decompressor
            .gzip_decompress(&packed, &mut content)
            .map_err(|error| format!("`{}`: {error}", file.display()))?;
        let (packed, unpacked) = (packed.len() as u64, unpacked as u64);
        sums.add(&Sums { packed, unpacked, largest: packed + unpacked });
    }
    Ok(sums)
}

/// The last four bytes of a gzip file say how long its content is.
fn size_of_content(packed: &[u8]) -> usize {
    packed.last_chunk().map_or(0, |length| u32::from_le_bytes(*length) as usize)
}

fn files_below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
    }
    files.sort();
    Ok(files)
}
