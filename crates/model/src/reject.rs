//! Bad input is data: what could not be read, where, and why.

use serde::Serialize;

/// A file, or a part of one, that yielded no event although it should have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// As given on the command line or found below it; `-` for standard input.
    pub path: String,
    /// Where it begins, in bytes of the unpacked content.
    pub offset: u64,
    /// A sentence in lower case, without a full stop. May quote the log.
    pub reason: String,
}
