//! One `CloudTrail` record, version 1.11, complete in all that a reader may look at.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::actor::{Actor, UserIdentity};
use super::rng::Rng;

/// A call to a service and its answer; [`Call::record`] makes a record of it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    service: &'static str,
    name: &'static str,
    region: &'static str,
    read_only: bool,
    request: Value,
    answer: Answer,
    resources: Option<Value>,
    additional_event_data: Option<Value>,
}

#[derive(Debug, Clone)]
enum Answer {
    Done(Value),
    Refused { code: &'static str, message: String },
}

impl Call {
    /// A call that only looks. Its answer is not logged.
    pub(crate) fn read(region: &'static str, service: &'static str, name: &'static str) -> Self {
        Self {
            service,
            name,
            region,
            read_only: true,
            request: Value::Null,
            answer: Answer::Done(Value::Null),
            resources: None,
            additional_event_data: None,
        }
    }

    /// A call that changes something.
    pub(crate) fn write(region: &'static str, service: &'static str, name: &'static str) -> Self {
        Self { read_only: false, ..Self::read(region, service, name) }
    }

    pub(crate) fn asking(self, request: Value) -> Self {
        Self { request, ..self }
    }

    pub(crate) fn answered(self, response: Value) -> Self {
        Self { answer: Answer::Done(response), ..self }
    }

    pub(crate) fn refused(self, code: &'static str, message: impl Into<String>) -> Self {
        Self { answer: Answer::Refused { code, message: message.into() }, ..self }
    }

    /// What the call touched, and how the service went about it; only some services say.
    pub(crate) fn about(self, resources: Value, additional_event_data: Option<Value>) -> Self {
        Self { resources: Some(resources), additional_event_data, ..self }
    }

    /// What `CloudTrail` writes when this actor makes the call at this time.
    pub(crate) fn record(self, at: Timestamp, actor: &Actor, rng: &mut Rng) -> Record {
        let request_id = rng.uuid();
        let (error_code, error_message, response_elements) = match self.answer {
            Answer::Done(response) => (None, None, with_request_id(response, self.service, &request_id)),
            Answer::Refused { code, message } => (Some(code), Some(message), Value::Null),
        };
        let body = Body {
            event_version: "1.11",
            user_identity: actor.user_identity(at),
            event_time: instant(at),
            event_source: format!("{}.amazonaws.com", self.service),
            event_name: self.name,
            aws_region: self.region,
            source_ip_address: actor.address.clone(),
            user_agent: actor.agent,
            error_code,
            error_message,
            request_parameters: self.request,
            response_elements,
            additional_event_data: self.additional_event_data,
            request_id,
            event_id: rng.uuid(),
            read_only: self.read_only,
            resources: self.resources,
            event_type: "AwsApiCall",
            management_event: true,
            recipient_account_id: actor.account,
            event_category: "Management",
            tls_details: actor.is_remote().then(|| tls(self.service, self.region)),
        };
        Record { account: actor.account, region: self.region, at, body }
    }
}

/// A record, and where `CloudTrail` puts it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) at: Timestamp,
    pub(crate) body: Body,
}

/// In the order in which AWS writes the fields.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    event_version: &'static str,
    user_identity: UserIdentity,
    event_time: String,
    event_source: String,
    event_name: &'static str,
    aws_region: &'static str,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: String,
    user_agent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    request_parameters: Value,
    response_elements: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_event_data: Option<Value>,
    #[serde(rename = "requestID")]
    request_id: String,
    #[serde(rename = "eventID")]
    event_id: String,
    read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Value>,
    event_type: &'static str,
    management_event: bool,
    recipient_account_id: &'static str,
    event_category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_details: Option<Value>,
}

impl Body {
    pub(crate) fn event_name(&self) -> &'static str {
        self.event_name
    }

    pub(crate) fn is(&self, event_name: &str) -> bool {
        self.event_name == event_name
    }

    pub(crate) fn event_id(&self) -> &str {
        &self.event_id
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only
    }
}

/// A time as `CloudTrail` writes it: UTC, whole seconds.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// EC2 repeats the id of the request in its answer, unless the answer is left out; other services do not.
fn with_request_id(mut response: Value, service: &str, request_id: &str) -> Value {
    let left_out = response.get("omitted").is_some();
    if let (Some(fields), "ec2", false) = (response.as_object_mut(), service, left_out) {
        fields.insert("requestId".into(), request_id.into());
    }
    response
}

fn tls(service: &str, region: &str) -> Value {
    // IAM has one address for the whole world.
    let host = if service == "iam" { "iam.amazonaws.com".into() } else { format!("{service}.{region}.amazonaws.com") };
    json!({
        "tlsVersion": "TLSv1.3",
        "cipherSuite": "TLS_AES_128_GCM_SHA256",
        "clientProvidedHostHeader": host,
    })
}
