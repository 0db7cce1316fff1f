//! Azure: activity records as diagnostic settings write them, up to three of one action.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::entry::{Entry, Place};
use super::label::Label;
use crate::sample::rng::Rng;

/// Who acts: a person with a mail address, or an application with an object id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    /// Mail address, or object id of the service principal.
    pub(crate) name: &'static str,
    pub(crate) object_id: &'static str,
    pub(crate) person: bool,
    pub(crate) address: &'static str,
    pub(crate) app_id: &'static str,
}

/// What is done, and to what.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) subscription: &'static str,
    /// As the permission is written, e.g. `Microsoft.Compute/virtualMachines/write`.
    pub(crate) operation: &'static str,
    /// Behind the subscription, with a slash at the front.
    pub(crate) resource: String,
    pub(crate) location: &'static str,
    /// The resource as the service answers it; null if it does not.
    pub(crate) body: Value,
}

/// How an action ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Something new.
    Created,
    /// A change of what was there.
    Updated,
    /// Code and message of the service.
    Failed(&'static str, String),
}

/// All records of one action, in order. A failure may come at once, and is then never accepted.
pub(crate) fn records(at: Timestamp, caller: Caller, act: &Act, ending: &Ending, rng: &mut Rng) -> Vec<Entry> {
    let correlation = rng.uuid();
    let later = |milliseconds: i64| at + jiff::SignedDuration::from_millis(milliseconds);
    let write = |at, result: &str, signature: &str, properties: Value| {
        record(at, caller, act, &correlation, (result, signature), &properties)
    };
    let started = write(at, "Start", "Started.", properties(act, None, None));
    match ending {
        Ending::Failed(code, message) => {
            let status = json!({ "error": { "code": code, "message": message } }).to_string();
            vec![started, write(later(1900), "Failure", "Failed.Conflict", properties(act, None, Some(status)))]
        }
        Ending::Created => vec![
            started,
            write(later(1400), "Accept", "Accepted.Created", properties(act, Some("Created"), None)),
            write(later(38_000), "Success", "Succeeded.", properties(act, None, None)),
        ],
        Ending::Updated => {
            vec![started, write(later(1300), "Success", "Succeeded.OK", properties(act, Some("OK"), None))]
        }
    }
}

/// Only the answer of the service holds the resource, as a text within the record.
fn properties(act: &Act, status: Option<&str>, failure: Option<String>) -> Value {
    let mut properties = json!({
        "eventCategory": "Administrative",
        "entity": format!("/subscriptions/{}{}", act.subscription, act.resource),
        "message": act.operation,
        "hierarchy": format!("00000000-aaaa-4bbb-8ccc-1234567890ab/{}", act.subscription),
    });
    let Some(fields) = properties.as_object_mut() else { return properties };
    if let Some(status) = status {
        fields.insert("statusCode".into(), status.into());
        fields.insert("serviceRequestId".into(), Value::Null);
        if !act.body.is_null() {
            fields.insert("responseBody".into(), act.body.to_string().into());
        }
    }
    if let Some(failure) = failure {
        fields.insert("statusCode".into(), "Conflict".into());
        fields.insert("statusMessage".into(), failure.into());
    }
    properties
}

fn record(
    at: Timestamp,
    caller: Caller,
    act: &Act,
    correlation: &str,
    (result, signature): (&str, &str),
    properties: &Value,
) -> Entry {
    let level = if result == "Failure" { "Error" } else { "Information" };
    let kind = if caller.person { "User" } else { "ServicePrincipal" };
    let text = json!({
        "time": at.to_string(),
        "resourceId": format!("/subscriptions/{}{}", act.subscription, act.resource).to_uppercase(),
        "operationName": act.operation.to_uppercase(),
        "category": "Administrative",
        "resultType": result,
        "resultSignature": signature,
        "durationMs": "0",
        "callerIpAddress": caller.address,
        "correlationId": correlation,
        "identity": {
            "authorization": {
                "scope": format!("/subscriptions/{}{}", act.subscription, act.resource),
                "action": act.operation,
                "evidence": { "role": "Contributor", "principalId": caller.object_id.replace('-', ""), "principalType": kind },
            },
            "claims": claims(caller),
        },
        "level": level,
        "location": act.location,
        "properties": properties,
        "tenantId": "00000000-aaaa-4bbb-8ccc-1234567890ab",
    });
    let text = text.to_string();
    Entry {
        place: Place::Azure { subscription: act.subscription },
        time: at,
        arrival: at,
        event_id: name_of(&text),
        operation_id: Some(correlation.to_owned()),
        operation: act.operation.to_owned(),
        read_only: false,
        text,
        label: Label::LIFE,
    }
}

/// Diagnostic settings give a record no id of its own, so the output names it by its content. The
/// operation is known by its correlation id besides.
fn name_of(text: &str) -> String {
    format!("content:{}", &blake3::hash(text.as_bytes()).to_hex()[..32])
}

fn claims(caller: Caller) -> Value {
    let mut claims = json!({
        "aud": "https://management.core.windows.net/",
        "iss": "https://sts.windows.net/00000000-aaaa-4bbb-8ccc-1234567890ab/",
        "appid": caller.app_id,
        "ipaddr": caller.address,
        "http://schemas.microsoft.com/identity/claims/objectidentifier": caller.object_id,
        "http://schemas.microsoft.com/identity/claims/tenantid": "00000000-aaaa-4bbb-8ccc-1234567890ab",
    });
    if let Some(fields) = claims.as_object_mut() {
        if caller.person {
            fields.insert("name".into(), caller.name.split('@').next().unwrap_or_default().into());
            fields.insert("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn".into(), caller.name.into());
            fields.insert("http://schemas.microsoft.com/identity/claims/scope".into(), "user_impersonation".into());
        } else {
            fields.insert("idtyp".into(), "app".into());
        }
    }
    claims
}
