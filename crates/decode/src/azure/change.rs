//! Whether a PUT created something or changed what was there.
//!
//! Azure has one operation for both. What the record says decides:
//!
//! | it says | then |
//! | --- | --- |
//! | HTTP 201, `Created`, or `provisioningState` `Creating` | created |
//! | the resource was created a few minutes before the record at most | created |
//! | the resource was created earlier | modified |
//! | `provisioningState` `Updating`, or HTTP 200 where the request was taken on | modified |
//! | nothing of that | presumed created |
//!
//! HTTP 200 at the end of a long request is only the answer to the question how it goes, and
//! says nothing. A record without a body says nothing at all: the first of each request, and
//! every record in logs that leave bodies out. Presumed created, such an update is one launch
//! by somebody who is known, without image and type, so hardly a finding; presumed modified,
//! a stolen machine would never be one.
//!
//! What was said, and not presumed, stands in `as_written` as the provider's word for the
//! action. When the records of one request are joined, a word counts more than none, and
//! `created` more than `modified`: see `mod.rs`.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use model::{Action, Stage};

use super::{fields::Fields, record::Record};
use crate::time;

/// How long after its creation the record of it may be written: in real logs it is seconds to
/// two minutes. The clocks of services differ by less.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// The action, in whose words, or nothing when the record does not tell.
pub(super) fn told<'a>(record: &Record<'a>, stage: Option<Stage>, time: Timestamp) -> Option<(Action, Cow<'a, str>)> {
    let http = record.http_status();
    let says = |words: &[&str]| http.iter().find(|status| says_any(status, words)).cloned();
    let response = record.response.fields();
    let properties = response.at(&["properties"]);
    let provisioning = properties.str(&["provisioningstate"]);
    let is_state = |word: &str| provisioning.clone().filter(|state| state.eq_ignore_ascii_case(word));
    let taken_on = || (stage != Some(Stage::Finished)).then(|| says(&["ok", "200"])).flatten();
    says(&["created", "201"])
        .or_else(|| is_state("Creating"))
        .map(|word| (Action::Created, word))
        .or_else(|| by_age(response, properties, time))
        .or_else(|| is_state("Updating").or_else(taken_on).map(|word| (Action::Modified, word)))
}

fn by_age<'a>(response: Fields<'a>, properties: Fields<'a>, time: Timestamp) -> Option<(Action, Cow<'a, str>)> {
    let stated = properties.str(&["timecreated"]);
    let stated = stated.or_else(|| response.at(&["systemdata"]).str(&["createdat"]))?;
    let age = time.duration_since(time::parse(stated.as_bytes())?);
    let action = if age.abs() <= FRESH { Action::Created } else { Action::Modified };
    Some((action, stated))
}

/// `Created`, `Created (HTTP Status Code: 201)` and `Succeeded.Created` all say `created`.
fn says_any(status: &str, words: &[&str]) -> bool {
    status
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
}
