//! A record under the names of all its spellings, and whether an object is one.
//!
//! The REST interface and the portal write `eventTimestamp`, an SDK writes `event_timestamp`,
//! PowerShell `EventTimestamp`, an Event Hub `time`, and Log Analytics `TimeGenerated`. Here
//! they become one; nothing behind this file knows in which spelling a record came.

use jiff::Timestamp;
use model::Text;

use super::{
    commands,
    fields::{self, Fields, Opened},
};
use crate::{
    lenient::{Object, Scalar},
    reason, time,
    time::Clock,
};

/// Where each field stands, in the order in which it is looked for.
mod names {
    /// Log Analytics has a sentence for people in `OperationName`.
    pub(super) const OPERATION: &[&str] = &["operationnamevalue", "operationname"];
    pub(super) const TIME: &[&str] = &["eventtimestamp", "time", "timegenerated"];
    /// Minutes later, when the record was handed to the log.
    pub(super) const SUBMITTED: &[&str] = &["submissiontimestamp", "eventsubmissiontimestamp"];
    pub(super) const CATEGORY: &[&str] = &["categoryvalue", "category"];
    pub(super) const SUBSCRIPTION: &[&str] = &["subscriptionid"];
    pub(super) const RESOURCE: &[&str] = &["resourceid", "resourceuri"];
    pub(super) const LOCATION: &[&str] = &["location"];
    pub(super) const ID: &[&str] = &["eventdataid"];
    pub(super) const PATH: &[&str] = &["id"];
    pub(super) const CORRELATION: &[&str] = &["correlationid"];
    pub(super) const STATUS: &[&str] = &["activitystatusvalue", "status", "resulttype", "activitystatus"];
    pub(super) const SUB_STATUS: &[&str] =
        &["activitysubstatusvalue", "substatus", "resultsignature", "activitysubstatus"];
    pub(super) const PHASE: &[&str] = &["eventname"];
    pub(super) const CALLER: &[&str] = &["caller"];
    pub(super) const TENANT: &[&str] = &["tenantid"];
    pub(super) const ADDRESS: &[&str] = &["calleripaddress"];
    pub(super) const CLIENT_ADDRESS: &[&str] = &["clientipaddress"];
    pub(super) const REQUEST: &[&str] = &["httprequest", "httprequestd"];
    pub(super) const CLAIMS: &[&str] = &["claimsd", "claims"];
    pub(super) const AUTHORIZATION: &[&str] = &["authorizationd", "authorization"];
    pub(super) const PROPERTIES: &[&str] = &["propertiesd", "properties"];
    pub(super) const RESPONSE: &[&str] = &["responsebody"];
    pub(super) const ASKED: &[&str] = &["requestbody"];
    /// All of them, for the page that lists them.
    #[cfg(test)]
    pub(super) const ALL: [&[&str]; 20] = [
        OPERATION,
        TIME,
        SUBMITTED,
        CATEGORY,
        SUBSCRIPTION,
        RESOURCE,
        LOCATION,
        ID,
        PATH,
        CORRELATION,
        STATUS,
        SUB_STATUS,
        PHASE,
        CALLER,
        TENANT,
        ADDRESS,
        REQUEST,
        CLAIMS,
        AUTHORIZATION,
        PROPERTIES,
    ];
    /// Only rows of Log Analytics have these; their `TenantId` is that of the workspace.
    pub(super) const ROW: &[&str] = &["timegenerated", "operationnamevalue"];
}

/// The categories of the Activity Log; the last three are those of before 2019.
const CATEGORIES: [&str; 11] = [
    "Administrative",
    "Security",
    "ServiceHealth",
    "Alert",
    "Recommendation",
    "Policy",
    "Autoscale",
    "ResourceHealth",
    "Write",
    "Delete",
    "Action",
];

/// What else a record has, in one spelling or another, beside the name of an operation.
const MARKS: [&str; 10] = [
    "caller",
    "category",
    "categoryvalue",
    "correlationid",
    "eventtimestamp",
    "eventdataid",
    "resourceid",
    "resulttype",
    "submissiontimestamp",
    "timegenerated",
];

/// The parts of a record by which it is placed and chosen.
pub(crate) struct Header<'a> {
    fields: Fields<'a>,
}

impl<'a> Header<'a> {
    /// Of a record of a log of Azure, of the Activity Log or another; anything else is given back.
    pub(crate) fn of(object: Object<'a>) -> Result<Self, Object<'a>> {
        let fields = Fields::from(object);
        let is_named = fields.scalar(names::OPERATION).is_some();
        let is_marked = || fields.iter().any(|(key, _)| MARKS.iter().any(|name| fields::is(key, name)));
        // Of a record that was asked for by a few of its fields, `id` is what is left.
        let is_event = || fields.text(names::PATH).is_some_and(|path| event_path(&path).is_some());
        if is_named && (is_marked() || is_event()) { Ok(Self { fields }) } else { Err(fields.into()) }
    }

    /// Every name of an operation that the record states, as written. One that says several
    /// things is wanted if any of them is.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &'a [u8]> {
        let named = self.fields.iter().filter(|(key, _)| names::OPERATION.iter().any(|name| fields::is(key, name)));
        named.filter_map(|(_, value)| fields::plain(value))
    }

    /// The operation as written, or why this is no record of the Activity Log.
    pub(crate) fn command(&self) -> Result<&'a [u8], String> {
        let operation = self.fields.scalar(names::OPERATION).ok_or("Azure record without an `operationName`")?;
        match self.fields.scalar(names::CATEGORY).and_then(Scalar::of) {
            Some(category) if !is_activity(&category) && !commands::is_known(operation) => {
                let category = reason::quoted(&category);
                Err(format!("Azure log of category {category}, not a record of the Activity Log"))
            }
            _ => Ok(operation),
        }
    }

    /// When it happened; where no field says it, by the ticks at the end of its path.
    pub(crate) fn time(&self, clock: &mut Clock) -> Result<Timestamp, String> {
        let mut stated = |names: &[&str]| self.fields.scalar(names).map(|raw| parsed(raw, clock));
        stated(names::TIME)
            .or_else(|| self.ticks().map(Ok))
            .or_else(|| stated(names::SUBMITTED))
            .unwrap_or_else(|| Err("Azure record without a time".to_owned()))
    }

    fn ticks(&self) -> Option<Timestamp> {
        let path = self.fields.text(names::PATH)?;
        let (_, ticks) = event_path(&path)?;
        time::of_ticks(ticks?)
    }

    /// A value that names the subscription, alone or in a path.
    pub(crate) fn account(&self) -> Option<&'a [u8]> {
        account(&self.fields)
    }

    /// The region that the record itself states; its bodies may state one more.
    pub(crate) fn region(&self) -> Option<&'a [u8]> {
        self.fields.scalar(names::LOCATION)
    }
}

fn parsed(raw: &[u8], clock: &mut Clock) -> Result<Timestamp, String> {
    let written = Scalar::of(raw);
    let written = written.as_deref().unwrap_or(raw);
    clock.parse(written).ok_or_else(|| format!("impossible time {}", reason::quoted(written)))
}

fn is_activity(category: &[u8]) -> bool {
    CATEGORIES.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(category))
}

fn account<'a>(fields: &Fields<'a>) -> Option<&'a [u8]> {
    let in_path = |names| fields.scalar(names).filter(|path| is_of_subscription(path));
    let stated = fields.scalar(names::SUBSCRIPTION);
    stated.or_else(|| in_path(names::RESOURCE)).or_else(|| in_path(names::PATH)).map(short)
}

/// Whether a path names a subscription. Nearly all are plain, and of those it is seen at once.
fn is_of_subscription(path: &[u8]) -> bool {
    const ROOT: &[u8] = b"\"/subscriptions/";
    let is_plain = path.split_at_checked(ROOT.len()).is_some_and(|(root, rest)| {
        root.eq_ignore_ascii_case(ROOT) && rest.first().is_some_and(u8::is_ascii_alphanumeric)
    });
    is_plain || super::subscription(path).is_some()
}

/// A path up to the subscription, so that all records of one have the same.
fn short(path: &[u8]) -> &[u8] {
    let mut slashes = memchr::memchr_iter(b'/', path);
    let is_plain = path.starts_with(b"\"/") && !path.contains(&b'\\');
    if is_plain { slashes.nth(2).map_or(path, |end| &path[1..end]) } else { path }
}

/// `…/events/<id>/ticks/<number>`: the id, and the ticks if they are there.
fn event_path(path: &str) -> Option<(&str, Option<u64>)> {
    let (_, rest) = path.rsplit_once("/events/")?;
    let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
    (!id.is_empty()).then(|| (id, rest.strip_prefix("ticks/").and_then(|ticks| ticks.parse().ok())))
}

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
        account(&self.fields).map(super::account)
    }

    /// The provider's id of the record.
    pub(super) fn id(&self) -> Option<Text> {
        let path = || event_path(&self.fields.text(names::PATH)?).map(|(id, _)| id.into());
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
        parts.into_iter().filter(|(part, _)| part.is_broken).map(|(_, name)| name)
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
