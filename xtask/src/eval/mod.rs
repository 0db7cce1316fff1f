//! `cargo xtask eval`: invented thefts in an invented company, and how well Davy finds them.
//!
//! The scenarios are told from reports (`scenarios/`), in the middle of five weeks of ordinary life
//! (`world/`). Every record is labelled, so that nothing has to be taken on trust.

mod aws;
mod azure;
mod decisive;
mod entry;
mod files;
mod generate;
mod google;
mod judge;
mod label;
mod original;
mod perturb;
mod prices;
mod scenarios;
mod story;
mod world;

#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::{Context, Result, bail};

use self::judge::run::Plan;
use self::perturb::Perturbation;
use self::scenarios::{SCENARIOS, Scenario};
use self::world::Life;
use crate::bench::build;
use crate::bench::words::Words;

/// Does what the words after `eval` say.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        // Writing a history takes half a minute without optimisation, and a second with it.
        ["generate" | "run" | "guard", ..] if cfg!(debug_assertions) => build::optimised("eval", words),
        ["generate", words @ ..] => generate(&Words::parse(words, &["shuffle", "without-reads"])?),
        ["run", words @ ..] => run_plan(&Words::parse(words, &["quick", "write"])?),
        ["guard"] => judge::guard::run(),
        ["list"] => {
            list();
            Ok(())
        }
        [] | ["help"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => bail!("there is no evaluation `{}`\n\n{HELP}", words.join(" ")),
    }
}

fn generate(words: &Words) -> Result<()> {
    words.allow(&["scenario", "seed", "to", "duplicate", "delay", "cold-start", "days", "scale"])?;
    let name = words.value("scenario", String::new())?;
    let scenario = Scenario::named(&name)
        .with_context(|| format!("there is no scenario `{name}`\nhint: `cargo xtask eval list`"))?;
    let to = words.value("to", String::new())?;
    if to.is_empty() {
        bail!("expected `--to DIR`\n\n{HELP}");
    }
    let life =
        Life { seed: words.value("seed", 1)?, days: words.value("days", DAYS)?, scale: words.value("scale", 1)? };
    let perturbation = Perturbation {
        shuffle: words.flag("shuffle"),
        duplicate_percent: number(words, "duplicate", '%')?,
        delay_minutes: number(words, "delay", 'm')?,
        without_reads: words.flag("without-reads"),
    };
    let days = words.value("cold-start", life.days)?.min(life.days);
    let to = Path::new(&to);
    if to.join("logs").exists() {
        bail!("`{}` holds logs already, and two tellings must not mix", to.display());
    }
    let history = generate::write_history(&to.join("logs").join("life"), &life, days, &perturbation)?;
    let told = generate::write_scenario(to, generate::tell(scenario, &life), life.seed, &perturbation)?;
    println!("{} records of ordinary life, {} of {} ({})", history.len(), told.len(), scenario.id, scenario.title);
    Ok(())
}

fn run_plan(words: &Words) -> Result<()> {
    words.allow(&["seeds", "days"])?;
    let mut disturbances = judge::run::disturbances();
    let mut seeds: Vec<u64> = words.list("seeds", "1,2,3")?.into_iter().map(|seed| seed as u64).collect();
    if words.flag("quick") {
        seeds.truncate(1);
        disturbances.truncate(1);
        if words.flag("write") {
            bail!("a quick run is no scoreboard\nhint: `cargo xtask eval run --write`");
        }
    }
    judge::run::run(&Plan { days: words.value("days", DAYS)?, seeds, disturbances }, words.flag("write"))
}

/// `10%` or `10`.
fn number(words: &Words, name: &str, unit: char) -> Result<u64> {
    let text = words.value(name, "0".to_owned())?;
    text.trim_end_matches(unit).parse().with_context(|| format!("`--{name} {text}`: expected a number"))
}

fn list() {
    for scenario in SCENARIOS {
        println!("{:<6} {}", scenario.id, scenario.title);
    }
}

/// Five weeks: enough for every warm-up there is, and for a rhythm of weeks to show.
const DAYS: i64 = 35;

const HELP: &str = "\
usage: cargo xtask eval <what>

  list             the scenarios
  generate         write logs, labels and truth of one scenario
    --scenario ID        A1 to A12, B1 to B14, quiet
    --to DIR             gets `logs`, `labels.jsonl` and `truth.json`
    --seed N             [1]
    --days N             of ordinary life before it              [35]
    --scale N            how many background reads               [1]
    --shuffle            records change places between files and within them
    --duplicate 10%      so many come twice
    --delay 15m          a third comes this much later
    --without-reads      calls that only look are not logged
    --cold-start N       only the last N days of history
  run              every scenario through the released program, judged
    --seeds N,N          tellings of each                        [1,2,3]
    --days N             of ordinary life before each            [35]
    --quick              one seed, undisturbed
    --write              write `eval/SCOREBOARD.md` and `eval/scoreboard.json`
  guard            fail if detection is worse than `eval/scoreboard.json` says";
