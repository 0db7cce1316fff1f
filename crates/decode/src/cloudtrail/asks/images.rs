//! Images: what machines are made of later, and the machines that make them.

use super::{Ask, Count};

pub(super) const EC2: &[Ask] = &[
    Ask { image_id: &["request.sourceImageId"], ..Ask::of("CopyImage", &[&["response.imageId"]]) },
    Ask::of("CreateImage", &[&["response.imageId"]]),
    Ask::of("RegisterImage", &[&["response.imageId"]]),
];

pub(super) const IMAGE_BUILDER: &[Ask] = &[
    Ask::of("CreateComponent", &[&["response.componentBuildVersionArn"], &["request.name"]]),
    Ask { count: Count::One, ..Ask::of("CreateImage", &[&["response.imageBuildVersionArn"]]) },
    Ask::of("CreateImagePipeline", &[&["response.imagePipelineArn"], &["request.name"]]),
    Ask {
        instance_type: &["request.instanceTypes"],
        ..Ask::of(
            "CreateInfrastructureConfiguration",
            &[&["response.infrastructureConfigurationArn"], &["request.name"]],
        )
    },
    Ask {
        count: Count::One,
        parent: &[("image_pipeline", "request.imagePipelineArn")],
        ..Ask::of("StartImagePipelineExecution", &[&["response.imageBuildVersionArn"]])
    },
];
