//! `CreateFleet` and `RequestSpotFleet`. The machines come in `RunInstances` of their own.

use serde_json::{Value, json};

use crate::eval::story::changes;
use crate::sample::record::Call;
use crate::sample::rng::Rng;

/// What a fleet is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Fleet {
    pub(crate) region: &'static str,
    pub(crate) template: String,
    /// Any of these will do.
    pub(crate) types: Vec<&'static str>,
    pub(crate) count: u64,
    /// `instant` asks once, `maintain` for ever.
    pub(crate) kind: &'static str,
    pub(crate) spot: bool,
    pub(crate) tags: Vec<(&'static str, String)>,
}

impl Fleet {
    /// The request; EC2 wraps it, and writes lists of one in the manner of its query language.
    pub(crate) fn call(&self) -> Call {
        changes(self.region, "ec2", "CreateFleet", json!({ "CreateFleetRequest": self.request() }))
    }

    /// The instances that an instant fleet names in its answer; others name none.
    pub(crate) fn granted(&self, ids: &[String], rng: &mut Rng) -> Call {
        let fleet = format!("fleet-{}", rng.uuid());
        let instances = if self.kind == "instant" { self.instances(ids) } else { Value::from("") };
        self.call().answered(json!({
            "CreateFleetResponse": {
                "xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/",
                "fleetId": fleet,
                "errorSet": "",
                "fleetInstanceSet": instances,
                "requestId": rng.uuid(),
            },
        }))
    }

    fn request(&self) -> Value {
        let overrides: Vec<Value> =
            self.types.iter().enumerate().map(|(i, kind)| json!({ "InstanceType": kind, "tag": i + 1 })).collect();
        let tags: Vec<Value> = self
            .tags
            .iter()
            .enumerate()
            .map(|(i, (key, value))| json!({ "Key": key, "Value": value, "tag": i + 1 }))
            .collect();
        json!({
            "Type": self.kind,
            "LaunchTemplateConfigs": {
                "LaunchTemplateSpecification": { "LaunchTemplateId": self.template, "Version": "$Latest" },
                "Overrides": overrides,
                "tag": 1,
            },
            "TargetCapacitySpecification": {
                "TotalTargetCapacity": self.count,
                "DefaultTargetCapacityType": if self.spot { "spot" } else { "on-demand" },
            },
            "TagSpecification": [{ "ResourceType": "instance", "Tag": tags, "tag": 1 }],
        })
    }

    fn instances(&self, ids: &[String]) -> Value {
        let ids: Vec<Value> = ids.iter().map(|id| json!({ "item": id })).collect();
        let lifecycle = if self.spot { "spot" } else { "on-demand" };
        json!({ "item": { "instanceIds": ids, "instanceType": self.types.first(), "lifecycle": lifecycle } })
    }
}

/// A spot fleet with the specification in the request itself.
pub(crate) fn request_spot_fleet(region: &'static str, instance_type: &str, image: &str, target: u64) -> Call {
    let config = json!({
        "iamFleetRole": "arn:aws:iam::444455556666:role/aws-ec2-spot-fleet-tagging-role",
        "targetCapacity": target,
        "type": "maintain",
        "allocationStrategy": "lowestPrice",
        "launchSpecifications": { "items": [{ "imageId": image, "instanceType": instance_type, "userData": "<sensitiveDataRemoved>" }] },
    });
    changes(region, "ec2", "RequestSpotFleet", json!({ "spotFleetRequestConfig": config }))
}
