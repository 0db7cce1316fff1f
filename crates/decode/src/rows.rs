//! Tables as CSV, as Splunk, Athena and CloudWatch Logs Insights save them: each row as a JSON
//! object on a line of its own, so that it is read like any other.
//!
//! A row is recognised by the names in the first line. Where a column holds the whole record,
//! the others were taken out of it, and are left out. Offsets are those of the rows as JSON.

use std::io::{self, Error, ErrorKind, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::shape;

const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];

/// Columns that hold a whole record, and how the row calls it.
const WHOLE: [(&[u8], &str); 5] = [
    (b"_raw", "_raw"),
    (b"CloudTrailEvent", "CloudTrailEvent"),
    (b"eventData", "eventData"),
    (b"@message", "message"),
    (b"message", "message"),
];

/// A row that is to be put together has these.
const PARTS: [&[&[u8]]; 3] = [&[b"eventname", b"eventtime"], &[b"protopayload"], &[b"protopayload_auditlog"]];

const PACKED_BYTES: usize = 64 << 10;

/// What is between the columns, if it is a table of records.
pub(crate) fn delimiter(head: &[u8]) -> Option<u8> {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    if matches!(head.trim_ascii_start().first(), None | Some(b'{' | b'[')) {
        return None;
    }
    let line = &head[..memchr::memchr(b'\n', head).unwrap_or(head.len())];
    DELIMITERS.into_iter().find(|delimiter| is_header(&columns(line, *delimiter)))
}

fn columns(line: &[u8], delimiter: u8) -> Vec<&[u8]> {
    line.split(|&byte| byte == delimiter).map(|name| unquoted(name.trim_ascii())).collect()
}

fn unquoted(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name)
}

fn is_header(columns: &[&[u8]]) -> bool {
    let has = |name: &[u8]| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    // A message may be that of any log: alone it says nothing.
    WHOLE[..4].iter().any(|(name, _)| columns.contains(name))
        || PARTS.iter().any(|parts| parts.iter().all(|name| has(name)))
}

/// A reader of the rows as JSON.
pub(crate) struct Rows<R> {
    source: R,
    parser: Reader,
    packed: Vec<u8>,
    next: usize,
    end: usize,
    /// Names of the columns that are wanted; empty before the first line.
    columns: Vec<Option<Vec<u8>>>,
    row: Row,
    most: usize,
    json: Vec<u8>,
    given: usize,
}

/// The fields of one row, one behind the other, and where each ends.
#[derive(Default)]
struct Row {
    content: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    fields: usize,
}

impl<R: Read> Rows<R> {
    /// No row may be longer than `most` bytes.
    pub(crate) fn new(source: R, delimiter: u8, most: usize) -> Self {
        Self {
            source,
            parser: ReaderBuilder::new().delimiter(delimiter).build(),
            packed: vec![0; PACKED_BYTES],
            next: 0,
            end: 0,
            columns: Vec::new(),
            row: Row { content: vec![0; PACKED_BYTES], ends: vec![0; 256], ..Row::default() },
            most,
            json: Vec::new(),
            given: 0,
        }
    }

    /// Reads one row; false at the end.
    fn next_row(&mut self) -> io::Result<bool> {
        (self.row.filled, self.row.fields) = (0, 0);
        loop {
            if self.next == self.end {
                self.next = 0;
                self.end = read(&mut self.source, &mut self.packed)?;
            }
            let row = &mut self.row;
            let (result, used, filled, fields) = self.parser.read_record(
                &self.packed[self.next..self.end],
                &mut row.content[row.filled..],
                &mut row.ends[row.fields..],
            );
            self.next += used;
            row.filled += filled;
            row.fields += fields;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if row.content.len() < self.most => {
                    row.content.resize((row.content.len() * 2).min(self.most), 0);
                }
                ReadRecordResult::OutputEndsFull if row.ends.len() < self.most => {
                    row.ends.resize(row.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    let reason = format!("a row of the table is larger than {} bytes", self.most);
                    return Err(Error::new(ErrorKind::InvalidData, reason));
                }
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    fn name_columns(&mut self) {
        let names: Vec<&[u8]> = self.row.fields().collect();
        let whole = WHOLE.iter().find(|(name, _)| names.contains(name));
        self.columns = match whole {
            Some((whole, called)) => {
                names.iter().map(|name| (name == whole).then(|| called.as_bytes().to_vec())).collect()
            }
            None => names.iter().map(|name| Some(called(name))).collect(),
        };
    }

    fn write_row(&mut self) {
        self.json.clear();
        self.given = 0;
        let named = self.columns.iter().zip(self.row.fields());
        let fields = named.filter_map(|(name, value)| Some((name.as_deref()?, value)));
        shape::write_object(&mut self.json, fields.filter(|(_, value)| !value.is_empty()));
        self.json.push(b'\n');
    }
}

impl<R: Read> Read for Rows<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.given == self.json.len() {
            if !self.next_row()? {
                return Ok(0);
            }
            if self.columns.is_empty() {
                self.name_columns();
            } else {
                self.write_row();
            }
        }
        let length = bytes.len().min(self.json.len() - self.given);
        bytes[..length].copy_from_slice(&self.json[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

impl Row {
    fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let starts = [0].into_iter().chain(self.ends[..self.fields].iter().copied());
        starts.zip(&self.ends[..self.fields]).map(|(start, &end)| &self.content[start..end])
    }
}

/// Columns of CloudTrail are read in lower case, as a query of Athena gives them, since their
/// values are texts; others keep their name.
fn called(name: &[u8]) -> Vec<u8> {
    let name = name.strip_prefix("\u{feff}".as_bytes()).unwrap_or(name);
    let is_known = shape::is_column(name) || name.eq_ignore_ascii_case(b"protopayload_auditlog");
    match name {
        _ if is_known => name.to_ascii_lowercase(),
        _ if name.eq_ignore_ascii_case(b"protopayload") => b"protopayload_auditlog".to_vec(),
        _ => name.to_vec(),
    }
}

fn read(source: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(table: &str, expected: &str) {
        let delimiter = delimiter(table.as_bytes()).unwrap();
        let mut json = String::new();
        Rows::new(table.as_bytes(), delimiter, 1 << 20).read_to_string(&mut json).unwrap();
        assert_eq!(json, expected);
    }

    #[test]
    fn rows_are_objects() {
        check("\"_time\",\"_raw\"\r\n1,\"{\"\"a\"\":\n1}\"\r\n", "{\"_raw\":\"{\\\"a\\\":\\n1}\"}\n");
        check("@timestamp,@message\n2,{}\n\n3,x\n", "{\"message\":\"{}\"}\n{\"message\":\"x\"}\n");
        check(
            "eventName;eventTime;mine\nA;B;\nC;D;E;F\nG",
            concat!(
                "{\"eventname\":\"A\",\"eventtime\":\"B\"}\n",
                "{\"eventname\":\"C\",\"eventtime\":\"D\",\"mine\":\"E\"}\n",
                "{\"eventname\":\"G\"}\n",
            ),
        );
        check("\u{feff}_raw\n\u{feff}1\n", "{\"_raw\":\"\u{feff}1\"}\n");
    }

    #[test]
    fn other_tables_are_none() {
        for text in ["", "a,b\n1,2", "name,license,_rawness\n", "{\"_raw\":1}", "[", "message,time\n", "eventname\n"] {
            assert_eq!(delimiter(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_row_is_bounded() {
        let table = format!("_raw\n\"{}", "x".repeat(1 << 20));
        let mut json = Vec::new();
        let error = Rows::new(table.as_bytes(), b',', 100_000).read_to_end(&mut json).unwrap_err();
        assert_eq!(error.to_string(), "a row of the table is larger than 100000 bytes");
    }
}
