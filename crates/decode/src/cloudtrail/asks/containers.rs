//! Containers: ECS, EKS and App Runner.

use super::{Ask, Count, Spot, Task, Vcpu};

const CLUSTER: &[(&str, &str)] =
    &[("ecs_cluster", "request.cluster"), ("ecs_cluster", "response.service|tasks.clusterArn")];
const PROVIDERS: Spot = Spot::Says(&["request.capacityProviderStrategy.capacityProvider"]);
const DESIRED: Count = Count::Stated(&["request.desiredCount"]);

/// What a task needs stands in its definition; how many there are, in the service.
pub(super) const ECS: &[Ask] = &[
    Ask {
        max_count: &["request.autoScalingGroupProvider.managedScaling.maximumScalingStepSize"],
        parent: &[("autoscaling_group", "request.autoScalingGroupProvider.autoScalingGroupArn")],
        ..Ask::of("CreateCapacityProvider", &[&["request.name"]])
    },
    Ask {
        spot: Spot::Says(&["request.defaultCapacityProviderStrategy.capacityProvider"]),
        ..Ask::of("CreateCluster", &[&["request.clusterName", "response.cluster.clusterName"]])
    },
    Ask {
        count: DESIRED,
        spot: PROVIDERS,
        parent: CLUSTER,
        ..Ask::of("CreateService", &[&["request.serviceName"], &["request.taskDefinition"]])
    },
    Ask { parent: CLUSTER, ..Ask::of("DeleteService", &[&["request.service"]]) },
    Ask {
        count: Count::Stated(&["request.scale.value"]),
        parent: CLUSTER,
        ..Ask::of("CreateTaskSet", &[&["response.taskSet.id"], &["request.taskDefinition"]])
    },
    Ask {
        vcpu: Vcpu::EachInUnits(&["request.cpu", "request.containerDefinitions.cpu"]),
        task: Some(Task {
            runs_on: &["request.requiresCompatibilities", "response.taskDefinition.compatibilities"],
            cpu: "request.cpu",
            memory: "request.memory",
        }),
        image_id: &["request.containerDefinitions.image"],
        ..Ask::of("RegisterTaskDefinition", &[&["request.family"], &["response.taskDefinition.taskDefinitionArn"]])
    },
    Ask {
        count: Count::StatedOrOne(&["request.count"]),
        vcpu: Vcpu::EachInUnits(&["request.overrides.cpu"]),
        spot: PROVIDERS,
        parent: CLUSTER,
        ..Ask::of("RunTask", &[&["response.tasks.taskArn"], &["request.taskDefinition"]])
    },
    Ask {
        count: Count::Each(&["request.containerInstances"]),
        vcpu: Vcpu::EachInUnits(&["request.overrides.cpu"]),
        parent: CLUSTER,
        ..Ask::of("StartTask", &[&["response.tasks.taskArn"], &["request.taskDefinition"]])
    },
    Ask { parent: CLUSTER, ..Ask::of("StopTask", &[&["response.task.taskArn", "request.task"]]) },
    Ask {
        count: DESIRED,
        // Stated again, for only here it is seen that none at all are desired.
        max_count: &["request.desiredCount"],
        spot: PROVIDERS,
        parent: CLUSTER,
        ..Ask::of("UpdateService", &[&["request.service"], &["request.taskDefinition"]])
    },
];

/// The name of the cluster is in the path of the request, where it is called just `name`.
const EKS_CLUSTER: &[(&str, &str)] = &[("eks_cluster", "request.clusterName|name")];
const NODES: Count = Count::Stated(&["request.scalingConfig.desiredSize", "request.scalingConfig.minSize"]);
const MOST_NODES: &[&str] = &["request.scalingConfig.maxSize"];

pub(super) const EKS: &[Ask] = &[
    Ask { parent: EKS_CLUSTER, ..Ask::of("CreateAccessEntry", &[&["request.principalArn"]]) },
    Ask::of("CreateCluster", &[&["request.name"]]),
    Ask { parent: EKS_CLUSTER, ..Ask::of("CreateFargateProfile", &[&["request.fargateProfileName"]]) },
    Ask {
        count: NODES,
        max_count: MOST_NODES,
        instance_type: &["request.instanceTypes", "response.nodegroup.instanceTypes"],
        spot: Spot::Says(&["request.capacityType"]),
        parent: EKS_CLUSTER,
        ..Ask::of("CreateNodegroup", &[&["request.nodegroupName"]])
    },
    Ask {
        count: NODES,
        max_count: MOST_NODES,
        parent: EKS_CLUSTER,
        ..Ask::of("UpdateNodegroupConfig", &[&["request.nodegroupName"]])
    },
];

pub(super) const APP_RUNNER: &[Ask] = &[
    Ask {
        count: Count::Stated(&["request.minSize"]),
        max_count: &["request.maxSize"],
        ..Ask::of("CreateAutoScalingConfiguration", &[&["request.autoScalingConfigurationName"]])
    },
    Ask {
        count: Count::One,
        vcpu: Vcpu::EachInUnits(&["request.instanceConfiguration.cpu"]),
        image_id: &["request.sourceConfiguration.imageRepository.imageIdentifier"],
        parent: &[("autoscaling_configuration", "request.autoScalingConfigurationArn")],
        ..Ask::of("CreateService", &[&["request.serviceName"], &["response.service.serviceArn"]])
    },
];
