//! What work takes, for the programs that measure.

use std::{
    fs,
    time::{Duration, Instant},
};

/// CPU time, so that other work on the machine does not count; wall time where the system does not say.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (start, cpu) = (Instant::now(), cpu_time());
    let done = work();
    let cpu = cpu.zip(cpu_time()).map(|(before, after)| after.saturating_sub(before));
    (done, cpu.unwrap_or_else(|| start.elapsed()))
}

/// What this thread has run for, as Linux counts it.
fn cpu_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
