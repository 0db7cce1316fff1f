//! A record of the Azure Activity Log as an event.
//!
//! ```text
//! header.rs    by what it is chosen           record.rs    one view of all spellings
//! change.rs    created, or modified?
//! commands.rs  what an operation does        outcome.rs   how far it came, how it ended
//! identity.rs  who                           launch.rs    what was asked for
//! begets.rs    whom it brings to life        table.rs     names in any spelling
//! inner.rs     documents in texts
//! ```
//!
//! # One request, several records
//!
//! A request is written down when it starts, when it is taken on, and when it ends. The first
//! record says least, and sizes and images stand in the second or last. All have the same
//! `operation.id`, and each is an event of its own; who joins them must know this:
//!
//! - The last stage has the outcome, its code and message; before it all is `Pending`.
//! - The action: a record that has a word for it in `as_written` was told, any other presumes.
//!   Told counts more than presumed; among those told, `created` more than `modified`.
//! - Every other field: the later stage that states it. Of a count, the later stage that states
//!   an instance type; a record without a body can only presume one machine.
//! - Whoever calls may choose the correlation id. So two requests for one resource can bear the
//!   same `operation.id`: after a record that ends a request, one that starts is another request.

mod begets;
mod change;
pub(crate) mod commands;
mod fields;
mod header;
mod identity;
mod inner;
mod launch;
mod names;
mod outcome;
mod record;
mod table;

use std::borrow::Cow;

use jiff::Timestamp;
use model::{Action, Event, EventId, Few, Field, Operation, Outcome, Stage, Text, VendorProduct};

use crate::{
    content_name,
    lenient::{Scalar, cap},
    reason,
    tree::Value,
};
use commands::{Command, Does};
pub(crate) use header::Header;
use inner::Texts;
use outcome::Ending;
use record::Record;

/// `record` names an operation and happened at `time`; all else may be missing. With
/// it goes what was met and not known.
pub(crate) fn event(record: Value<'_>, time: Timestamp, instances: bool) -> (Event, Vec<String>) {
    let texts = Texts::default();
    let record = Record::of(record, &texts);
    let written = record.operation().unwrap_or_default();
    let known = commands::find(&written);
    let command = Text::from(known.map_or(&*written, |known| known.name));
    let ending = outcome::ending(&record);
    let unknowns = unknowns(&record, &ending, &command, known.is_some());
    let account = record.account();
    let id = EventId::from(record.id().unwrap_or_else(|| content_name::name_of(record.value.raw().as_bytes()).into()));
    let user = identity::principal(&record, account.as_deref());
    let mut event = Event {
        vendor_account: account,
        object_category: known.map(|known| known.object_category.into()),
        outcome: ending.outcome,
        result_id: ending.code,
        result: ending.message,
        src: record.address(),
        ..Event::new(id, time, VendorProduct::AzureActivityLog, command, user)
    };
    write_down(&mut event, Field::Command, written);
    place(&mut event, &record);
    act(&mut event, known, &record, ending.stage);
    ask(&mut event, &record, instances);
    begets::fill(&mut event, &record);
    event.operation = ending.stage.and_then(|stage| operation(&event.command, &record, stage)).map(Box::new);
    (event, unknowns)
}

/// A subscription in small letters, named by itself or in the path of a resource.
pub(crate) fn account(written: &[u8]) -> Text {
    let text = Scalar::text_of(written);
    subscription(written).unwrap_or_else(|| text.to_lowercase().into())
}

/// `westeurope` for `West Europe`.
pub(crate) fn region(written: &str) -> Text {
    written.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect::<String>().into()
}

/// The subscription in a path.
fn subscription(path: &[u8]) -> Option<Text> {
    let path = Scalar::text_of(path).to_lowercase();
    let id = path.strip_prefix("/subscriptions/")?.split('/').next()?;
    (!id.is_empty()).then(|| id.into())
}

/// Keeps what a value was written as, if that is not what the event has.
fn write_down(event: &mut Event, field: Field, written: Cow<'_, str>) {
    if field.of(event).all(|value| *value != *written) {
        event.as_written.push((field, written.into()));
    }
}

/// Region and object.
fn place(event: &mut Event, record: &Record<'_>) {
    let in_body = || [record.response, record.asked].into_iter().find_map(|body| body.fields().str(&["location"]));
    let resource_id = record.resource_id();
    let in_path = || resource_id.as_deref().and_then(location_in_path);
    if let Some(written) = record.location().or_else(in_body).or_else(in_path) {
        event.vendor_region = Some(region(&written));
        write_down(event, Field::VendorRegion, written);
    }
    if let Some(written) = resource_id {
        let id = launch::normal_id(&written);
        // A quota is known by its name too: it is the same wherever it is asked for.
        let quota = id.rsplit_once("/quotas/").map(|(_, name)| Text::from(name));
        event.object_id = std::iter::once(id).chain(quota).collect();
        write_down(event, Field::ObjectId, written);
    }
}

/// Quotas belong to a place: `…/locations/eastus/providers/Microsoft.Quota/quotas/…`.
fn location_in_path(path: &str) -> Option<Cow<'static, str>> {
    let lower = path.to_ascii_lowercase();
    let (_, rest) = lower.split_once("/locations/")?;
    rest.split('/').next().filter(|name| !name.is_empty()).map(|name| name.to_owned().into())
}

fn act(event: &mut Event, known: Option<&Command>, record: &Record<'_>, stage: Option<Stage>) {
    let Some(known) = known else { return };
    event.action = Some(match known.does {
        Does::Always(action) => action,
        Does::Puts => match change::told(record, stage, event.time) {
            Some((action, word)) => {
                event.as_written.push((Field::Action, word.into()));
                action
            }
            None => Action::Created,
        },
    });
}

/// What was asked for, and of a launch how much of it there is.
fn ask(event: &mut Event, record: &Record<'_>, instances: bool) {
    let Some(category) = event.object_category.clone() else { return };
    let resource_id = event.object_id.first().cloned().unwrap_or_default();
    let mut asked = launch::asked(record, &category, &resource_id);
    if event.is_launch() {
        event.count = asked.count;
        if instances && event.outcome == Outcome::Ok && is_machine(&resource_id) {
            event.instances.push(launch::instance(record, &resource_id, &asked));
        }
        if !matches!(event.outcome, Outcome::Ok | Outcome::Pending) {
            event.object_id = Few::new();
            event.as_written.retain(|(field, _)| *field != Field::ObjectId);
        }
    }
    if event.user.service_linked && asked.compute.parent.is_none() {
        asked.compute.parent = launch::cluster_of(record, &resource_id);
    }
    event.image_id = asked.images.into();
    event.instance_type = asked.sizes.into();
    event.compute = asked.compute.into();
    event.as_written.extend(asked.as_written);
}

fn is_machine(resource_id: &str) -> bool {
    !resource_id.is_empty() && !launch::is_scale_set(resource_id)
}

/// A resource can be written more than once under one correlation id, and one id can stand for
/// many resources: all three are needed.
fn operation(command: &str, record: &Record<'_>, stage: Stage) -> Option<Operation> {
    let correlation = record.correlation_id()?;
    let resource = record.resource_id().unwrap_or_default();
    Some(Operation { id: cap(&format!("{correlation}|{command}|{resource}").to_lowercase()), stage })
}

/// What was met and not known, a sentence each.
fn unknowns(record: &Record<'_>, ending: &Ending, command: &str, is_known: bool) -> Vec<String> {
    let status = ending.unknown.as_deref().map(|word| format!("Azure status {}", reason::quoted(word.as_bytes())));
    let operation = commands::is_unknown_compute(command)
        .then(|| format!("Azure operation {}", reason::quoted(command.as_bytes())));
    let broken = record.broken().filter(|_| is_known).map(|part| format!("Azure `{part}` that is not JSON"));
    status.into_iter().chain(operation).chain(broken).collect()
}

#[cfg(test)]
mod tests;
