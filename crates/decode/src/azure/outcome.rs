//! How far a request had come, and how it ended.

use model::{Outcome, Stage, Text};

use super::{
    fields::{Fields, Opened},
    inner::Texts,
    record::Record,
};

/// Words that say how a request ended.
pub(super) struct Ending {
    pub(super) outcome: Outcome,
    pub(super) stage: Option<Stage>,
    /// The error code, as written.
    pub(super) code: Option<Text>,
    pub(super) message: Option<Text>,
    /// A status that is not known.
    pub(super) unknown: Option<Text>,
}

/// What the word of a status means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Began,
    GoesOn,
    Done,
    Failed,
    /// Of a thing that was noticed, not of a request: an alert, the health of a service.
    Noticed,
}

/// The spellings of the interfaces, and those of an Event Hub.
const STATUSES: [(&str, Status); 20] = [
    ("Accept", Status::GoesOn),
    ("Accepted", Status::GoesOn),
    ("Activated", Status::Noticed),
    ("Active", Status::Noticed),
    ("Canceled", Status::Failed),
    ("Cancelled", Status::Failed),
    ("Fail", Status::Failed),
    ("Failed", Status::Failed),
    ("Failure", Status::Failed),
    ("In Progress", Status::GoesOn),
    ("InProgress", Status::GoesOn),
    ("Informational", Status::Noticed),
    ("Pending", Status::GoesOn),
    ("Resolved", Status::Noticed),
    ("Running", Status::GoesOn),
    ("Start", Status::Began),
    ("Started", Status::Began),
    ("Succeeded", Status::Done),
    ("Success", Status::Done),
    ("Updated", Status::Noticed),
];

pub(super) fn ending(record: &Record<'_>) -> Ending {
    let word = record.status();
    let status = word.as_deref().and_then(status);
    let stage = stage(status, record.phase().as_deref());
    let unknown = word.as_deref().filter(|_| status.is_none()).map(Text::from);
    match status {
        Some(Status::Failed) => failure(record, word.map(Text::from), stage),
        // A word that nobody knows says neither the one nor the other, and no word at all even
        // less: a page of some selected fields may be of a request that was refused.
        Some(Status::Began | Status::GoesOn) | None => ended(Outcome::Pending, stage, unknown),
        Some(Status::Done | Status::Noticed) => ended(Outcome::Ok, stage, unknown),
    }
}

fn ended(outcome: Outcome, stage: Option<Stage>, unknown: Option<Text>) -> Ending {
    Ending { outcome, stage, code: None, message: None, unknown }
}

fn status(word: &str) -> Option<Status> {
    STATUSES.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, status)| *status)
}

/// By the status; where that says nothing of a request, by the phase.
fn stage(status: Option<Status>, phase: Option<&str>) -> Option<Stage> {
    let is = |word: &str| phase.is_some_and(|phase| phase.eq_ignore_ascii_case(word));
    match status {
        Some(Status::Began) => Some(Stage::Started),
        Some(Status::GoesOn) => Some(Stage::Accepted),
        Some(Status::Done | Status::Failed) => Some(Stage::Finished),
        None if is("BeginRequest") => Some(Stage::Started),
        None if is("EndRequest") => Some(Stage::Finished),
        None | Some(Status::Noticed) => None,
    }
}

/// The codes of an error go from the general to the special: `DeploymentFailed` around
/// `Conflict` around `QuotaExceeded`. The most special that says what kind of failure it was is told.
fn failure(record: &Record<'_>, word: Option<Text>, stage: Option<Stage>) -> Ending {
    let mut errors = errors(record.status_message(), record.texts);
    errors.extend(self::errors(record.response, record.texts));
    if errors.is_empty() {
        errors.extend(record.http_status().iter().filter_map(|status| Some((http_code(status)?.into(), None))));
    }
    let telling = errors.iter().rposition(|(code, message)| outcome(code, message.as_deref()) != Outcome::Other);
    let (code, message) = match errors.into_iter().nth(telling.unwrap_or(0)) {
        Some((code, message)) => (Some(code), message),
        None => (word, record.status_text()),
    };
    let outcome = outcome(code.as_deref().unwrap_or_default(), message.as_deref());
    Ending { outcome, stage, code, message, unknown: None }
}

/// Codes with their messages, from the outside to the inside.
fn errors<'a>(body: Opened<'a>, texts: &'a Texts) -> Vec<(Text, Option<Text>)> {
    const MOST: usize = 20;
    let fields = body.fields();
    let (outer, inner) = (fields.at(&["error"]), fields.list("details"));
    let mut errors: Vec<_> = error(fields).into_iter().chain(error(outer)).collect();
    let details = outer.list("details").into_iter().chain(inner);
    for detail in details.take(MOST) {
        errors.extend(error(detail));
        errors.extend(nested(detail, texts));
    }
    errors.extend(nested(outer, texts));
    errors
}

/// `Forbidden` of `Forbidden (HTTP Status Code: 403)` and of `Failed.Forbidden`.
fn http_code(status: &str) -> Option<&str> {
    let word = status.split([' ', '(']).next()?;
    word.rsplit('.').find(|part| !part.is_empty())
}

/// A message is at times the answer of another service, as a text.
fn nested<'a>(error_fields: Fields<'a>, texts: &'a Texts) -> Vec<(Text, Option<Text>)> {
    let fields = Opened::of(error_fields.value(&["message"]), texts).fields();
    error(fields).into_iter().chain(error(fields.at(&["error"]))).collect()
}

fn error(fields: Fields<'_>) -> Option<(Text, Option<Text>)> {
    Some((fields.text(&["code"])?, fields.text(&["message"])))
}

/// What a code says of how a request ended; of some, only the message does.
pub(super) fn outcome(code: &str, message: Option<&str>) -> Outcome {
    let code = code.to_ascii_lowercase();
    let message = message.unwrap_or_default().to_ascii_lowercase();
    match &*code {
        _ if is_denied(&code) => Outcome::Denied,
        _ if is_quota(&code, &message) => Outcome::Quota,
        _ if is_capacity(&code) => Outcome::Capacity,
        _ => Outcome::Other,
    }
}

fn is_denied(code: &str) -> bool {
    let named = ["forbidden", "unauthorized", "readonlydisabledsubscription", "scopelocked", "authenticationfailed"];
    code.contains("authorizationfailed") || code.starts_with("requestdisallowedby") || named.contains(&code)
}

/// `TooManyRequests` is about the pace of requests, not about machines.
fn is_quota(code: &str, message: &str) -> bool {
    let limits = ["quota", "cores", "core limit"];
    let is_limit = || limits.iter().any(|word| message.contains(word));
    let by_code = code.contains("quota") || code.ends_with("limitreached") || code.ends_with("limitexceeded");
    by_code || (matches!(code, "operationnotallowed" | "conflict" | "badrequest") && is_limit())
}

fn is_capacity(code: &str) -> bool {
    let named = ["skunotavailable", "insufficientcapacity", "capacitynotavailable", "notavailableforsubscription"];
    code.ends_with("allocationfailed") || code.starts_with("overconstrained") || named.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_outcome() {
        let check = |expected: Outcome, codes: &[&str]| {
            for code in codes {
                assert_eq!(outcome(code, None), expected, "{code}");
                assert_eq!(outcome(&code.to_uppercase(), None), expected, "{code}");
            }
        };
        check(Outcome::Denied, &["AuthorizationFailed", "LinkedAuthorizationFailed", "Forbidden"]);
        check(
            Outcome::Denied,
            &["RequestDisallowedByPolicy", "RequestDisallowedByAzure", "ReadOnlyDisabledSubscription"],
        );
        check(Outcome::Quota, &["QuotaExceeded", "ContainerGroupQuotaReached", "ErrCode_InsufficientVCPUQuota"]);
        check(Outcome::Quota, &["PublicIPCountLimitReached"]);
        check(Outcome::Capacity, &["SkuNotAvailable", "AllocationFailed", "ZonalAllocationFailed"]);
        check(Outcome::Capacity, &["OverconstrainedAllocationRequest", "OverconstrainedZonalAllocationRequest"]);
        check(Outcome::Other, &["OperationNotAllowed", "TooManyRequests", "Conflict", "InvalidParameter", ""]);
        let cores =
            "Operation could not be completed as it results in exceeding approved standardNCFamily Cores quota.";
        assert_eq!(outcome("OperationNotAllowed", Some(cores)), Outcome::Quota);
        assert_eq!(outcome("OperationNotAllowed", Some("the disk is attached")), Outcome::Other);
    }

    #[test]
    fn the_statuses_are_told_in_any_case() {
        assert!(STATUSES.iter().all(|(word, known)| status(&word.to_uppercase()) == Some(*known)));
        assert!(status("Canceling").is_none());
    }
}
