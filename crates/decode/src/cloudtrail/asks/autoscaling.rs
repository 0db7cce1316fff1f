//! Groups that start machines by themselves, up to the size they are given.

use super::{Ask, Count, Spot};

const GROUP: &[&[&str]] = &[&["request.autoScalingGroupName"]];
const SIZE: Count = Count::Stated(&["request.desiredCapacity", "request.minSize"]);
const OVERRIDES: &[&str] = &["request.mixedInstancesPolicy.launchTemplate.overrides.instanceType"];
const ON_DEMAND: Spot =
    Spot::Below100("request.mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity");

/// What a group was made for comes before what its machines are made of.
const MADE_OF: &[(&str, &str)] = &[
    ("nodegroup", "request.tags[key=eks:nodegroup-name].value"),
    ("compute_environment", "request.tags[key=aws:batch:compute-environment].value"),
    ("launch_template", "request.launchTemplate.launchTemplateId"),
    ("launch_template", "request.launchTemplate.launchTemplateName"),
    ("launch_template", "request.mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.launchTemplateId"),
    ("launch_template", "request.mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.launchTemplateName"),
    ("launch_configuration", "request.launchConfigurationName"),
    ("instance", "request.instanceId"),
];

const IN_GROUP: &[(&str, &str)] = &[("autoscaling_group", "request.autoScalingGroupName")];

pub(super) const GROUPS: &[Ask] = &[
    Ask {
        count: SIZE,
        max_count: &["request.maxSize"],
        instance_type: OVERRIDES,
        spot: ON_DEMAND,
        parent: MADE_OF,
        ..Ask::of("CreateAutoScalingGroup", GROUP)
    },
    Ask {
        instance_type: &["request.instanceType"],
        image_id: &["request.imageId"],
        spot: Spot::Says(&["request.spotPrice"]),
        ..Ask::of("CreateLaunchConfiguration", &[&["request.launchConfigurationName"]])
    },
    Ask {
        count: Count::StatedOrOne(&["request.requestedCapacity"]),
        parent: IN_GROUP,
        ..Ask::of("LaunchInstances", &[&["response.instances.instanceIds"]])
    },
    Ask { parent: IN_GROUP, ..Ask::of("PutScalingPolicy", &[&["request.policyName"], &["response.policyARN"]]) },
    Ask {
        count: SIZE,
        max_count: &["request.maxSize"],
        parent: IN_GROUP,
        ..Ask::of("PutScheduledUpdateGroupAction", &[&["request.scheduledActionName"]])
    },
    Ask { count: SIZE, ..Ask::of("SetDesiredCapacity", GROUP) },
    Ask {
        count: SIZE,
        max_count: &["request.maxSize"],
        instance_type: OVERRIDES,
        spot: ON_DEMAND,
        parent: MADE_OF,
        ..Ask::of("UpdateAutoScalingGroup", GROUP)
    },
];

/// Of other services: tasks of ECS, fleets of `AppStream`, endpoints of `SageMaker`.
pub(super) const APPLICATION: &[Ask] = &[Ask {
    count: Count::Stated(&["request.minCapacity"]),
    max_count: &["request.maxCapacity"],
    ..Ask::of("RegisterScalableTarget", &[&["request.resourceId"]])
}];
