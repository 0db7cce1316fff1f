//! A record of CloudTrail as an event.

mod asks;
mod begets;
pub(crate) mod commands;
mod drift;
mod facts;
mod identity;
mod launch;
mod outcome;

use jiff::Timestamp;
use model::{Event, EventId, Outcome, Text, VendorProduct};

use crate::{
    content_name,
    tree::{Object, Value},
};
use commands::Command;
use drift::Drifted;
use facts::Facts;
use launch::Launch;

/// `record` has an `eventName` and happened at `time`; all else may be missing. With the event
/// come sentences on what was not understood.
pub(crate) fn event(record: Value<'_>, time: Timestamp, instances: bool) -> (Event, Vec<String>) {
    let fields = record.object();
    let facts = Facts::of(fields);
    let [identity, response] = ["userIdentity", "responseElements"].map(|name| fields.object(name));
    let command = fields.text("eventName").unwrap_or_default();
    let known = commands::find(&command, fields.str("eventSource").as_deref(), &facts);
    let recipient = fields.str("recipientAccountId");
    let id = id(fields, record);
    let user = identity::principal(identity, recipient.as_deref());
    let mut event = Event {
        // In which it happened: that of the caller may be another.
        vendor_account: recipient.or_else(|| identity.str("accountId")).map(Text::from),
        vendor_region: fields.text("awsRegion"),
        action: known.map(|known| known.action),
        object_category: known.map(|known| known.object_category.into()),
        outcome: outcome(fields, &command, response),
        result_id: fields.text("errorCode"),
        result: fields.text("errorMessage"),
        src: fields.text("sourceIPAddress"),
        user_agent: fields.text("userAgent"),
        ..Event::new(id, time, VendorProduct::AwsCloudTrail, command, user)
    };
    let mut drifted = Drifted::default();
    if event.is_launch() {
        drifted.record("RunInstances", fields);
        launch(fields, response, instances, &mut event, &mut drifted);
    } else if let Some(ask) = known.and_then(Command::ask) {
        if ask.is_for_compute() {
            drifted.record(ask.name, fields);
        }
        ask.read(&facts, &mut event, &mut drifted);
    }
    event.begets = begets::begets(&event, fields);
    (event, drifted.into_sentences())
}

fn launch(fields: Object<'_>, response: Object<'_>, instances: bool, event: &mut Event, drifted: &mut Drifted) {
    let request = fields.object("requestParameters");
    drifted.launch(request, response);
    let launch = Launch::new(request, response, event.outcome);
    event.count = launch.count();
    event.object_id = launch.instance_ids();
    event.image_id = launch.images();
    event.instance_type = launch.types();
    event.compute.spot = launch.is_spot();
    event.compute.parent = launch.parent();
    event.instances = if instances { launch.instances() } else { Vec::new() };
}

/// AWS names records by UUIDs. Any other id was put there by whoever cleaned or made the log, and
/// records that differ may have the same one, so that the content is part of the name.
fn id(fields: Object<'_>, record: Value<'_>) -> EventId {
    match fields.str("eventID") {
        Some(id) if is_uuid(&id) => EventId::from(&*id),
        Some(id) => EventId::Text(format!("{id}@{}", content_name::name_of(record.raw().as_bytes())).into()),
        None => EventId::Text(content_name::name_of(record.raw().as_bytes()).into()),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// A failed login has no error code, only a word in the response.
fn outcome(fields: Object<'_>, command: &str, response: Object<'_>) -> Outcome {
    let login = (command == "ConsoleLogin").then(|| response.str("ConsoleLogin")).flatten();
    match (fields.str("errorCode"), login.as_deref()) {
        (None, Some("Failure")) => Outcome::Denied,
        (code, _) => outcome::outcome(code.as_deref()),
    }
}

#[cfg(test)]
mod mapping;
#[cfg(test)]
mod tests;
