//! What a request for compute asked for, in the bodies of the request and of the answer. The
//! answer comes first: it has what the request left to defaults.

use std::{borrow::Cow, collections::BTreeSet};

use model::{Accelerator, Compute, Field, Instance, Text};

use super::{begets, fields::Fields, record::Record};
use crate::{lenient::cap, time, tree::Value};

/// Most images, sizes or kinds of accelerators kept of one request.
const DISTINCT: usize = 1000;

/// Most tags kept of one machine; Azure allows fifty.
const TAGS: usize = 100;

/// What was asked for.
#[derive(Default)]
pub(super) struct Asked {
    /// Machines that it starts at once.
    pub(super) count: u32,
    pub(super) sizes: Vec<Text>,
    pub(super) images: Vec<Text>,
    pub(super) compute: Compute,
    /// Images as they were written, or in the version that was taken.
    pub(super) as_written: Vec<(Field, Text)>,
}

/// Reads the bodies of a request that is about this kind of object. Its id is in small letters.
pub(super) fn asked(record: &Record<'_>, object_category: &str, resource_id: &str) -> Asked {
    let bodies = [record.response.fields(), record.asked.fields()];
    let told = bodies.iter().map(|body| in_body(*body, object_category, resource_id));
    let mut asked = told.reduce(Asked::or).unwrap_or_default();
    if asked.compute.parent.is_none() {
        asked.compute.parent = parent_of_member(resource_id);
    }
    asked
}

impl Asked {
    /// What is not stated here is taken from the other body.
    fn or(self, other: Self) -> Self {
        fn first<T>(this: Vec<T>, other: Vec<T>) -> Vec<T> {
            if this.is_empty() { other } else { this }
        }
        Self {
            count: if self.sizes.is_empty() && !other.sizes.is_empty() { other.count } else { self.count },
            as_written: if self.images.is_empty() { other.as_written } else { self.as_written },
            sizes: first(self.sizes, other.sizes),
            images: first(self.images, other.images),
            compute: Compute {
                max_count: self.compute.max_count.or(other.compute.max_count),
                vcpu: self.compute.vcpu.or(other.compute.vcpu),
                accelerators: first(self.compute.accelerators, other.compute.accelerators),
                spot: self.compute.spot || other.compute.spot,
                parent: self.compute.parent.or(other.compute.parent),
                usd_per_hour: None,
            },
        }
    }

    fn of_machine(size: Option<Text>) -> Self {
        Self { count: 1, sizes: size.into_iter().collect(), ..Self::default() }
    }

    fn image(&mut self, storage: Fields<'_>) {
        let Some((image, as_written)) = image(storage.at(&["imagereference"])) else { return };
        self.as_written.extend(as_written.map(|written| (Field::ImageId, written)));
        self.images.push(image);
    }

    fn more_machines(&mut self, count: Option<u64>) {
        let all = u64::from(self.compute.max_count.unwrap_or_default()) + count.unwrap_or_default();
        self.compute.max_count = count.map(|_| narrow(all)).or(self.compute.max_count);
    }
}

fn in_body(body: Fields<'_>, object_category: &str, resource_id: &str) -> Asked {
    let properties = body.at(&["properties"]);
    match object_category {
        "instance" if is_scale_set(resource_id) => scale_set(body, properties),
        "instance" => machine(properties),
        "node_pool" => pools(std::slice::from_ref(&properties), before(resource_id, "/agentpools/")),
        "cluster" => cluster(properties),
        "batch_pool" => batch_pool(properties, resource_id),
        "container_group" => containers(properties, properties),
        "container_app" => containers(properties.at(&["template"]), properties),
        "ml_compute" => ml_compute(properties),
        "quota" => quota(properties),
        "extension" => extension(properties, resource_id),
        _ => Asked::default(),
    }
}

/// Whether it is a set of machines, and not one of them.
pub(super) fn is_scale_set(resource_id: &str) -> bool {
    resource_id.contains("/virtualmachinescalesets/") && !resource_id.contains("/virtualmachines/")
}

fn machine(properties: Fields<'_>) -> Asked {
    let mut asked = Asked::of_machine(properties.at(&["hardwareprofile"]).text(&["vmsize"]));
    asked.image(properties.at(&["storageprofile"]));
    asked.compute.spot = is_spot(properties.str(&["priority"]));
    asked.compute.parent = properties.at(&["virtualmachinescaleset"]).text(&["id"]).map(|id| normal_id(&id));
    asked
}

/// A set of which machines are added one by one has no size of its own.
fn scale_set(body: Fields<'_>, properties: Fields<'_>) -> Asked {
    let (sku, profile) = (body.at(&["sku"]), properties.at(&["virtualmachineprofile"]));
    let size = sku.text(&["name"]).or_else(|| profile.at(&["hardwareprofile"]).text(&["vmsize"]));
    let mut asked = Asked::of_machine(size);
    let is_flexible = properties.text(&["orchestrationmode"]).is_some_and(|mode| mode.eq_ignore_ascii_case("Flexible"));
    let capacity = sku.number("capacity");
    asked.count = capacity.map_or(u32::from(!is_flexible), narrow);
    asked.compute.max_count = capacity.map(narrow);
    asked.image(profile.at(&["storageprofile"]));
    asked.compute.spot = is_spot(profile.str(&["priority"]));
    asked
}

/// Kubernetes has pools, Hadoop has roles.
fn cluster(properties: Fields<'_>) -> Asked {
    let mut asked = pools(&properties.list("agentpoolprofiles"), None);
    for role in properties.at(&["computeprofile"]).list("roles") {
        asked.sizes.extend(role.at(&["hardwareprofile"]).text(&["vmsize"]));
        asked.more_machines(role.number("targetinstancecount"));
    }
    asked.sizes = distinct(asked.sizes);
    asked
}

fn pools(pools: &[Fields<'_>], parent: Option<&str>) -> Asked {
    let mut asked = Asked::default();
    for pool in pools {
        asked.sizes.extend(pool.text(&["vmsize"]));
        asked.images.extend(pool.text(&["nodeimageversion"]));
        asked.more_machines(pool.number("maxcount").max(pool.number("count")));
        asked.compute.spot |= is_spot(pool.str(&["scalesetpriority"]));
    }
    asked.sizes = distinct(asked.sizes);
    asked.images = distinct(asked.images);
    asked.compute.parent = parent.map(normal_id);
    asked
}

fn batch_pool(properties: Fields<'_>, resource_id: &str) -> Asked {
    let mut asked = Asked { sizes: properties.text(&["vmsize"]).into_iter().collect(), ..Asked::default() };
    let scale = properties.at(&["scalesettings", "fixedscale"]);
    let cheap = scale.number("targetlowprioritynodes");
    asked.more_machines(scale.number("targetdedicatednodes"));
    asked.more_machines(cheap);
    asked.compute.spot = cheap.is_some_and(|nodes| nodes > 0);
    asked.image(properties.at(&["deploymentconfiguration", "virtualmachineconfiguration"]));
    asked.compute.parent = before(resource_id, "/pools/").map(normal_id);
    asked
}

/// Containers bring images of their own, and say what they need.
fn containers(template: Fields<'_>, properties: Fields<'_>) -> Asked {
    let mut asked = Asked::default();
    let mut processors = 0.0;
    for container in template.list("containers") {
        let inner = container.at(&["properties"]);
        let stated = |name: &str| container.text(&[name]).or_else(|| inner.text(&[name]));
        asked.images.extend(stated("image"));
        let [near, far] = [container, inner].map(|fields| fields.at(&["resources"]));
        let requests = far.at(&["requests"]);
        let cpu = near.text(&["cpu"]).or_else(|| requests.text(&["cpu"]));
        processors += cpu.and_then(|cpu| cpu.parse::<f64>().ok()).filter(|cpu| cpu.is_finite()).unwrap_or_default();
        asked.compute.accelerators.extend(accelerator(requests.at(&["gpu"])));
    }
    asked.images = distinct(asked.images);
    asked.compute.accelerators.truncate(DISTINCT);
    asked.compute.vcpu = whole(processors);
    asked.compute.max_count = template.at(&["scale"]).number("maxreplicas").map(narrow);
    asked.compute.spot = is_spot(properties.str(&["priority"]));
    asked
}

fn accelerator(gpu: Fields<'_>) -> Option<Accelerator> {
    Some(Accelerator { name: gpu.text(&["sku"])?, count: narrow(gpu.number("count").unwrap_or(1)) })
}

fn ml_compute(properties: Fields<'_>) -> Asked {
    let inner = properties.at(&["properties"]);
    let mut asked = Asked { sizes: inner.text(&["vmsize"]).into_iter().collect(), ..Asked::default() };
    asked.more_machines(inner.at(&["scalesettings"]).number("maxnodecount"));
    asked.compute.spot = is_spot(inner.str(&["vmpriority"]));
    asked
}

/// The family of sizes, and how many processors of it there may be.
fn quota(properties: Fields<'_>) -> Asked {
    let limit = properties.number("limit").or_else(|| properties.at(&["limit"]).number("value"));
    let family = properties.text(&["name"]);
    let compute = Compute { vcpu: limit.map(narrow), ..Compute::default() };
    Asked { sizes: family.into_iter().collect(), compute, ..Asked::default() }
}

/// What is put on the machine: a driver is how a machine becomes a miner.
fn extension(properties: Fields<'_>, resource_id: &str) -> Asked {
    let [publisher, kind] = ["publisher", "type"].map(|name| properties.text(&[name]));
    let image = publisher.zip(kind).map(|(publisher, kind)| cap(&format!("{publisher}:{kind}")));
    let parent = before(resource_id, "/extensions/").map(normal_id);
    Asked { images: image.into_iter().collect(), compute: Compute { parent, ..Compute::default() }, ..Asked::default() }
}

/// The image in small letters, for Azure does not tell them from capitals; and what it was
/// taken for or written as, where that differs. A version of `latest` stays one: else each
/// month would bring a new image.
fn image(reference: Fields<'_>) -> Option<(Text, Option<Text>)> {
    if let Some(id) = reference.text(&["id", "sharedgalleryimageid", "communitygalleryimageid"]) {
        let normal = normal_id(&id);
        return Some((normal.clone(), (normal != id).then_some(id)));
    }
    let [publisher, offer, sku] = ["publisher", "offer", "sku"].map(|name| reference.text(&[name]));
    let exact = reference.text(&["exactversion"]);
    let version = reference.text(&["version"]).or_else(|| exact.clone()).unwrap_or_else(|| "latest".into());
    let name = format!("{}:{}:{}", publisher?, offer?, sku?);
    let normal = cap(&format!("{name}:{version}").to_ascii_lowercase());
    let written = cap(&format!("{name}:{}", exact.unwrap_or(version)));
    Some((normal.clone(), (normal != written).then_some(written)))
}

/// The set that a machine in the path of one belongs to.
fn parent_of_member(resource_id: &str) -> Option<Text> {
    let is_member = resource_id.contains("/virtualmachinescalesets/") && resource_id.contains("/virtualmachines/");
    is_member.then(|| before(resource_id, "/virtualmachines/").map(Text::from))?
}

/// The cluster whose machine it is, or its pool, by the names that Kubernetes writes on it; else the
/// group of resources, for a cluster has one of its own. Anybody could write them; so this is asked
/// only where Kubernetes itself acted.
pub(super) fn cluster_of(record: &Record<'_>, resource_id: &str) -> Option<Text> {
    let id = normal_id(resource_id);
    let (subscription, rest) = id.split_once("/resourcegroups/")?;
    let group = rest.split('/').next()?;
    let bodies = [record.response.fields(), record.asked.fields()];
    let tag = |name: &str| bodies.iter().find_map(|body| body.at(&["tags"]).text(&[name]));
    match (tag("aks-managed-cluster-rg"), tag("aks-managed-cluster-name")) {
        (Some(cluster_group), Some(name)) => {
            let path = "providers/microsoft.containerservice/managedclusters";
            let cluster = format!("{subscription}/resourcegroups/{cluster_group}/{path}/{name}");
            Some(
                tag("aks-managed-poolname")
                    .map_or_else(|| normal_id(&cluster), |pool| begets::pool_of(&cluster, &pool)),
            )
        }
        _ => Some(cap(&format!("{subscription}/resourcegroups/{group}"))),
    }
}

/// The details of one machine.
pub(super) fn instance(record: &Record<'_>, resource_id: &Text, asked: &Asked) -> Instance {
    let body = record.response.fields();
    let properties = body.at(&["properties"]);
    Instance {
        instance_id: resource_id.clone(),
        image_id: asked.images.first().cloned(),
        instance_type: asked.sizes.first().cloned(),
        availability_zone: body.value(&["zones"]).and_then(first_text),
        state: properties.text(&["provisioningstate"]),
        launch_time: properties.text(&["timecreated"]).and_then(|created| time::parse(created.as_bytes())),
        tags: tags(body.at(&["tags"])),
        ..Instance::default()
    }
}

fn first_text(list: Value<'_>) -> Option<Text> {
    list.elements().next()?.str().map(Text::from)
}

fn tags(tags: Fields<'_>) -> Vec<Text> {
    let tag = |(key, value): (Cow<'_, [u8]>, Value<'_>)| {
        let value = value.str().unwrap_or_default();
        cap(&format!("{}={value}", String::from_utf8_lossy(&key)))
    };
    tags.iter().take(TAGS).map(tag).collect()
}

/// Azure does not tell capitals in ids from small letters.
pub(super) fn normal_id(id: &str) -> Text {
    cap(&id.to_lowercase())
}

fn is_spot(priority: Option<Cow<'_, str>>) -> bool {
    let cheap = ["spot", "low", "lowpriority"];
    priority.is_some_and(|priority| cheap.iter().any(|word| priority.eq_ignore_ascii_case(word)))
}

/// The path up to this part of it.
fn before<'a>(path: &'a str, part: &str) -> Option<&'a str> {
    path.split_once(part).map(|(before, _)| before)
}

/// In the order of the log.
fn distinct(texts: Vec<Text>) -> Vec<Text> {
    let mut seen = BTreeSet::new();
    texts.into_iter().filter(|text| seen.insert(text.clone())).take(DISTINCT).collect()
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Parts of a processor count as one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates, which is meant")]
fn whole(processors: f64) -> Option<u32> {
    (processors > 0.0).then(|| processors.ceil() as u32)
}
