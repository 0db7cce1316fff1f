//! `RunInstances`: what is asked for, and what the service says it started.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::network;
use super::record::Call;
use super::rng::Rng;

/// A request to start instances. Several records can be made from one: a dry run, a refusal, the launch.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    /// The letter of the availability zone.
    pub(crate) zone: char,
    pub(crate) image: &'static str,
    pub(crate) instance_type: &'static str,
    pub(crate) count: usize,
    /// Image, type and tags stand in the launch template, so that the request names none of them.
    pub(crate) template: Option<&'static str>,
    pub(crate) key_name: Option<&'static str>,
    /// Whether a start script is passed. `CloudTrail` never shows it.
    pub(crate) user_data: bool,
    pub(crate) name_tag: Option<&'static str>,
}

impl Launch {
    /// One plain instance in the first zone.
    pub(crate) fn of(
        account: &'static str,
        region: &'static str,
        image: &'static str,
        instance_type: &'static str,
    ) -> Self {
        Self {
            account,
            region,
            zone: 'a',
            image,
            instance_type,
            count: 1,
            template: None,
            key_name: None,
            user_data: false,
            name_tag: None,
        }
    }

    /// The call with its request; the answer is still to come.
    pub(crate) fn call(&self, rng: &mut Rng) -> Call {
        Call::write(self.region, "ec2", "RunInstances").asking(self.request(rng))
    }

    /// The same, as a question only: would this work?
    pub(crate) fn dry_run(&self, rng: &mut Rng) -> Call {
        self.call(rng).refused("Client.DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
    }

    /// The call and its answer, with the ids of the new instances.
    pub(crate) fn granted(&self, at: Timestamp, rng: &mut Rng) -> (Call, Vec<String>) {
        let ids: Vec<String> = (0..self.count).map(|_| rng.resource_id("i")).collect();
        let items: Vec<Value> = ids.iter().enumerate().map(|(index, id)| self.instance(index, id, at, rng)).collect();
        let response = json!({
            "reservationId": rng.resource_id("r"),
            "ownerId": self.account,
            "groupSet": {},
            "instancesSet": { "items": items },
        });
        (self.call(rng).answered(response), ids)
    }

    fn request(&self, rng: &mut Rng) -> Value {
        let mut item = Map::new();
        let mut request = Map::new();
        if let Some(template) = self.template {
            let template = json!({ "launchTemplateId": template, "version": "$Default" });
            request.insert("launchTemplate".into(), template);
        } else {
            item.insert("imageId".into(), self.image.into());
            request.insert("instanceType".into(), self.instance_type.into());
        }
        item.insert("minCount".into(), 1.into());
        item.insert("maxCount".into(), self.count.into());
        insert_some(&mut item, "keyName", self.key_name.map(Value::from));
        request.insert("instancesSet".into(), json!({ "items": [item] }));
        request.insert("subnetId".into(), self.subnet().into());
        insert_some(&mut request, "clientToken", self.template.map(|_| rng.uuid().into()));
        insert_some(&mut request, "userData", self.user_data.then(|| "<sensitiveDataRemoved>".into()));
        if self.template.is_none() {
            insert_some(&mut request, "tagSpecificationSet", self.tags().map(|tags| json!({ "items": [tags] })));
        }
        for (field, value) in [("blockDeviceMapping", json!({})), ("monitoring", json!({ "enabled": false }))] {
            request.insert(field.into(), value);
        }
        for field in ["disableApiTermination", "disableApiStop", "ebsOptimized"] {
            request.insert(field.into(), false.into());
        }
        Value::Object(request)
    }

    fn tags(&self) -> Option<Value> {
        let name = self.name_tag?;
        Some(json!({ "resourceType": "instance", "tags": [{ "key": "Name", "value": name }] }))
    }

    // long: one literal, as AWS writes an instance
    fn instance(&self, index: usize, id: &str, at: Timestamp, rng: &mut Rng) -> Value {
        let host = network::host(self.account, rng);
        let dns = format!("ip-{}.{}.compute.internal", host.replace('.', "-"), self.region);
        let mut instance = json!({
            "instanceId": id,
            "imageId": self.image,
            "instanceState": { "code": 0, "name": "pending" },
            "privateDnsName": dns,
            "amiLaunchIndex": index,
            "productCodes": {},
            "instanceType": self.instance_type,
            "launchTime": at.as_millisecond(),
            "placement": { "availabilityZone": self.availability_zone(), "tenancy": "default" },
            "monitoring": { "state": "disabled" },
            "subnetId": self.subnet(),
            "vpcId": network::vpc(self.account, self.region),
            "privateIpAddress": host,
            "stateReason": { "code": "pending", "message": "pending" },
            "architecture": "x86_64",
            "rootDeviceType": "ebs",
            "rootDeviceName": "/dev/xvda",
            "blockDeviceMapping": {},
            "virtualizationType": "hvm",
            "hypervisor": "xen",
            "groupSet": { "items": [self.security_group()] },
            "sourceDestCheck": true,
            "networkInterfaceSet": { "items": [self.network_interface(&host, rng)] },
            "ebsOptimized": false,
            "enaSupport": true,
        });
        if let Some(map) = instance.as_object_mut() {
            insert_some(map, "keyName", self.key_name.map(Value::from));
            insert_some(map, "tagSet", self.tags().map(|tags| json!({ "items": tags["tags"] })));
        }
        instance
    }

    fn network_interface(&self, host: &str, rng: &mut Rng) -> Value {
        json!({
            "networkInterfaceId": rng.resource_id("eni"),
            "subnetId": self.subnet(),
            "privateIpAddress": host,
            "status": "in-use",
        })
    }

    fn security_group(&self) -> Value {
        json!({ "groupId": network::security_group(self.account, self.region), "groupName": "default" })
    }

    fn subnet(&self) -> String {
        network::subnet(self.account, self.region, self.zone)
    }

    pub(crate) fn availability_zone(&self) -> String {
        format!("{}{}", self.region, self.zone)
    }
}

/// `TerminateInstances` or `StopInstances`, done.
pub(crate) fn stop(region: &'static str, name: &'static str, ids: &[String]) -> Call {
    let asked: Vec<Value> = ids.iter().map(|id| json!({ "instanceId": id })).collect();
    let state = if name == "StopInstances" { (64, "stopping") } else { (32, "shutting-down") };
    let done: Vec<Value> = ids
        .iter()
        .map(|id| {
            json!({
                "instanceId": id,
                "currentState": { "code": state.0, "name": state.1 },
                "previousState": { "code": 16, "name": "running" },
            })
        })
        .collect();
    Call::write(region, "ec2", name)
        .asking(json!({ "instancesSet": { "items": asked } }))
        .answered(json!({ "instancesSet": { "items": done } }))
}

fn insert_some(map: &mut Map<String, Value>, field: &str, value: Option<Value>) {
    if let Some(value) = value {
        map.insert(field.into(), value);
    }
}
