//! Where each field of a record stands, in the order in which it is looked for.

/// Log Analytics has a sentence for people in `OperationName`.
pub(super) const OPERATION: [&str; 2] = ["operationnamevalue", "operationname"];
pub(super) const TIME: [&str; 3] = ["eventtimestamp", "time", "timegenerated"];
/// Minutes later, when the record was handed to the log.
pub(super) const SUBMITTED: [&str; 2] = ["submissiontimestamp", "eventsubmissiontimestamp"];
pub(super) const CATEGORY: [&str; 2] = ["categoryvalue", "category"];
pub(super) const SUBSCRIPTION: [&str; 1] = ["subscriptionid"];
pub(super) const RESOURCE: [&str; 2] = ["resourceid", "resourceuri"];
pub(super) const LOCATION: [&str; 1] = ["location"];
pub(super) const ID: [&str; 1] = ["eventdataid"];
pub(super) const PATH: [&str; 1] = ["id"];
pub(super) const CORRELATION: [&str; 1] = ["correlationid"];
pub(super) const STATUS: [&str; 4] = ["activitystatusvalue", "status", "resulttype", "activitystatus"];
pub(super) const SUB_STATUS: [&str; 4] =
    ["activitysubstatusvalue", "substatus", "resultsignature", "activitysubstatus"];
pub(super) const PHASE: [&str; 1] = ["eventname"];
pub(super) const CALLER: [&str; 1] = ["caller"];
pub(super) const TENANT: [&str; 1] = ["tenantid"];
pub(super) const ADDRESS: [&str; 1] = ["calleripaddress"];
pub(super) const CLIENT_ADDRESS: [&str; 1] = ["clientipaddress"];
pub(super) const REQUEST: [&str; 2] = ["httprequest", "httprequestd"];
pub(super) const CLAIMS: [&str; 2] = ["claimsd", "claims"];
pub(super) const AUTHORIZATION: [&str; 2] = ["authorizationd", "authorization"];
pub(super) const PROPERTIES: [&str; 2] = ["propertiesd", "properties"];
pub(super) const RESPONSE: [&str; 1] = ["responsebody"];
pub(super) const ASKED: [&str; 1] = ["requestbody"];
/// Only rows of Log Analytics have these; their `TenantId` is that of the workspace.
pub(super) const ROW: [&str; 2] = ["timegenerated", "operationnamevalue"];

/// All that an event is made of, in the order of their letters.
pub(super) const RECORD: [&str; 31] = [
    "activitystatus",
    "activitystatusvalue",
    "activitysubstatus",
    "activitysubstatusvalue",
    "authorization",
    "authorizationd",
    "caller",
    "calleripaddress",
    "claims",
    "claimsd",
    "correlationid",
    "eventdataid",
    "eventname",
    "httprequest",
    "httprequestd",
    "id",
    "identity",
    "location",
    "operationname",
    "operationnamevalue",
    "properties",
    "propertiesd",
    "resourceid",
    "resourceuri",
    "resultsignature",
    "resulttype",
    "status",
    "subscriptionid",
    "substatus",
    "tenantid",
    "timegenerated",
];

/// All of them, for the page that lists them.
#[cfg(test)]
pub(super) const ALL: [&[&str]; 20] = [
    &OPERATION,
    &TIME,
    &SUBMITTED,
    &CATEGORY,
    &SUBSCRIPTION,
    &RESOURCE,
    &LOCATION,
    &ID,
    &PATH,
    &CORRELATION,
    &STATUS,
    &SUB_STATUS,
    &PHASE,
    &CALLER,
    &TENANT,
    &ADDRESS,
    &REQUEST,
    &CLAIMS,
    &AUTHORIZATION,
    &PROPERTIES,
];
