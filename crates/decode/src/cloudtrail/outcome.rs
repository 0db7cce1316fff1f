//! What an error code says of how a request ended.

use model::Outcome;

/// No code: it was done. EC2 writes its codes with `Client.` or `Server.` before them, other
/// services with `Exception` behind them.
pub(crate) fn outcome(error_code: Option<&str>) -> Outcome {
    let Some(written) = error_code else { return Outcome::Ok };
    let code = written.strip_prefix("Client.").or_else(|| written.strip_prefix("Server.")).unwrap_or(written);
    let code = code.strip_suffix("Exception").unwrap_or(code);
    match code {
        "DryRunOperation" => Outcome::DryRun,
        _ if is_denied(code) => Outcome::Denied,
        _ if is_quota(code) => Outcome::Quota,
        _ if is_capacity(code) => Outcome::Capacity,
        "PendingVerification" | "OptInRequired" => Outcome::Verification,
        _ => Outcome::Other,
    }
}

fn is_denied(code: &str) -> bool {
    matches!(
        code,
        "AccessDenied"
            | "AuthFailure"
            | "Blocked"
            | "Forbidden"
            | "NotAuthorized"
            | "OperationNotPermitted"
            | "Unauthorized"
            | "UnauthorizedAccess"
            | "UnauthorizedOperation"
    )
}

/// `RequestLimitExceeded` is about the pace of requests, not about machines.
fn is_quota(code: &str) -> bool {
    let named_limit = code.ends_with("LimitExceeded") && code != "RequestLimitExceeded";
    let named_maximum = code.starts_with("Max") && code.ends_with("Exceeded");
    named_limit || named_maximum || code.ends_with("QuotaExceeded")
}

fn is_capacity(code: &str) -> bool {
    let insufficient = code.starts_with("Insufficient") && code.ends_with("Capacity");
    insufficient || matches!(code, "SpotMaxPriceTooLow" | "UnfulfillableCapacity")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_outcome() {
        let check = |expected: Outcome, codes: &[&str]| {
            for code in codes {
                assert_eq!(outcome(Some(code)), expected, "{code}");
                assert_eq!(outcome(Some(&format!("Client.{code}"))), expected, "Client.{code}");
                assert_eq!(outcome(Some(&format!("Server.{code}"))), expected, "Server.{code}");
            }
        };
        assert_eq!(outcome(None), Outcome::Ok);
        check(Outcome::DryRun, &["DryRunOperation"]);
        check(Outcome::Denied, &["UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "AuthFailure"]);
        check(Outcome::Denied, &["Blocked", "UnauthorizedAccess", "OperationNotPermitted"]);
        check(Outcome::Quota, &["InstanceLimitExceeded", "VcpuLimitExceeded", "MaxSpotInstanceCountExceeded"]);
        check(Outcome::Quota, &["LimitExceeded", "LimitExceededException", "ResourceLimitExceeded"]);
        check(Outcome::Quota, &["ServiceQuotaExceededException", "MaxSpotFleetRequestCountExceeded"]);
        check(Outcome::Capacity, &["InsufficientInstanceCapacity", "InsufficientHostCapacity"]);
        check(Outcome::Capacity, &["InsufficientReservedInstanceCapacity", "InsufficientCapacity"]);
        check(Outcome::Capacity, &["SpotMaxPriceTooLow", "UnfulfillableCapacity"]);
        check(Outcome::Verification, &["PendingVerification", "OptInRequired"]);
        check(Outcome::Other, &["RequestLimitExceeded", "InvalidParameterValue", "Unsupported", "Throttling", ""]);
    }
}
