//! How a request ended.

use model::{Outcome, Text};

use crate::tree::Object;

/// What a record says of the end of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    /// The name of the code, or the number of one that has no name.
    pub(super) code: Option<Text>,
    pub(super) message: Option<Text>,
    pub(super) unknown: Option<String>,
}

/// The names of `google.rpc.Code`, by number.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// No status, or an empty one, is success; unless the severity says otherwise.
pub(super) fn ended(status: Object<'_>, error: Object<'_>, severity: Option<&str>) -> Ended {
    let stated = |name: &str| status.str(name).or_else(|| error.str(name));
    let (written, message) = (stated("code").filter(|code| &**code != "0"), stated("message"));
    let is_bad = matches!(severity, Some("ERROR" | "CRITICAL" | "ALERT" | "EMERGENCY"));
    if written.is_none() && !is_bad {
        return Ended { outcome: Outcome::Ok, code: None, message: None, unknown: None };
    }
    let code = written.as_deref().map(symbol);
    let unknown = code.filter(|code| !is_known(code)).map(|code| format!("Google Cloud status code `{code}`"));
    let outcome = outcome(code.unwrap_or_default(), message.as_deref().unwrap_or_default());
    Ended { outcome, code: code.map(Text::from), message: message.map(Text::from), unknown }
}

fn symbol(written: &str) -> &str {
    let name = written.parse().ok().and_then(|number: usize| CODES.get(number));
    name.copied().unwrap_or(written)
}

/// Some services write the status of HTTP where the others write a code.
fn is_known(code: &str) -> bool {
    CODES.contains(&code) || matches!(code, "400" | "401" | "403" | "404" | "409" | "412" | "429" | "500" | "503")
}

/// The message is looked at first: Compute Engine writes a general code, such as
/// `INVALID_ARGUMENT`, and says in the message what it was.
fn outcome(code: &str, message: &str) -> Outcome {
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&CAPACITY) {
        Outcome::Capacity
    } else if says(&PACE) {
        Outcome::Other
    } else if says(&QUOTA) {
        Outcome::Quota
    } else if says(&DENIED) {
        Outcome::Denied
    } else {
        match code {
            "PERMISSION_DENIED" | "UNAUTHENTICATED" | "401" | "403" => Outcome::Denied,
            "RESOURCE_EXHAUSTED" => Outcome::Quota,
            _ => Outcome::Other,
        }
    }
}

/// Whoever acts chooses names, and names are in messages. No name can hold capital letters,
/// underscores or blanks, so each of these has one.
const CAPACITY: [&str; 4] =
    ["RESOURCE_POOL_EXHAUSTED", "STOCKOUT", "does not have enough resources", "resource pool exhausted"];

/// About the pace of requests, not about machines.
const PACE: [&str; 3] = ["RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "per minute"];

const QUOTA: [&str; 6] =
    ["QUOTA_EXCEEDED", "quotaExceeded", "Quota '", "Quota exceeded", "quota exceeded", "exceeds quota"];

const DENIED: [&str; 4] = ["ACCESS_DENIED", "PERMISSION_DENIED", "Permission denied", "Constraint constraints/"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Document;

    fn of(status: &str, severity: &str) -> Ended {
        let document = Document::read(status.as_bytes()).unwrap();
        ended(document.value().object(), Object::default(), Some(severity))
    }

    #[test]
    fn no_status_is_success() {
        for status in ["{}", r#"{"code":0}"#, r#"{"code":0,"message":"OK"}"#, "null"] {
            assert_eq!(of(status, "NOTICE").outcome, Outcome::Ok, "{status}");
        }
        assert_eq!(of("{}", "ERROR").outcome, Outcome::Other);
    }

    #[test]
    fn every_status_has_its_outcome() {
        let check = |expected: Outcome, code: &str, message: &str| {
            let ended = of(&format!(r#"{{"code":{code},"message":"{message}"}}"#), "ERROR");
            assert_eq!((ended.outcome, ended.unknown), (expected, None), "{code} {message}");
        };
        check(Outcome::Denied, "7", "Required 'compute.instances.create' permission for 'projects/p'");
        check(Outcome::Denied, "7", "PERMISSION_DENIED");
        check(Outcome::Denied, "16", "");
        check(Outcome::Denied, "3", "SERVICE_ACCOUNT_ACCESS_DENIED");
        check(Outcome::Denied, "9", "Constraint constraints/compute.vmExternalIpAccess violated for project 1");
        check(Outcome::Quota, "8", "");
        check(Outcome::Quota, "3", "QUOTA_EXCEEDED");
        check(Outcome::Quota, "8", "Quota 'NVIDIA_T4_GPUS' exceeded. Limit: 0.0 in region us-central1.");
        check(Outcome::Capacity, "8", "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS");
        check(Outcome::Capacity, "14", "The zone 'z' does not have enough resources available");
        check(Outcome::Other, "8", "RATE_LIMIT_EXCEEDED");
        check(Outcome::Other, "8", "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute'");
        check(Outcome::Other, "3", "INVALID_ARGUMENT");
        check(Outcome::Other, "6", "The resource 'projects/p/zones/z/instances/quota-exceeded' already exists");
    }

    #[test]
    fn a_code_is_named() {
        assert_eq!(of(r#"{"code":7}"#, "ERROR").code.as_deref(), Some("PERMISSION_DENIED"));
        assert_eq!(of(r#"{"code":"7"}"#, "ERROR").code.as_deref(), Some("PERMISSION_DENIED"));
        let strange = of(r#"{"code":77,"message":"m"}"#, "ERROR");
        assert_eq!((strange.code.as_deref(), strange.outcome), (Some("77"), Outcome::Other));
        assert_eq!(strange.unknown.as_deref(), Some("Google Cloud status code `77`"));
    }

    #[test]
    fn an_error_of_the_response_is_read() {
        let error = Document::read(br#"{"code":403,"message":"Quota 'CPUS' exceeded"}"#).unwrap();
        let ended = ended(Object::default(), error.value().object(), Some("ERROR"));
        assert_eq!((ended.outcome, ended.code.as_deref()), (Outcome::Quota, Some("403")));
    }
}
