//! What the numbers were taken on, as the machine says it.

use std::fs;
use std::process::Command;

/// Sentences for the report.
pub(crate) fn description() -> String {
    let model = value_of("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = value_of("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let memory = memory.map_or(String::new(), |kibibytes| format!(", {:.0} GiB", kibibytes / 1024.0 / 1024.0));
    let kernel = said("uname", &["-sr"]);
    format!("{model}, {cores} cores{memory}; {kernel}; {}", said("rustc", &["--version"]))
}

/// Today, and the commit that was measured.
pub(crate) fn occasion() -> String {
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let commit = said("git", &["describe", "--always", "--dirty", "--exclude=*"]);
    format!("{today}, commit `{commit}`")
}

fn value_of(file: &str, field: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(crate::repository::root()).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
