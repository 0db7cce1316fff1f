//! What an activity log alert of Azure Monitor calls a webhook with, put back into the record
//! that it is about: the older schema has it in `data.context.activityLog`, the common one in
//! `data.alertContext`, without the resource.

use super::{
    Shape,
    rebuilt::{Rebuilt, document},
};
use crate::{lenient::Object, reason};

/// Objects that the alert has as text.
const DOCUMENTS: [&[u8]; 4] = [b"authorization", b"claims", b"httpRequest", b"properties"];

pub(super) fn open<'a>(object: &Object<'a>) -> Option<Shape<'a>> {
    let data = object.object("data");
    if let Some(record) = data.object("context").raw("activityLog") {
        return Some(Shape::envelope("Azure alert", record_of(&Object::of(record), None)));
    }
    let (essentials, context) = (data.raw("essentials")?, data.object("alertContext"));
    let essentials = Object::of(essentials);
    if context.raw("operationName").is_none() {
        let service = essentials.text("monitoringService").unwrap_or_default();
        return Some(Shape::Foreign(format!(
            "Azure alert by {}, not an audit record",
            reason::quoted(service.as_bytes())
        )));
    }
    let targets = essentials.raw("alertTargetIDs").unwrap_or_default();
    Some(Shape::envelope("Azure alert", record_of(&context, first(targets))))
}

fn record_of(activity: &Object<'_>, resource: Option<&[u8]>) -> Vec<u8> {
    let mut record = Rebuilt::default();
    for (name, value) in activity.members() {
        let opened = if DOCUMENTS.contains(&name) { document(value) } else { None };
        record.member(name, opened.as_deref().unwrap_or(value));
    }
    if activity.raw("resourceId").is_none() {
        record.raw("resourceId", resource);
    }
    record.finish()
}

/// The first text of a list.
fn first(list: &[u8]) -> Option<&[u8]> {
    let inner = list.strip_prefix(b"[")?.trim_ascii_start();
    let end = crate::scan::string_end(inner, 0).ok()?.0;
    inner.starts_with(b"\"").then(|| &inner[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> String {
        match open(&Object::of(text.as_bytes())) {
            Some(Shape::Envelope { texts, .. }) => String::from_utf8_lossy(&texts[0]).into_owned(),
            Some(Shape::Foreign(reason)) => reason,
            _ => String::new(),
        }
    }

    #[test]
    fn both_schemas_give_the_record() {
        let older = r#"{"schemaId":"Microsoft.Insights/activityLogs","data":{"context":{"activityLog":{"operationName":"Microsoft.Compute/virtualMachines/write","claims":"{\"name\":\"a\"}","resourceId":"/r"}}}}"#;
        let record =
            r#"{"operationName":"Microsoft.Compute/virtualMachines/write","claims":{"name":"a"},"resourceId":"/r"}"#;
        assert_eq!(opened(older), record);
        let common = r#"{"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertTargetIDs":["/r", "/s"]},"alertContext":{"operationName":"Microsoft.Compute/virtualMachines/write","claims":"{\"name\":\"a\"}"}}}"#;
        assert_eq!(opened(common), record);
    }

    #[test]
    fn other_alerts_and_other_data_are_not_opened() {
        assert_eq!(
            opened(r#"{"data":{"essentials":{"monitoringService":"Platform"},"alertContext":{}}}"#),
            "Azure alert by `Platform`, not an audit record"
        );
        assert_eq!(
            opened(r#"{"data":{"essentials":[],"alertContext":{"operationName":"x"}}}"#),
            r#"{"operationName":"x"}"#
        );
        assert_eq!(opened(r#"{"data":{"context":{}}}"#), "");
        assert_eq!(opened(r#"{"data":"context"}"#), "");
    }
}
