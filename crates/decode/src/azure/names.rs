//! Where each field of a record stands, in the order in which it is looked for.

/// Log Analytics has a sentence for people in `OperationName`.
pub(super) const OPERATION: &[&str] = &["operationnamevalue", "operationname"];
pub(super) const TIME: &[&str] = &["eventtimestamp", "time", "timegenerated"];
/// Minutes later, when the record was handed to the log.
pub(super) const SUBMITTED: &[&str] = &["submissiontimestamp", "eventsubmissiontimestamp"];
pub(super) const CATEGORY: &[&str] = &["categoryvalue", "category"];
pub(super) const SUBSCRIPTION: &[&str] = &["subscriptionid"];
pub(super) const RESOURCE: &[&str] = &["resourceid", "resourceuri"];
pub(super) const LOCATION: &[&str] = &["location"];
pub(super) const ID: &[&str] = &["eventdataid"];
pub(super) const PATH: &[&str] = &["id"];
pub(super) const CORRELATION: &[&str] = &["correlationid"];
pub(super) const STATUS: &[&str] = &["activitystatusvalue", "status", "resulttype", "activitystatus"];
pub(super) const SUB_STATUS: &[&str] = &["activitysubstatusvalue", "substatus", "resultsignature", "activitysubstatus"];
pub(super) const PHASE: &[&str] = &["eventname"];
pub(super) const CALLER: &[&str] = &["caller"];
pub(super) const TENANT: &[&str] = &["tenantid"];
pub(super) const ADDRESS: &[&str] = &["calleripaddress"];
pub(super) const CLIENT_ADDRESS: &[&str] = &["clientipaddress"];
pub(super) const REQUEST: &[&str] = &["httprequest", "httprequestd"];
pub(super) const CLAIMS: &[&str] = &["claimsd", "claims"];
pub(super) const AUTHORIZATION: &[&str] = &["authorizationd", "authorization"];
pub(super) const PROPERTIES: &[&str] = &["propertiesd", "properties"];
pub(super) const RESPONSE: &[&str] = &["responsebody"];
pub(super) const ASKED: &[&str] = &["requestbody"];
/// All of them, for the page that lists them.
#[cfg(test)]
pub(super) const ALL: [&[&str]; 20] = [
    OPERATION,
    TIME,
    SUBMITTED,
    CATEGORY,
    SUBSCRIPTION,
    RESOURCE,
    LOCATION,
    ID,
    PATH,
    CORRELATION,
    STATUS,
    SUB_STATUS,
    PHASE,
    CALLER,
    TENANT,
    ADDRESS,
    REQUEST,
    CLAIMS,
    AUTHORIZATION,
    PROPERTIES,
];
/// Only rows of Log Analytics have these; their `TenantId` is that of the workspace.
pub(super) const ROW: &[&str] = &["timegenerated", "operationnamevalue"];
