//! A record of CloudTrail as an event.

mod asks;
mod begets;
pub(crate) mod commands;
mod drift;
mod facts;
mod fields;
mod identity;
mod launch;
mod outcome;

use std::borrow::Cow;

use jiff::Timestamp;
use model::{Compute, Event, EventId, Outcome, VendorProduct};

use crate::{content_name, names::Names, tree::Value};
use commands::Command;
use drift::Drifted;
use facts::Facts;
use fields::{Fields, said};
use launch::Launch;

/// `record` has an `eventName` and happened at `time`; all else may be missing. With the event
/// come sentences on what was not understood.
pub(crate) fn event(record: Value<'_>, time: Timestamp, instances: bool, names: &mut Names) -> (Event, Vec<String>) {
    let fields = Fields::of(record.object());
    let facts = Facts::of(fields.request_parameters, fields.response_elements);
    let identity = fields.user_identity.map(Value::object).unwrap_or_default();
    let command = said(fields.event_name).map(|name| names.text(&name)).unwrap_or_default();
    let known = commands::find(&command, said(fields.event_source).as_deref(), &facts);
    let recipient = said(fields.recipient_account_id);
    let id = id(said(fields.event_id).as_deref(), record);
    let user = identity::principal(identity, recipient.as_deref(), names);
    let mut name = |said: Option<Cow<'_, str>>| said.map(|said| names.text(&said));
    let mut event = Event {
        // In which it happened: that of the caller may be another.
        vendor_account: name(recipient.or_else(|| identity.str("accountId"))),
        vendor_region: name(said(fields.aws_region)),
        action: known.map(|known| known.action),
        object_category: name(known.map(|known| known.object_category.into())),
        outcome: outcome(&fields, &command),
        result_id: name(said(fields.error_code)),
        result: name(said(fields.error_message)),
        src: name(said(fields.source_ip_address)),
        user_agent: name(said(fields.user_agent)),
        ..Event::new(id, time, VendorProduct::AwsCloudTrail, command, names.principal(user))
    };
    let mut drifted = Drifted::default();
    if event.is_launch() {
        drifted.record("RunInstances", &fields);
        launch(&fields, instances, &mut event, &mut drifted);
    } else if let Some(ask) = known.and_then(Command::ask) {
        if ask.is_for_compute() {
            drifted.record(ask.name, &fields);
        }
        ask.read(&facts, &mut event, &mut drifted);
    }
    names.share_compute(&mut event);
    event.begets = begets::begets(&event, &fields).into();
    (event, drifted.into_sentences())
}

fn launch(fields: &Fields<'_>, instances: bool, event: &mut Event, drifted: &mut Drifted) {
    let (request, response) = (fields.request(), fields.response());
    drifted.launch(request, response);
    let launch = Launch::new(request, response, event.outcome);
    event.count = launch.count();
    event.object_id = launch.instance_ids().into();
    event.image_id = launch.images().into();
    event.instance_type = launch.types().into();
    event.compute = Compute { spot: launch.is_spot(), parent: launch.parent(), ..Compute::default() }.into();
    if instances {
        event.instances = launch.instances().into();
    }
}

/// AWS names records by UUIDs. Any other id was put there by whoever cleaned or made the log, and
/// records that differ may have the same one, so that the content is part of the name.
fn id(id: Option<&str>, record: Value<'_>) -> EventId {
    let name_of_content = || content_name::name_of(record.raw().as_bytes());
    match id.map(|id| (id, EventId::from(id))) {
        Some((_, id @ EventId::Uuid(_))) => id,
        Some((written, id)) if is_uuid(written) => id,
        Some((written, _)) => EventId::Text(format!("{written}@{}", name_of_content()).into()),
        None => EventId::Text(name_of_content().into()),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// A failed login has no error code, only a word in the response.
fn outcome(fields: &Fields<'_>, command: &str) -> Outcome {
    let login = (command == "ConsoleLogin").then(|| fields.response().str("ConsoleLogin")).flatten();
    match (said(fields.error_code), login.as_deref()) {
        (None, Some("Failure")) => Outcome::Denied,
        (code, _) => outcome::outcome(code.as_deref()),
    }
}

#[cfg(test)]
mod mapping;
#[cfg(test)]
mod tests;
