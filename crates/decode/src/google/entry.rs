//! The fields by which a log entry is judged, found without parsing it.

use std::{collections::BTreeSet, sync::LazyLock};

use jiff::Timestamp;
use memchr::memmem::Finder;
use model::{Text, VendorProduct};

use super::{commands, normal};
use crate::{
    header::Header,
    judge::Place,
    lenient::{self, Scalar},
    members::Written,
    reason, scan,
    time::Clock,
};

/// An entry of Cloud Logging, as written. When a key occurs twice the last one counts, as in
/// every JSON parser.
#[derive(Debug, Default)]
pub(crate) struct Entry<'a> {
    payload: Option<&'a [u8]>,
    method_name: Option<&'a [u8]>,
    /// Names that a later one replaced. A parser elsewhere may have taken them, so a record is
    /// wanted if any of them is.
    replaced: Vec<&'a [u8]>,
    labels: Labels<'a>,
    places: Option<Places<'a>>,
    log_name: Option<&'a [u8]>,
    timestamp: Option<&'a [u8]>,
    receive_timestamp: Option<&'a [u8]>,
    is_audit_log: bool,
    has_payload: bool,
    is_logged: bool,
}

/// Of `resource.labels`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Labels<'a> {
    project_id: Option<&'a [u8]>,
    /// Zone, location and region: a resource has one of them.
    places: [Option<&'a [u8]>; 3],
}

/// What the payload says of where it happened, where its members are known.
#[derive(Debug, Default)]
struct Places<'a> {
    resource_name: Option<&'a [u8]>,
    resource_location: Option<&'a [u8]>,
}

impl<'a> Entry<'a> {
    /// `None` if the members are not those of a log entry of Google Cloud. Of a record that was
    /// cut swiftly the header may know what is in its parts.
    pub(crate) fn of_members<'k>(
        members: impl Iterator<Item = (&'k [u8], &'a [u8])>,
        header: &Header<'a>,
    ) -> Option<Self> {
        let mut entry = Self::default();
        for (key, value) in members {
            entry.note(key, value, header);
        }
        (entry.is_audit_log || entry.has_payload && entry.is_logged).then_some(entry)
    }

    /// Where it belongs, or why it is no record.
    pub(crate) fn place(&self, clock: &mut Clock) -> Result<Place<'a>, String> {
        if !self.is_audit_log {
            return Err("Google Cloud log entry that is no audit log".to_owned());
        }
        let command = self.method_name.filter(says_something);
        let command = command.ok_or("Google Cloud audit log entry without `methodName`")?;
        Ok(Place {
            product: VendorProduct::GoogleCloudAuditLogs,
            time: self.time(clock)?,
            account: self.account(),
            region: self.location(),
            command,
        })
    }

    /// The payload of an audit log.
    pub(super) fn payload(&self) -> &'a [u8] {
        self.payload.unwrap_or_default()
    }

    /// What names the project.
    pub(super) fn account(&self) -> Option<&'a [u8]> {
        let named = |raw: &&'a [u8]| !normal::account(raw).is_empty();
        let is_path = |raw: &&'a [u8]| raw.contains(&b'/');
        let in_name = || self.resource_name().filter(is_path).filter(named);
        let in_path = || self.log_name.filter(is_path).filter(named).or_else(in_name);
        self.labels.project_id.filter(says_something).or_else(in_path)
    }

    /// What names the zone or region.
    pub(super) fn location(&self) -> Option<&'a [u8]> {
        let label = || self.labels.places.into_iter().flatten().find(says_something);
        let in_path = || self.resource_name().filter(|raw| raw.contains(&b'/') && !normal::region(raw).is_empty());
        label().or_else(in_path).or_else(|| self.current_location().filter(says_something))
    }

    /// Like the location of the resource, only looked for where no label answers.
    fn resource_name(&self) -> Option<&'a [u8]> {
        match &self.places {
            Some(places) => places.resource_name,
            None => lenient::member(self.payload(), b"resourceName"),
        }
    }

    fn current_location(&self) -> Option<&'a [u8]> {
        let location = match &self.places {
            Some(places) => places.resource_location,
            None => lenient::member(self.payload(), b"resourceLocation"),
        }?;
        lenient::elements(lenient::member(location, b"currentLocations")?).next()
    }

    /// The operation as written; of one that stands there twice, both.
    pub(crate) fn methods(&self) -> impl Iterator<Item = &'a [u8]> {
        self.method_name.into_iter().chain(self.replaced.iter().copied())
    }

    pub(crate) fn is_in(&self, region: &[u8]) -> bool {
        self.location().is_some_and(|raw| *normal::region(raw).as_bytes() == *region)
    }

    fn time(&self, clock: &mut Clock) -> Result<Timestamp, String> {
        let written = [self.timestamp, self.receive_timestamp];
        let mut texts = written.into_iter().flatten().filter_map(Scalar::of);
        let first = texts.next().ok_or("Google Cloud audit log entry without `timestamp`")?;
        let time = clock.parse(&first).or_else(|| texts.find_map(|text| clock.parse(&text)));
        time.ok_or_else(|| format!("impossible timestamp {}", reason::quoted(&first)))
    }

    fn note(&mut self, key: &[u8], value: &'a [u8], header: &Header<'a>) {
        match key {
            b"protoPayload" | b"protopayload_auditlog" if value.starts_with(b"{") => self.note_payload(value, header),
            b"jsonPayload" | b"textPayload" => self.has_payload |= value != b"null",
            b"resource" => self.labels = Labels::of(value, header),
            b"insertId" => self.is_logged = true,
            b"logName" => {
                self.is_logged = true;
                self.log_name = Some(value);
            }
            b"timestamp" => self.timestamp = Some(value),
            b"receiveTimestamp" => self.receive_timestamp = Some(value),
            _ => {}
        }
    }

    fn note_payload(&mut self, payload: &'a [u8], header: &Header<'a>) {
        self.has_payload = true;
        self.payload = Some(payload);
        self.replaced.extend(self.method_name.take());
        match header.members_of(payload) {
            Some(members) => self.note_known_payload(members),
            None => self.read_payload(payload),
        }
    }

    fn note_known_payload(&mut self, members: &[Written<'a>]) {
        let mut places = Places::default();
        for (key, value) in members {
            match *key {
                b"resourceName" => places.resource_name = Some(value),
                b"resourceLocation" => places.resource_location = Some(value),
                key => self.note_in_payload(key, value),
            }
        }
        self.places = Some(places);
    }

    fn read_payload(&mut self, payload: &'a [u8]) {
        self.places = None;
        let mut members = lenient::members(payload);
        while let Some((key, value)) = members.next() {
            self.note_in_payload(&key, value);
            if *key == *b"methodName" && !may_name_a_method(members.rest()) {
                return;
            }
        }
    }

    fn note_in_payload(&mut self, key: &[u8], value: &'a [u8]) {
        match key {
            b"methodName" => {
                self.is_audit_log = true;
                self.replaced.extend(self.method_name.replace(value));
            }
            b"serviceName" => self.is_audit_log = true,
            b"@type" => self.is_audit_log |= value.ends_with(b"AuditLog\""),
            _ => {}
        }
    }
}

/// Whether an operation is one of these. One that is not known and looks like a launch is wanted
/// wherever launches are: one that Google adds must not pass unseen.
pub(crate) fn is_named(method: &[u8], names: &BTreeSet<Text>) -> bool {
    let Some(method) = Scalar::of(method) else { return false };
    let method = String::from_utf8_lossy(&method);
    let name = normal::without_version(&method);
    names.contains(&*name) || commands::looks_like_launch(&name) && names.contains(commands::LAUNCH)
}

impl<'a> Labels<'a> {
    fn of(resource: &'a [u8], header: &Header<'a>) -> Self {
        let written = match header.members_of(resource) {
            Some(members) => members.iter().rfind(|(key, _)| *key == b"labels").map(|(_, value)| *value),
            None => lenient::member(resource, b"labels"),
        };
        written.map(Self::read).unwrap_or_default()
    }

    fn read(written: &'a [u8]) -> Self {
        let mut labels = Self::default();
        if read_texts(written, |key, value| labels.note(key, value)).is_none() {
            labels = Self::default();
            lenient::members(written).for_each(|(key, value)| labels.note(&key, value));
        }
        labels
    }

    fn note(&mut self, key: &[u8], value: &'a [u8]) {
        match key {
            b"project_id" => self.project_id = Some(value),
            b"zone" => self.places[0] = Some(value),
            b"location" => self.places[1] = Some(value),
            b"region" => self.places[2] = Some(value),
            _ => {}
        }
    }
}

/// Takes the members of an object of nothing but texts, as compact as machines write it. `None`
/// if it is another.
fn read_texts<'a>(object: &'a [u8], mut take: impl FnMut(&'a [u8], &'a [u8])) -> Option<()> {
    let (mut before, mut is_open) = (0, object.first() == Some(&b'{'));
    while is_open {
        let key = before + 1;
        let (key_end, is_escaped) = text_end(object, key)?;
        let value = key_end + 1;
        let (end, _) = text_end(object, value)?;
        if is_escaped || object[key_end] != b':' {
            return None;
        }
        take(&object[key + 1..key_end - 1], &object[value..end]);
        (before, is_open) = (end, object.get(end) == Some(&b','));
    }
    (object.get(before..) == Some(b"}")).then_some(())
}

/// Where the text ends that begins here, and whether it has escapes.
fn text_end(object: &[u8], quote: usize) -> Option<(usize, bool)> {
    if object.get(quote) == Some(&b'"') { scan::string_end(object, quote).ok() } else { None }
}

/// Whether the operation may stand in this text, also with escapes. Behind it there are the
/// request and the response, most of the entry, which need not be gone over.
fn may_name_a_method(text: &[u8]) -> bool {
    static METHOD_NAME: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("methodName"));
    memchr::memchr(b'\\', text).is_some() || METHOD_NAME.find(text).is_some()
}

fn says_something(raw: &&[u8]) -> bool {
    Scalar::says_something(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_the_members_that_they_are() {
        for written in [
            r#"{"a":"b","zone":"z\"","project_id":"p"}"#,
            r#"{"a":"b" ,"zone":"z"}"#,
            r#"{"a":"b","zone": "z"}"#,
            r#"{"zon\u0065":"z"}"#,
            r#"{"zone":{"a":"b"},"region":"r"}"#,
            r#"{"zone":"z","zone":null}"#,
            r#"{"zone":"z",}"#,
            r#"{,"zone":"z"}"#,
            r#"{"zone","z"}"#,
            r#"{"zone":"z"},"#,
            "{}",
            "{",
            "[]",
            "",
        ] {
            let mut labels = Labels::default();
            lenient::members(written.as_bytes()).for_each(|(key, value)| labels.note(&key, value));
            assert_eq!(Labels::read(written.as_bytes()), labels, "{written}");
        }
    }
}
