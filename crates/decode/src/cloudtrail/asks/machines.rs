//! Machines that are sold under other names: Lightsail, `WorkSpaces`, `AppStream` and `GameLift`.

use super::{Ask, Count, Spot};

pub(super) const LIGHTSAIL: &[Ask] = &[
    Ask {
        count: Count::Stated(&["request.scale"]),
        max_count: &["request.scale"],
        instance_type: &["request.power"],
        image_id: &["request.deployment.containers.image"],
        ..Ask::of("CreateContainerService", &[&["request.serviceName"]])
    },
    Ask {
        count: Count::Each(&["request.instanceNames"]),
        instance_type: &["request.bundleId"],
        image_id: &["request.blueprintId"],
        ..Ask::of("CreateInstances", &[&["request.instanceNames"]])
    },
    Ask {
        count: Count::Each(&["request.instanceNames"]),
        instance_type: &["request.bundleId"],
        image_id: &["request.instanceSnapshotName"],
        ..Ask::of("CreateInstancesFromSnapshot", &[&["request.instanceNames"]])
    },
];

pub(super) const WORK_SPACES: &[Ask] = &[Ask {
    count: Count::Each(&["request.workspaces.bundleId"]),
    instance_type: &["request.workspaces.workspaceProperties.computeTypeName"],
    image_id: &["request.workspaces.bundleId"],
    ..Ask::of("CreateWorkspaces", &[&["response.pendingRequests.workspaceId"]])
}];

const SEATS: &[&str] = &["request.computeCapacity.desiredInstances", "request.computeCapacity.desiredSessions"];

pub(super) const APP_STREAM: &[Ask] = &[
    Ask {
        count: Count::Stated(SEATS),
        instance_type: &["request.instanceType"],
        image_id: &["request.imageName", "request.imageArn"],
        ..Ask::of("CreateFleet", &[&["request.name"]])
    },
    Ask::of("StartFleet", &[&["request.name"]]),
    Ask {
        count: Count::Stated(SEATS),
        instance_type: &["request.instanceType"],
        ..Ask::of("UpdateFleet", &[&["request.name"]])
    },
];

const MADE_OF: &[(&str, &str)] = &[
    ("launch_template", "request.launchTemplate.launchTemplateId"),
    ("launch_template", "request.launchTemplate.launchTemplateName"),
];

pub(super) const GAME_LIFT: &[Ask] = &[
    Ask {
        count: Count::One,
        instance_type: &["request.EC2InstanceType"],
        spot: Spot::Says(&["request.fleetType"]),
        ..Ask::of("CreateFleet", &[&["response.fleetAttributes.fleetId"], &["request.name"]])
    },
    Ask {
        count: Count::Stated(&["request.minSize"]),
        max_count: &["request.maxSize"],
        instance_type: &["request.instanceDefinitions.instanceType"],
        parent: MADE_OF,
        ..Ask::of("CreateGameServerGroup", &[&["request.gameServerGroupName"]])
    },
    Ask {
        count: Count::Stated(&["request.desiredInstances"]),
        max_count: &["request.maxSize"],
        ..Ask::of("UpdateFleetCapacity", &[&["request.fleetId"]])
    },
];
