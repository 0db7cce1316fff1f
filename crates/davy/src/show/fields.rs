//! An event by the names of its fields: what detections, outputs and pages call them.

use std::io::{self, Write};

use jiff::Timestamp;
use model::{Action, Begotten, Compute, Event, Operation, Principal, Stage, Text};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::text;

/// The fields that the record states, in the order in which one asks.
#[derive(Debug)]
pub struct Fields {
    pub time: Timestamp,
    stated: Vec<(&'static str, Value)>,
}

impl Fields {
    pub fn of(event: &Event) -> Self {
        let mut fields = Self { time: event.time, stated: Vec::new() };
        fields.what(event);
        fields.who(&event.user);
        fields.compute(&event.compute);
        fields.rest(event);
        fields
    }

    fn what(&mut self, event: &Event) {
        self.one("id", event.id.to_string());
        self.one("time", event.time.to_string());
        self.one("vendor_product", event.vendor_product.as_str());
        self.maybe("vendor_account", event.vendor_account.as_ref());
        self.maybe("vendor_region", event.vendor_region.as_ref());
        self.one("command", &*event.command);
        self.many("action", event.action.map(Action::as_str));
        self.maybe("object_category", event.object_category.as_ref());
        self.one("outcome", event.outcome.as_str());
        self.one("status", event.outcome.status());
        self.maybe("result_id", event.result_id.as_ref());
        self.maybe("result", event.result.as_ref());
        self.maybe("src", event.src.as_ref());
        self.maybe("user_agent", event.user_agent.as_ref());
    }

    fn who(&mut self, user: &Principal) {
        self.one("user", &*user.id);
        self.maybe("user_name", user.name.as_ref());
        self.maybe("user_type", user.kind.as_ref());
        self.one("user_class", user.class.as_str());
        self.maybe("session", user.session.as_ref());
        self.maybe("access_key_id", user.access_key_id.as_ref());
        self.maybe("borrower", user.borrower.as_ref());
        self.maybe("invoked_by", user.invoked_by.as_ref());
        self.many("service_linked", user.service_linked.then_some(true));
        self.many("attributed", (!user.attributed).then_some(false));
    }

    fn compute(&mut self, compute: &Compute) {
        // No log says what a machine costs: the price list does, and only when it is judged.
        let Compute { max_count, vcpu, accelerators, spot, parent, usd_per_hour: _ } = compute;
        self.many("max_count", *max_count);
        self.many("vcpu", *vcpu);
        let accelerators: Vec<Value> =
            accelerators.iter().map(|of| json!({"name": &*of.name, "count": of.count})).collect();
        self.many("accelerator", (!accelerators.is_empty()).then_some(accelerators));
        self.many("spot", spot.then_some(true));
        self.maybe("parent", parent.as_ref());
    }

    fn rest(&mut self, event: &Event) {
        self.many("count", (event.count > 0).then_some(event.count));
        self.list("object_id", &event.object_id);
        self.list("image_id", &event.image_id);
        self.list("instance_type", &event.instance_type);
        let instances = (!event.instances.is_empty()).then(|| json!(*event.instances));
        self.many("instances", instances);
        if let Some(Operation { id, stage }) = event.operation.as_deref() {
            self.one("operation", &**id);
            self.one("stage", name_of(*stage));
        }
        let joined: Vec<String> = event.joined.iter().map(ToString::to_string).collect();
        self.many("joined", (!joined.is_empty()).then_some(joined));
        let begets: Vec<&str> = event.begets.iter().map(name_of_begotten).collect();
        self.many("begets", (!begets.is_empty()).then_some(begets));
        let mut written: Map<String, Value> = Map::new();
        for (field, text) in &event.as_written {
            let texts = written.entry(field.as_str()).or_insert_with(|| json!([]));
            texts.as_array_mut().into_iter().for_each(|texts| texts.push(json!(&**text)));
        }
        self.many("as_written", (!written.is_empty()).then_some(written));
    }

    fn one(&mut self, name: &'static str, value: impl Into<Value>) {
        self.stated.push((name, value.into()));
    }

    fn many(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        self.stated.extend(value.map(|value| (name, value.into())));
    }

    fn maybe(&mut self, name: &'static str, value: Option<&Text>) {
        self.many(name, value.map(|text| &**text));
    }

    fn list(&mut self, name: &'static str, texts: &[Text]) {
        let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
        self.many(name, (!texts.is_empty()).then_some(texts));
    }

    /// A field as a cell shows it.
    pub fn text(&self, name: &str) -> Option<String> {
        self.stated.iter().find(|(known, _)| *known == name).map(|(_, value)| shown(value))
    }

    /// A line for each field.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for (name, value) in &self.stated {
            let mut name = *name;
            for line in lines(value) {
                writeln!(out, "{name:<17}{}", text::safe(&line))?;
                name = "";
            }
        }
        Ok(())
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.stated.iter().map(|(name, value)| (name, value)))
    }
}

fn name_of_begotten(begotten: &Begotten) -> &str {
    match begotten {
        Begotten::Principal(id) | Begotten::AccessKey(id) | Begotten::Empowered(id) => id,
    }
}

fn name_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Started => "started",
        Stage::Accepted => "accepted",
        Stage::Finished => "finished",
    }
}

/// Things of several parts stand below each other.
fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| format!("{name} {}", shown(value))).collect(),
        Value::Array(values) if values.iter().any(Value::is_object) => values.iter().map(shown).collect(),
        other => vec![shown(other)],
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members.map(|(name, value)| format!("{name} {}", shown(value))).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
