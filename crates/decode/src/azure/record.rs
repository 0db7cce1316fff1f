//! A record under the names of all its spellings.
//!
//! The REST interface and the portal write `eventTimestamp`, an SDK writes `event_timestamp`,
//! PowerShell `EventTimestamp`, an Event Hub `time`, and Log Analytics `TimeGenerated`. Here
//! they become one; nothing behind this file knows in which spelling a record came.

use model::Text;

use super::{
    fields::{Fields, Opened},
    header, names,
};

/// All that the record says, with what stands in it as a text opened.
pub(super) struct Record<'a> {
    fields: Fields<'a>,
    claims: Opened<'a>,
    authorization: Opened<'a>,
    properties: Opened<'a>,
    request: Opened<'a>,
    pub(super) response: Opened<'a>,
    pub(super) asked: Opened<'a>,
}

impl<'a> Record<'a> {
    pub(super) fn of(record: &'a [u8]) -> Self {
        let fields = Fields::of(record);
        let identity = Opened::of(fields.raw(&["identity"]));
        let part = |names: &[&str]| content(&Opened::of(fields.raw(names)));
        let or_in_identity = |names: &[&str]| match part(names) {
            nothing if nothing.is_empty() => content(&identity.open(names)),
            stated => stated,
        };
        let properties = part(names::PROPERTIES);
        Self {
            claims: or_in_identity(names::CLAIMS),
            authorization: or_in_identity(names::AUTHORIZATION),
            request: part(names::REQUEST),
            response: properties.open(names::RESPONSE),
            asked: properties.open(names::ASKED),
            properties,
            fields,
        }
    }

    pub(super) fn operation(&self) -> &'a [u8] {
        self.fields.scalar(names::OPERATION).unwrap_or_default()
    }

    pub(super) fn account(&self) -> Option<Text> {
        let stated = |names| self.fields.scalar(names);
        let named = [names::SUBSCRIPTION, names::RESOURCE, names::PATH].map(stated);
        header::account(named).map(super::account)
    }

    /// The provider's id of the record.
    pub(super) fn id(&self) -> Option<Text> {
        let path = || header::event_path(&self.fields.text(names::PATH)?).map(|(id, _)| id.into());
        self.fields.text(names::ID).or_else(path)
    }

    pub(super) fn resource_id(&self) -> Option<Text> {
        self.fields.text(names::RESOURCE).or_else(|| self.authorization.fields().text(&["scope"]))
    }

    pub(super) fn correlation_id(&self) -> Option<Text> {
        self.fields.text(names::CORRELATION)
    }

    pub(super) fn location(&self) -> Option<Text> {
        self.fields.text(names::LOCATION)
    }

    pub(super) fn status(&self) -> Option<Text> {
        self.fields.text(names::STATUS)
    }

    pub(super) fn phase(&self) -> Option<Text> {
        self.fields.text(names::PHASE)
    }

    /// What it says of the answer of HTTP: `Created`, `OK (HTTP Status Code: 200)`.
    pub(super) fn http_status(&self) -> Vec<Text> {
        let properties = self.properties.fields();
        let stated = [self.fields.text(names::SUB_STATUS), properties.text(&["statuscode"])];
        stated.into_iter().chain([properties.text(&["httpstatuscode", "httpstatus"])]).flatten().collect()
    }

    pub(super) fn status_message(&self) -> Opened<'_> {
        self.properties.open(&["statusmessage"])
    }

    pub(super) fn status_text(&self) -> Option<Text> {
        self.properties.fields().text(&["statusmessage"])
    }

    pub(super) fn caller(&self) -> Option<Text> {
        self.fields.text(names::CALLER)
    }

    pub(super) fn address(&self) -> Option<Text> {
        let request = self.request.fields();
        self.fields.text(names::ADDRESS).or_else(|| request.text(names::CLIENT_ADDRESS))
    }

    /// The tenant, unless the claims name it.
    pub(super) fn tenant(&self) -> Option<Text> {
        let is_row = self.fields.raw(names::ROW).is_some();
        self.fields.text(names::TENANT).filter(|_| !is_row)
    }

    pub(super) fn claims(&self) -> Fields<'_> {
        self.claims.fields()
    }

    /// By which right it was done: `principalId`, `principalType`.
    pub(super) fn evidence(&self) -> Opened<'_> {
        self.authorization.open(&["evidence"])
    }

    /// Parts that are there and cannot be read.
    pub(super) fn broken(&self) -> impl Iterator<Item = &'static str> {
        let parts = [
            (&self.properties, "properties"),
            (&self.claims, "claims"),
            (&self.response, "responseBody"),
            (&self.asked, "requestbody"),
        ];
        parts.into_iter().filter(|(part, _)| part.is_broken()).map(|(_, name)| name)
    }
}

/// PowerShell writes `{"Content": {…}}` around claims and properties.
fn content<'a>(part: &Opened<'a>) -> Opened<'a> {
    let inner = part.open(&["content"]);
    if inner.is_empty() { part.clone() } else { inner }
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
