//! A10: a tenant taken over for its GPUs (Microsoft, cloud compute abuse, 2023).
//!
//! A person without a second factor, from a network never seen. Access is raised to everything,
//! the policy that keeps machines in Europe is deleted, quota is asked for in twelve regions, and
//! after forty minutes scale sets and machines with GPUs start, each with its driver.

use serde_json::json;

use crate::eval::azure::{Act, Caller, Ending};
use crate::eval::label::Phase;
use crate::eval::prices;
use crate::eval::story::Story;
use crate::eval::world::azure::{LAB, PORTAL, SHOP, ScaleSet, act, machine, plain};

pub(super) fn tell(story: &mut Story) {
    story.attack_by(&[THIEF.name, THIEF.object_id]);
    take_over(story);
    ask_for_quota(story);
    story.phase(Phase::Launch);
    let mut fresh = start_sets(story);
    fresh.extend(start_machines(story));
    for (subscription, resource) in fresh {
        story.at(50, 0);
        story.wait(0, 600);
        let driver = format!("{resource}/extensions/NvidiaGpuDriverLinux");
        let write = plain(subscription, "Microsoft.Compute/virtualMachines/extensions/write", &driver, "eastus");
        act(story, THIEF, &write, &Ending::Created, 0, 0.0);
    }
    story.phase(Phase::Spread);
    start_services(story);
}

fn take_over(story: &mut Story) {
    story.at(0, 0);
    let elevate =
        plain(SHOP, "Microsoft.Authorization/elevateAccess/action", "/providers/Microsoft.Authorization", "global");
    act(story, THIEF, &elevate, &Ending::Updated, 0, 0.0);
    story.at(2, 0);
    for subscription in [SHOP, LAB] {
        let id = story.rng.uuid();
        let role = "/providers/Microsoft.Authorization/roleAssignments/";
        let owner = json!({ "properties": { "roleDefinitionId": OWNER, "principalId": THIEF.object_id, "principalType": "User" } });
        let resource = format!("{role}{id}");
        let assign = Act {
            body: owner,
            ..plain(subscription, "Microsoft.Authorization/roleAssignments/write", &resource, "global")
        };
        act(story, THIEF, &assign, &Ending::Created, 0, 0.0);
        story.wait(10, 20);
    }
    story.at(5, 0);
    for (operation, provider) in [
        ("Microsoft.Compute/register/action", "Microsoft.Compute"),
        ("Microsoft.Batch/register/action", "Microsoft.Batch"),
    ] {
        act(
            story,
            THIEF,
            &plain(LAB, operation, &format!("/providers/{provider}"), "global"),
            &Ending::Updated,
            0,
            0.0,
        );
        story.wait(10, 20);
    }
    story.at(6, 0);
    let policy = "/providers/Microsoft.Authorization/policyAssignments/allowed-locations";
    act(
        story,
        THIEF,
        &plain(LAB, "Microsoft.Authorization/policyAssignments/delete", policy, "global"),
        &Ending::Updated,
        0,
        0.0,
    );
}

fn ask_for_quota(story: &mut Story) {
    for (index, region) in REGIONS.into_iter().enumerate() {
        story.at(8, 85 * index as u64);
        for family in ["standardNCASv3_T4Family", "standardNCADSA100v4Family"] {
            let resource =
                format!("/providers/Microsoft.Compute/locations/{region}/providers/Microsoft.Quota/quotas/{family}");
            let limit = json!({ "properties": { "limit": { "limitObjectType": "LimitValue", "value": 1000 }, "name": { "value": family } } });
            let ask = Act { body: limit, ..plain(LAB, "Microsoft.Quota/quotas/write", &resource, region) };
            let ending = if index < 7 {
                Ending::Created
            } else {
                Ending::Failed("QuotaReductionNotSupported", "The request needs a support ticket.".to_owned())
            };
            act(story, THIEF, &ask, &ending, 0, 0.0);
            story.wait(5, 15);
        }
    }
    for _ in 0..2 {
        let ticket = format!("/providers/Microsoft.Support/supportTickets/{}", story.rng.hex(12));
        act(
            story,
            THIEF,
            &plain(LAB, "Microsoft.Support/supportTickets/write", &ticket, "global"),
            &Ending::Created,
            0,
            0.0,
        );
        story.wait(30, 60);
    }
}

fn start_sets(story: &mut Story) -> Vec<(&'static str, String)> {
    let mut fresh = Vec::new();
    for (index, location) in REGIONS.into_iter().take(8).enumerate() {
        story.at(40, 200 * index as u64);
        let name = format!("vmss-{location}");
        let set = ScaleSet { subscription: LAB, group: "gpu-rg", name, size: "Standard_NC64as_T4_v3", location };
        let write = set.write(10);
        if index >= 6 {
            let message = "Operation could not be completed as it results in exceeding approved standardNCASv3_T4Family Cores quota. Additional details - Deployment Model: Resource Manager, Current Limit: 0, Current Usage: 0, Additional Required: 640.";
            act(story, THIEF, &write, &Ending::Failed("OperationNotAllowed", message.to_owned()), 0, 0.0);
            continue;
        }
        act(story, THIEF, &write, &Ending::Created, 10, 10.0 * prices::of(set.size));
        fresh.push((LAB, write.resource));
        story.phase(Phase::Spread);
    }
    fresh
}

fn start_machines(story: &mut Story) -> Vec<(&'static str, String)> {
    let mut fresh = Vec::new();
    for index in 0..10_usize {
        story.at(45, 130 * index as u64);
        let location = REGIONS[index % 4];
        let ending = if index >= 8 {
            let message =
                format!("The requested VM size Standard_NC24ads_A100_v4 is not available in location '{location}'.");
            Ending::Failed("SkuNotAvailable", message)
        } else {
            Ending::Created
        };
        let resource = machine(story, THIEF, SHOP, "gpu", "Standard_NC24ads_A100_v4", location, &ending);
        if ending == Ending::Created {
            fresh.push((SHOP, resource));
        }
    }
    fresh
}

fn start_services(story: &mut Story) {
    story.at(80, 0);
    for (operation, resource) in [
        ("Microsoft.Batch/batchAccounts/write", "/resourceGroups/gpu-rg/providers/Microsoft.Batch/batchAccounts/work"),
        (
            "Microsoft.Batch/batchAccounts/pools/write",
            "/resourceGroups/gpu-rg/providers/Microsoft.Batch/batchAccounts/work/pools/p1",
        ),
        (
            "Microsoft.MachineLearningServices/workspaces/computes/write",
            "/resourceGroups/gpu-rg/providers/Microsoft.MachineLearningServices/workspaces/ml/computes/c1",
        ),
    ] {
        act(story, THIEF, &plain(LAB, operation, resource, "eastus"), &Ending::Created, 0, 0.0);
        story.wait(40, 80);
    }
}

const THIEF: Caller = Caller {
    name: "kevin@example.com",
    object_id: "7b6a5948-3726-4150-8f9e-8d7c6b5a4938",
    person: true,
    address: "198.51.100.222",
    app_id: PORTAL,
};

const OWNER: &str = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const REGIONS: [&str; 12] = [
    "eastus",
    "eastus2",
    "westus2",
    "southcentralus",
    "northeurope",
    "uksouth",
    "francecentral",
    "japaneast",
    "australiaeast",
    "southeastasia",
    "centralindia",
    "brazilsouth",
];
