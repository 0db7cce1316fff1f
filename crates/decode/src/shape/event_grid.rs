//! Events of Azure Resource Manager, as Event Grid hands them on, put back into records of the
//! activity log. Lost is the response, with which size and image of a machine go too.

use super::{
    Shape,
    rebuilt::{Rebuilt, document},
};
use crate::lenient::Object;

pub(super) fn open<'a>(event: &Object<'a>) -> Option<Shape<'a>> {
    let data = event.object("data");
    let kind = event.text("eventType").or_else(|| event.text("type"))?;
    let is_record = kind.starts_with("Microsoft.Resources.") && data.raw("operationName").is_some();
    is_record.then(|| Shape::envelope("Event Grid", record(event, &data)))
}

/// The schema of Event Grid and that of CloudEvents name the time and nothing else differently.
fn record(event: &Object<'_>, data: &Object<'_>) -> Vec<u8> {
    let mut record = Rebuilt::default();
    record.raw("eventTimestamp", event.raw("eventTime").or_else(|| event.raw("time")));
    record.raw("eventDataId", event.raw("id"));
    for name in ["operationName", "status"] {
        let mut value = Rebuilt::default();
        value.raw("value", data.raw(name));
        record.object(name, value);
    }
    record.raw("resourceId", data.raw("resourceUri").or_else(|| event.raw("subject")));
    for name in ["authorization", "claims", "httpRequest"] {
        record.raw(name, data.raw(name).and_then(document).as_deref());
    }
    for name in ["correlationId", "subscriptionId", "tenantId", "resourceProvider"] {
        record.raw(name, data.raw(name));
    }
    record.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_schemas_give_the_record() {
        let data = r#"{"authorization":null,"claims":"{\"name\":\"a\"}","correlationId":"c","operationName":"Microsoft.Compute/virtualMachines/write","resourceUri":"/r","status":"Succeeded"}"#;
        let expected = r#"{"eventTimestamp":"2026-01-01T00:00:00Z","eventDataId":"1","operationName":{"value":"Microsoft.Compute/virtualMachines/write"},"status":{"value":"Succeeded"},"resourceId":"/r","claims":{"name":"a"},"correlationId":"c"}"#;
        for (kind, time) in [("eventType", "eventTime"), ("type", "time")] {
            let event = format!(
                r#"{{"id":"1","{kind}":"Microsoft.Resources.ResourceWriteSuccess","{time}":"2026-01-01T00:00:00Z","data":{data}}}"#
            );
            let Some(Shape::Envelope { texts, .. }) = open(&Object::of(event.as_bytes())) else { panic!("{event}") };
            assert_eq!(String::from_utf8_lossy(&texts[0]), expected);
        }
    }
}
