//! What a content is, by its first bytes. A name of a file says nothing.

use crate::{envelope, rows};

/// How much of a content is looked at. The names of the columns of a table are the longest that
/// has to be seen.
pub(crate) const HEAD_BYTES: usize = 64 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// JSON, or what is to be one.
    Text,
    /// Gzip or zstd, once more.
    Packed,
    Zip,
    Tar,
    /// A table as CSV, with this between its columns.
    Rows(u8),
    /// Known, and no audit log.
    Foreign(&'static str),
}

impl Content {
    pub(crate) fn of(content: &[u8]) -> Self {
        let head = &content[..content.len().min(HEAD_BYTES)];
        if envelope::is_packed(head) {
            Self::Packed
        } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Self::Zip
        } else if head.get(257..262) == Some(b"ustar") {
            Self::Tar
        } else if head.starts_with(b"version account-id ") {
            Self::Foreign("VPC flow log, not an audit log")
        } else {
            rows::delimiter(head).map_or(Self::Text, Self::Rows)
        }
    }
}
