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
    names,
};
use crate::tree::Value;

/// All that the record says, with what stands in it as a text opened.
pub(super) struct Record<'a> {
    pub(super) value: Value<'a>,
    pub(super) texts: &'a Texts,
    fields: Fields<'a>,
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
        let fields = Fields::of(value);
        let identity = Opened::of(fields.value(&["identity"]), texts);
        let part = |names: &[&str]| content(Opened::of(fields.value(names), texts), texts);
        let or_in_identity = |names: &[&str]| match part(names) {
            nothing if nothing.is_empty() => content(identity.open(names, texts), texts),
            stated => stated,
        };
        let properties = part(names::PROPERTIES);
        Self {
            claims: or_in_identity(names::CLAIMS),
            authorization: or_in_identity(names::AUTHORIZATION),
            request: part(names::REQUEST),
            response: properties.open(names::RESPONSE, texts),
            asked: properties.open(names::ASKED, texts),
            properties,
            fields,
            value,
            texts,
        }
    }

    pub(super) fn operation(&self) -> Option<Cow<'a, str>> {
        self.fields.str(names::OPERATION)
    }

    pub(super) fn account(&self) -> Option<Text> {
        let stated = |names| self.fields.scalar(names).map(|value| value.raw().as_bytes());
        let named = [names::SUBSCRIPTION, names::RESOURCE, names::PATH].map(stated);
        header::account(named).map(super::account)
    }

    /// The provider's id of the record.
    pub(super) fn id(&self) -> Option<Text> {
        let path = || header::event_path(&self.fields.str(names::PATH)?).map(|(id, _)| id.into());
        self.fields.text(names::ID).or_else(path)
    }

    pub(super) fn resource_id(&self) -> Option<Cow<'a, str>> {
        self.fields.str(names::RESOURCE).or_else(|| self.authorization.fields().str(&["scope"]))
    }

    pub(super) fn correlation_id(&self) -> Option<Cow<'a, str>> {
        self.fields.str(names::CORRELATION)
    }

    pub(super) fn location(&self) -> Option<Cow<'a, str>> {
        self.fields.str(names::LOCATION)
    }

    pub(super) fn status(&self) -> Option<Cow<'a, str>> {
        self.fields.str(names::STATUS)
    }

    pub(super) fn phase(&self) -> Option<Cow<'a, str>> {
        self.fields.str(names::PHASE)
    }

    /// What it says of the answer of HTTP: `Created`, `OK (HTTP Status Code: 200)`.
    pub(super) fn http_status(&self) -> Vec<Cow<'a, str>> {
        let properties = self.properties.fields();
        let stated = [self.fields.str(names::SUB_STATUS), properties.str(&["statuscode"])];
        stated.into_iter().chain([properties.str(&["httpstatuscode", "httpstatus"])]).flatten().collect()
    }

    pub(super) fn status_message(&self) -> Opened<'a> {
        self.properties.open(&["statusmessage"], self.texts)
    }

    pub(super) fn status_text(&self) -> Option<Text> {
        self.properties.fields().text(&["statusmessage"])
    }

    pub(super) fn caller(&self) -> Option<Cow<'a, str>> {
        self.fields.str(names::CALLER)
    }

    pub(super) fn address(&self) -> Option<Text> {
        let request = self.request.fields();
        self.fields.text(names::ADDRESS).or_else(|| request.text(names::CLIENT_ADDRESS))
    }

    /// The tenant, unless the claims name it.
    pub(super) fn tenant(&self) -> Option<Cow<'a, str>> {
        let is_row = || self.fields.value(names::ROW).is_some();
        self.fields.str(names::TENANT).filter(|_| !is_row())
    }

    pub(super) fn claims(&self) -> Fields<'a> {
        self.claims.fields()
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
