//! Events in the Open Cybersecurity Schema, as Security Lake stores them: class API Activity.
//!
//! Of CloudTrail all that an event is read from is there, the request and the response as text;
//! lost are the name of the role behind a session, which its ARN has too, and whatever the
//! mapping has no word for. Of the other clouds nobody keeps the request, so that they are not
//! put back: a launch without image, type and count would be no better than none.

use jiff::Timestamp;

use super::{Shape, rebuilt::Rebuilt};
use crate::{
    lenient::{Object, Scalar},
    reason,
};

/// The class API Activity.
const API_ACTIVITY: u64 = 6003;

pub(super) fn open<'a>(event: &Object<'a>) -> Option<Shape<'a>> {
    let class = event.raw("class_uid")?;
    let provider = event.object("cloud").text("provider").unwrap_or_default();
    let is_aws = provider.is_empty() || provider.eq_ignore_ascii_case("AWS");
    Some(match event.number("class_uid") {
        Some(API_ACTIVITY) if is_aws => Shape::envelope("OCSF", record(event)),
        Some(API_ACTIVITY) => {
            let provider = reason::quoted(provider.as_bytes());
            Shape::Foreign(format!("OCSF event of {provider}: only those of AWS keep the request; read its own log"))
        }
        _ => Shape::Foreign(format!("OCSF event of class {}, not API activity", reason::quoted(class))),
    })
}

fn record(event: &Object<'_>) -> Vec<u8> {
    let [metadata, cloud, api, source] = ["metadata", "cloud", "api", "src_endpoint"].map(|name| event.object(name));
    let [request, response] = ["request", "response"].map(|name| api.object(name));
    let failed = event.text("status").is_some_and(|status| status.eq_ignore_ascii_case("failure"));
    let mut record = Rebuilt::default();
    record.raw("eventVersion", metadata.object("product").raw("version"));
    record.object("userIdentity", identity(&event.object("actor")));
    record.text("eventTime", time(event).as_deref().map(str::as_bytes));
    record.raw("eventSource", api.object("service").raw("name"));
    record.raw("eventName", api.raw("operation"));
    record.raw("awsRegion", cloud.raw("region"));
    record.raw("sourceIPAddress", source.raw("ip").or_else(|| source.raw("domain")));
    record.raw("userAgent", event.object("http_request").raw("user_agent"));
    record.raw("errorCode", response.raw("error").or_else(|| failed.then_some(&b"\"Failure\""[..])));
    record.raw("errorMessage", response.raw("error_message").or_else(|| response.raw("message")));
    record.json("requestParameters", request.raw("data"));
    record.json("responseElements", response.raw("data"));
    record.raw("requestID", request.raw("uid"));
    record.raw("eventID", metadata.raw("uid").or_else(|| metadata.raw("original_event_uid")));
    record.raw("eventType", metadata.raw("event_code"));
    record.raw("recipientAccountId", account(&cloud).or_else(|| cloud.raw("account_uid")));
    record.finish()
}

fn identity(actor: &Object<'_>) -> Rebuilt {
    let (user, session) = (actor.object("user"), actor.object("session"));
    let mut identity = Rebuilt::default();
    identity.raw("type", user.raw("type"));
    identity.raw("principalId", user.raw("uid_alt"));
    identity.raw("arn", user.raw("uid"));
    identity.raw("accountId", account(&user));
    identity.raw("accessKeyId", user.raw("credential_uid"));
    identity.raw("invokedBy", actor.raw("invoked_by"));
    let mut issuer = Rebuilt::default();
    issuer.raw("arn", session.raw("issuer"));
    let is_session = !issuer.is_empty();
    let named = if is_session { &mut issuer } else { &mut identity };
    named.raw("userName", user.raw("name"));
    let mut context = Rebuilt::default();
    context.object("sessionIssuer", issuer);
    identity.object("sessionContext", context);
    identity
}

fn account<'a>(of: &Object<'a>) -> Option<&'a [u8]> {
    of.object("account").raw("uid")
}

/// Milliseconds since 1970, unless it is stated as a date too.
fn time(event: &Object<'_>) -> Option<String> {
    let stated = event.raw("time_dt").and_then(Scalar::of).map(|text| String::from_utf8_lossy(&text).into_owned());
    stated.or_else(|| {
        let milliseconds = i64::try_from(event.number("time")?).ok()?;
        Timestamp::from_millisecond(milliseconds).ok().map(|time| time.to_string())
    })
}
