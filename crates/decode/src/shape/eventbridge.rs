//! Events of EventBridge: the record is in `detail`.

use std::borrow::Cow;

use super::{
    Shape,
    rebuilt::{Rebuilt, document},
};
use crate::{
    lenient::{Object, Scalar},
    reason,
};

pub(super) fn open<'a>(object: &Object<'a>) -> Option<Shape<'a>> {
    let kind = object.raw("detail-type");
    let detail = object.raw("detail").and_then(document);
    if let Some(detail) = detail.filter(|detail| Object::of(detail).raw("eventName").is_some()) {
        return Some(Shape::envelope("EventBridge", completed(detail, object)));
    }
    let kind = Scalar::text_of(kind?);
    Some(Shape::Foreign(format!("EventBridge event {}, not an audit record", reason::quoted(kind.as_bytes()))))
}

/// Some records leave it to the envelope to say whose and when they are.
fn completed<'a>(detail: Cow<'a, [u8]>, object: &Object<'a>) -> Cow<'a, [u8]> {
    let record = Object::of(&detail);
    let mut completed = Rebuilt::default();
    for (name, outer) in [("eventTime", "time"), ("recipientAccountId", "account")] {
        if record.raw(name).is_none() {
            completed.raw(name, object.raw(outer));
        }
    }
    if completed.is_empty() {
        return detail;
    }
    record.members().filter(|(_, value)| *value != b"null").for_each(|(name, value)| completed.member(name, value));
    Cow::Owned(completed.finish())
}
