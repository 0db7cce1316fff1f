//! Build machines: `CodeBuild` and Amplify.

use super::{Ask, Count};

const PROJECT: &[(&str, &str)] = &[("build_project", "request.projectName")];
const TYPE: &[&str] = &["request.computeTypeOverride", "response.build|buildBatch.environment.computeType"];
const IMAGE: &[&str] = &["request.imageOverride", "response.build|buildBatch.environment.image"];

pub(super) const CODE_BUILD: &[Ask] = &[
    Ask {
        count: Count::Stated(&["request.baseCapacity"]),
        max_count: &["request.scalingConfiguration.maxCapacity", "request.baseCapacity"],
        instance_type: &["request.computeType"],
        ..Ask::of("CreateFleet", &[&["request.name"]])
    },
    Ask {
        max_count: &["request.concurrentBuildLimit"],
        instance_type: &["request.environment.computeType"],
        image_id: &["request.environment.image"],
        ..Ask::of("CreateProject", &[&["request.name"]])
    },
    Ask {
        count: Count::One,
        instance_type: TYPE,
        image_id: IMAGE,
        parent: PROJECT,
        ..Ask::of("StartBuild", &[&["response.build.id"]])
    },
    Ask {
        count: Count::One,
        max_count: &[
            "request.buildBatchConfigOverride.restrictions.maximumBuildsAllowed",
            "response.buildBatch.buildBatchConfig.restrictions.maximumBuildsAllowed",
        ],
        instance_type: TYPE,
        image_id: IMAGE,
        parent: PROJECT,
        ..Ask::of("StartBuildBatch", &[&["response.buildBatch.id"]])
    },
    Ask::of("StopBuild", &[&["request.id"]]),
    Ask::of("StopBuildBatch", &[&["request.id"]]),
];

const APP: &[(&str, &str)] = &[("amplify_app", "request.appId")];

pub(super) const AMPLIFY: &[Ask] = &[
    Ask::of("CreateApp", &[&["response.app.appId"], &["request.name"]]),
    Ask { parent: APP, ..Ask::of("CreateBackendEnvironment", &[&["request.environmentName"]]) },
    Ask { parent: APP, ..Ask::of("CreateBranch", &[&["request.branchName"]]) },
    Ask { count: Count::One, parent: APP, ..Ask::of("CreateDeployment", &[&["response.jobId"]]) },
    Ask {
        count: Count::One,
        parent: APP,
        ..Ask::of("StartJob", &[&["response.jobSummary.jobId"], &["request.branchName"]])
    },
];
