//! Work that comes in jobs: Batch, Elastic `MapReduce` and Glue.

use super::{Ask, Count, Spot, Vcpu};

const QUEUE: &[(&str, &str)] = &[("job_queue", "request.jobQueue")];

pub(super) const BATCH: &[Ask] = &[
    Ask {
        vcpu: Vcpu::InAll(&["request.computeResources.maxvCpus"]),
        instance_type: &["request.computeResources.instanceTypes"],
        image_id: &["request.computeResources.ec2Configuration.imageIdOverride", "request.computeResources.imageId"],
        spot: Spot::Says(&["request.computeResources.type"]),
        ..Ask::of(
            "CreateComputeEnvironment",
            &[&["request.computeEnvironmentName"], &["response.computeEnvironmentArn"]],
        )
    },
    Ask {
        parent: &[("compute_environment", "request.computeEnvironmentOrder.computeEnvironment")],
        ..Ask::of("CreateJobQueue", &[&["request.jobQueueName"]])
    },
    Ask {
        vcpu: Vcpu::Each(&[
            "request.containerProperties.resourceRequirements[type=VCPU].value",
            "request.containerProperties.vcpus",
        ]),
        instance_type: &["request.containerProperties.instanceType"],
        image_id: &["request.containerProperties.image"],
        ..Ask::of("RegisterJobDefinition", &[&["request.jobDefinitionName"], &["response.jobDefinitionArn"]])
    },
    Ask {
        count: Count::StatedOrOne(&["request.arrayProperties.size"]),
        vcpu: Vcpu::Each(&[
            "request.containerOverrides.resourceRequirements[type=VCPU].value",
            "request.containerOverrides.vcpus",
        ]),
        instance_type: &["request.containerOverrides.instanceType"],
        parent: QUEUE,
        ..Ask::of("SubmitJob", &[&["response.jobId"], &["request.jobDefinition"]])
    },
    Ask {
        vcpu: Vcpu::InAll(&["request.computeResources.maxvCpus"]),
        instance_type: &["request.computeResources.instanceTypes"],
        ..Ask::of("UpdateComputeEnvironment", &[&["request.computeEnvironment"]])
    },
];

const JOB_FLOW: &[(&str, &str)] = &[("job_flow", "request.jobFlowId"), ("job_flow", "request.clusterId")];

pub(super) const MAP_REDUCE: &[Ask] = &[
    Ask {
        count: Count::Stated(&["request.instanceFleet.targetOnDemandCapacity|targetSpotCapacity"]),
        instance_type: &["request.instanceFleet.instanceTypeConfigs.instanceType"],
        spot: Spot::Says(&["request.instanceFleet.targetSpotCapacity"]),
        parent: JOB_FLOW,
        ..Ask::of("AddInstanceFleet", &[&["response.instanceFleetId"]])
    },
    Ask {
        count: Count::Stated(&["request.instanceGroups.instanceCount"]),
        instance_type: &["request.instanceGroups.instanceType"],
        spot: Spot::Says(&["request.instanceGroups.market"]),
        parent: JOB_FLOW,
        ..Ask::of("AddInstanceGroups", &[&["response.instanceGroupIds"]])
    },
    Ask {
        count: Count::Stated(&["request.instanceGroups.instanceCount"]),
        // Nothing else bounds such a group.
        max_count: &["request.instanceGroups.instanceCount"],
        parent: JOB_FLOW,
        ..Ask::of("ModifyInstanceGroups", &[&["request.instanceGroups.instanceGroupId"]])
    },
    Ask {
        max_count: &["request.managedScalingPolicy.computeLimits.maximumCapacityUnits"],
        parent: JOB_FLOW,
        ..Ask::of("PutManagedScalingPolicy", &[&["request.clusterId"]])
    },
    Ask {
        count: Count::Stated(&[
            "request.instances.instanceGroups.instanceCount",
            "request.instances.instanceFleets.targetOnDemandCapacity|targetSpotCapacity",
            "request.instances.instanceCount",
        ]),
        max_count: &["request.managedScalingPolicy.computeLimits.maximumCapacityUnits"],
        instance_type: &[
            "request.instances.instanceGroups.instanceType",
            "request.instances.instanceFleets.instanceTypeConfigs.instanceType",
            "request.instances.masterInstanceType|slaveInstanceType",
        ],
        image_id: &["request.customAmiId"],
        spot: Spot::Says(&[
            "request.instances.instanceGroups.market",
            "request.instances.instanceFleets.targetSpotCapacity",
        ]),
        ..Ask::of("RunJobFlow", &[&["response.jobFlowId"]])
    },
];

const WORKERS: &[&str] =
    &["request.numberOfWorkers", "request.numberOfNodes", "request.maxCapacity", "request.allocatedCapacity"];
const WORKER_TYPE: &[&str] = &["request.workerType"];

/// Where workers are not counted, their processing units are.
pub(super) const GLUE: &[Ask] = &[
    Ask {
        count: Count::Stated(WORKERS),
        instance_type: WORKER_TYPE,
        ..Ask::of("CreateDevEndpoint", &[&["request.endpointName"]])
    },
    Ask { max_count: WORKERS, instance_type: WORKER_TYPE, ..Ask::of("CreateJob", &[&["request.name"]]) },
    Ask {
        count: Count::StatedOrOne(WORKERS),
        instance_type: WORKER_TYPE,
        parent: &[("glue_job", "request.jobName")],
        ..Ask::of("StartJobRun", &[&["response.jobRunId"]])
    },
    Ask::of("UpdateDevEndpoint", &[&["request.endpointName"]]),
];
