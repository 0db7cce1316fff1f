//! The guard: Davy may take so many times the CPU time of unpacking the same files, and no more.

use std::time::Duration;

use anyhow::{Result, bail};

use super::{build, contender, corpus, rounds, series};

/// Fails if a small scan takes more than that. It is a ratio of two programs that run in turn
/// on the same machine, the best of several rounds each, and never a time.
pub(crate) fn run() -> Result<()> {
    let programs = build::programs()?;
    let folder = tempfile::tempdir()?;
    series::write(folder.path(), corpus::Cloud::Aws, BYTES, corpus::Shape::Mixed)?;
    let contenders = contender::ours(&programs, folder.path(), &[1]);
    let runs = rounds::in_turn(contenders, ROUNDS)?;
    let [floor, davy] = &runs[..] else { bail!("there are two programs to compare") };
    judge(davy.best_cpu(), floor.best_cpu())
}

fn judge(davy: Duration, floor: Duration) -> Result<()> {
    let ratio = davy.as_secs_f64() / floor.as_secs_f64();
    println!("`davy scan` takes {ratio:.2} × the CPU time of unpacking ({davy:.3?} and {floor:.3?})");
    if ratio > LIMIT {
        bail!("that is above {LIMIT:.1}\nhint: `cargo xtask bench run --quick` shows more");
    }
    Ok(())
}

/// Davy takes 1.9, and aims at 1.5; what is between that and this is room for the noise of a small run.
const LIMIT: f64 = 2.2;
const BYTES: u64 = 400_000_000;
const ROUNDS: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_a_ratio() {
        let milliseconds = Duration::from_millis;
        assert!(judge(milliseconds(219), milliseconds(100)).is_ok());
        assert!(judge(milliseconds(221), milliseconds(100)).is_err());
    }
}
