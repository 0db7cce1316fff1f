//! Launch templates, and the groups that launch from them by themselves.

use serde_json::json;

use super::machines::Machines;
use crate::eval::story::changes;
use crate::sample::record::Call;
use crate::sample::rng::Rng;

pub(crate) fn create_template(region: &'static str, name: &str, id: &str, instance_type: &str, image: &str) -> Call {
    let data = json!({ "ImageId": image, "InstanceType": instance_type, "UserData": "<sensitiveDataRemoved>" });
    let request = json!({ "CreateLaunchTemplateRequest": { "LaunchTemplateName": name, "LaunchTemplateData": data } });
    let template = json!({ "launchTemplateId": id, "launchTemplateName": name, "latestVersionNumber": 1 });
    changes(region, "ec2", "CreateLaunchTemplate", request)
        .answered(json!({ "CreateLaunchTemplateResponse": { "launchTemplate": template } }))
}

pub(crate) fn new_version(region: &'static str, id: &str, image: &str) -> Call {
    let data = json!({ "ImageId": image });
    let request = json!({ "LaunchTemplateId": id, "SourceVersion": "1", "LaunchTemplateData": data });
    changes(region, "ec2", "CreateLaunchTemplateVersion", json!({ "CreateLaunchTemplateVersionRequest": request }))
}

/// A group's bounds: least, most, and how many it should have now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) min: u64,
    pub(crate) max: u64,
    pub(crate) desired: u64,
}

pub(crate) fn create_group(region: &'static str, name: &str, template: &str, bounds: Bounds) -> Call {
    let request = json!({
        "autoScalingGroupName": name,
        "launchTemplate": { "launchTemplateId": template, "version": "$Latest" },
        "minSize": bounds.min,
        "maxSize": bounds.max,
        "desiredCapacity": bounds.desired,
        "availabilityZones": [format!("{region}a"), format!("{region}b")],
    });
    changes(region, "autoscaling", "CreateAutoScalingGroup", request)
}

pub(crate) fn set_desired(region: &'static str, name: &str, desired: u64) -> Call {
    let request = json!({ "autoScalingGroupName": name, "desiredCapacity": desired, "honorCooldown": false });
    changes(region, "autoscaling", "SetDesiredCapacity", request)
}

/// What the group asks of EC2. The tags are its signature: only the service may write them.
pub(crate) fn child(region: &'static str, group: &str, template: &str, machines: Machines) -> Machines {
    let tags = vec![
        ("aws:autoscaling:groupName", group.to_owned()),
        ("aws:ec2launchtemplate:id", template.to_owned()),
        ("aws:ec2launchtemplate:version", "1".to_owned()),
    ];
    Machines { region, template: Some(template.to_owned()), tags, ..machines }
}

pub(crate) fn template_id(rng: &mut Rng) -> String {
    rng.resource_id("lt")
}
