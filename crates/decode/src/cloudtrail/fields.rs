//! The members of a record that an event is made of, found in one going over.

use std::borrow::Cow;

use crate::{
    keys::Keys,
    tree::{Object, Value},
};

#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'t> {
    pub(super) event_id: Option<Value<'t>>,
    pub(super) event_name: Option<Value<'t>>,
    pub(super) event_source: Option<Value<'t>>,
    pub(super) aws_region: Option<Value<'t>>,
    pub(super) recipient_account_id: Option<Value<'t>>,
    pub(super) source_ip_address: Option<Value<'t>>,
    pub(super) user_agent: Option<Value<'t>>,
    pub(super) user_identity: Option<Value<'t>>,
    pub(super) error_code: Option<Value<'t>>,
    pub(super) error_message: Option<Value<'t>>,
    pub(super) request_parameters: Option<Value<'t>>,
    pub(super) response_elements: Option<Value<'t>>,
}

/// In the order of the fields.
static KEYS: Keys<12> = Keys::new([
    "eventID",
    "eventName",
    "eventSource",
    "awsRegion",
    "recipientAccountId",
    "sourceIPAddress",
    "userAgent",
    "userIdentity",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
]);

impl<'t> Fields<'t> {
    pub(super) fn of(record: Object<'t>) -> Self {
        let values = record.values(&KEYS);
        Self {
            event_id: values[0],
            event_name: values[1],
            event_source: values[2],
            aws_region: values[3],
            recipient_account_id: values[4],
            source_ip_address: values[5],
            user_agent: values[6],
            user_identity: values[7],
            error_code: values[8],
            error_message: values[9],
            request_parameters: values[10],
            response_elements: values[11],
        }
    }

    pub(super) fn request(&self) -> Object<'t> {
        self.request_parameters.map(Value::object).unwrap_or_default()
    }

    pub(super) fn response(&self) -> Object<'t> {
        self.response_elements.map(Value::object).unwrap_or_default()
    }
}

/// What a field says, if it says anything.
pub(super) fn said(field: Option<Value<'_>>) -> Option<Cow<'_, str>> {
    field?.str()
}
