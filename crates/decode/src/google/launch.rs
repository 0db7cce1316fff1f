//! What a launch asked for, and what it got.

use std::borrow::Cow;

use model::{Event, Field, Outcome, Text};

use super::{Record, kubernetes, normal, operation::Bulk, words::Asked};
use crate::{
    lenient::{Scalar, cap},
    tree::{Object, Value},
};

/// Labels that services of Google put on the machines they start, in the order of what says most;
/// those of Kubernetes are read before them.
const OWNERS: [&str; 3] = [DATAPROC, "goog-k8s-node-pool-name", "goog-batch-job-uid"];

/// The name of a cluster, under which it was made.
const DATAPROC: &str = "goog-dataproc-cluster-name";

const GROUP_AGENT: &str = "GCE Managed Instance Group";

/// The category of events that make or change a managed instance group.
const GROUP: &str = "autoscaling_group";

/// Fills in what is said of a launch.
pub(super) fn fill(event: &mut Event, record: &Record<'_>, bulk: Option<Bulk>, asked: &Asked) {
    event.count = count(record.request, bulk);
    let parent = parent(record).map(|parent| named_as_made(event, parent));
    let compute = event.compute.make_mut();
    (compute.max_count, compute.parent) = (None, parent);
    if event.outcome == Outcome::Ok {
        event.object_id = record.instance_id.iter().cloned().collect();
    }
    let resolved = resolved(record, &event.image_id);
    if !resolved.is_empty() {
        let by_hand = asked.images.normal();
        event.as_written.extend(by_hand.into_iter().filter(|image| !resolved.contains(image)).map(as_image));
        event.image_id = resolved.into();
    }
}

fn as_image(image: Text) -> (Field, Text) {
    (Field::ImageId, image)
}

/// Machines asked for. The machines of a call for many may be listed instead of counted.
fn count(request: Object<'_>, bulk: Option<Bulk>) -> u32 {
    if bulk != Some(Bulk::Call) {
        return 1;
    }
    let listed = || request.value("perInstanceProperties").map(|listed| listed.object().members().count() as u64);
    let count = request.number("count").or_else(listed).or_else(|| request.number("minCount"));
    u32::try_from(count.unwrap_or(1).max(1)).unwrap_or(u32::MAX)
}

/// What the machine was started by. Whoever makes the request can write all of it: it is a hint
/// for those who investigate, and nothing is trusted for it.
fn parent(record: &Record<'_>) -> Option<Text> {
    let machine = record.request.value("instanceProperties").map_or(record.request, Value::object);
    let mut items = machine.object("metadata").objects("items");
    let creator = items.find(|item| item.str("key").as_deref() == Some("created-by"));
    let template = || record.request.str("sourceInstanceTemplate");
    let agent = || record.user_agent.clone().filter(|agent| agent.starts_with(GROUP_AGENT));
    let named = |agent: &str| group_of_machine(record.resource_name.as_deref()?, agent);
    let agent = || agent().map(|agent| named(&agent).unwrap_or(agent));
    let path = creator.and_then(|item| item.str("value")).or_else(template).map(|path| from_project(&path));
    let is_of_kubernetes = record.user_agent.as_deref() == Some(kubernetes::AGENT);
    let pool = || kubernetes::owner(|name| label(machine, name)).filter(|_| is_of_kubernetes);
    pool().or(path).or_else(|| owner(machine)).or_else(agent)
}

/// A group is named as the event is that made it, so that one leads to the other.
fn named_as_made(event: &mut Event, parent: Text) -> Text {
    let Some((_, name)) = parent.rsplit_once("/instanceGroupManagers/") else { return parent };
    let group = cap(&format!("{GROUP}:{name}"));
    event.as_written.push((Field::Parent, parent));
    group
}

/// A group calls its machines by its own name and four characters more, unless it was told another:
/// as those of Kubernetes are, whose own name ends with `-grp`.
fn group_of_machine(resource_name: &str, agent: &str) -> Option<Text> {
    let (_, machine) = resource_name.rsplit_once('/')?;
    let (group, suffix) = machine.rsplit_once('-')?;
    let is_drawn = suffix.len() == 4 && suffix.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let end = if agent == kubernetes::AGENT { "-grp" } else { "" };
    is_drawn.then(|| cap(&format!("{GROUP}:{group}{end}")))
}

fn owner(machine: Object<'_>) -> Option<Text> {
    let kubernetes = kubernetes::owner(|name| label(machine, name));
    kubernetes.or_else(|| OWNERS.iter().find_map(|name| Some(owned(name, &label(machine, name)?))))
}

fn owned(name: &str, value: &str) -> Text {
    cap(&if name == DATAPROC { format!("cluster:{value}") } else { format!("{name}={value}") })
}

/// Labels are a list of keys and values, or a map.
fn label<'a>(machine: Object<'a>, name: &str) -> Option<Cow<'a, str>> {
    let mut labels = machine.objects("labels");
    let listed = labels.find(|label| label.str("key").as_deref() == Some(name)).and_then(|label| label.str("value"));
    listed.or_else(|| machine.object("labels").str(name))
}

/// A path without the address before it.
fn from_project(path: &str) -> Text {
    path.find("projects/").map_or(path, |at| &path[at..]).into()
}

/// The images that Compute Engine found behind what was asked for: of a family, its newest.
///
/// It names their project by number. The project that was asked for is the same one.
fn resolved(record: &Record<'_>, asked: &[Text]) -> Vec<Text> {
    let mut disks: Vec<Object<'_>> = record.metadata.object("usedResources").objects("attachedDisks").collect();
    disks.sort_by_key(|disk| !disk.flag("isBootDisk"));
    let paths: Vec<_> = disks.iter().filter_map(|disk| disk.str("sourceImage")).collect();
    let mut images: Vec<Text> = Vec::new();
    for (at, path) in paths.iter().enumerate() {
        let image = normal::image(path, &record.account);
        let beside = asked.get(at).filter(|_| asked.len() == paths.len()).map(|asked| &**asked);
        let image = beside.and_then(|beside| under_name(&image, beside)).unwrap_or(image);
        if !images.contains(&image) {
            images.push(image);
        }
    }
    images
}

/// An image whose project is a number, under the name of the project of the one asked for.
fn under_name(image: &str, asked: &str) -> Option<Text> {
    let (project, name) = image.split_once('/')?;
    let (asked_project, _) = asked.split_once('/')?;
    let is_number = project.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| cap(&format!("{asked_project}/{name}")))
}

/// Whether the disks of a request are a list, or not there; else they were not read.
pub(super) fn unknown_disks(request: Object<'_>) -> Option<String> {
    let disks = request.value("disks").filter(|disks| !disks.is_list())?;
    let said = Scalar::of(disks.raw().as_bytes()).map(|scalar| crate::reason::quoted(&scalar)).unwrap_or_default();
    Some(format!("Google Cloud `disks` that are no list {said}").trim_end().to_owned())
}
