//! A record of CloudTrail as an event.

pub(crate) mod commands;
mod identity;
mod launch;
mod outcome;

use jiff::Timestamp;
use model::{Event, EventId, Outcome, Text, VendorProduct};

use crate::{content, lenient::Object};
use launch::Launch;

/// `record` is JSON, has an `eventName` and happened at `time`; all else may be missing.
pub(crate) fn event(record: &[u8], time: Timestamp, instances: bool) -> Event {
    let fields = Object::of(record);
    let [identity, request, response] =
        ["userIdentity", "requestParameters", "responseElements"].map(|name| fields.object(name));
    let command = fields.text("eventName").unwrap_or_default();
    let known = commands::find(&command).filter(|known| known.is_of(fields.text("eventSource").as_deref()));
    let recipient = fields.text("recipientAccountId");
    let id = id(&fields, record);
    let user = identity::principal(&identity, recipient.as_deref());
    let mut event = Event {
        vendor_account: identity.text("accountId").or_else(|| recipient.clone()),
        vendor_region: fields.text("awsRegion"),
        action: known.map(|known| known.action),
        object_category: known.map(|known| known.object_category.into()),
        outcome: outcome(&fields, &command, &response),
        result_id: fields.text("errorCode"),
        result: fields.text("errorMessage"),
        src: fields.text("sourceIPAddress"),
        user_agent: fields.text("userAgent"),
        object_id: object_ids(&command, &request, &response),
        ..Event::new(id, time, VendorProduct::AwsCloudTrail, command, user)
    };
    if event.is_launch() {
        let launch = Launch::new(&request, &response, event.outcome);
        event.count = launch.count();
        event.object_id = launch.instance_ids();
        event.image_id = launch.images();
        event.instance_type = launch.types();
        event.instances = if instances { launch.instances() } else { Vec::new() };
    } else if &*event.command == "CopyImage" {
        event.image_id = request.text("sourceImageId").into_iter().collect();
    }
    event
}

fn id(fields: &Object<'_>, record: &[u8]) -> EventId {
    EventId::from(fields.text("eventID").unwrap_or_else(|| content::name_of(record).into()))
}

/// A failed login has no error code, only a word in the response.
fn outcome(fields: &Object<'_>, command: &str, response: &Object<'_>) -> Outcome {
    let login = (command == "ConsoleLogin").then(|| response.text("ConsoleLogin")).flatten();
    match (fields.text("errorCode"), login.as_deref()) {
        (None, Some("Failure")) => Outcome::Denied,
        (code, _) => outcome::outcome(code.as_deref()),
    }
}

/// The objects made or touched, where one place of the record names them. Of a launch they
/// are read with all else it got.
fn object_ids(command: &str, request: &Object<'_>, response: &Object<'_>) -> Vec<Text> {
    let one = |value: Option<Text>| value.into_iter().collect();
    match command {
        "StartInstances" | "StopInstances" | "TerminateInstances" | "RebootInstances" => {
            let done = instance_ids(response);
            if done.is_empty() { instance_ids(request) } else { done }
        }
        "CopyImage" | "CreateImage" | "RegisterImage" => one(response.text("imageId")),
        "CreateUser" => one(request.text("userName")),
        "CreateRole" => one(request.text("roleName")),
        "CreateBucket" => one(request.text("bucketName")),
        _ => Vec::new(),
    }
}

fn instance_ids(object: &Object<'_>) -> Vec<Text> {
    object.items("instancesSet").iter().filter_map(|item| item.text("instanceId")).collect()
}

#[cfg(test)]
mod tests;
