//! `ConsoleLogin`: no API call, and written in a shape of its own.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::regions::VIRGINIA;
use crate::eval::entry::{Entry, Place};
use crate::eval::label::Label;
use crate::sample::actor::Actor;
use crate::sample::record::instant;
use crate::sample::rng::Rng;

/// The actor signs in to the console with a browser.
pub(crate) fn console_login(at: Timestamp, actor: &Actor, mfa: bool, rng: &mut Rng) -> Entry {
    let event_id = rng.uuid();
    let at = at - SignedDuration::from_nanos(at.subsec_nanosecond().into());
    let mut identity = serde_json::to_value(actor.user_identity(at)).expect("an identity is made of plain values");
    if let Some(fields) = identity.as_object_mut() {
        // A password has no key.
        fields.remove("accessKeyId");
    }
    let record = json!({
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": instant(at),
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "awsRegion": VIRGINIA,
        "sourceIPAddress": actor.address,
        "userAgent": actor.agent,
        "requestParameters": null,
        "responseElements": { "ConsoleLogin": "Success" },
        "additionalEventData": {
            "LoginTo": "https://console.aws.amazon.com/console/home?region=us-east-1",
            "MobileVersion": "No",
            "MFAUsed": if mfa { "Yes" } else { "No" },
        },
        "eventID": event_id,
        "readOnly": false,
        "eventType": "AwsConsoleSignIn",
        "managementEvent": true,
        "recipientAccountId": actor.account,
        "eventCategory": "Management",
    });
    Entry {
        place: Place::Aws { account: actor.account, region: VIRGINIA },
        time: at,
        arrival: at,
        event_id,
        operation_id: None,
        operation: "ConsoleLogin".to_owned(),
        read_only: false,
        text: record.to_string(),
        label: Label::LIFE,
    }
}
