//! Compute Engine: machines, templates and managed groups.

use serde_json::{Map, Value, json};

use super::entry::Act;

/// A machine to insert.
#[derive(Debug, Clone)]
pub(crate) struct Machine<'a> {
    pub(crate) project: &'static str,
    pub(crate) zone: &'a str,
    pub(crate) name: &'a str,
    /// The machine type.
    pub(crate) kind: &'a str,
    /// Kind and number of accelerators.
    pub(crate) accelerator: Option<(&'a str, u64)>,
    pub(crate) image: &'a str,
    pub(crate) startup_script: bool,
}

impl Machine<'_> {
    pub(crate) fn insert(&self, id: &str) -> Act {
        Act {
            project: self.project,
            service: COMPUTE,
            method: "v1.compute.instances.insert",
            resource_name: format!("projects/{}/zones/{}/instances/{}", self.project, self.zone, self.name),
            resource: ("gce_instance", vec![("zone", self.zone.to_owned()), ("instance_id", id.to_owned())]),
            request: self.request(),
        }
    }

    fn request(&self) -> Value {
        let mut request = Map::new();
        let path = format!("projects/{}/zones/{}", self.project, self.zone);
        request.insert("@type".into(), "type.googleapis.com/compute.instances.insert".into());
        request.insert("name".into(), self.name.into());
        request.insert("machineType".into(), format!("{path}/machineTypes/{}", self.kind).into());
        let source = json!({ "sourceImage": self.image, "diskSizeGb": "20" });
        request.insert("disks".into(), json!([{ "boot": true, "autoDelete": true, "initializeParams": source }]));
        request.insert(
            "networkInterfaces".into(),
            json!([{ "network": format!("projects/{}/global/networks/default", self.project) }]),
        );
        request.insert("scheduling".into(), json!({ "automaticRestart": true, "onHostMaintenance": "TERMINATE" }));
        if let Some((kind, count)) = self.accelerator {
            let kind = format!("{path}/acceleratorTypes/{kind}");
            request.insert("guestAccelerators".into(), json!([{ "acceleratorType": kind, "acceleratorCount": count }]));
        }
        if self.startup_script {
            request.insert("metadata".into(), json!({ "items": [{ "key": "startup-script" }] }));
        }
        Value::Object(request)
    }
}

pub(crate) fn delete(project: &'static str, zone: &str, name: &str, id: &str) -> Act {
    Act {
        project,
        service: COMPUTE,
        method: "v1.compute.instances.delete",
        resource_name: format!("projects/{project}/zones/{zone}/instances/{name}"),
        resource: ("gce_instance", vec![("zone", zone.to_owned()), ("instance_id", id.to_owned())]),
        request: json!({ "@type": "type.googleapis.com/compute.instances.delete" }),
    }
}

pub(crate) fn template(project: &'static str, name: &str, machine_type: &str) -> Act {
    let properties = json!({ "machineType": machine_type, "metadata": { "items": [{ "key": "startup-script" }] } });
    Act {
        project,
        service: COMPUTE,
        method: "v1.compute.instanceTemplates.insert",
        resource_name: format!("projects/{project}/global/instanceTemplates/{name}"),
        resource: ("gce_instance_template", vec![("instance_template_name", name.to_owned())]),
        request: json!({
            "@type": "type.googleapis.com/compute.instanceTemplates.insert",
            "name": name,
            "properties": properties,
        }),
    }
}

pub(crate) fn regional_group(project: &'static str, region: &str, name: &str, template: &str, target: u64) -> Act {
    Act {
        project,
        service: COMPUTE,
        method: "v1.compute.regionInstanceGroupManagers.insert",
        resource_name: format!("projects/{project}/regions/{region}/instanceGroupManagers/{name}"),
        resource: (
            "gce_instance_group_manager",
            vec![("location", region.to_owned()), ("instance_group_manager_name", name.to_owned())],
        ),
        request: json!({
            "@type": "type.googleapis.com/compute.regionInstanceGroupManagers.insert",
            "name": name,
            "instanceTemplate": format!("projects/{project}/global/instanceTemplates/{template}"),
            "targetSize": target,
        }),
    }
}

pub(crate) const COMPUTE: &str = "compute.googleapis.com";
pub(crate) const DEBIAN: &str = "projects/debian-cloud/global/images/debian-12-bookworm-v20260114";
pub(crate) const UBUNTU: &str = "projects/ubuntu-os-cloud/global/images/ubuntu-2204-jammy-v20260121";
