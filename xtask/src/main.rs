//! Chores: `cargo xtask <chore>`. At most eight of them; each is a file.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore speaks to the person who started it")]

mod bench;
mod eval;
mod measure;
mod repository;
mod rust_text;
mod sample;
mod sizes;
mod test;

#[cfg(test)]
mod house;

use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    match words {
        ["test"] => test::run(),
        ["sample"] => sample::write(),
        ["sample", "--check"] => sample::check(),
        ["sizes"] => sizes::report(),
        ["bench", words @ ..] => bench::run(words),
        ["eval", words @ ..] => eval::run(words),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => bail!("there is no chore `{}`\n\n{HELP}", words.join(" ")),
    }
}

const HELP: &str = "\
usage: cargo xtask <chore>

  test             formatting, lints, and every test: the whole truth
  sample           write the sample logs into `sample/`
  sample --check   fail if `sample/` is not what the generator writes
  sizes            how long functions and files are
  bench            how fast Davy is; `cargo xtask bench help` says more
  eval             how well Davy detects; `cargo xtask eval help` says more";
