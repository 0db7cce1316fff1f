//! A record under the names of all its spellings.
//!
//! The REST interface and the portal write `eventTimestamp`, an SDK writes `event_timestamp`,
//! PowerShell `EventTimestamp`, an Event Hub `time`, and Log Analytics `TimeGenerated`. Here
//! they become one; nothing behind this file knows in which spelling a record came.

use std::borrow::Cow;

use model::Text;

use super::{
    fields::{Fields, Opened},
    header,
    inner::Texts,
    names::{self, RECORD},
    table::{Known, Table, places},
};
use crate::tree::Value;

static TABLE: Table<{ RECORD.len() }> = Table::new(RECORD);

/// Where the names of each field are among those.
const OPERATION: [usize; 2] = places(&RECORD, names::OPERATION);
const SUBSCRIPTION: [usize; 1] = places(&RECORD, names::SUBSCRIPTION);
const RESOURCE: [usize; 2] = places(&RECORD, names::RESOURCE);
const LOCATION: [usize; 1] = places(&RECORD, names::LOCATION);
const ID: [usize; 1] = places(&RECORD, names::ID);
const PATH: [usize; 1] = places(&RECORD, names::PATH);
const CORRELATION: [usize; 1] = places(&RECORD, names::CORRELATION);
const STATUS: [usize; 4] = places(&RECORD, names::STATUS);
const SUB_STATUS: [usize; 4] = places(&RECORD, names::SUB_STATUS);
const PHASE: [usize; 1] = places(&RECORD, names::PHASE);
const CALLER: [usize; 1] = places(&RECORD, names::CALLER);
const TENANT: [usize; 1] = places(&RECORD, names::TENANT);
const ADDRESS: [usize; 1] = places(&RECORD, names::ADDRESS);
const REQUEST: [usize; 2] = places(&RECORD, names::REQUEST);
const CLAIMS: [usize; 2] = places(&RECORD, names::CLAIMS);
const AUTHORIZATION: [usize; 2] = places(&RECORD, names::AUTHORIZATION);
const PROPERTIES: [usize; 2] = places(&RECORD, names::PROPERTIES);
const ROW: [usize; 2] = places(&RECORD, names::ROW);
const IDENTITY: [usize; 1] = places(&RECORD, ["identity"]);

/// All that the record says, with what stands in it as a text opened.
pub(super) struct Record<'a> {
    pub(super) value: Value<'a>,
    pub(super) texts: &'a Texts,
    fields: Known<'a, { RECORD.len() }>,
    claims: Opened<'a>,
    authorization: Opened<'a>,
    properties: Opened<'a>,
    request: Opened<'a>,
    pub(super) response: Opened<'a>,
    pub(super) asked: Opened<'a>,
}

impl<'a> Record<'a> {
    /// What stands in it as a text is read among `texts`.
    pub(super) fn of(value: Value<'a>, texts: &'a Texts) -> Self {
        let fields = TABLE.read(value.object());
        let identity = Opened::of(fields.value(&IDENTITY), texts);
        let part = |places: &[usize]| content(Opened::of(fields.value(places), texts), texts);
        let or_in_identity = |places: &[usize], names: &[&str]| match part(places) {
            nothing if nothing.is_empty() => content(identity.open(names, texts), texts),
            stated => stated,
        };
        let properties = part(&PROPERTIES);
        Self {
            claims: or_in_identity(&CLAIMS, &names::CLAIMS),
            authorization: or_in_identity(&AUTHORIZATION, &names::AUTHORIZATION),
            request: part(&REQUEST),
            response: properties.open(&names::RESPONSE, texts),
            asked: properties.open(&names::ASKED, texts),
            properties,
            fields,
            value,
            texts,
        }
    }

    pub(super) fn operation(&self) -> Option<Cow<'a, str>> {
        self.fields.str(&OPERATION)
    }

    pub(super) fn account(&self) -> Option<Text> {
        let stated = |places: &[usize]| self.fields.scalar(places).map(|value| value.raw().as_bytes());
        header::account([stated(&SUBSCRIPTION), stated(&RESOURCE), stated(&PATH)]).map(super::account)
    }

    /// The provider's id of the record.
    pub(super) fn id(&self) -> Option<Text> {
        let path = || header::event_path(&self.fields.str(&PATH)?).map(|(id, _)| id.into());
        self.fields.text(&ID).or_else(path)
    }

    pub(super) fn resource_id(&self) -> Option<Cow<'a, str>> {
        self.fields.str(&RESOURCE).or_else(|| self.authorization.fields().str(&["scope"]))
    }

    pub(super) fn correlation_id(&self) -> Option<Cow<'a, str>> {
        self.fields.str(&CORRELATION)
    }

    pub(super) fn location(&self) -> Option<Cow<'a, str>> {
        self.fields.str(&LOCATION)
    }

    pub(super) fn status(&self) -> Option<Cow<'a, str>> {
        self.fields.str(&STATUS)
    }

    pub(super) fn phase(&self) -> Option<Cow<'a, str>> {
        self.fields.str(&PHASE)
    }

    /// What it says of the answer of HTTP: `Created`, `OK (HTTP Status Code: 200)`.
    pub(super) fn http_status(&self) -> Vec<Cow<'a, str>> {
        let properties = self.properties.fields();
        let stated = [self.fields.str(&SUB_STATUS), properties.str(&["statuscode"])];
        stated.into_iter().chain([properties.str(&["httpstatuscode", "httpstatus"])]).flatten().collect()
    }

    pub(super) fn status_message(&self) -> Opened<'a> {
        self.properties.open(&["statusmessage"], self.texts)
    }

    pub(super) fn status_text(&self) -> Option<Text> {
        self.properties.fields().text(&["statusmessage"])
    }

    pub(super) fn caller(&self) -> Option<Cow<'a, str>> {
        self.fields.str(&CALLER)
    }

    pub(super) fn address(&self) -> Option<Text> {
        let request = self.request.fields();
        self.fields.text(&ADDRESS).or_else(|| request.text(&names::CLIENT_ADDRESS))
    }

    /// The tenant, unless the claims name it.
    pub(super) fn tenant(&self) -> Option<Cow<'a, str>> {
        let is_row = || self.fields.value(&ROW).is_some();
        self.fields.str(&TENANT).filter(|_| !is_row())
    }

    pub(super) fn claims(&self) -> Option<Value<'a>> {
        self.claims.value()
    }

    /// By which right it was done: `principalId`, `principalType`.
    pub(super) fn evidence(&self) -> Fields<'a> {
        self.authorization.open(&["evidence"], self.texts).fields()
    }

    /// Parts that are there and cannot be read.
    pub(super) fn broken(&self) -> impl Iterator<Item = &'static str> {
        let parts = [
            (self.properties, "properties"),
            (self.claims, "claims"),
            (self.response, "responseBody"),
            (self.asked, "requestbody"),
        ];
        parts.into_iter().filter(|(part, _)| part.is_broken()).map(|(_, name)| name)
    }
}

/// PowerShell writes `{"Content": {…}}` around claims and properties.
fn content<'a>(part: Opened<'a>, texts: &'a Texts) -> Opened<'a> {
    let inner = part.open(&["content"], texts);
    if inner.is_empty() { part } else { inner }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// The names at the beginning of the paths in the first table of the page.
    fn names_on_the_page() -> Vec<String> {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/mapping/azure.md");
        let page = fs::read_to_string(page).unwrap();
        let table = page.split("\n\n").find(|part| part.starts_with("| field of the event")).unwrap();
        let cells = table.lines().skip(2).flat_map(|row| row.split('|').skip(2));
        let quoted = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
        let first = quoted.filter_map(|path| path.split('.').next());
        first.map(|name| name.to_lowercase().replace('_', "")).collect()
    }

    #[test]
    fn every_name_is_found_in_every_spelling() {
        TABLE.assert_found();
    }

    #[test]
    fn the_page_names_what_is_read() {
        let read: Vec<&str> = names::ALL.concat().into_iter().chain(["identity"]).collect();
        let written = names_on_the_page();
        for name in &read {
            assert!(written.iter().any(|written| written == name), "docs/mapping/azure.md does not name `{name}`");
        }
        for name in &written {
            assert!(read.contains(&&**name), "docs/mapping/azure.md names `{name}`, which is not read");
        }
    }
}
