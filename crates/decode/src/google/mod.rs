//! An entry of Google Cloud Audit Logs as an event.

mod begets;
pub(crate) mod commands;
mod entry;
mod grants;
mod identity;
mod kubernetes;
mod launch;
mod normal;
mod operation;
mod outcome;
mod words;

use std::borrow::Cow;

use jiff::Timestamp;
use model::{Compute, Event, EventId, Field, Outcome, Stage, Text, VendorProduct};

use crate::{
    content_name,
    lenient::{Scalar, cap},
    tree::{Document, Object, Value},
};
use commands::Command;
pub(crate) use entry::{Entry, is_named};
pub(crate) use normal::{account, command, region};
use operation::Bulk;
use outcome::Ended;
use words::Asked;

/// `record` is that of the entry, has a `methodName` and happened at `time`; all else may be
/// missing. Beside the event: what was met in it and not known.
pub(crate) fn event(record: Value<'_>, entry: &Entry<'_>, time: Timestamp) -> (Event, Vec<String>) {
    let fields = record.object();
    let payload = payload(fields);
    let documents = PARTS.map(|[name, text]| document(payload, name, text));
    let part = |at: usize| payload.value(PARTS[at][0]).or_else(|| documents[at].as_ref().map(Document::value));
    let [response, metadata] = [1, 2].map(|at| part(at).map(Value::object).unwrap_or_default());
    let account = entry.account().map(account).unwrap_or_default();
    let record = Record {
        id: id(fields, &account, record, time),
        resource_name: payload.str("resourceName"),
        instance_id: fields.object("resource").object("labels").text("instance_id"),
        user_agent: payload.object("requestMetadata").text("callerSuppliedUserAgent"),
        request: part(0).map(Value::object).unwrap_or_default(),
        whole_request: part(0),
        response,
        metadata,
        account,
        fields,
        payload,
        entry,
    };
    record.event(time)
}

/// The parts of an entry.
struct Record<'a> {
    id: EventId,
    entry: &'a Entry<'a>,
    fields: Object<'a>,
    payload: Object<'a>,
    request: Object<'a>,
    whole_request: Option<Value<'a>>,
    response: Object<'a>,
    metadata: Object<'a>,
    account: Text,
    resource_name: Option<Cow<'a, str>>,
    instance_id: Option<Text>,
    user_agent: Option<Text>,
}

impl Record<'_> {
    fn event(&self, time: Timestamp) -> (Event, Vec<String>) {
        let written = self.payload.str("methodName").unwrap_or_default();
        let name: Text = (*normal::without_version(&written)).into();
        let known = commands::find(&name);
        let bulk = Bulk::of(self, &name);
        let ended = self.ended();
        let (user, user_written) = self.user();
        let caller = self.payload.object("requestMetadata");
        let mut event = Event {
            vendor_account: Some(self.account.clone()).filter(|account| !account.is_empty()),
            action: known.map(|known| known.action),
            object_category: known.map(|known| known.object_category.into()),
            result_id: ended.code.clone(),
            result: ended.message.clone(),
            src: caller.text("callerIp").or_else(|| caller.text("callerIP")),
            user_agent: self.user_agent.clone(),
            operation: operation::operation(self, bulk, time).map(Box::new),
            ..Event::new(self.id.clone(), time, VendorProduct::GoogleCloudAuditLogs, name, user)
        };
        event.outcome = self.outcome(&ended, event.operation.as_ref().map(|operation| operation.stage));
        event.as_written.extend((*written != *event.command).then(|| (Field::Command, written.into())));
        event.as_written.extend(user_written.map(|mail| (Field::User, mail)));
        self.fill_region(&mut event);
        let mut unknowns = unknowns(&event, known, ended);
        if let Some(known) = known {
            self.fill(&mut event, known, bulk, &mut unknowns);
            event.begets = begets::begets(&event, self).into();
        }
        (event, unknowns)
    }

    /// What an operation that is known says beside.
    fn fill(&self, event: &mut Event, known: &Command, bulk: Option<Bulk>, unknowns: &mut Vec<String>) {
        event.object_id = self.object_ids(known).into();
        let parent = self.account_of_key(known);
        if !known.asks_for_machines {
            event.compute = Compute { parent, ..Compute::default() }.into();
            return;
        }
        let mut asked = Asked::of(self.whole_request, &self.account);
        event.instance_type = asked.types.normal().into();
        event.image_id = asked.images.normal().into();
        event.as_written.extend(asked.types.written().map(|written| (Field::InstanceType, written.clone())));
        event.as_written.extend(asked.images.written().map(|written| (Field::ImageId, written.clone())));
        event.compute = Compute {
            max_count: asked.max_count(),
            vcpu: asked.vcpu(),
            spot: asked.spot,
            accelerators: std::mem::take(&mut asked.accelerators),
            parent,
            ..Compute::default()
        }
        .into();
        unknowns.append(&mut asked.unknown);
        if event.is_launch() {
            launch::fill(event, self, bulk, &asked);
            unknowns.extend(launch::unknown_disks(self.request));
        }
    }

    fn fill_region(&self, event: &mut Event) {
        let Some(raw) = self.entry.location() else { return };
        let region = region(raw);
        let written = Scalar::text_of(raw);
        let written: Text = normal::location(&written).into();
        event.as_written.extend((written != region).then_some((Field::VendorRegion, written)));
        event.vendor_region = Some(region).filter(|region| !region.is_empty());
    }

    fn user(&self) -> (model::Principal, Option<Text>) {
        let is_operation = self.response.str("operationType").is_some();
        let operation_user = self.response.text("user").filter(|_| is_operation);
        identity::principal(self.payload.object("authenticationInfo"), operation_user, &self.account)
    }

    fn ended(&self) -> Ended {
        let severity = self.fields.str("severity");
        outcome::ended(self.payload.object("status"), self.response.object("error"), severity.as_deref())
    }

    /// What has only begun can still fail, whatever its status says.
    fn outcome(&self, ended: &Ended, stage: Option<Stage>) -> Outcome {
        let is_only_check = ["validateOnly", "validate_only"].iter().any(|name| self.request.flag(name));
        match (ended.outcome, stage) {
            (Outcome::Ok, _) if is_only_check => Outcome::DryRun,
            (Outcome::Ok, Some(Stage::Started | Stage::Accepted)) => Outcome::Pending,
            (outcome, _) => outcome,
        }
    }

    /// The objects made or touched. Of a launch they are read with all else it got.
    fn object_ids(&self, known: &Command) -> Vec<Text> {
        let named = || self.resource_name.as_deref().map(|name| Text::from(normal::last_part(name)));
        let one = match known.object_category {
            "instance" if known.action == model::Action::Created => None,
            "instance" => self.instance_id.clone(),
            "access_key" => self.response.str("name").map(|name| normal::last_part(&name).into()).or_else(named),
            "service_account" => begets::mail_of_account(self).or_else(named),
            "policy" | "service_account_policy" => {
                let of = begets::mail_of_account(self).or_else(named);
                return of.into_iter().chain(grants::object_ids(self.payload)).collect();
            }
            "cluster" | "node_pool" if kubernetes::is_of(known) => {
                return kubernetes::names(self, known.object_category, named());
            }
            "quota" => self.request.object("quotaPreference").text("quotaId").or_else(named),
            "api_service" if self.request.value("serviceIds").is_some() => return self.service_ids(),
            _ => named(),
        };
        one.into_iter().collect()
    }

    /// Under the name that it has when it acts.
    fn account_of_key(&self, known: &Command) -> Option<Text> {
        let is_key = known.object_category == "access_key";
        is_key.then(|| identity::of_member(&format!("serviceAccount:{}", begets::mail_of_account(self)?)))?
    }

    fn service_ids(&self) -> Vec<Text> {
        const SERVICES: usize = 1000;
        let ids = self.request.value("serviceIds").into_iter().flat_map(Value::elements).take(SERVICES);
        ids.filter(|id| !id.is_null() && !id.is_object() && !id.is_list())
            .map(|id| id.str().unwrap_or_default().into())
            .collect()
    }
}

/// `insertId` tells entries of one project and time apart, and no others.
fn id(fields: Object<'_>, account: &str, record: Value<'_>, time: Timestamp) -> EventId {
    match fields.str("insertId") {
        Some(id) => EventId::Text(cap(&format!("{id}@{time}/{account}"))),
        None => EventId::Text(content_name::name_of(record.raw().as_bytes()).into()),
    }
}

/// The parts of the payload that are read by their fields, and the names under which an export
/// to `BigQuery` has them as texts.
const PARTS: [[&str; 2]; 3] = [["request", "requestJson"], ["response", "responseJson"], ["metadata", "metadataJson"]];

/// The payload, under the name that Google gives it or that `BigQuery` does.
fn payload(fields: Object<'_>) -> Object<'_> {
    let is_payload = |name: &[u8]| matches!(name, b"protoPayload" | b"protopayload_auditlog");
    let payloads = fields.members().filter(|(name, value)| value.is_object() && is_payload(name));
    payloads.last().map(|(_, payload)| payload.object()).unwrap_or_default()
}

/// A part that is there as a text only.
fn document(payload: Object<'_>, name: &str, text: &str) -> Option<Document> {
    if payload.value(name).is_some() {
        return None;
    }
    Document::read(&Scalar::of(payload.value(text)?.raw().as_bytes())?)
}

fn unknowns(event: &Event, known: Option<&Command>, ended: Ended) -> Vec<String> {
    let new_launch = commands::looks_like_launch(&event.command).then(|| {
        let quoted = crate::reason::quoted(event.command.as_bytes());
        format!("Google Cloud operation {quoted}, which looks like a launch")
    });
    let unknown_code = ended.unknown.filter(|_| known.is_some());
    new_launch.into_iter().chain(unknown_code).collect()
}

#[cfg(test)]
mod mapping_tests;
#[cfg(test)]
mod tests;
