//! Entries as Google writes them, and as others edit them.

use model::{Action, Begotten, Operation};

use super::*;
use crate::{Caps, Decoded, Wanted, Which};

fn decode(entry: &str) -> Decoded {
    crate::decode(
        "file",
        entry.as_bytes(),
        &Wanted { which: Which::Everything, instances: true, until: None },
        &Caps::DEFAULT,
    )
}

#[track_caller]
fn read(entry: &str) -> Event {
    let mut decoded = decode(entry);
    assert_eq!((decoded.events.len(), &decoded.rejects[..]), (1, &[][..]), "{entry}");
    decoded.events.remove(0)
}

fn drifts(entry: &str) -> Vec<String> {
    decode(entry).drifts.into_iter().map(|drift| drift.what).collect()
}

const MAIL: &str = r#"{"principalEmail":"alice@example.com","principalSubject":"user:alice@example.com"}"#;

/// An entry with these parts of the payload, and these beside it.
fn entry(method: &str, payload: &str, beside: &str) -> String {
    format!(
        r#"{{"protoPayload":{{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","authenticationInfo":{MAIL},
        "requestMetadata":{{"callerIp":"203.0.113.7","callerSuppliedUserAgent":"gcloud/1"}},"serviceName":"compute.googleapis.com",
        "methodName":"{method}"{payload}}},"insertId":"abc1","resource":{{"type":"gce_instance","labels":{{"instance_id":"777",
        "project_id":"my-project","zone":"us-central1-a"}}}},"timestamp":"2024-06-22T00:22:48.298226Z","severity":"NOTICE",
        "logName":"projects/my-project/logs/cloudaudit.googleapis.com%2Factivity","receiveTimestamp":"2024-06-22T00:22:49.1Z"{beside}}}"#
    )
}

const REQUEST: &str = r#","resourceName":"projects/my-project/zones/us-central1-a/instances/vm-1","request":{"@type":"type.googleapis.com/compute.instances.insert",
    "name":"vm-1","machineType":"projects/my-project/zones/us-central1-a/machineTypes/n1-standard-8",
    "disks":[{"boot":false,"initializeParams":{"diskSizeGb":"10"}},{"boot":false,"initializeParams":{"sourceImage":"global/images/data"}},
             {"boot":true,"initializeParams":{"sourceImage":"https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/family/debian-12"}}],
    "guestAccelerators":[{"acceleratorType":"https://www.googleapis.com/compute/v1/projects/my-project/zones/us-central1-a/acceleratorTypes/nvidia-tesla-t4","acceleratorCount":4}],
    "scheduling":{"preemptible":true}}"#;

const FIRST: &str = r#","operation":{"id":"operation-1-a","producer":"compute.googleapis.com","first":true}"#;
const LAST: &str = r#","operation":{"id":"operation-1-a","producer":"compute.googleapis.com","last":true}"#;
const BARE: &str = r#","resourceName":"projects/my-project/zones/us-central1-a/instances/vm-1","request":{"@type":"type.googleapis.com/compute.instances.insert"}"#;

fn texts(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(|text| &**text).collect()
}

fn written(event: &Event, field: Field) -> Vec<&str> {
    event.as_written.iter().filter(|(of, _)| *of == field).map(|(_, text)| &**text).collect()
}

#[track_caller]
fn check_operation(event: &Event, id: &str, stage: Stage) {
    assert_eq!(event.operation, Some(Box::new(Operation { id: id.into(), stage })));
}

#[test]
fn the_first_record_says_what_was_asked_for() {
    let event = read(&entry("v1.compute.instances.insert", REQUEST, FIRST));
    assert!(event.is_launch());
    assert_eq!((event.outcome, event.count), (Outcome::Pending, 1));
    check_operation(&event, "google:my-project:operation-1-a", Stage::Started);
    assert_eq!(event.id.to_string(), "abc1@2024-06-22T00:22:48.298226Z/my-project");
    assert_eq!(&*event.command, "compute.instances.insert");
    assert_eq!(written(&event, Field::Command), ["v1.compute.instances.insert"]);
    assert_eq!(
        (event.vendor_account.as_deref(), event.vendor_region.as_deref()),
        (Some("my-project"), Some("us-central1"))
    );
    assert_eq!(written(&event, Field::VendorRegion), ["us-central1-a"]);
    assert_eq!(texts(&event.instance_type), ["n1-standard-8"]);
    assert_eq!(
        written(&event, Field::InstanceType),
        ["projects/my-project/zones/us-central1-a/machineTypes/n1-standard-8"]
    );
    assert_eq!(texts(&event.image_id), ["debian-cloud/family/debian-12", "my-project/data"]);
    assert_eq!(written(&event, Field::ImageId).len(), 2);
    let accelerators = event.compute.accelerators.iter().map(|a| (&*a.name, a.count)).collect::<Vec<_>>();
    assert_eq!((accelerators, event.compute.spot), (vec![("nvidia-tesla-t4", 4)], true));
    assert_eq!((event.src.as_deref(), event.user_agent.as_deref()), (Some("203.0.113.7"), Some("gcloud/1")));
    assert_eq!((&*event.user.id, event.object_id.len()), ("user:alice@example.com", 0));
}

#[test]
fn the_last_record_says_how_it_ended() {
    let ok = read(&entry("beta.compute.instances.insert", BARE, LAST));
    assert_eq!((ok.outcome, ok.count, texts(&ok.object_id)), (Outcome::Ok, 1, vec!["777"]));
    check_operation(&ok, "google:my-project:operation-1-a", Stage::Finished);
    assert!(ok.is_launch() && ok.instance_type.is_empty() && ok.image_id.is_empty());
    let check = |status: &str, outcome: Outcome, code: &str| {
        let failed = read(&entry("v1.compute.instances.insert", &format!("{BARE},\"status\":{status}"), LAST));
        assert_eq!((failed.outcome, failed.result_id.as_deref()), (outcome, Some(code)), "{status}");
        assert!(failed.is_launch() && failed.object_id.is_empty() && failed.count == 1);
    };
    check(r#"{"code":3,"message":"SERVICE_ACCOUNT_ACCESS_DENIED"}"#, Outcome::Denied, "INVALID_ARGUMENT");
    check(r#"{"code":7,"message":"PERMISSION_DENIED"}"#, Outcome::Denied, "PERMISSION_DENIED");
    check(r#"{"code":8,"message":"QUOTA_EXCEEDED"}"#, Outcome::Quota, "RESOURCE_EXHAUSTED");
    check(r#"{"code":8,"message":"ZONE_RESOURCE_POOL_EXHAUSTED"}"#, Outcome::Capacity, "RESOURCE_EXHAUSTED");
    check(r#"{"code":3,"message":"INVALID_ARGUMENT"}"#, Outcome::Other, "INVALID_ARGUMENT");
}

#[test]
fn a_record_that_is_first_and_last_is_whole() {
    let both = FIRST.replace("\"first\":true", "\"first\":true,\"last\":true");
    let event = read(&entry("v1.compute.instances.insert", REQUEST, &both));
    assert_eq!((event.operation, event.outcome, texts(&event.object_id)), (None, Outcome::Ok, vec!["777"]));
    let refused =
        format!(r#"{REQUEST},"status":{{"code":6,"message":"already exists"}},"response":{{"error":{{"code":409}}}}"#);
    let refused = read(&entry("v1.compute.instances.insert", &refused, ""));
    assert_eq!(
        (refused.operation, refused.outcome, refused.result_id.as_deref()),
        (None, Outcome::Other, Some("ALREADY_EXISTS"))
    );
    assert_eq!(
        (refused.result.as_deref(), texts(&refused.instance_type)),
        (Some("already exists"), vec!["n1-standard-8"])
    );
}

#[test]
fn a_first_record_that_failed_has_failed() {
    let failed = format!(r#"{REQUEST},"status":{{"code":7,"message":"no"}}"#);
    assert_eq!(read(&entry("v1.compute.instances.insert", &failed, FIRST)).outcome, Outcome::Denied);
    let empty = format!(r#"{REQUEST},"status":{{}}"#);
    assert_eq!(read(&entry("v1.compute.instances.insert", &empty, FIRST)).outcome, Outcome::Pending);
}

#[test]
fn the_answer_names_an_operation_that_was_lost() {
    let answer = r#","response":{"@type":"type.googleapis.com/operation","name":"operation-9","operationType":"insert","status":"RUNNING","user":"Bob@example.com"}"#;
    let nobody = entry("v1.compute.instances.insert", &format!("{REQUEST}{answer}"), "").replace(MAIL, "{}");
    let event = read(&nobody);
    check_operation(&event, "google:my-project:operation-9", Stage::Started);
    assert_eq!((event.outcome, &*event.user.id), (Outcome::Pending, "user:bob@example.com"));
    assert_eq!(written(&event, Field::User), ["Bob@example.com"]);
}

#[test]
fn nobody_is_attributed_to_nobody() {
    for nobody in ["{}", "null"] {
        let event = read(&entry("v1.compute.instances.insert", REQUEST, FIRST).replace(MAIL, nobody));
        assert_eq!((&*event.user.id, event.user.attributed), ("google:my-project:unknown", false));
    }
}

#[test]
fn the_image_that_was_found_comes_first() {
    let found = r#","metadata":{"usedResources":{"attachedDisks":[{"sourceImage":"https://www.googleapis.com/compute/v1/projects/707/global/images/data-v7"},
        {"isBootDisk":true,"sourceImage":"https://www.googleapis.com/compute/v1/projects/606/global/images/debian-12-v20240617"}]}}"#;
    let event = read(&entry("v1.compute.instances.insert", &format!("{REQUEST}{found}"), FIRST));
    assert_eq!(texts(&event.image_id), ["debian-cloud/debian-12-v20240617", "my-project/data-v7"]);
    assert!(written(&event, Field::ImageId).contains(&"debian-cloud/family/debian-12"));
}

const BULK: &str = r#","resourceName":"projects/my-project/zones/us-central1-b/instances","request":{"count":"50","minCount":"1","namePattern":"miner-####",
    "instanceProperties":{"machineType":"c2-standard-60","disks":[{"boot":true,"initializeParams":{"sourceImage":"projects/d/global/images/i"}}],
    "scheduling":{"provisioningModel":"SPOT"},"metadata":{"items":[{"key":"created-by","value":"https://x/projects/1/zones/z/instanceGroupManagers/g"}]}}}"#;

fn call(beside: &str) -> Event {
    let labels = r#""labels":{"method":"compute.instances.bulkInsert","project_id":"my-project"}"#;
    let entry = entry("v1.compute.instances.bulkInsert", BULK, beside);
    let (head, tail) = entry.split_once("\"labels\":{\"instance_id\"").unwrap();
    read(&format!("{head}{labels}{}", &tail[tail.find('}').unwrap() + 1..]))
}

fn machine(name: &str, beside: &str) -> Event {
    let payload = BARE.replace("us-central1-a", "us-central1-b").replace("vm-1", name);
    let both = r#","operation":{"id":"operation-2-b","producer":"compute.googleapis.com","first":true,"last":true}"#;
    read(&entry("v1.compute.instances.bulkInsert", &payload, &format!("{both}{beside}")))
}

const TRIGGER: &str = r#","labels":{"compute.googleapis.com/root_trigger_id":"00ec5614"}"#;

#[test]
fn a_call_for_many_counts_them() {
    let event = call(&format!("{FIRST}{TRIGGER}"));
    assert!(event.is_launch());
    assert_eq!((event.count, event.outcome, event.object_id.len()), (50, Outcome::Pending, 0));
    assert_eq!((texts(&event.instance_type), texts(&event.image_id)), (vec!["c2-standard-60"], vec!["d/i"]));
    assert_eq!((event.compute.spot, event.vendor_region.as_deref()), (true, Some("us-central1")));
    assert_eq!(event.compute.parent.as_deref(), Some("autoscaling_group:g"));
    assert_eq!(event.compute.max_count, None);
}

#[test]
fn a_call_and_its_machines_have_one_operation() {
    let id = "google:my-project:bulkInsert:00ec5614";
    let first = call(&format!("{FIRST}{TRIGGER}"));
    check_operation(&first, id, Stage::Started);
    let last = call(&format!("{LAST}{TRIGGER}"));
    check_operation(&last, id, Stage::Finished);
    assert!(last.object_id.is_empty());
    let made = machine("miner-0003", TRIGGER);
    check_operation(&made, id, Stage::Finished);
    assert_eq!((made.count, texts(&made.object_id), made.outcome), (1, vec!["777"], Outcome::Ok));
    assert!(made.is_launch());
}

#[test]
fn older_machines_are_known_by_name() {
    let first = call(FIRST).operation.unwrap();
    let made = machine("miner-0003", "").operation.unwrap();
    assert_eq!((&first.id, first.stage, made.stage), (&made.id, Stage::Started, Stage::Finished));
    assert_ne!(machine("other-0003", "").operation.unwrap().id, first.id);
    assert!(first.id.ends_with(":alice@example.com"), "nobody can hide in the calls of another: {}", first.id);
}

#[test]
fn a_call_for_a_region_has_no_zone() {
    let regional = entry(
        "v1.compute.regionInstances.bulkInsert",
        &BULK.replace("zones/us-central1-b", "regions/europe-west4"),
        FIRST,
    )
    .replace(",\n        \"project_id\":\"my-project\",\"zone\":\"us-central1-a\"", ",\"project_id\":\"my-project\"");
    let event = read(&regional);
    assert_eq!((event.vendor_region.as_deref(), event.count), (Some("europe-west4"), 50));
    let listed = BULK.replace(
        r#""count":"50","minCount":"1","namePattern":"miner-####""#,
        r#""perInstanceProperties":{"a":{},"b":{},"c":{}}"#,
    );
    assert_eq!(read(&entry("v1.compute.instances.bulkInsert", &listed, FIRST)).count, 3);
}

#[test]
fn a_machine_of_a_group_names_its_parent() {
    let parent = |extra: &str| {
        let payload = REQUEST.replace("\"name\":\"vm-1\"", &format!("\"name\":\"vm-1\",{extra}"));
        read(&entry("v1.compute.instances.insert", &payload, FIRST)).compute.parent.clone()
    };
    let group = r#""metadata":{"items":[{"key":"startup-script"},{"key":"created-by","value":"projects/1/zones/z/instanceGroupManagers/g"}]}"#;
    assert_eq!(parent(group).as_deref(), Some("autoscaling_group:g"));
    let template =
        r#""sourceInstanceTemplate":"https://www.googleapis.com/compute/v1/projects/p/global/instanceTemplates/t""#;
    assert_eq!(parent(template).as_deref(), Some("projects/p/global/instanceTemplates/t"));
    let labels = r#""labels":[{"key":"goog-gke-node","value":""},{"key":"goog-k8s-cluster-name","value":"prod"}]"#;
    assert_eq!(parent(labels).as_deref(), Some("cluster:prod"));
    assert_eq!(parent(r#""labels":{"goog-dataproc-cluster-name":"etl"}"#).as_deref(), Some("cluster:etl"));
    assert_eq!(parent(r#""labels":[]"#), None);
    let agent =
        entry("v1.compute.instances.insert", BARE, LAST).replace("gcloud/1", "GCE Managed Instance Group for GKE");
    assert_eq!(read(&agent).compute.parent.as_deref(), Some("GCE Managed Instance Group for GKE"));
    let machine = agent.replace("instances/vm-1\"", "instances/web-eu-x7k2\"");
    assert_ne!(machine, agent);
    assert_eq!(read(&machine).compute.parent.as_deref(), Some("autoscaling_group:web-eu-grp"));
    let plain = machine.replace(" for GKE", "");
    assert_eq!(read(&plain).compute.parent.as_deref(), Some("autoscaling_group:web-eu"));
}

/// Who writes the labels of a cluster on machines of his own group is not taken for the cluster.
#[test]
fn a_node_names_its_pool_where_google_says_that_it_is_one() {
    let labels =
        r#""labels":[{"key":"goog-k8s-cluster-name","value":"prod"},{"key":"goog-k8s-node-pool-name","value":"gpu"}]"#;
    let group = r#""metadata":{"items":[{"key":"created-by","value":"projects/1/zones/z/instanceGroupManagers/gke-prod-gpu-0a1b2c3d-grp"}]}"#;
    let payload = REQUEST.replace("\"name\":\"vm-1\"", &format!("\"name\":\"vm-1\",{labels},{group}"));
    let node = |agent: &str| {
        read(&entry("v1.compute.instances.insert", &payload, FIRST).replace("gcloud/1", agent)).compute.parent.clone()
    };
    assert_eq!(node("GCE Managed Instance Group for GKE").as_deref(), Some("prod/gpu"));
    let expected = Some("autoscaling_group:gke-prod-gpu-0a1b2c3d-grp");
    assert_eq!(node("GCE Managed Instance Group").as_deref(), expected);
}

#[test]
fn a_cluster_names_its_pools() {
    let ids = |method: &str, path: &str, request: &str| {
        let payload = format!(r#","resourceName":"projects/p/zones/us-central1-a/{path}","request":{request}"#);
        read(&entry(&format!("google.container.v1.ClusterManager.{method}"), &payload, "")).object_id
    };
    let pools = r#"{"cluster":{"name":"c","nodePools":[{"name":"a"},{"name":"b"}]}}"#;
    assert_eq!(texts(&ids("CreateCluster", "clusters/c", pools)), ["c", "c/a", "c/b"]);
    let one = r#"{"cluster":{"name":"c","initialNodeCount":3}}"#;
    assert_eq!(texts(&ids("CreateCluster", "clusters/c", one)), ["c", "c/default-pool"]);
    let pool = r#"{"nodePool":{"name":"gpu","initialNodeCount":8}}"#;
    assert_eq!(texts(&ids("CreateNodePool", "clusters/c", pool)), ["gpu", "c/gpu"]);
    assert_eq!(texts(&ids("CreateNodePool", "clusters/c/nodePools/gpu", "{}")), ["gpu", "c/gpu"]);
    assert_eq!(texts(&ids("CreateNodePool", "", "{}")).len(), 1, "what nobody names");
    assert_eq!(texts(&ids("CreateCluster", "clusters/c", "{}")), ["c"], "the last record has no request");
}

/// An operation on a service account, which the resource names by its number.
fn on_account(method: &str, payload: &str) -> Event {
    let labels = r#""labels":{"email_id":"Miner@my-project.iam.gserviceaccount.com","project_id":"my-project"}"#;
    let entry = entry(method, &format!(r#","resourceName":"projects/-/serviceAccounts/1234"{payload}"#), "");
    let (head, tail) = entry.split_once("\"labels\":{\"instance_id\"").unwrap();
    read(&format!("{head}{labels}{}", &tail[tail.find('}').unwrap() + 1..]))
}

#[test]
fn who_makes_an_account_or_a_key_begets_it() {
    let miner = "serviceAccount:miner@my-project.iam.gserviceaccount.com";
    let response = r#","response":{"email":"miner@my-project.iam.gserviceaccount.com","name":"projects/my-project/serviceAccounts/x"}"#;
    for payload in [response, ""] {
        let made = on_account("google.iam.admin.v1.CreateServiceAccount", payload);
        assert_eq!(made.begets, [Begotten::Principal(miner.into())]);
        assert!(made.object_id[0].eq_ignore_ascii_case("miner@my-project.iam.gserviceaccount.com"));
    }
    let key = r#","response":{"name":"projects/p/serviceAccounts/a@p.iam.gserviceaccount.com/keys/0a1b"}"#;
    for method in ["CreateServiceAccountKey", "UploadServiceAccountKey"] {
        let made = on_account(&format!("google.iam.admin.v1.{method}"), key);
        assert_eq!(
            (made.begets, made.compute.parent.as_deref()),
            ([Begotten::AccessKey("0a1b".into())].into(), Some(miner))
        );
    }
    let refused = format!(r#"{response},"status":{{"code":7,"message":"PERMISSION_DENIED"}}"#);
    assert!(on_account("google.iam.admin.v1.CreateServiceAccount", &refused).begets.is_empty());
    let gone = on_account("google.iam.admin.v1.DeleteServiceAccount", "");
    assert_eq!((texts(&gone.object_id), gone.begets.len()), (vec!["Miner@my-project.iam.gserviceaccount.com"], 0));
}

#[test]
fn a_grant_names_the_role_and_whoever_got_it() {
    let delta = r#","resourceName":"projects/my-project","serviceData":{"policyDelta":{"bindingDeltas":[
        {"action":"ADD","role":"roles/owner","member":"user:mallory@example.com"},
        {"action":"ADD","role":"roles/compute.admin","member":"user:mallory@example.com"},
        {"action":"REMOVE","role":"roles/editor","member":"user:alice@example.com"}]}}"#;
    let event = read(&entry("SetIamPolicy", delta, ""));
    assert_eq!(texts(&event.object_id), ["my-project", "roles/owner", "roles/compute.admin"]);
    assert_eq!(event.begets, [Begotten::Empowered("user:mallory@example.com".into())]);
    let refused = format!(r#"{delta},"status":{{"code":7,"message":"PERMISSION_DENIED"}}"#);
    let refused = read(&entry("SetIamPolicy", &refused, ""));
    assert_eq!((refused.begets.len(), refused.object_id.len()), (0, 3));
    assert_eq!(texts(&read(&entry("SetIamPolicy", r#","serviceData":"...""#, "")).object_id), [""; 0]);
}

#[test]
fn custom_types_and_templates_are_read() {
    let custom = REQUEST.replace("n1-standard-8", "custom-4-8192");
    assert_eq!(texts(&read(&entry("v1.compute.instances.insert", &custom, FIRST)).instance_type), ["custom-4-8192"]);
    let template = r#","request":{"sourceInstanceTemplate":"global/instanceTemplates/t"}"#;
    assert!(read(&entry("v1.compute.instances.insert", template, FIRST)).instance_type.is_empty());
}

#[test]
fn a_dry_run_is_one() {
    let checked = REQUEST.replace("\"name\"", "\"validateOnly\":true,\"name\"");
    assert_eq!(read(&entry("v1.compute.instances.insert", &checked, "")).outcome, Outcome::DryRun);
}

#[test]
fn what_starts_machines_later_says_how_many() {
    let group = r#","resourceName":"projects/p/zones/z/instanceGroupManagers/g","request":{"targetSize":"999","instanceTemplate":"x"}"#;
    let event = read(&entry("v1.compute.instanceGroupManagers.insert", group, FIRST));
    assert_eq!((event.action, event.object_category.as_deref()), (Some(Action::Created), Some("autoscaling_group")));
    assert_eq!((event.compute.max_count, event.count, texts(&event.object_id)), (Some(999), 0, vec!["g"]));
    let autoscaler = r#","request":{"target":"g","autoscalingPolicy":{"minNumReplicas":20,"maxNumReplicas":500}}"#;
    assert_eq!(read(&entry("v1.compute.autoscalers.patch", autoscaler, FIRST)).compute.max_count, Some(500));
    let template = read(&entry(
        "beta.compute.instanceTemplates.insert",
        &REQUEST.replace("\"name\":\"vm-1\"", "\"properties\":{\"machineType\":\"a2-highgpu-1g\"}"),
        "",
    ));
    assert!(texts(&template.instance_type).contains(&"a2-highgpu-1g") && !template.is_launch());
    let quota = r#","request":{"quotaPreference":{"quotaId":"GPUS-ALL-REGIONS-per-project","quotaConfig":{"preferredValue":"64"}}}"#;
    let quota = read(&entry("google.api.cloudquotas.v1.CloudQuotas.CreateQuotaPreference", quota, ""));
    assert_eq!((texts(&quota.object_id), quota.compute.max_count), (vec!["GPUS-ALL-REGIONS-per-project"], Some(64)));
}

#[test]
fn objects_are_named() {
    let ids = |method: &str, payload: &str| read(&entry(method, payload, "")).object_id;
    assert_eq!(texts(&ids("v1.compute.instances.stop", BARE)), ["777"]);
    let services = r#","request":{"serviceIds":["compute.googleapis.com","batch.googleapis.com"]}"#;
    let services = ids("google.api.serviceusage.v1.ServiceUsage.BatchEnableServices", services);
    assert_eq!(texts(&services), ["compute.googleapis.com", "batch.googleapis.com"]);
    let key = r#","response":{"name":"projects/p/serviceAccounts/a@p.iam.gserviceaccount.com/keys/0a1b"}"#;
    assert_eq!(texts(&ids("google.iam.admin.v1.CreateServiceAccountKey", key)), ["0a1b"]);
}

#[test]
fn drift_is_said() {
    let launch = |payload: &str| drifts(&entry("v1.compute.instances.insert", payload, FIRST));
    assert!(launch(REQUEST).is_empty());
    assert_eq!(launch(&format!(r#"{REQUEST},"status":{{"code":99}}"#)), ["Google Cloud status code `99`"]);
    assert_eq!(launch(r#","request":{"machineType":{"name":"x"}}"#), ["Google Cloud `machineType` that is no text"]);
    assert_eq!(launch(r#","request":{"disks":"..."}"#), ["Google Cloud `disks` that are no list `...`"]);
    let new = drifts(&entry("v1.compute.instances.insertFromBackup", BARE, FIRST));
    assert_eq!(new, ["Google Cloud operation `compute.instances.insertFromBackup`, which looks like a launch"]);
}

#[test]
fn a_launch_that_is_new_is_kept_where_launches_are_wanted() {
    let new = entry("v1.compute.instances.insertFromBackup", BARE, FIRST);
    let kept = |names: &[&str]| {
        let which = Which::commands(names.iter().copied());
        let wanted = Wanted { which, instances: false, until: None };
        crate::decode("file", new.as_bytes(), &wanted, &Caps::DEFAULT).records.kept
    };
    assert_eq!((kept(&["compute.instances.insert"]), kept(&["RunInstances"])), (1, 0));
}

#[test]
fn every_region_is_compared_in_its_normal_form() {
    let entries = [
        entry("v1.compute.instances.insert", REQUEST, FIRST),
        entry("x", "", "").replace("us-central1-a", "us-central1"),
    ]
    .join("\n");
    let kept = |region: &str| {
        let wanted = Wanted { which: Which::Region(region.into()), instances: false, until: None };
        crate::decode("file", entries.as_bytes(), &wanted, &Caps::DEFAULT).records.kept
    };
    assert_eq!((kept("us-central1"), kept("us-central1-a"), kept("us-east1")), (2, 0, 0));
}

#[test]
fn coverage_counts_what_events_say() {
    let entries = [
        entry("v1.compute.instances.insert", REQUEST, FIRST),
        entry("beta.compute.instances.insert", BARE, LAST).replace("us-central1-a", "us-central1-f"),
    ];
    let coverage = decode(&entries.join("\n")).coverage;
    let covered = coverage.product(VendorProduct::GoogleCloudAuditLogs).unwrap();
    assert_eq!(
        covered.commands().map(|(name, span)| (name, span.records)).collect::<Vec<_>>(),
        [("compute.instances.insert", 2)]
    );
    let places = covered.iter().map(|(account, region, span)| (account, region, span.records)).collect::<Vec<_>>();
    assert_eq!(places, [("my-project", "us-central1", 2)]);
}

#[test]
fn other_entries_are_no_audit_records() {
    for payload in [
        r#""textPayload":"x""#,
        r#""jsonPayload":{"a":1}"#,
        r#""protoPayload":{"@type":"type.googleapis.com/google.appengine.logging.v1.RequestLog"}"#,
    ] {
        let decoded = decode(&format!(
            r#"{{"insertId":"1","logName":"projects/p/logs/x",{payload},"timestamp":"2024-06-22T00:22:48Z"}}"#
        ));
        assert_eq!(decoded.rejects[0].reason, "Google Cloud log entry that is no audit log", "{payload}");
    }
}

#[test]
fn what_is_no_record_says_why() {
    let reason = |entry: String| decode(&entry).rejects[0].reason.clone();
    let whole = entry("x", "", "");
    assert_eq!(reason(whole.replace("\"x\"", "null")), "Google Cloud audit log entry without `methodName`");
    let zero = whole.replace("2024-06-22T00:22:48.298226Z", "0000-00-00T00:00:00.000Z");
    assert_eq!(read(&zero).time.to_string(), "2024-06-22T00:22:49.1Z");
    let never = zero.replace("2024-06-22T00:22:49.1Z", "0000-00-00T00:00:00Z");
    assert_eq!(reason(never), "impossible timestamp `0000-00-00T00:00:00.000Z`");
    let none = whole.replace("\"timestamp\"", "\"a\"").replace("\"receiveTimestamp\"", "\"b\"");
    assert_eq!(reason(none), "Google Cloud audit log entry without `timestamp`");
}

#[test]
fn an_entry_without_an_id_is_named_by_its_content() {
    let nameless = entry("x", "", "").replace("insertId", "no");
    assert!(read(&nameless).id.to_string().starts_with("content:"));
    assert_eq!(read(&nameless).id, read(&nameless).id);
}

#[test]
fn an_export_to_bigquery_is_read() {
    let text = serde_json::to_string(r#"{"machineType":"zones/z/machineTypes/n2-standard-4"}"#).unwrap();
    let row = entry(
        "v1.compute.instances.insert",
        &format!(r#","request":null,"requestJson":{text}"#),
        r#","operation":null"#,
    )
    .replace("protoPayload", "protopayload_auditlog");
    assert_eq!(texts(&read(&row).instance_type), ["n2-standard-4"]);
}

#[test]
fn placeholders_cost_only_themselves() {
    let edited = r#","requestMetadata":"...","resourceLocation":"...","request":{"machineType":"...","disks":"...","networkInterfaces":"..."}"#;
    let event = read(&entry("v1.compute.instances.insert", edited, ""));
    assert_eq!((texts(&event.instance_type), event.image_id.len()), (vec!["..."], 0));
    let template = entry("v1.compute.instances.insert", REQUEST, FIRST).replace("us-central1-a", "${zone}");
    assert_eq!(read(&template).vendor_region, None);
}
