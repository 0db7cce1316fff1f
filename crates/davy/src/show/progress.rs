//! Progress on a terminal, silence in a pipe.

use std::{cell::Cell, io::IsTerminal as _, time::Duration};

use decode::Decoded;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::files::File;

const TEMPLATE: &str = "{wide_bar} {bytes} of {total_bytes}  {msg}  {eta} left";

/// A scan that is over before anybody looked needs no progress.
const PATIENCE: Duration = Duration::from_millis(400);

/// Files, bytes, events a second, time left; on standard error.
pub struct Progress {
    bar: ProgressBar,
    files: u64,
    done: Cell<u64>,
    records: Cell<u64>,
}

impl Progress {
    pub fn new(files: &[File]) -> Self {
        let bytes = files.iter().map(File::size).sum();
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        // A template that does not parse is a defect of this file; the plain bar will do.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Self { bar, files: files.len() as u64, done: Cell::new(0), records: Cell::new(0) }
    }

    /// Counts a part of a file in, and the file with the last one.
    pub fn advance(&self, file: &File, decoded: &Decoded, is_last: bool) {
        self.done.update(|done| done + u64::from(is_last));
        self.records.update(|records| records + decoded.records.read);
        if is_last {
            self.bar.inc(file.size());
        }
        if self.bar.is_hidden() && !self.appear() {
            return;
        }
        let millis = u64::try_from(self.bar.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = HumanCount(self.records.get().saturating_mul(1000) / millis);
        self.bar.set_message(format!("{} of {} files  {rate} records/s", self.done.get(), self.files));
    }

    /// On a terminal, and not at once.
    fn appear(&self) -> bool {
        let due = self.bar.elapsed() > PATIENCE && std::io::stderr().is_terminal();
        if due {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        }
        due
    }

    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}
