//! Entries of Cloud Audit Logs, one a line, as a log sink writes them to a bucket.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::file::start;
use super::plan::FilePlan;
use super::stream::{Kind, Session, instant};
use crate::sample::rng::Rng;

/// The hour is part of the name; so is the number here, where several files are of one hour.
pub(super) fn name(plan: &FilePlan) -> String {
    let hour = start(plan).strftime("%Y/%m/%d/%H:00:00_%H:59:59");
    format!("cloudaudit.googleapis.com/activity/{hour}_S{}.json.gz", plan.number)
}

pub(super) fn record(kind: Kind, session: &Session, at: Timestamp, rng: &mut Rng) -> Value {
    let (service, method, permission) = match kind {
        Kind::Launch => ("compute.googleapis.com", "v1.compute.instances.insert", "compute.instances.create"),
        Kind::Decoy => ("pubsub.googleapis.com", "google.iam.v1.IAMPolicy.SetIamPolicy", "pubsub.topics.setIamPolicy"),
        Kind::Call(habit) => CALLS[habit % CALLS.len()],
    };
    let project = project(session.account);
    let resource = format!("projects/{project}/zones/{}-b/instances/{}", session.region, session.object);
    let labels = json!({ "instance_id": rng.between(1 << 60, 1 << 62).to_string(), "project_id": project,
        "zone": format!("{}-b", session.region) });
    json!({
        "insertId": format!("-{}", rng.hex(11)),
        "logName": format!("projects/{project}/logs/cloudaudit.googleapis.com%2Factivity"),
        "operation": { "first": true, "id": format!("operation-{}", rng.hex(32)), "producer": service },
        "protoPayload": payload(kind, session, [service, method, permission, &resource], rng),
        "receiveTimestamp": instant(at, rng),
        "resource": { "labels": labels, "type": "gce_instance" },
        "severity": "NOTICE",
        "timestamp": instant(at, rng),
    })
}

fn payload(kind: Kind, session: &Session, [service, method, permission, resource]: [&str; 4], rng: &mut Rng) -> Value {
    let mail = format!("{}@{}.iam.gserviceaccount.com", session.caller, project(session.account));
    let attributes = json!({ "name": resource, "service": service, "type": "compute.instances" });
    json!({
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "authenticationInfo": { "principalEmail": mail, "principalSubject": format!("serviceAccount:{mail}"),
            "serviceAccountDelegationInfo": [{ "firstPartyPrincipal": { "principalEmail": "service-444455556666@compute-system.iam.gserviceaccount.com" } }] },
        "authorizationInfo": [{ "granted": true, "permission": permission, "permissionType": "ADMIN_WRITE",
            "resource": resource, "resourceAttributes": attributes }],
        "methodName": method,
        "request": request(kind, session, rng),
        "requestMetadata": { "callerIp": session.address, "callerSuppliedUserAgent": agent(rng), "destinationAttributes": {},
            "requestAttributes": { "auth": {}, "reason": "8uSywAYQGg5Db2xpc2V1bSBGbG93cw", "time": "2026-03-02T10:15:30.528213Z" } },
        "resourceLocation": { "currentLocations": [format!("{}-b", session.region)] },
        "resourceName": resource,
        "response": { "@type": "type.googleapis.com/operation", "id": rng.between(1 << 60, 1 << 62).to_string(),
            "name": format!("operation-{}", rng.hex(32)), "operationType": "insert", "progress": "0", "status": "RUNNING",
            "targetLink": format!("https://www.googleapis.com/compute/v1/{resource}"), "user": mail },
        "serviceName": service,
    })
}

fn request(kind: Kind, session: &Session, rng: &mut Rng) -> Value {
    match kind {
        Kind::Launch => json!({
            "@type": "type.googleapis.com/compute.instances.insert",
            "disks": [{ "autoDelete": true, "boot": true, "initializeParams": {
                "diskSizeGb": "100", "sourceImage": "projects/debian-cloud/global/images/family/debian-12" }, "type": "PERSISTENT" }],
            "guestAccelerators": [{ "acceleratorCount": 4, "acceleratorType": "nvidia-tesla-t4" }],
            "machineType": format!("zones/{}-b/machineTypes/n1-standard-{}", session.region, 1 << rng.between(0, 5)),
            "name": session.object,
            "networkInterfaces": [{ "accessConfigs": [{ "name": "external-nat", "type": "ONE_TO_ONE_NAT" }], "network": "global/networks/default" }],
            "serviceAccounts": [{ "email": "default", "scopes": ["https://www.googleapis.com/auth/cloud-platform"] }],
        }),
        Kind::Decoy => json!({ "@type": "type.googleapis.com/google.iam.v1.SetIamPolicyRequest",
            "policy": "{\"bindings\":[{\"role\":\"compute.instances.insert\",\"methodName\":\"v1.compute.instances.insert\"}]}" }),
        Kind::Call(_) => {
            json!({ "@type": "type.googleapis.com/compute.request", "filter": format!("name eq {}", session.object),
            "labelFingerprint": rng.alphanumeric(12), "maxResults": "500" })
        }
    }
}

/// Each start of the program has an id.
fn agent(rng: &mut Rng) -> String {
    let id = rng.hex(32);
    format!(
        "google-cloud-sdk gcloud/482.0.0 command/gcloud.compute.instances.list invocation-id/{id} environment/GCE client-os/LINUX client-os-ver/6.1.0 client-pltf-arch/x86_64 interactive/False python/3.11.8,gzip(gfe)"
    )
}

fn project(account: &str) -> String {
    format!("acme-{}", &account[..4])
}

const CALLS: &[(&str, &str, &str)] = &[
    ("compute.googleapis.com", "v1.compute.instances.list", "compute.instances.list"),
    ("compute.googleapis.com", "v1.compute.instances.get", "compute.instances.get"),
    ("compute.googleapis.com", "beta.compute.instances.setLabels", "compute.instances.setLabels"),
    ("compute.googleapis.com", "v1.compute.instanceGroupManagers.get", "compute.instanceGroupManagers.get"),
    ("compute.googleapis.com", "v1.compute.disks.createSnapshot", "compute.disks.createSnapshot"),
    ("storage.googleapis.com", "storage.objects.get", "storage.objects.get"),
    ("storage.googleapis.com", "storage.objects.list", "storage.objects.list"),
    ("storage.googleapis.com", "storage.objects.create", "storage.objects.create"),
    ("bigquery.googleapis.com", "google.cloud.bigquery.v2.JobService.InsertJob", "bigquery.jobs.create"),
    ("iam.googleapis.com", "google.iam.admin.v1.GetServiceAccount", "iam.serviceAccounts.get"),
    ("iamcredentials.googleapis.com", "GenerateAccessToken", "iam.serviceAccounts.getAccessToken"),
    ("logging.googleapis.com", "google.logging.v2.LoggingServiceV2.ListLogEntries", "logging.logEntries.list"),
    ("container.googleapis.com", "google.container.v1.ClusterManager.GetCluster", "container.clusters.get"),
    ("k8s.io", "io.k8s.core.v1.pods.list", "io.k8s.core.v1.pods.list"),
];
