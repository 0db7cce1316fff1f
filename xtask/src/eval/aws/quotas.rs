//! Service quotas: asked after, and asked for.

use serde_json::json;

use crate::eval::story::changes;
use crate::sample::record::Call;

/// Virtual processors of a kind of instance.
pub(crate) const STANDARD: &str = "L-1216C47A";
pub(crate) const G_AND_VT: &str = "L-DB2E81BA";
pub(crate) const P: &str = "L-417A185B";

pub(crate) fn get(region: &'static str, code: &str) -> Call {
    Call::read(region, "servicequotas", "GetServiceQuota").asking(json!({ "serviceCode": "ec2", "quotaCode": code }))
}

pub(crate) fn ask_for(region: &'static str, code: &str, desired: u64) -> Call {
    let request = json!({ "serviceCode": "ec2", "quotaCode": code, "desiredValue": desired as f64 });
    let answer = json!({
        "id": format!("{code}-request"),
        "serviceCode": "ec2",
        "quotaCode": code,
        "desiredValue": desired as f64,
        "status": "PENDING",
    });
    changes(region, "servicequotas", "RequestServiceQuotaIncrease", request)
        .answered(json!({ "requestedQuota": answer }))
}
