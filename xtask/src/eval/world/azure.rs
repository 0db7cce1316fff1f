//! Acme on Azure: two subscriptions in westeurope, a cluster, a scale set, people, one pipeline.

use serde_json::{Value, json};

use super::Today;
use crate::eval::azure::{Act, Caller, Ending, records};
use crate::eval::prices;
use crate::eval::story::Story;

pub(crate) const SHOP: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const LAB: &str = "66666666-7777-4888-8999-000000000000";
pub(crate) const HOME: &str = "westeurope";

/// The cluster service, which acts through an application of its own in a group of its own.
pub(crate) const CLUSTER: Caller = Caller {
    name: "5f0f4a7c-3b1e-4a63-9d52-0a1b2c3d4e5f",
    object_id: "5f0f4a7c-3b1e-4a63-9d52-0a1b2c3d4e5f",
    person: false,
    address: "192.0.2.220",
    app_id: "7319c514-987d-4e9b-ac3d-d38c4f427f4c",
};

const PIPELINE: Caller = Caller {
    name: "0c9d8e7f-6a5b-4c3d-8e1f-a0b1c2d3e4f5",
    object_id: "0c9d8e7f-6a5b-4c3d-8e1f-a0b1c2d3e4f5",
    person: false,
    address: "192.0.2.221",
    app_id: "a9b8c7d6-e5f4-4a3b-9c2d-1e0f9a8b7c6d",
};

const JUDY: Caller = Caller {
    name: "judy@example.com",
    object_id: "3e1d2c4b-5a69-4788-9796-a5b4c3d2e1f0",
    person: true,
    address: "203.0.113.91",
    app_id: PORTAL,
};

pub(crate) const PORTAL: &str = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";

pub(crate) fn day(story: &mut Story, today: &Today) {
    for hour in [7, 12, 18] {
        story.at_hour(0, hour, 0);
        story.wait(60, 3000);
        let capacity = story.rng.between(3, 8);
        scale(story, &node_set(), capacity);
    }
    if today.works() {
        story.at_hour(0, 10, 0);
        story.wait(60, 3000);
        machine(story, PIPELINE, SHOP, "build", "Standard_F8s_v2", HOME, &Ending::Created);
        story.at_hour(0, 15, 0);
        story.wait(60, 3000);
        machine(story, JUDY, LAB, "judy", "Standard_D4s_v5", HOME, &Ending::Created);
    }
}

/// A scale set: where it is and of what size.
pub(crate) struct ScaleSet {
    pub(crate) subscription: &'static str,
    pub(crate) group: &'static str,
    pub(crate) name: String,
    pub(crate) size: &'static str,
    pub(crate) location: &'static str,
}

/// The nodes of the cluster live in a group that the cluster made for itself.
pub(crate) fn node_set() -> ScaleSet {
    let name = "aks-nodepool1-38217460-vmss".to_owned();
    ScaleSet { subscription: SHOP, group: "MC_shop_prod_westeurope", name, size: "Standard_D8s_v5", location: HOME }
}

impl ScaleSet {
    pub(crate) fn write(&self, capacity: u64) -> Act {
        let body = json!({
            "name": self.name,
            "location": self.location,
            "sku": { "name": self.size, "tier": "Standard", "capacity": capacity },
            "properties": { "provisioningState": "Updating", "orchestrationMode": "Uniform" },
        });
        Act {
            subscription: self.subscription,
            operation: "Microsoft.Compute/virtualMachineScaleSets/write",
            resource: format!(
                "/resourceGroups/{}/providers/Microsoft.Compute/virtualMachineScaleSets/{}",
                self.group, self.name
            ),
            location: self.location,
            body,
        }
    }
}

/// The set is there already; what it should hold changes.
pub(crate) fn scale(story: &mut Story, set: &ScaleSet, capacity: u64) {
    act(story, CLUSTER, &set.write(capacity), &Ending::Updated, capacity, prices::of(set.size) * capacity as f64);
}

/// One machine of its own.
pub(crate) fn machine(
    story: &mut Story,
    caller: Caller,
    subscription: &'static str,
    name: &str,
    size: &str,
    location: &'static str,
    ending: &Ending,
) -> String {
    let name = format!("{name}-{}", story.rng.hex(4));
    let resource = format!("/resourceGroups/{location}-rg/providers/Microsoft.Compute/virtualMachines/{name}");
    let image = json!({
        "publisher": "Canonical",
        "offer": "0001-com-ubuntu-server-jammy",
        "sku": "22_04-lts-gen2",
        "version": "latest",
        "exactVersion": "22.04.202601140",
    });
    let body = json!({
        "name": name,
        "location": location,
        "properties": {
            "hardwareProfile": { "vmSize": size },
            "provisioningState": "Creating",
            "storageProfile": { "imageReference": image },
            "timeCreated": story.now().to_string(),
        },
    });
    let write = Act {
        subscription,
        operation: "Microsoft.Compute/virtualMachines/write",
        resource: resource.clone(),
        location,
        body,
    };
    act(story, caller, &write, ending, 1, prices::of(size));
    resource
}

/// All records of an action. What it starts, it starts with the first.
pub(crate) fn act(story: &mut Story, caller: Caller, act: &Act, ending: &Ending, count: u64, usd: f64) {
    let started = !matches!(ending, Ending::Failed(..));
    for (index, entry) in records(story.now(), caller, act, ending, &mut story.rng).into_iter().enumerate() {
        match index {
            0 if started => story.push(entry, count, usd),
            0 => story.push(entry, 0, 0.0),
            _ => story.push_again(entry),
        }
    }
}

/// An action without an answer worth keeping.
pub(crate) fn plain(
    subscription: &'static str,
    operation: &'static str,
    resource: &str,
    location: &'static str,
) -> Act {
    Act { subscription, operation, resource: resource.to_owned(), location, body: Value::Null }
}
