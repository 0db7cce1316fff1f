//! Programs in turn, round after round, and what is typical of each.

use std::time::Duration;

use anyhow::Result;

use super::contender::{Contender, Role};
use super::process::{Run, measure};

/// All runs of one program.
#[derive(Debug)]
pub(crate) struct Runs {
    pub(crate) contender: Contender,
    pub(crate) runs: Vec<Run>,
}

/// Runs A B C, A B C and so on, so that whatever else the machine does meets all of them.
pub(crate) fn in_turn(contenders: Vec<Contender>, rounds: usize) -> Result<Vec<Runs>> {
    let mut all: Vec<Runs> = contenders.into_iter().map(|contender| Runs { contender, runs: Vec::new() }).collect();
    for round in 0..rounds {
        for one in all.iter_mut().filter(|one| round < one.contender.most_rounds) {
            one.runs.push(measure(&one.contender.words)?);
        }
    }
    Ok(all)
}

impl Runs {
    pub(crate) fn cpu(&self) -> f64 {
        median(self.runs.iter().map(|run| run.cpu.as_secs_f64()))
    }

    pub(crate) fn wall(&self) -> f64 {
        median(self.runs.iter().map(|run| run.wall.as_secs_f64()))
    }

    /// The least CPU time of all rounds: what noise there is only adds.
    pub(crate) fn best_cpu(&self) -> Duration {
        self.runs.iter().map(|run| run.cpu).min().unwrap_or_default()
    }

    pub(crate) fn peak_bytes(&self) -> u64 {
        self.runs.iter().map(|run| run.peak_bytes).max().unwrap_or_default()
    }

    pub(crate) fn last_line(&self) -> &str {
        self.runs.first().map_or("", |run| &run.last_line)
    }

    /// CPU time against another's of the same round.
    pub(crate) fn ratio_to(&self, other: &Self) -> f64 {
        let pairs = self.runs.iter().zip(&other.runs);
        median(pairs.map(|(run, other)| run.cpu.as_secs_f64() / other.cpu.as_secs_f64()))
    }
}

/// The floor that a program is held against: that of as many threads, or the widest there is.
pub(crate) fn floor_of(all: &[Runs], role: Role) -> Option<&Runs> {
    let threads = match role {
        Role::Floor(threads) | Role::Davy(threads) => Some(threads),
        Role::Investigation => Some(1),
        Role::Peer => None,
    };
    let mut floors = all.iter().filter(|runs| matches!(runs.contender.role, Role::Floor(_)));
    match threads {
        Some(threads) => floors.find(|runs| runs.contender.role == Role::Floor(threads)),
        None => floors.next_back(),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_median_is_in_the_middle() {
        for (values, middle) in [(vec![3.0, 1.0, 2.0], 2.0), (vec![4.0, 1.0, 2.0, 3.0], 2.5), (vec![1.0], 1.0)] {
            assert!((super::median(values.into_iter()) - middle).abs() < 1e-9);
        }
        assert!(super::median(std::iter::empty()).is_nan());
    }
}
