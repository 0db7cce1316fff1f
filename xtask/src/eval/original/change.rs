//! What the add-ons make of a record: only AWS is told in the story; the others go by analogy.

use serde_json::Value;

use super::Change;
use crate::eval::entry::{Entry, Place};

const UNKNOWN: &str = "unknown";

/// The record as an event that creates something, if it is one.
pub(super) fn of(entry: &Entry) -> Option<Change> {
    // Few records create anything, and parsing is what takes the time.
    if entry.read_only || !CREATIONS.iter().any(|name| entry.text.contains(name)) {
        return None;
    }
    let record: Value = serde_json::from_str(&entry.text).ok()?;
    match entry.place {
        Place::Aws { .. } => aws(entry, &record),
        Place::Google { .. } => google(entry, &record),
        Place::Azure { .. } => azure(entry, &record),
    }
}

/// A launch is `created` however it ends; anything else only if it succeeds. For a created user the
/// new user is the one who did it.
fn aws(entry: &Entry, record: &Value) -> Option<Change> {
    let name = text(record, "/eventName")?;
    let launch = name == "RunInstances";
    let failed = record.get("errorCode").is_some();
    if !launch && (failed || !OTHER_CREATIONS.contains(&name)) {
        return None;
    }
    let created_user = text(record, "/requestParameters/userName").filter(|_| name == "CreateUser");
    let issuer = text(record, "/userIdentity/sessionContext/sessionIssuer/userName");
    let user = created_user.or_else(|| text(record, "/userIdentity/userName")).or(issuer).unwrap_or(UNKNOWN);
    let asked = |path| launch.then(|| text(record, path).unwrap_or(UNKNOWN).to_owned());
    Some(Change {
        status: if failed { "failure" } else { "success" }.to_owned(),
        object_category: if launch { "instance" } else { UNKNOWN }.to_owned(),
        vendor_region: text(record, "/awsRegion").map(str::to_owned),
        image_id: asked("/requestParameters/instancesSet/items/0/imageId"),
        instance_type: asked("/requestParameters/instanceType"),
        ..created(entry, user)
    })
}

/// The first entry of an insert; it never knows of a failure.
fn google(entry: &Entry, record: &Value) -> Option<Change> {
    record.pointer("/operation/first")?;
    let zone = text(record, "/resource/labels/zone").unwrap_or_default();
    let machine_type = text(record, "/protoPayload/request/machineType")?;
    Some(Change {
        status: "success".to_owned(),
        vendor_region: zone.rsplit_once('-').map(|(region, _)| region.to_owned()),
        image_id: text(record, "/protoPayload/request/disks/0/initializeParams/sourceImage").map(str::to_owned),
        instance_type: machine_type.rsplit('/').next().map(str::to_owned),
        ..created(entry, text(record, "/protoPayload/authenticationInfo/principalEmail").unwrap_or(UNKNOWN))
    })
}

/// The record with the answer in it, or the one that says why there is none.
fn azure(entry: &Entry, record: &Value) -> Option<Change> {
    let result = text(record, "/resultType")?;
    if !matches!(result, "Accept" | "Failure") {
        return None;
    }
    let body: Value = text(record, "/properties/responseBody").and_then(|body| serde_json::from_str(body).ok())?;
    let caller = text(record, "/identity/claims/http:~1~1schemas.microsoft.com~1identity~1claims~1objectidentifier");
    Some(Change {
        status: if result == "Accept" { "success" } else { "failure" }.to_owned(),
        vendor_region: text(&body, "/location").map(str::to_owned),
        image_id: text(&body, "/properties/storageProfile/imageReference/offer").map(str::to_owned),
        instance_type: text(&body, "/properties/hardwareProfile/vmSize").map(str::to_owned),
        ..created(entry, caller.unwrap_or(UNKNOWN))
    })
}

fn created(entry: &Entry, user: &str) -> Change {
    Change {
        time: entry.time,
        arrival: entry.arrival,
        action: "created".to_owned(),
        status: String::new(),
        object_category: "instance".to_owned(),
        user: user.to_owned(),
        vendor_region: None,
        object: vec![entry.event_id.clone()],
        object_id: vec![entry.event_id.clone()],
        image_id: None,
        instance_type: None,
    }
}

fn text<'a>(record: &'a Value, path: &str) -> Option<&'a str> {
    record.pointer(path).and_then(Value::as_str)
}

/// Names with which the add-on maps a success to `action=created`, of those that are told here.
const OTHER_CREATIONS: [&str; 5] =
    ["CreateUser", "CreateRole", "CreateSecurityGroup", "CreateLogStream", "CreateFunction20150331"];

/// Parts of the text by which a record that may create something is found.
const CREATIONS: [&str; 4] = [
    "\"eventName\":\"RunInstances\"",
    "\"eventName\":\"Create",
    "compute.instances.insert\"",
    "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE\"",
];
