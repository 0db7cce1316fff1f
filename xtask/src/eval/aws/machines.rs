//! `RunInstances` in all the ways that scenarios need it.
//!
//! The sample has a writer of its own, for plain launches. Here also belong images that are made
//! on the way, tags of services, spot, and answers that `CloudTrail` leaves out.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use crate::sample::network;
use crate::sample::record::Call;
use crate::sample::rng::Rng;

/// A request for machines of one type.
#[derive(Debug, Clone)]
pub(crate) struct Machines {
    pub(crate) region: &'static str,
    pub(crate) instance_type: &'static str,
    pub(crate) image: String,
    /// How many start, if any do.
    pub(crate) count: u64,
    /// At least and at most this many are asked for; as many as start, if not said.
    pub(crate) asked: Option<(u64, u64)>,
    /// Image and type stand in this launch template: the request names neither.
    pub(crate) template: Option<String>,
    pub(crate) key_name: Option<&'static str>,
    /// A start script is passed. `CloudTrail` never shows it.
    pub(crate) user_data: bool,
    pub(crate) spot: bool,
    pub(crate) terminates_itself: bool,
    pub(crate) tags: Vec<(&'static str, String)>,
}

/// A call that was granted, and what it started.
pub(crate) struct Started {
    pub(crate) call: Call,
    pub(crate) ids: Vec<String>,
}

impl Machines {
    pub(crate) fn new(region: &'static str, instance_type: &'static str, image: impl Into<String>, count: u64) -> Self {
        Self {
            region,
            instance_type,
            image: image.into(),
            count,
            asked: None,
            template: None,
            key_name: None,
            user_data: false,
            spot: false,
            terminates_itself: false,
            tags: Vec::new(),
        }
    }

    /// The same request, refused.
    pub(crate) fn refused(&self, account: &str, refusal: Refusal, rng: &mut Rng) -> Call {
        refusal.of(self.call(account, rng))
    }

    pub(crate) fn started(&self, account: &str, at: Timestamp, rng: &mut Rng) -> Started {
        let ids: Vec<String> = (0..self.count).map(|_| rng.resource_id("i")).collect();
        let call = self.call(account, rng).answered(self.answer(account, &ids, at, rng));
        Started { call, ids }
    }

    fn call(&self, account: &str, rng: &mut Rng) -> Call {
        Call::write(self.region, "ec2", "RunInstances").asking(self.request(account, rng))
    }

    fn request(&self, account: &str, rng: &mut Rng) -> Value {
        let (low, high) = self.asked.unwrap_or((self.count, self.count));
        let mut item = Map::from_iter([("minCount".into(), low.into()), ("maxCount".into(), high.into())]);
        let mut request = Map::new();
        if let Some(template) = &self.template {
            request.insert("launchTemplate".into(), json!({ "launchTemplateId": template, "version": "$Default" }));
            request.insert("clientToken".into(), rng.uuid().into());
        } else {
            item.insert("imageId".into(), self.image.clone().into());
            request.insert("instanceType".into(), self.instance_type.into());
        }
        self.tell_tags(&mut request);
        if let Some(key) = self.key_name {
            item.insert("keyName".into(), key.into());
        }
        request.insert("instancesSet".into(), json!({ "items": [item] }));
        request.insert("subnetId".into(), network::subnet(account, self.region, 'a').into());
        self.tell_manner(&mut request);
        Value::Object(request)
    }

    fn tell_manner(&self, request: &mut Map<String, Value>) {
        if self.user_data {
            request.insert("userData".into(), "<sensitiveDataRemoved>".into());
        }
        if self.spot {
            request.insert("instanceMarketOptions".into(), json!({ "marketType": "spot" }));
        }
        if self.terminates_itself {
            request.insert("instanceInitiatedShutdownBehavior".into(), "terminate".into());
        }
        request.insert("blockDeviceMapping".into(), json!({}));
        request.insert("monitoring".into(), json!({ "enabled": false }));
        request.insert("disableApiTermination".into(), false.into());
        request.insert("disableApiStop".into(), false.into());
        request.insert("ebsOptimized".into(), false.into());
    }

    fn tell_tags(&self, request: &mut Map<String, Value>) {
        if !self.tags.is_empty() {
            let set = json!({ "items": [{ "resourceType": "instance", "tags": self.tag_items() }] });
            request.insert("tagSpecificationSet".into(), set);
        }
    }

    fn tag_items(&self) -> Vec<Value> {
        self.tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
    }

    fn answer(&self, account: &str, ids: &[String], at: Timestamp, rng: &mut Rng) -> Value {
        if ids.len() >= TOO_MANY_TO_TELL {
            let size = ids.len() * 1480;
            return json!({ "omitted": true, "originalSize": size, "reason": "responseElements too large" });
        }
        let items: Vec<Value> = ids.iter().enumerate().map(|(i, id)| self.instance(account, i, id, at, rng)).collect();
        json!({
            "reservationId": rng.resource_id("r"),
            "ownerId": account,
            "groupSet": {},
            "instancesSet": { "items": items },
        })
    }

    fn instance(&self, account: &str, index: usize, id: &str, at: Timestamp, rng: &mut Rng) -> Value {
        let host = network::host(account, rng);
        let mut instance = json!({
            "instanceId": id,
            "imageId": self.image,
            "instanceState": { "code": 0, "name": "pending" },
            "privateDnsName": format!("ip-{}.{}.compute.internal", host.replace('.', "-"), self.region),
            "amiLaunchIndex": index,
            "productCodes": {},
            "instanceType": self.instance_type,
            "launchTime": at.as_millisecond() / 1000 * 1000,
            "placement": { "availabilityZone": format!("{}a", self.region), "tenancy": "default" },
            "monitoring": { "state": "disabled" },
            "subnetId": network::subnet(account, self.region, 'a'),
            "vpcId": network::vpc(account, self.region),
            "privateIpAddress": host,
            "stateReason": { "code": "pending", "message": "pending" },
            "architecture": "x86_64",
            "rootDeviceType": "ebs",
            "rootDeviceName": "/dev/xvda",
            "groupSet": { "items": [{ "groupId": network::security_group(account, self.region), "groupName": "default" }] },
        });
        if let Some(map) = instance.as_object_mut() {
            if self.spot {
                map.insert("instanceLifecycle".into(), "spot".into());
            }
            if let Some(key) = self.key_name {
                map.insert("keyName".into(), key.into());
            }
            if !self.tags.is_empty() {
                map.insert("tagSet".into(), json!({ "items": self.tag_items() }));
            }
        }
        instance
    }
}

/// Above this the answer is larger than what `CloudTrail` keeps of one.
const TOO_MANY_TO_TELL: usize = 150;
