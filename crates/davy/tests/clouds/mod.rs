//! Records of Google Cloud and Azure, written by hand: who gives rights to whom, and who launches.

#![allow(dead_code, unreachable_pub, reason = "every test file uses the part that it needs")]

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

const PROJECT: &str = "acme-shop";
pub const SUBSCRIPTION: &str = "11111111-2222-3333-4444-555555555555";
pub const TENANT: &str = "0d1e2f30-aaaa-4bbb-8ccc-9ddddeeeefff";

pub fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Somebody in Google Cloud: a mail, with what else the record says of how he came in.
#[derive(Debug, Clone)]
pub struct Caller {
    mail: String,
    key: Option<&'static str>,
    borrower: Option<&'static str>,
    agent: &'static str,
}

pub fn person(name: &str) -> Caller {
    Caller { mail: format!("{name}@example.com"), key: None, borrower: None, agent: "gcloud/509.0.0" }
}

pub fn account(name: &str) -> Caller {
    Caller { mail: mail(name), ..person("") }
}

/// The agent of Google that makes the nodes of clusters.
pub fn nodes() -> Caller {
    let mail = "123456789012@cloudservices.gserviceaccount.com".to_owned();
    Caller { mail, agent: "GCE Managed Instance Group for GKE", ..person("") }
}

/// The agent of Google that makes the machines of groups.
pub fn groups() -> Caller {
    Caller { agent: "GCE Managed Instance Group", ..nodes() }
}

pub fn mail(name: &str) -> String {
    format!("{name}@{PROJECT}.iam.gserviceaccount.com")
}

impl Caller {
    pub fn named(self, mail: &str) -> Self {
        Self { mail: mail.to_owned(), ..self }
    }

    pub fn with_key(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }

    pub fn lent_to(self, borrower: &'static str) -> Self {
        Self { borrower: Some(borrower), ..self }
    }

    fn authentication(&self) -> Value {
        let mut authentication = json!({ "principalEmail": self.mail });
        if let Some(key) = self.key {
            let path = format!("//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/{}/keys/{key}", self.mail);
            authentication["serviceAccountKeyName"] = path.into();
        }
        if let Some(borrower) = self.borrower {
            authentication["serviceAccountDelegationInfo"] =
                json!([{ "firstPartyPrincipal": { "principalEmail": borrower } }]);
        }
        authentication
    }

    /// An entry; `payload` and `labels` are added to what all have.
    fn entry(&self, at: Timestamp, method: &str, resource: &str, payload: Value, labels: Value) -> Value {
        let mut entry = json!({
            "protoPayload": {
                "@type": "type.googleapis.com/google.cloud.audit.AuditLog", "status": {},
                "authenticationInfo": self.authentication(),
                "requestMetadata": { "callerIp": "203.0.113.9", "callerSuppliedUserAgent": self.agent },
                "methodName": method, "resourceName": resource,
            },
            "insertId": format!("{}-{method}-{resource}", at.as_second()),
            "resource": { "type": "audited_resource", "labels": { "project_id": PROJECT } },
            "timestamp": at.to_string(), "severity": "NOTICE",
            "logName": format!("projects/{PROJECT}/logs/cloudaudit.googleapis.com%2Factivity"),
        });
        extend(&mut entry["protoPayload"], payload);
        extend(&mut entry["resource"]["labels"], labels);
        entry
    }

    pub fn makes_account(&self, at: &str, name: &str) -> Value {
        let payload = json!({ "request": { "account_id": name }, "response": { "email": mail(name) } });
        let labels = json!({ "email_id": mail(name) });
        let resource = format!("projects/{PROJECT}");
        self.entry(time(at), "google.iam.admin.v1.CreateServiceAccount", &resource, payload, labels)
    }

    pub fn makes_key(&self, at: &str, of: &str, key: &str) -> Value {
        let name = format!("projects/{PROJECT}/serviceAccounts/{}/keys/{key}", mail(of));
        let (payload, labels) = (json!({ "response": { "name": name } }), json!({ "email_id": mail(of) }));
        let resource = "projects/-/serviceAccounts/1234567890";
        self.entry(time(at), "google.iam.admin.v1.CreateServiceAccountKey", resource, payload, labels)
    }

    pub fn grants(&self, at: &str, role: &str, member: &str) -> Value {
        let delta = json!([{ "action": "ADD", "role": role, "member": member }]);
        let payload = json!({ "serviceData": { "policyDelta": { "bindingDeltas": delta } } });
        self.entry(time(at), "SetIamPolicy", &format!("projects/{PROJECT}"), payload, json!({}))
    }

    pub fn makes_cluster(&self, at: &str, zone: &str, name: &str, pool: &str) -> Value {
        let pools = json!([{ "name": pool, "initialNodeCount": 8, "config": {
            "machineType": "n1-standard-16", "accelerators": [{ "acceleratorType": "nvidia-tesla-t4", "acceleratorCount": "4" }] } }]);
        let payload = json!({ "request": { "cluster": { "name": name, "nodePools": pools } } });
        let labels = json!({ "cluster_name": name, "location": zone });
        let resource = format!("projects/{PROJECT}/zones/{zone}/clusters/{name}");
        self.entry(time(at), "google.container.v1.ClusterManager.CreateCluster", &resource, payload, labels)
    }

    pub fn makes_group(&self, at: &str, zone: &str, name: &str, machines: u32) -> Value {
        let payload = json!({ "request": { "targetSize": machines.to_string() } });
        let resource = format!("projects/{PROJECT}/zones/{zone}/instanceGroupManagers/{name}");
        self.entry(time(at), "v1.compute.instanceGroupManagers.insert", &resource, payload, json!({ "zone": zone }))
    }

    pub fn adds_pool(&self, at: &str, zone: &str, cluster: &str, pool: &str) -> Value {
        let payload = json!({ "request": { "nodePool": { "name": pool, "initialNodeCount": 8,
            "config": { "machineType": "n1-standard-16" } } } });
        let labels = json!({ "cluster_name": cluster, "location": zone });
        let resource = format!("projects/{PROJECT}/zones/{zone}/clusters/{cluster}");
        self.entry(time(at), "google.container.v1.ClusterManager.CreateNodePool", &resource, payload, labels)
    }

    /// Both entries of a launch.
    pub fn launches(&self, at: Timestamp, zone: &str, machine: &Machine<'_>) -> [Value; 2] {
        let name = machine.name;
        let resource = format!("projects/{PROJECT}/zones/{zone}/instances/{name}");
        let labels = json!({ "zone": zone, "instance_id": format!("id-{name}") });
        let method = "v1.compute.instances.insert";
        let payload = json!({ "request": machine.request(zone) });
        let mut first = self.entry(at, method, &resource, payload, labels.clone());
        let mut last = self.entry(at + 20.seconds(), method, &resource, json!({ "request": {} }), labels);
        let id = format!("operation-{name}");
        first["operation"] = json!({ "id": id, "first": true });
        last["operation"] = json!({ "id": id, "last": true });
        [first, last]
    }
}

/// A machine of Compute Engine.
#[derive(Debug, Clone, Copy)]
pub struct Machine<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    pub accelerators: u32,
    /// Cluster and pool.
    pub node_of: Option<(&'a str, &'a str)>,
}

impl Machine<'_> {
    fn request(&self, zone: &str) -> Value {
        let image = "projects/debian-cloud/global/images/debian-12";
        let mut request = json!({
            "name": self.name, "machineType": format!("zones/{zone}/machineTypes/{}", self.kind),
            "disks": [{ "boot": true, "initializeParams": { "sourceImage": image } }],
        });
        if self.accelerators > 0 {
            request["guestAccelerators"] =
                json!([{ "acceleratorType": "nvidia-tesla-t4", "acceleratorCount": self.accelerators }]);
        }
        if let Some((cluster, pool)) = self.node_of {
            let group =
                format!("projects/{PROJECT}/zones/{zone}/instanceGroupManagers/gke-{cluster}-{pool}-0a1b2c3d-grp");
            request["labels"] = json!([{ "key": "goog-k8s-cluster-name", "value": cluster },
                { "key": "goog-k8s-node-pool-name", "value": pool }]);
            request["metadata"] = json!({ "items": [{ "key": "created-by", "value": group }] });
        }
        request
    }
}

/// Somebody in the directory of Azure.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    pub object: &'static str,
    /// A mail address, of a person.
    pub mail: Option<&'static str>,
    application: &'static str,
}

pub const fn member(object: &'static str, mail: Option<&'static str>) -> Member {
    Member { object, mail, application: "00000000-0000-4000-8000-00000000c11e" }
}

/// Azure Kubernetes Service itself.
pub const KUBERNETES: Member = Member {
    object: "a0a0a0a0-1111-4222-8333-944455566677",
    mail: None,
    application: "7319c514-987d-4e9b-ac3d-d38c4f427f4c",
};

/// Privileged Identity Management, which hands out roles for those who may ask for them.
pub const HANDS_OUT: Member = Member {
    object: "a1a1a1a1-1111-4222-8333-944455566677",
    mail: None,
    application: "01fc33a7-78ba-4d2f-a4b7-768e336e890e",
};

impl Member {
    /// All records of a write that made something.
    fn writes(self, at: Timestamp, operation: &str, resource: &str, body: &Value) -> Vec<Value> {
        // The id of what is made is only known once it is.
        let (answered, mut body) = (body.to_string(), body.clone());
        body["properties"]
            .as_object_mut()
            .filter(|_| operation.contains("Identities"))
            .map(|asked| asked.remove("principalId"));
        let asked = body.to_string();
        let steps = [("Started", "", 0), ("Succeeded", "Created", 40)];
        steps.map(|(status, sub_status, seconds)| {
            let claims = json!({
                "http://schemas.microsoft.com/identity/claims/objectidentifier": self.object,
                "http://schemas.microsoft.com/identity/claims/tenantid": TENANT,
                "idtyp": if self.mail.is_some() { "user" } else { "app" }, "appid": self.application,
            });
            let (part, body) = if seconds == 0 { ("requestbody", &asked) } else { ("responseBody", &answered) };
            json!({
                "caller": self.mail.unwrap_or(self.object), "claims": claims, "category": { "value": "Administrative" },
                "correlationId": format!("{}-{resource}", at.as_second()), "operationName": { "value": operation },
                "eventDataId": format!("{}-{operation}-{resource}-{status}", at.as_second()),
                "eventTimestamp": (at + i64::from(seconds).seconds()).to_string(), "resourceId": resource,
                "subscriptionId": SUBSCRIPTION, "status": { "value": status }, "subStatus": { "value": sub_status },
                "httpRequest": { "clientIpAddress": "203.0.113.9" }, "properties": { part: body },
            })
        }).to_vec()
    }

    pub fn assigns(self, at: &str, role: &str, to: Self) -> Vec<Value> {
        let resource =
            format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/{}", to.object);
        let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{role}");
        let body = json!({ "properties": { "roleDefinitionId": role, "principalId": to.object, "principalType": "ServicePrincipal" } });
        self.writes(time(at), "Microsoft.Authorization/roleAssignments/write", &resource, &body)
    }

    pub fn makes_identity(self, at: &str, name: &str, identity: Self) -> Vec<Value> {
        let resource = within("rg", &format!("Microsoft.ManagedIdentity/userAssignedIdentities/{name}"));
        let body =
            json!({ "location": "westeurope", "properties": { "principalId": identity.object, "tenantId": TENANT } });
        self.writes(time(at), "Microsoft.ManagedIdentity/userAssignedIdentities/write", &resource, &body)
    }

    pub fn launches(self, at: Timestamp, location: &str, size: &str) -> Vec<Value> {
        let resource = within("rg", &format!("Microsoft.Compute/virtualMachines/vm-{}", at.as_second()));
        let body = json!({ "location": location, "properties": { "hardwareProfile": { "vmSize": size } } });
        self.writes(at, "Microsoft.Compute/virtualMachines/write", &resource, &body)
    }

    pub fn makes_set(self, at: Timestamp, group: &str, location: &str, size: &str, capacity: u32) -> Vec<Value> {
        let resource = within(group, &format!("Microsoft.Compute/virtualMachineScaleSets/set-{location}"));
        let body = json!({ "location": location, "sku": { "name": size, "capacity": capacity }, "properties": {},
            "tags": { "aks-managed-poolName": "gpu" } });
        self.writes(at, "Microsoft.Compute/virtualMachineScaleSets/write", &resource, &body)
    }

    pub fn makes_cluster(self, at: &str, name: &str, nodes: &str) -> Vec<Value> {
        let resource = within("rg", &format!("Microsoft.ContainerService/managedClusters/{name}"));
        let pools = json!([{ "name": "gpu", "count": 9, "vmSize": "Standard_NC64as_T4_v3" }]);
        let body = json!({ "location": "westeurope", "properties": { "nodeResourceGroup": nodes, "agentPoolProfiles": pools } });
        self.writes(time(at), "Microsoft.ContainerService/managedClusters/write", &resource, &body)
    }
}

fn within(group: &str, resource: &str) -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{resource}")
}

fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}
