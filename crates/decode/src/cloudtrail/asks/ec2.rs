//! EC2: fleets, spot requests, launch templates, and instances that exist already.

use super::{Ask, Count, Spot};

const TEMPLATE: &[(&str, &str)] = &[
    ("launch_template", "request.LaunchTemplateConfigs.LaunchTemplateSpecification.LaunchTemplateId"),
    ("launch_template", "request.LaunchTemplateConfigs.LaunchTemplateSpecification.LaunchTemplateName"),
];

/// What a fleet was made for comes before what it is made of.
const FLEET: &[(&str, &str)] = &[
    ("autoscaling_group", "request.TagSpecification.Tag[Key=aws:autoscaling:groupName].Value"),
    ("nodepool", "request.TagSpecification.Tag[Key=karpenter.sh/nodepool].Value"),
    TEMPLATE[0],
    TEMPLATE[1],
];

const SPOT_FLEET_TEMPLATE: &[(&str, &str)] = &[
    (
        "launch_template",
        "request.spotFleetRequestConfig.launchTemplateConfigs.launchTemplateSpecification.launchTemplateId",
    ),
    (
        "launch_template",
        "request.spotFleetRequestConfig.launchTemplateConfigs.launchTemplateSpecification.launchTemplateName",
    ),
];

const TEMPLATE_TYPE: &[&str] = &["request.LaunchTemplateData.InstanceType"];
const TEMPLATE_IMAGE: &[&str] = &["request.LaunchTemplateData.ImageId"];
const TEMPLATE_SPOT: &[&str] = &["request.LaunchTemplateData.InstanceMarketOptions.MarketType"];

const TARGET: &[&str] = &["request.TargetCapacitySpecification.TotalTargetCapacity"];
const SPOT_TARGET: &[&str] = &["request.spotFleetRequestConfig.targetCapacity"];

const INSTANCES: &[&str] = &["response.instancesSet.instanceId", "request.instancesSet.instanceId"];

/// A target counts machines unless the request weighs them; then it counts weights.
pub(super) const EC2: &[Ask] = &[
    Ask {
        count: Count::StatedOrOne(&["request.quantity"]),
        instance_type: &["request.instanceType|instanceFamily"],
        ..Ask::of("AllocateHosts", &[&["response.hostIdSet"]])
    },
    Ask {
        count: Count::StatedOrOne(&["request.InstanceCount"]),
        instance_type: &["request.InstanceType"],
        ..Ask::of("CreateCapacityReservation", &[&["response.capacityReservation.capacityReservationId"]])
    },
    Ask {
        count: Count::Stated(TARGET),
        max_count: TARGET,
        instance_type: &[
            "response.fleetInstanceSet.instanceType",
            "request.LaunchTemplateConfigs.Overrides.InstanceType",
        ],
        image_id: &["request.LaunchTemplateConfigs.Overrides.ImageId"],
        spot: Spot::Says(&["request.TargetCapacitySpecification.DefaultTargetCapacityType|SpotTargetCapacity"]),
        parent: FLEET,
        ..Ask::of("CreateFleet", &[&["response.fleetId"]])
    },
    Ask {
        instance_type: TEMPLATE_TYPE,
        image_id: TEMPLATE_IMAGE,
        spot: Spot::Says(TEMPLATE_SPOT),
        ..Ask::of(
            "CreateLaunchTemplate",
            &[
                &["response.launchTemplate.launchTemplateId"],
                &["request.LaunchTemplateName", "response.launchTemplate.launchTemplateName"],
            ],
        )
    },
    Ask {
        instance_type: TEMPLATE_TYPE,
        image_id: TEMPLATE_IMAGE,
        spot: Spot::Says(TEMPLATE_SPOT),
        ..Ask::of(
            "CreateLaunchTemplateVersion",
            &[
                &["request.LaunchTemplateId", "response.launchTemplateVersion.launchTemplateId"],
                &["request.LaunchTemplateName", "response.launchTemplateVersion.launchTemplateName"],
            ],
        )
    },
    Ask {
        count: Count::Stated(TARGET),
        max_count: TARGET,
        instance_type: &["request.LaunchTemplateConfigs.Overrides.InstanceType"],
        parent: TEMPLATE,
        ..Ask::of("ModifyFleet", &[&["request.FleetId"]])
    },
    Ask {
        instance_type: &["request.instanceType.value", "request.instanceType"],
        ..Ask::of("ModifyInstanceAttribute", &[&["request.instanceId"]])
    },
    Ask {
        count: Count::Stated(&["request.targetCapacity"]),
        max_count: &["request.targetCapacity"],
        instance_type: &["request.launchTemplateConfigs.overrides.instanceType"],
        spot: Spot::Always,
        ..Ask::of("ModifySpotFleetRequest", &[&["request.spotFleetRequestId"]])
    },
    Ask::of("RebootInstances", &[INSTANCES]),
    Ask {
        count: Count::Stated(SPOT_TARGET),
        max_count: SPOT_TARGET,
        instance_type: &[
            "request.spotFleetRequestConfig.launchSpecifications.instanceType",
            "request.spotFleetRequestConfig.launchTemplateConfigs.overrides.instanceType",
        ],
        image_id: &["request.spotFleetRequestConfig.launchSpecifications.imageId"],
        spot: Spot::Always,
        parent: SPOT_FLEET_TEMPLATE,
        ..Ask::of("RequestSpotFleet", &[&["response.spotFleetRequestId"]])
    },
    Ask {
        count: Count::StatedOrOne(&["request.instanceCount"]),
        instance_type: &[
            "request.launchSpecification.instanceType",
            "response.spotInstanceRequestSet.launchSpecification.instanceType",
        ],
        image_id: &[
            "request.launchSpecification.imageId",
            "response.spotInstanceRequestSet.launchSpecification.imageId",
        ],
        spot: Spot::Always,
        ..Ask::of("RequestSpotInstances", &[&["response.spotInstanceRequestSet.spotInstanceRequestId"]])
    },
    Ask {
        count: Count::StatedOrOne(&["request.instanceCount"]),
        instance_type: &["request.launchSpecification.instanceType"],
        image_id: &["request.launchSpecification.imageId"],
        ..Ask::of("RunScheduledInstances", &[&["response.instanceIdSet"]])
    },
    Ask { count: Count::Each(INSTANCES), ..Ask::of("StartInstances", &[INSTANCES]) },
    Ask::of("StopInstances", &[INSTANCES]),
    Ask::of("TerminateInstances", &[INSTANCES]),
    Ask::of("AuthorizeSecurityGroupIngress", &[&["request.groupId", "request.groupName"]]),
    Ask::of("CreateKeyPair", &[&["response.keyPairId"], &["request.keyName"]]),
    Ask::of("CreateSecurityGroup", &[&["response.groupId"], &["request.groupName"]]),
    Ask::of("ImportKeyPair", &[&["response.keyPairId"], &["request.keyName"]]),
];
