//! Whom an operation brings to life or takes over: users, roles, keys.

use model::{Begotten, Event, Outcome, Text};

use super::fields::Fields;
use crate::tree::Object;

/// Nothing of a request that was refused.
pub(super) fn begets(event: &Event, fields: &Fields<'_>) -> Vec<Begotten> {
    if event.outcome != Outcome::Ok {
        return Vec::new();
    }
    let response = |name| fields.response().object(name);
    let one = |begotten: Option<Begotten>| begotten.into_iter().collect();
    match &*event.command {
        "CreateUser" => one(response("user").text("arn").map(Begotten::Principal)),
        "CreateRole" => one(response("role").text("arn").map(Begotten::Principal)),
        "CreateAccessKey" => one(response("accessKey").text("accessKeyId").map(Begotten::AccessKey)),
        // Whoever sets the password is the user from then on.
        "CreateLoginProfile" | "UpdateLoginProfile" => one(user(event, fields.request()).map(Begotten::Principal)),
        _ => Vec::new(),
    }
}

/// The path of the user is not in the request; nearly all users have none.
fn user(event: &Event, request: Object<'_>) -> Option<Text> {
    let (account, name) = (event.vendor_account.as_deref()?, request.str("userName")?);
    Some(format!("arn:aws:iam::{account}:user/{name}").into())
}
