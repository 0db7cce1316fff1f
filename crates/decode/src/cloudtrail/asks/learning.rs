//! `SageMaker`: notebooks, jobs, endpoints and clusters.

use super::{Ask, Count, Spot};

pub(super) const SAGE_MAKER: &[Ask] = &[
    Ask {
        count: Count::One,
        instance_type: &["request.resourceSpec.instanceType"],
        parent: &[("sagemaker_domain", "request.domainId")],
        ..Ask::of("CreateApp", &[&["response.appArn"], &["request.appName"]])
    },
    Ask {
        count: Count::Stated(&["request.instanceGroups.instanceCount"]),
        instance_type: &["request.instanceGroups.instanceType"],
        ..Ask::of("CreateCluster", &[&["request.clusterName"]])
    },
    Ask {
        parent: &[("endpoint_config", "request.endpointConfigName")],
        ..Ask::of("CreateEndpoint", &[&["request.endpointName"]])
    },
    Ask {
        max_count: &[
            "request.productionVariants.managedInstanceScaling.maxInstanceCount",
            "request.productionVariants.initialInstanceCount",
        ],
        instance_type: &["request.productionVariants.instanceType"],
        ..Ask::of("CreateEndpointConfig", &[&["request.endpointConfigName"]])
    },
    Ask {
        count: Count::One,
        instance_type: &["request.instanceType"],
        parent: &[("notebook_lifecycle_config", "request.lifecycleConfigName")],
        ..Ask::of("CreateNotebookInstance", &[&["request.notebookInstanceName"]])
    },
    Ask::of("CreateNotebookInstanceLifecycleConfig", &[&["request.notebookInstanceLifecycleConfigName"]]),
    Ask {
        count: Count::StatedOrOne(&["request.processingResources.clusterConfig.instanceCount"]),
        instance_type: &["request.processingResources.clusterConfig.instanceType"],
        image_id: &["request.appSpecification.imageUri"],
        ..Ask::of("CreateProcessingJob", &[&["request.processingJobName"]])
    },
    Ask {
        count: Count::StatedOrOne(&[
            "request.resourceConfig.instanceGroups.instanceCount",
            "request.resourceConfig.instanceCount",
        ]),
        instance_type: &["request.resourceConfig.instanceGroups.instanceType", "request.resourceConfig.instanceType"],
        image_id: &["request.algorithmSpecification.trainingImage"],
        spot: Spot::Says(&["request.enableManagedSpotTraining"]),
        ..Ask::of("CreateTrainingJob", &[&["request.trainingJobName"]])
    },
    Ask {
        count: Count::StatedOrOne(&["request.transformResources.instanceCount"]),
        instance_type: &["request.transformResources.instanceType"],
        ..Ask::of("CreateTransformJob", &[&["request.transformJobName"]])
    },
    Ask::of("DeleteEndpoint", &[&["request.endpointName"]]),
    Ask::of("DeleteNotebookInstance", &[&["request.notebookInstanceName"]]),
    Ask { count: Count::One, ..Ask::of("StartNotebookInstance", &[&["request.notebookInstanceName"]]) },
    Ask::of("StopNotebookInstance", &[&["request.notebookInstanceName"]]),
    Ask::of("StopProcessingJob", &[&["request.processingJobName"]]),
    Ask::of("StopTrainingJob", &[&["request.trainingJobName"]]),
    Ask::of("StopTransformJob", &[&["request.transformJobName"]]),
];
