//! Rows of a table over CloudTrail, as Athena, Presto and Hive give them: names of columns in
//! lower case, documents as text.
//!
//! Lost on the way: which of the texts that are empty were absent, and whatever column the
//! query did not ask for.

use std::borrow::Cow;

use super::{
    Shape,
    rebuilt::{Rebuilt, document},
    struct_text,
};
use crate::lenient::{Object, Scalar};

/// The columns of the table, and names below `userIdentity`, as CloudTrail spells them.
const NAMES: [&str; 47] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "resources",
    "eventType",
    "apiVersion",
    "readOnly",
    "recipientAccountId",
    "serviceEventDetails",
    "sharedEventID",
    "vpcEndpointId",
    "tlsDetails",
    "eventCategory",
    "managementEvent",
    "sessionCredentialFromConsole",
    "principalId",
    "accountId",
    "invokedBy",
    "accessKeyId",
    "userName",
    "sessionContext",
    "attributes",
    "mfaAuthenticated",
    "creationDate",
    "sessionIssuer",
    "webIdFederationData",
    "federatedProvider",
    "onBehalfOf",
    "userId",
    "identityStoreArn",
    "credentialId",
    "sourceIdentity",
    "ec2RoleDelivery",
    "identityProvider",
    "inScopeOf",
];

/// Levels below `userIdentity` in which names are spelled anew; CloudTrail has three.
const LEVELS: usize = 6;

pub(super) fn open<'a>(object: &Object<'a>) -> Option<Shape<'a>> {
    let is_row = object.raw("eventname").is_some() && object.raw("eventtime").is_some();
    is_row.then(|| Shape::envelope("Athena", record(object)))
}

/// Whether a column of this name is one of CloudTrail's, however it is spelled.
pub(crate) fn is_column(name: &[u8]) -> bool {
    NAMES.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name))
}

fn record(row: &Object<'_>) -> Vec<u8> {
    let mut record = Rebuilt::default();
    for (column, value) in row.members() {
        let name = spelled(column);
        match &*name {
            "userIdentity" => record.raw(&name, identity(value).as_deref()),
            "requestParameters" | "responseElements" | "additionalEventData" | "serviceEventDetails" | "tlsDetails" => {
                record.json(&name, Some(value).filter(|value| *value != b"\"null\""));
            }
            _ => record.raw(&name, Some(value)),
        }
    }
    record.finish()
}

/// An object, JSON in a text, or the text of a struct.
fn identity(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    if let Some(document) = document(value) {
        return Some(Cow::Owned(spelled_anew(&document, LEVELS)));
    }
    let text = Scalar::of(value)?.into_bytes();
    struct_text::json(&text).map(|json| Cow::Owned(spelled_anew(&json, LEVELS)))
}

fn spelled_anew(object: &[u8], levels: usize) -> Vec<u8> {
    let mut anew = Rebuilt::default();
    for (name, value) in Object::of(object).members() {
        match value {
            [b'{', ..] if levels > 0 => anew.raw(&spelled(name), Some(&spelled_anew(value, levels - 1))),
            _ => anew.raw(&spelled(name), Some(value)),
        }
    }
    anew.finish()
}

fn spelled(name: &[u8]) -> Cow<'_, str> {
    let known = NAMES.iter().find(|known| known.as_bytes().eq_ignore_ascii_case(name));
    known.map_or_else(|| String::from_utf8_lossy(name), |known| Cow::Borrowed(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_get_their_capitals_back() {
        let row = r#"{"eventname":"RunInstances","eventtime":"2026-01-01 00:00:00.000 UTC","useridentity":"{type=IAMUser, accountid=111122223333, sessioncontext={sessionissuer={username=a}}}","requestparameters":"{\"instanceType\":\"m5.large\"}","responseelements":"null","errorcode":"","mine":7}"#;
        let expected = r#"{"eventName":"RunInstances","eventTime":"2026-01-01 00:00:00.000 UTC","userIdentity":{"type":"IAMUser","accountId":"111122223333","sessionContext":{"sessionIssuer":{"userName":"a"}}},"requestParameters":{"instanceType":"m5.large"},"mine":7}"#;
        assert_eq!(String::from_utf8(record(&Object::of(row.as_bytes()))).unwrap(), expected);
    }

    #[test]
    fn a_document_that_is_torn_stays_a_text() {
        let row = r#"{"eventname":"A","eventtime":"t","requestparameters":"{\"a\":\"b"}"#;
        let expected = r#"{"eventName":"A","eventTime":"t","requestParameters":"{\"a\":\"b"}"#;
        assert_eq!(String::from_utf8(record(&Object::of(row.as_bytes()))).unwrap(), expected);
    }
}
