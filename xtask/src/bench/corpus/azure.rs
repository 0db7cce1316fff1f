//! Records of the Activity Log, as a diagnostic setting writes them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::file::start;
use super::plan::FilePlan;
use super::stream::{Kind, Session, instant};
use crate::sample::rng::Rng;

/// By subscription and hour; and by number here, where several files are of one hour.
pub(super) fn name(plan: &FilePlan) -> String {
    let (id, hour) = (subscription(plan.account), start(plan).strftime("y=%Y/m=%m/d=%d/h=%H"));
    format!("insights-activity-logs/resourceId=/SUBSCRIPTIONS/{id}/{hour}/m=00/PT1H-{}.json.gz", plan.number)
}

pub(super) fn record(kind: Kind, session: &Session, at: Timestamp, rng: &mut Rng) -> Value {
    let operation = match kind {
        Kind::Launch => "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE",
        Kind::Decoy => "MICROSOFT.AUTHORIZATION/ROLEDEFINITIONS/WRITE",
        Kind::Call(habit) => CALLS[habit % CALLS.len()],
    };
    let provider = operation.rsplit_once('/').map_or(operation, |(provider, _)| provider);
    let group = format!("/SUBSCRIPTIONS/{}/RESOURCEGROUPS/{}", subscription(session.account), session.caller);
    let resource = format!("{group}/PROVIDERS/{provider}/{}", session.object);
    json!({
        "time": instant(at, rng),
        "resourceId": resource,
        "operationName": operation,
        "category": "Administrative",
        "resultType": "Success",
        "resultSignature": "Succeeded.OK",
        "durationMs": rng.between(0, 900).to_string(),
        "callerIpAddress": session.address,
        "correlationId": rng.uuid(),
        "identity": identity(operation, &resource, session, rng),
        "level": "Information",
        "location": session.region,
        "properties": properties(kind, operation, &resource, session, rng),
        "tenantId": TENANT,
    })
}

fn identity(operation: &str, scope: &str, session: &Session, rng: &mut Rng) -> Value {
    let evidence = json!({ "principalId": subscription(session.account).replace('-', ""), "principalType": "ServicePrincipal",
        "role": "Contributor", "roleAssignmentId": rng.hex(32), "roleAssignmentScope": "/subscriptions", "roleDefinitionId": "b24988ac618042a0ab8820f7382dd24c" });
    json!({
        "authorization": { "action": operation, "evidence": evidence, "scope": scope },
        "claims": {
            "aio": rng.alphanumeric(44), "appid": "00000000-0000-4000-8000-00000000c11e", "appidacr": "2",
            "aud": "https://management.azure.com/", "exp": "1772450400", "iat": "1772446500", "idtyp": "app",
            "http://schemas.microsoft.com/identity/claims/identityprovider": "https://sts.windows.net/00000000-0000-4000-8000-0000000000ff/",
            "http://schemas.microsoft.com/identity/claims/objectidentifier": "00000000-0000-4000-8000-000000000001",
            "http://schemas.microsoft.com/identity/claims/tenantid": TENANT,
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier": "00000000-0000-4000-8000-000000000001",
            "iss": "https://sts.windows.net/00000000-0000-4000-8000-0000000000ff/", "nbf": "1772446500",
            "uti": rng.alphanumeric(22), "ver": "1.0", "xms_tcdt": "1530000000",
        },
    })
}

fn properties(kind: Kind, operation: &str, resource: &str, session: &Session, rng: &mut Rng) -> Value {
    let mut properties = json!({ "entity": resource.to_lowercase(), "eventCategory": "Administrative", "hierarchy": subscription(session.account),
        "message": operation, "serviceRequestId": rng.uuid(), "statusCode": "OK" });
    let body = match kind {
        Kind::Launch => ("responseBody", machine(resource, session)),
        Kind::Decoy => ("requestbody", json!({ "operationName": "Microsoft.Compute/virtualMachines/write" })),
        Kind::Call(_) => return properties,
    };
    properties[body.0] = body.1.to_string().into();
    properties
}

fn machine(resource: &str, session: &Session) -> Value {
    json!({ "name": session.object, "id": resource, "location": session.region, "tags": { "env": "prod" }, "properties": {
        "hardwareProfile": { "vmSize": "Standard_NC6s_v3" }, "provisioningState": "Creating", "timeCreated": "2026-03-02T10:15:30Z",
        "storageProfile": { "imageReference": { "publisher": "Canonical", "offer": "UbuntuServer", "sku": "18.04-LTS", "version": "latest" } } } })
}

fn subscription(account: &str) -> String {
    format!("00000000-0000-4000-8000-{account}")
}

const CALLS: &[&str] = &[
    "MICROSOFT.COMPUTE/DISKS/BEGINGETACCESS/ACTION",
    "MICROSOFT.COMPUTE/VIRTUALMACHINES/EXTENSIONS/WRITE",
    "MICROSOFT.COMPUTE/VIRTUALMACHINES/DEALLOCATE/ACTION",
    "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION",
    "MICROSOFT.STORAGE/STORAGEACCOUNTS/WRITE",
    "MICROSOFT.KEYVAULT/VAULTS/WRITE",
    "MICROSOFT.RESOURCES/DEPLOYMENTS/WRITE",
    "MICROSOFT.RESOURCES/DEPLOYMENTS/VALIDATE/ACTION",
    "MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/WRITE",
    "MICROSOFT.NETWORK/NETWORKINTERFACES/WRITE",
    "MICROSOFT.WEB/SITES/CONFIG/LIST/ACTION",
    "MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/LISTCLUSTERUSERCREDENTIAL/ACTION",
    "MICROSOFT.AUTHORIZATION/POLICIES/AUDITIFNOTEXISTS/ACTION",
    "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/WRITE",
];
const TENANT: &str = "00000000-0000-4000-8000-0000000000ff";
