//! Davy finds cryptomining in cloud audit logs.
//!
//! This crate is the only one that wires: command line, files, the loop, the screen.

#![allow(unreachable_pub, reason = "nothing of a program can be reached, and `pub` still says what a module offers")]

use std::{io::Write as _, process::ExitCode};

use clap::Parser as _;

mod catalog;
mod cli;
mod command;
mod explain;
mod files;
mod read;
mod redact;
mod report;
mod show;
mod signals;
mod story;
mod tally;
mod turns;
mod when;

/// Exit status: 0 nothing found, or all of it closed by verdicts; 1 findings; 2 an error.
fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match command::run(cli) {
        Ok(Ending::Quiet) => ExitCode::SUCCESS,
        Ok(Ending::Findings) => ExitCode::from(1),
        Ok(Ending::Rejects) => ExitCode::from(2),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(2)
        }
    }
}

/// How a command ended, when nothing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Quiet,
    Findings,
    /// Something could not be read, and `--strict` was asked for.
    Rejects,
}

/// The chain of causes is printed here and nowhere else. What to do about it comes last.
fn complain(error: &anyhow::Error) {
    let mut stderr = anstream::stderr();
    let causes = error.chain().skip(1).map(|cause| format!("\n  caused by: {cause}"));
    let text = format!("error: {error}{}", causes.collect::<String>());
    let (hints, facts): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("hint: "));
    let lines = [facts, hints].concat().join("\n");
    // Nothing is left to say it to, should this fail.
    let _ = writeln!(stderr, "{}", show::text::lines(&lines));
}

/// The reader has seen enough, as with `davy scan … | head`.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
