//! Documents of Elastic and OpenSearch: the record as it came in, or what the Elastic Common
//! Schema has made of it.
//!
//! What is made of it has lost the types of whatever stands in `flattened`, and nothing that an
//! event is read from: request and response are there as text.

use std::borrow::Cow;

use super::{
    Shape,
    rebuilt::{Rebuilt, document},
};
use crate::lenient::Object;

pub(super) fn open<'a>(object: &Object<'a>) -> Option<Shape<'a>> {
    if let Some(source) = object.raw("_source").filter(|source| source.starts_with(b"{")) {
        return Some(Shape::envelope("Elastic", source));
    }
    let fields = Fields(object);
    if let Some(original) = fields.raw("event.original").and_then(document) {
        return Some(Shape::envelope("Elastic", original));
    }
    let record = object.object("aws").raw("cloudtrail").or_else(|| object.raw("cloudtrail"));
    if let Some(record) = record.filter(|record| Object::of(record).raw("eventName").is_some()) {
        return Some(Shape::envelope("Elastic", record));
    }
    fields.is_cloudtrail().then(|| Shape::envelope("Elastic", fields.record()))
}

/// Fields by their full name, in a document that is nested, flat or half of each.
struct Fields<'o, 'a>(&'o Object<'a>);

impl<'a> Fields<'_, 'a> {
    fn raw(&self, path: &str) -> Option<&'a [u8]> {
        below(self.0, path)
    }

    fn is_cloudtrail(&self) -> bool {
        self.raw("event.action").is_some()
            && ["event_version", "event_type", "flattened", "user_identity"]
                .iter()
                .any(|name| self.own(name).is_some() || self.own(&format!("{name}.type")).is_some())
    }

    /// A field that only CloudTrail has.
    fn own(&self, name: &str) -> Option<&'a [u8]> {
        self.raw(&format!("aws.cloudtrail.{name}"))
    }

    fn record(&self) -> Vec<u8> {
        let mut record = Rebuilt::default();
        record.raw("eventVersion", self.own("event_version"));
        record.object("userIdentity", self.identity());
        record.raw("eventTime", self.raw("@timestamp"));
        record.raw("eventSource", self.raw("event.provider"));
        record.raw("eventName", self.raw("event.action"));
        record.raw("awsRegion", self.raw("cloud.region"));
        record.raw("sourceIPAddress", self.raw("source.address").or_else(|| self.raw("source.ip")));
        record.raw("userAgent", self.raw("user_agent.original"));
        record.raw("errorCode", self.own("error_code"));
        record.raw("errorMessage", self.own("error_message"));
        record.json("requestParameters", self.document("request_parameters").as_deref());
        record.json("responseElements", self.document("response_elements").as_deref());
        record.raw("requestID", self.own("request_id"));
        record.raw("eventID", self.raw("event.id"));
        record.raw("readOnly", self.own("read_only"));
        record.raw("eventType", self.own("event_type"));
        record.raw("eventCategory", self.own("event_category"));
        record.raw("recipientAccountId", self.own("recipient_account_id").or_else(|| self.raw("cloud.account.id")));
        record.finish()
    }

    fn identity(&self) -> Rebuilt {
        let mut identity = Rebuilt::default();
        let own = |name: &str| self.own(&format!("user_identity.{name}"));
        identity.raw("type", own("type"));
        identity.raw("principalId", self.raw("user.id"));
        identity.raw("arn", own("arn"));
        identity.raw("accountId", self.raw("cloud.account.id"));
        identity.raw("accessKeyId", own("access_key_id"));
        identity.raw("invokedBy", own("invoked_by"));
        let mut issuer = Rebuilt::default();
        for (name, field) in
            [("type", "type"), ("principalId", "principal_id"), ("arn", "arn"), ("accountId", "account_id")]
        {
            issuer.raw(name, own(&format!("session_context.session_issuer.{field}")));
        }
        // Of a session it is the name of the role.
        let named = if issuer.is_empty() { &mut identity } else { &mut issuer };
        named.raw("userName", self.raw("user.name"));
        let mut session = Rebuilt::default();
        session.object("sessionIssuer", issuer);
        identity.object("sessionContext", session);
        identity
    }

    /// The text that the pipeline keeps, unless it is Java's and not JSON; else `flattened`.
    fn document(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        let stated = self.own(name).and_then(document);
        stated.or_else(|| self.own(&format!("flattened.{name}")).and_then(document))
    }
}

/// The member that a dotted name leads to, however much of it is one key.
fn below<'a>(object: &Object<'a>, path: &str) -> Option<&'a [u8]> {
    let whole = object.raw(path);
    whole.or_else(|| {
        path.match_indices('.').find_map(|(dot, _)| {
            let inner = object.raw(&path[..dot]).filter(|inner| inner.starts_with(b"{"))?;
            below(&Object::of(inner), &path[dot + 1..])
        })
    })
}
