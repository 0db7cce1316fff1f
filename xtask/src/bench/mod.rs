//! `cargo xtask bench`: how fast Davy is, against the floor and against what people use instead.
//!
//! Nothing here is a bar in seconds. Programs run in turn, round after round, and what counts
//! is CPU time and the ratios of one round: those hold on a machine that is busy with other work.

mod bars;
pub(crate) mod build;
mod contender;
mod corpus;
mod guard;
mod machine;
mod micro;
mod peers;
mod process;
mod profile;
mod report;
mod rounds;
mod series;
pub(crate) mod words;

use std::path::Path;

use anyhow::{Context, Result, bail};

use self::words::Words;

/// Does what the words after `bench` say.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        // Packing takes minutes without optimisation, and seconds with it.
        ["corpus", ..] if cfg!(debug_assertions) => build::optimised("bench", words),
        ["corpus", words @ ..] => write_corpus(&Words::parse(words, &[])?),
        ["run", words @ ..] => series::run(&Words::parse(words, &["write", "quick", "peers"])?),
        ["guard"] => guard::run(),
        [] | ["help"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => bail!("there is no benchmark `{}`\n\n{HELP}", words.join(" ")),
    }
}

fn write_corpus(words: &Words) -> Result<()> {
    words.allow(&["cloud", "bytes", "file-records", "launch-share", "noise", "seed", "days"])?;
    let [folder] = words.plain() else { bail!("expected one folder to write to\n\n{HELP}") };
    let options = corpus::Options {
        cloud: words.value("cloud", corpus::DEFAULT.cloud)?,
        bytes: words.value("bytes", corpus::DEFAULT.bytes)?,
        shape: words.value("file-records", corpus::DEFAULT.shape)?,
        launch_share: words.value("launch-share", corpus::DEFAULT.launch_share)?,
        decoy_share: words.value("noise", corpus::DEFAULT.decoy_share)?,
        seed: words.value("seed", corpus::DEFAULT.seed)?,
        days: words.value("days", corpus::DEFAULT.days)?,
    };
    let facts = corpus::write(Path::new(folder), &options).context("writing the corpus")?;
    println!(
        "{} files, {} records of {} bytes, {} launches, {} decoys, {:.1} MB of JSON packed {:.1} ×",
        facts.files,
        facts.records,
        facts.unpacked_bytes / facts.records.max(1),
        facts.launches,
        facts.decoys,
        facts.unpacked_bytes as f64 / 1e6,
        facts.unpacked_bytes as f64 / facts.packed_bytes.max(1) as f64,
    );
    Ok(())
}

const HELP: &str = "\
usage: cargo xtask bench <what>

  corpus DIR       write invented logs; the same options give the same bytes
    --cloud C            aws, google or azure                    [aws]
    --bytes N            of JSON, about                          [500000000]
    --file-records N     a number, or mixed, small, big          [mixed]
    --launch-share F     launches among all records              [0.0036]
    --noise F            records that only look like launches    [0.0037]
    --seed N             [1]
    --days N             [30]
  run [DIR...]     measure Davy, the floor and its peers on these logs, or on a set made for it
    --rounds N           each program, in turn                   [5]
    --threads N,N        of Davy and of the floor                [1,2]
    --bytes N            largest corpus of the set               [2000000000]
    --peers              install DuckDB and ClickHouse from PyPI if they are not there
    --quick              a small set, for a look
    --write              put the tables into `BENCHMARKS.md`
  guard            fail if `davy scan` takes more than twice the CPU time of unpacking";
