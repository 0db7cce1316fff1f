//! A `LogEntry` with an audit record in it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::eval::entry::{Entry, Place};
use crate::eval::label::Label;
use crate::sample::rng::Rng;

/// Who calls, from where, with what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) email: &'static str,
    pub(crate) address: &'static str,
    pub(crate) agent: &'static str,
    /// A service account that came with a key of its own names it.
    pub(crate) key: Option<&'static str>,
}

/// What is called, and on what.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) project: &'static str,
    pub(crate) service: &'static str,
    pub(crate) method: &'static str,
    pub(crate) resource_name: String,
    /// Kind of the monitored resource, and its labels beside the project.
    pub(crate) resource: (&'static str, Vec<(&'static str, String)>),
    pub(crate) request: Value,
}

/// How an operation ends: well, or with a code and a message.
pub(crate) type Ending = Option<(i64, String)>;

/// The one entry of a call that is done when it is answered.
pub(crate) fn single(at: Timestamp, caller: Caller, act: &Act, rng: &mut Rng) -> Entry {
    let mut payload = payload(caller, act, at);
    payload.insert("request".into(), act.request.clone());
    payload.insert("response".into(), json!({}));
    finish(at, act, &payload, None, "NOTICE", rng)
}

/// The two entries of a long-running call. Only the first holds the request, only the last the
/// outcome; an operation that fails later looks well in its first entry.
pub(crate) fn pair(at: Timestamp, caller: Caller, act: &Act, ending: &Ending, rng: &mut Rng) -> [Entry; 2] {
    let id = format!("operation-{}-{}-{}-{}", at.as_millisecond(), rng.hex(13), rng.hex(8), rng.hex(8));
    let mut first = payload(caller, act, at);
    first.insert("request".into(), act.request.clone());
    first.insert("response".into(), running(&id, at, caller, rng));
    let operation = json!({ "id": id, "producer": act.service, "first": true });
    let first = finish(at, act, &first, Some(operation), "NOTICE", rng);

    let mut last = payload(caller, act, at);
    last.remove("authorizationInfo");
    last.insert("request".into(), json!({ "@type": act.request["@type"] }));
    let severity = if ending.is_some() { "ERROR" } else { "NOTICE" };
    if let Some((code, message)) = ending {
        last.insert("status".into(), json!({ "code": code, "message": message }));
    }
    let end = at + jiff::SignedDuration::from_millis(rng.between(7000, 9000).cast_signed());
    let operation = json!({ "id": id, "producer": act.service, "last": true });
    [first, finish(end, act, &last, Some(operation), severity, rng)]
}

fn payload(caller: Caller, act: &Act, at: Timestamp) -> Map<String, Value> {
    let mut who = json!({ "principalEmail": caller.email });
    if let (Some(fields), Some(key)) = (who.as_object_mut(), caller.key) {
        fields.insert("serviceAccountKeyName".into(), key.into());
    }
    let permission =
        json!({ "permission": act.method.trim_start_matches("v1."), "granted": true, "resource": act.resource_name });
    let payload = json!({
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "authenticationInfo": who,
        "authorizationInfo": [permission],
        "methodName": act.method,
        "requestMetadata": {
            "callerIp": caller.address,
            "callerSuppliedUserAgent": caller.agent,
            "requestAttributes": { "time": at.to_string(), "auth": {} },
            "destinationAttributes": {},
        },
        "resourceName": act.resource_name,
        "serviceName": act.service,
    });
    payload.as_object().cloned().unwrap_or_default()
}

fn running(id: &str, at: Timestamp, caller: Caller, rng: &mut Rng) -> Value {
    json!({
        "@type": "type.googleapis.com/operation",
        "id": rng.between(1_000_000_000_000_000_000, 8_999_999_999_999_999_999).to_string(),
        "name": id,
        "operationType": "insert",
        "progress": "0",
        "status": "RUNNING",
        "user": caller.email,
        "insertTime": at.to_string(),
        "startTime": at.to_string(),
    })
}

fn finish(
    at: Timestamp,
    act: &Act,
    payload: &Map<String, Value>,
    operation: Option<Value>,
    severity: &str,
    rng: &mut Rng,
) -> Entry {
    let insert_id = format!("-{}", rng.hex(12));
    let operation_id = operation.as_ref().and_then(|operation| operation["id"].as_str()).map(str::to_owned);
    let mut labels = Map::from_iter([("project_id".to_owned(), Value::from(act.project))]);
    labels.extend(act.resource.1.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.clone()))));
    let mut entry = json!({
        "protoPayload": payload,
        "insertId": insert_id,
        "resource": { "type": act.resource.0, "labels": labels },
        "timestamp": at.to_string(),
        "severity": severity,
        "logName": format!("projects/{}/logs/cloudaudit.googleapis.com%2Factivity", act.project),
        "receiveTimestamp": (at + jiff::SignedDuration::from_millis(900)).to_string(),
    });
    if let (Some(fields), Some(operation)) = (entry.as_object_mut(), operation) {
        fields.insert("operation".into(), operation);
    }
    Entry {
        place: Place::Google { project: act.project },
        time: at,
        arrival: at,
        event_id: insert_id,
        operation_id,
        operation: act.method.to_owned(),
        // The log of admin activity holds no reads.
        read_only: false,
        text: entry.to_string(),
        label: Label::LIFE,
    }
}
