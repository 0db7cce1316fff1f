//! What a content is, by its first bytes. A name of a file says nothing.

use crate::{envelope, rows};

/// How much of a content is looked at. The names of the columns of a table are the longest that
/// has to be seen.
pub(crate) const HEAD_BYTES: usize = 64 << 10;

/// What audit logs are kept in beside text, or lie beside.
const FOREIGN: [(&[u8], &str); 7] = [
    (b"version account-id ", "VPC flow log, not an audit log"),
    (b"PAR1", "Parquet is not read: export it as JSON or CSV"),
    (b"ORC", "ORC is not read: export it as JSON or CSV"),
    (b"Obj\x01", "Avro is not read: export it as JSON"),
    (b"BZh", "bzip2 is not read: unpack it"),
    (b"\xfd7zXZ\x00", "xz is not read: unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "7z is not read: unpack it"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// JSON, or what is to be one.
    Text,
    /// Gzip or zstd, once more.
    Packed,
    Zip,
    Tar,
    /// Any text in UTF-16.
    Wide {
        is_big_endian: bool,
    },
    /// A table as CSV, with this between its columns.
    Rows(u8),
    /// Known, and no audit log.
    Foreign(&'static str),
}

impl Content {
    /// What it is called where something is said to be in it. A packing has a name of its own.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Text | Self::Packed | Self::Foreign(_) => None,
            Self::Zip => Some("zip"),
            Self::Tar => Some("tar"),
            Self::Wide { .. } => Some("UTF-16"),
            Self::Rows(_) => Some("CSV"),
        }
    }

    pub(crate) fn of(content: &[u8]) -> Self {
        let head = &content[..content.len().min(HEAD_BYTES)];
        if envelope::is_packed(head) {
            Self::Packed
        } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Self::Zip
        } else if head.get(257..262) == Some(b"ustar") {
            Self::Tar
        } else if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            Self::Wide { is_big_endian: head[0] == 0xfe }
        } else if let Some((_, reason)) = FOREIGN.iter().find(|(mark, _)| head.starts_with(mark)) {
            Self::Foreign(reason)
        } else {
            rows::delimiter(head).map_or(Self::Text, Self::Rows)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_known_by_its_first_bytes() {
        let check = |content: &[u8], expected: Content| assert_eq!(Content::of(content), expected);
        check(b"", Content::Text);
        check(b"{}", Content::Text);
        check(b"\x1f\x8b\x08", Content::Packed);
        check(b"\x1f\x8b\x07", Content::Text);
        check(b"PK\x03\x04", Content::Zip);
        check(b"_raw\n{}", Content::Rows(b','));
        check(b"PAR1\x15", Content::Foreign("Parquet is not read: export it as JSON or CSV"));
        check(&[&[b'a'; 257][..], b"ustar\x0000"].concat(), Content::Tar);
        check(b"\xfe\xff\0{", Content::Wide { is_big_endian: true });
        check(b"\xff", Content::Text);
        check(&[b'a'; 261], Content::Text);
    }
}
