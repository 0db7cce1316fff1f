//! Names in the form in which they are the same in every record: operations without the version
//! of the interface, regions for zones, the last part of a path, an image with its project.

use std::borrow::Cow;

use model::Text;

use crate::lenient::{Scalar, cap};

/// The name of an operation without the version of the interface, which only says with which
/// client it was called: `v1.compute.instances.insert` and `beta.compute.instances.insert` are
/// one operation.
pub(crate) fn command(raw: &[u8]) -> Text {
    (*without_version(&Scalar::text_of(raw))).into()
}

pub(super) fn without_version(name: &str) -> Cow<'_, str> {
    let mut kept = name.split('.').filter(|part| !is_version(part)).peekable();
    if kept.peek().is_none() || !name.split('.').any(is_version) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(kept.collect::<Vec<_>>().join("."))
}

/// `v1`, `v2beta1`, `v1p1beta1`, `alpha`…
fn is_version(part: &str) -> bool {
    let Some(number) = part.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) else {
        return matches!(part, "alpha" | "beta");
    };
    let stage = number.trim_matches(|c: char| c.is_ascii_digit());
    let stage = stage.strip_prefix('p').map_or(stage, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    matches!(stage, "" | "alpha" | "beta" | "eap")
}

/// The id of a project, as a label or in a path. What lies above projects keeps its kind.
pub(crate) fn account(raw: &[u8]) -> Text {
    let text = Scalar::text_of(raw);
    if !text.contains('/') {
        return text;
    }
    let above = ["organizations", "folders", "billingAccounts"];
    let above = || above.iter().find_map(|kind| Some(format!("{kind}/{}", part_after(&text, kind)?)));
    match part_after(&text, "projects") {
        Some(project) => project.into(),
        None => above().unwrap_or_default().into(),
    }
}

/// The region of a zone or region, as a label or in a path.
pub(crate) fn region(raw: &[u8]) -> Text {
    region_of(location(&Scalar::text_of(raw))).into()
}

/// The zone or region that a label or path names.
pub(super) fn location(text: &str) -> &str {
    if !text.contains('/') {
        return text;
    }
    ["zones", "regions", "locations"].iter().find_map(|kind| part_after(text, kind)).unwrap_or_default()
}

/// A region ends with a number, and what follows in the name of a zone does not belong to it:
/// `us-central1-a`. Names without a number are of something larger: `global`, `europe`.
fn region_of(location: &str) -> &str {
    if !location.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return "";
    }
    let numbered = |at: &usize| location[..*at].ends_with(|c: char| c.is_ascii_digit());
    let end = location.match_indices('-').map(|(at, _)| at).find(numbered);
    end.map_or(location, |end| &location[..end])
}

/// The name of a machine type, of an accelerator, of an object: the last part of a path or URL.
pub(super) fn last_part(path: &str) -> &str {
    path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(path)
}

/// `project/image`, or `project/family/name`, of any path or URL of an image. An image of a
/// registry of containers, or in a form not known, is left as it is.
pub(super) fn image(path: &str, own_project: &str) -> Text {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (project, rest) = match parts.iter().position(|part| *part == "projects") {
        Some(at) if at + 1 < parts.len() => (parts[at + 1], &parts[at + 2..]),
        _ => (own_project, &parts[..]),
    };
    let named = match rest {
        ["global", "images", "family", name] | ["zones", _, "imageFamilyViews", name] => format!("family/{name}"),
        ["global", "images", name] => (*name).to_owned(),
        ["global", kind @ ("machineImages" | "snapshots"), name] => format!("{kind}/{name}"),
        _ => return path.into(),
    };
    cap(&format!("{project}/{named}"))
}

/// The part of a path that follows the one of this name.
pub(super) fn part_after<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = path.split('/');
    parts.by_ref().find(|part| *part == name)?;
    parts.next().filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_has_no_version() {
        let check = |name: &str, expected: &str| assert_eq!(without_version(name), expected, "{name}");
        check("v1.compute.instances.insert", "compute.instances.insert");
        check("beta.compute.instances.insert", "compute.instances.insert");
        check("alpha.compute.instances.insert", "compute.instances.insert");
        check("compute.instances.insert", "compute.instances.insert");
        check("google.container.v1beta1.ClusterManager.CreateCluster", "google.container.ClusterManager.CreateCluster");
        check("google.logging.v2.ConfigServiceV2.CreateSink", "google.logging.ConfigServiceV2.CreateSink");
        check("google.cloud.vision.v1p3beta1.X.Y", "google.cloud.vision.X.Y");
        check("SetIamPolicy", "SetIamPolicy");
        check("v1", "v1");
        check("", "");
        check("a.vm.version.v.b", "a.vm.version.v.b");
    }

    #[test]
    fn a_project_is_found_in_paths() {
        let check = |text: &str, expected: &str| assert_eq!(&*account(format!("\"{text}\"").as_bytes()), expected);
        check("my-project", "my-project");
        check("projects/my-project/logs/cloudaudit.googleapis.com%2Factivity", "my-project");
        check("//compute.googleapis.com/projects/my-project/zones/z", "my-project");
        check("organizations/123/logs/x", "organizations/123");
        check("apps/my-project/services/default", "");
    }

    #[test]
    fn a_zone_is_in_a_region() {
        let check = |text: &str, expected: &str| assert_eq!(&*region(format!("\"{text}\"").as_bytes()), expected);
        check("us-central1-a", "us-central1");
        check("us-central1", "us-central1");
        check("southamerica-east1-b", "southamerica-east1");
        check("us-south1-ai1b", "us-south1");
        check("global", "global");
        check("projects/p/zones/europe-west4-b/instances/x", "europe-west4");
        check("projects/p/regions/us-east1/instances", "us-east1");
        check("projects/p/locations/us-east1-b/clusters/x", "us-east1");
        check("projects/p/global/networks/x", "");
        check("${zone}", "");
    }

    #[test]
    fn an_image_has_its_project() {
        let check = |path: &str, expected: &str| assert_eq!(&*image(path, "own"), expected, "{path}");
        check("projects/debian-cloud/global/images/debian-12", "debian-cloud/debian-12");
        check("https://www.googleapis.com/compute/beta/projects/d/global/images/i", "d/i");
        check("//compute.googleapis.com/compute/v1/projects/d/global/images/family/f", "d/family/f");
        check("projects/windows-cloud/zones/-/imageFamilyViews/windows-2022", "windows-cloud/family/windows-2022");
        check("global/images/mine", "own/mine");
        check("global/images/family/mine", "own/family/mine");
        check("projects/d/global/machineImages/m", "d/machineImages/m");
        check("gcr.io/project/miner:latest", "gcr.io/project/miner:latest");
        check("projects", "projects");
        check("...", "...");
    }
}
