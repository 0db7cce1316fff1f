//! Records in every spelling, and as others edit them.

use model::Begotten;
use serde_json::{Value, json};

use super::*;
use crate::{lenient::Object, tree::Tree};

const TIME: &str = "2026-03-02T10:15:30Z";
const SUBSCRIPTION: &str = "00000000-0000-4000-8000-0000000000aa";
const GROUP: &str = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/Web";
const VM: &str = "Microsoft.Compute/virtualMachines/write";
const SCALE_SET: &str = "Microsoft.Compute/virtualMachineScaleSets/write";

fn read(record: &Value) -> Event {
    read_with_unknowns(record).0
}

fn read_with_unknowns(record: &Value) -> (Event, Vec<String>) {
    read_text(&record.to_string())
}

fn read_text(record: &str) -> (Event, Vec<String>) {
    event(Tree::default().read(record.as_bytes()).unwrap(), TIME.parse().unwrap(), true)
}

fn machine_id() -> String {
    format!("{GROUP}/providers/Microsoft.Compute/virtualMachines/web-1")
}

/// The body of a machine, as it is answered.
fn machine(state: &str, created: Option<&str>) -> Value {
    let mut body = json!({
        "name": "web-1", "id": machine_id(), "location": "westeurope", "zones": ["2"], "tags": {"Env": "prod"},
        "properties": {
            "hardwareProfile": {"vmSize": "Standard_NC6s_v3"}, "provisioningState": state, "priority": "Spot",
            "storageProfile": {"imageReference": {"publisher": "Canonical", "offer": "UbuntuServer", "sku": "18.04-LTS",
                "version": "latest", "exactVersion": "18.04.202401"}}
        }
    });
    if let Some(created) = created {
        body["properties"]["timeCreated"] = json!(created);
    }
    body
}

fn claims() -> Value {
    json!({
        "http://schemas.microsoft.com/identity/claims/objectidentifier": "00000000-0000-4000-8000-000000000001",
        "http://schemas.microsoft.com/identity/claims/tenantid": "00000000-0000-4000-8000-0000000000ff",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com",
        "http://schemas.microsoft.com/identity/claims/scope": "user_impersonation",
        "appid": "00000000-0000-4000-8000-00000000c11e", "uti": "token-1"
    })
}

/// As the REST interface writes it.
fn rest(operation: &str, resource: &str, status: &str, sub_status: &str, properties: Value) -> Value {
    let mut record = json!({
        "caller": "alice@example.com", "claims": claims(), "correlationId": "c-1", "eventDataId": format!("id-{status}"),
        "eventName": {"value": "EndRequest", "localizedValue": "End request"},
        "category": {"value": "Administrative", "localizedValue": "Administrative"},
        "httpRequest": {"clientIpAddress": "203.0.113.7", "method": "PUT"},
        "resourceId": resource, "subscriptionId": SUBSCRIPTION, "tenantId": "00000000-0000-4000-8000-0000000000ff",
        "operationName": {"value": operation, "localizedValue": "Create or Update"}, "status": {"value": status, "localizedValue": status}, "subStatus": {"value": sub_status, "localizedValue": ""},
        "eventTimestamp": TIME
    });
    record["properties"] = properties;
    record
}

/// A launch of which this answer is known.
fn answered(status: &str, sub_status: &str, body: &Value) -> Event {
    read(&rest(VM, &machine_id(), status, sub_status, json!({"responseBody": body.to_string()})))
}

fn failed(message: &Value) -> Event {
    read(&rest(VM, &machine_id(), "Failed", "Conflict", json!({"statusMessage": message.to_string()})))
}

fn texts(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(|text| &**text).collect()
}

fn written(event: &Event, field: Field) -> Option<&str> {
    event.as_written.iter().find(|(of, _)| *of == field).map(|(_, text)| &**text)
}

/// The same launch in every spelling there is.
fn spellings() -> Vec<(&'static str, Value)> {
    let body = machine("Creating", Some("2026-03-02T10:15:28.1234567Z")).to_string();
    let record = rest(VM, &machine_id(), "Accepted", "Created", json!({"statusCode": "Created", "responseBody": body}));
    let sdk = json!({
        "caller": "alice@example.com", "claims": claims(), "correlation_id": "c-1", "event_data_id": "id-Accepted",
        "event_name": {"value": "EndRequest", "localized_value": "End request"},
        "http_request": {"client_ip_address": "203.0.113.7"}, "resource_id": machine_id(), "subscription_id": SUBSCRIPTION,
        "operation_name": {"value": VM, "localized_value": "Create or Update"}, "properties": {"responseBody": body},
        "status": {"value": "Accepted"}, "sub_status": {"value": "Created"}, "event_timestamp": TIME
    });
    let powershell = json!({
        "Caller": "alice@example.com", "Claims": {"Content": claims()}, "CorrelationId": "c-1", "EventDataId": "id-Accepted",
        "EventName": {"Value": "EndRequest"}, "HttpRequest": {"ClientIpAddress": "203.0.113.7"},
        "ResourceId": machine_id(), "SubscriptionId": SUBSCRIPTION, "OperationName": {"Value": VM},
        "Properties": {"Content": {"responseBody": body}}, "Status": {"Value": "Accepted"},
        "SubStatus": {"Value": "Created"}, "EventTimestamp": TIME
    });
    let hub = json!({
        "time": TIME, "resourceId": machine_id(), "operationName": VM, "category": "Administrative",
        "resultType": "Accept", "resultSignature": "Created", "callerIpAddress": "203.0.113.7", "correlationId": "c-1",
        "eventDataId": "id-Accepted",
        "identity": {"authorization": {"action": VM}, "claims": claims()}, "properties": {"responseBody": body}
    });
    let row = json!({
        "TenantId": "00000000-0000-4000-8000-00000000beef", "Type": "AzureActivity", "TimeGenerated": TIME,
        "OperationName": "Create or Update Virtual Machine", "OperationNameValue": VM, "ActivityStatusValue": "Accept",
        "ActivitySubstatusValue": "Created", "Caller": "alice@example.com", "CallerIpAddress": "203.0.113.7",
        "Claims": claims().to_string(), "Claims_d": claims(), "CorrelationId": "c-1", "EventDataId": "id-Accepted",
        "ResourceId": "", "_ResourceId": machine_id(), "SubscriptionId": SUBSCRIPTION, "CategoryValue": "Administrative",
        "Properties": json!({"responseBody": body}).to_string(), "HTTPRequest": "{\"clientIpAddress\":\"203.0.113.7\"}"
    });
    let mut texts = record.clone();
    for part in ["claims", "properties", "httpRequest"] {
        texts[part] = json!(record[part].to_string());
    }
    let all = [("REST", record), ("SDK", sdk), ("PowerShell", powershell), ("Event Hub", hub), ("row", row)];
    all.into_iter().chain([("texts", texts)]).collect()
}

#[test]
fn a_launch_is_the_same_in_every_spelling() {
    let expected = read(&spellings()[0].1);
    for (name, record) in spellings() {
        let (event, unknowns) = read_with_unknowns(&record);
        assert_eq!(event, expected, "{name}");
        assert!(
            unknowns.is_empty() && Header::of(Object::of(record.to_string().as_bytes()).members()).is_some(),
            "{name}: {unknowns:?}"
        );
    }
}

#[test]
fn a_launch_is_told_by_its_answer() {
    let event = read(&spellings()[0].1);
    assert!(event.is_launch());
    assert_eq!((event.outcome, event.count), (Outcome::Pending, 1));
    assert_eq!(event.id.to_string(), "id-Accepted");
    assert_eq!(&*event.command, VM);
    assert_eq!(event.vendor_account.as_deref(), Some(SUBSCRIPTION));
    assert_eq!(event.vendor_region.as_deref(), Some("westeurope"));
    assert_eq!(texts(&event.object_id), [machine_id().to_lowercase()]);
    assert_eq!(texts(&event.instance_type), ["Standard_NC6s_v3"]);
    assert_eq!(texts(&event.image_id), ["canonical:ubuntuserver:18.04-lts:latest"]);
    assert_eq!(written(&event, Field::ImageId), Some("Canonical:UbuntuServer:18.04-LTS:18.04.202401"));
    assert_eq!(written(&event, Field::ObjectId), Some(&*machine_id()));
    assert_eq!(written(&event, Field::Action), Some("Created"));
    assert!(event.compute.spot);
    assert_eq!(event.src.as_deref(), Some("203.0.113.7"));
    assert_eq!(&*event.user.id, "azure:00000000-0000-4000-8000-0000000000ff:00000000-0000-4000-8000-000000000001");
    let operation = event.operation.unwrap();
    assert_eq!(&*operation.id, format!("c-1|{VM}|{}", machine_id()).to_lowercase());
    assert_eq!(operation.stage, Stage::Accepted);
}

#[test]
fn the_details_of_a_machine_are_read_once_it_runs() {
    let event = answered("Succeeded", "OK", &machine("Succeeded", Some("2026-03-02T10:14:00Z")));
    let instance = &event.instances[0];
    assert_eq!(instance.instance_id, event.object_id[0]);
    assert_eq!(instance.availability_zone.as_deref(), Some("2"));
    assert_eq!(texts(&instance.tags), ["Env=prod"]);
    assert_eq!(instance.launch_time.map(|time| time.to_string()).as_deref(), Some("2026-03-02T10:14:00Z"));
}

#[test]
fn the_records_of_one_request_belong_together() {
    let of = |status: &str, sub_status: &str| read(&rest(VM, &machine_id(), status, sub_status, json!({})));
    let check = |event: Event, outcome: Outcome, stage: Stage, action: Option<&str>| {
        assert!(event.is_launch());
        assert_eq!((event.outcome, event.count, written(&event, Field::Action)), (outcome, 1, action));
        let operation = event.operation.unwrap();
        assert_eq!(operation.stage, stage);
        operation.id
    };
    let first = check(of("Started", ""), Outcome::Pending, Stage::Started, None);
    let second = check(of("Accepted", "Created"), Outcome::Pending, Stage::Accepted, Some("Created"));
    let third = check(of("Succeeded", "OK"), Outcome::Ok, Stage::Finished, None);
    let failed = check(of("Failed", "Conflict"), Outcome::Other, Stage::Finished, None);
    assert!([second, third, failed].iter().all(|id| *id == first));
    let elsewhere = read(&rest(VM, &format!("{}-2", machine_id()), "Started", "", json!({})));
    assert_ne!(elsewhere.operation.unwrap().id, first);
    let mut alone = rest(VM, &machine_id(), "Succeeded", "", json!({}));
    alone["correlationId"] = Value::Null;
    assert_eq!(read(&alone).operation, None);
}

/// What is shown is the word by which it was told; none is presumed.
#[test]
fn creating_is_told_from_changing() {
    let check = |event: Event, action: Action, word: Option<&str>| {
        assert_eq!((event.action, written(&event, Field::Action)), (Some(action), word));
        assert_eq!(event.count, u32::from(action == Action::Created));
    };
    let (just_now, long_ago) = (Some("2026-03-02T10:13:30.5Z"), Some("2025-11-02T08:00:00+00:00"));
    let accepted = |sub_status: &str, state: &str, created| answered("Accepted", sub_status, &machine(state, created));
    check(accepted("Created", "Updating", long_ago), Action::Created, Some("Created"));
    check(accepted("", "Creating", None), Action::Created, Some("Creating"));
    check(accepted("OK", "Updating", just_now), Action::Created, just_now);
    check(accepted("OK", "Updating", long_ago), Action::Modified, long_ago);
    check(accepted("", "Succeeded", long_ago), Action::Modified, long_ago);
    check(accepted("", "Updating", None), Action::Modified, Some("Updating"));
    check(
        accepted("OK (HTTP Status Code: 200)", "Succeeded", None),
        Action::Modified,
        Some("OK (HTTP Status Code: 200)"),
    );
    check(accepted("", "Succeeded", None), Action::Created, None);
    check(accepted("Accepted (HTTP Status Code: 202)", "", None), Action::Created, None);
    check(answered("Succeeded", "OK", &machine("Succeeded", None)), Action::Created, None);
    let hub = |signature: &str| json!({"time": TIME, "operationName": VM.to_uppercase(), "resourceId": machine_id().to_uppercase(), "resultType": "Success", "resultSignature": signature, "category": "Administrative"});
    check(read(&hub("Succeeded.Created")), Action::Created, Some("Succeeded.Created"));
    check(read(&hub("Succeeded.")), Action::Created, None);
    let body = |code: &str| read(&rest(VM, &machine_id(), "Accepted", "", json!({"statusCode": code})));
    check(body("Created"), Action::Created, Some("Created"));
    check(body("201"), Action::Created, Some("201"));
    check(body("OK"), Action::Modified, Some("OK"));
}

#[test]
fn a_record_in_capitals_is_the_same_request() {
    let record = json!({"time": TIME, "operationName": VM.to_uppercase(), "resourceId": machine_id().to_uppercase(),
        "resultType": "Start", "resultSignature": "Started.", "correlationId": "C-1", "category": "Administrative", "location": "West Europe"});
    let event = read(&record);
    assert_eq!((&*event.command, written(&event, Field::Command)), (VM, Some(&*VM.to_uppercase())));
    assert_eq!(
        (event.vendor_region.as_deref(), written(&event, Field::VendorRegion)),
        (Some("westeurope"), Some("West Europe"))
    );
    assert_eq!(event.vendor_account.as_deref(), Some(SUBSCRIPTION));
    assert_eq!(event.operation, read(&rest(VM, &machine_id(), "Started", "", json!({}))).operation);
    let escaped = record.to_string().replace('/', r"\/");
    assert_eq!(Event { id: event.id.clone(), ..read_text(&escaped).0 }, event);
}

#[test]
fn a_scale_set_launches_as_many_as_its_capacity() {
    let id = format!("{GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/miners");
    let body = |state: &str| {
        json!({"location": "East US", "sku": {"name": "Standard_NC64as_T4_v3", "capacity": 40}, "properties": {
        "provisioningState": state, "virtualMachineProfile": {"priority": "Low", "storageProfile": {"imageReference": {
            "id": "/subscriptions/S/resourceGroups/R/providers/Microsoft.Compute/galleries/G/images/I/versions/1.0.0"}}}}})
    };
    let of = |key: &str, body: Value| read(&rest(SCALE_SET, &id, "Accepted", "", json!({key: body.to_string()})));
    let event = of("responseBody", body("Creating"));
    assert!(event.is_launch() && event.compute.spot && event.instances.is_empty());
    assert_eq!((event.count, event.compute.max_count), (40, Some(40)));
    assert_eq!(texts(&event.instance_type), ["Standard_NC64as_T4_v3"]);
    assert_eq!(
        texts(&event.image_id),
        ["/subscriptions/s/resourcegroups/r/providers/microsoft.compute/galleries/g/images/i/versions/1.0.0"]
    );
    assert_eq!(event.vendor_region.as_deref(), Some("eastus"));
    let asked = of("requestbody", body(""));
    assert_eq!((asked.count, &asked.image_id, &asked.instance_type), (40, &event.image_id, &event.instance_type));
    let scaled = of("responseBody", body("Updating"));
    assert_eq!((scaled.action, scaled.count, scaled.compute.max_count), (Some(Action::Modified), 0, Some(40)));
    let flexible =
        of("responseBody", json!({"properties": {"orchestrationMode": "Flexible", "provisioningState": "Creating"}}));
    assert_eq!((flexible.count, flexible.compute.max_count), (0, None));
    assert_eq!(read(&rest(SCALE_SET, &id, "Started", "", json!({}))).count, 1);
}

#[test]
fn a_machine_of_a_set_names_the_set() {
    let set = format!("{GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/miners");
    let member = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/write";
    let event = read(&rest(member, &format!("{set}/virtualMachines/7"), "Started", "", json!({})));
    assert!(event.is_launch());
    assert_eq!((event.count, event.compute.parent.as_deref()), (1, Some(&*set.to_lowercase())));
    let mut body = machine("Creating", None);
    body["properties"]["virtualMachineScaleSet"] = json!({"id": set});
    assert_eq!(answered("Accepted", "", &body).compute.parent.as_deref(), Some(&*set.to_lowercase()));
}

/// The thief may write any name on his machine.
#[test]
fn only_kubernetes_itself_makes_machines_of_a_cluster() {
    let id = "/subscriptions/s/resourceGroups/MC_rg_shop_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-1";
    let tags = json!({"tags": {"aks-managed-cluster-name": "shop", "aks-managed-cluster-rg": "RG"}, "sku": {"name": "Standard_D2s_v3", "capacity": 3}});
    let by = |app: &str, body: &Value| {
        let mut record = rest(SCALE_SET, id, "Accepted", "Created", json!({"responseBody": body.to_string()}));
        record["claims"] = json!({"oid": "o", "tid": "t", "idtyp": "app", "appid": app});
        read(&record)
    };
    let aks = by("7319C514-987d-4e9b-ac3d-d38c4f427f4c", &tags);
    assert_eq!(aks.user.invoked_by.as_deref(), Some("Azure Kubernetes Service"));
    assert!(aks.user.service_linked);
    let cluster = "/subscriptions/s/resourcegroups/rg/providers/microsoft.containerservice/managedclusters/shop";
    assert_eq!(aks.compute.parent.as_deref(), Some(cluster));
    let untagged = by("7319c514-987d-4e9b-ac3d-d38c4f427f4c", &json!({}));
    assert_eq!(untagged.compute.parent.as_deref(), Some("/subscriptions/s/resourcegroups/mc_rg_shop_westeurope"));
    let mut of_pool = tags.clone();
    of_pool["tags"]["aks-managed-poolName"] = json!("GPU");
    let of_pool = by("7319c514-987d-4e9b-ac3d-d38c4f427f4c", &of_pool);
    assert_eq!(of_pool.compute.parent.as_deref(), Some(&*format!("{cluster}/agentpools/gpu")));
    let thief = by("00000000-0000-4000-8000-00000000c11e", &tags);
    assert_eq!((&thief.compute.parent, &thief.user.invoked_by, thief.user.service_linked), (&None, &None, false));
}

#[test]
fn a_failure_is_told_by_its_code() {
    let check = |message: Value, outcome: Outcome, code: &str| {
        let event = failed(&message);
        assert!(event.is_launch() && event.object_id.is_empty() && written(&event, Field::ObjectId).is_none());
        assert_eq!((event.outcome, event.result_id.as_deref(), event.count), (outcome, Some(code), 1), "{message}");
        event.result
    };
    let error = |code: &str, message: &str| json!({"error": {"code": code, "message": message}});
    let message = check(error("AuthorizationFailed", "no right"), Outcome::Denied, "AuthorizationFailed");
    assert_eq!(message.as_deref(), Some("no right"));
    check(error("RequestDisallowedByPolicy", ""), Outcome::Denied, "RequestDisallowedByPolicy");
    check(error("QuotaExceeded", ""), Outcome::Quota, "QuotaExceeded");
    check(
        error("OperationNotAllowed", "exceeding approved Total Regional Cores quota"),
        Outcome::Quota,
        "OperationNotAllowed",
    );
    check(error("SkuNotAvailable", ""), Outcome::Capacity, "SkuNotAvailable");
    check(error("ZonalAllocationFailed", ""), Outcome::Capacity, "ZonalAllocationFailed");
    check(error("InvalidParameter", "no such size"), Outcome::Other, "InvalidParameter");
    check(json!({"code": "Conflict", "message": "busy"}), Outcome::Other, "Conflict");
    let nested = json!({"status": "Failed", "error": {"code": "ResourceOperationFailure", "message": "it failed",
        "details": [{"code": "AllocationFailed", "message": "no room"}]}});
    assert_eq!(check(nested, Outcome::Capacity, "AllocationFailed").as_deref(), Some("no room"));
    let inner = error("QuotaExceeded", "no more").to_string();
    check(json!({"error": {"code": "Conflict", "message": inner}}), Outcome::Quota, "QuotaExceeded");
    let bare = |status: &str, sub_status: &str| read(&rest(VM, &machine_id(), status, sub_status, json!({})));
    let forbidden = bare("Failed", "Forbidden (HTTP Status Code: 403)");
    assert_eq!((forbidden.outcome, forbidden.result_id.as_deref()), (Outcome::Denied, Some("Forbidden")));
    let hub =
        json!({"time": TIME, "operationName": VM, "resultType": "Failure", "resultSignature": "Failed.Forbidden"});
    assert_eq!((read(&hub).outcome, read(&hub).result_id.as_deref()), (Outcome::Denied, Some("Forbidden")));
    let canceled = bare("Canceled", "");
    assert_eq!((canceled.outcome, canceled.result_id.as_deref()), (Outcome::Other, Some("Canceled")));
}

#[test]
fn a_policy_that_looked_at_a_machine_is_no_launch() {
    let mut record =
        rest("Microsoft.Authorization/policies/auditIfNotExists/action", &machine_id(), "Succeeded", "", json!({}));
    record["authorization"] = json!({"action": VM, "scope": machine_id()});
    record["category"] = json!({"value": "Policy"});
    let event = read(&record);
    assert_eq!((event.is_launch(), event.action, event.object_category, event.count), (false, None, None, 0));
}

/// The answer to a request that made something new.
fn made(operation: &str, path: &str, body: &Value) -> Event {
    let resource = format!("{GROUP}/providers/{path}");
    read(&rest(operation, &resource, "Succeeded", "Created", json!({"responseBody": body.to_string()})))
}

#[test]
fn what_else_makes_machines_says_how_many() {
    let pool = made(
        "Microsoft.ContainerService/managedClusters/agentPools/write",
        "Microsoft.ContainerService/managedClusters/shop/agentPools/gpu",
        &json!({"properties": {"vmSize": "Standard_NC6s_v3", "count": 3, "maxCount": 40, "scaleSetPriority": "Spot", "nodeImageVersion": "AKSUbuntu-2204"}}),
    );
    assert_eq!(
        (pool.object_category.as_deref(), pool.compute.max_count, pool.compute.spot, pool.count),
        (Some("node_pool"), Some(40), true, 0)
    );
    assert!(pool.compute.parent.as_ref().unwrap().ends_with("/managedclusters/shop"));
    let cluster = made(
        "Microsoft.ContainerService/managedClusters/write",
        "Microsoft.ContainerService/managedClusters/shop",
        &json!({"properties": {"agentPoolProfiles": [{"vmSize": "A", "count": 3}, {"vmSize": "B", "count": 4}, {"vmSize": "A"}]}}),
    );
    assert_eq!((texts(&cluster.instance_type), cluster.compute.max_count), (vec!["A", "B"], Some(7)));
    let batch = made(
        "Microsoft.Batch/batchAccounts/pools/write",
        "Microsoft.Batch/batchAccounts/b/pools/p",
        &json!({"properties": {"vmSize": "STANDARD_F72s_v2", "scaleSettings": {"fixedScale": {"targetDedicatedNodes": 1, "targetLowPriorityNodes": 99}},
            "deploymentConfiguration": {"virtualMachineConfiguration": {"imageReference": {"publisher": "a", "offer": "b", "sku": "c", "version": "1"}}}}}),
    );
    assert_eq!(
        (batch.compute.max_count, batch.compute.spot, texts(&batch.image_id)),
        (Some(100), true, vec!["a:b:c:1"])
    );
    let containers = made(
        "Microsoft.ContainerInstance/containerGroups/write",
        "Microsoft.ContainerInstance/containerGroups/g",
        &json!({"properties": {"containers": [{"name": "x", "properties": {"image": "example/xmrig", "resources": {"requests": {"cpu": 3.5, "gpu": {"count": 2, "sku": "V100"}}}}}]}}),
    );
    assert_eq!((texts(&containers.image_id), containers.compute.vcpu), (vec!["example/xmrig"], Some(4)));
    assert_eq!((&*containers.compute.accelerators[0].name, containers.compute.accelerators[0].count), ("V100", 2));
    let app = made(
        "Microsoft.App/containerApps/write",
        "Microsoft.App/containerApps/a",
        &json!({"properties": {"template": {"containers": [{"image": "example/a", "resources": {"cpu": 0.5}}], "scale": {"maxReplicas": 30}}}}),
    );
    assert_eq!((app.compute.vcpu, app.compute.max_count), (Some(1), Some(30)));
}

#[test]
fn what_may_make_machines_later_says_how_many() {
    let learning = made(
        "Microsoft.MachineLearningServices/workspaces/computes/write",
        "Microsoft.MachineLearningServices/workspaces/w/computes/c",
        &json!({"properties": {"computeType": "AmlCompute", "properties": {"vmSize": "STANDARD_ND40RS_V2", "vmPriority": "LowPriority", "scaleSettings": {"maxNodeCount": 20}}}}),
    );
    assert_eq!((learning.compute.max_count, learning.compute.spot), (Some(20), true));
    let hadoop = made(
        "Microsoft.HDInsight/clusters/write",
        "Microsoft.HDInsight/clusters/h",
        &json!({"properties": {"computeProfile": {"roles": [{"targetInstanceCount": 2, "hardwareProfile": {"vmSize": "D"}}, {"targetInstanceCount": 50, "hardwareProfile": {"vmSize": "E"}}]}}}),
    );
    assert_eq!((texts(&hadoop.instance_type), hadoop.compute.max_count), (vec!["D", "E"], Some(52)));
    let quota = made(
        "Microsoft.Quota/quotas/write",
        "Microsoft.Compute/locations/EastUS/providers/Microsoft.Quota/quotas/standardNCADSA100v4Family",
        &json!({"properties": {"limit": {"limitObjectType": "LimitValue", "value": 960}, "name": {"value": "standardNCADSA100v4Family"}}}),
    );
    assert_eq!((quota.compute.vcpu, texts(&quota.instance_type)), (Some(960), vec!["standardNCADSA100v4Family"]));
    assert_eq!((quota.vendor_region.as_deref(), quota.action), (Some("eastus"), Some(Action::Modified)));
    assert_eq!(quota.object_id.last().map(|id| &**id), Some("standardncadsa100v4family"));
    let driver = made(
        "Microsoft.Compute/virtualMachines/extensions/write",
        "Microsoft.Compute/virtualMachines/web-1/extensions/gpu",
        &json!({"properties": {"publisher": "Microsoft.HpcCompute", "type": "NvidiaGpuDriverLinux"}}),
    );
    assert_eq!(texts(&driver.image_id), ["Microsoft.HpcCompute:NvidiaGpuDriverLinux"]);
    assert_eq!(driver.compute.parent.as_deref(), Some(&*machine_id().to_lowercase()));
}

#[test]
fn what_is_not_known_is_said() {
    let of = |operation: &str, status: &str, properties: Value| {
        read_with_unknowns(&rest(operation, &machine_id(), status, "", properties))
    };
    let (event, unknowns) = of(VM, "Canceling\u{1b}", json!({}));
    assert_eq!((event.outcome, unknowns), (Outcome::Pending, vec!["Azure status `Canceling\\u{1b}`".to_owned()]));
    let (event, unknowns) = of("Microsoft.Compute/virtualMachineGroups/write", "Succeeded", json!({}));
    assert_eq!(
        (event.action, unknowns),
        (None, vec!["Azure operation `Microsoft.Compute/virtualMachineGroups/write`".to_owned()])
    );
    let torn = r#"{"location":"westeurope","properties":{"hardwareProfile":{"vm"#;
    let (event, unknowns) = of(VM, "Accepted", json!({"responseBody": torn}));
    assert_eq!(event.vendor_region.as_deref(), Some("westeurope"));
    assert_eq!(unknowns, ["Azure `responseBody` that is not JSON"]);
    assert!(of("Microsoft.Storage/storageAccounts/write", "Accepted", json!({"responseBody": torn})).1.is_empty());
}

#[test]
fn fields_of_an_unexpected_shape_are_absent() {
    let record = json!({"operationName": {"value": VM}, "eventTimestamp": TIME, "claims": [1], "properties": 7, "identity": "x",
        "resourceId": {}, "status": [], "subStatus": {"value": 7}, "httpRequest": null, "caller": "", "location": {"a": 1}});
    let event = read(&record);
    assert!(event.is_launch() && event.object_id.is_empty() && !event.user.attributed);
    assert_eq!((event.vendor_account, event.vendor_region, event.src, event.operation), (None, None, None, None));
    assert_eq!((event.outcome, event.count, &*event.user.id), (Outcome::Pending, 1, "azure::unknown"));
}

#[test]
fn a_record_is_named_by_its_path_or_its_content() {
    let named = json!({"id": format!("{}/events/37bf930a-fbb8-4c8c-9cc7-057cc1805c04/ticks/636923208048336028", machine_id()),
        "operationName": {"value": VM}, "caller": "alice@example.com"});
    assert_eq!(read(&named).id.to_string(), "37bf930a-fbb8-4c8c-9cc7-057cc1805c04");
    assert_eq!(read(&named).vendor_account.as_deref(), Some(SUBSCRIPTION));
    let nameless = json!({"operationName": VM, "time": TIME, "id": "7"});
    assert!(read(&nameless).id.to_string().starts_with("content:"));
}

#[test]
fn other_logs_are_told_from_this_one() {
    let is = |record: &Value| Header::of(Object::of(record.to_string().as_bytes()).members()).is_some();
    let command = |record: &Value| {
        Header::of(Object::of(record.to_string().as_bytes()).members()).unwrap().command().map(<[u8]>::to_vec)
    };
    assert!(!is(&json!({"eventName": "RunInstances", "eventTime": TIME})));
    assert!(!is(&json!({"operationName": VM})) && !is(&json!({"category": "Administrative", "operationName": {}})));
    assert!(!is(&json!({"operationName": VM, "id": "7"})));
    let sign_in = json!({"time": TIME, "category": "SignInLogs", "operationName": "Sign-in activity"});
    assert!(is(&sign_in));
    assert_eq!(command(&sign_in).unwrap_err(), "Azure log of category `SignInLogs`, not a record of the Activity Log");
    assert!(
        command(&json!({"category": {"value": "ADMINISTRATIVE"}, "operationName": "Microsoft.Management"})).is_ok()
    );
    assert!(command(&json!({"category": "NewName", "operationName": VM})).is_ok());
}

#[test]
fn no_text_is_long() {
    let event = read(&rest(VM, &"x".repeat(100_000), "Started", "", json!({})));
    assert_eq!((event.object_id[0].len(), event.operation.unwrap().id.len()), (4096, 4096));
}

fn tenant_of(event: &Event) -> &str {
    event.user.id.rsplit_once(':').unwrap().0
}

#[test]
fn a_role_is_given_to_whoever_the_body_names() {
    const ASSIGNMENT: &str = "Microsoft.Authorization/roleAssignments/write";
    const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    let id = format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/1b2c");
    let assigned = |role: &str, kind: &str, status: &str| {
        let role = format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}");
        let asked = json!({"Id": "1b2c", "Properties": {"PrincipalId": "ABC-1", "PrincipalType": kind, "RoleDefinitionId": role, "Scope": "/"}});
        let answered =
            json!({"properties": {"principalId": "abc-1", "principalType": kind, "roleDefinitionId": role}, "id": id});
        let of = |part: &str, body: &Value| read(&rest(ASSIGNMENT, &id, status, "", json!({part: body.to_string()})));
        let [asked, answered] = [of("requestbody", &asked), of("responseBody", &answered)];
        assert_eq!((&asked.begets, &asked.object_id), (&answered.begets, &answered.object_id), "{kind}");
        answered
    };
    for status in ["Started", "Succeeded"] {
        let event = assigned(&OWNER.to_uppercase(), "ServicePrincipal", status);
        assert_eq!(event.begets, [Begotten::Empowered(format!("{}:abc-1", tenant_of(&event)).into())]);
        assert_eq!(texts(&event.object_id), [&*id.to_lowercase(), OWNER]);
    }
    assert!(assigned(OWNER, "Group", "Succeeded").begets.is_empty(), "a group never acts");
    assert!(assigned("acdd72a7-3385-48ef-bd42-f606fba81ae7", "User", "Succeeded").begets.is_empty(), "Reader");
    let bare = read(&rest(ASSIGNMENT, &id, "Succeeded", "", json!({})));
    assert_eq!((bare.begets.len(), bare.object_id.len()), (0, 1));
    let mut nobody =
        rest(ASSIGNMENT, &id, "Succeeded", "", json!({"requestbody": {"properties": {"principalId": "x"}}}));
    (nobody["claims"], nobody["caller"]) = (Value::Null, Value::Null);
    assert!(read(&nobody).begets.is_empty(), "of which directory, nobody says");
}

#[test]
fn a_managed_identity_that_is_made_acts_under_its_object_id() {
    let id = format!("{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Miner");
    let body = json!({"properties": {"tenantId": "t", "principalId": "F00-1", "clientId": "c"}}).to_string();
    let write = "Microsoft.ManagedIdentity/userAssignedIdentities/write";
    let made = read(&rest(write, &id, "Succeeded", "Created", json!({"responseBody": &body})));
    assert_eq!((made.action, made.object_category.as_deref()), (Some(Action::Created), Some("managed_identity")));
    assert_eq!(made.begets, [Begotten::Principal(format!("{}:f00-1", tenant_of(&made)).into())]);
    let of = |sub_status: &str| {
        let status = if sub_status.is_empty() { "Succeeded" } else { "Accepted" };
        read(&rest(write, &id, status, sub_status, json!({"responseBody": body}))).begets
    };
    assert_eq!(of(""), [Begotten::Empowered(format!("{}:f00-1", tenant_of(&made)).into())], "new or not");
    assert!(of("OK").is_empty(), "only changed");
    let door = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write";
    let id = format!("{id}/federatedIdentityCredentials/github");
    let door = read(&rest(door, &id, "Succeeded", "Created", json!({"responseBody": "{}"})));
    assert_eq!((door.object_category.as_deref(), door.begets.len()), (Some("federated_credential"), 0));
}

#[test]
fn a_cluster_names_where_its_nodes_will_be() {
    let id = format!("{GROUP}/providers/Microsoft.ContainerService/managedClusters/Shop");
    let body = json!({"location": "westeurope", "properties": {"nodeResourceGroup": "MC_Web_Shop_westeurope",
        "agentPoolProfiles": [{"name": "system", "count": 1, "vmSize": "Standard_D2s_v3"}, {"name": "GPU", "count": 9}]}});
    let write = "Microsoft.ContainerService/managedClusters/write";
    let made = read(&rest(write, &id, "Accepted", "Created", json!({"responseBody": body.to_string()})));
    let cluster = id.to_lowercase();
    let group = format!("/subscriptions/{SUBSCRIPTION}/resourcegroups/mc_web_shop_westeurope");
    let pools = ["system", "gpu"].map(|pool| format!("{cluster}/agentpools/{pool}"));
    assert_eq!(texts(&made.object_id), [&*cluster, &*group, &*pools[0], &*pools[1]]);
    assert_eq!(texts(&read(&rest(write, &id, "Started", "", json!({}))).object_id), [&*cluster]);
}
